// Functions of the host that return promises: what Lua sees of them, where they can be waited for, and what else goes on meanwhile.
// docs/AWAIT.md is the promise.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Cu, CuBusyError, CuClosedError, CuLimitError, CuTrapError, LuaError } from "../../js/dist/index.js";
import { checkRows, createCu } from "./support.mjs";

const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
class Late extends Promise {}
const foreignPromise = (value) => Object.setPrototypeOf({ then: (done) => done(value) }, { [Symbol.toStringTag]: "Promise" });
const problem = new RangeError("too late");

/** What all programs here call. */
const HOST = {
  later: async (...values) => (values.length > 1 ? Cu.multi(...values) : values[0]),
  soon: (value) => new Promise((resolve) => setTimeout(resolve, 1, value)),
  none: () => Promise.resolve(),
  fail: async (message) => { throw message === undefined ? problem : message; },
  now: (value) => value,
  late: (value) => Late.resolve(value),
  foreign: foreignPromise,
  thenable: (value) => ({ then: (done) => done(value), value }),
  never: () => new Promise(() => {}),
  rejected: Promise.resolve(),
};
const PRELUDE = `local later, soon, fail, now, input = _io.input.later, _io.input.soon, _io.input.fail, _io.input.now, _io.input
  local unpack = table.unpack; `.replace("\n", " ");
const rowsOf = (rows) => rows.map(([name, code, expected, options]) => [name, PRELUDE + code, expected, { input: HOST, ...options }]);

// Values and errors.
checkRows(rowsOf([
  ["a value comes back at the call", "local a = later(1) return a + 1", [2]],
  ["a value that takes its time", "return soon('x') .. 'y'", ["xy"]],
  ["no value", "return input.none()", [undefined]],
  ["several values", "return later(1, nil, 'c', 4.5)", [1, undefined, "c", 4.5]],
  ["several values in the middle", "return select('#', later(1, 2, 3), later(1, 2, 3))", [4]],
  ["a long string", "return #later(('x'):rep(200000)), #soon(('y'):rep(70000) .. '!')", [200000, 70001]],
  ["an object by reference", "local t = later(input) return t == input, t.later == later", [true, true]],
  ["a table as an argument and a result", "local t = later({ 1, 2, { 3 } }) return t[3][1], #t", [3, 3]],
  ["a Lua function goes and comes", "local f = function() return 7 end return later(f) == f, later(f)()", [true, 7]],
  ["a bigint", "return later(bigint.new(2) ^ 80) == bigint.new(2) ^ 80", [true]],
  ["a subclass of Promise", "return input.late(3)", [3]],
  ["a promise of another realm", "return input.foreign(4)", [4]],
  ["another thenable is data", "return input.thenable(5).value, type(input.thenable(5)['then'])", [5, "function"]],
  ["what is not a promise does not wait", "return now(6)", [6]],
  ["a promise given back is waited for", "return now(input.rejected)", [undefined]],
  ["many waits", "local n = 0 for i = 1, 500 do n = n + later(i) end return n", [125250]],
  ["within an expression", "return later(1) + later(2) * later(3) .. later('x')", ["7x"]],
  ["as an argument of another", "return later(later(later(8)))", [8]],
  ["in a table constructor", "return unpack({ later(1), later(2), later(3, 4) })", [1, 2, 3, 4]],
  ["in a condition of a loop", "local n = 0 while later(n) < 5 do n = n + 1 end repeat n = n + 1 until later(n) == 8 return n", [8]],
  ["in the tail", "local function f(n) if n == 0 then return later('end') end return f(n - 1) end return f(300)", ["end"]],
  ["deep in calls", "local function f(n) if n == 0 then return later(0) end return 1 + f(n - 1) end return f(150)", [150]],
  ["variables keep their values", "local a, b, t = 1, 'x', {} local f = function() a = a + 1 return a end later() f() later() f() return a, b, #t", [3, "x", 0]],
  ["garbage is collected meanwhile", "local t = { ('x'):rep(100) } for i = 1, 50 do later() collectgarbage() end return t[1]", ["x".repeat(100)]],
  ["a rejection is an error", "fail()", /^RangeError: too late$/],
  ["a rejection is the very error", "local ok, e = pcall(fail) return ok, e == select(2, pcall(fail)), e.message, e.name, tostring(e)",
    [false, true, "too late", "RangeError", "RangeError: too late"]],
  ["a rejection with a string", "return pcall(fail, 'plain')", [false, "plain"]],
  ["a rejection with a number", "return pcall(fail, 42)", [false, 42]],
  ["a rejection with nothing", "return pcall(fail, nil)", [false, problem]],
  ["a rejection after a wait", "soon() fail()", /too late/],
  ["a result without a form in Lua", "return pcall(input.later)", [true, undefined]],
  ["an error behind a wait has its place", "later()\nlater()\nerror('here')", /^compute:3: here$/],
  ["a runtime error behind a wait", "local t\nlater()\nreturn t.x", /^compute:3: attempt to index a nil value \(local 't'\)$/],
  ["an error object goes through", "local e = {} local ok, x = pcall(function() later() error(e) end) return ok, x == e", [false, true]],
]));

