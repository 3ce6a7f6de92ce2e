/**
 * Out of memory where an instance begins, begins anew, is cleaned up, and ends. Each of these happens while the n-th request for memory and those
 * behind it fail, for every n (with CU_LONG=1; otherwise for one of PART): it is done or refused with a clear error, and what is in `_home` stays.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cu, CuClosedError, CuLoadError, CuTrapError, MemoryStore } from "../../js/dist/index.js";
import { randomFrom } from "../js/support.mjs";
import { Faults, instances, instrumented, isLong, watchInstances } from "./support.mjs";

const SEED = Number(process.env.CU_SEED ?? 20_240_607);
const PART = isLong ? 1 : 12;
const COUNTS = [1, 2, 0x7fffffff];

const module = await instrumented();
const random = randomFrom(SEED);
const create = (options = {}) => Cu.create({ wasm: module, seed: 1, now: 0, print: () => {}, ...options });

/** What is armed for the next instance, before anything is called in it. */
let armed;
watchInstances((instance) => {
  if (armed !== undefined) new Faults(instance).arm(armed.n, armed.count);
  armed = undefined;
});

const attempts = () => new Faults(instances[0]).attempts.value;

/** Calls `attempt(n, count)` for requests up to `requests`. */
async function forEach(requests, attempt) {
  assert.ok(requests > 0);
  for (const count of COUNTS) for (let n = 1 + random(PART); n <= requests; n += PART) await attempt(n, count);
}

const HOME = "_home.list = { 1, 2, { 'x' } } local n = 5 function _home.f() n = n + 1 return n end _home.meta = setmetatable({}, { __index = function(_, k) return k .. '!' end })";

test("an instance is made, or not at all: its store is free then", async () => {
  await (await create()).close();
  const store = new MemoryStore();
  let refused = 0;
  await forEach(attempts(), async (n, count) => {
    armed = { n, count };
    const cu = await create({ store }).catch((error) => error);
    new Faults(instances[0]).disarm();
    if (cu instanceof Cu) {
      assert.equal(cu.computeSync("return #('x'):rep(1000)"), 1_000);
      return cu.close();
    }
    assert.ok(cu instanceof CuLoadError && /could not make a Lua state/.test(cu.message), cu.stack);
    refused++;
    await (await create({ store })).close();
  });
  assert.ok(refused > 0);
});

test("a restart that fails can be tried again, on the same _home", async () => {
  const cu = await create();
  await cu.compute(HOME);
  await cu.restart();
  const list = cu.home.get("list");
  let refused = 0;
  await forEach(attempts(), async (n, count) => {
    armed = { n, count };
    const error = await cu.restart().then(() => undefined, (error) => error);
    new Faults(instances[0]).disarm();
    if (error !== undefined) {
      refused++;
      assert.ok(error instanceof CuLoadError && /could not make a Lua state/.test(error.message), error.stack);
      assert.throws(() => cu.computeSync("return 1"), CuTrapError);
      await cu.restart();
    }
    assert.deepEqual(await cu.computeAll("return #_home.list, _home.list[3][1], _home.f(), _home.meta.k"), [3, "x", 6, "k!"]);
    assert.equal(cu.home.get("list"), list);
    assert.equal(list.get(2), 2);
  });
  assert.ok(refused > 0);
  await cu.close();
});

/** Garbage of every kind: finalizers, cycles through both heaps, functions that JavaScript held, host objects. */
const GARBAGE = `
  for i = 1, 5 do setmetatable({}, { __gc = function() local t = { i .. "x" } _io.note = t[1] end }) end
  for i = 1, 20 do local t = ext.table() t.f = function() return t end end
  for i = 1, 10 do local x = _io.input[i] end
  local weak = setmetatable({}, { __mode = "kv" }) for i = 1, 20 do weak[{}] = {} end`;

for (const [name, use] of [["collectGarbage", (cu) => cu.collectGarbage()], ["close", (cu) => cu.close()]]) {
  test(`${name} needs no memory to do its work`, async () => {
    const prepared = async () => {
      const cu = await create();
      cu.setInput(Array.from({ length: 10 }, () => ({})));
      await cu.compute(HOME);
      await cu.compute(GARBAGE);
      const get = await cu.compute("local o = { v = 4 } o.f = function() return o end _io.slot = o _io.slot = nil return o.f");
      return { cu, get, faults: new Faults(instances[0]) };
    };
    const { cu, faults } = await prepared();
    const before = faults.attempts.value;
    await use(cu);
    await forEach(faults.attempts.value - before, async (n, count) => {
      const { cu, get, faults } = await prepared();
      faults.arm(n, count);
      await use(cu);
      faults.disarm();
      if (name === "close") return assert.throws(() => cu.computeSync("return 1"), CuClosedError);
      cu.collectGarbage();
      assert.equal(get().v, 4);
      assert.equal(get().f, get);
      get[Symbol.dispose]();
      cu.collectGarbage();
      assert.equal(cu.memory.tables, 0);
      assert.deepEqual(await cu.computeAll("return #_home.list, _home.f()"), [3, 6]);
      await cu.close();
    });
  });
}
