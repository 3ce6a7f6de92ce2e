/** How cost grows with size: elements, fields, instances, saved states, strings, large integers. What has no reason to grow must not. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cu } from "../../../js/dist/index.js";
import { DirectoryStore } from "../../../js/dist/stores/directory.js";
import { launch, newProfile } from "../../../tests/browser/browsers.mjs";
import { serve } from "../../../tests/browser/server.mjs";
import { lines } from "../chart.mjs";
import { clock } from "../clock.mjs";
import { median, slope } from "../statistics.mjs";

const wasm = await WebAssembly.compile(readFileSync(new URL("../../../js/dist/cu.wasm", import.meta.url)));
/** More than any series needs. */
const limits = { hostBytes: 8e9, hostEntries: 1e9 };
/** A measurement is repeated until it has taken so long, and has so many repetitions. */
const SECONDS_MIN = 0.05;
const REPEATS_MIN = 3;
const SECONDS_ENOUGH = 0.5;
const SETTLED_PER_MS = 3_000;
/** So many that those during which LevelDB still sorts are the smaller part. */
const SAVES = 60;

const ABOUT = `Cost by size, processor time unless it says otherwise. The last columns: by what power of the size the cost grows (a line
through the logarithms of all points, or of those from the size that is named), and by what power it may. 0 is flat, 1 is proportional.`;

const powers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));

/**
 * Each: a name, its unit, sizes, those of a quick run, the power that its cost may grow by (`most`), from which size that holds (`from`),
 * its chart, and `costs(sizes)`, which gives the cost of each size, or of those that it got to.
 */
const SERIES = [
  {
    name: "read one of n elements, Float64Array", unit: "ns", chart: "elements", sizes: powers(3, 8), quick: powers(3, 6), most: 0.1,
    costs: (sizes) => perElement(sizes, async (cu, n) => {
      const read = "local t, s, n = _io.input, 0.0, ... for k = 0, 999999 do s = s + t[k % n + 1] end return s";
      return await timed(() => cu.compute(read, { args: [n], input: new Float64Array(n) }), 1e6);
    }),
  },
  {
    name: "append one of n elements to _home", unit: "ns", chart: "elements", sizes: powers(3, 8), quick: powers(3, 6), most: 0.1,
    costs: (sizes) => perElement(sizes, (cu, n) => (
      timed(() => cu.compute("_home.t = {} local t, n = _home.t, ... for i = 1, n do t[i] = i / 2 end", { args: [n] }), n)
    )),
  },
  {
    // The engine's Map grows faster than that, for want of cache.
    name: "write one of n fields of _home", unit: "ns", chart: "elements", sizes: powers(3, 7), quick: powers(3, 5), most: 0.25,
    costs: (sizes) => perElement(sizes, (cu, n) => (
      timed(() => cu.compute("_home.t = {} local t, n = _home.t, ... for i = 1, n do t[i * 199] = i end", { args: [n] }), n)
    )),
  },
  {
    name: "the same in a Map of JavaScript's", unit: "ns", chart: "elements", sizes: powers(3, 7), quick: powers(3, 5),
    costs: (sizes) => perElement(sizes, (_, n) => timed(() => fillMap(n), n)),
  },
  {
    name: "pairs over n elements of _home, a step", unit: "ns", chart: "elements", sizes: powers(3, 7), quick: powers(3, 6), most: 0.1,
    costs: (sizes) => perElement(sizes, async (cu, n) => {
      await cu.compute("_home.t = {} local t, n = _home.t, ... for i = 1, n do t[i] = i end", { args: [n] });
      return timed(() => cu.compute("local s = 0 for _, v in pairs(_home.t) do s = s + v end return s"), n);
    }),
  },
  {
    name: "one of n instances, Node", unit: "ms", chart: "instances", sizes: powers(0, 3), quick: powers(0, 2), most: 0.15, from: 10,
    costs: async (sizes) => (await instances(sizes)).map((seconds) => seconds * 1e3),
  },
  {
    name: "one of n instances, Chromium, on the clock", unit: "ms", chart: "instances", sizes: [1, 10, 30, 100], quick: [],
    most: 0.15, from: 10, costs: inChromium,
  },
  {
    name: "save after one change among n entries", unit: "ms", chart: "states", sizes: powers(2, 7), quick: powers(2, 5),
    most: 0.1, costs: saves,
  },
  {
    name: "a text of n bytes in", unit: "µs", chart: "strings", sizes: powers(1, 5), quick: powers(1, 5), most: 1.05, from: 1000,
    costs: (sizes) => strings(sizes, "local f = ... return function(n) for _ = 1, n do local s = f() end end", (text) => () => text),
  },
  {
    name: "a text of n bytes out", unit: "µs", chart: "strings", sizes: powers(1, 5), quick: powers(1, 5), most: 1.05, from: 1000,
    costs: (sizes) => strings(sizes, "local f = ... local s = f() return function(n) for _ = 1, n do f(s) end end", (text) => () => text),
  },
  {
    name: "multiply n digits", unit: "µs", chart: "integers", sizes: powers(1, 5), quick: powers(1, 4), most: 1.6, from: 100,
    costs: (sizes) => integers(sizes, "local a = ... local b = a + 1 return function(n) for _ = 1, n do local _ = a * b end end"),
  },
  {
    name: "add n digits", unit: "µs", chart: "integers", sizes: powers(1, 5), quick: powers(1, 4), most: 1.05, from: 1000,
    costs: (sizes) => integers(sizes, "local a = ... local b = a + 1 return function(n) for _ = 1, n do local _ = a + b end end"),
  },
  {
    name: "tostring of n digits", unit: "µs", chart: "integers", sizes: powers(1, 5), quick: powers(1, 4), most: 1.7, from: 100,
    costs: (sizes) => integers(sizes, "local a = ... return function(n) for _ = 1, n do local _ = tostring(a) end end"),
  },
];