// Where a wait passes through.
checkRows(rowsOf([
  ["pcall", "return pcall(function(...) return later(...) end, 1, 2)", [true, 1, 2]],
  ["pcall of the function itself", "return pcall(later, 1, 2)", [true, 1, 2]],
  ["pcall in pcall", "return pcall(pcall, pcall, later, 3)", [true, true, true, 3]],
  ["pcall that catches behind a wait", "return pcall(function() later() error('x', 0) end)", [false, "x"]],
  ["xpcall", "return xpcall(function() later() error('x', 0) end, function(m) return m .. '!' end)", [false, "x!"]],
  ["xpcall's traceback", "return (select(2, xpcall(function() later() error('x') end, debug.traceback)):match('in function <compute:1>'))", ["in function <compute:1>"]],
  ["__index", "local t = setmetatable({}, { __index = function(_, k) return later(k .. '!') end }) return t.a, t.b", ["a!", "b!"]],
  ["__index that is a host function", "return setmetatable({}, { __index = now(function(_, k) return later(k) end) }).a", ["a"]],
  ["__index of an external table", "_io.output = setmetatable({}, { __index = function(_, k) return later(k) end }) return _io.output.x", ["x"]],
  ["__newindex", "local s = {} local t = setmetatable({}, { __newindex = function(_, k, v) s[k] = later(v) end }) t.x = 4 return s.x", [4]],
  ["__newindex of an external table", "local s = {} _io.output = setmetatable({}, { __newindex = function(_, k, v) s[k] = later(v) end }) _io.output.x = 4 return s.x", [4]],
  ["__call", "return setmetatable({}, { __call = function(_, x) return later(x) end })(5)", [5]],
  ["__call that is the function", "local t = setmetatable({}, { __call = later }) return select(2, t(5))", [5]],
  ["__add, __concat, __unm", "local m = {} m.__add = function() return later(1) end m.__concat = function() return later('c') end m.__unm = m.__add local o = setmetatable({}, m) return o + 1, o .. 'x', -o", [1, "c", 1]],
  ["__eq, __lt, __le", "local f = function() return later(true) end local m = { __eq = f, __lt = f, __le = f }\nlocal a, b = setmetatable({}, m), setmetatable({}, m) return a == b, a < b, a <= b, a ~= b",
    [true, true, true, false]],
  ["__len", "return #setmetatable({}, { __len = function() return later(9) end })", [9]],
  ["__len of an external table", "_io.output = setmetatable({}, { __len = function() return later(9) end }) return #_io.output", [9]],
  ["__close", "local log = {} do local c <close> = setmetatable({}, { __close = function() log[1] = later('closed') end }) end return log[1]", ["closed"]],
  ["__close on an error", "local log = {} local ok = pcall(function() local c <close> = setmetatable({}, { __close = function(_, e) log[1] = later(e) end }) error('x', 0) end) return ok, log[1]", [false, "x"]],
  ["__pairs", "local r = {} for k in pairs(setmetatable({}, { __pairs = function() return later(next), { a = 1 } end })) do r[#r + 1] = k end return unpack(r)", ["a"]],
  ["__pairs of an external table", "_io.output = setmetatable({}, { __pairs = function(t) later() return next, { b = 1 } end }) for k in pairs(_io.output) do return k end", ["b"]],
  ["an iterator of the host", "local n = 0 for x in later, nil, nil do error() end for i, v in function(_, i) if i < 3 then return later(i + 1) end end, nil, 0 do n = n + i end return n", [6]],
  ["an iterator that is a coroutine", "local n = 0 for x in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(later(i)) end end) do n = n + x end return n", [6]],
  ["a coroutine waits", "local co = coroutine.create(function(a) local b = later(a) return b, later(9) end) return coroutine.resume(co, 1)", [true, 1, 9]],
  ["and yields", "local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(later(a)) end return 'end' end) return co(1), co(2), co(3), co(4)", [1, 2, 3, "end"]],
  ["coroutines in coroutines", `local function nest(n) if n == 0 then return later('deep') end return coroutine.wrap(function() return nest(n - 1) end)() end return nest(40)`, ["deep"]],
  ["coroutines under pcall", "local co = coroutine.wrap(function() local ok, e = pcall(fail) coroutine.yield(tostring(e)) return later(2) end) return co(), co()", ["RangeError: too late", 2]],
  ["an error in one that waited", "local co = coroutine.create(function() later() error('x', 0) end) local ok, e = coroutine.resume(co) return ok, e, coroutine.status(co)", [false, "x", "dead"]],
  ["an error in one that is wrapped", "local co = coroutine.wrap(function() later() error('x', 0) end) return pcall(co)", [false, "x"]],
  ["its to-be-closed variables", "local log local co = coroutine.wrap(function() local c <close> = setmetatable({}, { __close = function() log = 'closed' end }) later() error('x') end) pcall(co) return log", ["closed"]],
  ["a rejection in one that is wrapped", "local co = coroutine.wrap(function() fail() end) local ok, e = pcall(co) return ok, e.message", [false, "too late"]],
  ["two in turn", "local function gen(name) return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(name .. soon(i)) end end) end local a, b = gen('a'), gen('b') return a(), b(), a(), b(), a(), b()",
    ["a1", "b1", "a2", "b2", "a3", "b3"]],
  ["resumed by one that waited",
    "local a = coroutine.wrap(function() later() coroutine.yield(1) later() return 2 end) local b = coroutine.wrap(function() later() local x = a() later() coroutine.yield(x) return a() end) return b(), b()",
    [1, 2]],
  ["results of any number", "local co = coroutine.wrap(function() later() return unpack({}, 1, 200) end) return select('#', co())", [200]],
  ["arguments do not come again", "local co = coroutine.wrap(function(...) later() local n = select('#', ...) return n, select('#', coroutine.yield(n)) end) return co(1, 2, 3), co(4, 5)", [3, 3, 2]],
  ["load's chunk", "return load('return ...')(later(1)), load('local f = ... return f(2)')(later)", [1, 2]],
]));

