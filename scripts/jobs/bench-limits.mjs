/**
 * Measures what limits on steps and time cost: Lua programs without a limit, with both set, and, with --base, in another build of the
 * module, by turns; the least time of each counts. What scripts/bench limits runs.
 * usage: node scripts/jobs/bench-limits.mjs [--quick] [--base FILE.wasm]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Cu } from "../../js/dist/index.js";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, base: { type: "string" } } });
const TURNS = values.quick ? 30 : 150;
const WARM_UP_TURNS = 10;

/** Each takes some milliseconds: short, so that a busy machine leaves some of the turns alone. */
const WORKLOADS = {
  "calls (fib)": "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end fib(20)",
  additions: "local x = 0 for i = 1, 200000 do x = x + i end",
  "empty loop": "for i = 1, 300000 do end",
  while: "local i = 0 while i < 150000 do i = i + 1 end",
  "strings": "local t = {} for i = 1, 3000 do t[#t + 1] = tostring(i) .. 'x' if #t > 500 then t = {} end end",
  sort: "local t, s = {}, 42 for i = 1, 3000 do s = (s * 1103515245 + 12345) % 2147483648 t[i] = s end table.sort(t)",
  "sort by a function": `
    local t, s = {}, 42 for i = 1, 1500 do s = (s * 1103515245 + 12345) % 2147483648 t[i] = s end
    table.sort(t, function(a, b) return a > b end)`,
  "sin, sqrt": "local s, sin, sqrt = 0.0, math.sin, math.sqrt for i = 1, 20000 do s = s + sin(i) + sqrt(i) end",
  "fill, pairs": "for k = 1, 2 do local t, s = {}, 0 for i = 1, 10000 do t[i] = i end for _, v in pairs(t) do s = s + v end end",
  format: "local f = string.format for i = 1, 3000 do f('%d %s %5.2f', i, 'abc', i / 3) end",
  gsub: "local s = ('hello world '):rep(200) for i = 1, 10 do s:gsub('%w+', string.upper) end",
  find: "local s = ('abcdefghij'):rep(1000) .. 'xyz' for i = 1, 15 do s:find('x[yz]+') end",
  mandelbrot: `
    for y = 0, 29 do for x = 0, 39 do
      local cr, ci, zr, zi = x / 20 - 1.5, y / 15 - 1, 0.0, 0.0
      for i = 1, 50 do zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci if zr * zr + zi * zi > 4 then break end end
    end end`,
  methods: `
    local P = {} P.__index = P function P:add(n) self.v = self.v + n return self end
    local p = setmetatable({ v = 0 }, P) for i = 1, 30000 do p:add(i) end`,
  closures: "local function make(i) return function() return i end end local s = 0 for i = 1, 15000 do s = s + make(i)() end",
  "pcall(error)": "for _ = 1, 15000 do pcall(error) end",
  coroutines: "local f = coroutine.wrap(function() while true do coroutine.yield() end end) for _ = 1, 20000 do f() end",
  sieve: `
    local f = {} for i = 2, 12000 do f[i] = true end
    for i = 2, 12000 do if f[i] then for j = i * 2, 12000, i do f[j] = false end end end`,
  concat: "local t = {} for i = 1, 5000 do t[i] = 'item' .. i % 100 end for k = 1, 5 do table.concat(t, ',') end",
  "_io.input": "local d, s = _io.input.data, 0.0 for i = 1, 30000 do s = s + d[i] end",
};

const LIMITS = { maxInstructions: 1e15, timeoutMs: 1e9 };
const contenders = [
  { name: "no limit", cu: await create(), options: {} },
  { name: "limit", cu: await create(), options: LIMITS },
];
if (values.base !== undefined) contenders.unshift({ name: "base", cu: await create(readFileSync(values.base)), options: {} });

console.log(`${"µs".padEnd(20)}${contenders.map(({ name }) => name.padStart(10)).join("")}   ratios to the first`);
const logs = contenders.map(() => 0);
for (const [name, code] of Object.entries(WORKLOADS)) {
  const best = measure(code);
  best.forEach((time, i) => { logs[i] += Math.log(time / best[0]); });
  const ratios = best.slice(1).map((time) => (time / best[0]).toFixed(3).padStart(9));
  console.log(`${name.padEnd(20)}${best.map((time) => (time * 1000).toFixed(0).padStart(10)).join("")}${ratios.join("")}`);
}
const means = logs.slice(1).map((sum) => Math.exp(sum / Object.keys(WORKLOADS).length).toFixed(3).padStart(9));
console.log(`${"geometric mean".padEnd(20 + 10 * contenders.length)}${means.join("")}`);

async function create(wasm) {
  const cu = await Cu.create({ seed: 1, ...(wasm && { wasm }) });
  cu.setInput({ data: Float64Array.from({ length: 30_001 }, (_, i) => i) });
  return cu;
}

/** The least milliseconds of each contender. */
function measure(code) {
  const best = contenders.map(() => Infinity);
  for (let turn = 0; turn < TURNS + WARM_UP_TURNS; turn++) {
    for (let k = 0; k < contenders.length; k++) {
      const i = (k + turn) % contenders.length;
      const { cu, options } = contenders[i];
      const start = performance.now();
      cu.computeSync(code, options);
      if (turn >= WARM_UP_TURNS) best[i] = Math.min(best[i], performance.now() - start);
    }
  }
  return best;
}
