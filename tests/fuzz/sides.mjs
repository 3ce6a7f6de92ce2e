// The two sides that a program runs on, native Lua and the module. Each takes a list of programs and gives what each of them printed, or
// undefined for the one at which the side itself ended, and for those after it.

import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const MARK = "\x1e";
const OUTPUT_BYTES_MAX = 1 << 28;
const SIDE_MS_MAX = 60_000;
/** What the sources of one call may take of the module's heap. */
const CALL_BYTES_MAX = 150_000;
const NAME = "driver.lua";

const root = new URL("../../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));
const run = promisify(execFile);
let compiled;
const driver = readFileSync(new URL(NAME, import.meta.url), "utf8");
const ORACLES = { glibc: path("target/oracles/lua-glibc"), shims: path("target/oracles/lua-shims") };

export function prepare() {
  if (!existsSync(path("js/dist/index.js"))) throw new Error("js/dist is missing: run scripts/build first");
  if (!existsSync(ORACLES.glibc)) execFileSync(path("tests/differential/build-oracles"), { stdio: ["ignore", "ignore", "inherit"] });
}

/** Every program is an argument of one process. The oracle is native Lua on the system's libc, or with the module's shims. */
export async function runNative(programs, oracle = "glibc") {
  const options = { cwd: path("tests/fuzz"), env: { TZ: "UTC" }, encoding: "latin1", maxBuffer: OUTPUT_BYTES_MAX, timeout: SIDE_MS_MAX };
  const { stdout } = await run(ORACLES[oracle], [NAME, MARK, ...programs], options).catch((error) => error);
  return split(stdout, programs.length);
}

/** A new instance for each list; memory that a program left is not there for the next list. */
export async function runModule(programs) {
  const { Cu } = await import(new URL("js/dist/index.js", root).href);
  let output = "";
  try {
    compiled ??= await WebAssembly.compile(readFileSync(path("js/dist/cu.wasm")));
    const cu = await Cu.create({ wasm: compiled, print: (line) => (output += `${line}\n`), seed: 0 });
    for (const some of portions(programs)) await cu.compute(driver, { name: NAME, args: [MARK, ...some] });
    cu.close();
  } catch (error) {
    output += `${error.name}: ${error.message}`;
  }
  return split(output, programs.length);
}

function* portions(programs) {
  let some = [];
  let bytes = 0;
  for (const program of programs) {
    if (bytes + program.length > CALL_BYTES_MAX) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(program);
    bytes += program.length;
  }
  yield some;
}

function split(output, count) {
  const parts = output.split(`${MARK}\n`);
  const rest = parts.pop();
  if (parts.length < count && rest !== "") parts.push(`the side itself ended: ${rest}`);
  return Array.from({ length: count }, (_, i) => parts[i]);
}