// Where it cannot.
const CANNOT = (name) => new RegExp(`^compute:1: attempt to await across '${name}', which cannot wait$`);
checkRows(rowsOf([
  ["sort", "table.sort({ 3, 2, 1 }, function(a, b) return later(a) < b end)", CANNOT("sort")],
  ["gsub", "return (('abc'):gsub('.', function(c) return later(c) end))", CANNOT("gsub")],
  ["the function itself in gsub", "return ('abc'):gsub('.', later)", /^attempt to await across 'gsub', which cannot wait$/],
  ["load's reader", "return select(2, load(function() return later('x') end))", ["compute:1: attempt to await across 'load', which cannot wait"]],
  ["require", "package.preload.m = function() return later(1) end require 'm'", CANNOT("require")],
  ["tostring", "return tostring(setmetatable({}, { __tostring = function() return later('x') end }))", CANNOT("tostring")],
  ["print", "print(setmetatable({}, { __tostring = function() return later('x') end }))", CANNOT("print")],
  ["format", "return ('%s'):format(setmetatable({}, { __tostring = function() return later('x') end }))", CANNOT("format")],
  ["concat", "return table.concat(setmetatable({}, { __index = function() return later('x') end, __len = function() return 2 end }))", CANNOT("concat")],
  ["a message handler", "return xpcall(error, function() return (select(2, pcall(later, 1))) end)", [false, "attempt to await across a C-call boundary"]],
  ["a hook", "local m debug.sethook(function() debug.sethook() m = select(2, pcall(later)) end, 'l')\nlocal x = 1\nreturn (m:match('^attempt to await across'))", ["attempt to await across"]],
  ["a finalizer", "local m setmetatable({}, { __gc = function() m = select(2, pcall(later)) end }) collectgarbage() collectgarbage() return m", ["attempt to await across '__gc', which cannot wait"]],
  ["coroutine.close", "local m local co = coroutine.create(function() local c <close> = setmetatable({}, { __close = function() m = select(2, pcall(later)) end }) coroutine.yield() end)\n" +
    "coroutine.resume(co) coroutine.close(co) return m",
    ["attempt to await across a C-call boundary"]],
  ["a coroutine in a callback of sort", "local function f(a) return coroutine.wrap(function() return later(a) end)() end table.sort({ 2, 1 }, function(a, b) return f(a) < b end)",
    /^compute:1: compute:1: attempt to await across 'sort', which cannot wait$/],
  ["where pcall is in between", "return pcall(table.sort, { 2, 1 }, function(a, b) return select(2, pcall(later, a)) end)", [true]],
  ["and goes on afterwards", "pcall(table.sort, { 2, 1 }, function(a, b) return later(a) end) return later('on')", ["on"]],
]));

