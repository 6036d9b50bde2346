// Paste or drop a list, see the ranking.
import { busy, call, follow, newKey, noted, small } from "./api.js";
import { make, measuredTile, number, subscripts, tiles } from "./dom.js";
import { figure } from "./figure.js";
import { goal, goalFields, temperature } from "./goal.js";
import { rankingColumns, table } from "./table.js";

const EXAMPLE = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAl0.9Ga0.1Cl2.5O0.75", "0.5Li2O-TaCl5", "Li3InCl6", "LiGaCl2.5O0.75", "Li2ZrCl6", "LiAlCl4"].join("\n");
const AT_ONCE = 10000, SMALL = 2e6;
const kept = { text: EXAMPLE, file: null, result: null };

// What the server calls a column of formulas, and the kinds of files that it reads.
const names = () => document.body.dataset.formulaNames.split(" ");
const plainName = (cell) => cell.replace(/[\s.\-_]+/g, "_").replace(/^_|_$/g, "").toLowerCase();
export const endings = () => document.body.dataset.endings;

// Cells of a line between marks; marks between quotes are text.
const cells = (line, mark) => {
  const found = [""];
  let quoted = false;
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === mark && !quoted) found.push("");
    else found[found.length - 1] += sign;
  }
  return found.map((cell) => cell.trim());
};

