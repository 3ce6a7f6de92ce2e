/** What of `_home` comes back from a store or from bytes: all of it, in order, with Lua's types; and what a save writes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../../js/dist/index.js";
import { randomFrom } from "../js/support.mjs";
import { create, digest, isLong, reopen } from "./support.mjs";

const CONTENTS = {
  "nothing": "",
  "integers and floats": "_home.a = 3 _home.b = 3.0 _home.c = -0.0 _home.d = 0 _home.e = math.huge _home.f = -math.huge _home.g = 0/0 _home.h = 1e300 _home.i = 5e-324",
  "integers beyond 2^53": "_home.a = math.maxinteger _home.b = math.mininteger _home[math.maxinteger] = 1 _home.c = 2^53 _home.d = 1 << 53 _home.e = -(1 << 53) + 1",
  "bigints": "_home.a = bigint.new(2) ^ 300 _home.b = -_home.a _home.c = bigint.new(0) _home[bigint.new(7)] = 'seven' _home[bigint.new(2) ^ 70] = 'large'",
  "booleans and null": "_home.a = true _home.b = false _home[true] = 1 _home[false] = 2 _home.n = ext.null _home[ext.null] = 'null'",
  "1 and '1'": "_home[1] = 'number' _home['1'] = 'text' _home[2^53] = 'float key'",
  "text": "_home.empty = '' _home[''] = 'empty key' _home.nul = 'a\\0b' _home['\\0key'] = 1 _home['\\0bkey'] = 2 _home['\\0nkey'] = 3 _home.wide = 'αβγ 🜂' _home.lone = '\\u{D800}' _home.bom = '\\u{FEFF}x'",
  "bytes": "_home.b = '\\255\\254\\0' _home['\\200'] = 1 _home.long = ('\\128'):rep(70000) _home.text = ('é'):rep(50000)",
  "nested tables": "_home.t = { 1, 2, { x = { y = { z = 'deep' } } }, n = {} }",
  "shared tables and cycles": "local s = { v = 1 } _home.a = { s, s } _home.b = s s.self = s _home.me = _home",
  "tables as keys": "local k = { name = 'key' } _home.k = k _home[k] = 'by table'",
  "holes": "_home.t = { 1, nil, 3, nil, nil, 6 } _home.u = { n = 1, [1] = 'a', [3] = 'c', [4] = 'd' }",
  "a sequence that shrank": "_home.t = {} for i = 1, 10000 do _home.t[i] = i end for i = 10000, 5000, -1 do _home.t[i] = nil end",
  "order of insertion": "for _, k in ipairs { 'z', 'a', 'm', 'b' } do _home[k] = k end _home.a = nil _home.a = 'last' _home.z = 'still first'",
  "many numbers": "_home.t = {} for i = 1, 20000 do _home.t[i] = i / 3 end _home.u = {} for i = 1, 9000 do _home.u[i] = i end",
  "numbers of both types": "_home.t = {} for i = 1, 10000 do _home.t[i] = i % 7 == 0 and i / 2 or i end",
  "long strings in a sequence": "_home.t = {} for i = 1, 5000 do _home.t[i] = ('x'):rep(i % 300) .. i end",
  "many fields": "local t = {} _home.t = t for i = 1, 20000 do t['k' .. i] = i % 3 == 0 and ('v'):rep(20) .. i or i end",
  "many tables": "_home.t = {} for i = 1, 1200 do _home.t[i] = { id = i, tags = { 'a', 'b' } } end",
  "integer keys outside the sequence": "local t = {} _home.t = t for i = 100, 9000 do t[i] = i end t[-1] = 'minus' t[0] = 'zero' t[1.5] = 'half'",
};

for (const [name, code] of Object.entries(CONTENTS)) {
  test(`comes back: ${name}`, async () => {
    const store = new MemoryStore();
    const cu = await create({ store });
    await cu.compute(code);
    await cu.saveState();
    const expected = await digest(cu);
    const bytes = cu.exportState();
    await cu.close();
    const again = await reopen(store);
    assert.equal(await digest(again), expected);
    assert.deepEqual(again.exportState(), bytes);
    await again.close();
    const other = await create();
    other.importState(bytes);
    assert.equal(await digest(other), expected);
    assert.deepEqual(other.exportState(), bytes);
    await other.close();
  });
}

/** One random change of tables that have every kind of content, small and large. */
const CHANGES = [
  (r) => `_home.fields["k" .. ${r(3000)}] = ${r(1000)}`,
  (r) => `_home.fields["k" .. ${r(3000)}] = nil`,
  (r) => `local k = "k" .. ${r(3000)} _home.fields[k] = nil _home.fields[k] = "again ${r(99)}"`,
  (r) => `for i = ${r(2000)}, ${r(2000)} do _home.fields["k" .. i] = i % 9 == 0 and { i } or "v" .. i end`,
  (r) => `_home.list[#_home.list + 1] = ${r(2) ? "'text'" : r(1000)}`,
  (r) => `for i = 1, ${r(3000)} do _home.list[#_home.list + 1] = i ${r(2) ? "/ 3" : ""} end`,
  (r) => `for i = 1, ${r(3000)} do _home.list[#_home.list] = nil end`,
  (r) => `local t = _home.list if #t > 0 then t[${r(20000)} % #t + 1] = ${["nil", "'x'", "{}", "1.5", "7"][r(5)]} end`,
  (r) => `_home.list[#_home.list + 1 + ${r(5)}] = "beyond"`,
  (r) => `_home["t" .. ${r(50)}] = { ${r(100)}, { n = ${r(9)} }, name = "t" }`,
  (r) => `_home["t" .. ${r(50)}] = nil`,
  (r) => `local a, b = _home["t" .. ${r(50)}], _home["t" .. ${r(50)}] if a and b then a.other = b b.back = a end`,
  (r) => `_home.big["n" .. ${r(40)}] = bigint.new(${r(1e9)}) ^ ${r(40) + 1}`,
  (r) => `for i = 1, ${r(400)} do _home.many[i] = { i, at = ${r(100)} } end`,
  (r) => `_home.many = {}`,
  (r) => `_home.text[${r(20) + 1}] = ("z"):rep(${r(30000)})`,
];