// The main chunk looks as it does in plain Lua, whichever way it was begun.
const LOOKS = [
  ["running", "local t, main = coroutine.running() return S(type(t), main)", "thread true"],
  ["running is always the same", "local t = coroutine.running() later() return S(t == coroutine.running())", "true"],
  ["isyieldable", "return S(coroutine.isyieldable(), coroutine.isyieldable((coroutine.running())))", "false false"],
  ["status", "local t = coroutine.running() return S(coroutine.status(t), coroutine.wrap(function() return coroutine.status(t) end)())", "running normal"],
  ["a yield at top level", "return S(pcall(coroutine.yield, 1))", "false attempt to yield from outside a coroutine"],
  ["a yield in a function", "return S(pcall(function() return coroutine.yield() end))", "false attempt to yield from outside a coroutine"],
  ["a yield in a callback of sort", "return S(pcall(table.sort, { 2, 1 }, coroutine.yield))", "false attempt to yield from outside a coroutine"],
  ["a yield across sort", "return S(coroutine.resume(coroutine.create(function() table.sort({ 2, 1 }, coroutine.yield) end)))", "false attempt to yield across a C-call boundary"],
  ["resume of the main one", "local t = coroutine.running() return S(coroutine.wrap(function() return coroutine.resume(t) end)())", "false cannot resume non-suspended coroutine"],
  ["resume of itself", "return S(coroutine.resume((coroutine.running())))", "false cannot resume non-suspended coroutine"],
  ["close of the main one", "return S(pcall(coroutine.close, (coroutine.running())))", "false cannot close a running coroutine"],
  ["close of the main one from within", "local t = coroutine.running() return S(coroutine.wrap(function() return pcall(coroutine.close, t) end)())", "false cannot close a normal coroutine"],
  ["a coroutine's own", "return S(coroutine.wrap(function() local t, main = coroutine.running() return main, coroutine.isyieldable(), coroutine.status(t) end)())", "false true running"],
  ["the traceback", "return S(debug.traceback('m'))", "m\nstack traceback:\n\tcompute:1: in main chunk\n\t[C]: in ?"],
  ["the traceback of the running one", "local t = coroutine.running() return S((debug.traceback(t, 'm', 1)))", "m\nstack traceback:\n\tcompute:1: in main chunk\n\t[C]: in ?"],
  ["levels", "local n = 0 while debug.getinfo(n, 'l') do n = n + 1 end return S(n, debug.getinfo(1, 'S').what, debug.getinfo(2, 'S').what)", "3 main C"],
  ["a local variable by level", "local x, y = 1, 'found' return S(debug.getlocal(1, 2))", "y found"],
  ["stack overflow", "local function f() return 1 + f() end local ok, m = pcall(f) return S(ok, m:match('stack overflow'))", "false stack overflow"],
  ["C stack overflow", "local n = 0 local function g() n = n + 1 string.gsub('x', 'x', g) end local ok, m = pcall(g) return S(ok, m:match('C stack overflow'), n > 150)", "false C stack overflow true"],
];
for (const [name, code, expected] of LOOKS) {
  for (const way of ["compute", "computeSync", "request"]) {
    test(`the main one as in plain Lua, ${way}: ${name}`, async () => {
      const { cu } = await createCu();
      cu.computeSync("function S(...) local t = table.pack(...) for i = 1, t.n do t[i] = tostring(t[i]) end return table.concat(t, ' ') end later = _io.input",
        { input: way === "computeSync" ? () => {} : async () => {} });
      const result = await cu[way](code);
      assert.equal(way === "request" ? result.value : result, expected);
      cu.close();
    });
  }
}

/** One test per row: `[name, async (cu, lines) => …]`. Afterwards nothing waits, and the instance goes on. */
function checkRuns(rows) {
  for (const [name, run, options] of rows) {
    test(name, async () => {
      const { cu, lines } = await createCu({ modules: { host: () => HOST }, ...options });
      await run(cu, lines);
      assert.equal(await cu.compute("return 1 + 1"), 2);
      assert.deepEqual(await cu.compute("local later = require 'host'.later return later(3)"), 3);
      await cu.close();
    });
  }
}
/** A promise that is kept when it is told to. */
function gate() {
  let open;
  return Object.assign(new Promise((resolve) => { open = resolve; }), { open });
}

