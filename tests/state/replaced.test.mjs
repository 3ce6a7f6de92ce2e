/**
 * What happens to a state when something else happens meanwhile: a load that fails, tables and functions that outlive what was replaced, upvalues
 * that cannot be kept for a while, pages that nothing needs. Each row ends with what another instance finds in the store.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { MemoryStore } from "../../js/dist/index.js";
import { create, reopen } from "./support.mjs";

const DIVIDED = "_home.t = ext.table() for i = 1, 50000 do _home.t[i] = i end for i = 1, 8000 do _home.t['k' .. i] = i end";

/** Title, Lua before each restart, save or load that is named between, Lua afterwards, and what it returns. */
const STORIES = [
  ["the entries before the last chunk were nil when it goes", ["_home.t = ext.table() for i = 1, 4097 do _home.t[i] = i end for i = 3000, 4096 do _home.t[i] = nil end", "save",
    "_home.t[4097] = nil", "save"], "return #_home.t, _home.t[2999]", [2999, 2999]],
  ["a table that only Lua has is saved again after a load", ["_home.a, _home.b = { 1, 2, 3 }, { 'b' }", "save", "kept = _home.a _home.a = nil", "save", "load", "_home.again = kept", "save"],
    "return #_home.again, _home.again[3], _home.b[1]", [3, 3, "b"]],
  ["a table that only Lua has is saved again after the state was cleared", ["_home.a, _home.b = { 1, 2, 3 }, { 'b' }", "save", "kept = _home.a _home.a = nil", "save", "clear",
    "_home.c = {} _home.again = kept", "save"], "return #_home.again, _home.again[3], _home.b[1]", [3, 3, "b"]],
  ["what holds a stale table is refused and nothing else is lost", ["_home.a = {} x = ext.table() x.ref = _home.a", "save", "load", "_home.x = x _home.n = 1",
    ["save", /_home\.x: it holds a stale table/], "_home.x = nil", "save"], "return _home.n, _home.x", [1, undefined]],
  ["a function outlives the one that it shares an upvalue with", ["local n = 5 function _home.f() n = n + 1 return n end x = ext.table() x.g = function() return n end", "save", "load",
    "_home.f() _home.g = x.g", "save"], "return _home.g(), _home.f()", [5, 7]],
  ["the same asleep", ["local n = 5 function _home.f() n = n + 1 return n end x = ext.table() x.g = function() return n end _home.x = x", "save", "_home.x = nil", "load again", "_home.g = x.g",
    "save"], "return _home.g()", [5]],
  ["a function whose upvalue is a coroutine for a while", ["local job = 5 function _home.f() return job end function _home.set(x) job = x end", "save", "_home.set(coroutine.create(print))",
    ["save", /upvalue 'job': a coroutine cannot be stored/], "restart", "_home.n = _home.f()", "save"], "return _home.n, _home.f()", [5, 5]],
  ["a function that is loaded shares an upvalue that is a coroutine", ["local job function _home.f() return type(job) end function _home.set(x) job = x end", "save", "load",
    "_home.set(coroutine.create(print)) _home.g = function() end assert(_home.f() == 'thread') _home.set(7)", "save"], "return _home.f()", ["number"]],
  ["a save that failed leaves a new function in an upvalue that sleeps, too", ["local a, b function _home.f() return a, b end function _home.get() return a end function _home.set(x, y) a, b = x, y end",
    "save", "load", "_home.set(function() return 7 end, coroutine.create(print))", ["save", /upvalue 'b': a coroutine/], "_home.set, _home.f = nil _home.n = 1", "save"],
  "return _home.n, _home.get()()", [1, 7]],
];

const DO = {
  save: (cu) => cu.saveState(),
  load: (cu) => cu.loadState(),
  clear: (cu) => cu.clearState(),
  restart: (cu) => cu.restart(),
  "load again": async (cu) => { await cu.saveState(); await cu.loadState(); },
};

for (const [title, steps, use, expected] of STORIES) {
  test(title, async () => {
    const store = new MemoryStore();
    const cu = await create({ store });
    for (const step of steps) {
      if (Array.isArray(step)) await assert.rejects(DO[step[0]](cu), step[1]);
      else await (DO[step]?.(cu) ?? cu.compute(step));
    }
    await cu.close();
    const again = await reopen(store);
    assert.deepEqual(await again.computeAll(use), expected);
    await again.close();
  });
}

