// What scripts/hosts does: the suite on each host, and the README's table.
import { createHostsProject, HOSTS } from "../../tests/package/hosts.mjs";
import { problemOf, rowOf, writeTable } from "../../tests/package/table.mjs";

const folder = await createHostsProject();
const rows = [];
for (const host of HOSTS) {
  const result = await host.run(folder).catch((error) => ({ version: "?", passed: [], failed: {}, error }));
  const problem = result.error?.message ?? problemOf(host, result);
  console.log(`${host.name} ${result.version}: ${problem ?? `passed (${result.passed.join(", ")})`}`);
  if (problem === undefined) rows.push(rowOf(host, result.version));
}
if (rows.length < HOSTS.length) process.exit(1);
if (process.argv.includes("--write")) writeTable(rows);
