/**
 * Traversals that the host goes through some entries ahead of: nobody may notice. Each loop is long enough for that, and each row changes
 * something in its midst.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, createCu } from "./support.mjs";

const COUNT = 300;
const names = Array.from({ length: COUNT }, (_, i) => `k${i + 1}`);
const fields = (value = (i) => i + 1) => Object.fromEntries(names.map((name, i) => [name, value(i)]));
const list = () => Array.from({ length: COUNT }, (_, i) => i + 1);
const SUM = (COUNT * (COUNT + 1)) / 2;

/** What has `COUNT` entries with the values 1 to `COUNT`; `key` makes the key of the entry with a value. */
const TABLES = [
  ["an object", "k", fields],
  ["an array", "i", list],
  ["a Float64Array", "i", () => Float64Array.from(list())],
  ["an Int32Array", "i", () => Int32Array.from(list())],
  ["a Map", "k", () => new Map(Object.entries(fields()))],
];

const START = "local t, n, s = _io.input.t, 0, 0 local function key(i) return _io.input.isIndex and i or 'k' .. i end ";

/** `[name, code, results]`; the code runs on each of the tables. */
const ROWS = [
  ["all, in order", "for k, v in pairs(t) do n = n + 1 assert(k == key(n) and v == n) s = s + v end return n, s // 1 | 0", [COUNT, SUM]],
  ["an entry that is changed before its turn", "for k, v in pairs(t) do n = n + 1 if v == 40 then t[key(45)] = 1045 end s = s + v end return n, s // 1 | 0", [COUNT, SUM + 1000]],
  ["by a function of the host", "for k, v in pairs(t) do n = n + 1 if v == 40 then _io.input.change(45, 1045) end s = s + v end return n, s // 1 | 0", [COUNT, SUM + 1000]],
  ["by another name of the same table", "local u = _io.input.again for k, v in pairs(t) do if v == 40 then u[key(45)] = 1045 end s = s + v end return s // 1 | 0", [SUM + 1000]],
  ["by a finalizer", `for k, v in pairs(t) do if v == 40 then setmetatable({}, { __gc = function() t[key(45)] = 1045 end }) collectgarbage() end
    s = s + v end return s // 1 | 0`, [SUM + 1000]],
  ["by a coroutine", "local c = coroutine.wrap(function() t[key(45)] = 1045 end) for k, v in pairs(t) do if v == 40 then c() end s = s + v end return s // 1 | 0", [SUM + 1000]],
  ["each before its turn", "for k, v in pairs(t) do if k ~= key(300) then n = n + 1 t[key(n + 1)] = v + 2 end s = s + v end return s // 1 | 0", [COUNT * COUNT]],
  ["a loop that ends early, and another", "for k, v in pairs(t) do if v == 50 then break end end for k, v in pairs(t) do s = s + v end return s // 1 | 0", [SUM]],
  ["on from where one ended", "local last for k, v in pairs(t) do last = k if v == 50 then break end end for k, v in next, t, last do s = s + v end return s // 1 | 0", [SUM - 1275]],
  ["on from the key before", `local before, last for k, v in pairs(t) do before, last = last, k if v == 50 then break end end
    for k, v in next, t, before do s = s + v end return s // 1 | 0`, [SUM - 1225]],
  ["one within another", "for k, v in pairs(t) do if v % 100 == 7 then for k2, v2 in pairs(t) do n = n + 1 end end s = s + v end return n, s // 1 | 0", [3 * COUNT, SUM]],
  ["two by turns", "local a, b repeat a, b = next(t, a), next(t, b) n = n + 1 assert(a == b) until a == nil return n", [COUNT + 1]],
  ["two by turns, one ahead", `local a, b = (next(t)) repeat a, b = next(t, a), next(t, b) n = n + 1 until a == nil return n`, [COUNT]],
  ["another table's in between", "for k, v in pairs(t) do if v == 30 then for _ in pairs(_io.input.other) do n = n + 1 end end s = s + v end return n, s // 1 | 0", [COUNT, SUM]],
  ["what a loop sees of the buffer's other uses", "for k, v in pairs(t) do if v % 50 == 0 then local x = _io.input.text assert(#x == 1000) end s = s + v end return s // 1 | 0", [SUM]],
  ["an error of a value that cannot be passed", "for k, v in pairs(t) do if v == 30 then assert(not pcall(_io.input.change, coroutine.create(print))) end s = s + v end return s // 1 | 0", [SUM]],
  ["in a coroutine of its own", "local c = coroutine.wrap(function() for k, v in pairs(t) do coroutine.yield(v) end end) for v in c do s = s + v end return s // 1 | 0", [SUM]],
  ["with print", "for k, v in pairs(t) do if v % 64 == 0 then print(v // 1 | 0) end s = s + v end return s // 1 | 0", [SUM]],
];