/** What each of many functions that are loaded needs. */
const NEEDS = {
  "a function": "local function get() return i end _home[i] = function() return i, get() end",
  "a table and a function": "_home.data[i] = { i } local d = _home.data[i] local function get() return i end _home[i] = function() return d[1], get() end",
};

for (const [what, code] of Object.entries(NEEDS)) {
  test(`no function is put to sleep while others are loaded that need ${what}`, async () => {
    const store = new MemoryStore();
    let cu = await create({ store });
    await cu.compute(`_home.data = {} for i = 1, 4000 do ${code} end`);
    await cu.saveState();
    await cu.close();
    cu = await reopen(store);
    for (let round = 0; round < 3; round++) {
      assert.equal(await cu.compute("local n = 0 for i = 1, #_home do local a, b = _home[i]() if a == i and b == i then n = n + 1 end end return n"), 4000);
    }
    await cu.saveState();
    await cu.close();
  });
}

test("an import that fails leaves the pages and the account as they were", async () => {
  const other = await create();
  await other.compute(`_home.a = {} for i = 1, 20000 do _home.a[i] = ('x'):rep(20) .. i end ${DIVIDED}`);
  const bytes = other.exportState();
  const store = new MemoryStore();
  const cu = await create({ store, limits: { hostBytes: 2_200_000 } });
  await cu.compute(DIVIDED);
  await cu.saveState();
  for (let round = 0; round < 3; round++) assert.throws(() => cu.importState(bytes), /host memory limit reached/);
  await cu.compute("_home.n = 1");
  await cu.saveState();
  await cu.close();
  const again = await reopen(store);
  assert.deepEqual(await again.computeAll("return #_home.t, _home.t.k8000, _home.n"), [50000, 8000, 1]);
});

test("whatever the limit is, a state is replaced whole or not at all", async () => {
  const other = await create();
  await other.compute("_home.b = {} for i = 1, 100 do _home.b[i] = ('x'):rep(i) end");
  const bytes = other.exportState();
  const seen = { old: 0, new: 0 };
  for (let hostBytes = 15_000; hostBytes < 17_000; hostBytes += 64) {
    const cu = await create({ limits: { hostBytes } });
    await cu.compute("_home.old = { 1 }");
    let is = "new";
    try { cu.importState(bytes); } catch { is = "old"; }
    seen[is]++;
    assert.deepEqual(await cu.computeAll("return _home.old and #_home.old, _home.b and #_home.b"), is === "old" ? [1, undefined] : [undefined, 100]);
  }
  assert.ok(seen.old > 0 && seen.new > 0);
});

test("what is replaced makes room, also if it is counted meanwhile", async () => {
  const other = await create();
  await other.compute("_home.t = ext.table() for i = 1, 700000 do _home.t['x' .. i] = i end");
  const bytes = other.exportState();
  const cu = await create({ limits: { hostBytes: 80_000_000 } });
  await cu.compute("_home.t = ext.table() for i = 1, 300000 do _home.t['x' .. i] = i end");
  assert.deepEqual(cu.importState(bytes), { found: true, problems: [] });
});

test("pages of tables that only held themselves go with the next save after a load", async () => {
  const store = new MemoryStore();
  const sizes = [];
  for (let run = 0; run < 4; run++) {
    const cu = await reopen(store);
    await cu.compute("_home.t = ext.table() _home.t.self = _home.t for i = 1, 50000 do _home.t[i] = i end");
    await cu.saveState();
    await cu.close();
    const state = await store.open("home");
    sizes.push((await state.read()).size);
    await state.close();
  }
  assert.equal(sizes[3], sizes[1]);
});

test("a page may have the highest number that there is", async () => {
  const other = await create();
  await other.compute(DIVIDED);
  const cu = await create({ store: new MemoryStore() });
  cu.importState(renumbered(other.exportState(), 0xffff_ffff));
  await cu.saveState();
  await cu.compute(`_home.u = _home.t ${DIVIDED}`);
  await cu.saveState();
  assert.deepEqual(await cu.loadState(), { found: true, problems: [] });
  await cu.close();
});

/** A state whose last page has another number. */
function renumbered(bytes, number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let sum = 0;
  const seal = (at) => {
    view.setUint32(at + 4, crc32(bytes.subarray(at + 8, at + view.getUint32(at + 12, true))), true);
    return view.getUint32(at + 4, true);
  };
  const manifest = 20;
  for (let left = view.getUint32(8, true), at = 12; left > 0; left--) {
    const page = at + 8;
    if (left === 1) {
      view.setUint32(at, number, true);
      view.setUint32(page + 8, number, true);
    }
    if (page !== manifest) sum = (sum + (Math.imul(seal(page) ^ view.getUint32(page + 8, true), 0x9e3779b1) >>> 0)) >>> 0;
    at = page + view.getUint32(page + 12, true);
  }
  view.setUint32(manifest + 26, sum, true);
  seal(manifest);
  return bytes;
}

