/** What the tests of faults share: instances whose allocations can be made to fail, and the module itself of each. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Cu } from "../../js/dist/index.js";

// Node 20 has no dispose.
Symbol.dispose ??= Symbol("Symbol.dispose");
setFlagsFromString("--expose-gc");
const collectJavaScript = runInNewContext("gc");

/** Lets JavaScript's collector tell what is gone. */
export async function collectHost() {
  collectJavaScript();
  await new Promise(setImmediate);
}

/** All that is promised is tried when CU_LONG is set, otherwise a stated part of it. */
export const isLong = process.env.CU_LONG !== undefined;

/** The module as it ships. */
export const shipped = await WebAssembly.compile(readFileSync(new URL("../../js/dist/cu.wasm", import.meta.url)));

/** The same whose allocations can be made to fail: tests/faults/build makes it. */
export const instrumented = () => WebAssembly.compile(readFileSync(new URL("../../target/faults.wasm", import.meta.url)));

/** The instances of the module that were made last, newest first: the library keeps them to itself. */
export const instances = [];
const INSTANCES_KEPT = 4;
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    super(module, imports);
    instances.unshift(this);
    instances.length = Math.min(instances.length, INSTANCES_KEPT);
    onInstance?.(this);
  }
};
let onInstance;

/** Calls `see` with each instance as soon as it is made, before anything is called in it; nothing ends that. */
export const watchInstances = (see) => { onInstance = see; };

export const create = (options = {}) => Cu.create({ wasm: shipped, seed: 1, now: 0, print: () => {}, ...options });

/** Makes allocations of one instance fail. */
export class Faults {
  constructor(instance) {
    const { fault_attempts, fault_from, fault_count } = instance.exports;
    Object.assign(this, { attempts: fault_attempts, from: fault_from, count: fault_count });
  }

  /** The n-th request from now on fails, and those behind it, `count` in all. */
  arm(n, count) {
    this.from.value = this.attempts.value + n;
    this.count.value = count;
  }

  disarm() {
    this.count.value = 0;
  }
}
