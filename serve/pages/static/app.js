// The page: its views by the hash of the address, and whether the service is ready.
import { call, quiet, tell } from "./api.js";
import { make } from "./dom.js";
import * as campaign from "./campaign.js";
import * as campaigns from "./campaigns.js";
import * as compare from "./compare.js";
import * as data from "./data.js";
import * as family from "./family.js";
import * as glass from "./glass.js";
import * as jobs from "./jobs.js";
import * as models from "./models.js";
import * as rank from "./rank.js";

const VIEWS = {
  rank: [rank.view, rank.view],
  rankings: [rank.view, rank.viewKept],
  sweeps: [family.view, family.viewKept],
  compare: [compare.view, compare.view],
  glass: [rank.view, glass.view],
  family: [family.view, family.view],
  campaigns: [campaigns.view, campaign.viewOne],
  models: [models.view, models.view],
  data: [data.view, data.view],
  jobs: [jobs.view, rank.viewKept],
};
const TABS = { rankings: "rank", glass: "rank", sweeps: "family" };
const main = document.getElementById("main"), state = document.getElementById("state");
let before = null, missing = null;

const show = async () => {
  const [name, ...parts] = location.hash.slice(1).split("?")[0].split("/"), rest = parts.join("/");
  const [whole, one] = VIEWS[name] || VIEWS.rank;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${TABS[name] || (VIEWS[name] ? name : "rank")}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  quiet();
  const fresh = make("div");
  main.replaceChildren(fresh);
  if (missing) main.prepend(missing);
  try { await (rest ? one(fresh, name === "compare" ? rest : decodeURIComponent(rest)) : whole(fresh)); } catch (error) { tell(error); }
};

const ready = async () => {
  let told;
  try { told = await fetch("/health").then((answer) => answer.json()); } catch { told = { ready: false, reason: "the server does not answer", models: {} }; }
  const versions = Object.entries(told.models).map(([name, version]) => `${name} ${version}`).join(", ");
  state.textContent = told.ready ? `Models: ${versions}` : "No predictions yet";
  const now = told.ready ? versions : told.reason;
  if (now !== before) {
    const none = /no model/.test(told.reason || "");
    missing?.remove();
    missing = told.ready ? null : make("div", { class: "notice", id: "no-model" }, make("p", {}, none ? "There is no model yet, so nothing can be predicted. Training takes six to nine minutes on two cores; it happens once." : `Not ready: ${told.reason}.`), none ? models.train(null, "Train the models") : "");
    if (missing) main.prepend(missing);
    if (before !== null && told.ready && location.hash === "#models") show();
    before = now;
  }
  setTimeout(ready, told.ready ? 10000 : 1500);
};

// Forms that need more than the key of who asks allows are not shown; who has signed in may sign out.
const who = async () => {
  const told = await call("me").catch(() => null);
  if (!told) return;
  document.body.dataset.scope = told.scope;
  if (!told.session) return;
  const out = make("form", { method: "post", action: "/logout", class: "who" }, make("span", {}, `${told.name} (${told.scope})`), make("button", { class: "small" }, "Sign out"));
  document.querySelector("header.top").append(out);
};

addEventListener("hashchange", () => { show(); scrollTo(0, 0); });
show();
ready();
who();
