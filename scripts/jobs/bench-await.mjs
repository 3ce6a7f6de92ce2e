/**
 * Measures what waiting for promises costs: awaits from Lua beside the same awaits in JavaScript, and, with --base, what computations cost
 * that never wait in another build of the library. By turns; the least processor time of each counts. What scripts/bench await runs.
 * usage: node scripts/jobs/bench-await.mjs [--quick] [--base DIR]      DIR: another js/dist
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { Cu } from "../../js/dist/index.js";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, base: { type: "string" } } });
const TURNS = values.quick ? 5 : 25;
const AWAITS = 1000;
const COMPUTATIONS = values.quick ? 10_000 : 100_000;

const later = async (x) => x;
const cu = await Cu.create({ seed: 1 });
cu.setInput({ later, now: (x) => x });

const awaits = {
  "the promises themselves": async () => { for (let i = 0; i < AWAITS; i++) await later(i); },
  "from Lua": () => cu.compute(`local later = _io.input.later for i = 1, ${AWAITS} do later(i) end`),
  "from Lua, in two coroutines": () => cu.compute(`
    local later, wrap = _io.input.later, coroutine.wrap
    wrap(function() wrap(function() for i = 1, ${AWAITS} do later(i) end end)() end)()`),
  "calls without a promise": () => cu.compute(`local now = _io.input.now for i = 1, ${AWAITS} do now(i) end`),
};
console.log(`${AWAITS} awaits, ms`);
const best = await measure(awaits, TURNS);
const alone = best["the promises themselves"];
for (const [name, time] of Object.entries(best)) {
  console.log(`${name.padEnd(30)}${time.toFixed(2).padStart(8)}  ${(time - alone).toFixed(2).padStart(6)} more`);
}

const builds = { now: Cu };
if (values.base !== undefined) builds.base = (await import(pathToFileURL(resolve(values.base, "index.js")))).Cu;
console.log(`\n${COMPUTATIONS} computations that never wait, ms`);
for (const [name, run] of Object.entries({
  'compute("return 1")': async (one) => { for (let i = 0; i < COMPUTATIONS; i++) await one.compute("return 1"); },
  'computeSync("return 1")': async (one) => { for (let i = 0; i < COMPUTATIONS; i++) one.computeSync("return 1"); },
  "call": async (one) => { for (let i = 0; i < COMPUTATIONS; i++) await one.call("math.abs", -1); },
})) {
  const contenders = {};
  for (const [build, Build] of Object.entries(builds)) {
    const one = await Build.create({ seed: 1 });
    contenders[build] = () => run(one);
  }
  const { now, base } = await measure(contenders, 5);
  const before = base === undefined ? "" : `  ${base.toFixed(1).padStart(8)} before, ratio ${(now / base).toFixed(3)}`;
  console.log(`${name.padEnd(30)}${now.toFixed(1).padStart(8)}${before}`);
}

/** The least milliseconds of processor time of each. */
async function measure(runs, turns) {
  const best = {};
  for (let turn = -2; turn < turns; turn++) {
    for (const [name, run] of Object.entries(runs)) {
      const start = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(start);
      if (turn >= 0) best[name] = Math.min(best[name] ?? Infinity, (user + system) / 1000);
    }
  }
  return best;
}
