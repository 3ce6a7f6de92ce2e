/** The library `bigint` beside V8's BigInt: both by turns in one process. */
import { readFileSync } from "node:fs";
import { Cu } from "../../../js/dist/index.js";
import { clock } from "../clock.mjs";
import { median } from "../statistics.mjs";

const TURNS = 11;
const TURNS_QUICK = 3;
const MODULE = new URL("../../../js/dist/cu.wasm", import.meta.url);

const ABOUT = `Microseconds of processor time for one operation, Lua's dispatch included, beside V8's own BigInt in the same process and
turn; every result must be the same.`;

/** A number of so many decimal digits, always the same. */
function digits(n, seed) {
  let text = "";
  for (let state = seed; text.length < n;) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += String((state >>> 8) % 9 + 1);
  }
  return text;
}

const decimal = (n, seed) => BigInt(digits(n, seed));

function modpow(base, exponent, modulus) {
  let power = 1n;
  for (const bit of exponent.toString(2)) {
    power = (power * power) % modulus;
    if (bit === "1") power = (power * base) % modulus;
  }
  return power;
}

function factorial(n) {
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return product.toString();
}

/** Name, operations per turn, operands, what Lua does with them, what JavaScript does, the most that Cu may take: × V8, and µs. */
const ROWS = [
  ["multiply 100 digits", 100_000, [decimal(100, 1), decimal(100, 2)], "a * b", (a, b) => a * b, 6, 1],
  ["multiply 1,000 digits", 20_000, [decimal(1000, 1), decimal(1000, 2)], "a * b", (a, b) => a * b, 3.5, 15],
  ["multiply 10,000 digits", 300, [decimal(10_000, 1), decimal(10_000, 2)], "a * b", (a, b) => a * b, 4, 1000],
  ["add 1,000 digits", 100_000, [decimal(1000, 1), decimal(1000, 2)], "a + b", (a, b) => a + b, 5, 1],
  ["divide 2,000 by 1,000 digits", 10_000, [decimal(2000, 1), decimal(1000, 2)], "a // b", (a, b) => a / b, 4],
  ["parse 10,000 digits", 300, [digits(10_000, 1)], "bigint.new(a)", (a) => BigInt(a), 3],
  ["tostring 10,000 digits", 300, [decimal(10_000, 1)], "tostring(a)", (a) => a.toString(), 3],
  ["factorial(1000) to a string", 100, [1000], "factorial(a)", (a) => factorial(BigInt(a)), 4],
  ["modpow 1024 bits", 5, [decimal(308, 1), decimal(308, 2), decimal(308, 3) * 2n + 1n], "bigint.modpow(a, b, c)", modpow, 6],
];

const LUA = `
local function factorial(n)
  local product = bigint.new(1)
  for i = 2, n do product = product * i end
  return tostring(product)
end
return function(n, a, b, c) local r for _ = 1, n do r = EXPRESSION end return r end`;

/**
 * A loop of its own for each operation, as Lua has it: one that served all would not be optimised for any. Two first operands by turns, or
 * V8 would compute some results once for all turns.
 */
const LOOP = `return (n, a, b, c) => {
  const other = typeof a === "bigint" ? a + 2n : a;
  let r;
  for (let i = 1; i <= n; i++) r = operation(i < n && i & 1 ? other : a, b, c);
  return r;
}`;
const scriptLoop = (operation) => new Function("operation", LOOP)(operation);

export async function measure({ quick, progress }) {
  const rows = await measureRows(quick ? TURNS_QUICK : TURNS, progress);
  return { title: "Large integers", about: ABOUT, tables: [describe(rows)], charts: [] };
}

/** Each row with the microseconds of both, turn by turn. */
export async function measureRows(turns, progress = () => {}) {
  const cu = await Cu.create({ wasm: readFileSync(MODULE) });
  const rows = [];
  for (const [name, count, operands, lua, script, ratio, microseconds] of ROWS) {
    const loops = { cu: await cu.compute(LUA.replace("EXPRESSION", lua)), v8: scriptLoop(script) };
    rows.push({ name, count, operands, ratio, microseconds, ...loops, cuTimes: [], v8Times: [] });
  }
  for (let turn = 1; turn <= turns; turn++) {
    progress(`turn ${turn} of ${turns}`);
    for (const row of rows) takeTurn(row);
  }
  await cu.close();
  return rows;
}

function takeTurn(row) {
  const [cuTime, ours] = time(row.cu, row);
  const [v8Time, theirs] = time(row.v8, row);
  if (ours !== theirs) throw new Error(`${row.name}: the results differ`);
  row.cuTimes.push(cuTime);
  row.v8Times.push(v8Time);
}

function time(loop, { count, operands }) {
  const start = clock();
  const result = loop(count, ...operands);
  return [((clock() - start) * 1e6) / count, result];
}

function describe(rows) {
  const columns = ["operation", "Cu, µs", "V8, µs", "ratio", "at most, × V8", "at most, µs", ""];
  return {
    columns,
    rows: rows.map(({ name, ratio, microseconds, cuTimes, v8Times }) => {
      const [ours, theirs] = [median(cuTimes), median(v8Times)];
      const holds = ours / theirs <= ratio && ours <= (microseconds ?? Infinity);
      const figures = [ours.toFixed(2), theirs.toFixed(2), (ours / theirs).toFixed(2), String(ratio), String(microseconds ?? "")];
      return [name, ...figures, holds ? "holds" : "missed"];
    }),
  };
}
