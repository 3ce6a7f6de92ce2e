/** `_home` at scale: sequences and keys beyond what one container of the engine holds. With CU_LONG=1 they are as large as is promised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu, innerModules } from "./support.mjs";

const LONG = process.env.CU_LONG === "1";
const ELEMENTS = LONG ? 100_000_000 : 3_000_000;

test(`a sequence of ${ELEMENTS} numbers takes nothing of Lua's heap`, { timeout: 600_000 }, async () => {
  const { cu } = await createCu({ limits: { hostBytes: 4_000_000_000 } });
  cu.collectGarbage();
  const before = cu.memory.used;
  assert.deepEqual(await cu.computeAll(`
    local N <const> = ${ELEMENTS}
    _home.results = {}
    local results = _home.results
    for i = 1, N do results[i] = i end
    for i = N // 2, N // 2 + 1000 do results[i] = i + 0.5 end
    local sum = 0
    for i = 1, N, 1000 do sum = sum + results[i] end
    return #results, results[1], results[N], results[N // 2], results[N + 1], math.type(results[N]), sum > 0`), [
    ELEMENTS, 1, ELEMENTS, ELEMENTS / 2 + 0.5, undefined, "integer", true,
  ]);
  cu.collectGarbage();
  assert.ok(cu.memory.used - before < 10_000, `${cu.memory.used - before} bytes of heap`);
  assert.equal(cu.home.get("results").size, ELEMENTS);
  await cu.compute("_home.results = nil");
  cu.close();
});

test("more keys than one Map of the engine holds", { timeout: 600_000 }, async () => {
  const { account, functions, home, space } = await innerModules(["account", "functions", "home", "space"]);
  // The engine ends a Map at 2^24 entries: in the short run the tables are told to end theirs earlier.
  const entries = LONG ? 2 ** 24 + 100_000 : 300_000;
  const table = new home.HomeTable(new space.Space(new account.Account({ hostBytes: Infinity }), new functions.Functions(() => [], () => {})), LONG ? undefined : 100_000);
  for (let i = 0; i < entries; i++) table.set(i + 0.5, i);
  assert.equal(table.size, entries);
  for (const i of [0, 1, 99_999, 100_000, entries - 1]) assert.equal(table.get(i + 0.5), i);
  table.delete(0.5);
  table.set(1.5, "changed");
  const keys = table.otherKeys();
  assert.deepEqual([keys.next().value, keys.next().value, table.get(1.5), table.get(0.5), table.size], [1.5, 2.5, "changed", undefined, entries - 1]);
  let count = 2;
  for (const _ of keys) count++;
  assert.equal(count, entries - 1);
});
