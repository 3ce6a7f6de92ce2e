// The main job's third part: a function is stored in _home by one process and called by the next.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CLI = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));

/** Each is a process of its own: what it runs, and what it must print. */
const PROCESSES = [
  [`function _home.calc(x) return x * 2 end
local calls = 0
function _home.count() calls = calls + 1 return calls end
_home.count()
return 'stored'`, "stored"],
  ["return _home.calc(21), _home.count()", "42\n2"],
  ["return _home.calc(1.5), _home.count()", "3.0\n3"],
];

/**
 * Runs the job; answers what is wrong with its result, nothing if all is right. `home` is the folder of the state, by default a new one.
 */
export async function restart(home) {
  const work = await mkdtemp(join(tmpdir(), "cu-run-"));
  const problems = [];
  try {
    for (const [index, [source, expected]] of PROCESSES.entries()) {
      const file = join(work, `process${index + 1}.lua`);
      await writeFile(file, source);
      const { stdout } = await promisify(execFile)(process.execPath, [CLI, "run", file, "--home", home ?? join(work, "home")]);
      const printed = stdout.trim();
      console.log(`process ${index + 1}: ${source.split("\n")[0]}${" ".repeat(4)}→ ${printed.replaceAll("\n", ", ")}`);
      if (printed !== expected) problems.push(`process ${index + 1} printed ${JSON.stringify(printed)}, not ${JSON.stringify(expected)}`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return problems;
}
