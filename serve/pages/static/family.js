// A family over ranges of its variables: bands or maps, measured points and the numbers.
import { busy, call, noted } from "./api.js";
import { day, make, measuredTile, number, subscripts, tiles } from "./dom.js";
import { csv, provenance, save } from "./download.js";
import { figure } from "./figure.js";
import { filters } from "./filters.js";
import { family, familyFields, goal, goalFields, goalState, ranges, restoreFamily, restoreGoal, temperature, watch } from "./goal.js";
import { followed, named, recent } from "./kept.js";
import { recalled, remember } from "./session.js";
import { rankingColumns, table } from "./table.js";

const kept = { ...recalled("sweep", { id: null, asked: "" }), answer: null };
const keep = (changes) => {
  Object.assign(kept, changes);
  remember("sweep", { id: kept.id, asked: kept.asked });
};
const state = () => JSON.stringify([family.template, family.variables, goalState()]);

const TITLES = { 1: "Conductivity and Tg across the family, with 90 % bands", 2: "The family as maps" };
const NOTES = {
  1: "Dotted: the goal. Symbols: circle inside, diamond edge, triangle outside the known. Red: measured, near this temperature.",
  2: "Line: the goal (of P(goal): even odds). Red stars: measured, near this temperature. Point at a place for its numbers.",
};

const shown = (place, answer) => {
  const names = Object.keys(answer.variables), degrees = answer.temperature_C, template = answer.template;
  const best = answer.rows.filter((row) => row.p_goal !== null).reduce((one, other) => (one && one.p_goal >= other.p_goal ? one : other), null);
  const where = best ? names.map((name) => `${name} = ${number(best[name], "given")}`).join(", ") : "";
  const extra = filters(answer.rows, () => list.redraw());
  const button = make("button", { type: "button" });
  const told = (rows, narrowed) => {
    button.textContent = narrowed ? `Download ${rows.length.toLocaleString("en")} rows (filtered)` : "Download CSV";
    button.onclick = () => save(csv(narrowed ? rows : answer.rows, provenance(answer, degrees)), `family${answer.id ? `-${answer.id.slice(0, 8)}` : ""}.csv`);
  };
  const list = table({ rows: answer.rows, columns: rankingColumns(degrees, names.map((name) => ({ key: name, label: name, format: "given" }))), noun: "members", passes: extra.passes, seen: told });
  place.replaceChildren(
    make("h1", {}, where ? `${template}: best at ${where}` : template),
    best ? make("p", { class: "note" }, `${subscripts(best.formula)}: chance of meeting the goal ${number(best.p_goal, "percent")}, ${best.verdict}. ${answer.goal_words ? `Goal: ${answer.goal_words}. ` : ""}Models: ${Object.entries(answer.models).map(([name, version]) => `${name} ${version}`).join(", ")}${answer.created ? `; predicted ${day(answer.created)}` : ""}.`) : "",
    noted(answer.notes),
    make("p", { class: "row" }, make("a", { class: "button", href: "#campaigns" }, "Begin a campaign with this family")),
    answer.known ? tiles(measuredTile(answer.known)) : "",
    answer.figure ? make("section", {}, make("h2", {}, TITLES[names.length] || "Conductivity and Tg across the family"), figure(answer.figure, "Conductivity and Tg across the family"),
      make("p", { class: "note" }, NOTES[names.length] || NOTES[1])) : "",
    answer.left_out ? make("p", { class: "note" }, `${answer.left_out} points left out: an amount would be negative there.`) : "",
    make("h2", {}, "All members"),
    extra.node, list, make("div", { class: "row" }, button));
};

const form = (main) => {
  const out = make("div", { id: "sweep" });
  const stale = make("p", { class: "notice", id: "stale", role: "status", hidden: true }, "The family or the goal was changed: this is the prediction of before. Predict again.");
  const button = make("button", { class: "main", type: "submit" }, "Predict the family");
  const aged = () => {
    const old = Boolean(kept.answer) && kept.asked !== state();
    out.classList.toggle("stale", old);
    stale.hidden = !old;
  };
  const show = (answer) => { keep({ answer, id: answer.id ?? null }); list.open = false; shown(out, answer); aged(); };
  const start = () => busy(button, async () => {
    const variables = ranges(), template = family.template, asked = state();
    const answer = await call("sweep?figure=true&keep=true", { body: { template, variables, goal: goal(), temperature_C: temperature() } });
    keep({ asked });
    if (out.isConnected) named("sweeps", answer.id);
    show(answer);
    list.refresh();
  });
  const list = recent("sweeps", "sweep", "Recent families");
  watch(aged);
  main.replaceChildren(
    make("h1", {}, "How does a family behave?"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, make("div", { class: "fields" }, familyFields()), goalFields(), make("div", { class: "row" }, button)),
    list,
    stale,
    out);
  return { out, show };
};

export const view = (main) => {
  const { show } = form(main);
  if (kept.answer) show(kept.answer);
};

// A sweep by its number: as it was shown here, or as somebody sent its address.
export const viewKept = async (main, id) => {
  const same = kept.id === id;
  if (!same) keep({ answer: null, asked: "" });
  const { out, show } = form(main);
  if (kept.answer) { show(kept.answer); return; }
  out.replaceChildren(make("p", { class: "note busy" }, "Fetching the family …"));
  let answer;
  try { answer = await followed(out, id); } catch (error) { out.replaceChildren(); throw error; }
  if (!answer || !out.isConnected) return;
  if (same) { show(answer); return; }
  restoreFamily(answer.template, answer.variables);
  restoreGoal(answer.goal, answer.temperature_C);
  keep({ asked: state() });
  form(main).show(answer);
};
