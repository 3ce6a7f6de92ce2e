// Same module, same input, same seed and clock: same output, memory statistics and saved state, byte for byte. In two instances of a
// process, in two processes of which one compiles WebAssembly in another way, and on two engines with two hosts: V8 with the host
// library, and wasmi with tests/host, which keeps `_home` in its own way: there output, memory and the code of stored functions are compared.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { programs } from "./programs.mjs";
import { run } from "./side.mjs";

/** All that is promised when CU_LONG is set, otherwise a part of it. */
const COUNT = process.env.CU_LONG === undefined ? 200 : 1000;
const RESULT_BYTES_MAX = 1 << 30;
const root = fileURLToPath(new URL("../../", import.meta.url));

const list = programs(COUNT);
const input = list.map((program) => `${JSON.stringify(program)}\n`).join("");
const cargo = ["run", "--locked", "--quiet", "--profile", "tool", "-p", "cu-test-host", "--bin", "cu-test-programs", "--", "js/dist/cu.wasm"];
const first = await runAll(list);
// At once, since they wait for each other's processors alone.
const others = { again: runAll([...list].reverse()), process: lines(process.execPath, ["--no-liftoff", "tests/determinism/side.mjs"]), wasmi: lines(process.env.CU_CARGO ?? "cargo", cargo) };

async function runAll(some) {
  const results = [];
  for (const program of some) results.push(await run(program));
  return results;
}

/** What a program makes of the input, line by line. */
function lines(file, args) {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd: root, maxBuffer: RESULT_BYTES_MAX }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file}: ${error.message.slice(0, 300)}\n${stderr.slice(-2000)}`));
      else resolve(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)));
    });
    child.stdin.end(input);
  });
}

/** Every program on both sides; `differing` gives what differs, or undefined. */
function compare(results, differing) {
  assert.equal(results.length, COUNT);
  const found = list.flatMap((program, i) => {
    const difference = differing(first[i], results[i], program);
    return difference === undefined ? [] : [`program ${i}: ${difference}\n${program.chunks[1][1].slice(0, 600)}`];
  });
  assert.equal(found.length, 0, `${found.length} of ${COUNT} differ\n${found.slice(0, 3).join("\n\n").slice(0, 6000)}`);
}

const sameOutput = (a, b) => unequal("output", a.output.join("").split("\n"), b.output.join("").split("\n"));
const sameMemory = (a, b) => unequal("memory", a.memory.map(String), b.memory.map(String));
const sameState = (a, b) => (a.state === b.state ? undefined : `states of ${a.state.length} and ${b.state.length} bytes`);

/** Where memory is another, so are addresses, and the order of tables that have addresses as keys. */
const sameLines = (a, b) => unequal("line", withoutAddresses(a), withoutAddresses(b));
function withoutAddresses({ output }) {
  const text = output.join("").replace(/0x[0-9a-f]+/g, "ADDRESS").replace(/^[\d.]+(?=\t1\d{9}\t)/gm, "BYTES").replace(/: _home[.\w]*: /g, ": ");
  return text.split("\n").sort();
}

function unequal(what, a, b) {
  const at = a.findIndex((line, i) => line !== b[i]);
  if (at < 0 && a.length === b.length) return undefined;
  return `${what} ${at}: ${a[at]?.slice(0, 300)} | ${b[at]?.slice(0, 300)}`;
}

test(`${COUNT} programs, again in other instances, in the opposite order`, async () => {
  const again = (await others.again).reverse();
  compare(again, (a, b) => sameOutput(a, b) ?? sameMemory(a, b) ?? sameState(a, b));
});

test(`${COUNT} programs in another process, with another compiler`, async () => {
  compare(await others.process, (a, b) => sameOutput(a, b) ?? sameMemory(a, b) ?? sameState(a, b));
});

test(`${COUNT} programs on another engine and host: output and memory`, async () => {
  compare(await others.wasmi, (a, b, { stores }) => (stores ? sameLines(a, b) : sameOutput(a, b) ?? sameMemory(a, b)));
});

test(`${COUNT} programs on another engine and host: the code of stored functions`, async () => {
  const missing = (a, b) => b.functions.find((code) => !a.state.includes(Buffer.from(code, "hex").toString("latin1")));
  compare(await others.wasmi, (a, b) => (missing(a, b) === undefined ? undefined : `${missing(a, b).length / 2} bytes of code that the state lacks`));
});

test("the programs show what they are meant to", () => {
  const all = first.map((result) => result.output.join("")).join("");
  for (const shown of [/table: 0x/, /function: 0x/, /thread: 0x/, /not enough memory/, /stack overflow/, /stack traceback/, /at the end\t20/]) assert.match(all, shown);
  assert.ok(new Set(first.map((result) => result.state)).size > COUNT / 2);
});
