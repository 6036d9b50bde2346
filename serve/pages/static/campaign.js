// One campaign: what to do next, what awaits results, what was predicted and measured.
import { busy, call, newKey, noted, small, tell } from "./api.js";
import { day, field, formula, make, number, tiles } from "./dom.js";
import { figure } from "./figure.js";
import { predictBox } from "./predict.js";
import { recipeBox, recipeLink } from "./recipe.js";
import { resultForm } from "./result_form.js";
import { table } from "./table.js";
import { tableImport, validRows } from "./table_import.js";

export const begun = new Map();  // what was to be noticed when a campaign began, until it is shown
export const wanted = new Map();  // the composition with which the form of a campaign is filled in
const many = (size, noun) => `${size.toLocaleString("en")} ${noun}${size === 1 ? "" : "s"}`;
const date = (time) => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
const RECORDS = ["measured", "failed", "corrected"];

const trainBox = (told) => {
  const button = make("button", { type: "button" }, "Add the results to the lab's data and train");
  button.addEventListener("click", () => busy(button, async () => {
    await call(`campaigns/${told.name}/to-data`, { body: {}, key: newKey() });
    await call("models/retrain", { body: {}, key: newKey() });
    location.hash = "#jobs";
  }));
  return make("div", { class: told.why_retrain ? "notice" : "under", dataset: { needs: "trainer" } }, told.why_retrain ? make("p", {}, told.why_retrain.split(": 'vitrion")[0] + ".") : "", told.results ? button : "");
};

// Proposals that await results, each as it was proposed last.
const waitingOf = (told) => {
  const waiting = new Set(told.pending);
  return [...new Map(told.history.filter((row) => row.kind === "proposed" && waiting.has(row.formula)).map((row) => [row.formula, row])).values()];
};

// One sentence on where the campaign stands: how many samples of the rounds under way were proposed and reported.
const standing = (told, waiting) => {
  if (!waiting.length) {
    if (!told.rounds) return told.results ? `${many(told.results, "result")} recorded, and no sample proposed yet.` : "No sample is proposed yet.";
    return `All proposed samples are reported${told.results ? `: ${many(told.results, "result")}` : ""}.`;
  }
  const open = new Set(waiting.map((row) => row.event)), all = told.history.filter((row) => row.kind === "proposed" && open.has(row.event));
  const days = [...new Set(waiting.map((row) => date(row.at)))];
  return `${many(all.length, "sample")} proposed on ${days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]}, ${all.length - waiting.length} of ${all.length} reported.`;
};

const at = (key, found) => (row) => (row[found] === null || row[found] === undefined ? "" : make("span", { class: row[key] === false ? "failed" : "" }, `${number(row[found] * (found.startsWith("found_cond") ? 1000 : 1), found === "found_tg_C" ? "degree" : "general")}${row[key] === false ? " ×" : ""}`));
const sigmaOf = (name, label) => ({ key: `${name}conductivity_S_cm`, label, format: "general", low: `${name}conductivity_low_S_cm`, high: `${name}conductivity_high_S_cm`, times: 1000, log: true, best: true });
const tgOf = (name, label) => ({ key: `${name}tg_C`, label, format: "degree", low: `${name}tg_low_C`, high: `${name}tg_high_C` });
const PREDICTED = [sigmaOf("believed_", "σ predicted, mS/cm (90 %)"), { key: "found_conductivity_S_cm", label: "σ measured", class: "number", render: at("conductivity_held", "found_conductivity_S_cm") },
  tgOf("believed_", "Tg predicted, °C (90 %)"), { key: "found_tg_C", label: "Tg measured", class: "number", render: at("tg_held", "found_tg_C") }];
const ownColumns = (told) => [...(told.history.some((row) => row.sample) ? [{ key: "sample", label: "sample", format: "text" }] : []), ...told.conditions.map((key) => ({ key, label: key, class: "text", render: (row) => String(row[key] ?? "") })), { key: "note", label: "note", format: "text", long: true }];

// A line a sample: when it was proposed, what was predicted, and what was measured or became of it.
const samplesOf = (told) => {
  const proposed = new Map(told.history.filter((row) => row.kind === "proposed").map((row) => [row.formula, row.at]));
  const lines = told.recorded.map((result) => told.history.find((row) => row.event === result.last && RECORDS.includes(row.kind))).filter(Boolean);
  const given = told.history.filter((row) => row.kind === "abandoned" && row.standing === "stands");
  return [...lines, ...given].map((row) => ({ ...row, from: row, outcome: row.kind === "abandoned" ? "abandoned" : row.outcome || "measured", proposed: proposed.get(row.formula) || "" }));
};

