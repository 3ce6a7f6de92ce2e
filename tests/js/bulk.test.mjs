/** Bulk moves: `ext.copy` between every kind of table, and the bytes that `ext.string` gives, beside what moving one by one gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, createCu, randomFrom } from "./support.mjs";

const mixed = () => [1, 2.5, -0, "x", undefined, null, true, 2 ** 53, NaN, { a: 1 }, ...Array.from({ length: 600 }, (_, i) => i), ...Array.from({ length: 300 }, (_, i) => i + 0.5)];
const sources = {
  array: mixed,
  floats: () => Float64Array.of(1, -0, NaN, 1e300, 0.1),
  singles: () => Float32Array.of(1, -0, NaN, 0.1),
  bytes: () => Uint8Array.of(0, 255, 7),
  ints: () => Int32Array.of(-1, 2 ** 31 - 1),
  buffer: () => Uint8Array.of(1, 2, 3).buffer,
  bigs: () => BigInt64Array.of(1n, -5n, 2n ** 62n, 3n),
  object: () => ({ 1: "a", 2: 5, 3: 0.5 }),
  map: () => new Map([[1, "a"], [2, 5], [4, 0.5]]),
  long: () => Float64Array.from({ length: 20_000 }, (_, i) => i / 3),
  part: () => new Float64Array(Float64Array.of(9, 1, 2, 9).buffer, 8, 2),
};
const same = `local function same(a, b) return rawequal(a, b) or (math.type(a) == math.type(b) and tostring(a) == tostring(b) and type(a) ~= "table") or (a ~= a and b ~= b) end `;

for (const [name, make] of Object.entries(sources)) {
  test(`ext.copy out of the host: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(`${same} local t, n = _io.input, 20 + (ext.len(_io.input) or 0) n = math.min(n, 20020)
      for _, range in ipairs{{1, n}, {3, n}, {2, 2}, {5, 4}} do
        local r = ext.copy(t, range[1], range[2], {}, 1)
        for i = range[1], range[2] do local a, b = r[i - range[1] + 1], t[i] assert(same(a, b), i .. ": " .. tostring(a) .. " is not " .. tostring(b)) end
        local h = ext.copy(t, range[1], range[2], ext.table(), 1)
        for i = range[1], range[2] do local a, b = h[i - range[1] + 1], t[i] if type(b) ~= "table" then assert(same(a, b), i .. ": " .. tostring(a)) end end
      end`, { input: make().a ? make() : name === "array" ? make().map((item) => (typeof item === "object" ? undefined : item)) : make() });
    cu.close();
  });
}

checkRows([
  ["ext.copy keeps objects", "local r = ext.copy(_io.input, 1, 3, {}) return r[2] == _io.input[2], r[1], r[3]", [true, 1, "x"], () => ({ input: [1, {}, "x"] })],
  ["ext.copy into an array", "local t = ext.copy({1, 2.5, 'x', 4}, 1, 4, ext.array()) return #t, t[1], t[2], t[3], t[4]", [4, 1, 2.5, "x", 4]],
  ["ext.copy into an object adopted empty makes an array", "_io.output = {} ext.copy({1, 2, 3}, 1, 3, _io.output) return #_io.output, _io.output", [3, [1, 2, 3]]],
  ["ext.copy into the middle", "local t = ext.copy({7, 8}, 1, 2, _io.input, 2) return t[1], t[2], t[3], t[4], #t", ["a", 7, 8, "d", 4], () => ({ input: ["a", "b", "c", "d"] })],
  ["ext.copy beyond the end", "return #ext.copy({7, 8}, 1, 2, _io.input, 2)", [3], () => ({ input: ["a"] })],
  ["ext.copy far beyond the end", "ext.copy({7, 8}, 1, 2, _io.input, 9999)", /too far behind the end/, () => ({ input: ["a"] })],
  ["ext.copy over holes", "local t = ext.copy({7, 8, 9}, 1, 3, _io.input) return t[1], t[2], t[3], #t", [7, 8, 9, 4], () => ({ input: [1, , , 4] })],
  ["ext.copy into a Float64Array", "local t = ext.copy({1, 2, 3}, 1, 3, _io.input) return t[1], t[3], math.type(t[1])", [1, 3, "float"], () => ({ input: new Float64Array(3) })],
  ["ext.copy into an Int8Array", "local t = ext.copy({1, -128, 127}, 1, 3, _io.input) return t[1], t[2], t[3]", [1, -128, 127], () => ({ input: new Int8Array(3) })],
  ["ext.copy into an Int8Array: too large", "local ok, e = pcall(ext.copy, {1, 200, 3}, 1, 3, _io.input) return e:match('200 does not fit') ~= nil, _io.input[1]", [true, 0], () => ({ input: new Int8Array(3) })],
  ["ext.copy into a Float32Array: lossy", "ext.copy({0.5, 0.1}, 1, 2, _io.input)", /0.1 does not fit/, () => ({ input: new Float32Array(3) })],
  ["ext.copy into a Float32Array: NaN", "local t = ext.copy({0/0, 0.5}, 1, 2, _io.input) return t[1] ~= t[1], t[2]", [true, 0.5], () => ({ input: new Float32Array(2) })],
  ["ext.copy into a typed array: too many", "ext.copy({1, 2, 3}, 1, 3, _io.input)", /outside a typed array of 2/, () => ({ input: new Float64Array(2) })],
  ["ext.copy into a BigInt64Array", "local t = ext.copy({1, math.maxinteger}, 1, 2, _io.input) return t[1], t[2]", [1, 2n ** 63n - 1n], () => ({ input: new BigInt64Array(2) })],
  ["ext.copy into a Map", "local t = ext.copy({'a', 'b'}, 1, 2, _io.input, 5) return t[5], t[6]", ["a", "b"], () => ({ input: new Map() })],
  ["ext.copy into a frozen array", "ext.copy({1}, 1, 1, _io.input)", /TypeError/, () => ({ input: Object.freeze([0]) })],
  ["ext.copy keeps types in ext.table()", "local t = ext.copy({1, 1.0, 2, 2.0}, 1, 4, ext.table()) return math.type(t[1]), math.type(t[2]), math.type(t[3]), math.type(t[4])", ["integer", "float", "integer", "float"]],
  ["ext.copy over other values of ext.table()", "local t = ext.table() for i = 1, 5 do t[i] = 's' .. i end ext.copy({1, 2, 3}, 1, 3, t, 2) return t[1], t[2], t[4], t[5], #t", ["s1", 1, 3, "s5", 5]],
  ["ext.copy next to keys that wait", "local t = ext.table() t[5] = 'five' ext.copy({1, 2, 3, 4}, 1, 4, t) return #t, t[5], next(t, 5)", [5, "five", undefined]],
  ["ext.copy with a getter that crosses", "local r = ext.copy(_io.input, 1, 40, {}) local s = 0 for i = 1, 40 do s = s + r[i] end return s", [820], () => {
    const input = Array.from({ length: 40 }, (_, i) => i + 1);
    return { input: Object.defineProperty(input, 20, { get: () => new Array(21).fill(1).reduce((a, b) => a + b) }) };
  }],
  ["ext.string", "return ext.string(_io.input), ext.string(_io.input, 2), ext.string(_io.input, 2, 3), #ext.string(_io.input, 9)", ["abcd", "bcd", "bc", 0], () => ({ input: new TextEncoder().encode("abcd") })],
  ["ext.string of a buffer", "return ext.string(_io.input)", ["ab"], () => ({ input: Uint8Array.of(97, 98).buffer })],
  ["ext.string of a part", "return ext.string(_io.input)", ["bc"], () => ({ input: new TextEncoder().encode("abcd").subarray(1, 3) })],
  ["ext.string of other arrays is their bytes", "return ext.string(_io.input)", ["a\0b\0"], () => ({ input: Uint16Array.of(97, 98) })],
  ["ext.string of 300,000 bytes", "local s = ext.string(_io.input) return #s, s:byte(-1), s == ('\\7'):rep(300000)", [300_000, 7, true], () => ({ input: new Uint8Array(300_000).fill(7) })],
  ["ext.string of an array", "ext.string(_io.input)", /only an ArrayBuffer or a typed array has bytes/, () => ({ input: [1] })],
  ["ext.string of ext.table()", "ext.string(ext.table())", /only an ArrayBuffer or a typed array has bytes/],
]);

const SEED = 815;
test(`random ranges between random tables (seed ${SEED})`, async () => {
  const random = randomFrom(SEED);
  const { cu } = await createCu();
  const tables = () => [Array.from({ length: random(300) }, (_, i) => (random(9) === 0 ? "s" : random(2) === 0 ? i : i + 0.5)), Float64Array.from({ length: 300 }, (_, i) => i / 2)];
  for (let round = 0; round < 60; round++) {
    const [array, floats] = tables();
    const [from, count, at] = [1 + random(100), random(200), 1 + random(50)];
    await cu.compute(`${same}
      local from, count, at, s = ...
      for _, t in ipairs { _io.input.array, _io.input.floats } do
        local native, plain, home = {}, {}, ext.table()
        for i = 1, 60 do plain[i] = i home[i] = i native[i] = i end
        for i = 0, count - 1 do native[at + i] = t[from + i] end
        ext.copy(t, from, from + count - 1, plain, at)
        ext.copy(t, from, from + count - 1, home, at)
        local back = ext.copy(plain, 1, 300, ext.table())
        for i = 1, 300 do assert(same(native[i], plain[i]) and same(native[i], home[i]) and same(native[i], back[i]), i) end
      end`, { input: { array, floats }, args: [from, count, at] });
  }
  cu.close();
});
