/** What the tests of the command line share: a folder with files, and the program `cu` run in it. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const CLI = fileURLToPath(new URL("../../js/dist/cli.js", import.meta.url));
/** Longer than any command takes on a slow machine. */
const TIMEOUT_MS = 60_000;

/** Runs `work` in a new folder that holds `files` (by name, text or bytes), and removes it. */
export async function inFolder(files, work) {
  const folder = mkdtempSync(join(tmpdir(), "cu-cli-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Resolves to what it wrote and how it ended. */
export function cu(args, { cwd, input = "", env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...process.env, ...env }, timeout: TIMEOUT_MS });
    const written = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) child[stream].setEncoding("utf8").on("data", (text) => (written[stream] += text));
    child.on("error", reject).on("close", (code, signal) => resolve({ code: code ?? signal, ...written }));
    child.stdin.on("error", () => {}).end(input);
  });
}