// Entries that cannot wait.
const NO_WAIT = /a promise cannot be waited for in computeSync, callSync or a function of Lua that JavaScript calls: begin with compute, call or request/;
checkRuns([
  ["computeSync refuses a promise, at the place of the call", (cu) => {
    assert.throws(() => cu.computeSync("local h = require 'host'\nh.later(1)"), (error) => error instanceof LuaError && NO_WAIT.test(error.message) && error.line === 2);
  }],
  ["which can be caught", (cu) => assert.equal(cu.computeSync("return (pcall(require 'host'.later))"), false)],
  ["and a rejection that nobody waits for ends no process", async (cu) => {
    assert.equal(cu.computeSync("return (pcall(require 'host'.fail))"), false);
    await assert.rejects(cu.compute("table.sort({ 2, 1 }, require 'host'.fail)"), /cannot wait/);
    await tick(2);
  }],
  ["callSync", (cu) => { cu.computeSync("function f() return require 'host'.later(1) end"); assert.throws(() => cu.callSync("f"), NO_WAIT); }],
  ["call", async (cu) => { cu.computeSync("function f(...) return require 'host'.later(...) end"); assert.equal(await cu.call("f", 4), 4); }],
  ["call with a list of keys", async (cu) => { cu.computeSync("t = { [1] = { f = function(...) return require 'host'.later(...) end } }"); assert.equal(await cu.call(["t", 1, "f"], 5), 5); }],
  ["a function of Lua", async (cu) => {
    const f = await cu.compute("return function(x) return require 'host'.later(x) end");
    assert.throws(() => f(1), NO_WAIT);
    assert.equal(await cu.call(f, 6), 6);
  }],
  ["call of a function that is none of Lua's", (cu) => assert.rejects(cu.call(() => 1), { name: "TypeError", message: /not one of Lua's/ })],
  ["a function of the host that computes", async (cu) => {
    const input = { sync: () => cu.computeSync("return require 'host'.later(1)"), async: () => cu.compute("return require 'host'.later(2)"), mixed: () => cu.computeSync("return 3") };
    assert.deepEqual(await cu.computeAll("local ok, e = pcall(_io.input.sync) return ok, e, _io.input.async(), _io.input.mixed()",
      { input }).then(([ok, e, ...rest]) => [ok, NO_WAIT.test(e.message ?? e), ...rest]), [false, true, 2, 3]);
  }],
  ["a function of the host within one within one", async (cu) => {
    const deep = (n) => cu.compute("local n, deep = ... if n == 0 then return require 'host'.soon('bottom') end return deep(n - 1)", { args: [n, deep] });
    assert.equal(await deep(20), "bottom");
  }],
  ["a function of the host that computes before it waits", async (cu) => {
    const input = async (x) => { const a = await cu.compute("return ... + require 'host'.soon(1)", { args: [x] }); return a * 2; };
    assert.equal(await cu.compute("return _io.input(4) + 1", { input }), 11);
  }],
]);

// What else goes on meanwhile.
checkRuns([
  ["computations take turns", async (cu) => {
    const order = [];
    const note = (what) => order.push(what);
    const code = "local name, note = ... note(name .. 1) require 'host'.soon() note(name .. 2) require 'host'.soon() note(name .. 3)";
    await Promise.all(["a", "b", "c"].map((name) => cu.compute(code, { args: [name, note] })));
    assert.equal(order.join(" "), "a1 a2 a3 b1 b2 b3 c1 c2 c3");
  }],
  ["also computeAll and call", async (cu) => {
    cu.computeSync("n = 0 function inc() local k = n require 'host'.soon() n = k + 1 return n end");
    const all = await Promise.all([cu.call("inc"), cu.computeAll("return inc()"), cu.compute("return inc()"), cu.call("inc")]);
    assert.deepEqual(all, [1, [2], 3, 4]);
  }],
  ["the input of one is its own until its end", async (cu) => {
    const code = "require 'host'.soon() return _io.input";
    assert.deepEqual(await Promise.all([1, 2, 3].map((input) => cu.compute(code, { input }))), [1, 2, 3]);
  }],
  ["one that fails lets the next go on", async (cu) => {
    const all = await Promise.allSettled([cu.compute("require 'host'.soon() error('x', 0)"), cu.compute("return 2"), cu.compute("local"), cu.compute("return 4")]);
    assert.deepEqual(all.map(({ value, reason }) => value ?? reason.name), ["LuaError", 2, "LuaError", 4]);
  }],
  ["requests run beside each other", async (cu) => {
    const order = [];
    const code = "local name, note = ... note(name .. 1) require 'host'.soon() note(name .. 2) _io.output = name return name";
    const all = await Promise.all(["a", "b", "c"].map((name) => cu.request(code, { args: [name, (what) => order.push(what)] })));
    assert.deepEqual(all, ["a", "b", "c"].map((name) => ({ value: name, output: name })));
    assert.equal(order.slice(0, 3).join(" "), "a1 b1 c1");
  }],
  ["each with an _io of its own", async (cu) => {
    const code = "_io.output = { seen = {} } for i = 1, 3 do require 'host'.soon() _io.output.seen[i] = _io.input.v * i end _io.meta.done = true return _io.input.v";
    const metas = [{}, {}, {}];
    const all = await Promise.all([1, 2, 3].map((v, i) => cu.request(code, { input: { v }, meta: metas[i] })));
    assert.deepEqual(all, [1, 2, 3].map((v) => ({ value: v, output: { seen: [v, 2 * v, 3 * v] } })));
    assert.deepEqual(metas, [{ done: true }, { done: true }, { done: true }]);
    assert.equal(cu.getOutput(), undefined);
  }],
  ["which others do not touch", async (cu) => {
    const opened = gate();
    const request = cu.request("local h = require 'host' _io.output = 'mine' h.now(_io.input)() return _io.output, _io.input", { input: () => opened });
    await cu.compute("_io.output = 'theirs'", { input: 5 });
    assert.equal(cu.getOutput(), "theirs");
    cu.clearIo();
    opened.open();
    assert.deepEqual(await request, { value: "mine", output: "mine" });
  }],
  ["a request in a request sees its own", async (cu) => {
    const inner = async () => (await cu.request("require 'host'.soon() _io.output = _io.input return _io.output", { input: "inner" })).output;
    assert.deepEqual(await cu.request("local x = _io.input() _io.output = x .. type(_io.input) return 1", { input: inner }), { value: 1, output: "innerfunction" });
  }],
  ["one that computes in a request has its _io", async (cu) => {
    const inner = () => cu.computeSync("return _io.meta");
    assert.equal((await cu.request("require 'host'.soon() return _io.input()", { input: inner, meta: "m" })).value, "m");
  }],
  ["a request does not wait for others", async (cu) => {
    const opened = gate();
    const waiting = cu.compute("return _io.input()", { input: () => opened });
    const queued = cu.compute("return 'queued'");
    assert.deepEqual(await cu.request("return require 'host'.soon(1)"), { value: 1, output: undefined });
    opened.open("opened");
    assert.deepEqual(await Promise.all([waiting, queued]), ["opened", "queued"]);
  }],
  ["a request that fails", (cu) => assert.rejects(cu.request("require 'host'.soon() error('x', 0)"), { message: "x" })],
  ["what is synchronous goes on", async (cu) => {
    const opened = gate();
    const f = await cu.compute("x = 1 return function() x = x + 1 return x end");
    const waiting = cu.compute("local a = x _io.input() return a, x", { input: () => opened }).then((a) => [a, f()]);
    assert.deepEqual([cu.computeSync("x = x + 10 return x"), f(), cu.callSync("rawget", { x: 3 }, "x")], [11, 12, 3]);
    cu.collectGarbage();
    assert.ok(cu.memory.used > 0);
    opened.open();
    assert.deepEqual(await waiting, [1, 13]);
  }],
  ["coroutines that wait cannot be meddled with", async (cu) => {
    const opened = gate();
    const waiting = cu.request("co = coroutine.create(function() return _io.input() end) main = coroutine.running() return select(2, coroutine.resume(co))", { input: () => opened });
    const code = "return coroutine.status(co), coroutine.status(main), select(2, coroutine.resume(co)), select(2, pcall(coroutine.close, main)), debug.traceback(co):match('function <compute:1>')";
    assert.deepEqual(await cu.computeAll(code), ["normal", "normal", "cannot resume non-suspended coroutine", "cannot close a normal coroutine", "function <compute:1>"]);
    opened.open("through");
    assert.equal((await waiting).value, "through");
  }],
  ["a hundred requests at once", async (cu) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => cu.request("local n = ... for i = 1, 3 do n = require 'host'.soon(n + 1) end return n", { args: [i] })));
    assert.deepEqual(all.map(({ value }) => value), Array.from({ length: 100 }, (_, i) => i + 3));
  }],
  ["and their memory comes back", async (cu) => {
    const round = () => Promise.all(Array.from({ length: 50 }, () => cu.request("local t = {} for i = 1, 100 do t[i] = i end require 'host'.soon() return #t")));
    await round();
    cu.collectGarbage();
    const { used, handles } = cu.memory;
    for (let i = 0; i < 4; i++) await round();
    cu.collectGarbage();
    assert.ok(cu.memory.used < used + 4096 && cu.memory.handles <= handles + 2, `${used} ${cu.memory.used}`);
  }],
  ["a draft stays a draft while its computation waits", async (cu) => {
    await cu.compute("_io.output = { list = {} } require 'host'.soon() _io.output.list[1] = 'a' _io.output.list[2] = require 'host'.later('b')");
    assert.deepEqual(cu.getOutput(), { list: ["a", "b"] });
  }],
  ["print's own error comes at the end", async (cu) => {
    await assert.rejects(cu.compute("print 'x' require 'host'.soon() done = true"), { message: "no paper" });
    assert.equal(await cu.compute("return done"), true);
  }, { print: () => { throw new Error("no paper"); } }],
]);

