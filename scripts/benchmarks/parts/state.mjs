/**
 * Saved states: what saving and loading costs beside what the store itself needs for the same bytes, by turns in one run, in Node and in
 * both browsers; and how large a state is on the disk.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cu } from "../../../js/dist/index.js";
import { DirectoryStore } from "../../../js/dist/stores/directory.js";
import { BROWSERS, launch, newProfile, TIMEOUT_MS } from "../../../tests/browser/browsers.mjs";
import { serve } from "../../../tests/browser/server.mjs";
import { measureState } from "../state_rows.mjs";

const TURNS = 5;
const TURNS_QUICK = 3;
const DISK_BYTES_PER_NUMBER = 16;
const ENTRIES = 1_000_000;
const ENTRIES_QUICK = 100_000;

const ABOUT = `Wall-clock time, since most of it is the disk's. "Store alone" is what the store needs to write or read the same bytes
without Cu, in the same turn. A quick run measures in Node alone.`;

export async function measure({ quick, progress }) {
  const turns = quick ? TURNS_QUICK : TURNS;
  progress("Node");
  const tables = [await inNode(turns, quick ? ENTRIES_QUICK : ENTRIES)];
  for (const browser of quick ? [] : BROWSERS) {
    progress(browser);
    tables.push(await inBrowser(browser, turns));
  }
  return { title: "Saved states", about: ABOUT, tables, charts: [] };
}

async function inNode(turns, entries) {
  const folder = mkdtempSync(join(tmpdir(), "cu-bench-"));
  try {
    const openStore = async (name) => new DirectoryStore(join(folder, name));
    const rows = await measureState({ Cu, openStore, reopen: openStore, turns, entries });
    return table("Node, a directory", [...rows, await sizeOnDisk(folder, entries)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Closed and opened again, so that the log of the database is in its tables. */
async function sizeOnDisk(folder, entries) {
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
  await fill(`_home.seq = {} local t = _home.seq for i = 1, ${entries} do t[i] = math.random() end`);
  await fill("_home.opened = true");
  const most = (DISK_BYTES_PER_NUMBER * entries) / 1e6;
  return { name: `size of ${entries} random numbers`, ours: bytesIn(directory) / 1e6, unit: "MB", most };
}

async function inBrowser(name, turns) {
  const server = await serve();
  const profile = newProfile(`bench-${name}`);
  const browser = await launch(name, profile);
  let rows;
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    page.setDefaultTimeout(TIMEOUT_MS);
    const work = `(async () => {
      const { Cu, IndexedDbStore } = await import("/index.js");
      const openStore = async (name) => new IndexedDbStore(name);
      return (${measureState})({ Cu, openStore, reopen: openStore, turns: ${turns} });
    })()`;
    rows = await page.evaluate(work);
  } finally {
    await browser.close();
    await server.close();
  }
  const size = { name: "size of the profile with all states of the benchmark", ours: bytesIn(profile) / 1e6, unit: "MB" };
  return table(`${name}, IndexedDB`, [...rows, size]);
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function table(host, rows) {
  const columns = [host, "Cu", "store alone", "ratio", "at most", ""];
  return {
    columns,
    rows: rows.map(({ name, ours, store, unit, most }) => {
      const ratio = store === undefined ? undefined : ours / store;
      const verdict = most === undefined ? "" : (ratio ?? ours) <= most ? "holds" : "missed";
      const limit = most === undefined ? "" : `${most} ${ratio === undefined ? unit : "×"}`;
      const figures = [`${ours.toFixed(2)} ${unit}`, store === undefined ? "" : `${store.toFixed(2)} ${unit}`, ratio?.toFixed(2) ?? ""];
      return [name.trim(), ...figures, limit, verdict];
    }),
  };
}