test("the same contents are the same bytes, however long a sequence was", async () => {
  const [a, b] = [await create(), await create()];
  const fields = "_home.t[1] = 1 for i = 1, 300 do _home.t['k' .. i] = ('x'):rep(10) .. i end";
  await a.compute(`_home.t = ext.table() for i = 1, 4096 do _home.t[i] = i end for i = 4096, 2, -1 do _home.t[i] = nil end ${fields}`);
  await b.compute(`_home.t = ext.table() ${fields}`);
  assert.deepEqual(a.exportState(), b.exportState());
});

test("a state is read and written by turns", async () => {
  const inner = new MemoryStore();
  let busy = 0;
  const alone = (work) => async (...args) => {
    assert.equal(busy++, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    try { return await work(...args); } finally { busy--; }
  };
  const open = async (name) => {
    const state = await inner.open(name);
    return { read: alone(() => state.read()), write: alone((...args) => state.write(...args)), close: () => state.close() };
  };
  const cu = await create({ store: { open, list: () => inner.list(), remove: (name) => inner.remove(name), close: () => inner.close() } });
  await cu.compute("_home.n = 1");
  await cu.saveState();
  const loading = cu.loadState();
  await new Promise((resolve) => setTimeout(resolve, 2));
  await cu.compute("_home.n = 2");
  await Promise.all([cu.saveState(), loading]);
  assert.equal(cu.home.get("n"), 2);
  await cu.close();
});

test("a load ends though the instance saves by itself all the time", async () => {
  const inner = new MemoryStore();
  const open = async (name) => {
    const state = await inner.open(name);
    const read = async () => { await new Promise((resolve) => setTimeout(resolve, 20)); return state.read(); };
    return { read, write: (...args) => state.write(...args), close: () => state.close() };
  };
  const store = { open, list: () => inner.list(), remove: (name) => inner.remove(name), close: () => inner.close() };
  const cu = await create({ store, autosave: { everyMs: 2 } });
  await cu.compute("_home.n = 1");
  await cu.saveState();
  assert.deepEqual(await cu.loadState(), { found: true, problems: [] });
  await cu.close();
});

test("a view of a state that was replaced does not disturb the count", async () => {
  const cu = await create({ store: new MemoryStore(), limits: { hostEntries: 40_000 } });
  await cu.compute("_home.t = {} x = ext.table() x.x = x");
  await cu.saveState();
  const view = cu.home.get("t");
  await cu.loadState();
  await cu.compute("for i = 1, 60000 do local t = ext.table() t.t = t if i % 1000 == 0 then collectgarbage() end end");
  await cu.compute("for i = 1, 2000 do _home[i] = {} end");
  await cu.saveState();
  assert.throws(() => view.size, /stale table/);
  await cu.close();
});

test("functions that are only looked for are not kept", async () => {
  const cu = await create();
  const used = [];
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 300; i++) {
      const fn = await cu.compute("local x = {} return function() return x end");
      assert.equal(cu.home.has(fn), false);
      fn[Symbol.dispose]();
    }
    cu.collectGarbage();
    used.push(cu.memory.used);
  }
  assert.equal(used[2], used[1]);
  await cu.close();
});

test("a library's function that is a key of JavaScript's is found by Lua", async () => {
  const cu = await create();
  cu.home.set(await cu.compute("return string.format"), 5);
  assert.equal(await cu.compute("return _home[string.format]"), 5);
  await cu.close();
});

test("closing frees the state also if a finalizer fails", async () => {
  const store = new MemoryStore();
  const cu = await create({ store, print: () => { throw new Error("no output"); } });
  await cu.compute("kept = setmetatable({}, { __gc = print })");
  assert.throws(() => cu.close(), /no output/);
  await (await store.open("home")).close();
});

for (const [autosave, message] of [
  [{ everyMs: Infinity }, /everyMs must be a positive number up to 2147483647/], [{ everyMs: 2 ** 31 }, /everyMs/], [{ everyMs: 9, onError: 3 }, /onError must be a function/],
]) {
  test(`refused: autosave ${JSON.stringify(autosave)}`, () => assert.rejects(create({ store: new MemoryStore(), autosave }), message));
}
