/**
 * Out of memory everywhere: each program of the corpus is run again and again, each time with another allocation failing. Whatever fails, the program ends as it should or with "not enough
 * memory", nothing traps, nothing is half done, and behind it the same instance runs the program as before and its memory, handles and tables are what they were.
 *
 * The n-th request fails alone (Lua's emergency collection then mends it), with the one behind it (so the second attempt fails as well, and what handles the error has memory again), or with all
 * behind it. With CU_LONG=1 that is done for every n, otherwise for a seeded part of them.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { inspect } from "node:util";
import { Cu, CuTrapError } from "../../js/dist/index.js";
import { CORPUS } from "./corpus.mjs";
import { Faults, generator, instances, instrumented, isLong } from "./support.mjs";

const SEED = 20_240_607;
/** One n of so many is tried, beginning at a random one. */
const PART = isLong ? 1 : 16;
const MODES = [["one", 1], ["two", 2], ["all", 0x7fffffff]];
/** Runs before the first measurement, in which caches fill. */
const WARM_UP = 4;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");
const module = await instrumented();
const random = generator(SEED);

const outcomes = { same: 0, memory: 0, other: new Map() };

async function instanceOf(row) {
  const options = typeof row.options === "function" ? row.options() : row.options;
  const cu = await Cu.create({ wasm: module, seed: 1, now: 0, print: () => {}, ...options });
  return { cu, faults: new Faults(instances[0]) };
}

const apply = (cu, code) => (typeof code === "string" ? cu.computeSync(code) : code?.(cu));
const run = async (cu, row) => (typeof row.run === "string" ? cu.computeAll(row.run) : row.run(cu));
const reset = (cu, row) => {
  apply(cu, row.reset);
  cu.clearIo();
  if (row.input !== undefined) cu.setInput(row.input());
};
const shown = (value) => inspect(value, { depth: 6 });

async function cleanRun(cu, row) {
  reset(cu, row);
  return shown(await run(cu, row));
}

/** What is in use when all garbage is gone. */
function settle(cu) {
  for (let round = 0; round < 2; round++) cu.collectGarbage();
  const { used, handles, tables } = cu.memory;
  return { used, handles, tables };
}

for (const row of CORPUS) {
  test(`every allocation fails: ${row.name}`, async () => {
    const { cu, faults } = await instanceOf(row);
    apply(cu, row.prepare);
    let expected;
    for (let i = 0; i < WARM_UP; i++) expected = await cleanRun(cu, row);
    reset(cu, row);
    const before = row.state && shown(cu.computeSync(row.state));
    await run(cu, row);
    const after = row.state && shown(cu.computeSync(row.state));
    for (let i = 0; i < 3; i++) {
      await cleanRun(cu, row);
      gc();
      await new Promise(setImmediate);
      settle(cu);
    }
    let baseline = settle(cu);
    reset(cu, row);
    const start = faults.attempts.value;
    await run(cu, row);
    const requests = faults.attempts.value - start;
    assert.ok(requests > 0);
    let tried = 0, rounds = 0;
    for (const [mode, count] of MODES) {
      for (let n = 1 + random(PART); n <= requests; n += PART) {
        tried++;
        const what = `request ${n} of ${requests}, ${mode}`;
        reset(cu, row);
        faults.arm(n, count);
        let result, failure;
        try { result = shown(await run(cu, row)); } catch (error) { failure = error; }
        faults.disarm();
        if (failure instanceof CuTrapError) assert.fail(`${what}: ${failure.stack}`);
        if (failure) { if (!/not enough memory|too many results|stack overflow/.test(failure.message)) outcomes.other.set(`${row.name}: ${failure}`, what); }
        else if (result !== expected && !/not enough memory/.test(result)) outcomes.other.set(`${row.name}: ${result}\n    ${expected}`, what);
        if (row.state) { const now = shown(cu.computeSync(row.state)); if (now !== before && now !== after) outcomes.other.set(`${row.name}: state ${now} ${before} ${after}`, what); }
        const again = await cleanRun(cu, row);
        if (again !== expected) { outcomes.other.set(`${row.name}: AGAIN ${again}\n    ${expected}`, what); }
        let now = settle(cu);
        for (let i = 0; i < 6 && shown(now) !== shown(baseline); i++) {
          gc();
          await new Promise(setImmediate);
          await cleanRun(cu, row);
          now = settle(cu);
          if (now.used < baseline.used) baseline.used = now.used;
          rounds++;
        }
        if (shown(now) !== shown(baseline)) { outcomes.other.set(`${row.name}: memory ${shown(baseline)} → ${shown(now)}`, what); baseline = now; }
      }
    }
    console.log(row.name, requests, tried, rounds);
    await cu.close();
  });
}
test("outcomes", () => { for (const [k, v] of outcomes.other) console.log("!!", v, k); });