test("random changes, saves and restarts", async () => {
  const seed = 20261126;
  const rounds = isLong ? 2_000 : 60;
  console.log(`seed ${seed}, ${rounds} rounds`);
  const random = randomFrom(seed);
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("_home.fields = {} _home.list = {} _home.big = {} _home.many = {} _home.text = {} for i = 1, 2500 do _home.fields['k' .. i] = i end");
  for (let round = 0; round < rounds; round++) {
    const changes = Array.from({ length: 1 + random(12) }, () => `do ${CHANGES[random(CHANGES.length)](random)} end`);
    await cu.compute(changes.join("\n"));
    if (random(3) > 0) continue;
    await cu.saveState();
    if (random(2) > 0) continue;
    const expected = await digest(cu);
    const bytes = cu.exportState();
    await cu.close();
    cu = await reopen(store);
    assert.equal(await digest(cu), expected, `round ${round}`);
    assert.deepEqual(cu.exportState(), bytes, `round ${round}`);
  }
  await cu.close();
});

test("a change that was changed again may name a table that is gone", async () => {
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("local t = {} _home.t = t for i = 1, 3000 do t['k' .. i] = i end t.base = { 1 }");
  await cu.saveState();
  for (const change of ["_home.t.k1 = { 'gone' } _home.t[{ 'key' }] = 1", "_home.t.k1 = 2 _home.t.base = nil for k in pairs(_home.t) do if type(k) == 'table' then _home.t[k] = nil end end collectgarbage()"]) {
    await cu.compute(change);
    cu.collectGarbage();
    await cu.saveState();
  }
  for (let round = 0; round < 40; round++) {
    const expected = await digest(cu);
    await cu.close();
    cu = await reopen(store);
    assert.equal(await digest(cu), expected);
    await cu.compute(`_home.t.k2 = ${round} _home["small" .. ${round}] = { ${round} }`);
    await cu.saveState();
  }
  await cu.close();
});

/** A store that tells what is written, and can be made to fail. */
class Watched {
  constructor() {
    this.inner = new MemoryStore();
    this.writes = [];
    this.failures = 0;
  }

  async open(name) {
    const opened = await this.inner.open(name);
    return {
      read: () => opened.read(),
      close: () => opened.close(),
      write: async (change, durability) => {
        if (this.failures > 0) {
          this.failures--;
          throw new Error("no room");
        }
        const bytes = [...change.put.values()].reduce((sum, page) => sum + page.length, 0);
        this.writes.push({ pages: change.put.size, bytes, removed: change.remove === "all" ? "all" : change.remove.length, durability });
        return opened.write(change, durability);
      },
    };
  }
}

