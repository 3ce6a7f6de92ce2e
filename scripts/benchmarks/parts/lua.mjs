/** Lua programs in native Lua, in Cu and in other systems. */
import { bars } from "../chart.mjs";
import { geometricMean } from "../statistics.mjs";
import { openSystems } from "../systems.mjs";
import { measureByTurns } from "../turns.mjs";
import { WORKLOADS } from "../workloads.mjs";

const PEERS = ["wasmoon", "quickjs", "fengari"];
/** Which peers there is time for. */
const PEERS_QUICK = ["wasmoon"];
const TURNS = 11;
const TURNS_QUICK = 1;
const MEAN_MAX = 1.3;
const UNWIND_MAX = 1.5;
const UNWINDING = ["pcall_error", "coroutines"];

const ABOUT = `The same Lua source in each system, or for quickjs-emscripten (\`quickjs\`) a JavaScript program that does the same work.
Every run has a state of its own, and its checksum must be that of native Lua. Milliseconds are processor time, the median of the turns;
ratios are to native Lua in the same turn, with how far the middle half of them reaches. Systems in JavaScript run in one process of
Node each: a first run of each program, which does not count, lets V8 go from its baseline compiler (Liftoff) to its optimising one
(TurboFan). A dash: JavaScript has nothing like it (\`string.format\`, Lua's patterns). A system that took more than 3 seconds for a
program takes no more turns at it.`;

export async function measure({ quick, modules, progress }) {
  // Whoever compares builds wants them compared often.
  const peers = modules.length > 0 ? [] : quick ? PEERS_QUICK : PEERS;
  const systems = openSystems(peers, modules);
  const turns = quick ? TURNS_QUICK : TURNS;
  try {
    const rows = await measureByTurns(systems, WORKLOADS, turns, progress);
    return describe(systems.map(({ name }) => name), rows, turns);
  } finally {
    for (const system of systems) system.close();
  }
}

function describe(names, rows, turns) {
  const means = names.map((_, i) => geometricMean(rows.map(({ cells }) => cells[i]?.ratio).filter((ratio) => ratio !== undefined)));
  const table = {
    columns: ["program", "native, ms", ...names.slice(1)],
    rows: rows.map(({ workload, cells }) => [workload.title, milliseconds(cells[0]), ...cells.slice(1).map(ratioOf)]),
  };
  table.rows.push(["**geometric mean**", "", ...means.slice(1).map((mean) => `**${mean.toFixed(3)}**`)]);
  const chart = bars("lua", "Time of Lua programs, native Lua = 1", names.slice(1), rows.map(({ workload, cells }) => [
    workload.title, cells.slice(1).map((cell) => cell?.ratio),
  ]));
  return { title: "Lua programs", about: `${ABOUT} Turns: ${turns}.`, tables: [table, targets(names, rows, means)], charts: [chart] };
}

function targets(names, rows, means) {
  const cu = names.indexOf("Cu");
  const wasmoon = names.indexOf("wasmoon");
  const list = [["geometric mean, × native", means[cu], MEAN_MAX]];
  for (const { workload, cells } of rows.filter((row) => UNWINDING.includes(row.workload.file))) {
    list.push([`${workload.title}, × native`, cells[cu].ratio, UNWIND_MAX]);
  }
  if (wasmoon >= 0) {
    const slower = rows.map(({ workload, cells }) => [workload.title, cells[cu].ratio / cells[wasmoon].ratio]);
    const [title, most] = slower.toSorted((a, b) => b[1] - a[1])[0];
    list.push([`the row that is slowest beside wasmoon (${title}), × wasmoon`, most, 1]);
  }
  return { columns: ["target", "measured", "at most", ""], rows: list.map(([what, value, most]) => verdict(what, value, most)) };
}

/** A row of a table of targets. */
export const verdict = (what, value, most) => [what, value.toFixed(2), String(most), value <= most ? "holds" : "missed"];

const milliseconds = (cell) => (cell.seconds * 1000).toFixed(1);
const ratioOf = (cell) => (cell === undefined ? "—" : `${cell.ratio.toFixed(2)} ±${(cell.spread * 50).toFixed(0)} %`);
