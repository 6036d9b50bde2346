// Figures that plotly draws from what the server says; they follow the width of the page, light and dark.
import { formula, make, number } from "./dom.js";

// Plotly writes styles as attributes (of <b> in a text, say), which the policy of the page forbids; as properties it allows them.
const attribute = Element.prototype.setAttribute;
SVGElement.prototype.setAttribute = function set(name, value) {
  if (name === "style") this.style.cssText = value;
  else attribute.call(this, name, value);
};

const drawn = new Set();
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLOURS = { inside: "31, 135, 201", edge: "224, 138, 0", outside: "139, 143, 152" };
const DOT = 1.6, NEAR = 12;  // radius of a dot, and how near the pointer has to be, in pixels

const layoutOf = (one, ink, panel, veil) => {
  const { holder, told } = one;
  const narrow = holder.clientWidth < 640;
  const sets = told.annotations || [];
  const set = sets.findLast((each) => each.width <= holder.clientWidth) ?? sets[0];
  const layout = { ...(narrow && told.narrow ? told.narrow : told.layout), width: undefined, height: undefined, autosize: true };
  layout.font = { ...layout.font, size: narrow ? 12 : 13, color: ink };
  layout.hoverlabel = { align: "left", namelength: 0, bgcolor: panel, font: { color: ink } };
  if (set) layout.annotations = set.annotations.map((mark) => ({ ...mark, bgcolor: mark.showarrow ? veil : undefined }));
  if (narrow) { layout.margin = { ...layout.margin, l: 52, r: 8, t: 58, b: 48 }; layout.dragmode = false; }
  if (one.image) layout.images = [one.image];
  return layout;
};

// All that is no mark of its own, as half-transparent dots of one picture, so that ten thousand are drawn at once.
const cloud = (one) => {
  const { x, y } = axes(one);
  const [left, right] = x.range, [low, high] = y.range;
  const width = Math.round(x._length), height = Math.round(y._length);
  if (!one.dots.length || width < 10 || height < 10) return null;
  const canvas = make("canvas", { width: 2 * width, height: 2 * height }), pen = canvas.getContext("2d");
  const opacity = Math.max(0.12, Math.min(0.5, 600 / one.dots.length));
  for (const row of one.dots) {
    const [across, up] = [((row.tg_C - left) / (right - left)) * 2 * width, (1 - (Math.log10(1000 * row.conductivity_S_cm) - low) / (high - low)) * 2 * height];
    if (across < 0 || up < 0 || across > 2 * width || up > 2 * height) continue;
    pen.fillStyle = `rgba(${COLOURS[row.verdict] || COLOURS.outside}, ${opacity})`;
    pen.beginPath();
    pen.arc(across, up, 2 * DOT, 0, 2 * Math.PI);
    pen.fill();
  }
  return { source: canvas.toDataURL(), xref: "x", yref: "y", x: left, y: high, xanchor: "left", yanchor: "top", sizex: right - left, sizey: high - low, sizing: "stretch", layer: "below" };
};

const axes = ({ holder }) => ({ x: holder._fullLayout.xaxis, y: holder._fullLayout.yaxis });
const pixels = (one, tg, sigma) => {
  const { x, y } = axes(one);
  return [x._offset + x.d2p(tg), y._offset + y.d2p(sigma)];
};

// Bars of 90 % of the mark that is pointed at and of those that were clicked, over the figure.
const bars = (one) => {
  const { holder, over } = one, scale = devicePixelRatio || 1;
  over.width = holder.clientWidth * scale;
  over.height = holder.clientHeight * scale;
  const pen = over.getContext("2d"), { x, y } = axes(one);
  pen.scale(scale, scale);
  pen.rect(x._offset, y._offset, x._length, y._length);
  pen.clip();
  pen.lineWidth = 1.6;
  pen.strokeStyle = colour("--ink");
  for (const mark of [...one.chosen.values(), one.hovered].filter(Boolean)) {
    const [across, up] = pixels(one, mark.tg, mark.sigma);
    const [left, bottom] = pixels(one, mark.ends[0], Math.max(mark.ends[2], 1e-30)), [right, top] = pixels(one, mark.ends[1], mark.ends[3]);
    pen.beginPath();
    pen.moveTo(left, up); pen.lineTo(right, up); pen.moveTo(across, bottom); pen.lineTo(across, top);
    pen.stroke();
    pen.beginPath();
    pen.arc(across, up, 6, 0, 2 * Math.PI);
    pen.stroke();
  }
};

const markOf = (point) => (point && point.customdata ? { key: `${point.x} ${point.y}`, tg: point.x, sigma: point.y, ends: point.customdata } : null);
const markOfRow = (row) => ({ key: row.formula, row, tg: row.tg_C, sigma: 1000 * row.conductivity_S_cm, ends: [row.tg_low_C, row.tg_high_C, 1000 * row.conductivity_low_S_cm, 1000 * row.conductivity_high_S_cm] });

const point = (one, mark) => { one.hovered = mark; bars(one); };
const choose = (one, mark) => {
  if (!mark) return;
  if (one.chosen.has(mark.key)) one.chosen.delete(mark.key); else one.chosen.set(mark.key, mark);
  bars(one);
};

