// Runs programs in the host library: each in an instance of its own, with its seed and clock. As a program of its own it takes them as
// lines of JSON and gives a line of JSON for each, as cu-test-programs of tests/host does.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Cu } from "../../js/dist/index.js";

const wasm = await WebAssembly.compile(readFileSync(new URL("../../js/dist/cu.wasm", import.meta.url)));

/** { output, memory, state }: what was printed or failed with, memory in numbers after each chunk, and `_home` as bytes. */
export async function run({ seed, now, chunks }) {
  let lines = "";
  const output = [];
  const memory = [];
  // Held to the end: when the host lets go of what errors refer to must not depend on its collector.
  const errors = [];
  const cu = await Cu.create({ wasm, seed, now, print: (line) => (lines += `${line}\n`) });
  const take = () => {
    output.push(lines);
    lines = "";
  };
  const note = () => {
    const { used, peak, handles } = cu.memory;
    memory.push([used, peak, handles]);
  };
  for (const [name, source] of chunks) {
    // What may wait runs in a coroutine of its own, which the other host does not make: then addresses are others.
    const error = failureOf(() => cu.computeSync(source, { name }));
    take();
    errors.push(error);
    if (error !== undefined) output.push(`${error.message}\n${error.traceback ?? ""}\n`);
    note();
  }
  cu.collectGarbage();
  take();
  note();
  const state = Buffer.from(cu.exportState());
  cu.close();
  take();
  errors.length = 0;
  return { output, memory, state: state.toString("latin1") };
}

function failureOf(work) {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const line of readFileSync(0, "utf8").split("\n")) {
    if (line !== "") process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
  }
}
