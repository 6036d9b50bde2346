// Models: what answers, how well it did on papers held out, and training.
import { busy, call, newKey } from "./api.js";
import { day, make, number } from "./dom.js";
import { table } from "./table.js";

export const train = (properties, words = "Train") => {
  const button = make("button", { type: "button", class: "main" }, words);
  button.addEventListener("click", () => busy(button, async () => {
    await call("models/retrain", { body: { properties }, key: newKey() });
    location.hash = "#jobs";
  }));
  return button;
};

const WORDS = { liquidus: "liquidus", youngs_modulus: "Young's modulus", activation_energy: "activation energy" };
const FURTHER = Object.keys(WORDS);

export const view = async (main) => {
  const { rows } = await call("models");
  const champions = rows.filter((row) => row.champion);
  const scores = champions.flatMap((row) => row.scores.map((score) => ({ ...score, model: `${row.property} ${row.version}`, unit: row.unit })));
  const promote = (row) => (row.champion ? make("b", {}, "answers") : make("button", { type: "button", class: "small", onclick: (event) => busy(event.target, async () => { await call(`models/${row.property}/promote`, { body: { version: row.version } }); await view(main); }) }, "Let it answer"));
  main.replaceChildren(
    make("h1", {}, "Models"),
    make("p", { class: "row" }, train(["tg", "conductivity"], champions.length ? "Train again" : "Train now"), ...(champions.length ? FURTHER.map((name) => { const button = train([name], `Train ${WORDS[name]}`); button.className = "small"; return button; }) : [])),
    make("p", { class: "note" }, "Training takes all data, your own among them: six to nine minutes on two cores. Better models answer as soon as they are there."),
    scores.length ? make("section", {}, make("h2", {}, "Scores on papers that the models never saw"), table({ rows: scores, noun: "scores", columns: [
      { key: "model", label: "model", format: "text" }, { key: "subset", label: "held out", format: "text" },
      { key: "mae", label: "mean error", render: (row) => `${number(row.mae, "general")} ${row.unit}`, class: "number" },
      { key: "r2", label: "R²", format: "fixed" },
      { key: "coverage", label: "in the interval", format: "percent" },
      { key: "width", label: "median width", class: "number", render: (row) => `${number(row.width, "general")} ${row.unit}` }] }), make("p", { class: "note" }, "90 % should lie in the interval. An error of 1 in log10(S/cm) is a factor of ten.")) : make("p", {}, "There is no model yet."),
    rows.length ? make("section", {}, make("h2", {}, "Versions"), table({ rows, noun: "versions", filter: false, actions: promote, columns: [
      { key: "property", label: "property", format: "text" }, { key: "version", label: "version", format: "whole", best: true }, { key: "created", label: "made", render: (row) => day(row.created) }] })) : "");
};
