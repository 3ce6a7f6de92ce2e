/** The operations across the boundary whose costs are looked at, and what does them: an instance of Cu, an engine of wasmoon. */
import { readFileSync } from "node:fs";
import { clock } from "./clock.mjs";

const RECORDS = 1_000_000;
const KEYS = 100_000;
const TEXT = "x".repeat(100_000);

const floats = Float64Array.from({ length: 1_000_000 }, (_, i) => i + 0.5);
const DATA = {
  floats,
  array: Array.from(floats),
  object: { name: "short", number: 1 },
  records: Array.from({ length: RECORDS }, (_, v) => ({ v })),
  keys: Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`key${i}`, i])),
  target: new Array(1_000_000).fill(0),
  text: TEXT,
  add: (a, b) => a + b,
  take: (text) => text.length,
};

/**
 * `lua`: what a chunk does `count` times; `slow` is the count for wasmoon. `target` in nanoseconds. A row with `call` calls from
 * JavaScript. `alone`: wasmoon has nothing like it. `whole`: it cannot do a part of its count. `litter`: what it
 * leaves to be collected is so much that the next row would pay for it.
 */
export const ROWS = [
  {
    name: "number of an array", target: 80, count: 1_000_000, slow: 20_000,
    before: "local t, s = input.array, 0",
    lua: "for i = 1, N do s = s + t[i] end",
  },
  {
    name: "number of a Float64Array", target: 80, count: 1_000_000, slow: 20_000,
    before: "local t, s = input.floats, 0",
    lua: "for i = 1, N do s = s + t[i] end",
  },
  {
    name: "short string field", target: 150, count: 1_000_000, slow: 50_000,
    before: "local o, s = input.object",
    lua: "for _ = 1, N do s = o.name end",
  },
  {
    name: "recs[i].v, all different", target: 500, count: RECORDS, slow: 5_000,
    before: "local t, s = input.records, 0",
    lua: "for i = 1, N do s = s + t[i].v end",
  },
  {
    name: "write a number field", target: 100, count: 1_000_000, slow: 20_000,
    before: "local o = input.object",
    lua: "for i = 1, N do o.number = i end",
  },
  {
    name: "write an array element", target: 100, count: 1_000_000, slow: 20_000,
    before: "local t = input.target",
    lua: "for i = 1, N do t[i] = i end",
  },
  {
    name: "call of a JS function", target: 200, count: 500_000, slow: 10_000,
    before: "local add, s = input.add, 0",
    lua: "for i = 1, N do s = add(s, i) end",
  },
  {
    name: "call of a Lua function", target: 400, count: 200_000, slow: 20_000,
    call: (add, n) => { let s = 0; for (let i = 0; i < n; i++) s = add(s, i); },
  },
  {
    name: "100 KB of text in", target: 20_000, count: 2_000, slow: 500,
    before: "local t, s = input",
    lua: "for i = 1, N do s = t.text end",
  },
  {
    name: "100 KB of text out", target: 20_000, count: 2_000, slow: 500,
    before: `local f, s = input.take, ('x'):rep(${TEXT.length})`,
    lua: "for i = 1, N do f(s) end",
  },
  {
    name: "ext.copy in, a number", target: 15, count: 10_000, repeat: 100, alone: true,
    before: "local t, r = input.array, {}",
    lua: "for _ = 1, 100 do ext.copy(t, 1, N, r) end",
  },
  {
    name: "ext.copy out, a number", target: 15, count: 10_000, repeat: 100, alone: true,
    before: "local t, r = input.target, {} for i = 1, N do r[i] = i / 2 end",
    lua: "for _ = 1, 100 do ext.copy(r, 1, N, t) end",
  },
  {
    name: "pairs of 10^5 keys, a step", target: 250, count: KEYS, alone: true, whole: true,
    before: "local o, n = input.keys, 0",
    lua: "for k, v in pairs(o) do n = n + v end",
  },
  {
    name: "_home.results[i] = v", target: 120, count: 10_000_000, alone: true, litter: true,
    before: "_home.results = {}",
    lua: "for i = 1, N do _home.results[i] = i end",
  },
];

export const LOOP = { name: "a turn of a loop", count: 5_000_000, before: "local s = 0", lua: "for i = 1, N do s = s + i end" };

/** `run(row)` answers nanoseconds per operation. */
export async function cuPeer(path) {
  const { Cu } = await import("../../js/dist/index.js");
  const cu = await Cu.create({ wasm: readFileSync(path) });
  cu.setInput(DATA);
  const add = await cu.compute("return function(a, b) return a + b end");
  const run = (code) => cu.compute(`local input <const> = _io.input ${code}`, { args: [clock] });
  return { run: (row) => time(row, row.count, add, run) };
}

export async function wasmoonPeer() {
  const { LuaFactory } = await import("wasmoon");
  const engine = await new LuaFactory().createEngine();
  engine.global.set("input", DATA);
  engine.global.set("clock", clock);
  const add = await engine.doString("return function(a, b) return a + b end");
  return { run: (row) => time(row, row.slow, add, (code) => engine.doString(`return (function(...) ${code} end)(clock)`)) };
}

/** How many handles Lua holds at most during `recs[i].v`. Looking takes time. The host counts what waits to be given back, too. */
export async function mostHandles(path) {
  const { Cu } = await import("../../js/dist/index.js");
  const cu = await Cu.create({ wasm: readFileSync(path) });
  let most = 0;
  const look = () => { most = Math.max(most, cu.memory.tables); };
  const code = `
    local t, look = _io.input.records, _io.input.look
    for i = 1, #t do
      local _ = t[i].v
      if i % 100 == 0 then look() end
    end`;
  await cu.compute(code, { input: { records: DATA.records, look } });
  cu.close();
  return most;
}

/** Nanoseconds per operation. Loops in Lua look at the clock themselves, so that compiling is not measured. */
async function time(row, count, add, run) {
  if (row.call !== undefined) {
    const start = clock();
    row.call(add, count);
    return ((clock() - start) * 1e9) / count;
  }
  const seconds = await run(`local clock <const> = ... local N <const> = ${count}
    ${row.before}
    local start <const> = clock() ${row.lua} return clock() - start`);
  return (seconds * 1e9) / (count * (row.repeat ?? 1));
}
