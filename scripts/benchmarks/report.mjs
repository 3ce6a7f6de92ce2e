/**
 * What the parts measured, as text: printed, and written to docs/BENCHMARKS.md, where each part has a section between two marks, with its
 * own date. A part that is measured alone renews its section and leaves the others as they are.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const ROOT = new URL("../../", import.meta.url);
const FILE = new URL("docs/BENCHMARKS.md", ROOT);
const CHARTS = new URL("docs/charts/", ROOT);

const HEAD = `# Benchmarks

Written by \`scripts/bench\`, which measures on the machine at hand; \`scripts/bench --help\` says what it can do. Absolute times are
those of one machine and one day. Ratios carry over: what is compared was measured by turns in one run.
`;

/** A Markdown table whose columns are also aligned for a reader of its text. */
function formatTable({ columns, rows }) {
  const widths = columns.map((column, i) => Math.max(...[column, ...rows.map((row) => row[i])].map((cell) => [...cell].length), 3));
  const isText = (i) => i === 0 || rows.every((row) => !/\d/.test(row[i]));
  const line = (cells) => `| ${cells.map((cell, i) => (isText(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => (isText(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(columns), line(rule), ...rows.map(line)].join("\n");
}

/** The text of a section `{ title, about, tables, charts }`. */
export function formatSection({ title, about, tables, charts }) {
  const pictures = charts.map(({ file }) => `![${file.replace(/\.svg$/, "")}](charts/${file})`);
  return [`## ${title}`, about, ...tables.map(formatTable), ...pictures].join("\n\n");
}

export function writeSections(sections, order, quick) {
  mkdirSync(CHARTS, { recursive: true });
  const old = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  const texts = order.map((part) => {
    const section = sections.get(part);
    if (section === undefined) return new RegExp(`<!-- ${part} -->\n[^]*?\n<!-- end of ${part} -->\n`).exec(old)?.[0];
    for (const { file, svg } of section.charts) writeFileSync(new URL(file, CHARTS), svg);
    return `<!-- ${part} -->\n${formatSection(section)}\n\n${environment(quick)}\n<!-- end of ${part} -->\n`;
  });
  writeFileSync(FILE, [HEAD, ...texts.filter((text) => text !== undefined)].join("\n"));
}

/** Where and with what it was measured, in one line. */
export function environment(quick) {
  const date = new Date().toISOString().slice(0, 10);
  const isChanged = git("status", "--porcelain", "--", "src", "build", "shims", "js/src") !== "";
  const commit = `commit ${git("rev-parse", "--short", "HEAD")}${isChanged ? " and changes" : ""}`;
  const processor = `${cpus().length} × ${cpus()[0].model.trim()}`;
  const peers = ["wasmoon", "fengari", "quickjs-emscripten"].map((name) => `${name} ${versionOf(name)}`);
  const { node, v8 } = process.versions;
  const machine = `${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${node}, V8 ${v8}`;
  return `*${date}, ${commit}${quick ? ", a quick run" : ""}; ${machine}; native Lua 5.4.7 by clang -O2, ${peers.join(", ")}.*`;
}

const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

export function versionOf(name) {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).devDependencies[name];
}
