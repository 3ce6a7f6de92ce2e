/**
 * What goes deep: one row for each way in which Lua, its libraries, external tables and the host library recurse, and what must come of it.
 * `[name, Lua source or a function of the instance, what the result (as text) or the error's message must match]`.
 *
 * usage: node [--stack-size=KB] tests/faults/recursion.mjs: runs the rows and prints what came of each, one line of JSON a row.
 */
import { pathToFileURL } from "node:url";
import { CuTrapError, LuaError, MemoryStore } from "../../js/dist/index.js";
import { create, instances } from "./support.mjs";

/** Bytes at the bottom of the memory: the module's own stack, of C and Rust. docs/ARCHITECTURE.md, "Memory". */
export const C_STACK_BYTES = 432_128;
/** Steps that end what would not end. */
const STEPS_MAX = 3_000_000;

const C_STACK = /C stack overflow/;
const LUA_STACK = /stack overflow/;
const withMethod = (event, body) => `local m = {} local t = setmetatable({}, m) m.${event} = ${body} `;
const external = (event, body) => `local m = {} local t = setmetatable(ext.table(), m) m.${event} = ${body} `;
const nested = (depth) => `local t = {} for i = 1, ${depth} do t = { t } end `;
const nestedArray = (depth) => { let list = []; for (let i = 0; i < depth; i++) list = [list]; return list; };
const depthOf = (list) => { let depth = 0; for (let at = list; at?.length > 0; at = at[0]) depth++; return depth; };
const stored = (cu) => { cu.computeSync(`${nested(3_000)} _home.deep = t`); return cu; };

