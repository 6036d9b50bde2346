// Answers that have an address: the list of recent ones, and a job that is followed until its answer is there.
import { call, follow, small } from "./api.js";
import { day, make } from "./dom.js";

const OPEN = ["queued", "running"];

// Names the answer in the address, so that a reload and another browser show it.
export const named = (place, id) => { if (id && location.hash !== `#${place}/${id}`) history.pushState(null, "", `#${place}/${id}`); };

export const recent = (place, kind, title) => {
  const list = make("ul", { class: "recent" }), node = make("details", { hidden: true, open: !location.hash.includes("/") }, make("summary", {}, title), list);
  node.refresh = () => call(`rankings?kind=${kind}`).then(({ rows }) => {
    node.hidden = rows.length === 0;
    const state = (row) => (row.state === "done" ? `${row.rows.toLocaleString("en")} ${kind === "sweep" ? "members" : "candidates"}` : row.state === "running" ? `running, ${Math.round(100 * row.progress)} %` : row.state);
    list.replaceChildren(...rows.map((row) => make("li", {}, make("a", { href: `#${place}/${row.id}` }, row.name), make("span", { class: "note" }, ` ${day(row.created)}; ${state(row)}; ${row.goal_words}`))));
  }).catch(() => { node.hidden = true; });  // the form is there without it, and what is asked for says what is wrong
  node.refresh();
  return node;
};

// The bar of a job, until it is done.
export const followed = async (out, id) => {
  const job = await call(`jobs/${id}`);
  let last = job;
  if (OPEN.includes(job.state)) {
    const bar = make("progress", { max: 1, value: job.progress, "aria-label": "Progress" }), words = make("span", {}, job.step);
    out.replaceChildren(make("p", { class: "row", role: "status" }, bar, words, small("Cancel", () => call(`jobs/${id}/cancel`, { body: {} }))));
    last = await follow(id, (now) => { bar.value = now.progress; words.textContent = now.step; });
  }
  if (last.state !== "done") {
    out.replaceChildren(make("p", { class: "notice", role: "status" }, last.state === "cancelled" ? "This ranking was cancelled." : `This ranking failed: ${last.error}`));
    return null;
  }
  return call(`rankings/${id}`);
};
