/**
 * What is garbage goes, in both heaps: functions of Lua in tables of `_home` that hold those very tables, tables that nothing reaches, values that
 * JavaScript let go of. What anything still reaches stays. With CU_LONG=1 the loops are as long as the promises are.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu } from "./support.mjs";

const LONG = process.env.CU_LONG === "1";
const ROUNDS = LONG ? 1_000_000 : 100_000;

/** What is there after a full collection. */
function counts(cu) {
  cu.collectGarbage();
  const { used, handles, tables } = cu.memory;
  return { used, handles, tables };
}

/** Runs `code` with `N` rounds twice; the second time nothing may have grown. */
function checkFlat(name, code, { rounds = ROUNDS, before = "" } = {}) {
  test(`${name}: ${rounds} rounds leave nothing`, { timeout: 600_000 }, async () => {
    const { cu } = await createCu();
    await cu.compute(before);
    const run = (n) => cu.compute(`local N <const> = ${n} ${code}`);
    await run(2_000);
    const first = counts(cu);
    await run(rounds);
    const last = counts(cu);
    assert.ok(last.used - first.used < 20_000, `heap: ${first.used}, then ${last.used}`);
    assert.deepEqual([last.handles, last.tables], [first.handles, first.tables]);
    cu.close();
  });
}

checkFlat("a function that holds its table, taken out of _home", "for i = 1, N do local o = {} function o.get() return o end _home.o = o; _home.o = nil end");
checkFlat("the same with a table inside that holds another",
  "for i = 1, N do local o = {} function o.get() return o end o.sub = {} function o.sub.get() return o end _home.o = o; _home.o = nil end");
checkFlat("never put into _home", "for i = 1, N do local o = ext.table() function o.get() return o end end");
checkFlat("tables that hold each other", "for i = 1, N do local a, b = ext.table(), ext.table() a.b, b.a = b, a function a.f() return b end function b.f() return a end end");
checkFlat("a table that holds itself as a key", "for i = 1, N do local a = ext.table() a[a] = 1 function a.f() return a end end");
checkFlat("overwritten", "for i = 1, N do local o = {} function o.get() return o end _home.o = o end");
checkFlat("a function overwritten by a number", "_home.list = {1} for i = 1, N do _home.list[1] = function() return i end _home.list[1] = i end");
checkFlat("a queue", "_home.head = {} local tail = _home.head for i = 1, N do local e = ext.table() function e.f() return e end tail.next = e tail = e _home.head = _home.head.next end");
checkFlat("functions as keys", "local keys = _home for i = 1, N do local f = function() return i end keys[f] = i if keys[f] ~= i then error() end keys[f] = nil end");
checkFlat("a function as a key of its own table", "for i = 1, N do local o = ext.table() o[function() return o end] = 1 end");
checkFlat("large functions", "for i = 1, N do local t, s = ext.table(), ('x'):rep(100) .. i function t.get() return s end end");

test("functions that _home reaches survive any number of collections", { timeout: 600_000 }, async () => {
  const { cu } = await createCu();
  const alive = await cu.compute(`
    _home.keep, _home.list = {}, {}
    for i = 1, 200 do
      local t = { inner = {} }
      function t.get() return t, i end
      function t.inner.get() return t.get end
      _home.keep[i] = t
      _home.list[i] = t.inner.get
    end
    for i = 1, ${ROUNDS / 10} do local o = {} function o.get() return o end _home.o = o end
    for i = 1, 200 do
      local t, n = _home.keep[i].get()
      if t ~= _home.keep[i] or n ~= i or _home.list[i]() ~= t.get or t.inner.get ~= _home.list[i] then return false end
    end
    return true`);
  assert.equal(alive, true);
  for (let i = 0; i < 10; i++) cu.collectGarbage();
  assert.equal(await cu.compute("for i = 1, 200 do assert(_home.list[i]()() == _home.keep[i]) end return true"), true);
  cu.close();
});

test("what Lua alone holds survives, with the functions that lead to it", async () => {
  const { cu } = await createCu();
  await cu.compute("held = ext.table() held.inner = {} held.inner.inner = {} function held.inner.inner.get() return held end");
  await cu.compute(`for i = 1, ${ROUNDS / 10} do local o = ext.table() function o.get() return o end end`);
  for (let i = 0; i < 5; i++) cu.collectGarbage();
  assert.equal(await cu.compute("return held.inner.inner.get() == held"), true);
  cu.close();
});

