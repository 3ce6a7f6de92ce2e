// Golden scripts: what FOLDER/NAME.lua prints must be data/FOLDER/NAME.out, exactly. For native/ that is the output of native Lua 5.4.7,
// renewed from it by CU_BLESS=1; for own/ it is written by hand, because there the module differs from native Lua on purpose.
// Nothing that is printed depends on addresses, on the order of `pairs` or on the last digit of a transcendental function.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Cu } from "../../js/dist/index.js";

const LINES_MIN = 300;
const OUTPUT_BYTES_MAX = 1 << 24;
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const scripts = (folder) => readdirSync(path(folder)).filter((file) => file.endsWith(".lua")).sort().map((file) => `${folder}/${file}`);

/** What own/require.lua finds. */
const MODULES = {
  greeting: "local name, data = ...\nreturn { name = name, data = data, hello = function(who) return 'hello ' .. who end }",
  "dotted.name": "return ...",
  nothing: "",
  no: "return false",
  failing: "error('while loading')",
  broken: "return +",
  bytecode: "\x1bLua",
  "from-host": (name, data) => `${name} from ${data}`,
  "throwing-host": () => {
    throw new RangeError("host failed");
  },
};

/** Limits that no script reaches: that steps are counted and the clock is looked at changes nothing. */
const LIMITS = { maxInstructions: 1e15, timeoutMs: 1e9 };

/** The lines that a script prints, those on standard error with a mark. */
async function runModule(script, limits) {
  const lines = [];
  const print = (line, stream) => lines.push(stream === "stderr" ? `stderr: ${line}` : line);
  const cu = await Cu.create({ print, modules: MODULES, seed: 1, limits });
  try {
    await cu.compute(readFileSync(path(script)), { name: basename(script) });
  } finally {
    cu.close();
  }
  return lines;
}

/** The same of native Lua, in whose folder the script lies, so that messages name it in the same way. */
function runNative(script) {
  const oracle = path("../../target/oracles/lua-glibc");
  if (!existsSync(oracle)) execFileSync(path("../differential/build-oracles"), { stdio: "inherit" });
  const options = { cwd: path("native"), env: { TZ: "UTC" }, encoding: "utf8", maxBuffer: OUTPUT_BYTES_MAX };
  return execFileSync(oracle, [basename(script)], options);
}

const expectedFile = (script) => path(`data/${script.replace(/\.lua$/, ".out")}`);
const expectedLines = (script) => readFileSync(expectedFile(script), "utf8").split("\n").slice(0, -1);

if (process.env.CU_BLESS === "1") {
  for (const script of scripts("native")) writeFileSync(expectedFile(script), runNative(script));
}

const runs = [...scripts("native"), ...scripts("own")].flatMap((script) => [[script, script, undefined], [`${script}, with limits`, script, LIMITS]]);
for (const [name, script, limits] of runs) {
  test(name, async () => {
    const lines = await runModule(script, limits);
    const expected = expectedLines(script);
    const at = expected.findIndex((line, i) => line !== lines[i]);
    if (at >= 0) assert.fail(`${script}: line ${at + 1} of the output is\n  ${lines[at]}\nand not\n  ${expected[at]}`);
    assert.equal(lines.length, expected.length, `${script}: more lines than expected: ${lines[expected.length]}`);
  });
}

test(`there are at least ${LINES_MIN} lines to check`, () => {
  const count = [...scripts("native"), ...scripts("own")].reduce((sum, script) => sum + expectedLines(script).length, 0);
  assert.ok(count >= LINES_MIN, String(count));
});
