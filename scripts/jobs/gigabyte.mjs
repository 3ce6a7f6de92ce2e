// The main job's second half: a dataset five hundred times as large as the module's memory, added up by Lua where it is.

import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";

const LUA = new URL("gigabyte.lua", import.meta.url);
const COUNT = 2 ** 27;
const CYCLE = 2 ** 16;
/** Node's own garbage and code may come; a copy of the data, even of a part, may not. */
const GROWTH_BYTES_MAX = 64 * 2 ** 20;

/** Runs the job; answers what is wrong, the time per element and by how much the process grew while Lua ran. */
export async function gigabyte(cu) {
  const data = dataset();
  const expected = sum(data);
  const rss = process.memoryUsage.rss();
  cu.setInput({ data, progress });
  const start = performance.now();
  const [answer, count] = await cu.computeAll(await readFile(LUA), { name: "scripts/jobs/gigabyte.lua" });
  const nanoseconds = ((performance.now() - start) * 1e6) / COUNT;
  const growth = process.memoryUsage.rss() - rss;
  cu.clearIo();
  console.log(`sum ${answer} in ${((nanoseconds * COUNT) / 1e9).toFixed(2)} s`);

  const problems = [];
  if (count !== COUNT) problems.push(`Lua saw ${count} elements, not ${COUNT}`);
  if (answer !== expected) problems.push(`the sum is ${answer} in Lua and ${expected} in JavaScript`);
  if (expected !== sumByFormula()) problems.push(`the sum is ${expected} in JavaScript and ${sumByFormula()} by the formula`);
  if (growth > GROWTH_BYTES_MAX) problems.push(`the process grew by ${growth} bytes, more than ${GROWTH_BYTES_MAX}`);
  return { problems, nanoseconds, growth };
}

/** Every CYCLE elements are the numbers 0, 1/256, …, 65535/256 once each, shuffled (the factor is odd): all sums are exact. */
function dataset() {
  const data = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i++) data[i] = (Math.imul(i, 40503) & (CYCLE - 1)) / 256;
  return data;
}

function sumByFormula() {
  return ((COUNT / CYCLE) * ((CYCLE * (CYCLE - 1)) / 2)) / 256;
}

function sum(data) {
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i];
  return total;
}

/** On a terminal one line that is written anew; elsewhere a line for every eighth. */
function progress(done) {
  const share = done / COUNT;
  const bar = "#".repeat(Math.floor(share * 40)).padEnd(40, ".");
  const line = `[${bar}] ${(share * 100).toFixed(0).padStart(3)} %`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${share === 1 ? "\n" : ""}`);
  else if (done % (COUNT / 8) === 0) console.log(line);
}
