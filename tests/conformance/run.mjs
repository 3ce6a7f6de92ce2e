#!/usr/bin/env node
// Conformance: the checks of the files beside this one, which follow the reference manual of Lua 5.4 section by section, run in native
// Lua 5.4.7 and in the module. Both must give what the check expects. Those on tables run with external tables as well. README.md
// describes the files.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { PRELUDE, withExternalTable } from "./external.mjs";
import { parseChecks } from "./parse.mjs";

const HELP = `usage: run.mjs [PART]

Runs the checks of tests/conformance in native Lua and in the module, those alone whose file's name contains PART if that is given.
Prints each check that did not give what it expects; the last line says how many passed and failed.`;

const CHECKS_MIN = 1500;
/** Sections 2 to 6 of the manual, as far as they have text of their own. */
const SECTIONS = `2.1 2.2 2.3 2.4 2.5.1 2.5.2 2.5.3 2.5.4 2.6
  3.1 3.2 3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 3.3.6 3.3.7 3.3.8
  3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.4.9 3.4.10 3.4.11 3.4.12 3.5
  4.1.1 4.1.2 4.1.3 4.2 4.3 4.4 4.4.1 4.5 4.6 4.7 5.1
  6.1 6.2 6.3 6.4 6.4.1 6.4.2 6.5 6.6 6.7 6.8 6.9 6.10`.split(/\s+/);
/** Before each outcome, and between sources: in no check. */
const MARK = "\x1e";
const OUTPUT_BYTES_MAX = 1 << 24;
const FILE_MS_MAX = 10_000;
const ORACLE = "target/oracles/lua-glibc";
const ENTRY = "js/dist/index.js";

const root = new URL("../../", import.meta.url);
const here = new URL("./", import.meta.url);
const path = (relative, base = root) => fileURLToPath(new URL(relative, base));
const driver = readFileSync(path("checks.lua", here));

const { values: options, positionals } = parseArgs({ options: { help: { type: "boolean" } }, allowPositionals: true });
if (options.help) console.log(HELP);
else process.exitCode = await main(positionals[0] ?? "");

/** Returns the exit code. */
async function main(part) {
  if (!existsSync(path(ENTRY))) {
    console.error(`run.mjs: ${ENTRY} is missing: run scripts/build first`);
    return 1;
  }
  if (!existsSync(path(ORACLE))) execFileSync(path("tests/differential/build-oracles"), { stdio: "inherit" });
  const files = readdirSync(here).filter((file) => /^\d.*\.lua$/.test(file) && file.includes(part)).sort();
  const tally = { passed: 0, failed: 0, checks: 0, sections: new Set() };
  for (const file of files) {
    const checks = parseChecks(readFileSync(path(file, here), "utf8"), file);
    tally.checks += checks.length;
    for (const { section } of checks) tally.sections.add(section);
    await checkBoth(file, checks, tally);
    await checkExternal(file, checks, tally);
  }
  if (part === "") checkBreadth(tally);
  console.log(`${tally.sections.size} sections of the manual, ${tally.checks} checks`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

/** That the suite has what it is said to have. */
function checkBreadth(tally) {
  const { checks, sections } = tally;
  const problems = SECTIONS.filter((section) => !sections.has(section)).map((section) => `§${section} has no check`);
  for (const section of sections) if (!SECTIONS.includes(section)) problems.push(`the manual has no section ${section}`);
  if (checks < CHECKS_MIN) problems.push(`there are fewer than ${CHECKS_MIN} checks`);
  for (const problem of problems) console.log(problem);
  tally.failed += problems.length;
}

async function checkBoth(file, checks, tally) {
  const sources = checks.map(({ source }) => source);
  const native = outcomes(runNative(sources));
  const module = outcomes(await runModule(sources));
  for (const [i, check] of checks.entries()) judge(file, check, check.source, { native: native[i], module: module[i] }, tally);
}

/** The checks that can have an external table in the place of a native one, in the module. */
async function checkExternal(file, checks, tally) {
  const changed = checks.filter((check) => !check.isNativeOnly && withExternalTable(check.source));
  const sources = changed.map((check) => withExternalTable(check.source));
  const module = outcomes(await runModule(sources, PRELUDE));
  for (const [i, check] of changed.entries()) judge(file, check, sources[i], { module: module[i] }, tally);
}

/** Compares what each side gave with what is expected of it. */
function judge(file, check, source, given, tally) {
  const expected = { native: check.expected, module: check.expectedOfModule };
  const wrong = Object.keys(given).filter((side) => given[side] !== expected[side]);
  if (wrong.length === 0) return void tally.passed++;
  tally.failed++;
  console.log(`${file}:${check.line} (§${check.section}): ${source}`);
  for (const side of wrong) console.log(`  expected of ${side}: ${expected[side]}\n  ${side} gave: ${given[side]}`);
}

/** One text for each check: its outcome, then ` | ` and what it printed, if anything. */
function outcomes(output) {
  const parts = output.split(MARK);
  return parts.slice(1).map((part, i) => {
    const end = part.indexOf("\n");
    const printed = i === 0 ? parts[0] : parts[i].slice(parts[i].indexOf("\n") + 1);
    return part.slice(0, end) + (printed === "" ? "" : ` | ${printed.replaceAll("\t", "\\t").replaceAll("\0", "\\0").replaceAll("\n", "\\n")}`);
  });
}

/** Standard error comes in between, where it belongs. */
function runNative(sources) {
  const options = { env: { TZ: "UTC" }, encoding: "latin1", maxBuffer: OUTPUT_BYTES_MAX, timeout: FILE_MS_MAX };
  return execFileSync("sh", ["-c", 'exec "$@" 2>&1', "sh", path(ORACLE), path("checks.lua", here), MARK, sources.join(MARK)], options);
}

async function runModule(sources, prelude = "") {
  const { Cu } = await import(new URL(ENTRY, root).href);
  let output = "";
  const cu = await Cu.create({ print: (line) => (output += `${line}\n`), seed: 0 });
  try {
    await cu.compute(prelude);
    await cu.compute(driver, { name: "checks.lua", args: [MARK, sources.join(MARK)] });
  } finally {
    cu.close();
  }
  return output;
}
