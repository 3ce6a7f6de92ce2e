/** Values both ways: each line of the table of values, from JavaScript to Lua and back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cu, CuTable } from "../../js/dist/index.js";
import { checkRows, createCu, randomFrom } from "./support.mjs";

const bytes = (...values) => Uint8Array.from(values);
const cycle = {};
cycle.self = cycle;

/** Lua to JavaScript. */
checkRows([
  ["nothing", "return", []],
  ["nil", "return nil, nil", [undefined, undefined]],
  ["booleans", "return true, false", [true, false]],
  ["safe integers", "return 0, -1, 1 << 53, (1 << 53) - 1, -(1 << 53) + 1", [0, -1, 2n ** 53n, 2 ** 53 - 1, -(2 ** 53) + 1]],
  ["integers beyond", "return math.maxinteger, math.mininteger, -(1 << 53)", [2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n)]],
  ["floats", "return 0.1, -0.0, 1e300, 2^53, 3.0, 1/0, -1/0", [0.1, -0, 1e300, 2 ** 53, 3, Infinity, -Infinity]],
  ["not a number", "return 0/0", [NaN]],
  ["text", "return '', 'a', 'a\\0b', '\\u{20AC}', '\\u{1F600}', '\\u{FEFF}x'", ["", "a", "a\0b", "€", "😀", "\ufeffx"]],
  ["a lone surrogate", "return '\\xED\\xA0\\x80', 'x\\xED\\xBF\\xBFy'", ["\ud800", "x\udfffy"]],
  ["bytes", "return '\\xFF', 'a\\x80', '\\xC0\\x80', '\\xED\\xA0\\x80\\xED\\xB0\\x80'", [bytes(255), bytes(97, 128), bytes(192, 128), bytes(0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80)]],
  ["strings as bytes", "return 'ab', {x = 'c'}, {[1] = 'd'}", [bytes(97, 98), { x: bytes(99) }, [bytes(100)]], { strings: "bytes" }],
  ["a long text", "return ('€'):rep(100000)", ["€".repeat(100_000)]],
  ["a sequence", "return {1, 'b', true}", [[1, "b", true]]],
  ["fields", "return {a = 1, ['b c'] = 2, ['1'] = 3, [''] = 4}", [{ a: 1, "b c": 2, 1: 3, "": 4 }]],
  ["an empty table", "return {}", [{}]],
  ["an empty array", "return ext.array()", [[]]],
  ["mixed keys", "return {10, a = 1}", [new Map([[1, 10], ["a", 1]])]],
  ["keys of other types", "return {[1.5] = 1, [true] = 2, [-1] = 3}", (value) => assert.deepEqual(value, new Map([[1.5, 1], [true, 2], [-1, 3]]))],
  ["a sequence with a hole", "return {[1] = 1, [3] = 3}", [new Map([[1, 1], [3, 3]])]],
  ["a bytes key", "return {['\\xFF'] = 1}", [new Map([[bytes(255), 1]])]],
  ["nested", "return {a = {b = {c = {1, 2}}}}", [{ a: { b: { c: [1, 2] } } }]],
  ["deeply nested", "local t = {} for i = 1, 4000 do t = {t} end return t", (value) => {
    let depth = 0;
    for (let step = value; Array.isArray(step); step = step[0]) depth++;
    assert.equal(depth, 4_000);
  }],
  ["a field called __proto__", "return {['__proto__'] = {x = 1}, a = 2}", (value) => {
    assert.deepEqual(Object.keys(value).sort(), ["__proto__", "a"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(value.x, undefined);
  }],
  ["null", "return ext.null", [null]],
  ["many results", "return table.unpack({}, 1, 200)", [...new Array(200)]],
  ["a large sequence", "local t = {} for i = 1, 30000 do t[i] = i end return t", [Array.from({ length: 30_000 }, (_, i) => i + 1)]],
  ["a coroutine", "return coroutine.create(print)", /coroutine/],
  ["a coroutine inside", "return {a = {coroutine.create(print)}}", /coroutine/],
  ["a userdata", "return io.stdout", /a FILE\* cannot be passed to the host/],
  ["a userdata inside", "return {a = {io.stdout}}", /a FILE\* cannot be passed to the host/],
  ["a userdata for a function of the host", "(...)(io.stdout)", /a FILE\* cannot be passed to the host/, { args: [() => 1] }],
  ["a bigint", "return bigint.new(5), -bigint.new(2)^70, {bigint.new(0)}", [5n, -(2n ** 70n), [0n]]],
  ["bytes leave types alone", "return 1, 2.5, true, nil, {'a', 1}", [1, 2.5, true, undefined, [bytes(97), 1]], { strings: "bytes" }],
  ["arguments of the chunk", "return select('#', ...), ...", [3, 1, "b", undefined], { args: [1, "b", undefined] }],
].map(([name, code, expected, options]) => [name, code, typeof expected === "function" ? undefined : expected, options, expected])
  .filter(([name, code, expected, , check]) => expected !== undefined || void test(name, async () => {
    const { cu } = await createCu();
    check(await cu.compute(code));
    cu.close();
  })));

test("sharing and cycles are kept in copies", async () => {
  const { cu } = await createCu();
  const [value, other] = await cu.computeAll("local s = {1} local t = {a = s, b = s} t.self = t return t, s");
  assert.equal(value.a, value.b);
  assert.equal(value.self, value);
  assert.equal(other, value.a);
  cu.close();
});

/** JavaScript to Lua: what Lua makes of a value, as `math.type` and `%q` tell. */
const SHOW = `local v = ...
  if type(v) == "string" then return "string", string.format("%q", v) end
  return math.type(v) or type(v), v == nil and "nil" or type(v) == "number" and string.format("%.17g", v) or type(v) == "boolean" and tostring(v) or ""`;
for (const [name, value, expected] of [
  ["undefined", undefined, ["nil", "nil"]],
  ["null", null, ["nil", "nil"]],
  ["a boolean", false, ["boolean", "false"]],
  ["an integer", 7, ["integer", "7"]],
  ["the largest safe integer", Number.MAX_SAFE_INTEGER, ["integer", "9007199254740991"]],
  ["the smallest safe integer", Number.MIN_SAFE_INTEGER, ["integer", "-9007199254740991"]],
  ["an integral number beyond", 2 ** 53, ["float", "9007199254740992"]],
  ["1e300", 1e300, ["float", "1.0000000000000001e+300"]],
  ["negative zero", -0, ["float", "-0"]],
  ["zero", 0, ["integer", "0"]],
  ["a fraction", 0.5, ["float", "0.5"]],
  ["not a number", NaN, ["float", "nan"]],
  ["infinity", -Infinity, ["float", "-inf"]],
  ["text", "héllo\0", ["string", '"héllo\\0"']],
  ["a lone surrogate", "\ud800", ["string", '"\ud800"']],
  ["a leading BOM", "\ufeffa", ["string", '"\ufeffa"']],
  ["a bigint", 5n, ["userdata", ""]],
  ["a bigint beyond 64 bits", -(2n ** 70n), ["userdata", ""]],
  ["an array", [1], ["table", ""]],
  ["a function", () => 1, ["function", ""]],
]) {
  test(`from JavaScript: ${name}`, async () => {
    const { cu } = await createCu();
    assert.deepEqual(await cu.computeAll(SHOW, { args: [value] }), expected);
    // By way of a field, where values take another route.
    assert.deepEqual(await cu.computeAll(`local function show(...) ${SHOW} end return show(_io.input.x)`, { input: { x: value } }), expected);
    cu.close();
  });
}

test("null as a sentinel", async () => {
  const { cu } = await createCu({ nulls: "sentinel" });
  assert.deepEqual(await cu.computeAll("local v = ... return v == ext.null, _io.input[1] == ext.null, _io.input[2], #_io.input", { args: [null], input: [null, undefined] }), [true, true, undefined, 2]);
  cu.close();
});

test("null as a sentinel, out of Lua and back", async () => {
  const { cu } = await createCu({ nulls: "sentinel" });
  const input = { a: null, list: [null, 2], map: new Map([["k", null]]) };
  assert.deepEqual(await cu.computeAll("local t, n = _io.input, 0 for k, v in pairs(t.list) do n = n + 1 end return t.a, { t.a }, n, t.map.k == ext.null, next(t.map)", { input }), [null, [null], 2, true, "k", null]);
  await cu.compute("_io.input.list[2], _io.input.b = ext.null, ext.null", { input });
  assert.deepEqual([input.list, input.b], [[null, null], null]);
  cu.close();
});

test("the form of strings is that of one call", async () => {
  const { cu } = await createCu();
  const seen = [];
  const f = await cu.compute("local see = ... see('ab') return function() return 'x' end", { args: [(value) => seen.push(value)], strings: "bytes" });
  assert.deepEqual([f(), await cu.compute("return 'x'"), ...seen], ["x", "x", "ab"]);
  assert.deepEqual(await cu.compute("return 'x'", { strings: "auto" }), "x");
  cu.close();
});

test("a symbol has no form in Lua", async () => {
  const { cu } = await createCu();
  await assert.rejects(cu.compute("return 1", { args: [Symbol("s")] }), { name: "TypeError", message: /symbol has no form in Lua/ });
  await assert.rejects(cu.compute("return _io.input.s", { input: { s: Symbol("s") } }), { name: "LuaError", message: /symbol has no form in Lua/ });
  assert.equal(await cu.compute("return 1"), 1);
  cu.close();
});

test("the very objects come back", async () => {
  const { cu } = await createCu();
  const objects = [[], {}, new Map(), new Set(), new Float64Array(1), new ArrayBuffer(1), new (class A {})(), new Date(), /x/, () => 1, Object.create(null), Object.freeze({})];
  assert.deepEqual((await cu.computeAll("return ...", { args: objects })).map((value, i) => value === objects[i]), objects.map(() => true));
  assert.equal(await cu.compute("local a, b = ... return a == b", { args: [objects[0], objects[0]] }), true);
  assert.equal(await cu.compute("local t = {} t[_io.input.a] = 1 return t[_io.input.b]", { input: { a: objects[1], b: objects[1] } }), 1);
  assert.equal(await cu.compute("return ...", { args: [cycle] }), cycle);
  cu.close();
});

test("functions of Lua: the same one each time, any arguments and results, released", async () => {
  const { cu } = await createCu();
  const add = await cu.compute("function add(a, b) return (a or 0) + (b or 0), 'more' end return add");
  assert.equal(await cu.compute("return add"), add);
  assert.equal(add(2, 3), 5);
  assert.equal(add(), 0);
  assert.deepEqual(add.all(2, 3), [5, "more"]);
  assert.deepEqual((await cu.compute("return function(...) return ... end")).all(...Array.from({ length: 150 }, (_, i) => i)), Array.from({ length: 150 }, (_, i) => i));
  assert.equal(await cu.compute("return ... == add", { args: [add] }), true);
  assert.throws(await cu.compute("return function() error({code = 7}) end"), { name: "LuaError" });
  if (Symbol.dispose) {
    add[Symbol.dispose]();
    assert.throws(() => add(1, 2), { name: "CuClosedError" });
    assert.equal((await cu.compute("return add"))(2, 2), 4);
  }
  cu.close();
  assert.throws(() => cu.callSync("add"), { name: "CuClosedError" });
});

test("functions of the host: arguments, several results, this", async () => {
  const { cu } = await createCu();
  const seen = [];
  function record(...args) {
    seen.push([this, args]);
    return Cu.multi(...args, args.length);
  }
  assert.deepEqual(await cu.computeAll("local f = ... return f(1, nil, 'x', nil)", { args: [record] }), [1, undefined, "x", undefined, 4]);
  assert.deepEqual(await cu.computeAll("local f = ... return select('#', f())", { args: [() => Cu.multi()] }), [0]);
  assert.deepEqual(await cu.computeAll("local f = ... return f()", { args: [() => [1, 2]] }), [[1, 2]]);
  assert.deepEqual(seen, [[undefined, [1, undefined, "x", undefined]]]);
  const many = Array.from({ length: 200 }, (_, i) => "x".repeat(i * 10));
  assert.deepEqual(await cu.computeAll("local f = ... return f(f())", { args: [(...args) => Cu.multi(...(args.length > 0 ? args : many))] }), many);
  cu.close();
});

test("call by path", async () => {
  const { cu } = await createCu();
  await cu.compute("a = {b = {[3] = {f = function(x) return x * 2, x end}}} function _home.calc(x) return x + 1 end");
  assert.equal(await cu.call("_home.calc", 2), 3);
  assert.equal(cu.callSync(["a", "b", 3, "f"], 21), 42);
  assert.equal(await cu.call("math.max", 1, 9, 3), 9);
  for (const path of ["nowhere", "a.x.f", "a.b", ["a", "b", 4, "f"]]) await assert.rejects(cu.call(path), { name: "LuaError" });
  for (const path of [[], undefined, 5, [{}]]) await assert.rejects(cu.call(path), { name: "TypeError" });
  cu.close();
});

const SEED = 99;
test(`random values make the round trip (seed ${SEED})`, async () => {
  const { cu } = await createCu();
  const random = randomFrom(SEED);
  const lengths = [0, 1, 24, 25, 100, 8_000, 20_000, 65_520, 65_536, 65_537];
  const scalar = () => [undefined, true, random(1000), -0.5, "ab€", "x".repeat(lengths[random(lengths.length)]), 2 ** 60, "\ud800z"][random(8)];
  for (let round = 0; round < 300; round++) {
    const values = Array.from({ length: random(5) }, scalar);
    assert.deepEqual(await cu.computeAll("return ...", { args: values }), values);
    assert.deepEqual(await cu.computeAll("return (function(...) return ... end)(...)", { args: values }), values);
  }
  cu.close();
});

test("_home keeps the types of Lua, and its view shows them", async () => {
  const { cu } = await createCu();
  await cu.compute(`
    _home.i, _home.f, _home.s, _home.b = 3, 3.0, "1", "\\xFF\\0"
    _home.big, _home.neg = math.maxinteger, -0.0
    _home[1], _home["1"], _home[1.5], _home[true], _home["\\xFE"] = "int", "str", "flt", "boo", "byt"
    _home.t = {1, 2.0, {x = "y"}}
    _home.t.self = _home.t`);
  assert.deepEqual(await cu.computeAll(`return math.type(_home.i), math.type(_home.f), _home.s, #_home.b, _home.big == math.maxinteger, 1 / _home.neg,
    _home[1], _home["1"], _home[1.5], _home[true], _home["\\xFE"], math.type(_home.t[2]), _home.t.self == _home.t`),
  ["integer", "float", "1", 2, true, -Infinity, "int", "str", "flt", "boo", "byt", "float", true]);
  const { home } = cu;
  assert.ok(home instanceof CuTable);
  assert.equal(home.get("i"), 3);
  assert.deepEqual(home.get("b"), bytes(255, 0));
  assert.equal(home.get(1), "int");
  assert.equal(home.get("1"), "str");
  assert.equal(home.get(bytes(0xfe)), "byt");
  assert.equal(home.get("big"), 2n ** 63n - 1n);
  const t = home.get("t");
  assert.equal(t, await cu.compute("return _home.t"));
  assert.equal(t.get("self"), t);
  t.set("fromJs", { list: [1, 2, 3] });
  assert.equal(await cu.compute("return #_home.t.fromJs.list"), 3);
  await cu.compute("_home.t.fromJs.list[4] = 'four'");
  assert.deepEqual(t.get("fromJs").toJS(), { list: [1, 2, 3, "four"] });
  cu.close();
});

test("the view takes keys and values of every type", async () => {
  const { cu } = await createCu();
  const { home } = cu;
  const keys = [1, "1", 1.5, true, 5n, bytes(255), "\0b", "\ufeff", "\ud800"];
  keys.forEach((key, i) => home.set(key, i));
  assert.deepEqual(await cu.computeAll("local h = _home return h[1], h['1'], h[1.5], h[true], h[bigint.new(5)], h['\\xFF'], h['\\0b'], h['\\u{FEFF}'], h['\\xED\\xA0\\x80'], h[5]"), [...keys.keys(), undefined]);
  assert.deepEqual(keys.map((key) => [home.get(key), home.has(key)]), keys.map((_, i) => [i, true]));
  assert.deepEqual(new Map(home.entries()), new Map(keys.map((key, i) => [key, i])));
  assert.deepEqual(keys.map((key) => home.delete(key)), keys.map(() => true));
  home.set("x", { floats: Float64Array.of(1), big: BigUint64Array.of(1n), int: BigInt64Array.of(1n), set: new Set([1]), holes: [1, , 3] });
  assert.deepEqual(await cu.computeAll("local t = _home.x return math.type(t.floats[1]), type(t.big[1]), math.type(t.int[1]), t.set[1], t.holes[2], t.holes[3]"), ["float", "userdata", "integer", true, undefined, 3]);
  assert.equal(home, await cu.compute("return _home"));
  cu.close();
});

checkRows([
  ["keys of _home: bigints by value", "_home[bigint.new(2)^70] = 1 _home[bigint.new(5)] = 2 return _home[bigint.new('1180591620717411303424')], _home[2.0^70], _home[bigint.new(5)], _home[5]",
    [1, undefined, 2, undefined]],
  ["keys of _home: functions", "local function f() end _home[f] = 1 _home[print] = f return _home[f], _home[print] == f, _home[function() end]", [1, true, undefined]],
  ["keys of _home: a host's table is none", "return _home[_io.input], rawget(_home, _io.input)", [undefined, undefined], { input: {} }],
  ["keys of _home: a host's table is none, written", "_home[_io.input] = 1", /a table of the host outside _home cannot be a key/, { input: {} }],
  ["keys of _home: a host's function is none", "local f = ... _home[f] = nil return _home[f], pcall(function() _home[f] = 1 end)",
    [undefined, false, "compute:1: a function of the host cannot be a key here"], { args: [() => 1] }],
  ["_home refuses an ArrayBuffer", "_home.b = _io.input", /_home\.b: an object of class ArrayBuffer cannot be stored/, () => ({ input: new ArrayBuffer(2) })],
  ["_home refuses what throws when it is copied, whole", "local ok, e = pcall(function() _home.x = _io.input end) return ok, tostring(e), _home.x",
    [false, "Error: boom", undefined], () => ({ input: { a: 1, get b() { throw new Error("boom"); } } })],
  ["_home refuses a coroutine", "_home.a = {} _home.a.b = coroutine.create(print)", /_home\.a\.b: a coroutine cannot be stored/],
  ["_home refuses one inside", "_home.a = {x = {y = coroutine.create(print)}}", /_home\.a\.x\.y: a coroutine cannot be stored/],
  ["_home refuses a function of the host", "_home.f = ...", /_home\.f: a function of the host cannot be stored/, { args: [() => 1] }],
  ["_home refuses an object of a class", "_home.d = _io.input", /_home\.d: an object of class Date cannot be stored/, { input: new Date(0) }],
  ["_home copies the host's containers", "_home.x = _io.input _io.input.a[1] = 9 return _home.x.a[1], _home.x.m[true]", [1, 2], () => ({ input: { a: [1], m: new Map([[true, 2]]) } })],
  ["_home has functions of Lua", "_home.f = function(x) return x + 1 end return _home.f(1), _home.f == _home.f", [2, true]],
  ["a key of _home must not be nil", "_home[nil] = 1", /nil/],
  ["a key of _home must not be NaN", "_home[0/0] = 1", /NaN/],
  ["reading such keys gives nil", "return _home[nil], _home[0/0]", [undefined, undefined]],
]);
