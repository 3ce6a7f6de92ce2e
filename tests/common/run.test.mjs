// The common scripts on the JavaScript host: what NAME.lua prints must be NAME.out, exactly, on every host that has what
// docs/ABI.md asks for. tests/host runs the same scripts on a second host. Both provide:
//
//   _io.input          what input.json says
//   require "tools"    tools/tools.lua
//   require "host"     a table of the functions below
//
// Values in which hosts differ on purpose (docs/ABI.md leaves to them what an object of theirs can hold) do not occur: no integral float and no
// string that is not UTF-8 in an object of the host, no integer key beside its string. CU_BLESS=1 writes the .out files anew.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Cu } from "../../js/dist/index.js";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const read = (name) => readFileSync(path(name), "utf8");

/** What `require "host"` gives; `cu` tells the instance. */
function hostFunctions(cu) {
  let kept;
  return {
    id: (...args) => Cu.multi(...args),
    count: (...args) => args.length,
    many: (n) => Cu.multi(...Array.from({ length: n }, (_, i) => i + 1)),
    add: (a, b) => a + b,
    object: (n) => ({ n }),
    fail: (value) => {
      throw value;
    },
    reenter: (source, ...args) => cu().computeSync(source, { name: "inner", args }),
    call: (f, ...args) => Cu.multi(...f.all(...args)),
    path: (keys, ...args) => cu().callSync(keys, ...args),
    collect: () => cu().collectGarbage(),
    handles: () => cu().memory.handles,
    json: (value) => JSON.stringify(value),
    output: () => JSON.stringify(cu().getOutput()),
    keep: (value) => {
      kept = value;
    },
    kept: () => kept,
  };
}

async function printed(script) {
  const lines = [];
  let cu;
  const functions = hostFunctions(() => cu);
  const modules = { tools: read("tools/tools.lua"), host: () => functions };
  cu = await Cu.create({ print: (line) => lines.push(`${line}\n`), modules, seed: 1 });
  try {
    cu.setInput(JSON.parse(read("input.json")));
    await cu.compute(readFileSync(path(script)), { name: script });
  } finally {
    cu.close();
  }
  return lines.join("");
}

for (const script of readdirSync(path(".")).filter((name) => name.endsWith(".lua")).sort()) {
  test(script, async () => {
    const expected = path(script.replace(/\.lua$/, ".out"));
    const actual = await printed(script);
    if (process.env.CU_BLESS === "1") writeFileSync(expected, actual);
    assert.equal(actual, readFileSync(expected, "utf8"));
  });
}
