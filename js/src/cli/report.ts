/** Errors as the user sees them, and the exit code of each: the message, the line of the source that it names, and Lua's traceback. */
import { CuLimitError, CuTrapError, LuaError, StateFormatError, StoreError } from "../index.js";
import { CliError, EXIT } from "./exit.js";

/** The chunk of program.lua: its frames are left out. */
const OWN_CHUNK = "cu.program";
const LINES_AROUND = 1;

/** A program, under the name that Lua knows it by. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.code;
  if (error instanceof CuLimitError) return error.limit === "timeoutMs" ? EXIT.timeout : EXIT.instructions;
  if (error instanceof StoreError || error instanceof StateFormatError) return EXIT.state;
  if (error instanceof CuTrapError) return EXIT.trap;
  return EXIT.failed;
}

/** Several lines, the last one with its end. */
export function reportOf(error: unknown, source?: Source): string {
  if (error instanceof LuaError) return luaReport(error, source);
  const message = error instanceof Error ? error.message : String(error);
  return `cu: error: ${message}\n`;
}

/** The message of a syntax error whose program ends too early: more lines may complete it. */
export function isIncomplete(error: unknown): boolean {
  return error instanceof LuaError && isSyntaxError(error) && /near '?<eof>'?$/.test(error.message);
}

/** Of the compiler, which `compiled` in program.lua raises. */
function isSyntaxError(error: LuaError): boolean {
  return error.chunkName === OWN_CHUNK && !(error instanceof CuLimitError);
}

function luaReport(error: LuaError, source: Source | undefined): string {
  // As Lua's own program says it: the address of a table says nothing.
  const lines = [/^table: 0x[0-9a-f]+$/.test(error.message) ? "(error object is a table value)" : error.message];
  const line = isSyntaxError(error) ? lineInMessage(error.message) : error.line;
  const isOfSource = isSyntaxError(error) || error.chunkName === source?.name;
  if (source !== undefined && line !== undefined && isOfSource) lines.push(...excerpt(source.text, line, error.message));
  const frames = isSyntaxError(error) ? [] : ownFramesLeftOut(error.traceback);
  if (frames.length > 1) lines.push(...frames);
  return `${lines.join("\n")}\n`;
}

function lineInMessage(message: string): number | undefined {
  const match = /:(\d+): /.exec(message);
  return match === null ? undefined : Number(match[1]);
}

/** The line and the one before it, with a mark below the name in the message, if the line has that name once. */
function excerpt(text: string, line: number, message: string): string[] {
  const lines = text.split(/\r?\n/);
  if (line < 1 || line > lines.length) return [];
  const width = String(line).length;
  const shown: string[] = [];
  for (let at = Math.max(1, line - LINES_AROUND); at <= line; at++) {
    shown.push(`${at === line ? ">" : " "} ${String(at).padStart(width)} | ${lines[at - 1]}`);
  }
  const place = placeOfName(lines[line - 1]!, message);
  if (place !== undefined) {
    const before = lines[line - 1]!.slice(0, place.column).replace(/[^\t]/g, " ");
    shown.push(`  ${" ".repeat(width)} | ${before}${"^".repeat(place.length)}`);
  }
  return shown;
}

/** Lua tells no columns, but often a name: (local 't'), (field 'x'), near 'foo'. */
function placeOfName(line: string, message: string): { column: number; length: number } | undefined {
  const name = /(?:\((?:local|global|field|method|upvalue|constant)|near) '([^']+)'\)?$/.exec(message)?.[1];
  if (name === undefined || message.includes("\n")) return undefined;
  const isWord = /^\w+$/.test(name);
  const columns: number[] = [];
  for (let at = line.indexOf(name); at >= 0; at = line.indexOf(name, at + 1)) {
    const isWhole = !isWord || !/\w/.test((line[at - 1] ?? " ") + (line[at + name.length] ?? " "));
    if (isWhole) columns.push(at);
  }
  return columns.length === 1 ? { column: columns[0]!, length: name.length } : undefined;
}

function ownFramesLeftOut(traceback: string | undefined): string[] {
  const frames = (traceback ?? "").split("\n");
  const own = frames.findIndex((frame) => frame.trimStart().startsWith(`${OWN_CHUNK}:`));
  const kept = own < 0 ? frames : frames.slice(0, own);
  // Of a program that was called at once, nothing but this is left of the command line.
  while (/^\s*(\(\.\.\.tail calls\.\.\.\)|\[C\]: in \?)$/.test(kept.at(-1) ?? "")) kept.pop();
  return kept;
}