const exportLinks = (told) => make("p", { class: "row", id: "export" }, ["json", "csv", "html"].map((form) => make("a", { class: "button", href: `/api/v1/campaigns/${told.name}/export?format=${form}`, download: `${told.name}.${form}` }, `Export ${form.toUpperCase()}`)), make("span", { class: "note" }, "JSON: all of it, for another home; CSV: the results; HTML: a page"));

// Today's prediction of what awaits results; the one of its day stays where there is none.
const todays = async (told, waiting, show) => {
  let rows;
  try { ({ rows } = await call("rank", { body: { candidates: told.pending, campaign: told.name } })); } catch (error) {
    if (error.status !== 503) throw error;
    return;
  }
  const now = new Map(rows.map((row) => [row.input || row.formula, row]));
  show(waiting.map((row) => ({ ...row, ...Object.fromEntries(Object.entries(now.get(row.formula) || {}).filter(([name]) => /^(p_goal|conductivity_|tg_)/.test(name))) })), true);
};

const pendingSection = (told, waiting, acts) => {
  const place = make("div", {});
  const asToday = (row) => ({ ...row, ...Object.fromEntries(Object.entries(row).filter(([name]) => name.startsWith("believed_")).map(([name, value]) => [name.slice(9), value])) });
  const show = (rows, today) => place.replaceChildren(table({ rows, noun: "samples", filter: false, label: "Awaiting results", columns: [
    { key: "formula", label: "formula", format: "formula" },
    { label: "", render: (row) => make("span", { class: "row acts", dataset: { needs: "researcher" } }, small("Record", () => acts.record(row.formula)), small("Failed", () => acts.record(row.formula, "no glass formed")), small("Drop", () => acts.drop(row.formula)), recipeLink([row.formula])) },
    { key: "p_goal", label: "P(goal)", format: "percent", best: true },
    sigmaOf("", `σ predicted ${today ? "today" : "then"}, mS/cm (90 %)`), tgOf("", `Tg predicted ${today ? "today" : "then"}, °C (90 %)`),
    { key: "at", label: "proposed", render: (row) => date(row.at) }, { key: "reason", label: "why", format: "text", long: true }] }));
  show(waiting.map(asToday), false);
  todays(told, waiting.map(asToday), show).catch(tell);
  return make("section", {}, make("h2", {}, "Awaiting results"), place, recipeBox(waiting.map((row) => row.formula)));
};

const eventsTable = (told, acts) => table({ rows: told.history, noun: "events", filter: told.history.length > 20, columns: [
  { key: "event", label: "#", format: "whole" },
  { key: "kind", label: "what", render: (row) => [row.kind === "failed" && row.outcome ? row.outcome : row.kind, make("small", { class: "under" }, row.standing !== "stands" ? row.standing : row.kind === "proposed" ? "" : row.reason || "")] },
  { key: "formula", label: "formula", render: (row) => make("b", {}, formula(row.formula || "")) },
  { label: "", render: (row) => acts.onEvent(row) },
  ...PREDICTED, { key: "to_goal_decades", label: "decades to the goal", format: "fixed" }, { key: "at", label: "when", render: (row) => day(row.at) }, ...ownColumns(told)] });

const narrowing = (told) => {
  const place = make("div", {});
  if (told.results) call(`campaigns/${told.name}/narrowing`).then((answer) => {
    if (answer.figure && place.isConnected) place.replaceChildren(make("h2", {}, "How the results narrow the intervals"), figure(answer.figure, "Width of the intervals against the results", { name: `${told.name}-intervals` }), make("p", { class: "note" }, "Median width of the 90 % interval over the candidates, after each result."));
  }).catch(tell);
  return place;
};

const importBox = (told, again) => make("details", { id: "table", dataset: { needs: "researcher" } }, make("summary", {}, "Import results from Excel or CSV"),
  make("p", { class: "note" }, "A column formula, and conductivity with its temperature, Tg or outcome, in any usual spelling; a filled batch sheet too. How the samples were made is kept, not learnt from. ", make("a", { href: "/api/v1/data/template" , download: "results.xlsx" }, "Template (.xlsx)")),
  tableImport({ words: "Record", keep: async (preview, { trust }) => {
    const done = await call(`campaigns/${told.name}/record-table`, { body: { rows: validRows(preview), trust_units: trust }, key: newKey() });
    await again([`${many(done.events.length, "result")} recorded (event${done.events.length === 1 ? "" : "s"} ${done.events[0]}${done.events.length > 1 ? ` to ${done.events.at(-1)}` : ""}).`, ...done.notes]);
  } }));

