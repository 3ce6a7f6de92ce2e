/** What the tests of stores in Node share: folders that are gone afterwards, and processes of their own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DirectoryStore } from "../../js/dist/stores/directory.js";

export const LONG = process.env.CU_LONG === "1";
export const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

const children = new Set();

/** Runs a function with a new folder. What it has started has ended when it has. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "cu-stores-"));
  try {
    return await work(folder);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all([...children].map(ended));
    children.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function startChild(...args) {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  return child;
}

export async function* linesOf(child) {
  yield* createInterface({ input: child.stdout });
}

export function ended(child) {
  return child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.once("exit", resolve)) : undefined;
}

/** The examples of a page of docs, each with the heading that it stands under. */
export function examplesOf(markdown) {
  let heading = "";
  const examples = [];
  for (const [, title, program] of markdown.matchAll(/^## (.*)$|```js\n([\s\S]*?)```/gm)) {
    if (title === undefined) examples.push([heading, program]);
    else heading = title;
  }
  return examples;
}

/** The pages of a state, and how long it took to get it. */
export async function readState(folder, name = "main") {
  const store = new DirectoryStore(folder);
  const start = performance.now();
  const state = await store.open(name);
  const waitedMs = performance.now() - start;
  const pages = await state.read();
  await store.close();
  return { pages, waitedMs };
}

/** The generations that the words of the pages carry: one, if the pages are of one save. */
export function generationsOf(pages) {
  const words = [...pages.values()].map((page) => new Uint32Array(page.buffer));
  return pages.size === 0 ? [0] : [...new Set(words.flatMap((page) => [...new Set(page)]))];
}