test("what a view of JavaScript's reaches survives, also after it left _home", async () => {
  const { cu } = await createCu();
  await cu.compute("_home.o = { inner = {} } function _home.o.inner.get() return 42 end");
  const view = cu.home.get("o");
  await cu.compute(`_home.o = nil for i = 1, ${ROUNDS / 10} do local o = ext.table() function o.get() return o end end`);
  for (let i = 0; i < 5; i++) cu.collectGarbage();
  assert.equal(view.get("inner").get("get")(), 42);
  cu.home.set("back", view);
  assert.equal(await cu.compute("return _home.back.inner.get()"), 42);
  cu.close();
});

test("a function that JavaScript holds survives its table, and goes back when it is released", async () => {
  if (Symbol.dispose === undefined) return;
  const { cu } = await createCu();
  const garbage = `for i = 1, ${ROUNDS / 10} do local o = ext.table() function o.get() return o end end`;
  await cu.compute(garbage);
  const before = counts(cu);
  await cu.compute("local o = ext.table() function o.get() return o end _home.o = o");
  const get = cu.home.get("o").get("get");
  assert.equal(get, cu.home.get("o").get("get"));
  await cu.compute(`_home.o = nil ${garbage}`);
  assert.equal(get().get("get"), get);
  get[Symbol.dispose]();
  assert.throws(() => get(), { name: "CuClosedError" });
  // The views that this made are held by nothing but this job.
  await new Promise((resolve) => setTimeout(resolve, 10));
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
  const after = counts(cu);
  assert.ok(after.used - before.used < 20_000, `heap: ${before.used}, then ${after.used}`);
  cu.close();
});

test("a function that JavaScript put into _home belongs to _home", async () => {
  const { cu } = await createCu();
  const f = await cu.compute("return function() return 7 end");
  cu.home.set("a", f);
  cu.home.set("b", { list: [f, f] });
  cu.home.get("b").delete("list");
  if (Symbol.dispose !== undefined) f[Symbol.dispose]();
  cu.collectGarbage();
  assert.equal(await cu.compute("return _home.a()"), 7);
  assert.equal(cu.home.get("a")(), 7);
  cu.close();
});

test("a loop over records that the host makes keeps neither memory's use growing", { timeout: 1_200_000 }, async () => {
  const { cu } = await createCu();
  const rounds = LONG ? 10_000_000 : 500_000;
  const input = { make: (v) => ({ v, inner: [v] }) };
  let most = 0;
  input.look = () => { most = Math.max(most, cu.memory.tables); };
  const run = (n) => cu.compute(`local make, look = _io.input.make, _io.input.look for i = 1, ${n} do local r = make(i) if r.v ~= i or r.inner[1] ~= i then error() end if i % 10000 == 0 then look() end end`, { input });
  await run(20_000);
  const first = counts(cu);
  await run(rounds);
  const last = counts(cu);
  assert.ok(most < 50_000, `${most} tables at once`);
  assert.ok(last.used - first.used < 20_000, `heap: ${first.used}, then ${last.used}`);
  assert.deepEqual([last.handles, last.tables], [first.handles, first.tables]);
  cu.close();
});

const [OPERATIONS, COMPUTATIONS] = LONG ? [10_000_000, 100_000] : [1_000_000, 10_000];
test(`${OPERATIONS} mixed operations and ${COMPUTATIONS} computations leave everything where it was`, { timeout: 1_200_000 }, async () => {
  const { cu } = await createCu();
  cu.setInput({ list: Array.from({ length: 1_000 }, (_, v) => ({ v })), map: new Map([["k", { v: 1 }]]), f: (x) => x, floats: new Float64Array(100), text: "text" });
  const mixed = `
    local input, t = _io.input, ext.table()
    for i = 1, N do
      local o = input.list[i % 1000 + 1]
      o.v = o.v + 1
      input.floats[i % 100 + 1] = i
      if input.map.k.v ~= 1 or input.text ~= "text" or input.f(i) ~= i then error() end
      t[i % 50] = { i } t["k" .. i % 50] = i
      _io.output = { i, { i } }
      if i % 10 == 0 then for k, v in pairs(input.map) do t.last = v and k end end
    end
    _io.output = nil`;
  const run = async (n, times) => {
    await cu.compute(mixed.replace("N", n));
    for (let i = 0; i < times; i++) await cu.compute("local a = ... return a, { a }, #_io.input.list", { args: [i] });
    return counts(cu);
  };
  const first = await run(20_000, 1_000);
  const last = await run(OPERATIONS / 10, COMPUTATIONS);
  assert.ok(last.used - first.used < 20_000, `heap: ${first.used}, then ${last.used}`);
  assert.deepEqual([last.handles, last.tables], [first.handles, first.tables]);
  cu.close();
});
