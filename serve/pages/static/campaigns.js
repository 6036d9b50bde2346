// Campaigns: begin, propose, record, and see what was believed and found.
import { busy, call, newKey, noted, small, tell } from "./api.js";
import { day, field, formula, make, number, tiles } from "./dom.js";
import { figure } from "./figure.js";
import { acquisition, acquisitionField, family, familyFields, goal, goalFields, ranges, temperature } from "./goal.js";
import { predictBox } from "./predict.js";
import { recipeBox, recipeLink } from "./recipe.js";
import { table } from "./table.js";

const begun = new Map();  // what was to be noticed when a campaign began, until it is shown
const FAILURES = ["no glass formed", "crystallised", "decomposed"];
// Conditions of a synthesis as `datasets/results/conditions.py` names them, and whether each is a number.
const MADE = [["milling_h", "Milling, h", true], ["milling_rpm", "Milling, rpm", true], ["melt_C", "Melt temperature, °C", true], ["anneal_C", "Annealed at, °C", true], ["anneal_h", "Annealed, h", true], ["atmosphere", "Atmosphere", false], ["pressure_MPa", "Pressure, MPa", true], ["operator", "Operator", false], ["date", "Date", false]];
const madeBefore = (result, name) => String(result?.conditions?.[name] ?? "");
const value = (input) => (input.value.trim() === "" ? undefined : Number(input.value));

export const view = async (main) => {
  const { rows } = await call("campaigns");
  const name = make("input", { required: true, pattern: "[A-Za-z0-9_][A-Za-z0-9_\\-]{0,63}", placeholder: "laco-2026", title: "letters, digits, - and _" });
  const batch = make("input", { type: "number", min: 1, max: 100, value: "4", required: true });
  const button = make("button", { class: "main", type: "submit" }, "Begin");
  const begin = () => busy(button, async () => {
    const body = { name: name.value, template: family.template, variables: ranges(), goal: { ...goal(), ...acquisition() }, batch: Number(batch.value), temperature_C: temperature() };
    begun.set(name.value, (await call("campaigns", { body, key: newKey() })).notes);
    location.hash = `#campaigns/${name.value}`;
  });
  main.replaceChildren(
    make("h1", {}, "Campaigns"),
    rows.length ? table({ rows, noun: "campaigns", filter: rows.length > 10, columns: [
      { key: "name", label: "name", render: (row) => make("a", { href: `#campaigns/${row.name}` }, row.name) },
      { key: "candidates", label: "candidates", format: "text" },
      { key: "rounds", label: "rounds", format: "whole" },
      { key: "results", label: "results", format: "whole" },
      { key: "pending", label: "waited for", format: "whole" },
      { key: "best_S_cm", label: "best σ, mS/cm", format: "general", times: 1000, best: true },
      { key: "created", label: "begun", render: (row) => day(row.created) },
    ] }) : make("p", {}, "There is no campaign yet. A campaign proposes melts, takes their results, learns, and proposes again."),
    make("h2", {}, "Begin a campaign"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); begin(); } },
      make("div", { class: "fields" }, field("Name", name), familyFields(), field("Melts in a round", batch), acquisitionField()), goalFields(), make("div", { class: "row" }, button)));
};

