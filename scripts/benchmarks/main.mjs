/**
 * What scripts/bench runs: measures the parts that are named, or all, prints them, and writes docs/BENCHMARKS.md.
 * usage: node scripts/benchmarks/main.mjs [PART...] [--quick] [--write] [--module FILE.wasm]...
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { environment, formatSection, writeSections } from "./report.mjs";

const PARTS = ["lua", "profile", "limits", "boundary", "await", "bigint", "startup", "size", "state", "scaling"];

const { values, positionals } = readArguments();
const modules = values.module.map((path) => resolve(path));

const chosen = positionals.length > 0 ? positionals : PARTS;
const quick = values.quick ?? false;
const sections = new Map();
const failures = [];
for (const part of chosen) {
  const progress = (step) => console.error(`== bench: ${part}: ${step}`);
  const { measure } = await import(`./parts/${part}.mjs`);
  try {
    const section = await measure({ quick, modules, progress });
    sections.set(part, section);
    console.log(`${formatSection(section)}\n`);
  } catch (error) {
    failures.push(part);
    console.error(error);
  }
}
console.log(environment(quick));
if (values.write ?? (!quick && positionals.length === 0 && modules.length === 0)) writeSections(sections, PARTS, quick);
if (failures.length > 0) fail(`no figures of ${failures.join(", ")}: the errors are above`);

function readArguments() {
  const options = { quick: { type: "boolean" }, write: { type: "boolean" }, module: { type: "string", multiple: true, default: [] } };
  let read;
  try {
    read = parseArgs({ allowPositionals: true, options });
  } catch (error) {
    fail(`${error.message.split(".")[0]}: scripts/bench --help says what there is`);
  }
  const unknown = read.positionals.find((name) => !PARTS.includes(name));
  if (unknown !== undefined) fail(`there is no part ${unknown}, only ${PARTS.join(", ")}`);
  const missing = read.values.module.find((path) => !existsSync(path));
  if (missing !== undefined) fail(`${missing} is missing: build it, or name another`);
  return read;
}

function fail(message) {
  console.error(`bench: error: ${message}`);
  process.exit(1);
}
