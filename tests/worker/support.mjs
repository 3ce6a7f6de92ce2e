/** What the tests of `CuWorker` share. */
import { Worker } from "node:worker_threads";
import { CuWorker } from "../../js/dist/worker.js";
import { wasmModule } from "../js/support.mjs";

/** Makes workers of a script beside this file. */
export const scriptAt = (name) => () => new Worker(new URL(name, import.meta.url));
export const withFunctions = scriptAt("with_functions.mjs");

export async function createWorker(options = {}) {
  return CuWorker.create({ wasm: await wasmModule(), seed: 1, ...options });
}

/** Runs `work` with a new one, and ends it whatever happens. */
export async function inWorker(options, work) {
  const cu = await createWorker(options);
  try {
    return await work(cu);
  } finally {
    await cu.terminate();
  }
}
