// The REST interface, and the line of the page that tells what went wrong.
import { make } from "./dom.js";

export class Refusal extends Error {
  constructor(told, status) {
    super(told.detail || `the server answered ${status}`);
    this.status = status;
    this.errors = told.errors || [];
    this.validRows = told.valid_rows || 0;
  }
}

const ROOT = "/api/v1";

export const call = async (path, { body, method, key, form } = {}) => {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let answer;
  try {
    answer = await fetch(path.startsWith("/") ? path : `${ROOT}/${path}`, {
      method: method || (body !== undefined || form ? "POST" : "GET"),
      headers,
      body: form || (body !== undefined ? JSON.stringify(body) : undefined),
    });
  } catch {
    throw new Refusal({ detail: "The server does not answer. Is vitrion serve still running?" }, 0);
  }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign(`/login${location.hash}`);
  if (!answer.ok) throw new Refusal(told, answer.status);
  return told;
};

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const quiet = () => { document.getElementById("notice").hidden = true; };

export const tell = (error) => {
  const place = document.getElementById("notice");
  const rows = (error.errors || []).filter((one) => !error.message.includes(one.message)).slice(0, 8).map((one) => make("li", {}, one.row ? `row ${one.row}, ${one.where}: ${one.message}` : `${one.where}: ${one.message}`));
  place.replaceChildren(make("button", { type: "button", class: "small", onclick: quiet }, "Close"), error.message, rows.length ? make("ul", {}, rows) : "", error.action ? make("p", {}, error.action) : "");
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
};

// What an answer wants to be noticed.
export const noted = (notes) => (notes && notes.length ? make("div", { class: "notice", role: "status" }, make("ul", {}, notes.map((note) => make("li", {}, note)))) : "");

// Runs what a button starts: it is held while that lasts, and what goes wrong is told.
export const busy = async (button, work) => {
  quiet();
  button.disabled = true;
  button.classList.add("busy");
  try { return await work(); } catch (error) { tell(error); return undefined; } finally {
    button.disabled = false;
    button.classList.remove("busy");
  }
};

// A small button for a row of a table.
export const small = (words, work) => make("button", { type: "button", class: "small", onclick: (event) => busy(event.target, work) }, words);

// Follows a job by its events; falls back on looking again where a stream breaks.
export const follow = (id, seen) => new Promise((resolve, reject) => {
  const stream = new EventSource(`${ROOT}/jobs/${id}/events`);
  const done = (job) => { stream.close(); resolve(job); };
  stream.addEventListener("progress", (event) => seen(JSON.parse(event.data)));
  stream.addEventListener("end", (event) => { const job = JSON.parse(event.data); seen(job); done(job); });
  stream.onerror = async () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    try {
      let job = await call(`jobs/${id}`);
      while (["queued", "running"].includes(job.state)) {
        seen(job);
        await new Promise((again) => setTimeout(again, 1000));
        job = await call(`jobs/${id}`);
      }
      seen(job);
      done(job);
    } catch (error) { reject(error); }
  };
});
