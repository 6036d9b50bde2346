// Campaigns: the list, and how one begins: with a family, a list or a ranking, or as another home exported it.
import { busy, call, newKey } from "./api.js";
import { begun } from "./campaign.js";
import { day, field, make } from "./dom.js";
import { acquisition, acquisitionField, family, familyFields, goal, goalFields, ranges, temperature, watch } from "./goal.js";
import { formulas } from "./lists.js";
import { recalled, remember } from "./session.js";
import { table } from "./table.js";

const kept = recalled("begin", { source: "family", text: "", from: "" });
const keep = (changes) => { Object.assign(kept, changes); remember("begin", kept); };
const PAUSE_MS = 400;

// A list that a campaign is to begin with, as the page of a ranking hands it over.
export const beginWith = (rows, from) => {
  keep({ source: "list", text: rows.map((row) => row.formula).join("\n"), from });
  location.hash = "#campaigns";
};

const candidates = () => (kept.source === "family" ? { template: family.template, variables: ranges() } : { candidates: formulas(kept.text) });

// Says how many candidates there are, a moment after the last change.
const counter = () => {
  const node = make("p", { class: "note", id: "candidates", role: "status" });
  let waiting = null, asked = 0;
  node.refresh = () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      let words = "";
      try {
        const told = await call("campaigns/candidates", { body: candidates() });
        words = `${told.candidates.toLocaleString("en")} candidate${told.candidates === 1 ? "" : "s"}${told.notes.length ? `: ${told.notes.join("; ")}` : ""}.`;
      } catch (error) { words = kept.source === "list" && !kept.text.trim() ? "" : error.message; }
      if (mine === asked) node.textContent = words;
    }, PAUSE_MS);
  };
  return node;
};

const importForm = () => {
  const file = make("input", { type: "file", accept: ".json", required: true }), name = make("input", { placeholder: "its own", pattern: "[A-Za-z0-9_][A-Za-z0-9_\\-]{0,63}" });
  const button = make("button", { type: "submit" }, "Import");
  const start = () => busy(button, async () => {
    let campaign;
    try { campaign = JSON.parse(await file.files[0].text()); } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error(`${file.files[0].name} is not JSON; give what Export JSON of a campaign wrote`);
    }
    const told = await call("campaigns/import", { body: { campaign, ...(name.value ? { name: name.value } : {}) }, key: newKey() });
    location.hash = `#campaigns/${told.name}`;
  });
  return make("details", { dataset: { needs: "researcher" } }, make("summary", {}, "Import a campaign of another home"),
    make("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } }, make("div", { class: "fields" }, field("File of Export JSON", file), field("Call it", name)), make("div", { class: "row" }, button)));
};

const beginForm = () => {
  const name = make("input", { required: true, pattern: "[A-Za-z0-9_][A-Za-z0-9_\\-]{0,63}", placeholder: "laco-2026", title: "letters, digits, - and _" });
  const batch = make("input", { type: "number", min: 1, max: 100, value: "4", required: true });
  const button = make("button", { class: "main", type: "submit" }, "Begin");
  const count = counter();
  const text = make("textarea", { rows: 6, value: kept.text, "aria-label": "Candidates of the campaign, one formula a line", spellcheck: false, autocapitalize: "off", oninput: (event) => { keep({ text: event.target.value, from: "" }); count.refresh(); } });
  const source = make("select", { onchange: (event) => { keep({ source: event.target.value }); draw(); } }, [["family", "a family"], ["list", "a list"]].map(([value, label]) => make("option", { value, selected: kept.source === value }, label)));
  const place = make("div", {});
  const draw = () => {
    place.replaceChildren(kept.source === "family" ? make("div", { class: "fields" }, familyFields()) : make("div", {}, kept.from ? make("p", { class: "note" }, `From ${kept.from}.`) : "", text));
    count.refresh();
  };
  const begin = () => busy(button, async () => {
    const body = { name: name.value, ...candidates(), goal: { ...goal(), ...acquisition() }, batch: Number(batch.value), temperature_C: temperature() };
    begun.set(name.value, (await call("campaigns", { body, key: newKey() })).notes);
    location.hash = `#campaigns/${name.value}`;
  });
  watch(() => { if (kept.source === "family") count.refresh(); });
  draw();
  return make("form", { class: "panel", dataset: { needs: "researcher" }, onsubmit: (event) => { event.preventDefault(); begin(); } },
    make("div", { class: "fields" }, field("Name", name), field("Candidates from", source), field("Samples in a round", batch), acquisitionField()), place, count, goalFields(), make("div", { class: "row" }, button));
};

export const view = async (main) => {
  const { rows } = await call("campaigns");
  main.replaceChildren(
    make("h1", {}, "Campaigns"),
    rows.length ? table({ rows, noun: "campaigns", filter: rows.length > 10, columns: [
      { key: "name", label: "name", render: (row) => make("a", { href: `#campaigns/${row.name}` }, row.name) },
      { key: "candidates", label: "candidates", format: "text" },
      { key: "rounds", label: "rounds", format: "whole" },
      { key: "results", label: "results", format: "whole" },
      { key: "pending", label: "awaiting results", format: "whole" },
      { key: "best_S_cm", label: "best σ, mS/cm", format: "general", times: 1000, best: true },
      { key: "created", label: "begun", render: (row) => day(row.created) },
    ] }) : make("p", {}, "There is no campaign yet. A campaign proposes samples, takes their results, learns, and proposes again."),
    make("h2", { dataset: { needs: "researcher" } }, "Begin a campaign"),
    beginForm(), importForm());
};
