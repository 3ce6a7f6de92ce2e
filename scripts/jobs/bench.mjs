// The benchmarks: the same Lua programs in Cu, in native Lua and in wasmoon, by turns. Each program times itself with os.clock, so
// that starting and compiling are not measured.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LuaFactory } from "wasmoon";
import { Cu } from "../../js/dist/index.js";

const TURNS = 11;
const TURNS_QUICK = 3;

/** `count` is how many operations `body` does; wasmoon's is its own where it would take minutes. */
const WORKLOADS = [
  {
    name: "pcall(error)",
    count: 100_000,
    body: "for _ = 1, N do pcall(error) end",
  },
  {
    name: "coroutine switch",
    count: 100_000,
    before: "local resume = coroutine.wrap(function() while true do coroutine.yield() end end)",
    body: "for _ = 1, N do resume() end",
  },
  {
    name: "_io.input number",
    count: 1_000_000,
    countWasmoon: 50_000,
    before: "local data, sum = _io.input.data, 0.0",
    body: "for i = 1, N do sum = sum + data[i] end",
  },
];
const DATA = Float64Array.from({ length: 1_000_001 }, (_, i) => i / 2);
const NATIVE_DATA = `_io = { input = { data = {} } } for i = 1, ${DATA.length} do _io.input.data[i] = (i - 1) / 2 end`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: "boolean" } } });
const folder = mkdtempSync(join(tmpdir(), "cu-bench-"));
try {
  const peers = [await cuPeer(), nativePeer(positionals[0]), await wasmoonPeer()];
  print(peers, await measure(peers, values.quick ? TURNS_QUICK : TURNS));
} finally {
  rmSync(folder, { recursive: true });
}

/** Answers, for each workload, the nanoseconds per operation of each peer: medians over the turns. */
async function measure(peers, turns) {
  const results = WORKLOADS.map(() => peers.map(() => []));
  for (let turn = 0; turn < turns; turn++) {
    for (const [w, workload] of WORKLOADS.entries()) {
      for (const [p, peer] of peers.entries()) {
        const count = peer.count(workload);
        results[w][p].push(((await peer.run(program(workload, count))) * 1e9) / count);
      }
    }
  }
  return results.map((row) => row.map(median));
}

/** A chunk that returns seconds. */
function program({ before = "", body }, count) {
  return `local N <const> = ${count}\n${before}\nlocal start = os.clock()\n${body}\nreturn os.clock() - start`;
}

async function cuPeer() {
  const cu = await Cu.create();
  cu.setInput({ data: DATA });
  return { name: "Cu", count: (workload) => workload.count, run: (source) => cu.compute(source, { name: "bench" }) };
}

function nativePeer(lua) {
  const file = join(folder, "bench.lua");
  return {
    name: "native",
    count: (workload) => workload.count,
    run(source) {
      writeFileSync(file, `${NATIVE_DATA}\nlocal function run()\n${source}\nend\nprint(run())\n`);
      return Number(execFileSync(lua, [file], { encoding: "utf8" }));
    },
  };
}

async function wasmoonPeer() {
  const engine = await new LuaFactory().createEngine();
  engine.global.set("_io", { input: { data: DATA } });
  return {
    name: "wasmoon",
    count: (workload) => workload.countWasmoon ?? workload.count,
    run: (source) => engine.doString(source),
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print(peers, results) {
  const head = peers.map(({ name }) => name.padStart(10)).join("");
  console.log(`${"ns per operation".padEnd(20)}${head}   Cu/native  Cu/wasmoon`);
  for (const [w, row] of results.entries()) {
    const [cu, native, wasmoon] = row;
    const figures = row.map((ns) => ns.toFixed(1).padStart(10)).join("");
    console.log(
      `${WORKLOADS[w].name.padEnd(20)}${figures}${(cu / native).toFixed(2).padStart(12)}${(cu / wasmoon).toFixed(3).padStart(12)}`,
    );
  }
}
