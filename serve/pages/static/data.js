// What is known: rows by property, and the lab's own results.
import { busy, call, newKey } from "./api.js";
import { field, make, number } from "./dom.js";
import { table } from "./table.js";

export const view = async (main) => {
  const place = make("div", {}, make("p", { class: "note busy" }, "Reading the data …"));
  const file = make("input", { type: "file", accept: document.body.dataset.endings, required: true });
  const note = make("input", { placeholder: "kept with the addition" });
  const [good, units, again] = [1, 2, 3].map(() => make("input", { type: "checkbox" }));
  const button = make("button", { class: "main", type: "submit" }, "Add");
  const said = make("div", { role: "status" });
  const add = (valid) => busy(button, async () => {
    const form = new FormData();
    form.append("file", file.files[0]);
    form.append("note", note.value);
    form.append("keep_good", String(valid || good.checked));
    form.append("trust_units", String(units.checked));
    form.append("again", String(again.checked));
    let done;
    try { done = await call("data/file", { form, key: newKey() }); } catch (error) {
      if (error.validRows) error.action = make("button", { type: "button", id: "valid", onclick: () => add(true) }, `Add the ${error.validRows} valid row${error.validRows === 1 ? "" : "s"} only`);
      throw error;
    }
    said.replaceChildren(make("p", { class: "notice" }, `${done.facts.length} fact${done.facts.length === 1 ? "" : "s"} added as version ${done.version}. Train the models to learn them.`), make("ul", {}, [...done.left_out.map((one) => `left out: row ${one.row}, ${one.column}: ${one.problem}`), ...done.notes].map((one) => make("li", {}, one))));
    await list();
  });
  const list = async () => {
    const { rows } = await call("data");
    const whole = ["rows", "compositions", "papers", "lab", "kept_in_doubt", "dropped"].map((key) => ({ key, label: key.replaceAll("_", " "), format: "whole", best: true }));
    place.replaceChildren(table({ rows, noun: "properties", filter: false, columns: [
      { key: "label", label: "property", format: "text" }, ...whole,
      { key: "lowest", label: "range", class: "number", render: (row) => `${number(row.lowest, "general")} … ${number(row.highest, "general")} ${row.unit}` }] }));
  };
  main.replaceChildren(
    make("h1", {}, "Training data"),
    place,
    make("h2", {}, "Add your own results"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); add(false); } },
      make("p", { class: "note" }, "A table with a column formula and conductivity_S_cm with temperature_C, tg_C or outcome; all rows or none. Other columns, such as milling_h, anneal_C or atmosphere, are kept and not learnt from."),
      make("div", { class: "fields" }, field("CSV, Excel or Parquet", file), field("Note", note), field("Take the valid rows alone", good), field("Trust the units", units), field("Add it again", again)), make("div", { class: "row" }, button)),
    said);
  await list();
};
