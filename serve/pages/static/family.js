// A family over ranges of its variables: bands, measured points and the numbers.
import { busy, call, noted } from "./api.js";
import { make, measuredTile, number, subscripts, tiles } from "./dom.js";
import { figure } from "./figure.js";
import { family, familyFields, goal, goalFields, ranges, temperature } from "./goal.js";
import { rankingColumns, table } from "./table.js";

const kept = { answer: null };

const shown = (place, { answer, names, degrees, template }) => {
  const best = answer.rows.filter((row) => row.p_goal !== null).reduce((one, other) => (one && one.p_goal >= other.p_goal ? one : other), null);
  const where = best ? names.map((name) => `${name} = ${number(best[name], "given")}`).join(", ") : "";
  place.replaceChildren(
    make("h1", {}, where ? `${template}: best at ${where}` : template),
    best ? make("p", { class: "note" }, `${subscripts(best.formula)}: chance of meeting the goal ${number(best.p_goal, "percent")}, ${best.verdict}.`) : "",
    noted(answer.notes),
    make("p", { class: "row" }, make("a", { class: "button", href: "#campaigns" }, "Begin a campaign with this family")),
    answer.known ? tiles(measuredTile(answer.known)) : "",
    answer.figure ? make("section", {}, make("h2", {}, `Conductivity and Tg across the family${names.length === 1 ? ", with 90 % bands" : ""}`), figure(answer.figure, "Conductivity and Tg across the family"),
      make("p", { class: "note" }, "Dotted: the goal. Symbols: circle inside, diamond edge, triangle outside the known. Red: measured, near this temperature.")) : "",
    answer.left_out ? make("p", { class: "note" }, `${answer.left_out} points left out: an amount would be negative there.`) : "",
    make("h2", {}, "All members"),
    table({ rows: answer.rows, columns: rankingColumns(degrees, names.map((name) => ({ key: name, label: name, format: "given" }))), noun: "members" }));
};

export const view = (main) => {
  const out = make("div", { id: "sweep" });
  const button = make("button", { class: "main", type: "submit" }, "Predict the family");
  const start = () => busy(button, async () => {
    const variables = ranges();
    const answer = await call("sweep?figure=true", { body: { template: family.template, variables, goal: goal(), temperature_C: temperature() } });
    kept.answer = { answer, names: Object.keys(variables), degrees: temperature(), template: family.template };
    shown(out, kept.answer);
  });
  main.replaceChildren(
    make("h1", {}, "How does a family behave?"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, make("div", { class: "fields" }, familyFields()), goalFields(), make("div", { class: "row" }, button)),
    out);
  if (kept.answer) shown(out, kept.answer);
};