const CHARTS = {
  elements: ["Time of one element by the number of elements", "elements", "ns"],
  instances: ["Time to make one more instance by the number of instances", "instances", "ms"],
  states: ["Time to save one change by the entries of the state", "entries", "ms"],
  strings: ["Time for a text to cross by its length", "bytes", "µs"],
  integers: ["Time of operations on large integers by their digits", "digits", "µs"],
};

export async function measure({ quick, progress }) {
  const measured = [];
  for (const series of SERIES) {
    const sizes = quick ? series.quick : series.sizes;
    if (sizes.length === 0) continue;
    progress(series.name);
    const costs = await series.costs(sizes);
    measured.push({ ...series, points: costs.map((cost, i) => [sizes[i], cost]) });
  }
  const tables = Object.keys(CHARTS).map((chart) => tableOf(measured.filter((series) => series.chart === chart)));
  const charts = Object.entries(CHARTS).map(([chart, titles]) => {
    const own = measured.filter((series) => series.chart === chart);
    return lines(`scaling-${chart}`, ...titles, own.map(({ name, points }) => [name, points]));
  });
  return { title: "Scaling", about: ABOUT, tables, charts };
}

function tableOf(measured) {
  const sizes = [...new Set(measured.flatMap(({ points }) => points.map(([size]) => size)))].sort((a, b) => a - b);
  const name = (size) => (size < 1000 ? String(size) : `10^${Math.round(Math.log10(size))}`);
  return {
    columns: ["n", ...sizes.map(name), "grows by", "at most", ""],
    rows: measured.map(({ name: what, unit, points, from = 0, most }) => {
      const costs = new Map(points);
      const power = slope(points.filter(([size]) => size >= from));
      const figures = sizes.map((size) => (costs.has(size) ? costs.get(size).toPrecision(3) : ""));
      const verdict = most === undefined ? "" : power <= most ? "holds" : "missed";
      return [`${what}, ${unit}`, ...figures, power.toFixed(2), String(most ?? ""), verdict];
    }),
  };
}

