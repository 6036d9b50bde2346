// Batch sheets: a link to the page that prints on A4, and to the table that comes back with results.
import { make } from "./dom.js";

const address = (formulas, grams, format) => {
  const asked = new URLSearchParams(formulas.map((one) => ["formula", one]));
  asked.append("mass_g", String(grams));
  if (format) asked.append("format", format);
  return `/api/v1/recipe?${asked}`;
};

const MOST = 20;  // formulas of one sheet

export const recipeLink = (formulas, words = "Recipe", grams = 1, more = " small") => make("a", { class: `button${more}`, href: address(formulas, grams), target: "_blank", rel: "noopener", title: `what to weigh for ${grams} g, to print` }, words);

// What is weighed for a round: how much of each sample, one page to print, one table to fill in and give back.
export const recipeBox = (formulas) => {
  const grams = make("input", { type: "number", min: 0.05, step: "any", value: "1", id: "grams" });
  const links = make("span", { class: "row" });
  const draw = () => {
    const some = formulas.slice(0, MOST), mass = Number(grams.value);
    links.replaceChildren(...(mass > 0 ? [recipeLink(some, some.length === 1 ? "Batch sheet" : `Batch sheet of ${some.length}`, mass, ""), make("a", { class: "button", href: address(some, mass, "csv") }, "as CSV")] : []));
  };
  grams.addEventListener("input", draw);
  draw();
  return make("p", { class: "row", id: "batch-sheet" }, make("label", {}, make("span", {}, "Grams of each"), grams), links);
};
