/** How many instances there can be: what is closed gives all back, also while somebody still holds it, and the engine's end has its error. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCu } from "./support.mjs";

/** Enough for Node and a few memories: V8 reserves more than 8 GiB of addresses for each. */
const ADDRESS_KIBIBYTES = 60_000_000;
const INSTANCES_MAX = 100;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** What becomes of an instance before it is closed. */
const LIVES = {
  "nothing was computed": async () => {},
  "it has computed": async ({ cu }) => { await cu.compute("local t = {} for i = 1, 100 do t[i] = {} end return #t"); },
  "a table of _home is still held": async ({ cu, held }) => {
    await cu.compute("_home.t = { 1, 2 } function _home.f() return _home.t end");
    held.push(cu.home, cu.home.get("t"));
  },
  "a function of Lua's is still held": async ({ cu, held }) => { held.push(await cu.compute("return function() return 1 end")); },
  "a limit ended it": async ({ cu }) => { await assert.rejects(cu.compute("while true do end", { maxInstructions: 1000 })); },
  "it was restarted": async ({ cu }) => { await cu.restart(); },
};

for (const [name, live] of Object.entries(LIVES)) {
  test(`closed, an instance lets go of its memory and its input: ${name}`, async () => {
    const held = [];
    const { memory, input } = await (async () => {
      const { cu } = await createCu();
      const given = { list: [1, 2, 3] };
      const references = { memory: new WeakRef(cu.exports.memory.buffer), input: new WeakRef(given) };
      cu.setInput(given);
      await cu.compute("local list <const> = _io.input.list return #list");
      await live({ cu, held });
      await cu.close();
      held.push(cu);
      return references;
    })();
    // What a WeakRef showed lives until the turn ends.
    await sleep(1);
    collect();
    assert.equal(memory.deref(), undefined, "the memory is still there");
    assert.equal(input.deref(), undefined, "the input is still there");
    assert.ok(held.length > 0);
  });
}

test("without room for another memory, Cu.create rejects with a CuEngineLimitError, and goes on when some are closed", () => {
  const program = `
    import { readFileSync } from "node:fs";
    import { Cu, CuEngineLimitError } from ${JSON.stringify(new URL("../../js/dist/index.js", import.meta.url).href)};
    const wasm = await WebAssembly.compile(readFileSync(${JSON.stringify(new URL("../../js/dist/cu.wasm", import.meta.url).pathname)}));
    const instances = [];
    async function fill() {
      try {
        while (instances.length < ${INSTANCES_MAX}) instances.push(await Cu.create({ wasm }));
      } catch (error) {
        return error instanceof CuEngineLimitError && error.name === "CuEngineLimitError" && /close\\(\\)/.test(error.message) && instances.length;
      }
    }
    const first = await fill();
    const sums = await Promise.all(instances.map((cu) => cu.compute("return 1 + 1")));
    const closed = instances.splice(0);
    for (const cu of closed) await cu.close();
    const second = await fill();
    console.log(JSON.stringify({ first, sums: sums.every((sum) => sum === 2), second, closed: closed.length }));`;
  const shell = `ulimit -v ${ADDRESS_KIBIBYTES} && exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", shell, process.execPath, program], { encoding: "utf8" });
  const { first, sums, second, closed } = JSON.parse(stdout || JSON.stringify({ stderr }));
  assert.ok(first > 1 && first < INSTANCES_MAX, stderr);
  assert.deepEqual({ sums, second, closed }, { sums: true, second: first, closed: first });
});
