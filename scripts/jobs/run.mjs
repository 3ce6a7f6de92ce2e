// The main job, which scripts/run does once everything is built. Argument: the folder in which its function is stored, or nothing.

import { Cu } from "../../js/dist/index.js";
import { flights } from "./flights.mjs";
import { gigabyte } from "./gigabyte.mjs";
import { restart } from "./restart.mjs";

const MEMORY_BYTES = 2_097_152;

await mainJob(process.argv[2] || undefined);

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
