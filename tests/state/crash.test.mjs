/**
 * A process that saves in a loop is killed at random moments. What the next one loads is one of the states that were saved, whole, and none
 * that was acknowledged is lost.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { randomFrom } from "../js/support.mjs";
import { isLong, reopen } from "./support.mjs";

const SAVER = fileURLToPath(new URL("saver.mjs", import.meta.url));
const KILLS = isLong ? 1_000 : 30;
const DELAY_MS_MAX = 60;
const SEED = 7_919;

/** Every part of the state says which generation it is of. */
const CHECK = `
  local g = _home.generation or 0
  if g == 0 then return 0 end
  assert(_home.count() == g + 1, "the function's upvalue is of another save")
  assert(#_home.list == 3000 and _home.list[g % 3000 + 1] == g, "the sequence is")
  assert(_home.fields["k" .. g % 2000] == g, "a field is")
  for i = 1, 20 do assert(_home.tables[i].generation == g, "a table is") end
  return g`;

/** Starts a process that saves, and kills it some time after its first save. Resolves to the last generation that it acknowledged. */
function killed(folder, delayMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SAVER, folder], { stdio: ["ignore", "pipe", "pipe"] });
    let acknowledged = 0;
    let errors = "";
    let timer;
    child.stdout.setEncoding("utf8").on("data", (text) => {
      acknowledged = Number(text.trim().split("\n").at(-1));
      timer ??= setTimeout(() => child.kill("SIGKILL"), delayMs);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => { errors += text; });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve(acknowledged);
      else reject(new Error(`the process ended by itself with ${code}: ${errors}`));
    });
  });
}

test(`${KILLS} kills`, async () => {
  console.log(`seed ${SEED}`);
  const random = randomFrom(SEED);
  const folder = mkdtempSync(join(tmpdir(), "cu-crash-"));
  try {
    let saves = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const acknowledged = await killed(join(folder, "home"), random(DELAY_MS_MAX));
      const store = new DirectoryStore(join(folder, "home"));
      const cu = await reopen(store);
      const found = await cu.compute(CHECK);
      assert.ok(found >= acknowledged, `kill ${kill}: generation ${acknowledged} was acknowledged, ${found} is there`);
      saves = found;
      await cu.close();
      await store.close();
    }
    console.log(`${KILLS} kills, ${saves} saves, all states whole`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
