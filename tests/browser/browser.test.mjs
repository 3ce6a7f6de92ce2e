/**
 * The host library in browsers, as a page loads it. What could end the process of the page ends in an error of Lua's: the limit is the
 * one that there is without the option.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS, evaluate, launch, newProfile, TIMEOUT_MS } from "./browsers.mjs";
import { serve } from "./server.mjs";

const FILLED_WITHOUT_END = [
  ["_home, with keys", "local i = 0 while true do i = i + 1 _home['key' .. i] = 'value ' .. i end"],
  ["_home, with tables", "local i = 0 while true do i = i + 1 _home[i] = { i, name = 'n' .. i } end"],
  ["_io.output, with numbers", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i] = i + 0.5 end"],
  ["_io.output, with tables", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i] = { i } end"],
];

const INSTANCES_MAX = 300;
const LONG = process.env.CU_LONG === "1";

let server;
before(async () => (server = await serve()));
after(() => server?.close());

for (const name of BROWSERS) {
  describe(name, () => {
    let browser;
    before(async () => (browser = await launch(name, newProfile(`${name}-pages`))));
    after(() => browser?.close());

    /** Each in a page of its own. */
    async function inPage(work, argument) {
      const page = await browser.newPage();
      try {
        await page.goto(server.address);
        return await evaluate(page, work, argument);
      } finally {
        await page.close();
      }
    }

    test("a page computes with tables of its own", async () => {
      const result = await inPage(async ({ Cu }) => {
        const cu = await Cu.create();
        cu.setInput({ list: [1, 2, 3], typed: Float64Array.of(0.5, 1.5) });
        await cu.compute("_home.sum = 0 for _, v in ipairs(_io.input.list) do _home.sum = _home.sum + v end _io.output = { typed = _io.input.typed[2] }");
        return { sum: cu.home.get("sum"), output: cu.getOutput() };
      });
      assert.deepEqual(result, { sum: 6, output: { typed: 1.5 } });
    });

    // Chromium ends at some 125 memories, Firefox beyond what is tried here.
    test("as many instances as the engine has room for, and as many again when those are closed", async () => {
      const { made, problem, again } = await inPage(async ({ Cu, CuEngineLimitError }, most) => {
        const wasm = await WebAssembly.compileStreaming(fetch("/cu.wasm"));
        let problem = "none";
        async function fill() {
          const instances = [];
          try {
            while (instances.length < most) instances.push(await Cu.create({ wasm }));
          } catch (error) {
            problem = error instanceof CuEngineLimitError ? error.name : String(error);
          }
          return instances;
        }
        const first = await fill();
        await first.at(-1).compute("return 1 + 1");
        for (const cu of first) await cu.close();
        const second = await fill();
        return { made: first.length, problem, again: second.length };
      }, INSTANCES_MAX);
      assert.equal(problem, made < INSTANCES_MAX ? "CuEngineLimitError" : "none");
      assert.ok(made >= 100, `only ${made} instances`);
      assert.equal(again, made);
    });

    test("Lua waits for what the page fetches, and for its timers", async () => {
      const result = await inPage(async ({ Cu }) => {
        const cu = await Cu.create();
        const input = {
          get: async (path) => { const response = await fetch(path); return Cu.multi(response.status, (await response.text()).length > 100); },
          sleep: (ms) => new Promise((resolve) => { setTimeout(resolve, ms); }),
          never: () => new Promise(() => {}),
        };
        const code = "local co = coroutine.wrap(function(...) _io.input.sleep(2) return _io.input.get(...) end) return co('/index.js')";
        const ended = await cu.request("_io.input.never()", { input, timeoutMs: 20 }).catch((error) => `${error.name}: ${error.message}`);
        const aborted = await cu.compute("_io.input.never()", { input, signal: AbortSignal.timeout(20) }).catch((error) => error.name);
        return [...await cu.computeAll(code, { input }), ended, aborted];
      });
      assert.deepEqual(result, [200, true, "CuLimitError: time limit reached (20 ms)", "TimeoutError"]);
    });

    // They take a minute in each browser, and what is tested is the library's own limit: Firefox has its turn with CU_LONG alone.
    for (const [what, code] of name === "chromium" || LONG ? FILLED_WITHOUT_END : []) {
      test(`filled without end: ${what}`, { timeout: TIMEOUT_MS }, async () => {
        const result = await inPage(async ({ Cu }, source) => {
          const cu = await Cu.create();
          const caught = await cu.computeAll(`local ok, e = pcall(function() ${source} end) return ok, e`);
          return [...caught, await cu.compute("return 1 + 1")];
        }, code);
        assert.deepEqual(result, [false, "compute:1: host memory limit reached (536870912 bytes)", 2]);
      });
    }
  });
}