/** Seconds of one of `count` operations that `work` does: the median of some runs, after one that does not count unless it was long. */
async function timed(work, count, repeats = REPEATS_MIN) {
  const times = [];
  let spent = 0;
  while (times.length <= repeats || spent < SECONDS_MIN) {
    const start = clock();
    await work();
    times.push(clock() - start);
    spent += times.at(-1);
    if (times[0] > SECONDS_ENOUGH) return times[0] / count;
  }
  return median(times.slice(1)) / count;
}

/** In an instance of its own for each size, so that what one leaves behind does not burden the next. */
async function perElement(sizes, measureOne) {
  const costs = [];
  for (const n of sizes) {
    const cu = await Cu.create({ wasm, limits });
    costs.push((await measureOne(cu, n)) * 1e9);
    await cu.close();
  }
  return costs;
}

function fillMap(n) {
  const map = new Map();
  for (let i = 1; i <= n; i++) map.set(i * 199, i);
}

/** Seconds for each of the last tenth of n instances that are all there at once. */
async function instances(sizes) {
  const costs = [];
  for (const n of [1, ...sizes]) {
    const made = [];
    const times = [];
    while (made.length < n) {
      const start = clock();
      made.push(await Cu.create({ wasm }));
      times.push(clock() - start);
    }
    for (const cu of made) await cu.close();
    costs.push(median(times.slice(-Math.ceil(n / 10))));
  }
  return costs.slice(1);
}

async function inChromium(sizes) {
  const server = await serve();
  const browser = await launch("chromium", newProfile("bench-scaling"));
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    return await page.evaluate(`(async () => {
      const { Cu } = await import("/index.js");
      const wasm = await WebAssembly.compileStreaming(fetch("/cu.wasm"));
      const costs = [];
      for (const n of [1, 10, ...${JSON.stringify(sizes)}]) {
        const made = [];
        const times = [];
        while (made.length < n) {
          const start = performance.now();
          made.push(await Cu.create({ wasm }));
          times.push(performance.now() - start);
        }
        for (const cu of made) await cu.close();
        costs.push(times.sort((a, b) => a - b)[times.length >> 1]);
      }
      return costs.slice(2);
    })()`);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function saves(sizes) {
  const folder = mkdtempSync(join(tmpdir(), "cu-bench-"));
  const costs = [];
  try {
    for (const n of sizes) {
      const store = new DirectoryStore(join(folder, String(n)));
      const cu = await Cu.create({ wasm, store, limits });
      await cu.compute("local t = ext.table() _home.data = t for i = 1, ... do t[i] = i / 3 end", { args: [n] });
      await cu.saveState();
      // LevelDB goes on to sort what the first save has left it.
      await sleep(n / SETTLED_PER_MS);
      let turn = 0;
      const change = async () => {
        await cu.compute("local n, turn = ... _home.data[turn * 31 % n + 1] = turn", { args: [n, turn++] });
        await cu.saveState();
      };
      costs.push((await timed(change, 1, SAVES)) * 1e3);
      await cu.close();
      await store.close();
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `f` makes a function of a text, for the code to call. */
function strings(sizes, code, f) {
  return perSize(sizes, (n) => Math.ceil(2e7 / (n + 1000)), code, (n) => f("x".repeat(n)));
}

function integers(sizes, code) {
  return perSize(sizes, (n) => Math.max(1, Math.ceil(3e5 / n ** 1.3)), code, (n) => BigInt("7".repeat(n)));
}

/** `code` gets what belongs to a size, and returns a function that does n operations. */
async function perSize(sizes, countOf, code, argumentOf) {
  const cu = await Cu.create({ wasm });
  const costs = [];
  for (const n of sizes) {
    const count = countOf(n);
    const run = await cu.compute(code, { args: [argumentOf(n)] });
    costs.push((await timed(() => run(count), count)) * 1e6);
  }
  await cu.close();
  return costs;
}
