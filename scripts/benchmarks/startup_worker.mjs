/**
 * Measures one system in this process and prints the figures as JSON: the processor time of making instances one after the other, and
 * what many at once take of memory.  usage: node --expose-gc startup_worker.mjs SYSTEM [MODULE]
 */
import { clock } from "./clock.mjs";
import { INSTANCES } from "./instances.mjs";
import { median } from "./statistics.mjs";

const MADE = 300;
const KEPT = 60;
/** Those that take milliseconds each need not be so many. */
const SECONDS_MAX = 1;

const [system, path] = process.argv.slice(2);
const make = await INSTANCES[system](path);

/**
 * Milliseconds that one takes to make: a median, since the engine's collections of earlier ones fall on some. The first third is the
 * warm-up.
 */
async function timeOfOne() {
  const times = [];
  const end = clock() + SECONDS_MAX;
  while (times.length < MADE && clock() < end) {
    const start = clock();
    const instance = await make();
    times.push((clock() - start) * 1000);
    await instance.close();
  }
  return median(times.slice(Math.ceil(times.length / 3)));
}

/** MiB of each, beyond the first: in the memory of the machine, and in JavaScript's heap. */
async function memoryOfOne() {
  const kept = [await used()];
  globalThis.gc();
  const before = process.memoryUsage();
  for (let i = 0; i < KEPT; i++) kept.push(await used());
  globalThis.gc();
  const after = process.memoryUsage();
  const each = (what) => (after[what] - before[what]) / KEPT / 2 ** 20;
  for (const instance of kept) await instance.close();
  return { resident: each("rss"), heap: each("heapUsed") };
}

async function used() {
  const instance = await make();
  if ((await instance.compute()) !== 2) throw new Error(`${system} cannot add`);
  return instance;
}

const memory = await memoryOfOne();
console.log(JSON.stringify({ milliseconds: await timeOfOne(), ...memory }));
process.exit();