// Limits, signals, and the end of an instance.
const CLOSES = "local c <close> = setmetatable({}, { __close = function() for i = 1, 1000 do closed = i end end }) ";
checkRuns([
  ["timeoutMs covers the wait", async (cu) => {
    await assert.rejects(cu.compute(`${CLOSES}\nrequire 'host'.never()`, { timeoutMs: 50 }), (error) => {
      assert.ok(error instanceof CuLimitError);
      assert.deepEqual([error.limit, error.message, error.line, error.chunkName], ["timeoutMs", "time limit reached (50 ms)", 2, "compute"]);
      assert.match(error.traceback, /in main chunk/);
      return true;
    });
    assert.equal(await cu.compute("return closed"), 1000);
  }],
  ["all waits together", async (cu) => {
    await assert.rejects(cu.compute("while true do require 'host'.soon() end", { timeoutMs: 20 }), { limit: "timeoutMs" });
  }],
  ["of the instance", (cu) => assert.rejects(cu.call("require"), LuaError).then(() => assert.rejects(cu.compute("require 'host'.never()"), { limit: "timeoutMs" })), { limits: { timeoutMs: 250 } }],
  ["no pcall keeps it", async (cu) => {
    await assert.rejects(cu.compute("while true do pcall(require 'host'.never) end done = true", { timeoutMs: 50 }), { limit: "timeoutMs" });
    assert.equal(await cu.compute("return done"), undefined);
  }],
  ["nor a coroutine, whose variables are closed first", async (cu) => {
    const code = `order = {} local function c(name) return setmetatable({}, { __close = function() order[#order + 1] = name end }) end
      local outer <close> = c("outer") local co = coroutine.wrap(function() local middle <close> = c("middle") pcall(coroutine.wrap(function() local inner <close> = c("inner") require 'host'.never() end)) end) co()`;
    await assert.rejects(cu.compute(code, { timeoutMs: 50 }), { limit: "timeoutMs" });
    assert.equal(await cu.compute("return table.concat(order, ' ')"), "inner middle outer");
  }],
  ["closing is limited too", async (cu) => {
    await assert.rejects(cu.compute("local c <close> = setmetatable({}, { __close = function() while true do n = (n or 0) + 1 end end }) require 'host'.never()", { timeoutMs: 50 }), { limit: "timeoutMs" });
    assert.ok((await cu.compute("return n")) > 1000);
  }],
  ["closing cannot wait", async (cu) => {
    await assert.rejects(cu.compute("local c <close> = setmetatable({}, { __close = function() said = select(2, pcall(require 'host'.later)) end }) require 'host'.never()", { timeoutMs: 50 }), { limit: "timeoutMs" });
    assert.match(await cu.compute("return said"), /await/);
  }],
  ["maxInstructions counts on", async (cu) => {
    const code = "n = 0 while true do n = n + 1 require 'host'.later() end";
    await assert.rejects(cu.compute(code, { maxInstructions: 1000 }), { limit: "maxInstructions", message: "instruction limit reached (1000)" });
    const once = await cu.compute("return n");
    assert.ok(once > 20 && once < 500, String(once));
    await assert.rejects(cu.compute(code, { maxInstructions: 10_000 }));
    const ratio = (await cu.compute("return n")) / once;
    assert.ok(ratio > 8 && ratio < 12, String(ratio));
  }],
  ["the same as without a wait", async (cu) => {
    const places = [];
    for (const way of ["computeSync", "compute", "request"]) {
      const run = async () => cu[way]("n = 0 while true do n = n + 1 end", { maxInstructions: 1000 });
      await assert.rejects(run(), { limit: "maxInstructions" });
      await assert.rejects(run(), { limit: "maxInstructions" });
      places.push(cu.computeSync("return n"));
    }
    assert.deepEqual(places, Array(3).fill(places[0]));
  }],
  ["but not what others take", async (cu) => {
    const opened = gate();
    const waiting = cu.compute("_io.input() for i = 1, 500 do end return 'done'", { input: () => opened, maxInstructions: 1000 });
    cu.computeSync("for i = 1, 100000 do end");
    opened.open();
    assert.equal(await waiting, "done");
  }],
  ["a signal ends the wait", async (cu) => {
    const controller = new AbortController();
    const waiting = cu.compute(`${CLOSES} pcall(require 'host'.never) done = true`, { signal: controller.signal });
    await tick();
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, { message: "enough" });
    assert.deepEqual(await cu.computeAll("return closed, done"), [1000, undefined]);
  }],
  ["a signal with limits", async (cu) => {
    const signal = AbortSignal.timeout(5);
    await assert.rejects(cu.compute("require 'host'.never()", { signal, timeoutMs: 10_000, maxInstructions: 10_000 }), { name: "TimeoutError" });
  }],
  ["a signal that a function aborts and then waits", async (cu) => {
    const controller = new AbortController();
    const input = async () => { controller.abort(new Error("at once")); };
    await assert.rejects(cu.compute(`${CLOSES} _io.input() done = true`, { input, signal: controller.signal }), { message: "at once" });
    assert.deepEqual(await cu.computeAll("return closed, done"), [1000, undefined]);
  }],
  ["a signal that another computation aborts", async (cu) => {
    const controller = new AbortController();
    const waiting = cu.request("require 'host'.never()", { signal: controller.signal });
    await cu.compute("_io.input()", { input: () => controller.abort(new Error("by the other")) });
    await assert.rejects(waiting, { message: "by the other" });
  }],
  ["a signal of one that waits for its turn", async (cu) => {
    const opened = gate();
    const controller = new AbortController();
    const first = cu.compute("return _io.input()", { input: () => opened });
    const second = cu.compute("never = true", { signal: controller.signal });
    const third = cu.compute("return never");
    controller.abort(new Error("left the line"));
    await assert.rejects(second, { message: "left the line" });
    opened.open(1);
    assert.deepEqual(await Promise.all([first, third]), [1, undefined]);
  }],
  ["what is settled too late changes nothing", async (cu) => {
    const opened = gate();
    await assert.rejects(cu.compute("_io.input() done = true", { input: () => opened, timeoutMs: 50 }), { limit: "timeoutMs" });
    opened.open();
    await tick();
    assert.equal(await cu.compute("return done"), undefined);
  }],
  ["a value that the heap has no room for", async (cu) => {
    const input = async () => "x".repeat(4_000_000);
    await assert.rejects(cu.compute("return _io.input()", { input }), { name: "CuMemoryError" });
    assert.equal(await cu.compute("local ok, e = pcall(_io.input) return e", { input }), "not enough memory");
  }],
  ["a value without a form in Lua", async (cu) => {
    await assert.rejects(cu.compute("_io.input()", { input: async () => Symbol("s") }), /symbol/i);
  }],
  ["saveState saves what there is", async (cu) => {
    const opened = gate();
    const waiting = cu.compute("_home.before = 1 function _home.f() return _home.before end _io.input() _home.after = 2 return _home.f()", { input: () => opened });
    const bytes = cu.exportState();
    const { cu: other } = await createCu();
    other.importState(bytes);
    assert.deepEqual(await other.computeAll("return _home.before, _home.after, _home.f()"), [1, undefined, 1]);
    other.close();
    opened.open();
    assert.equal(await waiting, 1);
  }],
  ["importState and loadState are refused", async (cu) => {
    const opened = gate();
    const bytes = cu.exportState();
    const waiting = cu.compute("_io.input()", { input: () => opened });
    assert.throws(() => cu.importState(bytes), (error) => error instanceof CuBusyError && /importState cannot replace _home while computations wait \(1\): await them first/.test(error.message));
    await assert.rejects(cu.loadState(), CuBusyError);
    opened.open();
    await waiting;
    cu.importState(bytes);
  }],
  ["restart ends what waits", async (cu) => {
    let closed = 0;
    const waiting = cu.compute("local c <close> = setmetatable({}, { __close = function() _io.input() end }) require 'host'.never()", { input: () => { closed++; } });
    const queued = cu.compute("return 1");
    const both = Promise.allSettled([waiting, queued]);
    await cu.restart();
    assert.deepEqual((await both).map(({ reason }) => [reason instanceof CuClosedError, reason.message]), [[true, "the instance was restarted"], [true, "the instance was restarted"]]);
    assert.equal(closed, 1);
  }],
]);