export const ROWS = [
  ["functions of Lua", "local function f() return 1 + f() end return f()", LUA_STACK],
  ["tail calls are no depth", "local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(100000)", /^end$/],
  ["arguments", "return select('#', table.unpack({}, 1, 30000))", /too many results to unpack/],
  ["string.gsub with a function", "local function f(s) return (s:gsub('.', f)) end return f('x')", C_STACK],
  ["string.gsub with a table", `${withMethod("__index", "function(t, k) return (k:gsub('.', t)) end")} return (('x'):gsub('.', t))`, C_STACK],
  ["a pattern", "return ('a'):rep(1000):find(('a?'):rep(250) .. ('a'):rep(250))", /pattern too complex/],
  ["string.format", `${withMethod("__tostring", "function(t) return ('%s'):format(t) end")} return tostring(t)`, C_STACK],
  ["tostring", `${withMethod("__tostring", "function(t) return tostring(t) end")} return tostring(t)`, C_STACK],
  ["print", `${withMethod("__tostring", "function(t) print(t) return '' end")} print(t)`, C_STACK],
  ["table.sort", "local function f(a, b) table.sort({ 3, 2, 1 }, f) return a < b end table.sort({ 3, 2, 1 }, f)", C_STACK],
  ["table.concat", `${withMethod("__index", "function(t) return table.concat(t, '', 1, 3) end")} return table.concat(t, '', 1, 3)`, C_STACK],
  ["table.unpack", `${withMethod("__index", "function(t) return table.unpack(t, 1, 2) end")} return table.unpack(t, 1, 2)`, C_STACK],
  ["table.insert", `${withMethod("__len", "function(t) table.insert(t, 1) return 1 end")} table.insert(t, 1)`, C_STACK],
  ["table.move", `${withMethod("__index", "function(t) return table.move(t, 1, 2, 1, {}) end")} return table.move(t, 1, 2, 1, {})`, C_STACK],
  ["ipairs", `${withMethod("__index", "function(t) for _ in ipairs(t) do end end")} for _ in ipairs(t) do end`, C_STACK],
  ["os.time", `${withMethod("__index", "function(t) return os.time(t) end")} return os.time(t)`, C_STACK],
  ["__index, functions", `${withMethod("__index", "function(t, k) return t[k] end")} return t.x`, C_STACK],
  ["__index, tables", "local t = {} for i = 1, 3000 do t = setmetatable({}, { __index = t }) end return t.x", /'__index' chain too long/],
  ["__newindex, tables", "local t = {} for i = 1, 3000 do t = setmetatable({}, { __newindex = t }) end t.x = 1", /'__newindex' chain too long/],
  ["__newindex", `${withMethod("__newindex", "function(t, k, v) t[k] = v end")} t.x = 1`, C_STACK],
  ["__call", "local t = function() return 'called' end for i = 1, 1000 do t = setmetatable({}, { __call = t }) end return t()", /^called$/],
  ["__concat", `${withMethod("__concat", "function(a, b) return a .. b end")} return t .. t`, C_STACK],
  ["__eq", `${withMethod("__eq", "function(a, b) return a == b end")} return t == setmetatable({}, m)`, C_STACK],
  ["__lt", `${withMethod("__lt", "function(a, b) return a < b end")} return t < t`, C_STACK],
  ["__len", `${withMethod("__len", "function(t) return #t end")} return #t`, C_STACK],
  ["__pairs", `${withMethod("__pairs", "function(t) return pairs(t) end")} return pairs(t)`, C_STACK],
  ["source: parentheses", "return select(2, load('return ' .. ('('):rep(10000) .. '1' .. (')'):rep(10000)))", /overflow|C levels/],
  ["source: tables", "return select(2, load('return ' .. ('{'):rep(10000)))", /overflow|C levels/],
  ["source: blocks", "return select(2, load(('do '):rep(10000)))", /overflow|C levels/],
  ["source: functions", "return select(2, load(('function f() '):rep(10000)))", /overflow|C levels/],
  ["source: operators", "return select(2, load('return ' .. ('2^'):rep(10000) .. '1'))", /overflow|C levels/],
  ["load in load", "local n = 0 local function f() n = n + 1 local g, e = load(f) error(e, 0) end return select(2, load(f))", /C stack overflow|too many C levels/],
  ["coroutine.wrap", "local function f() return coroutine.wrap(f)() end return f()", C_STACK],
  ["coroutine.resume", "local n = 0 local function f() n = n + 1 local ok, e = coroutine.resume(coroutine.create(f)) return e or n end return f()", C_STACK],
  ["pcall", "local e local function f() local ok, m = pcall(f) e = e or m end f() return e", /overflow/],
  ["xpcall", "local e local function f() local ok, m = xpcall(f, debug.traceback) e = e or m end f() return e", /overflow/],
  ["pcall in coroutines", "local e local function f() local ok, m = pcall(coroutine.wrap(f)) e = e or m end f() return e", /overflow/],
  ["a handler that fails", "return select(2, xpcall(error, function(e) error(e) end, 'x'))", /overflow|error handling|^x$/],
  ["a handler in a handler", "local function h(e) return select(2, xpcall(error, h, e)) end return select(2, xpcall(error, h, 'x'))", /overflow|error handling/],
  ["an error whose text recurs", `${withMethod("__tostring", "function(t) return tostring(t) end")} error(t)`, /overflow|error in error handling/],
  ["require", "package.preload.a = function() package.loaded.a = nil return require 'a' end return require 'a'", C_STACK],
  ["__close", "local function f() local x <close> = setmetatable({}, { __close = f }) end return f()", C_STACK],
  ["__gc", "local function f() setmetatable({}, { __gc = f }) collectgarbage() end f() return 'collected'", /^collected$/],
  ["an error in __gc", "setmetatable({}, { __gc = function() error('gc') end }) collectgarbage() return 'goes on'", /^goes on$/],
  ["an error in __close", "local x <close> = setmetatable({}, { __close = function() error('close') end }) return 1", /close/],
  ["hooks", "local function h() debug.sethook(h, 'c') end debug.sethook(h, 'c') local r = tostring(1) debug.sethook() return r", /^1$/],
  ["debug.traceback of what is deep", "local function f(n) if n == 0 then return debug.traceback() end return (f(n - 1)) end return f(5000)", /skipping/],
  ["bigint from text", "return #tostring(bigint.new(('9'):rep(20000)))", /^20000$/],
  ["bigint operators", `${withMethod("__add", "function(a, b) return a + b end")} return t + bigint.new(1)`, C_STACK],
  ["external __index", `${external("__index", "function(t, k) return t[k] end")} return t.x`, C_STACK],
  ["external __newindex", `${external("__newindex", "function(t, k, v) t[k] = v end")} t.x = 1`, C_STACK],
  ["external __len", `${external("__len", "function(t) return #t end")} return #t`, C_STACK],
  ["external __pairs", `${external("__pairs", "function(t) return pairs(t) end")} return pairs(t)`, C_STACK],
  ["external sort", "local t = ext.array() t[1], t[2], t[3] = 3, 2, 1 local function f(a, b) table.sort(t, f) return a < b end table.sort(t, f)", C_STACK],
  ["external concat", `${external("__index", "function(t) return table.concat(t, '', 1, 3) end")} return table.concat(t, '', 1, 3)`, C_STACK],
  ["a table that contains itself", "local function ser(t) local out = {} for k, v in pairs(t) do out[#out + 1] = ser(v) end return out end local t = {} t[1] = t ser(t)", LUA_STACK],
  ["adoption into _home", `${nested(3_000)} _home.t = t local n = 0 while t do t = t[1] n = n + 1 end return n`, /^3001$/],
  ["adoption into _io", `${nested(3_000)} _io.output = t local n = 0 while t do t = t[1] n = n + 1 end return n`, /^3001$/],
  ["a deep result", (cu) => depthOf(cu.computeSync(`${nested(3_000)} return t`)), /^3000$/],
  ["a deep argument", (cu) => cu.computeSync("local t, n = ..., 0 while t[1] do t = t[1] n = n + 1 end return n", { args: [nestedArray(100_000)] }), /^100000$/],
  ["deep data of JavaScript's into _home", (cu) => { cu.home.set("d", nestedArray(20_000)); return depthOf(cu.home.get("d").toJS()); }, /^20000$/],
  ["deep data, exported and imported", (cu) => { cu.importState(stored(cu).exportState()); return depthOf(cu.home.get("deep").toJS()); }, /^3000$/],
  ["deep data, saved and loaded", async (cu) => { await stored(cu).saveState(); await cu.loadState(); return depthOf(cu.home.get("deep").toJS()); }, /^3000$/],
  ["functions of functions, exported", (cu) => {
    cu.computeSync("local f = function() return 0 end for i = 1, 300 do local g = f f = function() return g() + 1 end end _home.f = f");
    cu.importState(cu.exportState());
    return cu.computeSync("local ok, e = pcall(_home.f) return e");
  }, /^300$|overflow/],
  ["computations in computations", (cu) => { const down = () => cu.computeSync("return (...)()", { args: [down] }); return down(); }, /overflow/],
  ["functions of Lua through JavaScript", (cu) => cu.computeSync("local through = ... local function f() return through(f) end return f()", { args: [(f) => f()] }), /overflow/],
  ["getters that compute", (cu) => { cu.setInput({ get x() { return cu.computeSync("return _io.input.x"); } }); return cu.computeSync("return _io.input.x"); }, /overflow/],
  ["JavaScript's own recursion in a function of the host", (cu) => { const endless = () => 1 + endless(); return cu.computeSync("local ok, e = pcall(...) return tostring(e)", { args: [endless] }); }, /call stack/],
];

