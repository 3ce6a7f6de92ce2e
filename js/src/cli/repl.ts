/**
 * `cu repl`: lines are read here and computed in a worker, so that Ctrl-C can end a computation and the terminal stays alive meanwhile.
 * What a line leaves in globals is there for the next; so is `_home`.
 */
import { createInterface } from "node:readline";
import type { Interface } from "node:readline";
import { isatty } from "node:tty";
import { version } from "../../package.json";
import { CuWorker } from "../worker.js";
import { EXIT, usageError } from "./exit.js";
import { History } from "./history.js";
import { INSTANCE_OPTIONS, inputOf, instanceOptions, PROGRAM } from "./instance.js";
import type { InstanceValues } from "./instance.js";
import { writeError, writeOut } from "./output.js";
import { exitCodeOf, isIncomplete, reportOf } from "./report.js";

export const REPL_OPTIONS = INSTANCE_OPTIONS;

const CHUNK = "repl";
const PROMPT = "> ";
const PROMPT_WITHIN = ">> ";

/** What the user did to a computation, and no error. */
class Interruption extends Error {}

/** Resolves to the exit code. */
export async function repl(positionals: readonly string[], values: InstanceValues): Promise<number> {
  if (positionals.length > 0) throw usageError("repl takes no file: cu run FILE.lua runs one", "repl");
  if (values.input === "-") throw usageError("standard input is for what is computed: give --input a file", "repl");
  const options = instanceOptions(values, "repl");
  const input = inputOf(values, "repl");
  const cu = await CuWorker.create({ ...options, modules: options.modules as Record<string, string>, write: writeOut });
  try {
    if (options.store !== undefined) await cu.loadState();
    const session = new Session(cu, input);
    await session.prepare();
    const code = isatty(0) && isatty(1) ? await session.talk() : await session.readAll();
    if (options.store !== undefined) await cu.saveState();
    return code;
  } finally {
    await cu.terminate();
    await options.store?.close();
  }
}

class Session {
  /** Lines that are not complete yet. */
  private pending = "";
  private running: AbortController | undefined;
  private lastLine: Promise<void> = Promise.resolve();

  constructor(private readonly cu: CuWorker, private readonly input: { value: unknown } | undefined) {}

  /** The module is loaded while the globals are as they should be. */
  async prepare(): Promise<void> {
    await this.cu.compute(`require "${PROGRAM}"`, { maxInstructions: Infinity, timeoutMs: Infinity });
    if (this.input !== undefined) await this.cu.setInput(this.input.value);
  }

