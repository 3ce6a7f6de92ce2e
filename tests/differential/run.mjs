#!/usr/bin/env node
// Runs the generated cases of cases.lua in the module and in two native interpreters, and compares
// line by line. The module must print what Lua with the same shims prints, byte for byte; that in turn
// must print what Lua on the system's libc prints, transcendental results as close as two libraries can be.
// Cases are run in chunks, so that memory stays bounded and a difference is reported early.

import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const HELP = `usage: run.mjs [--seed N] [--count N] [--no-module]

Compares generated cases of string.format, tostring, tonumber, math, string functions and arithmetic
in the module, in native Lua with the module's shims (exactly), and in native Lua on the system's libc
(1 ulp allowed in transcendental functions, 2 in logarithms to base 10). A case is the same for every count: --seed repeats it.
  --seed N      default: the time, printed
  --count N     default: 200000
  --no-module   compare the two native interpreters alone`;

const CHUNK_CASES = 20_000;
const OUTPUT_BYTES_MAX = 64 << 20;
const REPORTED_MAX = 10;
/** Units in the last place between two libraries, each of which is within 1 of the truth. */
const ULPS_MAX = 1n;
/** The same for log10: glibc's may be 2 away from the truth (its manual, "Known Maximum Errors"), and is 1.46 away for 0x1.bf2b52f2f411ap-1. */
const LOG10_ULPS_MAX = 2n;

const ENTRY = "js/dist/index.js";
const root = new URL("../../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const run = promisify(execFile);

const { values: options } = parseArgs({
  options: {
    help: { type: "boolean" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    count: { type: "string", default: "200000" },
    "no-module": { type: "boolean" },
  },
});

if (options.help) console.log(HELP);
else process.exitCode = await main(wholeNumber("seed"), wholeNumber("count"));

function wholeNumber(name) {
  const value = Number(options[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`run.mjs: --${name} ${options[name]}: expected a whole number`);
  process.exit(2);
}

/** Returns the exit code. */
async function main(seed, count) {
  if (!options["no-module"] && !existsSync(path(ENTRY))) {
    console.error(`run.mjs: ${ENTRY} is missing: run scripts/build first`);
    return 1;
  }
  const built = spawnSync(path("tests/differential/build-oracles"), { stdio: "inherit" });
  if (built.status !== 0) return 1;
  const runModule = options["no-module"] ? undefined : await openModule();
  const cases = readFileSync(path("tests/differential/cases.lua"), "utf8");
  console.log(`differential: seed ${seed}, ${count} cases, ${runModule ? "module and " : ""}two oracles`);

  const differences = { total: 0, apart: 0 };
  for (let first = 1; first <= count; first += CHUNK_CASES) {
    const last = Math.min(first + CHUNK_CASES - 1, count);
    // On the first line, so that line numbers in messages stay those of the file.
    const source = `local SEED, FIRST, LAST = ${seed}, ${first}, ${last} ${cases}`;
    const file = path("target/oracles/cases.lua");
    writeFileSync(file, source);
    const [glibc, shims] = await Promise.all([runNative("lua-glibc", file), runNative("lua-shims", file)]);
    const length = last - first + 1;
    compare(["lua-glibc", glibc], ["lua-shims", shims], length, isClose, differences);
    if (runModule) compare(["lua-shims", shims], ["module", await runModule(source)], length, () => false, differences);
  }
  console.log(`differential: ${differences.total} differences; ${differences.apart} results close to the system's libc`);
  return differences.total === 0 ? 0 : 1;
}

async function runNative(name, file) {
  const { stdout } = await run(path(`target/oracles/${name}`), [file], { encoding: "latin1", maxBuffer: OUTPUT_BYTES_MAX });
  return stdout.split("\n").slice(0, -1);
}

/** One instance for all chunks; gives a function from source to printed lines. */
async function openModule() {
  const { Cu } = await import(new URL(ENTRY, root).href);
  let lines = [];
  const cu = await Cu.create({ print: (line) => lines.push(line) });
  return async (source) => {
    lines = [];
    await cu.compute(source, { name: "cases.lua" });
    return lines;
  };
}

function compare([expectedBy, expected], [actualBy, actual], length, isAccepted, differences) {
  for (let i = 0; i < Math.max(length, expected.length, actual.length); i++) {
    if (expected[i] === actual[i] && i < length) continue;
    if (isAccepted(expected[i], actual[i])) {
      differences.apart++;
    } else if (++differences.total <= REPORTED_MAX) {
      console.log(`${expectedBy}: ${expected[i]}\n${actualBy}: ${actual[i]}\n`);
    }
  }
}

/** Whether two lines differ in a transcendental result alone, by little. */
function isClose(expected, actual) {
  const [a, b] = [expected, actual].map((line) => /^(.* )@([0-9a-f]{16}) /.exec(line ?? ""));
  if (!a || !b || a[1] !== b[1]) return false;
  // Neighbouring doubles of one sign have neighbouring bits.
  const distance = BigInt(`0x${a[2]}`) - BigInt(`0x${b[2]}`);
  const most = /^\d+ math\.log\(.*, 10(\.0)?\) /.test(expected) ? LOG10_ULPS_MAX : ULPS_MAX;
  return distance <= most && -distance <= most;
}
