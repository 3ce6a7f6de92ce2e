// The programs of the test: generated ones, each stored in `_home` as a function and called from there, and rows of what generated ones lack.

import { readFileSync } from "node:fs";

import { generate } from "../fuzz/programs.mjs";
import { HOST_ROWS, ROWS } from "./rows.mjs";

const FIRST_SEED = 20_000;
const NOW = 1_700_000_000_000;
const prelude = readFileSync(new URL("prelude.lua", import.meta.url), "utf8");

/** What is left at the end, as Lua sees it. */
const ENDING = `
  print(collectgarbage("count"), os.time(), os.clock(), math.random(1 << 30), {}, print)
  for key, value in pairs(_home) do print(key, value) end
  for key, value in pairs(_G) do print(key, value) end`;

/**
 * `count` programs: { seed, now, chunks: [[name, source], …], stores }, as tests/host's program of this test takes them; `stores` says that
 * the host may do something of its own (HOST_ROWS). Rows first, then generated ones; every other one of these is stored in `_home`.
 */
export function programs(count) {
  const generated = Array.from({ length: Math.max(0, count - ROWS.length - HOST_ROWS.length) }, (_, i) => ({
    source: program(FIRST_SEED + i, i % 2 === 1 ? "_home.program" : "local function program"), stores: i % 2 === 1,
  }));
  const rows = (sources, stores) => sources.map((source) => ({ source, stores }));
  return [...rows(ROWS, false), ...rows(HOST_ROWS, true), ...generated].slice(0, count).map(({ source, stores }, i) => ({
    seed: i * 7919,
    now: NOW + i * 86_400_123,
    chunks: [["prelude", prelude], ["program", source], ["ending", ENDING]],
    stores,
  }));
}

/** A generated program as a function, called; of what it returns, `_home` keeps what is plain. */
function program(seed, name) {
  const stored = name.startsWith("_home");
  return `${stored ? `${name} = function` : name}(...)\n${generate(seed)}\nend
local PLAIN = { number = true, string = true, boolean = true }
local results = table.pack(pcall(${stored ? name : "program"}, ${seed}, "x"))
for i = 1, results.n do
  local result = results[i]
  print(i, result)
  if PLAIN[type(result)] then _home[i] = result end
  if type(result) == "table" then
    _home[i] = {}
    for key, value in next, result do
      if PLAIN[type(key)] and PLAIN[type(value)] then _home[i][key] = value end
    end
  end
end`;
}
