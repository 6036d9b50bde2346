// Figures that plotly draws from what the server says; they follow the width of the page, light and dark.
import { make } from "./dom.js";

// Plotly writes styles as attributes (of <b> in a text, say), which the policy of the page forbids; as properties it allows them.
const attribute = Element.prototype.setAttribute;
SVGElement.prototype.setAttribute = function set(name, value) {
  if (name === "style") this.style.cssText = value;
  else attribute.call(this, name, value);
};

const drawn = new Set();
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const draw = (one) => {
  const { holder, told } = one;
  if (!holder.isConnected) { drawn.delete(one); return; }
  const narrow = holder.clientWidth < 640;
  const sets = told.annotations || [];
  const set = sets.findLast((each) => each.width <= holder.clientWidth) ?? sets[0];
  const layout = { ...told.layout, width: undefined, height: undefined, autosize: true };
  layout.font = { ...layout.font, size: narrow ? 12 : 13, color: colour("--ink") };
  layout.hoverlabel = { align: "left", bgcolor: colour("--panel"), font: { color: colour("--ink") } };
  if (set) layout.annotations = set.annotations.map((mark) => ({ ...mark, bgcolor: mark.showarrow ? colour("--veil") : undefined }));
  if (narrow) { layout.margin = { ...layout.margin, l: 52, r: 8, t: 58, b: 48 }; layout.dragmode = false; }
  const still = (trace) => (narrow && trace.error_x && trace.marker.size < 10 ? { ...trace, error_x: { visible: false }, error_y: { visible: false } } : trace);
  const star = (trace) => (trace.marker && trace.marker.symbol === "star" ? { ...trace, marker: { ...trace.marker, color: colour("--ink") } } : trace);
  Plotly.react(holder, told.data.map(still).map(star), layout, { responsive: true, displayModeBar: false });
};

export const figure = (told, label) => {
  const holder = make("div", { class: "figure", role: "img", "aria-label": `${label}; the numbers are in the table` });
  const one = { holder, told, width: 0 };
  const watch = new ResizeObserver(() => {
    if (!holder.isConnected) { watch.disconnect(); drawn.delete(one); return; }
    if (Math.abs(one.width - holder.clientWidth) > 20) { one.width = holder.clientWidth; draw(one); }
  });
  drawn.add(one);
  watch.observe(holder);
  return holder;
};

dark.addEventListener("change", () => drawn.forEach(draw));
