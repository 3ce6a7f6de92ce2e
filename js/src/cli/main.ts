#!/usr/bin/env node
/** The command line `cu`: which command it is, and how it ends. */
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { version } from "../../package.json";
import { LuaError } from "../index.js";
import { EXIT, usageError } from "./exit.js";
import { HELP } from "./help.js";
import { writeError, writeOut } from "./output.js";
import { repl, REPL_OPTIONS } from "./repl.js";
import { exitCodeOf, reportOf } from "./report.js";
import { run, RUN_OPTIONS } from "./run.js";
import { STATE_OPTIONS, stateCommand } from "./state.js";

interface Command {
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** Resolves to the exit code. */
  work(positionals: readonly string[], values: Record<string, never>): Promise<number>;
}

const COMMANDS: Record<"run" | "repl" | "state", Command> = {
  run: { options: RUN_OPTIONS, work: run },
  repl: { options: REPL_OPTIONS, work: repl },
  state: { options: STATE_OPTIONS, work: stateCommand },
};
const HELP_OPTION = { help: { type: "boolean", short: "h" } } as const;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  // What is nobody's mistake but the command line's own shall be seen whole.
  const isOwnFault = error instanceof Error && exitCodeOf(error) === EXIT.failed && !(error instanceof LuaError);
  writeError(isOwnFault ? `cu: error: ${error.stack}\n` : reportOf(error));
  return exitCodeOf(error);
});

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === "--help" || name === "-h") return print(HELP[""]);
  if (name === "--version" || name === "-V") return print(`cu ${version}, Lua 5.4.7\n`);
  if (name === undefined) throw usageError("which command?");
  if (!isCommand(name)) throw usageError(`there is no command "${name}" (there are ${Object.keys(COMMANDS).join(", ")})`);
  const { options, work } = COMMANDS[name];
  let parsed;
  try {
    parsed = parseArgs({ args: rest, allowPositionals: true, options: { ...options, ...HELP_OPTION } });
  } catch (error) {
    throw usageError((error as Error).message.replace(/\. To specify.*$/s, ""), name);
  }
  if ((parsed.values as { help?: boolean }).help === true) return print(HELP[name]);
  return work(parsed.positionals, parsed.values as Record<string, never>);
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function print(text: string): number {
  writeOut(text);
  return EXIT.ok;
}
