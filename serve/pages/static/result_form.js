// The form of a result of a synthesis: values, outcome, and how the sample was made.
import { busy, call, newKey } from "./api.js";
import { field, make } from "./dom.js";

const FAILURES = ["no glass formed", "crystallised", "decomposed"];
// Conditions of a synthesis as `datasets/results/conditions.py` names them, and whether each is a number.
const MADE = [["milling_h", "Milling, h", true], ["milling_rpm", "Milling, rpm", true], ["melt_C", "Melt temperature, °C", true], ["anneal_C", "Annealed at, °C", true], ["anneal_h", "Annealed, h", true], ["atmosphere", "Atmosphere", false], ["pressure_MPa", "Pressure, MPa", true], ["operator", "Operator", false], ["date", "Date", false]];
const madeBefore = (result, name) => String(result?.conditions?.[name] ?? "");
const value = (input) => (input.value.trim() === "" ? undefined : Number(input.value));

// The form that records a result; with a result that stands, the form that corrects it. `first` fills it in.
export const resultForm = (told, again, result, first = {}) => {
  const before = (key, times = 1) => (result?.[key] === undefined ? "" : String(Number((result[key] * times).toPrecision(12))));
  const melt = make("input", { required: true, spellcheck: false, autocapitalize: "off", value: result ? result.formula : first.formula || told.pending[0] || "" });
  melt.setAttribute("list", "pending");
  const amount = (key, times, more) => Object.assign(make("input", { type: "number", step: "any", value: before(key, times), ...more }), { field: key, times });
  const sigma = amount("conductivity_S_cm", 1000, { min: 0 }), error = amount("conductivity_error_S_cm", 1000, { min: 0 });
  const at = amount("temperature_C", 1, { placeholder: String(told.temperature_C) }), tg = amount("tg_C", 1);
  const outcome = make("select", {}, make("option", { value: "" }, "a glass"), FAILURES.map((one) => make("option", {}, one)), result ? "" : make("option", { value: "abandoned" }, "abandoned"));
  outcome.value = result?.outcome || first.outcome || "";
  const note = make("input", { placeholder: "anything else", value: result?.note || "" });
  const sample = make("input", { value: result?.sample || "" });
  const made = MADE.map(([name, label, numeric]) => Object.assign(make("input", { ...(numeric ? { type: "number", step: "any", min: 0 } : {}), value: madeBefore(result, name) }), { field: name, label, numeric }));
  const button = make("button", { class: "main", type: "submit" }, result ? "Correct" : "Record");

  const condition = (input) => (input.value.trim() === "" ? undefined : input.numeric ? Number(input.value) : input.value.trim());
  const recorded = () => ({ formula: melt.value, outcome: outcome.value || undefined, sample: sample.value, note: note.value, ...Object.fromEntries(made.filter((one) => condition(one) !== undefined).map((one) => [one.field, condition(one)])), ...Object.fromEntries([sigma, error, at, tg].filter((one) => value(one) !== undefined).map((one) => [one.field, value(one) / one.times])) });
  const corrected = () => {
    const values = Object.fromEntries([sigma, error, at, tg].filter((one) => one.value !== before(one.field, one.times)).map((one) => [one.field, value(one) === undefined ? null : value(one) / one.times]));
    if (outcome.value !== (result.outcome || "")) values.outcome = outcome.value || null;
    if (note.value !== (result.note || "")) values.note = note.value || null;
    if (sample.value !== (result.sample || "")) values.sample = sample.value || null;
    for (const one of made) if (one.value !== madeBefore(result, one.field)) values[one.field] = condition(one) ?? null;
    return { event: result.event, formula: melt.value === result.formula ? undefined : melt.value, values };
  };
  const send = () => busy(button, async () => {
    const [verb, body] = result ? ["correct", corrected()] : outcome.value === "abandoned" ? ["abandon", { formula: melt.value, note: note.value }] : ["record", recorded()];
    const done = await call(`campaigns/${told.name}/${verb}`, { body, key: newKey() });
    await again(done.notes);
  });
  return make("form", { class: "panel", id: "record", dataset: { needs: "researcher" }, onsubmit: (event) => { event.preventDefault(); send(); } },
    make("datalist", { id: "pending" }, told.pending.map((one) => make("option", { value: one }))),
    make("div", { class: "fields" }, field("Composition", melt), field("Conductivity, mS/cm", sigma), field("± mS/cm", error), field("at, °C", at), field("Tg, °C", tg), field("Outcome", outcome), field("Sample", sample), field("Note", note)),
    make("details", { id: "made", open: Boolean(result?.conditions) }, make("summary", {}, "How it was made (kept, not learnt from)"), make("div", { class: "fields" }, made.map((one) => field(one.label, one)))),
    make("div", { class: "row" }, button, result ? make("button", { type: "button", onclick: () => again([]) }, "Cancel") : ""));
};
