/** The README's table of hosts: written by scripts/hosts, from what each host did. */
import { readFileSync, writeFileSync } from "node:fs";
import { partsOf } from "./smoke.mjs";

const README = new URL("../../README.md", import.meta.url);
const HEAD = "| host | version tried | where states are kept |\n| --- | --- | --- |\n";
const TABLE = new RegExp(`${HEAD.replace(/[|]/g, "\\|")}((?:\\|.*\\|\\n)+)`);

/** The rows as the README has them: the host's name, its version, its store. */
export function readTable() {
  const [, rows] = TABLE.exec(readFileSync(README, "utf8"));
  return rows.trimEnd().split("\n").map((row) => row.slice(2, -2).split(" | "));
}

export function writeTable(rows) {
  const text = readFileSync(README, "utf8");
  writeFileSync(README, text.replace(TABLE, () => HEAD + rows.map((row) => `| ${row.join(" | ")} |\n`).join("")));
}

export function rowOf({ name, store }, version) {
  return [name, version, store === undefined ? "bytes, where the program puts them" : `\`${store}\``];
}

/** What is wrong with a result of the suite, as one text; undefined if all of it passed. */
export function problemOf({ store }, { passed, failed }) {
  const missing = partsOf(store !== undefined).filter((part) => !passed.includes(part));
  return missing.length === 0 ? undefined : missing.map((part) => `${part}: ${failed[part] ?? "was not run"}`).join("\n");
}