for (const [table, kind, make] of TABLES) {
  checkRows(ROWS.map(([name, code, expected]) => [`${table}: ${name}`, START + code, expected, () => ({ input: input(kind, make()) })]));
}

function input(kind, t) {
  const isIndex = kind === "i";
  const change = (i, value) => {
    if (t instanceof Map) t.set(`k${i}`, value);
    else t[isIndex ? i - 1 : `k${i}`] = value;
  };
  return { t, again: t, isIndex, change, other: fields(), text: "x".repeat(1000) };
}

const removals = "local t, n = _io.input, 0 for k, v in pairs(t) do n = n + 1 if n == 30 then for i = 31, 299 do t['k' .. i] = nil end end end return n";
const throwing = () => Object.defineProperty(fields(), "k40", { enumerable: true, get() { throw new Error("no 40"); } });
const mixed = () => fields((i) => [i, `text ${i}`, true, null, { i }, (x) => x, 10n ** 30n, "é".repeat(500)][i % 8]);

checkRows([
  ["entries removed before their turn", removals, [31], () => ({ input: fields() })],
  ["the same in a Map", removals, [31], () => ({ input: new Map(Object.entries(fields())) })],
  ["a removed one is not inherited", "local n = 0 for k in pairs(_io.input) do n = n + 1 if n == 20 then _io.input.valueOf = nil end end return n", [COUNT],
    () => ({ input: { ...fields(), valueOf: 1 } })],
  ["a getter that throws, when its turn comes", "local n = 0 local ok, e = pcall(function() for k in pairs(_io.input) do n = n + 1 end end) return ok, n, e.message", [false, 39, "no 40"],
    () => ({ input: throwing() })],
  ["values of every kind", `local kinds, n = {}, 0 for k, v in pairs(_io.input) do n = n + 1 kinds[math.type(v) or type(v)] = (kinds[math.type(v) or type(v)] or 0) + 1 end
    return n, kinds.integer, kinds.string, kinds.boolean, kinds.table, kinds["function"], kinds.userdata`, [262, 38, 75, 38, 37, 37, 37], () => ({ input: mixed() })],
  ["texts", "local n = 0 for k, v in pairs(_io.input) do assert(v == k .. 'é') n = n + 1 end return n", [COUNT], () => ({ input: fields((i) => `k${i + 1}é`) })],
  ["long names", "local n = 0 for k, v in pairs(_io.input) do assert(#k == 150 + #tostring(v)) n = n + 1 end return n", [COUNT],
    () => ({ input: Object.fromEntries(list().map((i) => ["n".repeat(150) + i, i])) })],
  ["holes", "local n, s = 0, 0 for k, v in pairs(_io.input) do n, s = n + 1, s + k end return n, s", [100, 14_950],
    () => ({ input: list().map((i) => (i % 3 === 1 ? i : undefined)) })],
  ["an array that ends early meanwhile", "local n = 0 for k in pairs(_io.input) do n = n + 1 if n == 30 then for i = 300, 41, -1 do _io.input[i] = nil end end end return n", [40],
    () => ({ input: list() })],
]);

/** A getter under the key k15 of an object, which does something to traversals when it is read ahead of its turn. */
const withGetter = (code) => () => {
  const t = fields();
  const other = fields((i) => -i - 1);
  const input = { t, other, act: undefined };
  Object.defineProperty(t, "k15", { enumerable: true, get: () => { once(); return 15; } });
  const once = () => {
    const { act } = input;
    input.act = undefined;
    act?.();
    input.act = act;
  };
  return { input, args: [code] };
};
const underGetter = `local t, s, n = _io.input.t, 0, 0 _io.input.act = load("local t, o = _io.input.t, _io.input.other " .. ...)
  for k, v in pairs(t) do n = n + 1 assert(k == "k" .. n and v == n) s = s + v end return n, s`;

checkRows([
  "for _ in pairs(o) do end",
  "for _ in pairs(t) do end",
  "next(t)",
  "next(t, 'k14')",
  "next(t, 'k5')",
  "next(t, next(t, 'k14'))",
  "for i = 1, 6 do for _ in pairs(o) do break end for _ in pairs(t) do break end end",
  "t.k16 = 16 t.k1 = 1",
].map((code) => [`a getter that traverses: ${code}`, underGetter, [COUNT, SUM], withGetter(code)]));