// The form that records what came of a melt; with a result that stands, the form that corrects it.
const resultForm = (told, again, result) => {
  const before = (key, times = 1) => (result?.[key] === undefined ? "" : String(Number((result[key] * times).toPrecision(12))));
  const melt = make("input", { required: true, spellcheck: false, autocapitalize: "off", value: result ? result.formula : told.pending[0] || "" });
  melt.setAttribute("list", "pending");
  const amount = (key, times, more) => Object.assign(make("input", { type: "number", step: "any", value: before(key, times), ...more }), { field: key, times });
  const sigma = amount("conductivity_S_cm", 1000, { min: 0 }), error = amount("conductivity_error_S_cm", 1000, { min: 0 });
  const at = amount("temperature_C", 1, { placeholder: String(told.temperature_C) }), tg = amount("tg_C", 1);
  const outcome = make("select", {}, make("option", { value: "" }, "a glass"), FAILURES.map((one) => make("option", {}, one)), result ? "" : make("option", { value: "abandoned" }, "given up"));
  outcome.value = result?.outcome || "";
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
  return make("form", { class: "panel", id: "record", onsubmit: (event) => { event.preventDefault(); send(); } },
    make("datalist", { id: "pending" }, told.pending.map((one) => make("option", { value: one }))),
    make("div", { class: "fields" }, field("Melted", melt), field("Conductivity, mS/cm", sigma), field("± mS/cm", error), field("at, °C", at), field("Tg, °C", tg), field("Came out as", outcome), field("Sample", sample), field("Note", note)),
    make("details", { id: "made", open: Boolean(result?.conditions) }, make("summary", {}, "How it was made (kept, not learnt from)"), make("div", { class: "fields" }, made.map((one) => field(one.label, one)))),
    make("div", { class: "row" }, button, result ? make("button", { type: "button", onclick: () => again([]) }, "Leave it") : ""));
};

const trainBox = (told) => {
  const button = make("button", { type: "button" }, "Add the results to the lab's data and train");
  button.addEventListener("click", () => busy(button, async () => {
    await call(`campaigns/${told.name}/to-data`, { body: {}, key: newKey() });
    await call("models/retrain", { body: {}, key: newKey() });
    location.hash = "#jobs";
  }));
  return make("div", { class: told.why_retrain ? "notice" : "under" }, told.why_retrain ? make("p", {}, told.why_retrain.split(": 'vitrion")[0] + ".") : "", told.results ? button : "");
};

const proposals = (told) => {
  const waiting = new Set(told.pending);
  const last = new Map(told.history.filter((row) => row.kind === "proposed" && waiting.has(row.formula)).map((row) => [row.formula, row]));
  return [...last.values()];
};

const at = (key, found) => (row) => (row[found] === null || row[found] === undefined ? "" : make("span", { class: row[key] === false ? "failed" : "" }, `${number(row[found] * (found.startsWith("found_cond") ? 1000 : 1), found === "found_tg_C" ? "degree" : "general")}${row[key] === false ? " ×" : ""}`));

