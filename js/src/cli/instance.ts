/** From the options of the command line to an instance, for every command that has one. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CuOptions, Limits } from "../index.js";
import { DirectoryStore } from "../stores/directory.js";
import { usageError } from "./exit.js";
import { readInput } from "./input.js";
import program from "./program.lua";

/** The name of program.lua for `require`. */
export const PROGRAM = "cu.program";

/** Of `parseArgs`. */
export const INSTANCE_OPTIONS = {
  input: { type: "string" },
  format: { type: "string" },
  home: { type: "string" },
  state: { type: "string" },
  timeout: { type: "string" },
  "max-instructions": { type: "string" },
} as const;

export type InstanceValues = { readonly [name in keyof typeof INSTANCE_OPTIONS]?: string | undefined };

/** What is given to the instance besides where its output goes. The store is the caller's to close. */
export function instanceOptions(values: InstanceValues, command: string): CuOptions & { store?: DirectoryStore } {
  const { home, state } = values;
  if (state !== undefined && home === undefined) throw usageError("--state needs --home", command);
  const kept = home === undefined ? {} : { store: storeAt(home, command), ...(state === undefined ? {} : { state }) };
  return { modules: { [PROGRAM]: program }, limits: limitsOf(values, command), ...kept };
}

export function storeAt(folder: string, command: string): DirectoryStore {
  if (folder === "") throw usageError("--home needs a folder", command);
  return new DirectoryStore(folder);
}

export function inputOf({ input, format }: InstanceValues, command: string): { value: unknown } | undefined {
  if (input === undefined && format !== undefined) throw usageError("--format needs --input", command);
  return input === undefined ? undefined : { value: readInput(input, format) };
}

/** What `require` finds beside a program: `a.b` is a/b.lua, and no name leads out of the folder. Undefined if there is none. */
export function moduleBeside(file: string): (name: string) => Uint8Array | undefined {
  const folder = dirname(file);
  return (name) => {
    if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) return undefined;
    try {
      return readFileSync(join(folder, `${name.replaceAll(".", "/")}.lua`));
    } catch {
      return undefined;
    }
  };
}

function limitsOf(values: InstanceValues, command: string): Limits {
  const seconds = positive(values.timeout, "--timeout needs a number of seconds", command);
  const steps = positive(values["max-instructions"], "--max-instructions needs a number of steps", command);
  return { ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }), ...(steps === undefined ? {} : { maxInstructions: steps }) };
}

function positive(text: string | undefined, problem: string, command: string): number | undefined {
  if (text === undefined) return undefined;
  const number = /^[\d._]+$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;
  if (!(number > 0)) throw usageError(`${problem} greater than 0, not "${text}"`, command);
  return number;
}