/** Yields across every boundary: what may be crossed gives "done", what may not is Lua's own error. */
const yielding = (body) => `local co = coroutine.wrap(function(...) ${body} return 'done' end) local r = co(...) while r == 'y' do r = co() end return r`;
const Y = "coroutine.yield('y')";
const BOUNDARY = /attempt to yield across a C-call boundary/;
const DONE = /^done$/;
export const YIELDS = [
  ["pcall", `assert(pcall(coroutine.yield, 'y'))`, DONE],
  ["xpcall", `assert(xpcall(coroutine.yield, print, 'y'))`, DONE],
  ["an error behind a yield in pcall", `assert(not pcall(function() ${Y} error('x') end))`, DONE],
  ["__index", `local v = setmetatable({}, { __index = function() ${Y} return 1 end }).x`, DONE],
  ["__concat", `local v = setmetatable({}, { __concat = function() ${Y} return 1 end }) .. 'x'`, DONE],
  ["__eq", `local m = { __eq = function() ${Y} return true end } local v = setmetatable({}, m) == setmetatable({}, m)`, DONE],
  ["__call", `setmetatable({}, { __call = function() ${Y} end })()`, DONE],
  ["__close", `do local x <close> = setmetatable({}, { __close = function() ${Y} end }) end`, DONE],
  ["an iterator", `for i in function(_, i) ${Y} return i == nil and 1 or nil end do end`, DONE],
  ["table.sort", `table.sort({ 3, 2, 1 }, function() ${Y} end)`, BOUNDARY],
  ["string.gsub", `(('x'):gsub('.', function() ${Y} end))`, BOUNDARY],
  ["table.concat", `table.concat(setmetatable({}, { __index = function() ${Y} return 'x' end }), '', 1, 1)`, BOUNDARY],
  ["tostring", `tostring(setmetatable({}, { __tostring = function() ${Y} return 'x' end }))`, BOUNDARY],
  ["load", `assert(load(function() ${Y} end))`, BOUNDARY],
  ["require", `package.preload.y = function() ${Y} end require 'y'`, BOUNDARY],
  ["a message handler", `local ok, e = xpcall(error, function() ${Y} end, 'x') error(e, 0)`, /C-call boundary|error handling|overflow/],
  ["external sort", `local t = ext.array() t[1], t[2] = 2, 1 table.sort(t, function() ${Y} end)`, BOUNDARY],
  ["external concat", `table.concat(setmetatable(ext.table(), { __index = function() ${Y} return 'x' end }), '', 1, 1)`, BOUNDARY],
  ["a function of the host", `(...)(function() ${Y} end)`, /yield/],
  ["a computation in a computation", `(...)(coroutine.yield)`, /yield/],
];

