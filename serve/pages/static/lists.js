// Lists as they are pasted: a formula a line, several on a line, tables with a header, blocks of a spreadsheet without.
const ELEMENTS = new Set(("H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe "
  + "Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr").split(" "));

// What the server calls a column of formulas.
const names = () => document.body.dataset.formulaNames.split(" ");
const plainName = (cell) => cell.replace(/[\s.\-_]+/g, "_").replace(/^_|_$/g, "").toLowerCase();

// Cells of a line between marks; marks between quotes are text.
const cells = (line, mark) => {
  const found = [""];
  let quoted = false;
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === mark && !quoted) found.push("");
    else found[found.length - 1] += sign;
  }
  return found.map((cell) => cell.trim());
};

const linesOf = (text) => text.replace(/^\uFEFF/, "").split(/\r?\n/).map((line) => line.replace(/^ +| +$/g, "")).filter((line) => line.trim() && !/^"?sep=."?$/i.test(line));

// Whether a text is a table with a head and more than the formulas: the server reads it, its other columns come back.
export const isTable = (text) => {
  const head = linesOf(text)[0] ?? "", mark = ["\t", ";", ",", "|"].find((sign) => head.includes(sign));
  return mark !== undefined && cells(head, mark).some((cell) => names().includes(plainName(cell)));
};

export const elementsOf = (formula) => [...new Set((String(formula).match(/[A-Z][a-z]?/g) || []).flatMap((symbol) => (ELEMENTS.has(symbol) ? [symbol] : [symbol[0]])))];

// Whether a cell looks like the formula of a compound: elements, at least so many, and amounts.
const looksLike = (cell, least = 2) => /^[\d.]*\s*[A-Z([]/.test(cell) && /^[A-Za-z\d.()[\]{}\s·*+−-]+$/.test(cell) && !/[a-z]{2}/.test(cell)
  && elementsOf(cell).length >= least && elementsOf(cell).every((symbol) => ELEMENTS.has(symbol));

// Several formulas on a line. A comma alone may be a decimal one: it parts where a blank follows, or each part begins as a formula.
const severalOn = (line) => {
  if (/\t/.test(line)) return null;
  for (const mark of [/;\s*/, /,\s+/, /,(?=[A-Z([])/]) {
    const parts = line.split(mark).map((part) => part.trim()).filter(Boolean);
    if (parts.length > 1 && parts.filter((part) => looksLike(part, 1)).length * 2 > parts.length) return parts;
  }
  return null;
};

// A block of a spreadsheet whose column of formulas has no name that the server knows, as a table with one.
const block = (lines) => {
  const mark = ["\t", ";", "|", ","].find((sign) => lines.filter((line) => cells(line, sign).filter(Boolean).length > 1).length * 2 > lines.length);
  if (mark === undefined || lines.some((line) => severalOn(line))) return null;
  const grid = lines.map((line) => cells(line, mark)), width = Math.max(...grid.map((row) => row.length));
  const scores = Array.from({ length: width }, (_, at) => grid.filter((row) => looksLike(row[at] ?? "")).length);
  const column = scores.indexOf(Math.max(...scores));
  if (scores[column] * 2 < grid.length) return null;
  const headed = grid.length > 1 && !looksLike(grid[0][column] ?? "") && !grid[0].some((cell) => /\d/.test(cell));
  const header = Array.from({ length: width }, (_, at) => (at === column ? "formula" : (headed && grid[0][at]) || `column ${at + 1}`));
  const rows = [header, ...grid.slice(headed ? 1 : 0).map((row) => header.map((_, at) => row[at] ?? ""))];
  return width === 1 ? null : rows.map((row) => row.map((cell) => (/["\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t")).join("\n");
};

// The table that a text is, which the server reads with its other columns; else null.
export const tableOf = (text) => (isTable(text) ? text : block(linesOf(text)));

// Formulas of a pasted list.
export const formulas = (text) => {
  const lines = linesOf(text);
  if (lines.length && names().includes(plainName(lines[0]))) lines.shift();
  return lines.flatMap((line) => severalOn(line) ?? [line.split(/[;\t]/)[0].trim()]);
};

// The text as it was given, where it is another spelling than the one shown.
export const asGiven = (rows) => (rows.some((row) => row.input && row.input !== row.formula) ? [{ key: "input", label: "as given", format: "text" }] : []);