  /** With somebody at a terminal. */
  async talk(): Promise<number> {
    const history = new History();
    const reader = createInterface({
      input: process.stdin, output: process.stdout, terminal: true, prompt: PROMPT, history: history.newestFirst(),
      historySize: History.LINES_MAX, removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        void this.complete(line).then((found) => done(null, found));
      },
    });
    reader.on("history", (lines) => history.keep(lines));
    reader.on("SIGINT", () => this.interrupt(reader));
    // A terminal that is closed is left, too.
    for (const signal of ["SIGHUP", "SIGTERM"] as const) process.once(signal, () => reader.close());
    reader.on("line", (line) => {
      this.lastLine = this.lastLine.then(async () => {
        if (line.trim() === ":quit") return reader.close();
        await this.take(line).catch((error: unknown) => writeError(reportOf(error, this.sourceOf(error))));
        this.askOn(reader);
      });
    });
    writeOut(`Lua 5.4.7 in Cu ${version}. :help says what there is, Ctrl-D leaves.\n`);
    reader.prompt();
    await new Promise<void>((resolve) => reader.on("close", resolve));
    this.running?.abort(new Interruption());
    await this.lastLine;
    writeOut("\n");
    return EXIT.ok;
  }

  /** From a file or a pipe: the first error is the end. */
  async readAll(): Promise<number> {
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    try {
      for await (const line of lines) await this.take(line);
      if (this.pending !== "") await this.compute(this.pending, false);
      return EXIT.ok;
    } catch (error) {
      writeError(reportOf(error, this.sourceOf(error)));
      return exitCodeOf(error);
    } finally {
      lines.close();
    }
  }

  /** A line that is not complete waits for the next. */
  private async take(line: string): Promise<void> {
    if (this.pending === "" && /^:[a-z]/.test(line)) return this.command(line.trim());
    const text = this.pending === "" ? line : `${this.pending}\n${line}`;
    this.pending = "";
    if (text.trim() !== "") await this.compute(text, true);
  }

  private async compute(text: string, mayGoOn: boolean): Promise<void> {
    this.computed = text;
    const controller = new AbortController();
    this.running = controller;
    try {
      const args = [text, `=${CHUNK}`];
      await this.cu.compute(`return require "${PROGRAM}".evaluate(...)`, { args, name: PROGRAM, signal: controller.signal });
    } catch (error) {
      if (mayGoOn && isIncomplete(error)) this.pending = text;
      else if (error instanceof Interruption) await this.noteInterruption();
      else throw error;
    } finally {
      this.running = undefined;
    }
  }

  /** Of the last computation, whose lines are shown if there are several: one is still to be seen. */
  private computed = "";

  private sourceOf(error: unknown): { name: string; text: string } | undefined {
    return error instanceof Error && this.computed.includes("\n") ? { name: CHUNK, text: this.computed } : undefined;
  }

  private async noteInterruption(): Promise<void> {
    const isWhole = await this.cu.compute(`return package.loaded["${PROGRAM}"] ~= nil`);
    if (isWhole === true) return writeError("interrupted\n");
    await this.prepare();
    writeError("interrupted: it did not end by itself, so globals are gone, and _home is as it was saved last\n");
  }

  private async command(line: string): Promise<void> {
    const work = Object.hasOwn(COMMANDS, line) ? COMMANDS[line] : undefined;
    if (work !== undefined) return work(this.cu);
    writeError(`there is no ${line}. :help says what there is\n`);
  }

  /** Ctrl-C. */
  private interrupt(reader: Interface): void {
    if (this.running !== undefined) return this.running.abort(new Interruption());
    const isEmpty = reader.line === "" && this.pending === "";
    this.pending = "";
    reader.write(null, { ctrl: true, name: "e" });
    reader.write(null, { ctrl: true, name: "u" });
    writeOut(isEmpty ? "(Ctrl-D leaves)\n" : "^C\n");
    this.askOn(reader);
  }

  private askOn(reader: Interface): void {
    reader.setPrompt(this.pending === "" ? PROMPT : PROMPT_WITHIN);
    reader.prompt();
  }

  /** What the end of a line may go on with, and the end. */
  private async complete(line: string): Promise<[string[], string]> {
    if (/^:\w*$/.test(line)) return [[...Object.keys(COMMANDS), ":quit"].filter((name) => name.startsWith(line)), line];
    const [word, path, start] = /((?:[A-Za-z_]\w*[.:])*)([A-Za-z_]\w*)?$/.exec(line)!;
    if (word === "" || this.running !== undefined) return [[], word];
    try {
      const args = [path, start ?? ""];
      const names = await this.cu.compute(`return require "${PROGRAM}".complete(...)`, { args, name: PROGRAM });
      return [(Array.isArray(names) ? names : []).map((name) => `${path}${String(name)}`), word];
    } catch {
      return [[], word];
    }
  }
}

const COMMANDS: Record<string, (cu: CuWorker) => Promise<void>> = {
  ":memory": async (cu) => {
    const { total, heap, used, peak, handles } = await cu.memory();
    const group = (bytes: number) => bytes.toLocaleString("en-US");
    writeOut(`${group(used)} of ${group(heap)} bytes used, ${group(peak)} at most; ${group(total)} bytes in all; ${handles} handles\n`);
  },
  ":home": async (cu) => void (await cu.compute(`require "${PROGRAM}".show(_home, true)`, { name: PROGRAM })),
  ":help": async () => {
    writeOut(`An expression shows its values, statements are run. A line that is not complete goes on.
Tab completes names. Ctrl-C ends what is being computed, or clears the line.
  :memory   the module's memory
  :home     what is in _home
  :quit     leaves, as Ctrl-D does
`);
  },
};
