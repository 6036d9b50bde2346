// A ranking as it is shown: what leads, the map, filters, the table, and files of it.
import { noted } from "./api.js";
import { beginWith } from "./campaigns.js";
import { day, make, measuredTile, number, subscripts, tiles } from "./dom.js";
import { csv, lines, provenance, save } from "./download.js";
import { figure } from "./figure.js";
import { filters } from "./filters.js";
import { asGiven } from "./lists.js";
import { rankingColumns, table } from "./table.js";

const REASONS = { elements: "by elements", flags: "by flags", "mobile ions": "for want of mobile ions", charge: "as not neutral", verdict: "by verdict", cost: "by cost" };
const many = (size, noun) => `${size.toLocaleString("en")} ${noun}${size === 1 ? "" : "s"}`;

// What the goal leaves out, by reason, with a button that shows it all the same.
const exclusions = (answer, redraw) => {
  const counts = new Map();
  for (const reason of answer.excluded || []) if (reason) counts.set(reason, (counts.get(reason) || 0) + 1);
  const all = [...counts.values()].reduce((sum, size) => sum + size, 0);
  if (!all) return "";
  const read = answer.rows.filter((row) => !row.error).length;
  const words = [...counts].sort((one, other) => other[1] - one[1]).map(([reason, size]) => `${size.toLocaleString("en")} ${REASONS[reason] || reason}`).join(", ");
  let shown = false;
  const button = make("button", { type: "button", class: "small", "aria-expanded": "false", onclick: () => {
    shown = !shown;
    button.textContent = `${shown ? "Fold" : "Show"} the ${all.toLocaleString("en")}`;
    button.setAttribute("aria-expanded", String(shown));
    redraw(shown);
  } }, `Show the ${all.toLocaleString("en")}`);
  return make("p", { class: "row", id: "excluded" }, make("span", {}, `${(read - all).toLocaleString("en")} of ${read.toLocaleString("en")} fit the limits of the goal; excluded: ${words}.`), button);
};

// Rows that hold numbers and are no marks of their own in the map, which the server draws of the best.
const MARKS = 300;
const dotsOf = (rows) => rows.filter((row) => !row.error && typeof row.tg_C === "number" && row.conductivity_S_cm > 0).slice(MARKS);

const downloads = (answer, degrees, columns, id, fits) => {
  const name = `ranking${id ? `-${id.slice(0, 8)}` : ""}`, own = answer.given ?? [];
  const node = make("div", { class: "row" });
  let now = answer.rows;
  const button = (words, work) => make("button", { type: "button", onclick: work }, words);
  const copy = button("Copy for a spreadsheet", async () => {
    await navigator.clipboard.writeText(lines(now, columns));
    copy.textContent = `${many(now.length, "row")} copied`;
    setTimeout(() => { copy.textContent = "Copy for a spreadsheet"; }, 3000);
  });
  const told = (rows, narrowed) => {
    now = narrowed ? rows : answer.rows;
    const files = answer.job && !narrowed
      ? ["csv", "parquet", "json"].map((form) => make("a", { class: "button", href: `/api/v1/jobs/${answer.job}/result?format=${form}`, download: "" }, `Download ${form.toUpperCase()}`))
      : [button(narrowed ? `Download ${many(rows.length, "row")} (filtered)` : "Download CSV", () => save(csv(now, provenance(answer, degrees), own), `${name}.csv`))];
    const some = (narrowed ? rows : rows.filter(fits)).filter((row) => !row.error);
    const begin = make("button", { type: "button", dataset: { needs: "researcher" }, onclick: () => beginWith(some, `the ranking of ${many(answer.rows.length, "candidate")}${narrowed ? ", filtered" : ""}`) }, `Begin a campaign with ${many(some.length, "candidate")}`);
    node.replaceChildren(...files, ...(navigator.clipboard ? [copy] : []), ...(some.length ? [begin] : []));
  };
  return { node, told };
};

export const shown = (place, answer, degrees) => {
  const rows = answer.rows, read = rows.filter((row) => !row.error), best = read[0];
  const likely = read.filter((row) => row.p_goal >= 0.5).length;
  const versions = Object.entries(answer.models).map(([name, version]) => `${name} ${version}`).join(", ");
  const alike = (answer.similar || []).filter((first, at) => first === 0 && at > 0).length;
  const fit = (answer.excluded || []).filter((reason, at) => !reason && !rows[at].error).length, whole = answer.of ?? read.length;
  const field = fit && fit < read.length && whole === read.length ? `${fit.toLocaleString("en")} of ${many(whole, "candidate")}` : many(whole, "candidate");
  const columns = [...rankingColumns(degrees), ...asGiven(rows), ...(answer.given ?? []).map((key) => ({ key, label: key, format: "text" }))];
  const reasons = new Map(rows.map((row, at) => [row, (answer.excluded || [])[at]]));
  const files = downloads(answer, degrees, columns, answer.id ?? answer.job, (row) => !reasons.get(row));
  const extra = filters(rows, () => list.redraw());
  const grouped = answer.similar && answer.similar.some((first, at) => first !== at && !rows[at].error);
  const some = answer.excluded && answer.excluded.some((reason, at) => !reason && !rows[at].error);
  const list = table({ rows, columns, noun: "candidates", passes: extra.passes, groups: grouped ? answer.similar : undefined, excluded: some ? answer.excluded : undefined, seen: files.told });
  place.replaceChildren(
    make("h1", {}, best ? `${subscripts(best.formula)} leads ${field}` : "No candidate could be read"),
    best ? make("p", { class: "note" }, `Its chance of meeting the goal is ${number(best.p_goal, "percent")}. ${alike ? `${many(alike, "candidate")} within 1 at.% cannot be told apart from it. ` : ""}${answer.goal_words ? `Goal: ${answer.goal_words}. ` : ""}Models: ${versions}${answer.created ? `; ranked ${day(answer.created)}` : ""}.`) : "",
    tiles([[likely, "more likely than not to meet the goal"], ...measuredTile(answer.known), ...(rows.length > read.length ? [[rows.length - read.length, "could not be read"]] : [])]),
    noted(answer.notes),
    answer.figure && best ? make("section", {}, make("h2", {}, "Tg and conductivity"), figure(answer.figure, "Map of Tg and conductivity", { dots: dotsOf(rows), name: `map${answer.id ? `-${answer.id.slice(0, 8)}` : ""}` }), make("p", { class: "note" }, "Shaded: the goal. Dashed: the Pareto front. Bars: 90 % intervals of the ten best, and of the mark that you point at or click. Stars: measured glasses.")) : "",
    make("h2", {}, "All candidates"),
    some ? exclusions(answer, list.redraw) : "",
    extra.node,
    list,
    files.node);
};
