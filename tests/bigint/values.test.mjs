/** What a bigint is to Lua and to JavaScript: across the boundary both ways, as text, and in errors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows } from "../js/support.mjs";
import { createCu } from "./support.mjs";

const MILLION_DIGITS = 10n ** 1_000_000n - 1n;
const SIZES = [0n, 1n, -1n, 255n, 256n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n, -(2n ** 64n), 10n ** 40n, -(10n ** 1000n), 2n ** 524_000n - 1n, -(2n ** 524_288n), 2n ** 530_000n];

test("any size crosses both ways", async () => {
  const { cu } = await createCu();
  const same = await cu.compute("return function(...) return ... end");
  for (const value of SIZES) {
    assert.equal(same(value), value);
    assert.deepEqual(same.all(1, value, "x", -value), [1, value, "x", -value]);
  }
  assert.equal(same(MILLION_DIGITS), MILLION_DIGITS);
  assert.equal(same(-MILLION_DIGITS), -MILLION_DIGITS);
  cu.close();
});

checkRows([
  ["a result", "return bigint.new(2)^64, -bigint.new(5), bigint.new(0)", [2n ** 64n, -5n, 0n]],
  ["an argument is a bigint, small ones too", "local a, b = ... return type(a), math.type(a), tostring(a), a == b, bigint.eq(a, 5)", ["userdata", undefined, "5", true, true], { args: [5n, 5n] }],
  ["inside plain tables", "return {bigint.new(1), x = {bigint.new(2)^70}}", [new Map([[1, 1n], ["x", [2n ** 70n]]])]],
  ["in the input", "return _io.input.n + 1, _io.input[1]", [2n ** 70n + 1n, undefined], { input: { n: 2n ** 70n } }],
  ["elements of a BigUint64Array", "return tostring(_io.input[1]), type(_io.input[1]), _io.input[2] + 1",
    ["18446744073709551615", "userdata", 2n], { input: BigUint64Array.from([2n ** 64n - 1n, 1n]) }],
  ["elements of a BigInt64Array are integers", "return math.type(_io.input[1])", ["integer"], { input: BigInt64Array.from([-5n]) }],
  ["keys of _home compare by value", `
    _home.t = {}
    _home.t[bigint.new("123456789012345678901")] = "long"
    _home.t[bigint.new(5)] = "bigint five"
    _home.t[5] = "five"
    return _home.t[bigint.new("123456789012345678901")], _home.t[bigint.new(5)], _home.t[5], _home.t[bigint.new(6)]`, ["long", "bigint five", "five", undefined]],
  ["values in _home", "_home.n = bigint.new(3)^100 _home.t = {bigint.new(-7)} return _home.n == bigint.new(3)^100, type(_home.t[1]), _home.t[1] * 2", [true, "userdata", -14n]],
  ["a very large value in _home", "_home.n = bigint.new(1) << 1000000 return _home.n == bigint.new(1) << 1000000", [true]],
  ["keys of a Map", "return _io.input[bigint.new(7)]", ["seven"], { input: new Map([[7n, "seven"]]) }],
  ["an error value", "return select(2, pcall(error, bigint.new(7)))", [7n]],
  ["no metatable", "return getmetatable(bigint.new(1)), debug.getmetatable(bigint.new(1)), pcall(debug.setmetatable, bigint.new(1), {})",
    [false, undefined, false, "cannot change a protected metatable"]],
  ["strings are not coerced on the left either", "return select(2, pcall(function() return '1' - bigint.new(1) end))", ["attempt to combine a bigint with a string (bigint.new converts it)"]],
  ["text", "local b = bigint.new(-12) return tostring(b), ('%s|%5s'):format(b, b), b .. 'x', 1 .. b, b .. b, 'x' .. b .. 1.5", ["-12", "-12|  -12", "-12x", "1-12", "-12-12", "x-121.5"]],
  ["require gives the same table", "return require 'bigint' == bigint", [true]],
  ["keys of plain tables compare by identity", "local a = bigint.new(1) return ({[a] = 1})[a], ({[a] = 1})[bigint.new(1)]", [1, undefined]],
  ["a bigint is never equal to a number", "return bigint.new(1) == 1, 1 == bigint.new(1), bigint.new(1) ~= 1.0, bigint.eq(1, 1.0), bigint.eq(bigint.new(1), 1.0)", [false, false, true, true, true]],
  ["not a number", "local b, nan = bigint.new(0), 0/0 return b < nan, b <= nan, nan < b, bigint.eq(b, nan)", [false, false, false, false]],
  ["infinities", "local b = bigint.new(10)^400 return b < math.huge, b > -math.huge, -b > -math.huge, b > 1e308, bigint.tonumber(b), bigint.tonumber(-b)",
    [true, true, true, true, Infinity, -Infinity]],
  ["what new takes",
    "return bigint.new(' -12\\n'), bigint.new('+7'), bigint.new('0XfF'), bigint.new('-0x10'), bigint.new('0xff', 16), bigint.new('zZ', 36), bigint.new(-0.0), bigint.new(1e22), bigint.new(math.mininteger)",
    [-12n, 7n, 255n, -16n, 255n, 1295n, 0n, 10n ** 22n, -(2n ** 63n)]],
  ["rounding",
    "local f = {} for _, p in ipairs{{7, 2}, {-7, 2}, {7, -2}, {-7, -2}} do local a, b = bigint.new(p[1]), p[2] f[#f + 1] = a // b .. ' ' .. a % b .. ' ' .. a / b end return table.unpack(f)",
    ["3 1 3", "-4 1 -3", "-4 -1 -3", "3 -1 3"]],
  ["powers at the edges", "return bigint.new(0)^0, bigint.new(0)^5, bigint.new(1)^bigint.new(2)^70, bigint.new(-1)^(bigint.new(2)^70 + 1), 2^bigint.new(3)", [1n, 0n, 1n, -1n, 8n]],
  ["shifts at the edges", "local b = bigint.new(-5) return b >> 1, b >> 1000, b << -1, bigint.new(0) << math.maxinteger, b >> math.maxinteger, b << math.mininteger, 1 << bigint.new(70)",
    [-3n, -1n, -3n, 0n, -1n, -1n, 2n ** 70n]],
  ["modulus one, exponent zero", "return bigint.modpow(5, 0, 1), bigint.modpow(5, 0, 7), bigint.modpow(0, 0, 7), bigint.modpow(5, 3, -7)", [0n, 1n, 1n, -1n]],
  ["decimal digits", "return #bigint.new(0), #bigint.new(9), #bigint.new(-10), #(bigint.new(10)^1000 - 1), #(bigint.new(10)^1000)", [1, 1, 2, 1000, 1001]],
  ["bytes",
    "return bigint.tobytes(bigint.new(0)) == '\\0', bigint.tobytes(bigint.new(258)) == '\\1\\2', bigint.tobytes(258, 'little') == '\\2\\1'",
    [true, true, true]],
  ["from bytes", "return bigint.frombytes(''), bigint.frombytes('\\0\\1\\2'), bigint.frombytes('\\1\\0\\0\\0\\2', 'little')", [0n, 258n, 2n ** 33n + 1n]],
  ["sizes and signs", "local b = bigint.new(2)^64 return bigint.tointeger(b), bigint.tointeger(b - 1 >> 1), bigint.sign(-b), bigint.bits(b), bigint.abs(-b)",
    [undefined, 2n ** 63n - 1n, -1, 65, 2n ** 64n]],
]);

/** Errors name the function and the argument. */
const FLOAT = "bigint.new converts an integral float, bigint.tonumber gives a float";
const ERRORS = [
  ["bigint.new('12x')", "bigint.new: '12x' is not a number in base 10"],
  ["bigint.new('')", "bigint.new: '' is not a number in base 10"],
  ["bigint.new('-')", "bigint.new: '-' is not a number in base 10"],
  ["bigint.new('1_0')", "bigint.new: '1_0' is not a number in base 10"],
  ["bigint.new('1.5')", "bigint.new: '1.5' is not a number in base 10"],
  ["bigint.new('12', 2)", "bigint.new: '12' is not a number in base 2"],
  ["bigint.new('0x')", "bigint.new: '0x' is not a number in base 16"],
  ["bigint.new('0x1', 10)", "bigint.new: '0x1' is not a number in base 10"],
  ["bigint.new(('9'):rep(100) .. 'x')", `bigint.new: '${"9".repeat(40)}...' is not a number in base 10`],
  ["bigint.new('1', 1)", "bigint.new: base 1 is out of range (2 to 36)"],
  ["bigint.new('1', 37)", "bigint.new: base 37 is out of range (2 to 36)"],
  ["bigint.new(1, 10)", "bigint.new: a base goes with a string only"],
  ["bigint.new(1.5)", "bigint.new: 1.5 has a fraction"],
  ["bigint.new(1/0)", "bigint.new: inf is not an integer"],
  ["bigint.new()", "bigint.new: argument 1 is a nil, not a number, a string or a bigint"],
  ["bigint.new({})", "bigint.new: argument 1 is a table, not a number, a string or a bigint"],
  ["bigint.tostring(1, 99)", "bigint.tostring: base 99 is out of range (2 to 36)"],
  ["bigint.gcd(1, 1.0)", `bigint.gcd: argument 2 is a float, not a bigint or an integer (${FLOAT})`],
  ["bigint.gcd('1', 1)", "bigint.gcd: argument 1 is a string, not a bigint or an integer (bigint.new converts it)"],
  ["bigint.abs()", "bigint.abs: argument 1 is a nil, not a bigint or an integer"],
  ["bigint.eq(1, 'x')", "bigint.eq: argument 2 is a string, not a number or a bigint"],
  ["bigint.sqrt(-1)", "bigint.sqrt: argument 1 is negative"],
  ["bigint.pow(2, -1)", "bigint.pow: argument 2 is negative"],
  ["bigint.modpow(2, -1, 5)", "bigint.modpow: argument 2 is negative"],
  ["bigint.tobytes(-1)", "bigint.tobytes: argument 1 is negative"],
  ["bigint.tobytes(1, 'middle')", "bigint.tobytes: 'middle' is not a byte order ('big' or 'little')"],
  ["bigint.frombytes(1)", "bigint.frombytes: argument 1 is a number, not a string"],
  ["b // 0", "attempt to divide by zero"],
  ["b / 0", "attempt to divide by zero"],
  ["1 % (b - b)", "attempt to divide by zero"],
  ["bigint.divmod(1, 0)", "attempt to divide by zero"],
  ["bigint.quotrem(1, 0)", "attempt to divide by zero"],
  ["bigint.modpow(1, 1, 0)", "attempt to divide by zero"],
  ["b + 1.0", `attempt to combine a bigint with a float (${FLOAT})`],
  ["0.5 * b", `attempt to combine a bigint with a float (${FLOAT})`],
  ["b - '1'", "attempt to combine a bigint with a string (bigint.new converts it)"],
  ["b & nil", "attempt to combine a bigint with a nil"],
  ["b ^ -1", "attempt to raise a bigint to a negative power"],
  ["b < 'x'", "attempt to compare bigint with string"],
  ["{} <= b", "attempt to compare table with bigint"],
  ["b .. {}", "attempt to concatenate a table value"],
  ["('%d'):format(b)", "bad argument #1 to 'format' (number expected, got bigint)"],
  ["b.x", "attempt to index a bigint value (local 'b')"],
  ["b()", "attempt to call a bigint value (local 'b')"],
];

for (const [code, message] of ERRORS) {
  test(`error: ${code}`, async () => {
    const { cu } = await createCu();
    assert.equal(await cu.compute(`local b = bigint.new(7) return select(2, pcall(function() return ${code} end))`.replace("(local 'b')", "")), `compute:1: ${message.replace("local 'b'", "upvalue 'b'")}`);
    cu.close();
  });
}