const grow = () => {
  const t = fields();
  return { input: { t, other: fields(), grow: () => { for (let i = 1; i <= 10; i++) t[`new${i}`] = i; } } };
};
const left = "local t, o, n, m = _io.input.t, _io.input.other, 0, 0 for k in pairs(t) do n = n + 1 if n == 25 then break end end";
const polluted = "local t, n = _io.input.t, 0 for k, v in pairs(t) do n = n + 1 if n == 20 then t.late = nil end assert(k ~= 'late') end return n";
const ownLength = (array) => () => ({ input: Object.defineProperty(array, "length", { value: 100 }) });
const count = "local n = 0 for _ in pairs(_io.input) do n = n + 1 end return n";

checkRows([
  ["a getter that traverses what it belongs to, and so itself", "local t = _io.input.t _io.input.act = function() for _ in pairs(t) do end end return pcall(next, t, 'k14')",
    [false, "C stack overflow"], () => {
      const t = fields();
      const input = { t, act: undefined };
      Object.defineProperty(t, "k15", { enumerable: true, get: () => input.act() });
      return { input };
    }],
  ["a loop does not go on with the keys of one that was left", `${left} _io.input.grow() for k in pairs(t) do m = m + 1 if m == 30 then for _ in pairs(o) do end end end return m`, [COUNT + 10], grow],
  ["a removed key goes on, whatever was asked for in between",
    "local t, k = _io.input.t for i = 1, 10 do k = next(t, k) end t[k] = nil local _ = next(t, 'k15') return next(t, k)", ["k11", 11], grow],
  ["a removed key, and a loop in a loop in a loop", `local t, o, n = _io.input.t, _io.input.other, 0 for k, v in pairs(t) do n = n + 1
    if v == 10 then t[k] = nil for k2 in pairs(t) do for _ in pairs(o) do break end end end end return n`, [COUNT], grow],
  ["a typed array with a length of its own", count, [8], ownLength(Float64Array.from(list().slice(0, 8)))],
  ["the same of integers", count, [8], ownLength(Int32Array.from(list().slice(0, 8)))],
  ["an array has no key that is a string", "return next(_io.input, '3')", /invalid key to 'next'/, () => ({ input: list() })],
  ["nor has a typed array", "return next(_io.input, '0')", /invalid key to 'next'/, () => ({ input: Int8Array.of(1, 2) })],
  ["on from an older key after an element that throws", `local t, k = _io.input.t for i = 1, 10 do k = next(t, k) end _io.input.set()
    local ok = pcall(next, t, k) return ok, (next(t, 21))`, [false, 22], () => {
    const t = list();
    return { input: { t, set: () => void Object.defineProperty(t, 10, { get() { throw new Error("no"); } }) } };
  }],
]);

test("an inherited value is not read ahead", async () => {
  const { cu } = await createCu();
  Object.prototype.late = 7;
  try {
    assert.equal(await cu.compute(polluted, { input: { t: { ...fields(), late: 1 } } }), COUNT);
  } finally {
    delete Object.prototype.late;
  }
  cu.close();
});

test("a function of a saved table that is found by code which traverses", async () => {
  const { cu: first } = await createCu();
  await first.compute("package.loaded.m = { f = coroutine.wrap(print) } _home.a = { package.loaded.m.f } for i = 2, 60 do _home.a[i] = 'v' .. i end");
  const state = first.exportState();
  first.close();
  const { cu } = await createCu();
  cu.importState(state);
  const code = `local t, ran, k = _io.input, 0
    package.preload.m = function() ran = ran + 1 for _ = 1, 10 do k = next(t, k) end return { f = coroutine.wrap(print) } end
    ext.copy(_home.a, 1, 60, {}, 1) return ran, next(t, k)`;
  assert.deepEqual(await cu.computeAll(code, { input: fields() }), [1, "k11", 11]);
  cu.close();
});

test("a loop that waits in its midst", async () => {
  const { cu } = await createCu();
  const t = fields();
  const wait = () => new Promise((resolve) => setTimeout(() => { t.k45 = 1045; resolve(); }));
  const sum = await cu.compute("local s = 0 for k, v in pairs(_io.input.t) do if v == 40 then _io.input.wait() end s = s + v end return s", { input: { t, wait } });
  assert.equal(sum, SUM + 1000);
  cu.close();
});

test("computations in between that change what comes next", async () => {
  const { cu } = await createCu();
  const t = fields();
  cu.setInput({ t });
  await cu.compute("step = coroutine.wrap(function() for k, v in pairs(_io.input.t) do coroutine.yield(v) end end)");
  let sum = 0;
  for (let i = 1; i <= COUNT; i++) {
    if (i === 40) t.k45 = 1045;
    sum += await cu.compute("return step()");
  }
  assert.equal(sum, SUM + 1000);
  cu.close();
});