const draw = (main, told, page) => {
  const { again } = page, waiting = waitingOf(told), results = new Map(told.recorded.flatMap((result) => [[result.event, result], [result.last, result]]));
  const act = async (verb, body) => { const answer = await call(`campaigns/${told.name}/${verb}`, { body, key: newKey() }); await again(answer.notes || []); };
  const focus = () => { const form = document.getElementById("record"); form.scrollIntoView({ block: "center" }); form.querySelector("input[type=number]").focus({ preventScroll: true }); };
  const fill = (first, corrects) => { const fresh = resultForm(told, again, results.get(corrects), first); document.getElementById("record").replaceWith(fresh); title.textContent = results.has(corrects) ? `Correct event ${results.get(corrects).event}` : "Record a result"; focus(); };
  const rowsOf = (event) => told.history.filter((row) => row.event === event);
  const words = (row) => (row.kind === "proposed" ? `Withdraw the round (${many(rowsOf(row.event).length, "sample")})` : row.kind === "corrected" ? "Undo the correction" : "Withdraw");
  const sure = (row) => row.kind !== "proposed" || window.confirm(`${words(row)}? Its samples then no longer await results.`);
  const onEvent = (row) => make("span", { class: "row acts", dataset: { needs: "researcher" } },
    results.get(row.event)?.last === row.event ? small("Correct", () => fill({}, row.event)) : "",
    row.standing === "stands" && row.kind !== "withdrawn" && row === rowsOf(row.event)[0] ? small(words(row), () => sure(row) && act("withdraw", { event: row.event })) : "");
  const acts = { record: (one, outcome) => fill({ formula: one, outcome }), drop: (one) => act("abandon", { formula: one }), onEvent };
  const batch = make("input", { type: "number", min: 1, max: 100, value: String(told.batch) });
  const propose = make("button", { class: waiting.length ? "" : "main", type: "submit" }, "Propose the next samples");
  const next = async () => {
    const answer = await call(`campaigns/${told.name}/propose`, { body: { batch: Number(batch.value) }, key: newKey() });
    await again([...answer.notes, ...(answer.stop ? [`You may stop: ${answer.stop}.`] : [])]);
  };
  const title = make("h2", { dataset: { needs: "researcher" } }, "Record a result"), samples = samplesOf(told);
  const proposing = make("form", { class: "row", dataset: { needs: "researcher" }, onsubmit: (event) => { event.preventDefault(); busy(propose, next); } }, propose, field("Samples", batch));
  main.replaceChildren(
    make("p", {}, make("a", { href: "#campaigns" }, "← all campaigns")),
    make("h1", {}, `${told.name}: ${told.progress_words}`),
    make("div", { id: "lead" }, make("p", {}, standing(told, waiting)), waiting.length ? make("button", { type: "button", class: "main", dataset: { needs: "researcher" }, onclick: () => fill({ formula: waiting[0].formula }) }, "Record a result") : proposing),
    make("p", { class: "note" }, `${told.candidates_words}; ${told.goal_words}.`),
    tiles([[told.rounds, `round${told.rounds === 1 ? "" : "s"}`], [told.results, `result${told.results === 1 ? "" : "s"}`], [waiting.length, "awaiting results"]]),
    told.intervals.length ? make("p", { class: "note", id: "intervals" }, `Median 90 % ${told.intervals.map((one) => one.words).join("; ")}.`) : "",
    noted(page.notes),
    waiting.length ? pendingSection(told, waiting, acts) : "",
    title, resultForm(told, again, undefined, page.first), importBox(told, again), waiting.length ? proposing : "", trainBox(told),
    told.figure ? make("section", {}, make("h2", {}, "Predicted and measured"), figure(told.figure, "Progress of the campaign", { name: told.name })) : "",
    narrowing(told),
    samples.length ? make("section", { id: "samples" }, make("h2", {}, "History"), table({ rows: samples, noun: "samples", label: "Samples", filter: samples.length > 20 || told.conditions.length > 0, columns: [
      { key: "formula", label: "formula", format: "formula", render: (row) => make("b", {}, formula(row.formula)), class: "formula" }, { key: "outcome", label: "outcome", render: (row) => row.outcome }, { label: "", render: (row) => onEvent(row.from) },
      ...PREDICTED, { key: "proposed", label: "proposed", render: (row) => (row.proposed ? date(row.proposed) : "") }, ...ownColumns(told)] }),
    make("p", { class: "note" }, "× outside the predicted 90 % interval.")) : "",
    told.history.length ? make("details", { id: "events" }, make("summary", {}, `All ${many(told.events, "event")}`), eventsTable(told, acts)) : "",
    exportLinks(told), predictBox(told, page.asked));
};

export const viewOne = async (main, name) => {
  const page = { notes: begun.get(name) || [], asked: { text: "", asked: false } };
  begun.delete(name);
  if (wanted.has(name)) page.first = { formula: wanted.get(name) };
  wanted.delete(name);
  page.again = async (notes) => { page.notes = notes || []; await look(); };
  const look = async () => draw(main, await call(`campaigns/${name}?figure=true`), page);
  try { await look(); } catch (error) { tell(error); main.replaceChildren(make("p", {}, make("a", { href: "#campaigns" }, "← all campaigns"))); }
};
