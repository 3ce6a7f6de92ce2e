/**
 * The systems that run the workloads, each behind `run(workload)`, which resolves to `{ seconds, result }`. Every run has a state of its
 * own: a process of native Lua, an instance of Cu, an engine of wasmoon, a state of fengari, a runtime of QuickJS. Seconds are processor
 * time of the whole process, so that other work on the machine counts as little as possible, and only those that the program itself takes:
 * not starting, not compiling its source.
 *
 * All but native Lua live in a process of Node each (worker.mjs), which stays for all runs, so that the engine has optimised the module
 * when it counts.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openProcess } from "./processes.mjs";

const WORKER = new URL("./worker.mjs", import.meta.url).pathname;
const NATIVE = new URL("../../target/oracles/lua-glibc", import.meta.url).pathname;

/** A chunk that gets a clock, a function that takes the result with its seconds, and how much to do. */
export const chunkOf = (lua) => `local clock, record, n = ...
local function work(...)
${lua}
end
local start = clock()
local result = work(n)
record(result, clock() - start)
`;

/** `peers`: the names of other systems; `modules`: paths of other builds of cu.wasm. Native Lua and Cu are first. */
export function openSystems(peers, modules = []) {
  const builds = modules.map((path) => workerSystem(`Cu: ${basename(path)}`, ["cu", path]));
  return [nativeSystem(), workerSystem("Cu", ["cu"]), ...builds, ...peers.map((name) => workerSystem(name, [name]))];
}

/** Cu alone: without limits and with both set. */
export function openLimited(modules = []) {
  const builds = modules.map((path) => workerSystem(`Cu: ${basename(path)}`, ["cu", path]));
  return [workerSystem("Cu", ["cu"]), workerSystem("limits", ["cu-limited"]), ...builds];
}

function nativeSystem() {
  const folder = mkdtempSync(join(tmpdir(), "cu-bench-"));
  const print = "function(result, seconds) io.write(string.format('%.17g %s %s', seconds, type(result), result)) end";
  const run = ({ file, lua, n }) => {
    const path = join(folder, `${file}.lua`);
    writeFileSync(path, `(function(...)\n${chunkOf(lua)}\nend)(os.clock, ${print}, ${n})`);
    const [, seconds, type, result] = /^(\S+) (\w+) ([^]*)$/.exec(execFileSync(NATIVE, [path], { encoding: "utf8" }));
    return { seconds: Number(seconds), result: type === "number" ? Number(result) : result };
  };
  return { name: "native", run, close: () => rmSync(folder, { recursive: true }) };
}

function workerSystem(name, args) {
  const { ask: run, close } = openProcess(name, WORKER, args);
  const can = (workload) => name !== "quickjs" || workload.script !== undefined;
  return { name, run, can, close };
}
