"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const step = 50;
  const verdicts = ["inside", "edge", "outside", "unread"];
  const state = { column: null, down: false, text: "", verdicts: new Set(verdicts), shown: step };
  const head = document.querySelector("#table thead");
  const body = document.querySelector("#table tbody");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const places = Object.fromEntries(data.columns.map((column, place) => [column.key, place]));

  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (name) node.className = name;
    return node;
  };

  const formula = (text) => {
    const part = document.createDocumentFragment();
    for (const [, words, digits] of text.matchAll(/(\D+)(\d[\d.]*)?|^\d[\d.]*/g)) {
      if (words === undefined) { part.append(text); break; }
      part.append(words);
      if (digits) part.append(/[A-Za-z)\]]$/.test(words) ? make("sub", digits) : digits);
    }
    return part;
  };

  const number = (value, format) => {
    if (value === null || value === undefined) return "";
    if (format === "percent") return value > 0 && value < 0.005 ? "<1 %" : `${Math.round(100 * value)} %`;
    if (format === "degree") return value.toFixed(0).replace("-", "−");
    if (format === "given") return String(Number(value.toPrecision(12))).replace("-", "−");
    if (format === "cost") return value.toFixed(value < 100 ? 1 : 0);
    if (format === "fixed") return value.toFixed(2);
    if (format === "rank") return String(value);
    const size = Math.abs(value);
    return size !== 0 && (size < 0.001 || size >= 10000) ? value.toExponential(1).replace("-", "−") : String(Number(value.toPrecision(2)));
  };

  const source = (words, doi) => {
    const part = make("small", null, "measured");
    const known = /^10\.\d{4,9}\//.test(doi || "");
    const link = make(known ? "a" : "span", words.replace(/(?<=Tg|\d) (?=[−\d]|°C|mS)/g, "\u00a0"));
    if (known) { link.href = `https://doi.org/${encodeURI(doi)}`; link.rel = "noreferrer noopener"; }
    if (doi) link.title = doi === "lab" ? "your own result" : doi;
    part.append(link);
    return part;
  };

  const cell = (row, column, place) => {
    const value = row[place];
    const node = make("td", null, column.format === "text" || column.format === "verdict" ? column.long ? "long" : "" : column.format === "formula" ? "formula" : "number");
    if (column.format === "formula") {
      node.append(make("span"));
      node.firstChild.append(formula(value || "(empty)"));
      node.title = value || "";
      if (row[places.note]) node.append(make("small", row[places.note]));
      if (row[places.__measured]) node.append(source(row[places.__measured], row[places.measured_doi]));
    }
    else if (column.format === "verdict") node.append(make("span", value || "unread", `verdict ${value || "unread"}`));
    else if (column.format === "text") {
      const doi = column.doi === undefined ? null : row[places[column.doi]];
      if (doi && /^10\.\d{4,9}\//.test(doi)) {
        const link = make("a", value);
        link.href = `https://doi.org/${encodeURI(doi)}`;
        link.rel = "noreferrer noopener";
        link.title = doi;
        node.append(link);
        const far = row[places.nearest_distance];
        if (column.key === "nearest" && typeof far === "number") node.append(" ", make("small", `at ${far.toFixed(1)}`));
      } else { node.title = doi || ""; node.textContent = value === null || value === undefined ? "" : String(value); }
    } else {
      node.append(number(value, column.format));
      if (column.low) {
        const low = row[places[column.low]], high = row[places[column.high]];
        if (low !== null && high !== null) node.append(" ", make("small", `${number(low, column.format)} … ${number(high, column.format)}`));
      }
    }
    return node;
  };

  const compare = (one, other) => {
    const a = one[state.column], b = other[state.column];
    const noA = a === null || a === "", noB = b === null || b === "";
    if (noA || noB) return noA - noB;
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
    return state.down ? -order : order;
  };

  const draw = () => {
    const words = state.text.split(/\s+/).filter(Boolean);
    const verdict = places.verdict;
    let rows = data.rows.filter((row, at) =>
      state.verdicts.has(row[verdict] || "unread") && words.every((word) => found(at, word)));
    if (state.column !== null) rows = rows.slice().sort(compare);
    body.replaceChildren(...rows.slice(0, state.shown).map((row) => {
      const line = document.createElement("tr");
      const error = row[places.error];
      for (const [place, column] of data.columns.entries()) {
        if (column.hidden) continue;
        line.append(cell(row, column, place));
        if (error && column.format === "formula") {
          const reason = make("td", error, "reason unread");
          reason.colSpan = data.columns.filter((other, at) => at > place && !other.hidden).length;
          line.append(reason);
          break;
        }
      }
      return line;
    }));
    more.hidden = rows.length <= state.shown;
    count.textContent = `${Math.min(rows.length, state.shown)} of ${rows.length} shown`;
  };

  // A word is looked for in what a row shows: its formula, its verdict and columns of words; not in what stands beside them.
  // With a capital letter it is a piece of a formula, as chemists write it: In is in Li3InCl6, and not in LiNaCl2.
  const worded = data.columns.map((column, place) => [column, place]).filter(([column]) => !column.hidden && column.doi === undefined && column.format === "text").map(([, place]) => place);
  data.found = data.rows.map((row) => worded.map((place) => String(row[place] ?? "")).join("\n").toLowerCase());
  const inFormula = (name, word) => {
    if (!/[A-Z]/.test(word)) return name.toLowerCase().includes(word);
    return new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + (/[A-Za-z]$/.test(word) ? "(?![a-z])" : "")).test(name);
  };
  const found = (at, word) => {
    const small = word.toLowerCase();
    if (places.verdict !== undefined && verdicts.includes(small)) return (data.rows[at][places.verdict] || "unread") === small;
    return inFormula(String(data.rows[at][places.formula] ?? ""), word) || data.found[at].includes(small);
  };
  const titles = document.createElement("tr");
  data.columns.forEach((column, place) => {
    if (column.hidden) return;
    const title = make("th", null, column.format === "formula" ? "formula" : ["text", "verdict"].includes(column.format) ? "" : "number");
    title.scope = "col";
    const button = make("button", column.label);
    button.type = "button";
    button.addEventListener("click", () => {
      state.down = state.column === place ? !state.down : Boolean(column.best);
      state.column = place;
      titles.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      title.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      draw();
    });
    title.append(button);
    titles.append(title);
  });
  head.append(titles);
  document.getElementById("filter").addEventListener("input", (event) => { state.text = event.target.value; state.shown = step; draw(); });
  document.getElementById("verdicts").addEventListener("change", (event) => {
    if (event.target.checked) state.verdicts.add(event.target.value); else state.verdicts.delete(event.target.value);
    draw();
  });
  more.addEventListener("click", () => { state.shown += 4 * step; draw(); });
  draw();

  const holder = document.getElementById("figure");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const sizes = data.annotations.map((set) => set.width);
  const fitting = () => sizes.findLast((width) => width <= holder.clientWidth) ?? sizes[0] ?? 0;
  let drawn = null;
  const picture = () => {
    const narrow = holder.clientWidth < 640;
    drawn = fitting();
    const layout = { ...data.figure.layout, width: undefined, height: undefined, autosize: true };
    layout.font = { ...layout.font, size: narrow ? 12 : 13, color: getComputedStyle(document.body).color };
    layout.hoverlabel = { align: "left", bgcolor: getComputedStyle(document.documentElement).getPropertyValue("--panel").trim(), font: { color: layout.font.color } };
    const ground = getComputedStyle(document.documentElement).getPropertyValue("--veil").trim();
    if (sizes.length) layout.annotations = data.annotations[sizes.indexOf(drawn)].annotations.map((mark) => ({ ...mark, bgcolor: mark.showarrow ? ground : undefined }));
    if (narrow) {
      layout.margin = { ...layout.margin, ...data.margin };
      layout.dragmode = false;
    }
    const still = (trace) => narrow && trace.error_x && trace.marker.size < 10 ? { ...trace, error_x: { visible: false }, error_y: { visible: false } } : trace;
    Plotly.react(holder, data.figure.data.map(still), layout, { responsive: true, displaylogo: false, displayModeBar: narrow ? false : undefined, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] });
  };
  picture();
  dark.addEventListener("change", picture);
  addEventListener("resize", () => { if (fitting() !== drawn) picture(); });
})();
