// One composition: what is predicted and measured of it, what drives it, what is most like it, and what to do with it.
import { call, noted } from "./api.js";
import { wanted } from "./campaign.js";
import { field, formula, make, number, reference, subscripts } from "./dom.js";
import { recipeLink } from "./recipe.js";
import { rankingColumns, table } from "./table.js";

const TITLES = { conductivity: "Conductivity", tg: "Tg" };
const titleOf = (name) => TITLES[name] || name;
const isDoi = (text) => /^10\.\d{4,9}\//.test(text || "");
export const glassLink = (name, words) => make("a", { href: `#glass/${encodeURIComponent(name)}` }, words || formula(name));

const value = (row) => (row.value === null ? "" : row.unit === "S/cm" ? `${number(1000 * row.value, "general")} mS/cm` : `${number(row.value, "given")} ${row.unit === "degC" ? "°C" : row.unit}`);
const where = (row) => (row.temperature_C === null ? "" : `${number(row.temperature_C, "given")} °C`);
const paper = (row) => (isDoi(row.reference) ? reference(row.reference, row.reference) : row.reference || "own or unnamed source");
const VALUES = [{ key: "property", label: "property", render: (row) => titleOf(row.property) }, { key: "value", label: "value", class: "number", render: value }, { key: "temperature_C", label: "at", class: "number", render: where }, { key: "phase", label: "phase", render: (row) => row.phase }, { key: "reference", label: "paper", class: "text", render: paper }];

const drivers = (told) => Object.entries(Object.groupBy(told.drivers, (row) => row.property)).map(([name, rows]) => make("section", {},
  make("h3", {}, `${titleOf(name)}, against `, glassLink(rows[0].against), ` (${rows[0].relation})`),
  make("ul", {}, rows.filter((row) => Math.abs(row.change) >= (row.unit === "K" ? 0.5 : 0.005)).map((row) => make("li", {}, make("b", {}, `${row.change > 0 ? "+" : "−"}${Math.abs(row.change).toFixed(row.unit === "K" ? 0 : 2)} ${row.unit}`), ` ${row.group}: ${row.words}`)))));

// Opens the form of a campaign with the composition filled in.
const addBox = (name, campaigns) => {
  const chosen = make("select", {}, campaigns.map((one) => make("option", {}, one.name)));
  return campaigns.length ? make("span", { class: "row", dataset: { needs: "researcher" } }, field("In the campaign", chosen), make("button", { type: "button", onclick: () => { wanted.set(chosen.value, name); location.hash = `#campaigns/${chosen.value}`; } }, "Record a result")) : "";
};

export const view = async (main, name) => {
  main.replaceChildren(make("h1", {}, name), make("p", { class: "note busy" }, "Predicting …"));
  const [ranking, told, campaigns] = await Promise.all([call("rank", { body: { candidates: [name] } }), call("explain", { body: { candidates: [name] } }), call("campaigns").then((answer) => answer.rows)]);
  const [row] = ranking.rows;
  const other = make("input", { placeholder: "NaAlCl2.5O0.75", required: true, spellcheck: false, autocapitalize: "off" });
  const versions = Object.entries(ranking.models).map(([model, version]) => `${model} ${version}`).join(", ");
  main.replaceChildren(
    make("h1", {}, subscripts(row.formula)),
    make("p", { class: "note" }, `Predicted as a glass; chance of meeting the usual goal ${number(row.p_goal, "percent")}. Models: ${versions}.`),
    noted(ranking.notes),
    make("div", { class: "row", id: "glass-acts" }, recipeLink([row.formula], "Recipe", 1, ""), make("form", { class: "row", onsubmit: (event) => { event.preventDefault(); location.hash = `#compare/${encodeURIComponent(row.formula)}/${encodeURIComponent(other.value.trim())}`; } }, field("Compare with", other), make("button", { type: "submit" }, "Compare")), addBox(row.formula, campaigns)),
    make("h2", {}, "Predicted"), table({ rows: ranking.rows, columns: rankingColumns(25).filter((column) => !["rank", "pareto"].includes(column.key)), noun: "compositions", filter: false, label: "Predicted" }),
    make("h2", {}, "Measured"),
    told.measured.length ? table({ rows: told.measured, columns: VALUES, noun: "measurements", filter: false, label: "Measured" }) : make("p", {}, "The models know no measurement of this very composition."),
    make("h2", {}, "What drives it"), make("div", { id: "drivers" }, drivers(told)), make("p", { class: "note" }, "How the models sum up, not what causes what: groups of descriptors are exchanged one after the other, averaged over all orders."),
    make("h2", {}, "Most like it"), table({ rows: told.nearest, noun: "compositions", filter: false, label: "Most like it", columns: [{ key: "nearest", label: "formula", class: "formula", format: "formula", render: (near) => glassLink(near.nearest, make("b", {}, formula(near.nearest))) }, { key: "distance", label: "distance", format: "fixed" }, ...VALUES] }));
};
