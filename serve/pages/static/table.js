// A table that sorts, filters and draws intervals; it keeps all rows and shows some, so that 10,000 stay quick.
import { call } from "./api.js";
import { formula, make, number, reference } from "./dom.js";
import { lines } from "./download.js";

const STEP = 50;
const VERDICTS = ["inside", "edge", "outside", "unread"];

const scale = (rows, column) => {
  const log = column.log;
  const values = rows.flatMap((row) => [row[column.low], row[column.high]]).filter((value) => value !== null && value !== undefined && (!log || value > 0)).map((value) => (log ? Math.log10(value) : value)).sort((a, b) => a - b);
  if (!values.length) return null;
  const at = (share) => values[Math.min(values.length - 1, Math.floor(share * values.length))];
  const low = at(0.02), span = at(0.98) - low || 1;
  return (value) => Math.max(0, Math.min(100, (100 * ((log ? Math.log10(Math.max(value, 1e-30)) : value) - low)) / span));
};

const interval = (place, low, value, high) => {
  const bar = make("i"), mark = make("b"), box = make("span", { class: "interval", "aria-hidden": "true" }, bar, mark);
  bar.style.left = `${place(low)}%`;
  bar.style.width = `${Math.max(place(high) - place(low), 1)}%`;
  mark.style.left = `${place(value)}%`;
  return box;
};

// What was measured of the composition of a row, with its paper; of a crystal the note says more.
const measured = (row) => {
  const digits = (value) => (Math.abs(value) < 0.001 && value !== 0 ? value.toExponential(1) : String(Number(value.toPrecision(3)))).replace("-", "−");
  const degrees = (value) => String(Math.round(10 * value) / 10).replace("-", "−");
  const known = (value) => typeof value === "number", parts = [];
  if (known(row.measured_conductivity_S_cm) && (row.measured_phase !== "crystal" || row.measured_doi)) parts.push(row.measured_phase === "crystal" ? "as a crystal" : `${digits(1000 * row.measured_conductivity_S_cm)} mS/cm at ${degrees(row.measured_temperature_C)} °C, ${row.measured_phase}`);
  if (known(row.measured_tg_C)) parts.push(`Tg ${degrees(row.measured_tg_C)} °C`);
  return parts.length ? make("small", { class: "measured", title: row.measured_doi === "lab" ? "your own result" : "" }, reference(`measured ${parts.join("; ")}`.replace(/(?<=Tg|\d) (?=[−\d]|°C|mS)/g, "\u00a0"), row.measured_doi)) : "";
};

// The flags of a row as small words, with the reason on hover and focus; reasons are asked for once.
let known;
const reasons = () => (known ??= call("flags").then((told) => Object.fromEntries(told.rows.map((flag) => [flag.code, flag]))).catch(() => ({})));
const badges = (row) => String(row.flags || "").split(", ").filter(Boolean).flatMap((code) => {
  const badge = make("span", { class: "flag", tabIndex: 0, title: code }, code.replaceAll("_", " "));
  reasons().then((told) => {
    if (!told[code]) return;
    badge.textContent = told[code].label;
    badge.title = told[code].reason;
    badge.setAttribute("aria-label", `${told[code].label}: ${told[code].reason}`);
    badge.classList.add(told[code].severity);
  });
  return [badge, " "];
});

const written = (row, column, places) => {
  const value = row[column.key];
  if (column.render) return make("td", { class: column.class || "" }, [column.render(row) ?? ""].flat());
  if (column.format === "formula") return make("td", { class: "formula", title: value || "" }, row.error || !value ? make("b", {}, formula(value || "(empty)")) : make("a", { href: `#glass/${encodeURIComponent(value)}` }, make("b", {}, formula(value))), row.note ? make("small", {}, row.note) : "", measured(row));
  if (column.format === "verdict") return make("td", {}, make("span", { class: `verdict ${value || "unread"}` }, value || "unread"));
  if (column.format === "nearest") return make("td", { class: "text" }, reference(value, row.nearest_doi), typeof row.nearest_distance === "number" && value ? make("small", {}, ` at ${row.nearest_distance.toFixed(1)}`) : "");
  if (column.format === "mark") return make("td", {}, value === true ? "●" : "");
  if (column.format === "text" || typeof value === "string") return make("td", { class: column.long ? "long" : "text" }, value === null || value === undefined ? "" : String(value));
  const times = column.times || 1;
  const node = make("td", { class: "number" }, number(value === null || value === undefined ? null : value * times, column.format));
  if (column.format === "cost" && row.cost_route) node.append(make("br"), make("small", {}, row.cost_route));
  const low = row[column.low], high = row[column.high];
  if (column.low && low !== null && low !== undefined && high !== null && high !== undefined) {
    node.append(" ", make("small", {}, `${number(low * times, column.format)} … ${number(high * times, column.format)}`));
    const place = places.get(column);
    if (place) node.append(interval(place, low, value, high));
  }
  return node;
};

