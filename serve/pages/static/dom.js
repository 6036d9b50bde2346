// Elements made of text and properties alone: nothing that comes from outside is ever read as HTML.

export const make = (tag, told = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(told)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list" && name !== "form") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};

export const formula = (text) => {
  const part = document.createDocumentFragment();
  for (const piece of String(text).split(/(?<=[A-Za-z)\]])(\d[\d.]*)/)) {
    if (!piece) continue;
    if (/^\d/.test(piece) && part.childNodes.length) part.append(make("sub", {}, piece), make("wbr"));
    else part.append(piece);
  }
  return part;
};

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
export const subscripts = (text) => String(text).replace(/\d/g, (digit) => SUBSCRIPTS[digit]);

export const number = (value, format) => {
  if (value === null || value === undefined) return "";
  if (format === "percent") return value > 0 && value < 0.005 ? "<1 %" : `${Math.round(100 * value)} %`;
  if (format === "degree") return String(Math.round(value)).replace("-", "−");
  if (format === "given") return String(Number(value.toPrecision(12))).replace("-", "−");
  if (format === "cost") return value.toFixed(value < 100 ? 1 : 0);
  if (format === "fixed") return value.toFixed(2);
  if (format === "whole") return value.toLocaleString("en");
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 10000) ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  return text.replace("-", "−");
};

export const reference = (name, doi) => {
  if (!doi || !/^10\.\d{4,9}\//.test(doi)) return make("span", { title: doi || "" }, name || "");
  return make("a", { href: `https://doi.org/${encodeURI(doi)}`, rel: "noreferrer noopener", title: doi }, name || doi);
};

export const day = (time) => (time ? new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) : "");

export const field = (label, input) => make("label", {}, make("span", {}, label), input);

export const tiles = (pairs) => make("ul", { class: "tiles" }, pairs.map(([value, label]) => make("li", {}, make("b", {}, String(value)), " ", make("span", {}, label))));

// How many rows are measured and how many of these meet the goal, as a tile; none of an answer that does not say it.
export const measuredTile = (known) => (known ? [[known[0], known[1]]] : []);
