/** Measures workloads in several systems by turns, and compares their checksums. */
import { median, spread } from "./statistics.mjs";

/** Sums of floats differ in their last bits where a system has its own sine. */
const TOLERANCE = 1e-9;
/** A system that took longer for its runs of one workload takes no more turns at it: the slowest would take hours. */
const SECONDS_MAX = 3;

/**
 * Answers, for each workload, a row `{ workload, cells }` with `{ seconds, spread, ratio }` of each system, or undefined where it does not
 * take part. Ratios are to the first system; each is the median of what the runs of one turn give, so that a machine whose speed
 * drifts does not matter. The first turn is the warm-up, and does not count.
 */
export async function measureByTurns(systems, workloads, turns, progress = () => {}) {
  const rows = workloads.map((workload) => ({ workload, times: systems.map(() => []), spent: systems.map(() => 0) }));
  for (let turn = 0; turn <= turns; turn++) {
    progress(turn === 0 ? "warm-up" : `turn ${turn} of ${turns}`);
    for (const row of rows) await takeTurn(systems, row, turn);
  }
  return rows.map(({ workload, times }) => ({ workload, cells: times.map((own) => cellOf(own, times[0])) }));
}

async function takeTurn(systems, { workload, times, spent, expected }, turn) {
  const results = [];
  for (let k = 0; k < systems.length; k++) {
    // Each is first in its turn.
    const i = (k + turn) % systems.length;
    const { can = () => true, run } = systems[i];
    if (!can(workload) || spent[i] > SECONDS_MAX) continue;
    const { seconds, result } = await run(workload);
    results.push([systems[i].name, result]);
    spent[i] += seconds;
    if (turn > 0 || seconds > SECONDS_MAX) times[i][turn] = seconds;
  }
  for (const [name, result] of results) {
    if (!isSame(result, results[0][1])) throw new Error(`${workload.file}: ${name} has ${result}, ${results[0][0]} ${results[0][1]}`);
  }
}

function isSame(a, b) {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
}

function cellOf(own, first) {
  const measured = own.filter((time) => time !== undefined);
  if (measured.length === 0) return undefined;
  const ratios = own.map((time, turn) => time / (first[turn] ?? first[1])).filter((ratio) => !Number.isNaN(ratio));
  return { seconds: median(measured), ratio: median(ratios), spread: spread(ratios) };
}