// Whether a row shows a word: in its formula, as its verdict, or in a column of words; never in what only stands beside.
// With a capital letter it is a piece of a formula, as chemists write it: In is in Li3InCl6, and not in LiNaCl2 or inside.
const finder = (rows, columns) => {
  const isFormula = (column) => column.format === "formula" || column.key === "formula";
  const shown = columns.filter((column) => column.key && !["verdict", "nearest", "mark"].includes(column.format) && !isFormula(column));
  const written = (row, column) => {
    if (column.render) return [column.render(row) ?? ""].flat().map((part) => part.textContent ?? part).join(" ");
    return typeof row[column.key] === "string" || column.format === "text" ? String(row[column.key] ?? "") : "";
  };
  const texts = new Map();
  const text = (at) => {
    if (!texts.has(at)) texts.set(at, shown.map((column) => written(rows[at], column)).join("\n").toLowerCase());
    return texts.get(at);
  };
  return (at, word) => {
    const small = word.toLowerCase(), name = String(rows[at].formula ?? "");
    if ("verdict" in rows[at] && VERDICTS.includes(small)) return (rows[at].verdict || "unread") === small;
    return inFormula(name, word) || text(at).includes(small);
  };
};

export const inFormula = (name, word) => {
  if (!/[A-Z]/.test(word)) return name.toLowerCase().includes(word);
  return new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + (/[A-Za-z]$/.test(word) ? "(?![a-z])" : "")).test(name);
};

// `passes` is a further filter, `groups` has for each row the first that is nearly the same, `excluded` why the goal leaves it out;
// `seen` is told which rows pass, whether filtered. Near-duplicates and excluded rows are folded until they are asked for.
export const table = ({ rows, columns: every, noun = "rows", filter = true, label, passes, groups, excluded, seen }) => {
  const columns = every.filter((column) => !column.ifAny || rows.some((row) => typeof row[column.key] === "number"));
  const state = { column: null, down: false, text: "", shown: STEP, verdicts: new Set(VERDICTS), open: new Set(), all: false };
  const places = new Map(columns.filter((column) => column.low).map((column) => [column, scale(rows, column)]));
  const found = finder(rows, columns);
  const body = make("tbody", { role: "rowgroup" }), count = make("output"), titles = make("tr", { role: "row" }), drawn = new WeakMap();
  const more = make("button", { type: "button", onclick: () => { state.shown += 4 * STEP; draw(); } }, "Show more");
  const verdictOf = (row) => row.verdict || "unread";

  const compare = (one, other) => {
    const a = one[state.column.key], b = other[state.column.key];
    const noA = a === null || a === undefined || a === "", noB = b === null || b === undefined || b === "";
    if (noA || noB) return noA - noB;
    const order = typeof a === "string" ? (a < b ? -1 : a > b ? 1 : 0) : a - b;
    return state.down ? -order : order;
  };

  const draw = () => {
    const asked = state.text.split(/\s+/).filter(Boolean);
    const folded = (at) => Boolean(!state.all && excluded && excluded[at]);
    let passed = [...rows.keys()].filter((at) => !folded(at) && (!("verdict" in rows[at]) || state.verdicts.has(verdictOf(rows[at]))) && asked.every((word) => found(at, word)) && (!passes || passes(rows[at])));
    if (state.column) passed = passed.sort((one, other) => compare(rows[one], rows[other]));
    const { shown, more: alike } = grouped(passed, groups, state.open);
    body.replaceChildren(...shown.slice(0, state.shown).map((at) => {
      const row = rows[at], line = make("tr", { role: "row", class: groups && state.open.has(groups[at]) ? "open" : "" });
      drawn.set(line, row);
      for (const [place, column] of columns.entries()) {
        const cell = written(row, column, places);
        if (column.label) cell.dataset.label = column.label;
        cell.role = "cell";
        line.append(cell);
        if (column.format === "formula" && alike.has(at)) cell.append(similar(groups[at], alike.get(at)));
        if (row.error && column.format === "formula") {
          line.append(make("td", { class: "error", role: "cell", colSpan: columns.length - place - 1 }, row.error));
          return line;
        }
      }
      return line;
    }));
    more.hidden = shown.length <= state.shown;
    const hidden = passed.length - shown.length;
    count.textContent = `${Math.min(shown.length, state.shown).toLocaleString("en")} of ${passed.length.toLocaleString("en")} ${noun} shown${hidden ? `, ${hidden.toLocaleString("en")} folded as near-duplicates` : ""}`;
    const narrowed = asked.length > 0 || counts.some(([verdict]) => !state.verdicts.has(verdict)) || rows.some((row) => passes && !passes(row));
    if (seen) seen(passed.map((at) => rows[at]), narrowed);
  };

  const similar = (group, size) => make("button", { type: "button", class: "similar", "aria-expanded": String(state.open.has(group)), onclick: () => {
    if (state.open.has(group)) state.open.delete(group); else state.open.add(group);
    draw();
  } }, state.open.has(group) ? `fold ${size.toLocaleString("en")} similar` : `${size.toLocaleString("en")} similar within 1 at.%`);

  const heads = new Map();
  const sort = (column) => {
    state.down = state.column === column ? !state.down : Boolean(column.best);
    state.column = column;
    for (const other of titles.children) other.removeAttribute("aria-sort");
    heads.get(column).setAttribute("aria-sort", state.down ? "descending" : "ascending");
    draw();
  };
  for (const column of columns) {
    if (!column.label) { titles.append(make("td", { role: "cell" })); continue; }
    const button = make("button", { type: "button" }, column.label);
    const title = make("th", { scope: "col", role: "columnheader", class: column.format === "formula" ? "formula" : column.class === "number" || ["percent", "degree", "cost", "fixed", "general", "given", "whole"].includes(column.format) ? "number" : "" }, button);
    button.addEventListener("click", () => sort(column));
    heads.set(column, title);
    titles.append(title);
  }

  const search = make("input", { type: "search", placeholder: rows.some((row) => "verdict" in row) ? "Filter: LiAl, edge …" : "Filter …", "aria-label": `Filter the ${noun}`, autocomplete: "off", spellcheck: false, oninput: (event) => { state.text = event.target.value; state.shown = STEP; draw(); } });
  const counts = VERDICTS.map((verdict) => [verdict, rows.filter((row) => "verdict" in row && verdictOf(row) === verdict).length]).filter(([, size]) => size);
  const verdicts = make("span", { role: "group", class: "row", "aria-label": "Verdicts shown" }, counts.map(([verdict, size]) => make("label", { class: `verdict ${verdict}` }, make("input", { type: "checkbox", checked: true, value: verdict, onchange: (event) => { if (event.target.checked) state.verdicts.add(verdict); else state.verdicts.delete(verdict); draw(); } }), verdict, make("small", {}, ` ${size.toLocaleString("en")}`))));
  draw();
  const place = make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": label || noun }, make("table", { class: "cards", role: "table" }, make("thead", { role: "rowgroup" }, titles), body));
  if (columns.some((column) => column.format === "formula")) place.addEventListener("copy", (event) => copied(event, [...body.children], drawn, columns));
  const order = make("select", { onchange: () => sort(columns[Number(order.value)]) }, make("option", { value: "", selected: true, disabled: true }, "…"), columns.map((column, at) => (column.label && column.key ? make("option", { value: at }, column.label) : "")));
  const node = make("div", {}, filter ? make("div", { class: "controls" }, search, counts.length ? verdicts : "", make("label", { class: "narrow" }, make("span", {}, "Sort by"), order), count) : "", place, more);
  node.redraw = (all) => { if (all !== undefined) state.all = all; state.shown = STEP; draw(); };
  return node;
};