export const viewOne = async (main, name) => {
  let notes = begun.get(name) || [], corrects = null;
  const asked = { text: "", asked: false };
  begun.delete(name);
  const again = async (told) => { notes = told || []; corrects = null; await draw(); };
  const draw = async () => {
    const told = await call(`campaigns/${name}?figure=true`);
    const batch = make("input", { type: "number", min: 1, max: 100, value: String(told.batch) });
    const button = make("button", { class: "main", type: "submit" }, "Propose the next melts");
    const propose = () => busy(button, async () => {
      const answer = await call(`campaigns/${name}/propose`, { body: { batch: Number(batch.value) }, key: newKey() });
      await again([...answer.notes, ...(answer.stop ? [`You may stop: ${answer.stop}.`] : [])]);
    });
    const results = new Map(told.recorded.flatMap((result) => [[result.event, result], [result.last, result]]));
    const correct = async (event) => { corrects = event; await draw(); document.querySelector("#record input").focus(); };
    const withdraw = async (event) => { const answer = await call(`campaigns/${name}/withdraw`, { body: { event }, key: newKey() }); await again(answer.notes); };
    const rows = (event) => told.history.filter((row) => row.event === event);
    const words = (row) => (row.kind === "proposed" ? `Withdraw the round (${rows(row.event).length} melt${rows(row.event).length === 1 ? "" : "s"})` : row.kind === "corrected" ? "Undo the correction" : "Withdraw");
    const sure = (row) => row.kind !== "proposed" || window.confirm(`${words(row)}? Its melts are then no longer waited for.`);
    const actions = (row) => make("span", { class: "row" },
      results.get(row.event)?.last === row.event ? small("Correct", () => correct(row.event)) : "",
      row.standing === "stands" && row.kind !== "withdrawn" && row === rows(row.event)[0] ? small(words(row), () => sure(row) && withdraw(row.event)) : "");
    const believed = [
      { key: "believed_conductivity_S_cm", label: `σ believed, mS/cm (90 %)`, format: "general", low: "believed_conductivity_low_S_cm", high: "believed_conductivity_high_S_cm", times: 1000, log: true, best: true },
      { key: "believed_tg_C", label: "Tg believed, °C (90 %)", format: "degree", low: "believed_tg_low_C", high: "believed_tg_high_C" },
    ];
    const waiting = proposals(told);
    main.replaceChildren(
      make("p", {}, make("a", { href: "#campaigns" }, "← all campaigns")),
      make("h1", {}, `${told.name}: ${told.progress_words}`),
      make("p", { class: "note" }, `${told.candidates_words}; ${told.goal_words}.`),
      tiles([[told.rounds, "round"], [told.results, "result"], [told.pending.length, "melt"]].map(([count, noun], place) => [count, noun + (count === 1 ? "" : "s") + (place === 2 ? " waited for" : "")])),
      told.intervals.length ? make("p", { class: "note", id: "intervals" }, `Median 90 % ${told.intervals.map((one) => one.words).join("; ")}.`) : "",
      noted(notes),
      make("form", { class: "row", onsubmit: (event) => { event.preventDefault(); propose(); } }, button, field("Melts", batch)),
      waiting.length ? make("section", {}, make("h2", {}, "Proposed, and waited for"), table({ rows: waiting, noun: "melts", filter: false, columns: [
        { key: "formula", label: "formula", format: "formula" }, { key: "p_goal", label: "P(goal)", format: "percent", best: true }, ...believed, { key: "reason", label: "why", format: "text", long: true }, { label: "", render: (row) => recipeLink([row.formula]) }] }), recipeBox(waiting.map((row) => row.formula))) : "",
      make("h2", {}, results.has(corrects) ? `Correct event ${results.get(corrects).event}` : "Record what came of a melt"), resultForm(told, again, results.get(corrects)), trainBox(told), predictBox(told, asked),
      told.figure ? make("section", {}, make("h2", {}, "What was believed, and what was found"), figure(told.figure, "Progress of the campaign")) : "",
      make("h2", {}, "History"),
      table({ rows: told.history, noun: "events", filter: told.history.length > 20 || told.conditions.length > 0, columns: [
        { key: "event", label: "#", format: "whole" },
        { key: "kind", label: "what", render: (row) => [row.kind === "failed" && row.outcome ? row.outcome : row.kind, make("small", { class: "under" }, row.standing !== "stands" ? row.standing : row.kind === "proposed" ? "" : row.reason || "")] },
        { key: "formula", label: "formula", render: (row) => make("b", {}, formula(row.formula || "")) },
        { label: "", render: actions },
        ...believed.slice(0, 1), { key: "found_conductivity_S_cm", label: "found", class: "number", render: at("conductivity_held", "found_conductivity_S_cm") },
        ...believed.slice(1), { key: "found_tg_C", label: "found", class: "number", render: at("tg_held", "found_tg_C") },
        { key: "to_goal_decades", label: "decades to the goal", format: "fixed" },
        ...(told.history.some((row) => row.sample) ? [{ key: "sample", label: "sample", format: "text" }] : []),
        ...told.conditions.map((key) => ({ key, label: key, class: "text", render: (row) => String(row[key] ?? "") })),
        { key: "note", label: "note", format: "text", long: true }] }),
      make("p", { class: "note" }, "× marks what its 90 % interval did not hold."));
  };
  try { await draw(); } catch (error) { tell(error); main.replaceChildren(make("p", {}, make("a", { href: "#campaigns" }, "← all campaigns"))); }
};
