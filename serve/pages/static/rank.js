// Paste or drop a list, see the ranking.
import { busy, call, newKey } from "./api.js";
import { make } from "./dom.js";
import { goal, goalFields, goalState, restoreGoal, temperature, watch } from "./goal.js";
import { followed, named, recent } from "./kept.js";
import { formulas, tableOf } from "./lists.js";
import { shown } from "./ranking.js";
import { recalled, remember } from "./session.js";

export { asGiven, formulas, isTable } from "./lists.js";

const EXAMPLE = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAl0.9Ga0.1Cl2.5O0.75", "0.5Li2O-TaCl5", "Li3InCl6", "LiGaCl2.5O0.75", "Li2ZrCl6", "LiAlCl4"].join("\n");
const AT_ONCE = 10000, SMALL = 2e6;
// The list as typed, the ranking that is shown, the job that is under way, and what was asked for when it was begun.
const kept = { ...recalled("rank", { text: EXAMPLE, id: null, open: null, asked: "" }), file: null, result: null };
const keep = (changes) => {
  Object.assign(kept, changes);
  const { text, id, open, asked } = kept;
  remember("rank", { text, id, open, asked });
};

export const endings = () => document.body.dataset.endings;

const state = () => JSON.stringify([kept.file ? kept.file.name : kept.text, goalState()]);

// A list that a link names, as in #rank?formulas=LiAlCl4,NaAlCl4.
const linked = () => new URLSearchParams(location.hash.split("?")[1] || location.search).get("formulas");

// Says that the result answers an older question, once a field is changed.
const aged = (out, note) => {
  const old = Boolean(kept.result) && kept.asked !== state();
  out.classList.toggle("stale", old);
  note.hidden = !old;
};

const form = (main) => {
  const out = make("div", { id: "ranking" });
  const stale = make("p", { class: "notice", id: "stale", role: "status", hidden: true }, "The list or the goal was changed: this is the ranking of before. Rank again.");
  const button = make("button", { class: "main", type: "submit" }, "Rank");
  const said = make("p", { class: "note", role: "status" }, kept.file ? `${kept.file.name} will be ranked` : "");
  const text = make("textarea", { value: kept.text, "aria-label": "Candidates, one formula a line", spellcheck: false, autocapitalize: "off", oninput: (event) => { keep({ text: event.target.value, file: null }); said.textContent = ""; aged(out, stale); } });

  const take = async (file) => {
    if (!file) return;
    const plain = /\.(csv|tsv|txt)$/i.test(file.name) && file.size < SMALL;
    const words = plain ? await file.text() : "\uFFFD";
    const read = !words.includes("\uFFFD");  // else it is no UTF-8: the server finds out what it is
    keep(read ? { text: words, file: null } : { file });
    if (read) text.value = kept.text;
    said.textContent = read ? `${file.name} read` : `${file.name} will be ranked as a job`;
    aged(out, stale);
  };

  const show = (answer, id) => {
    const degrees = answer.temperature_C === undefined ? temperature() : answer.temperature_C;
    keep({ result: answer, id, open: null });
    list.open = false;
    shown(out, answer, degrees);
    aged(out, stale);
  };

  const wait = async (id) => {
    const answer = await followed(out, id);
    if (kept.open === id) keep({ open: null });
    if (answer) show({ ...answer, ...(answer.id ? {} : { job: id }) }, id);
    return answer;
  };

  const job = async (told, body) => {
    const started = await call("jobs", { form: told, body, key: newKey() });
    keep({ open: started.id, id: started.id, asked: state() });
    named("rankings", started.id);
    list.refresh();
    await wait(started.id);
  };

  const start = () => busy(button, async () => {
    const grid = kept.file ? null : tableOf(kept.text);
    const file = kept.file ?? (grid ? new File([grid], "list.csv") : null);
    if (file) {
      const told = new FormData();
      told.append("file", file);
      told.append("goal", JSON.stringify(goal()));
      told.append("temperature_C", String(temperature()));
      await job(told);
      return;
    }
    const candidates = formulas(kept.text);
    if (!candidates.length) throw new Error("There is no formula yet; paste one a line, such as LiAlCl2.5O0.75");
    const body = { candidates, goal: goal(), temperature_C: temperature() }, asked = state();
    if (candidates.length > AT_ONCE) { await job(undefined, body); return; }
    const answer = await call("rank?figure=true&keep=true", { body });
    keep({ asked });
    if (out.isConnected) named("rankings", answer.id);
    show(answer, answer.id ?? null);
    list.refresh();
  });

  const chosen = make("input", { type: "file", accept: endings(), "aria-label": "A file with candidates", onchange: (event) => take(event.target.files[0]) });
  const drop = make("div", { class: "drop" }, text, make("div", { class: "row" }, chosen, make("span", { class: "note" }, "or drop a table here: text, Excel or Parquet")), said);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); start(); } });
  const list = recent("rankings", "ranking", "Recent rankings");
  watch(() => aged(out, stale));
  main.replaceChildren(
    make("h1", {}, "Which of these are worth making?"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, drop, goalFields(), make("div", { class: "row" }, button, make("span", { class: "note" }, "Ctrl+Enter ranks too"))),
    list,
    stale,
    out);
  return { out, show, wait };
};

export const view = async (main) => {
  const list = linked();
  if (list) keep({ text: list.split(",").map((one) => one.trim()).filter(Boolean).join("\n"), file: null, result: null });
  const { show, wait } = form(main);
  if (kept.open) await wait(kept.open);
  else if (kept.result) show(kept.result, kept.id);
};

// A ranking by its number: as it was shown here, or as somebody sent its address.
export const viewKept = async (main, id) => {
  if (kept.id !== id) keep({ result: null, asked: "" });
  const { out, show, wait } = form(main);
  if (kept.result && kept.id === id) { show(kept.result, id); return; }
  const same = kept.id === id;
  out.replaceChildren(make("p", { class: "note busy" }, "Fetching the ranking …"));
  let answer;
  try { answer = await wait(id); } catch (error) { out.replaceChildren(); throw error; }
  if (!answer || same || !out.isConnected) return;
  const given = answer.places ? answer.places.map((place, at) => [place, answer.rows[at].input ?? answer.rows[at].formula]).sort((one, other) => one[0] - other[0]).map((pair) => pair[1]) : answer.rows.map((row) => row.input ?? row.formula);
  if (answer.goal) restoreGoal(answer.goal, answer.temperature_C);
  keep({ text: given.join("\n"), file: null, id });
  keep({ asked: state() });
  form(main).show(kept.result, id);
};