const rows = () => [...ROWS, ...YIELDS.map(([name, body, expected]) => [
  `a yield out of ${name}`, (cu) => cu.computeSync(yielding(body.startsWith("((") || body.startsWith("(...") ? `local _ = ${body}` : body), { args: [(f) => f("y")] }), expected,
])];

/** The highest use of the module's own stack so far, in bytes: all of it is 0 at first. */
function stackUsed() {
  const stack = new Uint8Array(instances[0].exports.memory.buffer, 0, C_STACK_BYTES);
  return C_STACK_BYTES - stack.findIndex((byte) => byte !== 0);
}

/** Runs one row in an instance of its own: what came of it, and whether the instance is alive, if need be after a restart. */
async function runRow([name, code]) {
  const cu = await create({ limits: { maxInstructions: STEPS_MAX }, store: new MemoryStore() });
  cu.computeSync("_home.kept = { 'kept' }");
  let outcome;
  let text;
  try {
    text = String(await (typeof code === "string" ? cu.computeSync(code) : code(cu)));
    outcome = "result";
  } catch (error) {
    text = error.message;
    outcome = error instanceof CuTrapError ? "trap" : error instanceof LuaError ? "error" : error.constructor.name;
  }
  const used = stackUsed();
  if (outcome === "trap") await cu.restart();
  const alive = cu.computeSync("return _home.kept[1] .. #('x'):rep(1000)") === "kept1000";
  await cu.close();
  return { name, outcome, text: text.slice(0, 2_000) + text.slice(2_000).slice(-500), used, alive };
}

export async function* runAll() {
  for (const row of rows()) yield { ...(await runRow(row)), expected: row[2] };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for await (const { expected, ...result } of runAll()) console.log(JSON.stringify({ ...result, fits: expected.test(result.text) }));
}