test("a wait costs no more than a few computations without one", async () => {
  const { cu } = await createCu();
  const times = { waits: [], computations: [] };
  for (let turn = 0; turn < 7; turn++) {
    const start = performance.now();
    await cu.compute("for i = 1, 1000 do _io.input(i) end", { input: HOST.later });
    const middle = performance.now();
    for (let i = 0; i < 1000; i++) await cu.compute("return 1");
    times.waits.push(middle - start);
    times.computations.push(performance.now() - middle);
  }
  const ratio = Math.min(...times.waits) / Math.min(...times.computations);
  assert.ok(ratio < 4, `${ratio}`);
  await cu.close();
});

test("close ends what waits", async () => {
  const { cu } = await createCu();
  const order = [];
  const code = "local c <close> = setmetatable({}, { __close = function() _io.input.note('closed') end }) _io.input.never()";
  const input = { ...HOST, note: (what) => order.push(what) };
  const all = Promise.allSettled([cu.compute(code, { input }), cu.request(code, { input }), cu.compute("return 1")]);
  await cu.close();
  assert.deepEqual((await all).map(({ reason }) => reason.message), Array(3).fill("the instance is closed"));
  assert.deepEqual(order, ["closed", "closed"]);
});

test("a trap ends what waits", async () => {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function TrappingInstance(...args) {
    const { exports } = new Instance(...args);
    return { exports: { ...exports, cu_path_call() { throw new WebAssembly.RuntimeError("unreachable"); } } };
  };
  const { cu } = await createCu().finally(() => { WebAssembly.Instance = Instance; });
  const both = Promise.allSettled([cu.compute("_io.input()", { input: HOST.never }), cu.compute("return 1")]);
  assert.throws(() => cu.callSync("print"), CuTrapError);
  assert.deepEqual((await both).map(({ reason }) => reason instanceof CuTrapError), [true, true]);
  await cu.restart();
  assert.equal(await cu.compute("return _io.input(4)", { input: HOST.later }), 4);
  cu.close();
});

test("hooks run again after a computation that ended within one", async () => {
  const { cu } = await createCu();
  const counts = async () => cu.compute("local n = 0 debug.sethook(function() n = n + 1 end, 'l')\nlocal x = 1\nx = 2\ndebug.sethook() return n");
  const before = await counts();
  await assert.rejects(cu.compute("local once debug.sethook(function() if not once then once = true error('within') end end, 'l')\nlocal x = 1"), /within/);
  assert.equal(await counts(), before);
  cu.close();
});
