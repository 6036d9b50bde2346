// Any composition after the results of a campaign: the box of its page.
import { busy, call, noted } from "./api.js";
import { make } from "./dom.js";
import { asGiven, formulas } from "./lists.js";
import { rankingColumns, table } from "./table.js";

// `kept` holds what was typed while the page is drawn anew; what was asked before is asked again, for the results changed.
export const predictBox = (told, kept) => {
  const text = make("textarea", { rows: 3, value: kept.text, "aria-label": "Compositions to predict, one formula a line", placeholder: "LiAlCl2.7O0.65", spellcheck: false, autocapitalize: "off", oninput: (event) => { kept.text = event.target.value; } });
  const button = make("button", { type: "submit" }, "Predict");
  const out = make("div", { id: "predicted" });
  const ask = () => busy(button, async () => {
    const candidates = formulas(kept.text);
    if (!candidates.length) throw new Error("There is no formula yet; write one a line, such as LiAlCl2.7O0.65");
    const { rows, notes } = await call("rank", { body: { candidates, campaign: told.name } });
    kept.asked = true;
    out.replaceChildren(noted(notes), table({ rows, columns: [...rankingColumns(told.temperature_C), ...asGiven(rows)], noun: "compositions", filter: rows.length > 20 }));
  });
  if (kept.asked) ask();
  const learnt = told.results === 1 ? "after the result of this campaign" : told.results ? `after the ${told.results} results of this campaign` : "before any result of this campaign";
  return make("section", { id: "predict" },
    make("h2", {}, "Predict any composition"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); ask(); } }, text, make("div", { class: "row" }, button, make("span", { class: "note" }, `${learnt}, by its goal`))),
    out);
};