/** What is there, one change, and the most bytes that its save may write. */
const COSTS = [
  ["one of many numbers", "_home.t = {} for i = 1, 200000 do _home.t[i] = i / 3 end", "_home.t[777] = 1", 40_000],
  ["one of many fields", "local t = {} _home.t = t for i = 1, 8000 do t['k' .. i] = i end", "_home.t.k777 = 1", 1_000],
  ["one of many tables", "_home.t = {} for i = 1, 20000 do _home.t[i] = { i } end", "_home.t[777].x = 1", 1_000],
  ["one of many strings", "_home.t = {} for i = 1, 20000 do _home.t[i] = 'text ' .. i end", "_home.t[777] = 'x'", 140_000],
  ["nothing", "_home.t = { 1 }", "local x = _home.t[1]", 0],
];

for (const [name, fill, change, most] of COSTS) {
  test(`a save costs what changed: ${name}`, async () => {
    const store = new Watched();
    const cu = await create({ store });
    await cu.compute(fill);
    await cu.saveState();
    store.writes = [];
    await cu.compute(change);
    await cu.saveState();
    const bytes = store.writes.reduce((sum, write) => sum + write.bytes, 0);
    assert.ok(bytes <= most, `${bytes} bytes were written`);
    assert.ok(most === 0 || bytes > 0);
    await cu.close();
  });
}

test("what a store could not write goes with the next save", async () => {
  const store = new Watched();
  let cu = await create({ store });
  await cu.compute("_home.t = {} for i = 1, 2000 do _home.t[i] = { i } end");
  store.failures = 1;
  await assert.rejects(cu.saveState(), /no room/);
  await cu.compute("_home.t[5] = 'changed' _home.u = { 1 }");
  store.failures = 1;
  // Two saves at once, the first of which fails.
  const first = cu.saveState();
  await cu.compute("_home.v = { 2 } _home.u = nil");
  const second = cu.saveState();
  await assert.rejects(first, /no room/);
  await second;
  const expected = await digest(cu);
  await cu.close();
  cu = await reopen(store);
  assert.equal(await digest(cu), expected);
  await cu.close();
});

test("a snapshot is taken at once", async () => {
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("_home.n = 1 _home.t = { 1 }");
  const saving = cu.saveState();
  await cu.compute("_home.n = 2 _home.t[1] = 2");
  await saving;
  await cu.close();
  cu = await reopen(store);
  assert.deepEqual([cu.home.get("n"), cu.home.get("t").get(1)], [1, 1]);
  await cu.close();
});

test("rounds of making and dropping tables leave the store's size bounded", async () => {
  const rounds = isLong ? 1_000_000 : 60_000;
  const each = 100;
  const store = new MemoryStore();
  const cu = await create({ store });
  let most = 0;
  for (let round = 0; round < rounds; round += each) {
    await cu.compute(`for i = 1, ${each} do
      local a, b = { i, 'text' }, { i }
      _home["t" .. i % 17] = a
      _home["c" .. i % 13] = b
      if i % 2 == 0 then b.self = b a.b = b b.a = a end
      if i % 5 == 0 then _home["t" .. i % 17] = nil end
    end`);
    await cu.saveState();
    let bytes = 0;
    for (const page of store.states.get("home").values()) bytes += page.length;
    most = Math.max(most, bytes);
  }
  console.log(`${rounds} rounds: at most ${most} bytes in ${store.states.get("home").size} pages at the end, ${cu.memory.tables} tables known`);
  assert.ok(most < 400_000, `${most} bytes`);
  await cu.close();
});

