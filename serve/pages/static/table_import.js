// A table of results: how each column was understood, before anything is kept.
import { busy, call } from "./api.js";
import { field, formula, make, number } from "./dom.js";

const SYMBOLS = { conductivity: "σ", tg: "Tg" };
const many = (size, noun) => `${size.toLocaleString("en")} ${noun}${size === 1 ? "" : "s"}`;
const plain = (fact) => (fact.quantity === "conductivity" ? `${number(1000 * fact.value, "given")} mS/cm at ${number(fact.temperature_C, "given")} °C` : `${number(fact.value, "given")} ${fact.unit === "degC" ? "°C" : fact.unit}`);
const said = (fact) => (fact.outcome || fact.value === null ? fact.outcome : `${SYMBOLS[fact.quantity] || fact.quantity} ${plain(fact)}`);

const grid = (label, heads, rows) => make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": label }, make("table", { class: "wrap" }, make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, rows)));

const columns = (told) => grid("Columns", ["column", "understood as", "unit", "first value"], told.columns.map((one) => make("tr", {},
  make("th", { scope: "row", class: "text" }, one.column), make("td", { class: "text" }, one.learnt ? one.meaning : make("span", { class: "soft" }, one.meaning === "kept, not learnt from" ? one.meaning : `${one.meaning}: kept, not learnt from`)), make("td", {}, one.unit === "degC" ? "°C" : one.unit), make("td", { class: "text" }, one.example))));

const results = (told) => {
  const rows = new Map(told.lines.map((line) => [line, { facts: [], problems: [] }]));
  for (const fact of told.facts) rows.get(fact.row)?.facts.push(fact);
  for (const problem of told.problems) rows.get(problem.row)?.problems.push(problem);
  return grid("Rows", ["row", "composition", "result"], [...rows].filter(([, one]) => one.facts.length || one.problems.length).slice(0, 50).map(([line, one]) => make("tr", {},
    make("td", { class: "number" }, String(line)), make("td", { class: "formula" }, one.facts.length ? make("b", {}, formula(one.facts[0].formula)) : "", one.facts[0]?.sample ? make("small", {}, one.facts[0].sample) : ""),
    make("td", { class: `long${one.problems.length ? " failed" : ""}` }, one.problems.length ? one.problems.map((problem) => `${problem.column}: ${problem.problem}`).join("; ") : one.facts.map(said).filter(Boolean).join("; ")))));
};

// A field for a file; what is in it is shown, and `keep` is given the preview and the file once the button is pressed.
export const tableImport = ({ words, keep, more = [] }) => {
  const place = make("div", { role: "status" }), units = make("input", { type: "checkbox" });
  const file = make("input", { type: "file", accept: document.body.dataset.endings });
  const look = () => busy(file, async () => {
    place.replaceChildren();
    if (!file.files.length) return;
    const form = new FormData();
    form.append("file", file.files[0]);
    form.append("trust_units", String(units.checked));
    const told = await call("data/preview", { form });
    const bad = told.of - told.valid_rows;
    const button = make("button", { type: "button", class: "main", id: "import", onclick: () => busy(button, () => keep(told, { file: file.files[0], trust: units.checked, bad, place })) }, bad ? `${words} the ${many(told.valid_rows, "valid row")} only` : `${words} ${many(told.valid_rows, "row")}`);
    place.replaceChildren(
      make("p", {}, make("b", {}, `${told.valid_rows} of ${many(told.of, "row")} can be taken. `), "Nothing is kept yet."),
      columns(told), make("p", { class: "note" }, "What the rows give:"), results(told),
      told.notes.length ? make("ul", { class: "note" }, told.notes.map((one) => make("li", {}, one))) : "",
      make("div", { class: "row" }, told.valid_rows ? button : "", make("button", { type: "button", onclick: () => { file.value = ""; place.replaceChildren(); } }, "Cancel")));
  });
  file.addEventListener("change", look);
  units.addEventListener("change", look);
  return make("div", { class: "panel import", dataset: { needs: "researcher" } },
    make("div", { class: "fields" }, field("CSV, Excel or Parquet", file), ...more, field("Trust the units", units)), place);
};

// Rows of a preview that have no problem, as the file has them.
export const validRows = (told) => {
  const bad = new Set(told.problems.map((one) => one.row));
  return told.rows.filter((_, at) => !bad.has(told.lines[at]));
};
