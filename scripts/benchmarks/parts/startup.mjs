/** What it takes to begin: a new instance, a cold process up to its first result, the memory of an instance. */
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { COLD } from "../instances.mjs";
import { median, spread } from "../statistics.mjs";
import { verdict } from "./lua.mjs";

const WORKER = new URL("../startup_worker.mjs", import.meta.url).pathname;
const TURNS = 7;
const TURNS_QUICK = 1;
const COLD_TURNS = 25;
const COLD_TURNS_QUICK = 3;
const INSTANCE_MS_MAX = 0.3;
const COLD_MS_MAX = 12;
const MEMORY_MIB_MAX = 2.2;
const LINEAR_MEMORY_MIB = 2;

const ABOUT = `An instance is made from a compiled module where the package lets one give it (Cu), otherwise as its documentation shows,
and can compute. Memory is what each instance takes beyond the first: resident is what the machine has to give, the heap is
JavaScript's. A cold process is \`node\` with a few lines that import the package and compute \`1 + 1\`; beside it stands \`node -e 0\`
of the same turn. Processor time counts all threads, those that compile as well; so where nothing else runs, the time on the clock is
shorter than it.`;

export async function measure({ quick, modules, progress }) {
  progress("instances");
  const builds = modules.map((path) => [`Cu: ${basename(path)}`, ["cu", path]]);
  const systems = [["Cu", ["cu"]], ...builds, ...["wasmoon", "quickjs", "fengari"].map((name) => [name, [name]])];
  const made = systems.map(([name, args]) => [name, instancesOf(args, quick ? TURNS_QUICK : TURNS)]);
  progress("cold processes");
  const cold = coldProcesses(quick ? COLD_TURNS_QUICK : COLD_TURNS);
  const instances = {
    columns: ["system", "instance, ms", "resident, MiB", "heap, MiB"],
    rows: made.map(([name, figures]) => [name, figures.milliseconds.toFixed(3), figures.resident.toFixed(2), figures.heap.toFixed(2)]),
  };
  const ours = made[0][1];
  const targets = {
    columns: ["target", "measured", "at most", ""],
    rows: [
      verdict("a new instance from a compiled module, ms", ours.milliseconds, INSTANCE_MS_MAX),
      verdict("a cold process beyond `node -e 0`, ms of processor time", cold.more.cu, COLD_MS_MAX),
      verdict("memory of an instance, its whole 2 MiB and its heap, MiB", LINEAR_MEMORY_MIB + ours.heap, MEMORY_MIB_MAX),
    ],
  };
  return { title: "Start-up and memory", about: ABOUT, tables: [instances, cold.table, targets], charts: [] };
}

/** The median of each figure over some processes. */
function instancesOf(args, turns) {
  const figures = Array.from({ length: turns }, () => JSON.parse(run(["--expose-gc", WORKER, ...args]).stdout));
  return Object.fromEntries(Object.keys(figures[0]).map((name) => [name, median(figures.map((own) => own[name]))]));
}

function coldProcesses(turns) {
  const programs = Object.entries({ none: "", ...COLD });
  const figures = Object.fromEntries(programs.map(([name]) => [name, { processor: [], clock: [] }]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, code] of programs) {
      const { processor, clock } = coldProcess(name, code);
      figures[name].processor.push(processor);
      figures[name].clock.push(clock);
    }
  }
  const moreOf = (name, what) => figures[name][what].map((ms, turn) => ms - figures.none[what][turn]);
  const rows = programs.map(([name]) => {
    if (name === "none") return ["`node -e 0`", median(figures.none.processor).toFixed(1), "", median(figures.none.clock).toFixed(1), ""];
    const [processor, clock] = [moreOf(name, "processor"), moreOf(name, "clock")];
    return [name === "cu" ? "Cu" : name, median(figures[name].processor).toFixed(1), `+${median(processor).toFixed(1)}`,
      median(figures[name].clock).toFixed(1), `+${median(clock).toFixed(1)} ±${(spread(figures[name].clock) * 50).toFixed(0)} %`];
  });
  const columns = ["cold process", "processor, ms", "beyond `node -e 0`", "on the clock, ms", "beyond"];
  return { table: { columns, rows }, more: { cu: median(moreOf("cu", "processor")) } };
}

function coldProcess(name, code) {
  const tell = "process.on(\"exit\", () => { const u = process.cpuUsage(); process._rawDebug(`${u.user + u.system} ${result}`); });";
  const args = name === "none" ? ["-e", `let result = 2; ${tell}`] : ["--input-type=module", "-e", `let result; ${tell} ${code}`];
  const start = performance.now();
  const { stderr } = run(args);
  const clock = performance.now() - start;
  const [microseconds, result] = stderr.trim().split("\n").at(-1).split(" ");
  if (result !== "2") throw new Error(`${name}: ${stderr}`);
  return { processor: Number(microseconds) / 1000, clock };
}

function run(args) {
  const result = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`node ${args.join(" ")} ended with ${result.status}: ${result.stderr}`);
  return result;
}