/** Calls that cannot be, and what is said of them. */
const REFUSED = [
  ["a save without a store", async () => (await create()).saveState(), /this instance has no store/],
  ["a load without a store", async () => (await create()).loadState(), /this instance has no store/],
  ["a state without a store", async () => create({ state: "x" }), /need a store/],
  ["an unknown durability", async () => create({ store: new MemoryStore(), durability: "often" }), /durability must be/],
  ["an autosave without a time", async () => create({ store: new MemoryStore(), autosave: {} }), /everyMs must be/],
  ["a key that is too short", async () => create({ stateKey: new Uint8Array(15) }), /stateKey must be a Uint8Array of at least 16 bytes/],
  ["a store that is none", async () => create({ store: {} }), /store must be a store/],
  ["a save over a state that was not loaded", async () => {
    const store = new MemoryStore();
    const first = await create({ store });
    await first.compute("_home.x = 1");
    await first.saveState();
    await first.close();
    return (await create({ store })).saveState();
  }, /holds a state that was not loaded/],
  ["a state that is open already", async () => {
    const store = new MemoryStore();
    await create({ store });
    return create({ store });
  }, /open/],
  ["bytes that are no state", async () => (await create()).importState(new Uint8Array(100)), /not a state of Cu/],
  ["no bytes", async () => (await create()).importState(new Uint8Array(0)), /not a state of Cu/],
  ["text for bytes", async () => (await create()).importState("text"), /must be a Uint8Array/],
  ["another version", async () => {
    const cu = await create();
    const bytes = cu.exportState();
    bytes[7] = 9;
    return cu.importState(bytes);
  }, /version 9 of the format/],
  ["a load while computing", async () => {
    const cu = await create();
    const bytes = cu.exportState();
    cu.setInput({ load: () => cu.importState(bytes) });
    return cu.compute("_io.input.load()");
  }, /cannot replace _home while the instance is computing/],
];

for (const [name, work, message] of REFUSED) test(`refused: ${name}`, () => assert.rejects(work, message));

test("tables of a state that was replaced are stale", async () => {
  const store = new MemoryStore();
  const cu = await create({ store });
  await cu.compute("_home.t = { 1, { 2 } } kept = _home.t root = _home");
  await cu.saveState();
  const view = cu.home.get("t");
  const { home } = cu;
  assert.deepEqual(await cu.loadState(), { found: true, problems: [] });
  assert.throws(() => view.get(1), /stale table/);
  assert.equal(home.get("t").get(1), 1);
  assert.equal(cu.home, home);
  assert.deepEqual(await cu.computeAll("return pcall(function() return kept[1] end)"), [false, "compute:1: stale table"]);
  assert.deepEqual(await cu.computeAll("return root == _home, root.t[2][1]"), [true, 2]);
  await cu.compute("kept, root = nil collectgarbage()");
  await cu.close();
});

test("states with a key are authenticated", async () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const other = key.map((byte) => byte + 1);
  const store = new MemoryStore();
  let cu = await create({ store, stateKey: key });
  await cu.compute("_home.t = {} for i = 1, 9000 do _home.t[i] = i end function _home.f() return 'f' end");
  await cu.saveState();
  const bytes = cu.exportState();
  await cu.close();
  cu = await create({ store, stateKey: other });
  await assert.rejects(cu.loadState(), { name: "StateFormatError", message: /page 0 of the state was not written with this key/ });
  assert.throws(() => cu.importState(bytes), /was not written with this key/);
  await cu.close();
  cu = await reopen(store, { stateKey: key });
  assert.deepEqual(cu.exportState(), bytes);
  assert.equal(await cu.call("_home.f"), "f");
  await cu.close();
  // Who has no key can read it all the same, but what he writes is refused.
  cu = await reopen(store);
  await cu.compute("_home.forged = true");
  const forged = cu.exportState();
  await cu.close();
  cu = await create({ stateKey: key });
  assert.throws(() => cu.importState(forged), /was not written with this key/);
  cu.importState(bytes);
  await cu.close();
});

test("clearState empties the store, and the next save writes everything", async () => {
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("_home.t = { 1 }");
  await cu.saveState();
  await cu.clearState();
  assert.deepEqual(await store.list(), []);
  assert.equal(cu.home.get("t").get(1), 1);
  await cu.saveState();
  await cu.close();
  cu = await reopen(store);
  assert.equal(cu.home.get("t").get(1), 1);
  await cu.close();
});

test("an instance saves by itself", async () => {
  const store = new MemoryStore();
  let cu = await create({ store, autosave: { everyMs: 5 } });
  await cu.compute("_home.n = 7");
  for (let waited = 0; (await store.list()).length === 0 && waited < 400; waited++) await new Promise((resolve) => setTimeout(resolve, 5));
  await cu.close();
  cu = await reopen(store);
  assert.equal(cu.home.get("n"), 7);
  await cu.close();
});
