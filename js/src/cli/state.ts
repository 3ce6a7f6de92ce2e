/** `cu state`: what is kept in a folder. */
import { readFileSync, writeFileSync } from "node:fs";
import { isatty } from "node:tty";
import { Cu } from "../index.js";
import { CliError, EXIT, usageError } from "./exit.js";
import { readBytes } from "./input.js";
import { INSTANCE_OPTIONS, instanceOptions, PROGRAM, storeAt } from "./instance.js";
import { toJson } from "./json.js";
import { writeOut } from "./output.js";

const { home, state } = INSTANCE_OPTIONS;
export const STATE_OPTIONS = { home, state, json: { type: "boolean" } } as const;

interface Values {
  readonly home?: string | undefined;
  readonly state?: string | undefined;
  readonly json?: boolean | undefined;
}

const COMMANDS: Record<string, { readonly files: 0 | 1; work(values: Values, file: string): Promise<void> }> = {
  list: { files: 0, work: list },
  show: { files: 0, work: show },
  export: { files: 1, work: exportTo },
  import: { files: 1, work: importFrom },
  clear: { files: 0, work: clear },
};

/** Resolves to the exit code. */
export async function stateCommand([name, ...files]: readonly string[], values: Values): Promise<number> {
  const known = Object.keys(COMMANDS).join(", ");
  if (name === undefined) throw usageError(`which of ${known}?`, "state");
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw usageError(`there is no command "state ${name}" (there are ${known})`, "state");
  if (values.home === undefined) throw usageError(`state ${name} needs --home DIR`, "state");
  if (files.length !== command.files) {
    throw usageError(`state ${name} takes ${command.files === 1 ? "one FILE, or -" : "no file"}`, "state");
  }
  if (values.json === true && name !== "show") throw usageError("--json is an option of state show", "state");
  await command.work(values, files[0] ?? "");
  return EXIT.ok;
}

async function list(values: Values): Promise<void> {
  const store = storeAt(values.home!, "state");
  writeOut((await store.list()).map((name) => `${name}\n`).join(""));
  await store.close();
}

async function show(values: Values): Promise<void> {
  await withState(values, async (cu) => {
    await load(cu, values);
    if (values.json === true) writeOut(`${toJson(cu.home)}\n`);
    else await cu.compute(`require "${PROGRAM}".show(_home)`, { name: PROGRAM });
  });
}

async function exportTo(values: Values, file: string): Promise<void> {
  if (file === "-" && isatty(1)) throw usageError("a state is bytes, which a terminal does not show: name a FILE", "state");
  await withState(values, async (cu) => {
    await load(cu, values);
    const bytes = cu.exportState();
    if (file === "-") return writeOut(bytes);
    try {
      writeFileSync(file, bytes);
    } catch (error) {
      throw new CliError(`cannot write ${file} (${(error as NodeJS.ErrnoException).code}). Check the path`, EXIT.usage);
    }
  });
}

async function importFrom(values: Values, file: string): Promise<void> {
  const bytes = file === "-" ? readFileSync(0) : readBytes(file, file);
  await withState(values, async (cu) => {
    cu.importState(bytes);
    await cu.saveState();
  });
}

async function clear(values: Values): Promise<void> {
  const store = storeAt(values.home!, "state");
  await store.remove(stateOf(values));
  await store.close();
}

async function load(cu: Cu, values: Values): Promise<void> {
  const { found } = await cu.loadState();
  if (found) return;
  throw new CliError(`there is no state "${stateOf(values)}" in ${values.home}. cu state list says which there are`, EXIT.state);
}

function stateOf({ state = "home" }: Values): string {
  return state;
}

async function withState(values: Values, work: (cu: Cu) => Promise<void>): Promise<void> {
  const options = instanceOptions(values, "state");
  const cu = await Cu.create({ ...options, write: writeOut });
  try {
    await work(cu);
  } finally {
    await cu.close();
    await options.store?.close();
  }
}
