// The form of a goal and of a family, which several views share; what was typed stays while the page is open.
import { field, make } from "./dom.js";
import { recalled, remember } from "./session.js";

const kept = recalled("goal", { sigma: "1", tg: "25", temperature: "25", forbidden: "", required: "", cost: "", glass: "", verdict: "outside", flags: "radioactive, gas", acquisition: "" });
const watchers = new Set();
const change = (name, value) => { kept[name] = value; remember("goal", kept); watchers.forEach((watcher) => watcher()); };
const acquisitions = JSON.parse(document.body.dataset.acquisitions || "{}"); // name to words
export const family = recalled("family", { template: "LiAlCl{4-2x}O{x}", variables: "x=0:1.5:0.05" });
const changeFamily = (name, value) => { family[name] = value; remember("family", family); watchers.forEach((watcher) => watcher()); };

// What is called when a field of the goal or of the family changes, as long as the view of who asks stands.
export const watch = (watcher) => { watchers.clear(); watchers.add(watcher); };
export const goalState = () => JSON.stringify({ ...kept, acquisition: "" });

const elements = (text) => text.split(/[\s,;]+/).filter(Boolean);
const amount = (text) => (text.trim() === "" ? null : Number(text.replace(",", ".")));

export const goalFields = () => {
  const input = (name, told) => make("input", { value: kept[name], oninput: (event) => change(name, event.target.value), ...told });
  const verdict = make("select", { onchange: (event) => change("verdict", event.target.value) }, [["outside", "any"], ["edge", "edge or inside"], ["inside", "inside"]].map(([value, label]) => make("option", { value, selected: kept.verdict === value }, label)));
  return make("details", { open: matchMedia("(min-width: 640px)").matches },
    make("summary", {}, "Goal"),
    make("div", { class: "fields" },
      field("Conductivity at least, mS/cm", input("sigma", { type: "number", min: 0, step: "any" })),
      field("Tg at most, °C", input("tg", { type: "number", step: "any" })),
      field("Conductivity counts at, °C", input("temperature", { type: "number", min: -100, max: 500, step: "any", required: true })),
      field("Without elements", input("forbidden", { placeholder: "Ta, Hf", size: 10 })),
      field("With elements", input("required", { placeholder: "Li", size: 8 })),
      field("Cost at most, USD/kg", input("cost", { type: "number", min: 0, step: "any" })),
      field("P(glass) at least, %", input("glass", { type: "number", min: 0, max: 100, step: "any", placeholder: "not asked", size: 6 })),
      field("Without flags", input("flags", { placeholder: "toxic, volatile", size: 14 })),
      field("Verdict", verdict)));
};

// What makes a melt worth its while: a field of the goal that only campaigns ask for.
export const acquisitionField = () => field("Melts chosen by", make("select", { onchange: (event) => change("acquisition", event.target.value) }, Object.entries(acquisitions).map(([value, label]) => make("option", { value, selected: kept.acquisition === value }, label))));
export const acquisition = () => (kept.acquisition ? { acquisition: kept.acquisition } : {});

export const temperature = () => {
  if (kept.temperature.trim() === "") throw new Error("There is no temperature at which the conductivity counts; give one in °C, such as 25");
  return Number(kept.temperature);
};

export const goal = () => ({
  conductivity_S_cm: amount(kept.sigma) === null ? false : amount(kept.sigma) / 1000,
  tg_C: amount(kept.tg) === null ? false : amount(kept.tg),
  max_cost_usd_per_kg: amount(kept.cost),
  ...(amount(kept.glass) === null ? {} : { min_p_glass: amount(kept.glass) / 100 }),
  forbidden: elements(kept.forbidden),
  required: elements(kept.required),
  minimum_verdict: kept.verdict,
  flags: { forbid: elements(kept.flags) },
});

// Fills the fields with a goal that was asked for elsewhere.
export const restoreGoal = (asked, degrees) => {
  const plain = (value) => (value === null || value === undefined || value === false ? "" : String(Number(value.toPrecision(12))));
  Object.assign(kept, {
    sigma: typeof asked.conductivity_S_cm === "number" ? plain(asked.conductivity_S_cm * 1000) : "",
    tg: plain(asked.tg_C), cost: plain(asked.max_cost_usd_per_kg), glass: typeof asked.min_p_glass === "number" ? plain(asked.min_p_glass * 100) : "", temperature: degrees === null || degrees === undefined ? kept.temperature : plain(degrees),
    forbidden: asked.forbidden.join(", "), required: asked.required.join(", "), verdict: asked.minimum_verdict, flags: asked.flags.forbid.join(", "),
  });
  remember("goal", kept);
};

export const restoreFamily = (template, variables) => {
  Object.assign(family, { template, variables: Object.entries(variables).map(([name, range]) => `${name}=${range}`).join("; ") });
  remember("family", family);
};

export const familyFields = () => [
  field("Family: a formula with braces", make("input", { value: family.template, size: 26, required: true, spellcheck: false, autocapitalize: "off", oninput: (event) => changeFamily("template", event.target.value) })),
  field("Ranges: x=0:1.5:0.05, more with ;", make("input", { value: family.variables, size: 26, spellcheck: false, autocapitalize: "off", oninput: (event) => changeFamily("variables", event.target.value) })),
];

export const ranges = () => Object.fromEntries(family.variables.split(/[;\n]|,(?=\s*[a-zA-Z_]\w*\s*=)/).filter((part) => part.trim()).map((part) => {
  const at = part.indexOf("=");
  if (at < 0) throw new Error(`"${part.trim()}" is no range; write x=0:1.5:0.05`);
  return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
}));
