// Rows as files and as what a spreadsheet takes: one line a candidate, with the goal and the models that made it.

// As `datasets/exchange/inert.py` does: no spreadsheet takes a text for a formula, wherever it parts a line into cells.
const PARTS = ";,|\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029", UNSEEN = ' "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\xa0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff';
const NUMBER = "(?:[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?|-)";
const LIVE = new RegExp(`(^|[${PARTS}])(?=[${UNSEEN}]*[=+\\-@＝＋－＠])(?![${UNSEEN}]*${NUMBER}[${UNSEEN}]*(?:[${PARTS}]|$))`, "g");
const inert = (text) => (new RegExp(`^${NUMBER}$`).test(text) ? text : text.replace(LIVE, "$1'"));

const written = (value, own) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return inert(value);
  return typeof value === "number" && !own ? String(Number(value.toPrecision(6))) : String(value);
};

// What stands in each line beside the row: where the conductivity holds, the goal, and the versions of the models.
export const provenance = (answer, degrees) => ({
  ...(degrees === null || degrees === undefined || "temperature_C" in (answer.rows[0] || {}) ? {} : { temperature_C: degrees }),
  ...(answer.goal_words ? { goal: answer.goal_words } : {}),
  models: Object.entries(answer.models).map(([name, version]) => `${name} ${version}`).join(", "),
});

export const csv = (rows, more = {}, own = []) => {
  const names = Object.keys(rows[0] || {}), further = Object.keys(more).filter((name) => !names.includes(name));
  const quoted = (text) => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const last = further.map((name) => quoted(written(more[name])));
  return [[...names, ...further].map(inert).map(quoted).join(","), ...rows.map((row) => [...names.map((name) => quoted(written(row[name], own.includes(name)))), ...last].join(","))].join("\n") + "\n";
};

export const save = (text, name) => {
  const link = document.createElement("a"), url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};

// Lines of a table for a spreadsheet: values and the ends of their intervals in cells of their own, tabs between them.
export const lines = (rows, columns) => {
  const cells = columns.filter((column) => column.key).flatMap((column) => [[column.label, (row) => row[column.key], column.times], ...(column.low ? [[`${column.label} low`, (row) => row[column.low], column.times], [`${column.label} high`, (row) => row[column.high], column.times]] : [])]);
  const cell = (value, times) => written(typeof value === "number" && times ? value * times : value).replace(/[\t\r\n]+/g, " ");
  return [cells.map(([label]) => label).join("\t"), ...rows.map((row) => cells.map(([, value, times]) => cell(value(row), times)).join("\t"))].join("\n");
};
