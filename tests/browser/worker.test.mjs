/** `CuWorker` in browsers: values and errors cross, deadlines and signals end what is stuck, and a new worker goes on with what was saved. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS, evaluate, launch, newProfile, TIMEOUT_MS } from "./browsers.mjs";
import { serve } from "./server.mjs";

/** What runs in a page goes there as its text, so that it can use nothing of this file. */
const CASES = [
  ["values, output and errors", async ({ CuWorker, LuaError }) => {
    const lines = [];
    const cu = await CuWorker.create({ print: (line) => lines.push(line) });
    const data = Float64Array.of(1, 2, 3);
    const results = await cu.computeAll("print('here') return #_io.input, _io.input[3], { a = { 1, 2 } }, tostring(bigint.new(2)^70)", { input: data, transfer: [data.buffer] });
    const error = await cu.compute("local t return t.x").catch((reason) => reason);
    await cu.close();
    return [lines, results, data.length, error instanceof LuaError, error.message];
  }, [["here"], [3, 3, { a: [1, 2] }, String(2n ** 70n)], 0, true, "compute:1: attempt to index a nil value (local 't')"]],
  ["deadlines: Lua keeps them, a function of the host cannot; a new worker has what was saved", async ({ CuWorker, IndexedDbStore, CuLimitError }) => {
    const worker = () => new Worker("/worker_with_functions.mjs", { type: "module" });
    const cu = await CuWorker.create({ worker, store: new IndexedDbStore("worker-test") });
    await cu.compute("_home.n = require('host').double(21) function _home.get() return _home.n end");
    await cu.saveState();
    await cu.compute("_home.n = 0");
    const failed = async (code, options) => cu.compute(code, options).catch((error) => [error instanceof CuLimitError, error.message]);
    const soft = await failed("while true do end", { timeoutMs: 50 });
    const kept = await cu.call("_home.get");
    const [hard, waiting] = await Promise.all([failed("require('host').stuck()", { timeoutMs: 50 }), cu.call("_home.get")]);
    await cu.close();
    return [soft, kept, hard, waiting];
  }, [[true, "time limit reached (50 ms)"], 0, [true, "time limit reached (50 ms): the worker was terminated, and what was not saved is lost"], 42]],
  ["a signal", async ({ CuWorker }) => {
    const cu = await CuWorker.create();
    const ended = await cu.compute("while true do end", { signal: AbortSignal.timeout(50) }).catch((error) => error.name);
    const after = await cu.compute("return 1");
    await cu.close();
    return [ended, after];
  }, ["TimeoutError", 1]],
  ["a script that is not there", async ({ CuWorker }) => {
    const error = await CuWorker.create({ worker: () => new Worker("/no_such_file.mjs", { type: "module" }) }).catch((reason) => reason);
    return [error.name, error.message.slice(0, 32)];
  }, ["CuLoadError", "the worker could not be started:"]],
  ["what cannot be cloned, in both directions", async ({ CuWorker }) => {
    const cu = await CuWorker.create();
    const refused = [await cu.setInput(() => 1).catch((error) => error.name), await cu.compute("return print").catch((error) => error.name)];
    const data = Uint8Array.of(1);
    await cu.setInput(data, { transfer: [data.buffer] });
    refused.push(await cu.setInput(data, { transfer: [data.buffer] }).catch((error) => error.name));
    await cu.terminate();
    return refused;
  }, ["TypeError", "TypeError", "TypeError"]],
];

let server;
before(async () => (server = await serve({ "/worker_with_functions.mjs": new URL("worker_with_functions.mjs", import.meta.url) })));
after(() => server?.close());

for (const name of BROWSERS) {
  describe(name, () => {
    let browser;
    let page;
    before(async () => {
      browser = await launch(name, newProfile(`${name}-worker`));
      page = await browser.newPage();
      await page.goto(server.address);
    });
    after(() => browser?.close());

    for (const [title, work, expected] of CASES) {
      test(title, { timeout: TIMEOUT_MS }, async () => {
        const run = `async (library) => (${work})({ ...library, ...(await import("/worker.js")) })`;
        assert.deepEqual(await evaluate(page, run), expected);
      });
    }
  });
}
