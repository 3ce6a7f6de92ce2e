/** What the tests of the library `bigint` share: the oracle, which is JavaScript's BigInt, with Lua's meaning of each operation, and random operands. */
import { randomFrom } from "../js/support.mjs";

export { createCu, randomFrom } from "../js/support.mjs";

export const abs = (a) => (a < 0n ? -a : a);

/** The quotient and the remainder, rounded down. */
export function floorDivide(a, b) {
  const [quotient, remainder] = [a / b, a % b];
  return remainder !== 0n && remainder < 0n !== b < 0n ? [quotient - 1n, remainder + b] : [quotient, remainder];
}

export function gcd(a, b) {
  [a, b] = [abs(a), abs(b)];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

export function modpow(base, exponent, modulus) {
  let power = 1n;
  for (const bit of exponent.toString(2)) {
    power = (power * power) % modulus;
    if (bit === "1") power = (power * base) % modulus;
  }
  return floorDivide(power, modulus)[1];
}

export function sqrt(a) {
  if (a < 2n) return a;
  for (let root = 1n << BigInt((a.toString(2).length + 1) >> 1); ;) {
    const next = (root + a / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Bytes of a magnitude, most significant first; one for zero. */
export function toBytes(a) {
  const hex = a.toString(16);
  return Uint8Array.from(hex.padStart(hex.length + (hex.length & 1), "0").match(/../g), (byte) => parseInt(byte, 16));
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const sign = (a) => compare(a, 0n);


const small = (b) => BigInt.asIntN(64, b);
const places = (b) => BigInt.asIntN(12, b);
const againstFloat = (a, f) => `${a < f}${f <= a}${a == f}`;

/**
 * Name, what Lua does with `a`, `b` and `c` (any, any, positive) and what comes with them (`luaFunction`), what the oracle does.
 */
export const OPERATIONS = [
  ["+", "a + b", (a, b) => a + b],
  ["-", "a - b", (a, b) => a - b],
  ["*", "a * b", (a, b) => a * b],
  ["/", "a / (b | 1)", (a, b) => a / (b | 1n)],
  ["//", "a // (b | 1)", (a, b) => floorDivide(a, b | 1n)[0]],
  ["%", "a % (b | 1)", (a, b) => floorDivide(a, b | 1n)[1]],
  ["even divisor", "a % ((b | 1) << 5)", (a, b) => floorDivide(a, (b | 1n) << 5n)[1]],
  ["divmod", "select(2, bigint.divmod(a, b | 1)) - bigint.divmod(a, b | 1)", (a, b) => floorDivide(a, b | 1n)[1] - floorDivide(a, b | 1n)[0]],
  ["quotrem", "select(2, bigint.quotrem(a, b | 1)) - bigint.quotrem(a, b | 1)", (a, b) => (a % (b | 1n)) - a / (b | 1n)],
  ["unary -", "-a", (a) => -a],
  ["&", "a & b", (a, b) => a & b],
  ["|", "a | b", (a, b) => a | b],
  ["~", "a ~ b", (a, b) => a ^ b],
  ["unary ~", "~a", (a) => ~a],
  ["<<", "a << s", (a, b) => a << places(b)],
  [">>", "a >> s", (a, b) => a >> places(b)],
  ["==", "tostring(a == b)", (a, b) => String(a === b)],
  ["<", "tostring(a < b)", (a, b) => String(a < b)],
  ["<=", "tostring(a <= b)", (a, b) => String(a <= b)],
  ["eq", "tostring(bigint.eq(a, b))", (a, b) => String(a === b)],
  ["against a float", "tostring(a < f) .. tostring(f <= a) .. tostring(bigint.eq(a, f))", (a, b) => againstFloat(a, Number(b))],
  ["against its own float", "tostring(a < g) .. tostring(g <= a) .. tostring(bigint.eq(a, g))", (a) => againstFloat(a, Number(a))],
  ["against a fraction", "tostring(a < g / 3) .. tostring(g / 3 <= a) .. tostring(bigint.eq(a, g / 3))", (a) => againstFloat(a, Number(a) / 3)],
  ["against an integer", "tostring(a < i) .. tostring(i <= a) .. tostring(bigint.eq(i, a))", (a, b) => `${a < small(b)}${small(b) <= a}${a === small(b)}`],
  ["with an integer", "(a + i) * i - (i - a) // ((i | 1) + bigint.new(0))", (a, b) => (a + small(b)) * small(b) - floorDivide(small(b) - a, small(b) | 1n)[0]],
  ["^", "a ^ (i & 7)", (a, b) => a ** (small(b) & 7n)],
  ["pow", "bigint.pow(i, 20)", (a, b) => small(b) ** 20n],
  ["modpow", "bigint.modpow(a, e, c)", (a, b, c) => modpow(a, abs(small(b)) >> 40n, c)],
  ["modpow, negative modulus", "bigint.modpow(a, e, -c)", (a, b, c) => modpow(a, abs(small(b)) >> 40n, -c)],
  ["gcd", "bigint.gcd(a, b)", gcd],
  ["gcd of multiples", "bigint.gcd(a * c, b * c)", (a, b, c) => gcd(a * c, b * c)],
  ["lcm", "bigint.lcm(a, b)", (a, b) => (a === 0n || b === 0n ? 0n : abs((a / gcd(a, b)) * b))],
  ["sqrt", "bigint.sqrt(bigint.abs(a))", (a) => sqrt(abs(a))],
  ["sqrt of a square", "bigint.sqrt(a * a) + bigint.sqrt(a * a + (bigint.abs(a) << 1))", (a) => abs(a) * 2n],
  ["sign, bits, #", "bigint.sign(a) .. ' ' .. bigint.bits(a) .. ' ' .. #a", (a) => `${sign(a)} ${a === 0n ? 0 : abs(a).toString(2).length} ${abs(a).toString().length}`],
  ["tointeger", "tostring(bigint.tointeger(a))", (a) => (BigInt.asIntN(64, a) === a ? String(a) : "nil")],
  ["tonumber", "bigint.tonumber(a)", (a) => Number(a)],
  ["text", "tostring(a)", (a) => String(a)],
  ["text in a base", "bigint.tostring(a, 2 + (i & 31))", (a, b) => a.toString(2 + Number(small(b) & 31n))],
  ["text and back", "bigint.new(bigint.tostring(a, 2 + (i & 31)), 2 + (i & 31))", (a) => a],
  ["decimal text and back", "bigint.new(tostring(a))", (a) => a],
  ["concatenation", "a .. '|' .. b", (a, b) => `${a}|${b}`],
  ["bytes and back", "bigint.frombytes(bigint.tobytes(bigint.abs(a))) + bigint.frombytes(bigint.tobytes(bigint.abs(b), 'little'), 'little')", (a, b) => abs(a) + abs(b)],
  ["float and back", "f - f == 0 and bigint.new(f)", (a, b) => Number.isFinite(Number(b)) && BigInt(Number(b))],
];

/**
 * A Lua function for an operation. With `a`, `b` and `c` come `f` and `g`, the floats of `b` and `a`; `i`, the integer of `b`'s lowest 64 bits; `e`, a small
 * exponent; `s`, a number of places.
 */
export function luaFunction(expression) {
  return `return function(a, b, c, f, g, i, s)
    f, g, i = f + 0.0, g + 0.0, bigint.tointeger(i)
    local e = bigint.abs(i) >> 40
    return ${expression}
  end`;
}

export const argumentsOf = (a, b, c) => [a, b, c, Number(b), Number(a), small(b), Number(places(b))];

/** Random operands: of all sizes up to `bitsMax`, small ones more often, many of them next to a border. */
export function operands(seed, bitsMax) {
  const random = randomFrom(seed);
  const word = () => BigInt(random(2 ** 32));
  const bits = () => {
    const scale = random(4);
    return scale === 0 ? random(65) : scale === 1 ? random(200) : scale === 2 ? random(Math.min(1200, bitsMax)) : random(bitsMax);
  };
  const magnitude = () => {
    const n = bits();
    switch (random(8)) {
      case 0: return 1n << BigInt(n);
      case 1: return (1n << BigInt(n)) - 1n;
      case 2: return (1n << BigInt(n)) + 1n;
      case 3: return 10n ** BigInt(Math.floor(n * 0.3)) - BigInt(random(3));
      default: {
        let value = 0n;
        for (let i = 0; i < n; i += 32) value = (value << 32n) | (random(6) === 0 ? 0n : random(6) === 0 ? 0xffffffffn : word());
        return BigInt.asUintN(n, value);
      }
    }
  };
  const one = () => (random(2) === 0 ? magnitude() : -magnitude());
  return () => [one(), one(), abs(magnitude()) + 1n];
}
