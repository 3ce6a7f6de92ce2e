/**
 * The Lua programs that are measured. Each is a file in workloads/ that gets a number, how much to do, and returns a checksum, which has
 * to be the same in every system. A file of the same name in JavaScript does the same work, as far as JavaScript has what it takes.
 */
import { existsSync, readFileSync } from "node:fs";

const FOLDER = new URL("./workloads/", import.meta.url);

/** File, what it is called in tables, how much each run does: 20 to 60 ms in native Lua on the machine where this was chosen. */
const OPERATIONS = [
  ["fib", "fib(30)", 30],
  ["additions", "integer additions", 10_000_000],
  ["tostring", "tostring, concatenation", 100_000],
  ["sort", "sort", 100_000],
  ["sort_by", "sort by a function", 30_000],
  ["sin_sqrt", "sin, sqrt", 1_000_000],
  ["fill_pairs", "table fill, pairs", 1_000_000],
  ["format", "string.format", 60_000],
  ["gsub", "gsub, find, gmatch", 200],
  ["mandelbrot", "mandelbrot", 160],
  ["methods", "method calls", 1_000_000],
  ["closures", "closures", 500_000],
  ["pcall_error", "pcall(error)", 150_000],
  ["coroutines", "coroutine switch", 250_000],
];

const PROGRAMS = [
  ["nbody", "n-body", 8_000],
  ["spectral_norm", "spectral norm", 150],
  ["fannkuch", "fannkuch", 8],
  ["binary_trees", "binary trees", 11],
  ["queens", "n queens", 10],
  ["string_buffer", "string buffer", 100_000],
  ["json", "JSON encode, decode", 20],
  ["lru", "LRU cache", 50_000],
  ["tokenizer", "tokenizer", 1_000],
  ["matrix", "matrix multiply", 90],
  ["sieve", "sieve", 50],
];

/** What counting of steps costs most: nothing but jumps. */
const LOOPS = [
  ["empty_loop", "empty loop", 10_000_000],
  ["while_loop", "while", 5_000_000],
];

const read = (group) => ([file, title, n]) => {
  const script = new URL(`${file}.js`, FOLDER);
  const lua = readFileSync(new URL(`${file}.lua`, FOLDER), "utf8");
  return { file, title, group, n, lua, script: existsSync(script) ? readFileSync(script, "utf8") : undefined };
};

export const WORKLOADS = [...OPERATIONS.map(read("operation")), ...PROGRAMS.map(read("program"))];
export const LOOP_WORKLOADS = LOOPS.map(read("loop"));
