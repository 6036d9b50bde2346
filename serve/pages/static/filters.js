// Filters of a chemist: elements in and out, ranges of what was predicted.
import { make } from "./dom.js";
import { elementsOf } from "./lists.js";

const RANGES = [["p_goal", "P(goal), %", 100], ["conductivity_S_cm", "σ, mS/cm", 1000], ["tg_C", "Tg, °C", 1], ["cost_usd_per_kg", "USD/kg", 1]];
const WORDS = { "": "any", in: "has to be in", out: "has to be out" };
const NEXT = { "": "in", in: "out", out: "" };

export const filters = (rows, changed) => {
  const wanted = new Map(), limits = new Map(), has = new Map();
  const elements = (row) => { if (!has.has(row)) has.set(row, new Set(elementsOf(row.formula))); return has.get(row); };
  const all = [...new Set(rows.filter((row) => !row.error).flatMap((row) => [...elements(row)]))].sort();
  const chip = (symbol) => {
    const button = make("button", { type: "button", class: "chip" }, symbol);
    const draw = () => {
      const state = wanted.get(symbol) || "";
      button.textContent = `${{ in: "+", out: "−", "": "" }[state]}${symbol}`;
      button.dataset.state = state;
      button.setAttribute("aria-label", `${symbol}: ${WORDS[state]}`);
    };
    button.addEventListener("click", () => { wanted.set(symbol, NEXT[wanted.get(symbol) || ""]); draw(); told(); });
    draw();
    return { button, clear: () => { wanted.delete(symbol); draw(); } };
  };
  const input = (key, end, label) => make("input", { type: "number", step: "any", placeholder: end === 0 ? "from" : "to", "aria-label": `${label}, ${end === 0 ? "at least" : "at most"}`, oninput: (event) => {
    const pair = limits.get(key) || [null, null];
    pair[end] = event.target.value === "" || Number.isNaN(event.target.valueAsNumber) ? null : event.target.valueAsNumber;
    limits.set(key, pair);
    told();
  } });
  const chips = all.map(chip);
  const active = () => [...wanted.values()].filter(Boolean).length + [...limits.values()].filter((pair) => pair.some((value) => value !== null)).length;
  const summary = make("summary", {}, "Elements and ranges");
  const told = () => { summary.textContent = active() ? `Elements and ranges (${active()} set)` : "Elements and ranges"; changed(); };
  const fields = RANGES.filter(([key]) => rows.some((row) => typeof row[key] === "number")).map(([key, label]) => make("fieldset", { class: "range" }, make("legend", {}, label), input(key, 0, label), input(key, 1, label)));
  const clear = make("button", { type: "button", class: "small", onclick: () => {
    limits.clear();
    chips.forEach((one) => one.clear());
    node.querySelectorAll("input").forEach((one) => { one.value = ""; });
    told();
  } }, "Clear");
  const node = make("details", { class: "filters" }, summary,
    make("div", { class: "chips", role: "group", "aria-label": "Elements: once for in, twice for out" }, make("span", { class: "note" }, "Click once: in; twice: out."), chips.map((one) => one.button)),
    make("div", { class: "fields" }, fields, clear));
  const passes = (row) => {
    if (!active()) return true;
    if (row.error) return false;
    for (const [symbol, state] of wanted) if (state && elements(row).has(symbol) !== (state === "in")) return false;
    for (const [key, , times] of RANGES) {
      const [low, high] = limits.get(key) || [null, null];
      if (low === null && high === null) continue;
      const value = typeof row[key] === "number" ? row[key] * times : null;
      if (value === null || (low !== null && value < low * (1 - 1e-9)) || (high !== null && value > high * (1 + 1e-9))) return false;
    }
    return true;
  };
  return { node, passes, active };
};
