#!/usr/bin/env node
// Conformance: the checks of the files beside this one, which follow the reference manual of Lua 5.4 section by section, run in native
// Lua 5.4.7 and in the module. Both must give what the check expects. README.md describes the files.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

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
  const { Cu } = await import(new URL(ENTRY, root).href);
  const files = readdirSync(here).filter((file) => /^\d.*\.lua$/.test(file) && file.includes(part)).sort();
  const perSection = new Map(SECTIONS.map((section) => [section, 0]));
  let passed = 0;
  let failed = 0;
  const fail = (text) => {
    failed++;
    console.log(text);
  };
  for (const file of files) {
    const checks = parseChecks(readFileSync(path(file, here), "utf8"), file);
    const sources = checks.map(({ source }) => source).join(MARK);
    const native = outcomes(runNative(sources));
    const module = outcomes(await runModule(Cu, sources));
    for (const [i, check] of checks.entries()) {
      const problem = judge(check, native[i], module[i]);
      if (problem) fail(`${file}:${check.line} (§${check.section}): ${check.source}\n${problem}`);
      else passed++;
      if (perSection.has(check.section)) perSection.set(check.section, perSection.get(check.section) + 1);
      else fail(`${file}:${check.line}: the manual has no section ${check.section}`);
    }
    if (native.length !== checks.length) fail(`${file}: ${native.length} outcomes of ${checks.length} checks`);
  }
  if (part === "") {
    for (const [section, count] of perSection) if (count === 0) fail(`§${section} has no check`);
    if (passed + failed < CHECKS_MIN) fail(`there are fewer than ${CHECKS_MIN} checks`);
    console.log(`${perSection.size} sections of the manual`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function judge(check, native, module) {
  const problems = [];
  if (native !== check.expected) problems.push(`  native:   ${native}`);
  if (module !== check.expectedOfModule) problems.push(`  module:   ${module}`);
  if (problems.length === 0) return undefined;
  return [`  expected: ${check.expected}`, ...problems].join("\n");
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
  return execFileSync("sh", ["-c", 'exec "$@" 2>&1', "sh", path(ORACLE), path("checks.lua", here), MARK, sources], options);
}

async function runModule(Cu, sources) {
  let output = "";
  const cu = await Cu.create({ print: (line) => (output += `${line}\n`), seed: 0 });
  try {
    await cu.compute(driver, { name: "checks.lua", args: [MARK, sources] });
  } finally {
    cu.close();
  }
  return output;
}
