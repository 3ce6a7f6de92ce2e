/**
 * C code in the module: the library series/ and the example of docs/EXTENDING.md, which use the C API of external tables
 * (shims/include/cu_ext.h), in a module made by `tests/clib/build`. Each row is code, where `s` is the library, and what it must give.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Cu } from "../../js/dist/index.js";

const module = await WebAssembly.compile(readFileSync(new URL("../../target/clib.wasm", import.meta.url)));
const boom = new Error("boom");
const inputs = () => ({
  list: [1, 2.5, 4],
  floats: Float64Array.of(0.5, 1.5),
  object: { a: 1, old: "moved" },
  mixed: [1, "two", 3],
  objects: [1, { x: 1 }],
  frozen: Object.freeze([1]),
  getter: Object.defineProperty([1, 2, 3], 1, { get() { throw boom; } }),
  f: (x) => x * 2,
  fails() { throw boom; },
});

for (const [name, code, expected] of [
  ["it is required like any module", "return type(s.sum), package.loaded.series == s, require 'series' == s", ["function", true, true]],
  ["a sum of an array, a typed array, a table", "return s.sum(i.list), s.sum(i.floats), s.sum(s.fill('table', 100, function(n) return n end)), s.sum(ext.array())", [7.5, 2, 5050, 0]],
  ["an element that is no number", "return s.sum(i.mixed)", /^compute:1: element 2 is a string$/],
  ["an element that is a table", "return s.sum(i.objects)", /^compute:1: element 2 is a table$/],
  ["numbers written in place", "s.scale(i.floats, 2) s.scale(i.list, 3) return i.floats[1], i.list[2], math.type(i.list[1])", [1, 7.5, "integer"]],
  ["a write that the host refuses", "s.scale(i.frozen, 2)", /^TypeError: .*read only/],
  ["filled by a function of Lua", "local t = s.fill('table', 3, function(n) return n / 2 end) return #t, t[1], ext.is(t)", [3, 0.5, true]],
  ["filled by a function of the host", "_io.output = s.fill('array', 3, i.f) return #_io.output, _io.output[3]", [3, 6]],
  ["filled with plain tables: they are adopted", "local first local t = s.fill('table', 2, function(n) local e = {n} first = first or e return e end) return ext.is(first), first == t[1], t[2][1]", [true, true, 2]],
  ["a traversal", "local n, t = s.entries(i.object) return n, t.a, t.old", [2, 1, "moved"]],
  ["a traversal of nothing", "local n, t = s.entries(ext.table()) return n, next(t)", [0, undefined]],
  ["a traversal of a sequence", "local n, t = s.entries(i.list) return n, t[1], t[3]", [3, 1, 4]],
  ["get and its type", "return s.get(i.object, 'a'), select(2, s.get(i.object, 'a')), select(2, s.get(i.object, 'none')), select(2, s.get(i.object, nil))", [1, "number", "nil", "nil"]],
  ["set keeps the stack", "local n = s.set(i.object, 'b', 'text') return n, i.object.b, s.set(i.object, 'b', nil), i.object.b", [1, "text", 1, undefined]],
  ["fields", "s.rename(i.object) return i.object.new, i.object.old", ["moved", undefined]],
  ["null", "local t = ext.table() s.rename(t) return t.new == ext.null, select(2, s.kind(t.new)), select(2, s.kind(nil)), select(2, s.kind(io.stdout))", [true, true, false, false]],
  ["what is external", "return (s.kind(_home)), (s.kind(i.list)), (s.kind({})), (s.kind(setmetatable({}, {}))), (s.kind(1)), (s.kind())", [true, true, false, false, false, false]],
  ["metamethods run where lua.h runs them", "local t = setmetatable({x = 1}, {__index = function(_, k) return k .. '!' end}) _io.output = t return (s.kind(t)), s.gettable(t, 'y'), (s.get(t, 'y')), (s.get(t, 'x'))",
    [true, "y!", undefined, 1]],
  ["kinds", "local a, t = s.new(1), s.new(0) a[1] = 1 t.x = 1.0 return #a, math.type(t.x), pcall(s.new, 7)", [1, "float", false, "no kind of external table: 7"]],
  ["a plain table where an external one must be", "return s.sum({1, 2})", /^compute:1: external table expected, got table$/],
  ["no value where an external table must be", "return s.sum()", /^compute:1: external table expected, got no value$/],
  ["set on a number", "return s.set(5, 1, 1)", /^compute:1: external table expected, got number$/],
  ["a nil key", "return s.set(ext.table(), nil, 1)", /index is nil/],
  ["a value that _home does not keep", "return s.set(_home, 'x', {coroutine.create(print)})", /^_home\.x\[1\]: a coroutine cannot be stored$/],
  ["an error of the C library, caught by Lua", "return pcall(s.fill, 'table')", [false, "bad argument #2 to 'series.fill' (number expected, got no value)"]],
  ["an error of the library, caught by the library", "return s.try(s.sum, {})", [false, "external table expected, got table"]],
  ["an error of Lua, through C, caught by C", "return s.try(s.fill, 'table', 3, function(n) if n == 2 then error('at ' .. n, 0) end return n end)", [false, "at 2"]],
  ["an error of Lua, through C twice, caught by Lua", "local e = {} local ok, got = pcall(s.fill, 'table', 1, function() s.fill('array', 1, function() error(e) end) end) return ok, got == e", [false, true]],
  ["an error of the host's, through C: the very object", "local ok, e = s.try(s.fill, 'table', 1, i.fails) return ok, e.message, e", [false, "boom", boom]],
  ["a getter that throws, at a raw read", "local ok, e = s.try(s.sum, i.getter) return ok, e", [false, boom]],
  ["a chain of C and Lua", "return s.try(s.try, s.try, s.sum, i.list)", [true, 2]],
  ["a coroutine that yields across C", "return coroutine.resume(coroutine.create(function() s.fill('table', 1, coroutine.yield) end))", [false, "attempt to yield across a C-call boundary"]],
  ["100,000 errors through C leave the stack where it was", "for n = 1, 100000 do if s.try(s.sum, i.mixed) or s.try(s.fill, 'array', 1, error) then return n end end return s.sum(i.list)", [7.5]],
  ["memory that runs out in C", "return pcall(function() return s.fill('table', 3, function(n) return ('x'):rep(1 << 22) end) end)", [false, "not enough memory"]],
]) {
  test(name, async () => {
    const cu = await Cu.create({ wasm: module });
    const run = () => cu.computeAll(`local s, i = require "series", _io.input ${code}`, { input: inputs() });
    if (expected instanceof RegExp) await assert.rejects(run, { message: expected });
    else assert.deepEqual(await run(), expected);
    assert.equal(await cu.compute("return require('series').sum(...)", { args: [[1, 2]] }), 3);
    cu.close();
  });
}

test("the example of docs/EXTENDING.md", async () => {
  const cu = await Cu.create({ wasm: module });
  assert.equal(await cu.compute("return require('totals').sum(_io.input)", { input: [1, 2.5] }), 3.5);
  await assert.rejects(cu.compute("return require('totals').sum(_io.input)", { input: [1, "x"] }), { message: "compute:1: element 2 is a string" });
  cu.close();
});

test("a getter that re-enters from a raw read in a coroutine", async () => {
  const cu = await Cu.create({ wasm: module });
  const input = Object.defineProperty([1, 2, 3], 1, { get: () => cu.computeSync("collectgarbage() return require('series').sum(...)", { args: [[20, 22]] }) });
  assert.deepEqual(await cu.computeAll("local s = require 'series' return coroutine.wrap(function() return s.sum(_io.input), coroutine.isyieldable() end)()", { input }), [46, true]);
  cu.close();
});

test("what C takes and gives back leaves handles and heap where they were", async () => {
  const cu = await Cu.create({ wasm: module });
  const input = Array.from({ length: 20_000 }, (_, n) => ({ n }));
  const count = async () => {
    await cu.compute("local s = require 'series' for n = 1, #_io.input do s.get(_io.input, n) pcall(s.sum, _io.input) s.new(n % 2) end", { input });
    cu.collectGarbage();
    return [cu.memory.tables, cu.memory.handles, cu.memory.used];
  };
  const [tables, handles, used] = await count();
  const after = await count();
  assert.deepEqual(after.slice(0, 2), [tables, handles]);
  assert.ok(after[2] - used < 2_000, `${used}, then ${after[2]}`);
  cu.close();
});

test("the module imports nothing more, and the shipped one has no C library", async () => {
  const shipped = await WebAssembly.compile(readFileSync(new URL("../../dist/cu.wasm", import.meta.url)));
  const names = (of) => WebAssembly.Module.imports(of).map(({ module: from, name }) => `${from}.${name}`).sort();
  assert.deepEqual(names(module), names(shipped));
  assert.ok(!readFileSync(new URL("../../dist/cu.wasm", import.meta.url)).includes("series"));
});
