/** What limits on steps and time cost: the same programs in Cu without a limit and with both set. */
import { geometricMean } from "../statistics.mjs";
import { openLimited } from "../systems.mjs";
import { measureByTurns } from "../turns.mjs";
import { LOOP_WORKLOADS, WORKLOADS } from "../workloads.mjs";

const TURNS = 15;
const TURNS_QUICK = 1;

const ABOUT = "Ratios to Cu without a limit, in the same turn; otherwise as above. The loops at the end do nothing but what is counted.";

export async function measure({ quick, modules, progress }) {
  const systems = openLimited(modules);
  try {
    const rows = await measureByTurns(systems, [...WORKLOADS, ...LOOP_WORKLOADS], quick ? TURNS_QUICK : TURNS, progress);
    const names = systems.slice(1).map(({ name }) => name);
    const table = {
      columns: ["program", "no limit, ms", ...names],
      rows: rows.map(({ workload, cells: [first, ...rest] }) => [
        workload.title, (first.seconds * 1000).toFixed(1),
        ...rest.map(({ ratio, spread }) => `${ratio.toFixed(3)} ±${(spread * 50).toFixed(0)} %`),
      ]),
    };
    const means = names.map((_, i) => `**${geometricMean(rows.map(({ cells }) => cells[i + 1].ratio)).toFixed(3)}**`);
    table.rows.push(["**geometric mean**", "", ...means]);
    return { title: "Limits on steps and time", about: ABOUT, tables: [table], charts: [] };
  } finally {
    for (const system of systems) system.close();
  }
}
