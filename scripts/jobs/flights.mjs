// The main job's first half: real records, read by Lua where they are, and the same sums in JavaScript for comparison.

import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";

const DATA = new URL("../node_modules/vega-datasets/data/flights-200k.json", import.meta.url);
const LUA = new URL("flights.lua", import.meta.url);
const LATE_MINUTES = 15;
const BANDS_MILES = [500, 1000, 2000, Infinity];

/** Runs the job; answers what is wrong with its result, nothing if all is right. */
export async function flights(cu) {
  const records = JSON.parse(await readFile(DATA, "utf8"));
  cu.setInput({ flights: records });
  const start = performance.now();
  const [groups, times] = await cu.computeAll(await readFile(LUA), { name: "scripts/jobs/flights.lua" });
  const seconds = (performance.now() - start) / 1000;
  cu.clearIo();
  console.log(`${records.length.toLocaleString("en-US")} records in ${seconds.toFixed(2)} s`);
  return compare(groups, times, sums(records));
}

/** The sums of all delays are integers and those of the times are added in the same order: all must be equal, not near. */
function compare(groups, times, expected) {
  const problems = [];
  expected.groups.forEach((group, index) => {
    for (const field of ["count", "delay", "late"]) {
      if (groups[index]?.[field] !== group[field]) {
        problems.push(`group ${index}: ${field} is ${groups[index]?.[field]} in Lua and ${group[field]} in JavaScript`);
      }
    }
  });
  if (groups.length !== expected.groups.length) problems.push(`Lua made ${groups.length} groups`);
  if (times !== expected.times) problems.push(`the times add up to ${times} in Lua and ${expected.times} in JavaScript`);
  return problems;
}

function sums(records) {
  const groups = Array.from({ length: 24 * BANDS_MILES.length }, () => ({ count: 0, delay: 0, late: 0 }));
  let times = 0;
  for (const { time, distance, delay } of records) {
    const band = BANDS_MILES.findIndex((miles) => distance < miles);
    const group = groups[Math.floor(time) * BANDS_MILES.length + band];
    group.count += 1;
    group.delay += delay;
    if (delay >= LATE_MINUTES) group.late += 1;
    times += time;
  }
  return { groups, times };
}
