/** What one operation across the boundary costs, in Cu and in wasmoon, by turns, each in a process of its own. */
import { basename } from "node:path";
import { cuPeer, LOOP, mostHandles, ROWS } from "../boundary_peers.mjs";
import { openProcess } from "../processes.mjs";
import { median } from "../statistics.mjs";

/** Engines do not optimise a program alike in each process. */
const PROCESSES = 3;
const TURNS = 4;
const PROCESSES_QUICK = 1;
const TURNS_QUICK = 1;

const MODULE = new URL("../../../js/dist/cu.wasm", import.meta.url).pathname;
const WORKER = new URL("../boundary_worker.mjs", import.meta.url).pathname;

const ABOUT = `Nanoseconds of processor time for one operation, the loop around it included: the median of the turns, and the least,
which says more where other work on the machine disturbs all turns alike. Each system has a process of its own, as for the programs
above, which is made anew every ${TURNS} turns; the first turn of each is the warm-up, and does not count. A dash: wasmoon has nothing
like it.`;

export async function measure({ quick, modules, progress }) {
  const systems = [...[MODULE, ...modules].map((path) => [`Cu: ${basename(path)}`, "cu", path]), ["wasmoon", "wasmoon"]];
  const times = ROWS.map(() => systems.map(() => []));
  const processes = quick ? PROCESSES_QUICK : PROCESSES;
  for (let i = 1; i <= processes; i++) {
    await measureProcesses(systems, times, quick ? TURNS_QUICK : TURNS, (step) => progress(`processes ${i} of ${processes}, ${step}`));
  }
  const note = `During \`recs[i].v\` Lua held ${await mostHandles(MODULE)} handles at most, looked at every 100 records.`;
  const table = describe(times, modules.map((path) => basename(path)));
  return { title: "The boundary", about: `${ABOUT}\n\n${note}`, tables: [table], charts: [] };
}

/** Adds what new processes measure to the times of each row and system. */
async function measureProcesses(systems, times, turns, progress) {
  const peers = systems.map(([name, ...args]) => openProcess(name, WORKER, args));
  try {
    for (let turn = 0; turn <= turns; turn++) {
      progress(turn === 0 ? "warm-up" : `turn ${turn} of ${turns}`);
      for (const [r, row] of ROWS.entries()) {
        for (const [p, peer] of peers.entries()) {
          if (row.alone && p === peers.length - 1) continue;
          const ns = await peer.ask(r);
          if (turn > 0) times[r][p].push(ns);
        }
      }
    }
  } finally {
    for (const peer of peers) peer.close();
  }
}

function describe(times, builds) {
  const columns = ["operation, ns", "Cu", "least", "at most", "", ...builds, "wasmoon", "times faster"];
  const rows = ROWS.map(({ name, target }, r) => {
    const [cu, ...rest] = times[r].map((own) => (own.length === 0 ? undefined : median(own)));
    const least = Math.min(...times[r][0]);
    const verdict = cu <= target ? "holds" : least <= target ? "holds at the least" : "missed";
    const figures = rest.map((ns) => ns?.toFixed(1) ?? "—");
    const faster = rest.at(-1) === undefined ? "—" : (rest.at(-1) / cu).toFixed(1);
    return [name, cu.toFixed(1), least.toFixed(1), String(target), verdict, ...figures, faster];
  });
  return { columns, rows };
}

/** Cu's nanoseconds of each row, and those of a turn of Lua's own loop, by turns; a row does a part of what it does otherwise. */
export async function measureAlone(turns, part) {
  const cu = await cuPeer(MODULE);
  const rows = [LOOP, ...ROWS].map((row) => ({ ...row, count: row.whole ? row.count : row.count / part, times: [] }));
  for (let turn = 0; turn < turns; turn++) for (const row of rows) row.times.push(await cu.run(row));
  return rows.map(({ name, times }) => [name, median(times)]);
}
