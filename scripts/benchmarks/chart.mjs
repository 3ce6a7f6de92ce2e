/** Charts as SVG, readable on light and dark ground: bars side by side, and lines over a logarithmic axis. Each is `{ file, svg }`. */

const COLOURS = ["#2f6fde", "#e08214", "#3a9d5d", "#b5467e", "#7a6fd0", "#8c8c8c"];
const WIDTH = 860;
const LEFT = 190;
const TOP = 56;
const BAR = 9;
const LEGEND_LINE = 17;
/** A bar that is longer is cut, with its value beside it. */
const BAR_MAX = 6;

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const text = (x, y, words, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;

/** `placeOf` says where the mark of each series goes in the legend. */
function page(file, height, title, series, placeOf, parts) {
  const style = "text{font:12px system-ui,sans-serif;fill:#777}.t{font-size:15px;font-weight:600}.s{font-size:10px}";
  const legend = series.map((name, i) => {
    const [x, y] = placeOf(i);
    return `<rect x="${x}" y="${y}" width="10" height="10" fill="${COLOURS[i]}"/>${text(x + 15, y + 9, name)}`;
  });
  const all = [`<style>${style}</style>`, text(10, 20, title, "class=\"t\""), ...legend, ...parts];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`;
  return { file: `${file}.svg`, svg: `${open}\n${all.join("\n")}\n</svg>\n` };
}

/** `rows`: a label and the value of each series, or undefined. A line marks 1. */
export function bars(file, title, series, rows) {
  const step = series.length * (BAR + 1) + 8;
  const scale = (WIDTH - LEFT - 50) / BAR_MAX;
  const parts = rows.flatMap(([label, values], r) => {
    const top = TOP + r * step;
    const own = values.flatMap((value, i) => {
      if (value === undefined) return [];
      const [y, width] = [top + i * (BAR + 1), Math.min(value, BAR_MAX) * scale];
      const bar = `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${COLOURS[i]}"/>`;
      return [bar, text((LEFT + width + 4).toFixed(1), y + BAR - 1, value.toFixed(2), "class=\"s\"")];
    });
    return [text(LEFT - 8, top + step / 2, label, "text-anchor=\"end\""), ...own];
  });
  const height = TOP + rows.length * step + 10;
  const one = `<path d="M${(LEFT + scale).toFixed(1)} ${TOP - 6}V${height - 10}" stroke="#999" stroke-dasharray="3"/>`;
  return page(file, height, title, series, (i) => [LEFT + i * 110, 32], [...parts, one]);
}

/** `lines`: a name and its points `[x, y]`; both axes are logarithmic, with a line at each power of ten. */
export function lines(file, title, xTitle, yTitle, lines) {
  const [bottom, right] = [TOP + 300, WIDTH - 30];
  const points = lines.flatMap(([, own]) => own);
  const range = (i) => {
    const logs = points.map((point) => Math.log10(point[i]));
    return [Math.floor(Math.min(...logs)), Math.max(Math.ceil(Math.max(...logs)), Math.floor(Math.min(...logs)) + 1)];
  };
  const [[x0, x1], [y0, y1]] = [range(0), range(1)];
  const px = (x) => 80 + ((Math.log10(x) - x0) / (x1 - x0)) * (right - 80);
  const py = (y) => bottom - ((Math.log10(y) - y0) / (y1 - y0)) * (bottom - TOP);
  const power = (e) => (e >= 0 && e < 4 ? String(10 ** e) : e < 0 && e > -4 ? (10 ** e).toFixed(-e) : `10^${e}`);
  const parts = [text(10, 41, yTitle), text(right, bottom + 34, xTitle, "text-anchor=\"end\"")];
  const mark = (d, x, y, words, anchor) => parts.push(`<path d="${d}" stroke="#9995"/>`, text(x, y, words, `text-anchor="${anchor}"`));
  for (let e = x0; e <= x1; e++) {
    const x = px(10 ** e).toFixed(1);
    mark(`M${x} ${TOP}V${bottom}`, x, bottom + 17, power(e), "middle");
  }
  for (let e = y0; e <= y1; e++) {
    const y = py(10 ** e);
    mark(`M80 ${y.toFixed(1)}H${right}`, 74, (y + 4).toFixed(1), power(e), "end");
  }
  lines.forEach(([, own], i) => {
    const at = own.map(([x, y]) => `${px(x).toFixed(1)} ${py(y).toFixed(1)}`);
    parts.push(`<path d="M${at.join("L")}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>`);
    parts.push(...at.map((place) => `<circle cx="${place.split(" ")[0]}" cy="${place.split(" ")[1]}" r="3" fill="${COLOURS[i]}"/>`));
  });
  const height = bottom + 36 + lines.length * LEGEND_LINE;
  return page(file, height, title, lines.map(([name]) => name), (i) => [80, bottom + 28 + i * LEGEND_LINE], parts);
}