// The dot that is nearest to the pointer, with its numbers beside it.
const nearest = (one, event) => {
  const box = one.holder.getBoundingClientRect(), at = [event.clientX - box.left, event.clientY - box.top];
  let best = null, least = NEAR ** 2;
  for (const row of one.dots) {
    const [across, up] = pixels(one, row.tg_C, 1000 * row.conductivity_S_cm);
    const far = (across - at[0]) ** 2 + (up - at[1]) ** 2;
    if (far < least) { least = far; best = row; }
  }
  return best;
};
const label = (one, row) => {
  one.label.hidden = !row;
  if (!row) return;
  const [across, up] = pixels(one, row.tg_C, 1000 * row.conductivity_S_cm), times = (key) => number(1000 * row[key], "general");
  one.label.replaceChildren(make("b", {}, formula(row.formula)), `, rank ${row.rank}`, make("br"), `${times("conductivity_S_cm")} mS/cm (${times("conductivity_low_S_cm")} to ${times("conductivity_high_S_cm")})`, make("br"),
    `Tg ${number(row.tg_C, "degree")} °C (${number(row.tg_low_C, "degree")} to ${number(row.tg_high_C, "degree")})`, make("br"), `meets the goal with ${number(row.p_goal, "percent")}`);
  one.label.style.left = `${Math.min(across + 12, one.holder.clientWidth - one.label.offsetWidth - 4)}px`;
  one.label.style.top = `${Math.max(0, up - one.label.offsetHeight - 10)}px`;
};

const listen = (one) => {
  const { holder } = one;
  one.listening = true;
  holder.on("plotly_hover", (event) => { one.busy = true; label(one, null); point(one, markOf(event.points[0])); });
  holder.on("plotly_unhover", () => { one.busy = false; point(one, null); });
  holder.on("plotly_click", (event) => choose(one, markOf(event.points[0])));
  holder.on("plotly_relayout", () => bars(one));
  if (!one.dots.length) return;
  holder.addEventListener("mousemove", (event) => {
    if (one.busy) return;
    const row = nearest(one, event);
    if ((one.hovered && one.hovered.row) === (row || undefined)) return;
    point(one, row && markOfRow(row));
    label(one, row);
  });
  holder.addEventListener("mouseleave", () => { point(one, null); label(one, null); });
  holder.addEventListener("click", (event) => { const row = one.busy ? null : nearest(one, event); if (row) choose(one, markOfRow(row)); });
};

const draw = (one) => {
  const { holder, told } = one;
  if (!holder.isConnected) { drawn.delete(one); return; }
  const narrow = holder.clientWidth < 640;
  holder.classList.toggle("tall", Boolean(narrow && told.narrow));
  const still = (trace) => (narrow && trace.error_x && trace.marker.size < 10 ? { ...trace, error_x: { visible: false }, error_y: { visible: false } } : trace);
  const star = (trace) => (trace.marker && trace.marker.symbol === "star" && !/^measured/.test(trace.name || "") ? { ...trace, marker: { ...trace.marker, color: colour("--ink") } } : trace);
  one.image = null;
  Plotly.react(holder, told.data.map(still).map(star), layoutOf(one, colour("--ink"), colour("--panel"), colour("--veil")), { responsive: true, displayModeBar: false });
  if (!one.listening) listen(one);
  one.image = one.dots.length ? cloud(one) : null;
  if (one.image) Plotly.relayout(holder, { images: [one.image] });
  bars(one);
};

// The figure as a file: dark on white, whatever the page is.
const save = async (one, format) => {
  const layout = { ...layoutOf(one, "#1c2430", "#ffffff", "rgba(255, 255, 255, 0.78)"), paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff" };
  const { clientWidth: width, clientHeight: height } = one.holder;
  await Plotly.downloadImage({ data: one.told.data, layout }, { format, width, height, scale: format === "png" ? 2 : 1, filename: one.name });
};

// `dots` are rows that are drawn as dots of one picture, beside the marks of the figure.
export const figure = (told, words, { dots = [], name = "figure" } = {}) => {
  const holder = make("div", { class: "figure", role: "img", "aria-label": `${words}; the numbers are in the table` });
  const over = make("canvas", { class: "over", "aria-hidden": "true" }), note = make("div", { class: "label", hidden: true });
  const one = { holder, told, over, label: note, dots, name, width: 0, chosen: new Map(), hovered: null, busy: false };
  const watch = new ResizeObserver(() => {
    if (!holder.isConnected) { watch.disconnect(); drawn.delete(one); return; }
    if (Math.abs(one.width - holder.clientWidth) > 20) { one.width = holder.clientWidth; draw(one); }
  });
  drawn.add(one);
  watch.observe(holder);
  const button = (format) => make("button", { type: "button", class: "small", onclick: () => save(one, format) }, `Save ${format.toUpperCase()}`);
  return make("div", { class: "plot" }, over, holder, note, make("div", { class: "figure-tools" }, button("svg"), button("png")));
};

dark.addEventListener("change", () => drawn.forEach(draw));