const linesOf = (text) => text.replace(/^\uFEFF/, "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line && !/^"?sep=."?$/i.test(line));

// Whether a text is a table with a head and more than the formulas: the server reads it, its other columns come back.
export const isTable = (text) => {
  const head = linesOf(text)[0] ?? "", mark = ["\t", ";", ",", "|"].find((sign) => head.includes(sign));
  return mark !== undefined && cells(head, mark).some((cell) => names().includes(plainName(cell)));
};

// Formulas of a pasted list. A comma is no mark: it may be a decimal one, which the server names.
export const formulas = (text) => {
  const lines = linesOf(text);
  if (lines.length && names().includes(plainName(lines[0]))) lines.shift();
  return lines.map((line) => line.split(/[;\t]/)[0].trim());
};

// The text as it was given, where it is another spelling than the one shown.
export const asGiven = (rows) => (rows.some((row) => row.input && row.input !== row.formula) ? [{ key: "input", label: "as given", format: "text" }] : []);

const shown = (place, answer, degrees) => {
  kept.result = { answer, degrees };
  const rows = answer.rows;
  const read = rows.filter((row) => !row.error), best = read[0];
  const likely = read.filter((row) => row.p_goal >= 0.5).length;
  const versions = Object.entries(answer.models).map(([name, version]) => `${name} ${version}`).join(", ");
  place.replaceChildren(
    make("h1", {}, best ? `${subscripts(best.formula)} leads ${(answer.of ?? read.length).toLocaleString("en")} candidate${(answer.of ?? read.length) === 1 ? "" : "s"}` : "No candidate could be read"),
    best ? make("p", { class: "note" }, `Its chance of meeting the goal is ${number(best.p_goal, "percent")}. Models: ${versions}.`) : "",
    tiles([[likely, "more likely than not to meet the goal"], ...measuredTile(answer.known), ...(rows.length > read.length ? [[rows.length - read.length, "could not be read"]] : [])]),
    noted(answer.notes),
    make("div", { class: "row" }, downloads(answer)),
    answer.figure && best ? make("section", {}, make("h2", {}, "Tg and conductivity, with 90 % intervals"), figure(answer.figure, "Map of Tg and conductivity"), make("p", { class: "note" }, "Shaded: the goal. Dashed: the Pareto front. Bars: 90 % intervals. Point at a mark for its numbers.")) : "",
    make("h2", {}, "All candidates"),
    table({ rows, columns: [...rankingColumns(degrees), ...asGiven(rows), ...(answer.given ?? []).map((key) => ({ key, label: key, format: "text" }))], noun: "candidates" }));
};

// As `datasets/exchange/inert.py` does: no spreadsheet takes a text for a formula, wherever it parts a line into cells.
const PARTS = ";,|\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029", UNSEEN = ' "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff';
const NUMBER = "(?:[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?|-)";
const LIVE = new RegExp(`(^|[${PARTS}])(?=[${UNSEEN}]*[=+\\-@＝＋－＠])(?![${UNSEEN}]*${NUMBER}[${UNSEEN}]*(?:[${PARTS}]|$))`, "g");
const inert = (text) => (new RegExp(`^${NUMBER}$`).test(text) ? text : text.replace(LIVE, "$1'"));

const downloads = (answer) => {
  if (answer.job) return ["csv", "parquet", "json"].map((form) => make("a", { class: "button", href: `/api/v1/jobs/${answer.job}/result?format=${form}`, download: "" }, `Download ${form.toUpperCase()}`));
  const names = Object.keys(answer.rows[0] || {});
  const quoted = (value) => {
    const written = typeof value === "string" ? inert(value) : value === null || value === undefined ? "" : String(value);
    return /[",;\t\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  const text = [names.map(quoted).join(","), ...answer.rows.map((row) => names.map((name) => quoted(row[name])).join(","))].join("\n");
  return [make("a", { class: "button", href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "ranking.csv" }, "Download CSV")];
};

const showJob = async (place, id) => {
  const told = await call(`jobs/${id}/view`);
  shown(place, { ...told, job: id }, told.temperature_C);
};

export const view = (main) => {
  const text = make("textarea", { value: kept.text, "aria-label": "Candidates, one formula a line", spellcheck: false, autocapitalize: "off", oninput: (event) => { kept.text = event.target.value; kept.file = null; told.textContent = ""; } });
  const told = make("p", { class: "note", role: "status" }, kept.file ? `${kept.file.name} will be ranked` : "");
  const out = make("div", { id: "ranking" });
  const button = make("button", { class: "main", type: "submit" }, "Rank");

  const take = async (file) => {
    if (!file) return;
    const plain = /\.(csv|tsv|txt)$/i.test(file.name) && file.size < SMALL;
    const words = plain ? await file.text() : "\uFFFD";
    const read = !words.includes("\uFFFD");  // else it is no UTF-8: the server finds out what it is
    kept.file = read ? null : file;
    if (read) { kept.text = words; text.value = kept.text; }
    told.textContent = read ? `${file.name} read` : `${file.name} will be ranked as a job`;
  };

  const job = async (form, body) => {
    const started = await call("jobs", { form, body, key: newKey() });
    const bar = make("progress", { max: 1, value: 0 }), words = make("span", {}, started.step);
    out.replaceChildren(make("p", { class: "row", role: "status" }, bar, words, small("Cancel", () => call(`jobs/${started.id}/cancel`, { body: {} }))));
    const done = await follow(started.id, (now) => { bar.value = now.progress; words.textContent = now.step; });
    if (done.state !== "done") throw new Error(done.state === "cancelled" ? "The job was cancelled." : done.error);
    await showJob(out, started.id);
  };

  const start = () => busy(button, async () => {
    const file = kept.file ?? (isTable(kept.text) ? new File([kept.text], "list.csv") : null);
    if (file) {
      const form = new FormData();
      form.append("file", file);
      form.append("goal", JSON.stringify(goal()));
      form.append("temperature_C", String(temperature()));
      await job(form);
      return;
    }
    const candidates = formulas(kept.text);
    if (!candidates.length) throw new Error("There is no formula yet; paste one a line, such as LiAlCl2.5O0.75");
    const body = { candidates, goal: goal(), temperature_C: temperature() };
    if (candidates.length > AT_ONCE) await job(undefined, body);
    else shown(out, await call("rank?figure=true", { body }), temperature());
  });

  const chosen = make("input", { type: "file", accept: endings(), "aria-label": "A file with candidates", onchange: (event) => take(event.target.files[0]) });
  const drop = make("div", { class: "drop" }, text, make("div", { class: "row" }, chosen, make("span", { class: "note" }, "or drop a table here: text, Excel or Parquet")), told);
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); take(event.dataTransfer.files[0]); });
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); start(); } });
  main.replaceChildren(
    make("h1", {}, "Which of these deserve a melt?"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, drop, goalFields(), make("div", { class: "row" }, button, make("span", { class: "note" }, "Ctrl+Enter ranks too"))),
    out);
  if (kept.result) shown(out, kept.result.answer, kept.result.degrees);
};

export const viewJob = async (main, id) => {
  const out = make("div", { id: "ranking" });
  main.replaceChildren(make("p", {}, make("a", { href: "#jobs" }, "← all jobs")), out);
  await showJob(out, id);
};
