/** Random operations of all kinds and sizes against JavaScript's BigInt: 200,000, or 1,000,000 with CU_LONG=1. CU_SEED chooses another seed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { argumentsOf, createCu, luaFunction, OPERATIONS, operands } from "./support.mjs";

const OPERATIONS_COUNT = process.env.CU_LONG === "1" ? 1_000_000 : 200_000;
const SEED = Number(process.env.CU_SEED ?? 20_240_607);

/** The sizes of operands, in bits at most, and which share of all operations has such. */
const SIZES = [[130, 0.6], [2000, 0.345], [8000, 0.053], [60_000, 0.002]];

for (const [bitsMax, share] of SIZES) {
  const rounds = Math.max(1, Math.ceil((OPERATIONS_COUNT * share) / OPERATIONS.length));
  test(`operands of up to ${bitsMax} bits: ${rounds * OPERATIONS.length} operations from seed ${SEED}`, async () => {
    const { cu } = await createCu();
    const next = operands(SEED + bitsMax, bitsMax);
    const functions = [];
    for (const [, expression] of OPERATIONS) functions.push(await cu.compute(luaFunction(expression)));
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < OPERATIONS.length; i++) {
        const [name, , oracle] = OPERATIONS[i];
        const [a, b, c] = next();
        const ours = functions[i](...argumentsOf(a, b, c));
        const theirs = oracle(a, b, c);
        if (ours !== theirs) assert.fail(`${name}: a = ${a}, b = ${b}, c = ${c}: ${ours} instead of ${theirs}`);
      }
    }
    cu.close();
  });
}

/** Every operation with every pair of these. */
const EDGES = [0n, 1n, 2n, 3n, 9n, 10n];
for (const bits of [8n, 16n, 31n, 32n, 33n, 52n, 53n, 54n, 62n, 63n, 64n, 65n, 95n, 96n, 97n, 128n, 1023n, 1024n, 1025n, 2048n]) {
  EDGES.push((1n << bits) - 1n, 1n << bits, (1n << bits) + 1n);
}
for (const digits of [9n, 10n, 18n, 19n, 38n, 143n, 144n, 145n, 300n]) EDGES.push(10n ** digits - 1n, 10n ** digits);

for (const [name, expression, oracle] of OPERATIONS) {
  test(`edges: ${name}`, async () => {
    const { cu } = await createCu();
    const ours = await cu.compute(luaFunction(expression));
    const numbers = [...EDGES, ...EDGES.map((a) => -a)];
    for (const a of numbers) {
      for (const b of numbers) {
        const c = (b < 0n ? -b : b) + 1n;
        const [result, expected] = [ours(...argumentsOf(a, b, c)), oracle(a, b, c)];
        if (result !== expected) assert.fail(`a = ${a}, b = ${b}, c = ${c}: ${result} instead of ${expected}`);
      }
    }
    cu.close();
  });
}
