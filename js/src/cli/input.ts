/**
 * What `--input` names: JSON, one JSON value a line (NDJSON), or CSV with a line of names. By the end of the file's name, or by `--format`.
 *
 * The cells of a column of CSV have one type: numbers if every cell that is not empty is a number in the usual form, with no zeros before
 * it and within ±2^53; otherwise text. In a column of numbers an empty cell is nil.
 */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { CliError, EXIT, usageError } from "./exit.js";

const FORMATS = { json: parseJson, ndjson: parseLines, csv: parseCsv };
type Format = keyof typeof FORMATS;

const EXTENSIONS: Record<string, Format> = { json: "json", ndjson: "ndjson", jsonl: "ndjson", csv: "csv" };
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Throws a CliError that says what is wrong and in which line. */
export function readInput(file: string, format: string | undefined): unknown {
  const parseInput = FORMATS[formatOf(file, format)];
  const bytes = readBytes(file === "-" ? 0 : file, file === "-" ? "standard input" : file);
  try {
    return parseInput(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CliError(`${file === "-" ? "standard input" : file}: ${(error as Error).message}`, EXIT.usage);
  }
}

/** `what` names it in the message. */
export function readBytes(file: string | 0, what: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError(`cannot read ${what} (${(error as NodeJS.ErrnoException).code}). Check the path`, EXIT.usage);
  }
}

function formatOf(file: string, format: string | undefined): Format {
  const known = Object.keys(FORMATS).join(", ");
  if (format !== undefined) {
    if (Object.hasOwn(FORMATS, format)) return format as Format;
    throw usageError(`there is no format "${format}" (there are ${known})`);
  }
  if (file === "-") return "json";
  const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  const found = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (found === undefined) throw usageError(`the name ${file} does not say its format: give --format (${known})`);
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`);
  }
}

function parseLines(text: string): unknown[] {
  const values: unknown[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      throw new Error(`line ${index + 1} is not JSON: ${(error as Error).message}`);
    }
  });
  return values;
}

type Cell = string | number | undefined;

function parseCsv(text: string): Record<string, Cell>[] {
  const [names, ...rows] = parse(text, { skip_empty_lines: true }) as [string[]?, ...string[][]];
  if (names === undefined) return [];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two columns have the name "${twice}"`);
  const areNumbers = names.map((_, column) => isColumnOfNumbers(rows, column));
  return rows.map((row) => {
    const record = Object.create(null) as Record<string, Cell>;
    names.forEach((name, column) => (record[name] = cellOf(row[column]!, areNumbers[column]!)));
    return record;
  });
}

function cellOf(text: string, isNumber: boolean): Cell {
  if (!isNumber) return text;
  return text === "" ? undefined : Number(text);
}

function isColumnOfNumbers(rows: readonly string[][], column: number): boolean {
  let found = false;
  for (const row of rows) {
    const text = row[column]!;
    if (text === "") continue;
    if (!NUMBER.test(text) || Math.abs(Number(text)) > Number.MAX_SAFE_INTEGER) return false;
    found = true;
  }
  return found;
}
