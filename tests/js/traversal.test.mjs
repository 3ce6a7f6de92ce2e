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
