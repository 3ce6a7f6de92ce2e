/** `cu run`: a program in a file, from beginning to end. */
import { Cu } from "../index.js";
import { readBytes } from "./input.js";
import { INSTANCE_OPTIONS, inputOf, instanceOptions, moduleBeside, PROGRAM } from "./instance.js";
import type { InstanceValues } from "./instance.js";
import { toJson } from "./json.js";
import { usageError } from "./exit.js";
import { writeError, writeOut } from "./output.js";
import { exitCodeOf, reportOf } from "./report.js";

export const RUN_OPTIONS = { ...INSTANCE_OPTIONS, json: { type: "boolean" } } as const;

/** What comes before the program, and counts towards none of its limits. Arguments: what finds modules, the name and the arguments. */
const PREPARE = `local find, name = ...
local string = ext.string
table.insert(package.searchers, function(name)
  local path = name:gsub("%.", "/") .. ".lua"
  local bytes = find(name)
  if not bytes then return "no file '" .. path .. "' beside the program" end
  local chunk, problem = load(string(bytes), "@" .. path, "t")
  return chunk or error("error loading module '" .. name .. "':\\n\\t" .. problem, 0), ":file:"
end)
arg = { [0] = name, select(3, ...) }
require "${PROGRAM}"`;

/** Arguments: how, the source as bytes, its name, and the program's own. */
const RUN = `local how, source, name = ...
return require "${PROGRAM}"[how](ext.string(source), "@" .. name, select(4, ...))`;

const UNLIMITED = { maxInstructions: Infinity, timeoutMs: Infinity };

/** Resolves to the exit code. */
export async function run([file, ...args]: readonly string[], values: InstanceValues & { json?: boolean | undefined }): Promise<number> {
  if (file === undefined) throw usageError("which program? Give a FILE.lua", "run");
  const options = instanceOptions(values, "run");
  const code = programIn(readBytes(file, file));
  const input = inputOf(values, "run");
  const json = values.json === true;
  // What the program prints would be no JSON.
  const cu = await Cu.create({ ...options, write: (bytes, stream) => writeOut(bytes, json ? "stderr" : stream) });
  try {
    if (options.store !== undefined) await cu.loadState();
    if (input !== undefined) cu.setInput(input.value);
    await cu.compute(PREPARE, { args: [moduleBeside(file), file, ...args], name: PROGRAM, ...UNLIMITED });
    const results = await cu.computeAll(RUN, { args: [json ? "results" : "run", code, file, ...args], name: PROGRAM });
    if (json) writeOut(results.map((result) => `${toJson(result)}\n`).join(""));
    if (options.store !== undefined) await cu.saveState();
    return 0;
  } catch (error) {
    writeError(reportOf(error, { name: file, text: new TextDecoder().decode(code) }));
    return exitCodeOf(error);
  } finally {
    await cu.close();
    await options.store?.close();
  }
}

/** Without a byte order mark, and with nothing in a first line that names an interpreter, as Lua's own program takes files. */
function programIn(bytes: Uint8Array): Uint8Array {
  const begin = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (bytes[begin] !== 0x23) return bytes.subarray(begin);
  const end = bytes.indexOf(0x0a, begin);
  return end < 0 ? new Uint8Array(0) : bytes.subarray(end);
}
