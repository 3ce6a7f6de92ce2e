/**
 * How fast the module is beside its peers, loosely: Lua programs beside native Lua, crossings of the boundary beside a loop of Lua's own, large
 * integers beside V8's. Only ratios of processor time are looked at, each beside the one that is kept in ratios.json, which CU_BLESS=1 renews.
 * A ratio that has grown by more than 30 % is measured again, twice: it fails if it never was within. What is kept is the largest of as many
 * rounds, since engines do not optimise a program alike in each process, and the larger of what two kinds of processor gave (an Intel Xeon, an
 * AMD EPYC): a loop of Lua's own is not as fast beside the rest on both. So after CU_BLESS=1 rows that fell on one kind want to be looked at.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { measureRows } from "../../scripts/benchmarks/parts/bigint.mjs";
import { measureAlone } from "../../scripts/benchmarks/parts/boundary.mjs";
import { median } from "../../scripts/benchmarks/statistics.mjs";
import { openSystems } from "../../scripts/benchmarks/systems.mjs";
import { measureByTurns } from "../../scripts/benchmarks/turns.mjs";
import { WORKLOADS } from "../../scripts/benchmarks/workloads.mjs";

const FILE = new URL("./ratios.json", import.meta.url);
const GROWTH_MAX = 1.3;
const ROUNDS = 3;
const BLESS = process.env.CU_BLESS === "1";
const TURNS = 2;
const BOUNDARY_PART = 4;

/** Each answers with names and ratios; `names` are those that are asked for. */
const FAMILIES = {
  async lua(names) {
    const systems = openSystems([]);
    try {
      const rows = await measureByTurns(systems, WORKLOADS.filter(({ file }) => names === undefined || names.includes(file)), TURNS);
      return rows.map(({ workload, cells }) => [workload.file, cells[1].ratio]);
    } finally {
      for (const system of systems) system.close();
    }
  },
  async boundary() {
    const [[, loop], ...rows] = await measureAlone(TURNS + 1, BOUNDARY_PART);
    return rows.map(([name, ns]) => [name, ns / loop]);
  },
  async bigint() {
    const rows = await measureRows(TURNS + 1);
    return rows.map(({ name, cuTimes, v8Times }) => [name, median(cuTimes.map((time, turn) => time / v8Times[turn]))]);
  },
};

const rounded = (ratio) => Number(ratio.toPrecision(3));
const kept = JSON.parse(readFileSync(FILE, "utf8"));

for (const [family, measure] of Object.entries(FAMILIES)) {
  test(`no ratio has grown by more than 30 %: ${family}`, async () => {
    const best = new Map();
    let beyond;
    const chosen = BLESS ? Math.max : Math.min;
    for (let round = 0; round < ROUNDS && beyond?.length !== 0; round++) {
      for (const [name, ratio] of await measure(beyond)) best.set(name, chosen(ratio, best.get(name) ?? ratio));
      if (!BLESS) beyond = [...best].filter(([name, ratio]) => !(ratio <= kept[family]?.[name] * GROWTH_MAX)).map(([name]) => name);
    }
    if (BLESS) {
      kept[family] = Object.fromEntries([...best].map(([name, ratio]) => [name, rounded(ratio)]));
      writeFileSync(FILE, `${JSON.stringify(kept, null, 2)}\n`);
      return;
    }
    assert.deepEqual([...best.keys()].sort(), Object.keys(kept[family]).sort(), "ratios.json has other rows: CU_BLESS=1 renews it");
    const problems = beyond.map((name) => `${name}: ${rounded(best.get(name))} instead of ${kept[family][name]}`);
    assert.deepEqual(problems, [], "slower than it was; if that is meant, CU_BLESS=1 renews ratios.json");
  });
}