// Of rows in their order those that are shown, with the number of near-duplicates that stand behind each first one.
const grouped = (passed, groups, open) => {
  if (!groups) return { shown: passed, more: new Map() };
  const first = new Map(), more = new Map(), members = new Map();
  for (const at of passed) {
    const group = groups[at];
    if (!first.has(group)) { first.set(group, at); members.set(group, []); } else { members.get(group).push(at); more.set(first.get(group), (more.get(first.get(group)) || 0) + 1); }
  }
  return { shown: [...first].flatMap(([group, at]) => (open.has(group) ? [at, ...members.get(group)] : [at])), more };
};

// Several rows of a table are copied as a spreadsheet takes them: a line each.
const copied = (event, all, drawn, columns) => {
  const selection = getSelection(), some = all.filter((line) => selection.containsNode(line, true));
  if (some.length < 2) return;
  event.clipboardData.setData("text/plain", lines(some.map((line) => drawn.get(line)), columns));
  event.preventDefault();
};

export const rankingColumns = (temperature, first = []) => [
  ...first,
  { key: "rank", label: "#", format: "whole" },
  { key: "formula", label: "formula", format: "formula" },
  { key: "p_goal", label: "P(goal)", format: "percent", best: true },
  ...(temperature === null ? [{ key: "temperature_C", label: "T, °C", format: "given" }] : []),
  { key: "conductivity_S_cm", label: temperature === null ? "σ, mS/cm (90 %)" : `σ at ${temperature} °C, mS/cm (90 %)`, format: "general", low: "conductivity_low_S_cm", high: "conductivity_high_S_cm", times: 1000, log: true, best: true },
  { key: "tg_C", label: "Tg, °C (90 %)", format: "degree", low: "tg_low_C", high: "tg_high_C" },
  { key: "verdict", label: "verdict", format: "verdict" },
  { key: "nearest", label: "nearest measured", format: "nearest" },
  { key: "p_glass", label: "P(glass)", format: "percent", ifAny: true },
  { key: "o_to_cl", label: "O/Cl", format: "fixed" },
  { key: "cost_usd_per_kg", label: "USD/kg", format: "cost" },
  { key: "pareto", label: "front", format: "mark", best: true },
  { key: "flags", label: "flags", format: "text", class: "text", render: badges },
];
