// Compositions side by side: a row a virtue, a column a composition.
import { busy, call, noted } from "./api.js";
import { field, formula, make, reference } from "./dom.js";

const kept = { text: "LiAlCl2.5O0.75\nNaAlCl2.5O0.75\nLi6PS5Cl", temperature: "25", answer: null };

const cell = (one) => make("td", {},
  one.measured_words ? make("p", { class: "measured" }, reference(one.measured_words, one.doi.split("; ").find((doi) => doi.startsWith("10.")) || "")) : "",
  one.predicted_words ? make("p", {}, one.predicted_words) : "",
  one.note ? make("p", { class: "note" }, one.note) : "",
  one.measured_words || one.predicted_words || one.note ? "" : make("p", { class: "note" }, one.words));

const shown = (place, answer) => {
  const formulas = [...new Set(answer.rows.map((row) => row.formula))], virtues = [];
  for (let at = 0; at < answer.rows.length; at += formulas.length) virtues.push(answer.rows.slice(at, at + formulas.length));
  place.replaceChildren(
    noted(answer.notes),
    make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Comparison" }, make("table", { class: "side" },
      make("thead", {}, make("tr", {}, make("th", {}), formulas.map((name) => make("th", { scope: "col" }, make("a", { href: `#glass/${encodeURIComponent(name)}` }, formula(name)))))),
      make("tbody", {}, virtues.map((cells) => make("tr", {}, make("th", { scope: "row" }, cells[0].virtue, cells[0].unit ? make("small", {}, ` ${cells[0].unit}`) : ""), cells.map(cell)))))),
    make("p", { class: "note" }, "Bold: measured and published. Below it: predicted, with a 90 % interval. Oxidation limits of lithium and sodium stand on different scales, 0.33 V apart."));
};

export const view = (main, some) => {
  const asked = (some || "").split("/").filter(Boolean).map(decodeURIComponent);
  if (asked.length && asked.join("\n") !== kept.text) Object.assign(kept, { text: asked.join("\n"), answer: null });
  const text = make("textarea", { rows: 4, value: kept.text, "aria-label": "Compositions to compare, one formula a line", spellcheck: false, autocapitalize: "off", oninput: (event) => { kept.text = event.target.value; } });
  const degrees = make("input", { type: "number", min: -100, max: 500, step: "any", required: true, value: kept.temperature, oninput: (event) => { kept.temperature = event.target.value; } });
  const out = make("div", { id: "compared" });
  const button = make("button", { class: "main", type: "submit" }, "Compare");
  const start = () => busy(button, async () => {
    const candidates = kept.text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (!candidates.length) throw new Error("There is no formula yet; write one a line, such as LiAlCl2.5O0.75");
    kept.answer = await call("compare", { body: { candidates, temperature_C: Number(kept.temperature) } });
    shown(out, kept.answer);
    history.replaceState(null, "", `#compare/${candidates.map(encodeURIComponent).join("/")}`);
  });
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); start(); } });
  main.replaceChildren(
    make("h1", {}, "Side by side"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, text, make("div", { class: "fields" }, field("At, °C", degrees)), make("div", { class: "row" }, button, make("span", { class: "note" }, "up to 20 compositions; Ctrl+Enter compares too"))),
    out);
  if (kept.answer) shown(out, kept.answer);
  else if (asked.length) start();
};
