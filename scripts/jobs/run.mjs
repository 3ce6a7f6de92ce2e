// Runs a Lua file, or without one the main job. What scripts/run calls once everything is built.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Cu, LuaError, StateFormatError, StoreError } from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { flights } from "./flights.mjs";
import { gigabyte } from "./gigabyte.mjs";
import { restart } from "./restart.mjs";

const MEMORY_BYTES = 2_097_152;

/** A mistake of the caller's, told in one line. */
class UsageError extends Error {}

try {
  const { file, input, home } = readArguments();
  if (file === undefined) await mainJob(home);
  else await runFile(file, input, home);
} catch (error) {
  process.exitCode = 1;
  if (error instanceof UsageError) console.error(`run: error: ${error.message}`);
  else if (error instanceof StoreError || error instanceof StateFormatError) console.error(`run: error: ${error.message}`);
  else if (error instanceof LuaError) console.error(describe(error));
  else throw error;
}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options: { input: { type: "string" }, home: { type: "string" } } });
  } catch (error) {
    throw new UsageError(`${error.message}. scripts/run --help says how`);
  }
  const [file, ...more] = parsed.positionals;
  if (more.length > 0 || (file === undefined && parsed.values.input !== undefined)) {
    throw new UsageError("expected one FILE.lua and perhaps --input FILE.json and --home DIR. scripts/run --help says how");
  }
  return { file, ...parsed.values };
}

async function runFile(file, inputFile, home) {
  const source = await read(file);
  const cu = await Cu.create(home === undefined ? {} : { store: new DirectoryStore(home) });
  if (home !== undefined) await cu.loadState();
  if (inputFile !== undefined) cu.setInput(parseJson(inputFile, await read(inputFile)));
  const results = await cu.computeAll(source, { name: file });
  for (const result of results) console.log(result);
  if (home !== undefined) await cu.saveState();
  await cu.close();
}

async function read(file) {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file} (${error.code}). Check the path`);
  }
}

function parseJson(file, bytes) {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error.message}`);
  }
}

/** The message says where; the traceback, which names the frames below, follows if there is one. */
function describe(error) {
  return error.traceback ? `${error.message}\n${error.traceback}` : error.message;
}

async function mainJob(home) {
  const cu = await Cu.create();
  const before = cu.memory.total;
  console.log("== 200,000 flights, delays by hour and distance");
  const failures = await flights(cu);
  console.log("\n== 1 GiB: the sum of 2^27 numbers");
  const { problems, nanoseconds, growth } = await gigabyte(cu);
  failures.push(...problems);
  console.log("\n== a function that survives the process");
  failures.push(...(await restart(home)));
  const after = cu.memory.total;
  for (const bytes of [before, after]) {
    if (bytes !== MEMORY_BYTES) failures.push(`the module's memory is ${bytes} bytes, not ${MEMORY_BYTES}`);
  }
  console.log("\n== at the end");
  console.log(`memory of the module    ${group(before)} bytes before, ${group(after)} after`);
  console.log(`heap in it, at most     ${group(cu.memory.peak)} of ${group(cu.memory.heap)} bytes`);
  console.log(`time per element        ${nanoseconds.toFixed(1)} ns`);
  console.log(`growth of the process   ${group(growth)} bytes while Lua ran, beside the 1 GiB`);
  cu.close();
  for (const failure of failures) console.error(`run: error: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
  else console.log("all sums are those of JavaScript");
}

function group(number) {
  return number.toLocaleString("en-US");
}
