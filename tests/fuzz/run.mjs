#!/usr/bin/env node
// Differential fuzzing: generated programs run in native Lua 5.4.7 and in the module, and what they print must be the same. A program that
// needs more memory than the module has is left out, and counted. So is one that differs by the sign of a NaN, which is the processor's
// affair and which the module does not print: native Lua with the module's shims then gives what the module gives.

import { parseArgs } from "node:util";

import { generate } from "./programs.mjs";
import { reduce } from "./reduce.mjs";
import { prepare, runModule, runNative } from "./sides.mjs";

const BATCH_PROGRAMS = 250;
const REPORTED_MAX = 5;
const PROGRESS_MS = 10_000;
const SEED_MAX = 2 ** 32;

const { values: options } = parseArgs({ options: { minutes: { type: "string", default: "1" }, seed: { type: "string" }, show: { type: "boolean" } } });
process.exitCode = await main(number("minutes"), options.seed === undefined ? Date.now() % SEED_MAX : number("seed"));

function number(name) {
  const value = Number(options[name]);
  if (value >= 0 && Number.isFinite(value)) return value;
  console.error(`fuzz: --${name} ${options[name]}: expected a number`);
  process.exit(2);
}

/** The program number i of a run has the seed `first + i`, so that it can be had again alone. */
async function main(minutes, first) {
  if (options.show) return console.log(generate(first));
  prepare();
  console.log(`fuzz: seed ${first}, ${minutes} minutes`);
  const started = Date.now();
  const counts = { programs: 0, differences: 0, memory: 0, nan: 0 };
  let told = started;
  do {
    const seeds = Array.from({ length: BATCH_PROGRAMS }, (_, i) => (first + counts.programs + i) % SEED_MAX);
    await compare(seeds, counts);
    counts.programs += BATCH_PROGRAMS;
    if (Date.now() - told > PROGRESS_MS) {
      told = Date.now();
      console.log(`fuzz: ${counts.programs} programs, ${counts.differences} differences, ${Math.round((told - started) / 1000)} s`);
    }
  } while (Date.now() - started < minutes * 60_000 && counts.differences < REPORTED_MAX);
  console.log(`left out: ${counts.memory} that need more memory, ${counts.nan} that show the sign of a NaN`);
  console.log(`${counts.programs} programs, ${counts.differences} differences`);
  return counts.differences === 0 ? 0 : 1;
}

async function compare(seeds, counts) {
  const programs = seeds.map(generate);
  const [native, module] = await Promise.all([runNative(programs), runModule(programs)]);
  for (const [i, program] of programs.entries()) {
    if (native[i] === module[i] && native[i] !== undefined) continue;
    // Alone, so that it cannot be the fault of one before.
    const [a, b] = await both(program);
    // Also where programs before it left it less: then an error may find no room for its handling.
    if (needsMemory(b) || (a === b && /not enough memory|error in error handling/.test(module[i] ?? ""))) counts.memory++;
    else if (a !== b && (await showsNan(program, b))) counts.nan++;
    else if (a !== b) await report(seeds[i], program, counts);
    else return reportBatch(seeds, native[i], module[i], counts);
  }
}

async function showsNan(program, module) {
  return !program.includes("os.") && (await runNative([program], "shims"))[0] === module;
}

function needsMemory(output) {
  return /not enough memory/.test(output ?? "");
}

async function both(program) {
  const [[a], [b]] = await Promise.all([runNative([program]), runModule([program])]);
  return [a, b];
}

async function report(seed, program, counts) {
  if (++counts.differences > REPORTED_MAX) return;
  console.log(`\ndifference of the program --seed ${seed} --show, being reduced`);
  const small = await reduce(program, firstDiffering);
  const [a, b] = await both(small);
  console.log(`${small}\n-- native\n${a}\n-- module\n${b}`);
}

/** The first program of a list that differs, also alone. */
async function firstDiffering(programs) {
  const [native, module] = await Promise.all([runNative(programs), runModule(programs)]);
  for (const [i, program] of programs.entries()) {
    if (native[i] === module[i] && native[i] !== undefined) continue;
    const [a, b] = await both(program);
    if (a !== b && !needsMemory(b) && !(await showsNan(program, b))) return program;
  }
  return undefined;
}

/** A side ended, or something was left by the programs before: those that follow in the list tell nothing. */
function reportBatch(seeds, native, module, counts) {
  if (++counts.differences > REPORTED_MAX) return;
  console.log(`\ndifference only after the programs from --seed ${seeds[0]} on\n-- native\n${native}\n-- module\n${module}`);
}
