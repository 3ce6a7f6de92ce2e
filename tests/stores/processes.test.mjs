/**
 * A directory and several processes: one that is killed while it saves, one that is watched by strace, two that want the same. CU_SEED
 * repeats a run; CU_LONG=1 kills a thousand.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { StateLockedError } from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { randomFrom } from "../js/support.mjs";
import { rejects } from "./contract.mjs";
import { CHILD, ended, generationsOf, inFolder, linesOf, LONG, readState, startChild } from "./support.mjs";

const KILLED = LONG ? 1000 : 30;

test(`a process that is killed while it saves, ${KILLED} times, leaves one save whole: at least the last acknowledged`, () =>
  inFolder(async (folder) => {
    const seed = Number(process.env.CU_SEED ?? 20_240_607);
    console.log(`CU_SEED=${seed}`);
    const random = randomFrom(seed);
    const directory = join(folder, "store");
    let generation = 0;
    let kills = 0;
    for (let round = 0; round < KILLED; round++) {
      const child = startChild("save", directory, generation);
      // One in three while it opens the state, the others while they save.
      const sign = round % 3 === 0 ? "started" : "saved";
      const delayMs = random(sign === "started" ? 100 : 300);
      let acknowledged = generation;
      let timer;
      for await (const line of linesOf(child)) {
        const [what, n] = line.split(" ");
        if (what === sign) timer ??= setTimeout(() => child.kill("SIGKILL"), delayMs);
        if (what === "saved") acknowledged = Number(n);
      }
      await ended(child);
      assert.equal(child.signalCode, "SIGKILL", `round ${round}: it ended by itself`);
      if (acknowledged > generation) kills++;
      const { pages, waitedMs } = await readState(directory);
      const found = generationsOf(pages);
      assert.equal(found.length, 1, `round ${round}: pages of the saves ${found}`);
      assert.ok(found[0] >= acknowledged, `round ${round}: save ${acknowledged} was acknowledged, ${found[0]} is there`);
      assert.ok(found[0] <= acknowledged + 1, `round ${round}: save ${found[0]} was never begun`);
      assert.equal(pages.size, found[0] === 0 ? 0 : 12, `round ${round}`);
      assert.ok(waitedMs < 1900, `round ${round}: the state was free after ${waitedMs} ms`);
      generation = found[0];
    }
    console.log(`${kills} of ${KILLED} were killed after a save, ${generation} saves`);
    assert.ok(kills >= KILLED / 2);
  }));

for (const [durability, count] of [["strict", 8], ["relaxed", 0]]) {
  test(`a ${durability} save ${count === 0 ? "waits for no sync" : "is acknowledged after the sync of what it wrote"}`, () =>
    inFolder((folder) => {
      assert.equal(spawnSync("strace", ["-V"]).status, 0, "strace is missing: scripts/setup installs it from Debian");
      const trace = join(folder, "trace");
      const arguments_ = ["-f", "-y", "-e", "trace=write,writev,pwrite64,fsync,fdatasync", "-o", trace];
      execFileSync("strace", [...arguments_, process.execPath, CHILD, "save", join(folder, "store"), "0", durability, "8"], { stdio: ["ignore", "pipe", "inherit"] });
      assert.equal(synced(readFileSync(trace, "latin1")).filter((isSynced) => isSynced).length, count);
    }));
}

/** For each acknowledgement, whether what was written to LevelDB's log since the last one has been synced. The calls of all threads are in the order of their ends. */
function synced(trace) {
  const results = [];
  const unfinished = new Map();
  let state = "nothing written";
  for (const line of trace.split("\n")) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined) continue;
    const begun = /^(\w+\(.*) <unfinished \.\.\.>$/.exec(rest);
    if (begun !== null) {
      unfinished.set(thread, begun[1]);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed === null ? rest : unfinished.get(thread) + resumed[1];
    if (/^p?write\w*\(\d+<[^>]*\/pages\/\d+\.log>/.test(call)) state = "written";
    if (/^f(data)?sync\(\d+<[^>]*\/pages\/\d+\.log>\) *= 0$/.test(call) && state === "written") state = "synced";
    if (/^write\(1<[^>]*>, "saved /.test(call)) {
      results.push(state === "synced");
      state = "nothing written";
    }
  }
  assert.equal(results.length, 8, "acknowledgements in the trace");
  return results;
}

test("two processes: one state of a folder is one's alone, another one is free, and a process that is killed has none", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "store");
    const child = startChild("hold", directory, "main");
    for await (const line of linesOf(child)) if (line === "open") break;
    const store = new DirectoryStore(directory);
    const start = performance.now();
    await Promise.all([
      rejects(store.open("main"), StateLockedError, /^the state "main" is open elsewhere/),
      rejects(store.remove("main"), StateLockedError, /^the state "main" is open elsewhere/),
    ]);
    const waited = performance.now() - start;
    assert.ok(waited > 1900 && waited < 3500, `refused after ${waited} ms`);
    await (await store.open("other")).close();
    assert.deepEqual(await store.list(), ["main"]);
    const waiting = store.open("main");
    child.kill("SIGKILL");
    const state = await waiting;
    assert.deepEqual([...(await state.read())], [[1, Uint8Array.of(1)]]);
    await store.close();
  }));

// LevelDB's lock of a file is the process's: an attempt that one thread makes and LevelDB refuses would give it back for all.
test("what this process refuses itself opens the state to no other process", () =>
  inFolder(async (folder) => {
    const directory = join(folder, "store");
    const store = new DirectoryStore(directory);
    await store.open("main");
    const inThread = `
      const { parentPort, workerData: [url, directory] } = require("node:worker_threads");
      import(url).then(async ({ DirectoryStore }) => new DirectoryStore(directory).open("main"))
        .then(() => parentPort.postMessage("open"), (error) => parentPort.postMessage(error.name));`;
    const library = new URL("../../js/dist/stores/directory.js", import.meta.url).href;
    const spellings = [directory, `${directory}/`, join(folder, ".", "store"), `${folder}/../${folder.split("/").at(-1)}/store`];
    await Promise.all(spellings.map((spelling) => rejects(new DirectoryStore(spelling).open("main"), StateLockedError, /elsewhere/)));
    const worker = new Worker(inThread, { eval: true, workerData: [library, directory] });
    assert.equal(await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)), "StateLockedError");
    await worker.terminate();
    const child = spawnSync(process.execPath, [CHILD, "hold", directory, "main"], { encoding: "utf8", timeout: 10_000 });
    assert.match(child.stderr, /StateLockedError: the state "main" is open elsewhere/);
    await store.close();
  }));
