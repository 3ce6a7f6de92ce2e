// The benchmark of saved states: what saving and loading costs beside what the store itself needs for the same bytes, by turns in one run,
// in Node and in both browsers; and how large a state is on the disk.

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cu } from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { BROWSERS, launch, newProfile, TIMEOUT_MS } from "../../tests/browser/browsers.mjs";
import { serve } from "../../tests/browser/server.mjs";
import { measureState } from "./state-rows.mjs";

const TURNS = 5;
const TURNS_QUICK = 3;
const DISK_BYTES_MAX = 16_000_000;
const NUMBERS = 1_000_000;

const { values } = parseArgs({ options: { quick: { type: "boolean" } } });
const turns = values.quick ? TURNS_QUICK : TURNS;

await inNode();
for (const browser of BROWSERS) await inBrowser(browser);

async function inNode() {
  const folder = mkdtempSync(join(tmpdir(), "cu-bench-"));
  try {
    const openStore = async (name) => new DirectoryStore(join(folder, name));
    print("Node, a directory", await measureState({ Cu, openStore, reopen: openStore, turns }));
    await sizeOnDisk(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Closed and opened again, so that the log of the database is in its tables. */
async function sizeOnDisk(folder) {
  const directory = join(folder, "size");
  const fill = async (code) => {
    const store = new DirectoryStore(directory);
    const cu = await Cu.create({ store });
    await cu.loadState();
    await cu.compute(code);
    await cu.saveState();
    await cu.close();
    await store.close();
  };
  await fill(`_home.seq = {} local t = _home.seq for i = 1, ${NUMBERS} do t[i] = math.random() end`);
  await fill("_home.opened = true");
  report(`size of ${NUMBERS} random numbers`, bytesIn(directory) / 1e6, "MB", DISK_BYTES_MAX / 1e6);
}

async function inBrowser(name) {
  const server = await serve();
  const profile = newProfile(`bench-${name}`);
  const browser = await launch(name, profile);
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    page.setDefaultTimeout(TIMEOUT_MS);
    const work = `(async () => {
      const { Cu, IndexedDbStore } = await import("/index.js");
      const openStore = async (name) => new IndexedDbStore(name);
      return (${measureState})({ Cu, openStore, reopen: openStore, turns: ${turns} });
    })()`;
    print(`${name}, IndexedDB`, await page.evaluate(work));
  } finally {
    await browser.close();
    await server.close();
  }
  report(`size of the profile with all states of the benchmark`, bytesIn(profile) / 1e6, "MB");
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function print(host, rows) {
  console.log(`\n${host}`);
  for (const { name, ours, store, unit, most } of rows) {
    if (store === undefined) report(name, ours, unit, most);
    else report(name, ours, unit, most, store);
  }
}

function report(name, ours, unit, most, store) {
  const beside = store === undefined ? "" : `store alone ${store.toFixed(2)} ${unit}, ${(ours / store).toFixed(2)} times`;
  const figure = store === undefined ? ours : ours / store;
  const limit = `at most ${most}${store === undefined ? ` ${unit}` : " times"}`;
  const target = most === undefined ? "" : `${limit}${figure > most ? "  beyond the target" : ""}`;
  console.log(`${name.padEnd(58)}${`${ours.toFixed(2)} ${unit}`.padStart(12)}  ${beside.padEnd(36)}${target}`);
}
