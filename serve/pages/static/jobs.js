// Jobs with their progress.
import { call, small, tell } from "./api.js";
import { day, make } from "./dom.js";

const OPEN = ["queued", "running"];
const WORDS = { rank: "rank", train: "train", round: "round of" };

const line = (job, again) => {
  const act = (path, words, told) => small(words, async () => { await call(path, told); await again(); });
  const forms = job.kind === "rank" && job.state === "done" ? [make("a", { href: `#rankings/${job.id}` }, "see"), ...["csv", "parquet", "json"].map((form) => make("a", { href: `/api/v1/jobs/${job.id}/result?format=${form}`, download: "" }, form))] : job.kind === "round" && job.state === "done" ? [make("a", { href: `#campaigns/${job.name}` }, "see")] : [];
  return make("tr", {},
    make("td", {}, `${WORDS[job.kind]} ${job.name}`),
    make("td", { class: job.state === "failed" ? "failed" : "" }, job.state),
    make("td", {}, make("span", { class: "row" }, OPEN.includes(job.state) ? act(`jobs/${job.id}/cancel`, "Cancel", { body: {} }) : [...forms, act(`jobs/${job.id}`, "Remove", { method: "DELETE" })])),
    make("td", {}, make("progress", { max: 1, value: job.progress, "aria-label": `progress of ${job.name}` })),
    make("td", { class: "long" }, job.error || job.step),
    make("td", {}, day(job.created)));
};

export const view = async (main) => {
  const body = make("tbody"), none = make("p", {}, "There is no job yet. Long lists, trainings and rounds appear here.");
  main.replaceChildren(make("h1", {}, "Jobs"), none,
    make("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Jobs" }, make("table", {}, make("thead", {}, make("tr", {}, ["job", "state", "", "progress", "now", "begun"].map((title) => make("th", { scope: "col" }, title)))), body)),
    make("p", { class: "note" }, "Jobs go on after a restart of the server, at the last finished step."));
  const draw = async () => {
    const { rows } = await call("jobs");
    none.hidden = rows.length > 0;
    const held = document.activeElement && body.contains(document.activeElement);
    if (!held) body.replaceChildren(...rows.map((job) => line(job, draw)));
    return rows.some((job) => OPEN.includes(job.state));
  };
  const look = async () => {
    if (!body.isConnected) return;
    try { const open = await draw(); setTimeout(look, open ? 1000 : 5000); } catch (error) { tell(error); }
  };
  await look();
};
