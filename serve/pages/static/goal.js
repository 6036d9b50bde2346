// The form of a goal and of a family, which several views share; what was typed stays while the page is open.
import { field, make } from "./dom.js";

const kept = { sigma: "1", tg: "25", temperature: "25", forbidden: "", required: "", cost: "", verdict: "outside", flags: "radioactive, gas", acquisition: "" };
const acquisitions = JSON.parse(document.body.dataset.acquisitions || "{}"); // name to words
export const family = { template: "LiAlCl{4-2x}O{x}", variables: "x=0:1.5:0.05" };

const elements = (text) => text.split(/[\s,;]+/).filter(Boolean);
const amount = (text) => (text.trim() === "" ? null : Number(text.replace(",", ".")));

export const goalFields = () => {
  const input = (name, told) => make("input", { value: kept[name], oninput: (event) => { kept[name] = event.target.value; }, ...told });
  const verdict = make("select", { onchange: (event) => { kept.verdict = event.target.value; } }, [["outside", "any"], ["edge", "edge or inside"], ["inside", "inside"]].map(([value, label]) => make("option", { value, selected: kept.verdict === value }, label)));
  return make("details", { open: matchMedia("(min-width: 640px)").matches },
    make("summary", {}, "Goal"),
    make("div", { class: "fields" },
      field("Conductivity at least, mS/cm", input("sigma", { type: "number", min: 0, step: "any" })),
      field("Tg at most, °C", input("tg", { type: "number", step: "any" })),
      field("Conductivity counts at, °C", input("temperature", { type: "number", min: -100, max: 500, step: "any", required: true })),
      field("Without elements", input("forbidden", { placeholder: "Ta, Hf", size: 10 })),
      field("With elements", input("required", { placeholder: "Li", size: 8 })),
      field("Cost at most, USD/kg", input("cost", { type: "number", min: 0, step: "any" })),
      field("Without flags", input("flags", { placeholder: "toxic, volatile", size: 14 })),
      field("Verdict", verdict)));
};

// What makes a melt worth its while: a field of the goal that only campaigns ask for.
export const acquisitionField = () => field("Melts chosen by", make("select", { onchange: (event) => { kept.acquisition = event.target.value; } }, Object.entries(acquisitions).map(([value, label]) => make("option", { value, selected: kept.acquisition === value }, label))));
export const acquisition = () => (kept.acquisition ? { acquisition: kept.acquisition } : {});

export const temperature = () => {
  if (kept.temperature.trim() === "") throw new Error("There is no temperature at which the conductivity counts; give one in °C, such as 25");
  return Number(kept.temperature);
};

export const goal = () => ({
  conductivity_S_cm: amount(kept.sigma) === null ? false : amount(kept.sigma) / 1000,
  tg_C: amount(kept.tg) === null ? false : amount(kept.tg),
  max_cost_usd_per_kg: amount(kept.cost),
  forbidden: elements(kept.forbidden),
  required: elements(kept.required),
  minimum_verdict: kept.verdict,
  flags: { forbid: elements(kept.flags) },
});

export const familyFields = () => [
  field("Family: a formula with braces", make("input", { value: family.template, size: 26, required: true, spellcheck: false, autocapitalize: "off", oninput: (event) => { family.template = event.target.value; } })),
  field("Ranges: x=0:1.5:0.05, more with ;", make("input", { value: family.variables, size: 26, spellcheck: false, autocapitalize: "off", oninput: (event) => { family.variables = event.target.value; } })),
];

export const ranges = () => Object.fromEntries(family.variables.split(/[;\n]|,(?=\s*[a-zA-Z_]\w*\s*=)/).filter((part) => part.trim()).map((part) => {
  const at = part.indexOf("=");
  if (at < 0) throw new Error(`"${part.trim()}" is no range; write x=0:1.5:0.05`);
  return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}));
