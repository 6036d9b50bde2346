// Models: what answers, how well it did on papers held out, and training.
import { busy, call, newKey, small } from "./api.js";
import { day, make, number } from "./dom.js";
import { table } from "./table.js";

// Without names: what every ranking needs.
export const train = (properties, words = "Train") => {
  const button = make("button", { type: "button", class: "main" }, words);
  button.addEventListener("click", () => busy(button, async () => {
    await call("models/retrain", { body: properties ? { properties } : {}, key: newKey() });
    location.hash = "#jobs";
  }));
  return button;
};

const error = (row) => { const whole = row.scores.find((score) => score.subset === "all"); return whole ? `${number(whole.mae, "general")} ${row.unit}` : ""; };

// Rows of scores as a table: mean error and share in the interval, by row and with each paper weighing alike.
const board = (rows, label) => table({ rows, label, noun: "scores", filter: false, columns: [
  { key: "model", label: "model", format: "text" }, { key: "subset", label: "held out", format: "text" }, { key: "n", label: "n", format: "whole" }, { key: "papers", label: "papers", format: "whole" },
  { key: "mae", label: "mean error", render: (row) => `${number(row.mae, "general")} ${row.unit}`, class: "number" },
  { key: "mae_by_paper", label: "by paper", format: "general" },
  { key: "coverage", label: "in the interval", format: "percent" }, { key: "coverage_by_paper", label: "by paper", format: "percent" },
  { key: "width", label: "median width", class: "number", render: (row) => `${number(row.width, "general")} ${row.unit}` }] });

const scored = (champions) => {
  const rows = champions.flatMap((row) => row.scores.map((score) => ({ ...score, model: `${row.property} ${row.version}`, unit: row.unit })));
  const chief = rows.filter((row) => row.chief), rest = rows.filter((row) => !row.chief), said = champions.filter((row) => row.headline);
  if (!rows.length) return make("p", {}, "There is no model yet.");
  return make("section", {}, make("h2", {}, "Scores on papers that the models never saw"),
    said.map((row) => make("p", { class: "notice" }, make("b", {}, `${row.headline}.`))), board(chief),
    make("p", { class: "note" }, "90 % should lie in the interval. By paper, each paper weighs alike: a laboratory's own series is one paper. An error of 1 in log10(S/cm) is a factor of ten."),
    rest.length ? make("details", {}, make("summary", {}, `${rest.length} further subsets`), board(rest, "further scores")) : "");
};

export const view = async (main) => {
  const { rows, trainable } = await call("models");
  const further = trainable.filter((one) => !one.ranked);
  const champions = rows.filter((row) => row.champion);
  const judged = make("div", { role: "status" });
  const change = async (row, verb, body) => { await call(`models/${row.property}/${verb}`, { body, key: newKey() }); await view(main); };
  const compare = async (row) => {
    judged.replaceChildren(make("p", { class: "note busy" }, "Comparing on the same held-out papers …"));
    let told;
    try { told = await call(`models/${row.property}/${row.version}/compare`); } finally { judged.replaceChildren(); }
    judged.replaceChildren(make("div", { class: "notice" },
      make("p", {}, `${row.property} ${row.version} ${told.passed ? "passed the gate" : "did not pass the gate"}: ${told.reason}.`),
      make("ul", {}, told.checks.map((check) => make("li", { class: check.passed ? "" : "failed" }, `${check.name}: ${check.said}`))),
      small(told.passed ? "Promote" : "Promote anyway", () => change(row, "promote", { version: row.version, force: !told.passed }))));
    judged.scrollIntoView({ block: "nearest" });
  };
  const first = (row) => !rows.some((other) => other.property === row.property && other.version !== row.version);
  const actions = (row) => (row.champion ? make("span", { class: "row" }, make("b", {}, row.version ? "answers" : "answers, as shipped"), first(row) ? "" : small("Roll back", () => change(row, "rollback", {}))) : make("span", { class: "row" }, row.version ? "" : "shipped", small("Compare", () => compare(row))));
  main.replaceChildren(
    make("h1", {}, "Models"),
    make("p", { class: "row" }, train(null, champions.length ? "Train again" : "Train now"), ...(champions.length ? further.map((one) => { const button = train([one.name], `Train ${one.words}`); button.className = "small"; return button; }) : [])),
    make("p", { class: "note" }, "Training takes all data, your own among them: six to nine minutes on two cores. A new model answers once it passes the gate: as good on papers that neither saw, with honest intervals."),
    scored(champions),
    rows.length ? make("section", {}, make("h2", {}, "Versions"), table({ rows, noun: "versions", filter: false, columns: [
      { key: "property", label: "property", format: "text" }, { key: "version", label: "version", format: "whole", best: true }, { label: "", render: actions }, { key: "created", label: "made", render: (row) => day(row.created) },
      { key: "all", label: "mean error", class: "number", render: (row) => error(row) }] }), judged) : "");
};
