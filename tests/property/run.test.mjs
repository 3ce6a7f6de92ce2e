// Property test: random sequences of table operations on an external table and on a plain one, side by side in the module, and once more in
// native Lua, whose digests must be the same. `SEQUENCES` (environment) sets how many, `SEED` which.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Cu } from "../../js/dist/index.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const SOURCE = readFileSync(path("tables.lua"), "utf8");
const SEQUENCES = Number(process.env.SEQUENCES ?? 100_000);
const SEED = Number(process.env.SEED ?? 20261123);
console.log(`seed ${SEED}, ${SEQUENCES} sequences for each kind of table`);

/** Where the external table comes from, as Lua code that makes one, and whether it takes any key as Lua's own do. */
const KINDS = [
  { kind: "ext.table()", make: "return function() return ext.table() end", onlySequences: false },
  { kind: "a table of _home", make: "return function() _home.t = {} return _home.t end", onlySequences: false },
  { kind: "a table adopted by _home", make: "return function() local t = {} _home.t = t return t end", onlySequences: false },
  { kind: "an array of the host", make: "return function() local t = {} _io.output = t return t end", onlySequences: true },
  { kind: "ext.array()", make: "return function() return ext.array() end", onlySequences: true },
];

/** What native Lua prints. Its tables are both plain. */
function native(onlySequences) {
  const program = `assert(loadfile(arg[1]))(${SEED}, ${SEQUENCES}, function() return {} end, ${onlySequences})`;
  const file = path("../../target/oracles/property.lua");
  if (!existsSync(path("../../target/oracles/lua-glibc"))) {
    execFileSync(path("../differential/build-oracles"), { stdio: "ignore" });
  }
  execFileSync("sh", ["-c", 'printf %s "$1" > "$2"', "sh", program, file]);
  return execFileSync(path("../../target/oracles/lua-glibc"), [file, path("tables.lua")], { encoding: "utf8" }).trimEnd().split("\n");
}

const expected = new Map([false, true].map((onlySequences) => [onlySequences, native(onlySequences)]));

for (const { kind, make, onlySequences } of KINDS) {
  test(`${kind} behaves as a native table`, async () => {
    const lines = [];
    const cu = await Cu.create({ print: (line) => lines.push(line) });
    const maker = await cu.compute(make);
    await cu.compute(SOURCE, { name: "tables", args: [SEED, SEQUENCES, maker, onlySequences] });
    assert.deepEqual(lines, expected.get(onlySequences));
    cu.close();
  });
}
