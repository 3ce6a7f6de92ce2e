/**
 * Circles through both heaps by way of objects under `_io`: a function of Lua that an object holds, and that holds that object. They go, in both
 * heaps. What Lua or JavaScript can still get at stays, is the same, and is never stale. In each row the collectors of both run before it is looked at.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCu, randomFrom } from "./support.mjs";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** In a turn of the event loop JavaScript learns what its collector found. */
const turn = () => new Promise(setImmediate);

const garbage = new FinalizationRegistry((told) => told());

/**
 * JavaScript's collector runs, and tells what it found: that takes turns, and more of them on a busy machine. It may have begun before, and then
 * ends what it began.
 */
async function collectHost() {
  let hasTold = false;
  garbage.register({}, () => { hasTold = true; });
  for (let i = 0; i < 100 && !hasTold; i++) {
    await turn();
    collect();
    collect();
    await turn();
  }
  assert.ok(hasTold, "JavaScript's collector told nothing");
  // It tells each registry in its turn.
  for (let i = 0; i < 3; i++) await turn();
}

/** Both collectors, as often as they wait for each other. */
async function collectAll(cu, rounds = 3) {
  for (let i = 0; i < rounds; i++) {
    cu.collectGarbage();
    await collectHost();
  }
}

/** `fresh(v)` is an object of JavaScript's that Lua alone holds. */
const PRELUDE = `
  function fresh(v, ...)
    local t = ... or { v = v }
    _io.input.slot = t
    _io.input.slot = nil
    return t
  end
  function seal(o) o.f = function() return o end return o end`;

class Point {
  constructor(x) { this.x = x; }
  double() { return 2 * this.x; }
}

const input = () => ({
  bare: { v: 1 }, map: new Map([["v", 1]]), list: [], instance: new Point(3), date: new Date(5), error: new RangeError("of the host"), floats: Float64Array.of(1, 2), buffer: Uint8Array.of(65, 66).buffer,
  subscribe: (listener) => () => listener, later: async (value) => value, raise: (error) => { throw error; },
});

async function create(options) {
  const { cu } = await createCu({ expose: [[Point, ["double"]]], ...options });
  cu.setInput(input());
  await cu.compute(PRELUDE);
  return cu;
}

// --- circles go ---------------------------------------------------------------------------------------------------------------------

/** Each with a new `_io.input`. */
const CIRCLES = [
  ["an object that Lua made", "local o = {} function o.get() return o end _io.input.o = o _io.input.o = nil"],
  ["an object of JavaScript's", "local o = _io.input.bare function o.get() return o end _io.input.bare = nil"],
  ["the object is looked for by its place", "_io.input.bare.f = function() return _io.input.bare end _io.input.bare = {}"],
  ["two objects", "local a, b = {}, {} function a.f() return b end function b.f() return a end _io.input.a = a _io.input.a = nil"],
  ["three, one in the other", "local a = { b = { c = {} } } function a.b.c.f() return a end _io.input.a = a _io.input.a = nil"],
  ["an array", "local l = _io.input.list l[1] = function() return l end _io.input.list = nil"],
  ["a Map", "local m = _io.input.map m.f = function() return m end _io.input.map = nil"],
  ["the key of a Map", "local m = _io.input.map m[function() return m end] = 1 _io.input.map = nil"],
  ["an instance of a class", "local p = _io.input.instance p.f = function() return p:double() end _io.input.instance = nil"],
  ["a Date", "local d = _io.input.date d.f = function() return d:getTime() end _io.input.date = nil"],
  ["a table among the upvalues", "local s = { x = { {} } } local o = _io.input.bare s.x[1][1] = o o.f = function() return s end"],
  ["a function among the upvalues", "local o = _io.input.bare local function f() return o end o.f = function() return f() end"],
  ["a coroutine", "local o = _io.input.bare local co = coroutine.wrap(function() local k = o coroutine.yield() return k end) co() o.f = function() return co() end"],
  ["a coroutine that has an open upvalue", `
    local o = _io.input.bare
    local co = coroutine.create(function() local k = o o.f = function() return k end coroutine.yield() end)
    coroutine.resume(co)
    o.co = function() return co end`],
  ["a metatable", "local o = _io.input.bare local t = setmetatable({}, { __index = o }) o.f = function() return t.v end"],
  ["a table that is a key", "local o = _io.input.bare local t = { [o] = 1 } o.f = function() return next(t) end"],
  ["a weak table that only the function has", "local o = _io.input.bare local t = setmetatable({ o }, { __mode = 'v' }) o.f = function() return t[1] end"],
  ["a function of JavaScript's", "local un un = _io.input.subscribe(function() return un end)"],
  ["a traversal that was left", "local m = _io.input.map m.f = function() return m end for k in pairs(m) do break end _io.input.map = nil"],
  ["a handler that replaces another", "local s = _G.shared or {} shared = s local o = _io.input.bare o.f = function() s.n = (s.n or 0) + 1 return o end"],
  ["in a coroutine", "coroutine.wrap(function() local o = _io.input.bare o.f = function() return o end end)()"],
  ["in the generational mode", "collectgarbage('generational') local o = _io.input.bare o.f = function() return o end"],
];

const references = (cu) => cu.exports.cu_heap_get(4);

/** Until hardly anything is left. On a busy machine the engine needs several collections; what leaks is there after all of them. */
async function settle(cu) {
  for (let i = 0; i < 30 && (i < 1 || references(cu) > 20 || cu.memory.handles > 30); i++) await collectAll(cu, 1);
}

/** What is there in the end: in the module and the library, and in the process. */
async function measure(cu) {
  await settle(cu);
  await collectAll(cu);
  const { used, handles, tables } = cu.memory;
  const { heapUsed } = process.memoryUsage();
  return { used, handles, tables, references: references(cu), heapUsed };
}

function assertFlat(first, last) {
  const { used, heapUsed, ...counts } = last;
  const { used: usedBefore, heapUsed: heapBefore, ...countsBefore } = first;
  // The last values of all: a key that was asked for, arguments on a stack.
  for (const name of Object.keys(counts)) assert.ok(counts[name] - countsBefore[name] <= 2, `${name}: ${countsBefore[name]}, then ${counts[name]}`);
  assert.ok(used - usedBefore < 100_000, `module: ${usedBefore}, then ${used}`);
  assert.ok(heapUsed - heapBefore < 3_000_000, `process: ${heapBefore}, then ${heapUsed}`);
}

const TURNS = process.env.CU_LONG === "1" ? 100_000 : 1_000;

/** So many computations, each of which makes a circle, with turns in between. */
async function checkFlat(makeCircle, { turns = TURNS, every = 250 } = {}) {
  const cu = await create();
  const run = async (times) => {
    for (let i = 0; i < times; i++) {
      await makeCircle(cu);
      if (i % every === every - 1) await settle(cu);
    }
  };
  // The lists of either side have their size by then.
  await run(1_000);
  const first = await measure(cu);
  await run(turns);
  assertFlat(first, await measure(cu));
  await cu.close();
}

for (const [name, code] of CIRCLES) {
  test(`circles go: ${name}`, { timeout: 600_000 }, () => checkFlat((cu) => cu.compute(code, { input: input() })));
}

test("circles go: the value of an error", { timeout: 600_000 }, () => checkFlat(async (cu) => {
  const given = input();
  const error = await cu.compute("local o = _io.input.bare error(setmetatable({ o = o }, { __tostring = function() return tostring(o.v) end }))", { input: given }).catch((e) => e);
  assert.equal(error.message, "1");
  given.bare.error = error;
}));

test("circles go: JavaScript puts the function where it leads to", { timeout: 600_000 }, () => checkFlat(async (cu) => {
  const object = {};
  object.f = await cu.compute("local o = ... return function() return o end", { args: [object] });
}));

test("circles go: requests with an _io of their own", { timeout: 600_000 }, () => checkFlat((cu) => (
  cu.request("local o = {} function o.get() return o, _io end _io.output = o", { input: input() })
)));

test("circles go by themselves, when there are many", { timeout: 600_000 }, async () => {
  const cu = await create();
  const counts = [];
  for (let i = 0; i < 40_000; i++) {
    await cu.compute("local o = _io.input.bare o.f = function() return o end", { input: input() });
    if (i % 500 < 499) continue;
    // No collection is asked for in the module.
    await collectHost();
    // As above: a collection of the engine's may have found nothing.
    for (let n = 0; n < 30 && references(cu) > 1_024; n++) await collectHost();
    counts.push(references(cu));
  }
  assert.ok(Math.max(...counts) <= 1_024, `references: ${counts.join(" ")}`);
  await cu.close();
});

test("many objects behind one function go with it", { timeout: 600_000 }, () => checkFlat(async (cu) => {
  await cu.compute("local l = {} for i = 1, 20 do l[i] = fresh(i) l[i].f = function() return l end end", { input: input() });
}, { every: 25 }));

// --- what is reachable stays ----------------------------------------------------------------------------------------------------------

/**
 * Name, code whose results JavaScript keeps, whether a handle is weak then, and what is looked at: either code that gets the results as arguments and
 * must return true, or a function of JavaScript's. All of it happens twice: what was used is weak again later.
 */
const REACHABLE = [
  ["a global", "o = seal(fresh(1)) return o.f", false, "return o.v == 1 and o.f() == o and (...)() == o"],
  ["package.loaded", "package.loaded.o = seal(fresh(1)) return package.loaded.o.f", false, "return require('o').v == 1 and (...)() == require('o')"],
  ["a local variable of a coroutine that waits", `
    local f
    co = coroutine.wrap(function() local o = seal(fresh(1)) f = o.f while true do coroutine.yield(o) end end)
    co() return f`, false, "return co().v == 1 and (...)() == co()"],
  ["an upvalue of another function", "local o = seal(fresh(1)) function get() return o end return o.f", false, "return get().v == 1 and (...)() == get()"],
  ["a metatable of a table", "local o = seal(fresh(1)) t = setmetatable({}, { __index = o }) return o.f", false, "return t.v == 1 and (...)() == getmetatable(t).__index"],
  ["a metatable of nil", "local o = seal(fresh(1)) debug.setmetatable(nil, { __index = o }) return o.f", false, "local none return none.v == 1 and (...)() == none.f()"],
  ["a weak value", "weak = setmetatable({ seal(fresh(1)) }, { __mode = 'v' }) return weak[1].f", false, "return weak[1].v == 1 and (...)() == weak[1]"],
  ["a weak key", "weak = setmetatable({}, { __mode = 'k' }) local o = seal(fresh(1)) weak[o] = 1 return o.f", false, "return next(weak).v == 1 and (...)() == next(weak)"],
  ["a weak value of which the object is the key", "weak = setmetatable({}, { __mode = 'k' }) local o, p = seal(fresh(1)), fresh(2) weak[o] = p return o.f", false,
    "local o = (...)() return weak[o].v == 2 and next(weak) == o"],
  ["a function of _home's", "local o = seal(fresh(1)) function _home.get() return o end return o.f", false, "return _home.get().v == 1 and (...)() == _home.get()"],
  ["a hook", "local o = seal(fresh(1)) debug.sethook(function() seen = o end, '', 1000000) return o.f", false, "debug.gethook()() return seen.v == 1 and (...)() == seen"],
  ["the key of a table", "local o = seal(fresh(1)) keys = { [o] = true } return o.f", false, "return next(keys).v == 1 and keys[(...)()]"],
  ["a to-be-closed variable", `
    local f
    co = coroutine.create(function() local o = seal(fresh(1)) f = o.f local c <close> = setmetatable({}, { __close = function() closed = o end }) coroutine.yield() end)
    coroutine.resume(co) return f`, false, "if co then coroutine.close(co) co = nil end return closed.v == 1 and (...)() == closed"],
  ["only a function that JavaScript has", "return seal(fresh(1)).f", true, "local f = ... local o = f() o.v = o.v + 1 o.v = o.v - 1 return o.v == 1 and o.f == f"],
  ["only the object that JavaScript has", "return seal(fresh(1))", true, "local o = ... return o.v == 1 and o.f() == o"],
  ["the object and the function", "local o = seal(fresh(1)) return o, o.f", true, "local o, f = ... return f() == o and rawequal(f(), o) and ({ [o] = 1 })[f()] == 1"],
  ["functions within functions", "local o = seal(fresh(1)) return function() return function() return function() return o end end end", true, "return (...)()()().v == 1"],
  ["a function that leads to a function that leads to it", "local o = seal(fresh(1)) local p = fresh(2) p.get = function() return o end return function() return p end", true,
    "local p = (...)() return p.v == 2 and p.get().v == 1"],
  ["an object within the object", "local o = fresh(0, { inner = { v = 1 } }) local inner = o.inner return function() return o, inner end", true,
    "local o, inner = (...)() return o.inner == inner and inner.v == 1"],
  ["two functions with one upvalue", "local o = fresh(1) return function() return o end, function(v) o = v or o return o end", true,
    "local get, set = ... set(fresh(1)) return get().v == 1 and set() == get()"],
  ["a table that two functions share", "local t = { fresh(1) } return function(o) t[#t + 1] = o end, function() return t end", true,
    "local add, get = ... add(fresh(#get() + 1)) for i, o in ipairs(get()) do if o.v ~= i then return false end end return #get() > 1"],
  ["a coroutine that only the function has", `
    local o = fresh(1)
    return coroutine.wrap(function() while true do coroutine.yield(o) end end), function() return o end`, true, "local co, f = ... return co() == f() and co().v == 1"],
  ["a metatable of the object's own", "local o, p = fresh(1), fresh(2) setmetatable(o, { __index = function() return p end }) return o, function() return o end", true,
    "local o = ... return o.v == 1 and o.missing.v == 2 and o.missing == o.other"],
  ["a metatable that is an object", "local o, p = fresh(1), fresh(2) p.__index = function() return o end setmetatable(o, p) return p", false,
    "local p = ... return getmetatable(p.__index()) == p and p.__index().other == p.__index()"],
  ["userdata", "local o = seal(fresh(1)) local n = ext.null return function() return o, n end", true, "local o, n = (...)() return o.v == 1 and n == ext.null"],
  ["an array", "local l = fresh(0, { 1, 2, 3 }) return function() return l end", true, "local l = (...)() l[#l + 1] = 4 l[#l] = nil return #l == 3 and l[3] == 3"],
  ["an array adopted empty", "local l = fresh(0, {}) return function() return l end", true, "local l = (...)() l[#l + 1] = 1 return l[1] == 1 and #l >= 1"],
  ["a Map", "local m = _io.input.map _io.input.map = nil return function() return m end", true, "local m = (...)() m[1.5] = 2 return m.v == 1 and m[1.5] == 2"],
  ["a typed array", "local a = _io.input.floats _io.input.floats = nil return function() return a end", true, "local a = (...)() a[1] = 7.5 return a[1] == 7.5 and #a == 2"],
  ["an ArrayBuffer", "local b = _io.input.buffer _io.input.buffer = nil return function() return b end", true,
    "local b = (...)() b[1] = 67 local same = ext.string(b) == 'CB' b[1] = 65 return same and #b == 2 and b[2] == 66"],
  ["an instance of a class", "local p = _io.input.instance _io.input.instance = nil return function() return p end", true, "return (...)():double() == 6"],
  ["a Date", "local d = _io.input.date _io.input.date = nil return function() return d end", true, "return (...)():getTime() == 5"],
  ["an error of JavaScript's", "local e = _io.input.error _io.input.error = nil return function() return e end", true, "return tostring((...)()) == 'RangeError: of the host'"],
  ["a function of JavaScript's", "local un = _io.input.subscribe(print) return function() return un end", true, "return (...)()() == print"],
  ["the generational mode", "collectgarbage('generational') return seal(fresh(1)).f", true, "local o = (...)() return o.v == 1 and o.f() == o"],
  ["a step of the collector in between", "return seal(fresh(1)).f", true, "collectgarbage('step') local o = (...)() collectgarbage() return o.v == 1 and o.f() == o"],
  ["called by JavaScript", "local o = seal(fresh(1)) return function(v) o.v = v return o end", true, (cu, f) => f(1).v === 1 && f(2).v === 2 && f(1).f === f(1).f],
  ["all results of a call", "local o = fresh(1) return function() return o, o end", true, (cu, f) => f.all()[0] === f()],
  ["called by its reference", "return seal(fresh(1)).f", true, async (cu, f) => (await cu.call(f)).v === 1 && (await cu.call(f)) === f()],
  ["called, then kept by Lua", "return seal(fresh(1)).f, function(f) kept = f() end", true, async (cu, f, keep) => {
    keep(f);
    await collectAll(cu);
    return cu.compute("local o = kept kept = nil return o.v == 1 and o == (...)()", { args: [f] });
  }],
  ["read by JavaScript, not by Lua", "local o = seal(fresh(1)) return o", true, (cu, o) => o.v === 1 && o.f() === o],
  ["held by another object", "local o = seal(fresh(1)) return fresh(0, { child = o }), function() return o end", true, "local holder, f = ... return holder.child == f() and holder.child.v == 1"],
  ["an element", "local o = fresh(1) return fresh(0, { o }), function() return o end", true, "local l, f = ... return l[1] == f() and table.unpack(l) == f()"],
  ["an entry of a traversal", "local o = fresh(1) return fresh(0, { child = o }), function() return o end", true, "local t, f = ... for k, v in pairs(t) do return k == 'child' and v == f() end"],
  ["a key of a Map", "local o, m = fresh(1), _io.input.map m[o] = 2 _io.input.map = nil return m, function() return o end", true,
    "local m, f = ... local found for k in pairs(m) do found = found or k == f() and m[k] == 2 end for _ in pairs(fresh(0, { 1 })) do end return found"],
  ["returned by a function of JavaScript's", "return seal(fresh(1)).f", true,
    (cu, f) => cu.compute("local f = ... local g = f() return g().v == 1 and g().f == g", { args: [() => f] })],
  ["put under _io by JavaScript", "return seal(fresh(1)).f", true, (cu, f) => {
    cu.setInput({ ...input(), f });
    return cu.compute("local o = _io.input.f() return o.v == 1 and o.f == _io.input.f");
  }],
  ["made the input", "return seal(fresh(1)), fresh(2)", true, async (cu, o) => {
    cu.setInput(o);
    const same = await cu.compute("return _io.input.v == 1 and _io.input == _io.input.f() and _io.input == ...", { args: [o] });
    cu.setInput(input());
    return same;
  }],
  ["put into _home by JavaScript", "return seal(fresh(1)).f", true, async (cu, f) => {
    cu.home.set("f", f);
    await collectAll(cu);
    const same = await cu.compute("return _home.f().v == 1 and _home.f().f == ... and _home.f == ...", { args: [f] });
    cu.home.delete("f");
    return same;
  }],
  ["put into _home, whose state cannot be saved then", "return seal(fresh(1)).f", true, async (cu, f) => {
    cu.home.set("f", f);
    assert.throws(() => cu.exportState(), { message: /upvalue 'o'/ });
    cu.home.delete("f");
    return f().v === 1;
  }],
  ["what a promise is settled with: the function", "return seal(fresh(1)).f", true,
    (cu, f) => cu.compute("local f = _io.input.later(...) return f().v == 1 and f().f == f", { args: [f] })],
  ["what a promise is settled with: the object", "return seal(fresh(1))", true,
    (cu, o) => cu.compute("local o = _io.input.later(...) return o.v == 1 and o.f() == o", { args: [o] })],
  ["a computation that waits", "return seal(fresh(1)).f", true, async (cu, f) => {
    let settle;
    const waiting = cu.compute("local f, wait = ... local o = f() wait() return o.v == 1 and o.f == f", { args: [f, () => new Promise((resolve) => { settle = resolve; })] });
    await collectAll(cu);
    settle();
    return waiting;
  }],
  ["the value of an error, raised again", "local o = fresh(1) return function() error(setmetatable({ o = o }, { __tostring = function() return 'mine' end })) end, function() return o end", true,
    async (cu, fail, f) => {
      const error = await cu.call(fail).catch((e) => e);
      await collectAll(cu);
      return cu.compute("local raise, error, f = ... local ok, e = pcall(raise) return e.o == f() and e.o.v == 1", { args: [() => { throw error; }, 0, f] });
    }],
  ["a function that is given up, and another one that is not", "local o = fresh(1) return function() return o end, function() return o end", true, (cu, f, g) => {
    if (Symbol.dispose !== undefined) f[Symbol.dispose]();
    return g().v === 1;
  }],
  ["the collectors run within a call", "local o = fresh(1) return function(collect) local x = o collect() x.v = x.v + 1 collect() x.v = x.v - 1 return x end", true,
    (cu, f) => f(() => { cu.collectGarbage(); collect(); }).v === 1],
  ["the collectors run within a computation within a call", "local o = fresh(1) return function(collect) local x = o collect() return x.v == 1 and x == o end", true,
    (cu, f) => f(() => { cu.computeSync("collectgarbage()"); cu.collectGarbage(); collect(); })],
  ["it is got within a call of JavaScript's", "local o = fresh(1) return function() return o end", true,
    (cu, f) => cu.compute("local f, g = ... local o = f() return g() == o and o.v == 1", { args: [f, () => { cu.collectGarbage(); collect(); return f(); }] })],
  ["arguments that run code", "local o = fresh(1) return function(x) kept = o if o.v ~= 1 then error('another') end return x end", true, async (cu, f) => {
    // What JavaScript writes for the call is looked at before, and that collects.
    f(new Proxy({}, { getPrototypeOf() { cu.collectGarbage(); collect(); return Object.prototype; } }));
    await collectAll(cu);
    return cu.compute("local o = kept kept = nil return o.v == 1");
  }],
  ["arguments that are functions and run code", "local o = fresh(1) return function() return o end", true, (cu, f) => (
    cu.compute("local f, g = ... kept = f() local v = kept.v kept = nil return v == 1", { args: [f, new Proxy(() => {}, { getPrototypeOf() { cu.collectGarbage(); collect(); return Function.prototype; } })] })
  )],
  ["a table is adopted meanwhile", "local o = fresh(1) return function(sink) local t = { o = o, list = { o, { o } } } sink.t = t return t.o == o and t.list[2][1] == o and o.v == 1 end", true,
    (cu, f) => f(new Proxy({}, { defineProperty(target, name, descriptor) { cu.collectGarbage(); collect(); return Reflect.defineProperty(target, name, descriptor); } }))],
  ["a getter collects", "local o = fresh(1) return function(t) kept = nil local x = t.x return x == o and o.v == 1 end, function() return o end", true, (cu, f, get) => (
    f({ get x() { cu.collectGarbage(); collect(); return get(); } })
  )],
  ["a request's own _io", "return seal(fresh(1)).f", true, async (cu, f) => (await cu.request("local o = (...)() return o.v == 1 and o.f() == o", { args: [f] })).value],
  ["a function of JavaScript's that holds the function", "return seal(fresh(1)).f", true, (cu, f) => cu.compute("return (...)().v == 1", { args: [() => f()] })],
];

for (const [name, code, isWeak, check] of REACHABLE) {
  test(`reachable: ${name}`, async () => {
    const cu = await create();
    const kept = await cu.computeAll(code);
    for (let times = 0; times < 2; times++) {
      await collectAll(cu);
      assert.equal(cu.handles.hasWeak, isWeak, isWeak ? "no handle is weak" : "a handle is weak");
      assert.equal(typeof check === "string" ? await cu.compute(check, { args: kept }) : await check(cu, ...kept), true);
    }
    await cu.close();
  });
}

/** Loops over tables that only a function leads to; between two turns of each the collectors run. What is given is removed at once. */
const LOOPS = [
  ["an object", "{ a = 1, b = 2, c = 3 }", ["a", "b", "c"]],
  ["an object with many fields", "(function() local t = {} for i = 1, 40 do t['k' .. i] = i end return t end)()", Array.from({ length: 40 }, (_, i) => `k${i + 1}`)],
  ["a Map", "{ [1.5] = 1, [2.5] = 2, [3.5] = 3 }", [1.5, 2.5, 3.5]],
  ["an array", "{ 1, 2, 3 }", [1, 2, 3], "t[k] = k"],
  ["a Set", "_io.input.set", ["x", "y", "z"]],
];
for (const [name, table, keys, change = "t[k] = nil"] of LOOPS) {
  test(`reachable: a loop over ${name} goes on`, async () => {
    const cu = await create();
    cu.setInput({ ...input(), set: new Set(["x", "y", "z"]) });
    const next = await cu.compute(`
      local t = ${table.startsWith("_io") ? table : `fresh(0, ${table})`}
      _io.input.set = nil
      return coroutine.wrap(function() for k in pairs(t) do ${change} coroutine.yield(k) end for k in pairs(t) do t = k end coroutine.yield(nil) end)`);
    const given = [];
    for (let i = 0; i < keys.length; i++) {
      given.push(next());
      if (i < 3) await collectAll(cu, 1);
      if (i === 0) assert.equal(cu.handles.hasWeak, true);
    }
    assert.deepEqual(given.sort(), [...keys].sort());
    assert.equal(next(), undefined);
    await cu.close();
  });
}

test("reachable: two loops over one table, which take turns", async () => {
  const cu = await create();
  const next = await cu.compute(`
    local t = _io.input.map
    t.w, t.x = 2, 3
    _io.input.map = nil
    local function loop() for k in pairs(t) do coroutine.yield(k) end end
    local a, b = coroutine.wrap(loop), coroutine.wrap(loop)
    return function(which) if which == "a" then return a() end return b() end`);
  const given = [];
  for (const which of ["a", "b", "b", "a", "b", "a"]) {
    given.push(next(which));
    await collectAll(cu, 1);
  }
  assert.deepEqual(given, ["v", "v", "x", "x", "w", "w"]);
  await cu.close();
});

test("reachable: a loop that is at its end stays there", async () => {
  const cu = await create();
  const next = await cu.compute(`
    local t = fresh(0, { a = 1, b = 2, c = 3 })
    return coroutine.wrap(function()
      next(t)
      local last
      for k in next, t do last = k end
      while true do coroutine.yield(next(t, last) == nil) end
    end)`);
  for (let i = 0; i < 3; i++) {
    assert.equal(next(), true);
    await collectAll(cu, 1);
    assert.equal(cu.handles.hasWeak, true);
  }
  await cu.close();
});

test("a finalizer sees the objects that only its own object led to", async () => {
  const cu = await create();
  const seen = [];
  await cu.compute("note = ...", { args: [(...values) => seen.push(values)] });
  await cu.compute("local o = seal(fresh(1)) local t = setmetatable({ o = o }, { __gc = function(t) note(t.o.v, t.o.f() == t.o) end }) o.t = function() return t end");
  await collectAll(cu, 6);
  // What has a finalizer is not known to be garbage as long as JavaScript has a function that leads to it, and in the object it has.
  assert.deepEqual(seen, []);
  const get = await cu.compute("local o = fresh(1) local t = setmetatable({ o = o }, { __gc = function(t) note(t.o.v, t.o == o) end }) return function() return t end");
  await collectAll(cu);
  get[Symbol.dispose]?.();
  await collectAll(cu);
  if (Symbol.dispose !== undefined) assert.deepEqual(seen, [[1, true]]);
  await cu.close();
  assert.equal(seen.at(-1)[1], true);
});

test("a handle whose object is gone is not given out before the module released it", async () => {
  const cu = await create();
  await cu.compute("seal(fresh(1))");
  cu.collectGarbage();
  await turn();
  assert.equal(cu.handles.hasWeak, true);
  collect();
  // The engine has not said yet that the function is gone.
  const objects = await cu.compute("local l = {} for i = 1, 20 do l[i] = fresh(i) end for i = 1, 20 do assert(l[i].v == i) end return l");
  assert.deepEqual(objects.map(({ v }) => v), Array.from({ length: 20 }, (_, i) => i + 1));
  await collectAll(cu);
  assert.equal(cu.handles.hasWeak, false);
  assert.equal(await cu.compute("for i, o in ipairs((...)) do if o.v ~= i then return false end end return true", { args: [objects] }), true);
  await cu.close();
});

test("what Lua made the host hold counts as long as a function leads to it", async () => {
  const cu = await create({ limits: { hostBytes: 1_000_000 } });
  const get = await cu.compute("local o = fresh(0, { list = {} }) for i = 1, 20000 do o.list[i] = i end return function() return o.list end");
  await collectAll(cu);
  assert.equal(cu.handles.hasWeak, true);
  await assert.rejects(cu.compute("local l = {} _io.output = l for i = 1, 60000 do l[i] = i end"), { message: /host memory limit/ });
  assert.equal(get().length, 20_000);
  await cu.close();
});

test("after a restart what the functions of before led to is free, and they say so", async () => {
  const cu = await create();
  const get = await cu.compute("local o = _io.input.instance _io.input.instance = nil return function() return o end");
  const reference = new WeakRef(get());
  await collectAll(cu);
  assert.equal(cu.handles.hasWeak, true);
  await cu.restart();
  await collectAll(cu);
  assert.throws(() => get(), { name: "CuClosedError" });
  assert.equal(reference.deref(), undefined);
  await cu.close();
});

test("after the end of the instance likewise", async () => {
  const cu = await create();
  const get = await cu.compute("local o = _io.input.instance _io.input.instance = nil return function() return o end");
  const reference = new WeakRef(get());
  await collectAll(cu);
  await cu.close();
  await turn();
  collect();
  assert.throws(() => get(), { name: "CuClosedError" });
  assert.equal(reference.deref(), undefined);
});

test("functions that hold a heap of Lua's tables leave it to the collectors, whatever its size", async () => {
  const cu = await create();
  const get = await cu.compute(`
    local o, all = fresh(1), {}
    for i = 1, 9000 do all[i] = { all[i - 1], all[i // 2] } end
    all[#all][3] = o
    return function() return all[#all][3] end`);
  await collectAll(cu);
  assert.equal(cu.handles.hasWeak, true);
  assert.equal(get().v, 1);
  await cu.close();
});

// --- random graphs --------------------------------------------------------------------------------------------------------------------

/**
 * Nodes are tables of Lua, objects of JavaScript's and functions; each has a number and up to SLOTS links. An object leads to objects and functions
 * alone: a table in it would become one. Roots are globals, and what JavaScript has.
 */
const GRAPH = `
  local SLOTS <const> = 3
  roots, made = {}, {}
  local kinds = {}
  function kinds.table(id) return { id = id } end
  function kinds.object(id) return fresh(0, { id = id }) end
  kinds["function"] = function(id)
    local links = {}
    return function(what, i, value)
      if what == "id" then return id end
      if what == "set" then links[i] = value end
      return links[i]
    end
  end
  -- A coroutine has what it leads to on its stack.
  kinds.coroutine = function(id)
    return coroutine.wrap(function(what, i, value)
      local a, b, c
      while true do
        if what == "set" and i == 1 then a = value elseif what == "set" and i == 2 then b = value elseif what == "set" then c = value end
        local result = id
        if what ~= "id" then result = i == 1 and a or i == 2 and b or i == 3 and c or nil end
        what, i, value = coroutine.yield(result)
      end
    end)
  end
  local function id(node) if type(node) == "function" then return node("id") end return node.id end
  local function link(node, i) if type(node) == "function" then return node("get", i) end return node["k" .. i] end
  local function set(node, i, value) if type(node) == "function" then node("set", i, value) else node["k" .. i] = value end end
  -- Where a path leads to: a number of a global or 0 for what JavaScript gave, then numbers of links.
  local function follow(path, given)
    local node
    for step in path:gmatch("%d+") do
      step = tonumber(step)
      if node ~= nil then node = link(node, step) elseif step == 0 then node = given else node = roots[step] end
    end
    return node
  end
  function make(kind, id) return kinds[kind](id) end
  function add(path, given, i, kind, id) set(follow(path, given), i, kinds[kind](id)) end
  function connect(from, givenFrom, i, to, givenTo) set(follow(from, givenFrom), i, follow(to, givenTo)) end
  function cut(path, given, i) set(follow(path, given), i, nil) end
  function get(path, given) return follow(path, given) end
  function root(n, path, given) roots[n] = path and follow(path, given) end
  -- All that can be reached, each as "number: numbers of what it leads to"; twice the same number would be two nodes for one.
  function describe(path, given)
    local seen, ahead, lines = {}, { follow(path, given) }, {}
    while #ahead > 0 do
      local node = table.remove(ahead)
      if not seen[node] then
        seen[node] = true
        local line = {}
        for i = 1, SLOTS do
          local to = link(node, i)
          if to ~= nil then ahead[#ahead + 1] = to end
          line[i] = to == nil and "-" or tostring(id(to))
        end
        lines[#lines + 1] = tostring(id(node)) .. ":" .. table.concat(line, ",")
      end
    end
    table.sort(lines)
    return table.concat(lines, " ")
  end`;

const SLOTS = 3;
const ROOTS = 4;
const KINDS = ["table", "object", "function", "coroutine", "object", "function"];
/** What JavaScript can have as it is. */
const isShown = ({ kind }) => kind !== "table";
const canLead = (from, to) => from.kind !== "object" || isShown(to);

/** The same graph as Lua has, in JavaScript. */
class Model {
  constructor(cu, random) {
    Object.assign(this, { cu, random, last: 0, globals: new Array(ROOTS + 1).fill(undefined), held: [] });
  }

  node(kind) { return { id: ++this.last, kind, links: new Array(SLOTS + 1).fill(undefined) }; }

  /** A path from a root to some node, and what JavaScript gives for it; nothing where there is no root. */
  walk() {
    const { random, held } = this;
    const starts = [...held.map((entry) => ({ node: entry.node, step: 0, given: entry.value })),
      ...this.globals.flatMap((node, step) => (node === undefined ? [] : [{ node, step, given: undefined }]))];
    if (starts.length === 0) return undefined;
    let { node, step, given } = starts[random(starts.length)];
    const path = [step];
    for (let n = random(5); n > 0; n--) {
      const steps = [1, 2, 3].filter((i) => node.links[i] !== undefined);
      if (steps.length === 0) break;
      step = steps[random(steps.length)];
      path.push(step);
      node = node.links[step];
    }
    return { node, path: path.join(" "), given };
  }

  describe(start) {
    const seen = new Set([start]);
    for (const node of seen) for (const to of node.links) if (to !== undefined) seen.add(to);
    return [...seen].map((node) => `${node.id}:${node.links.slice(1).map((to) => to?.id ?? "-").join(",")}`)
      .sort((a, b) => (a < b ? -1 : 1)).join(" ");
  }

  /** One random step. */
  act() {
    const { cu, random, held, globals } = this;
    const found = this.walk();
    const slot = 1 + random(SLOTS);
    const kind = KINDS[random(KINDS.length)];
    const choice = random(12);
    if (found === undefined || choice === 0) {
      const node = this.node(kind === "table" ? "object" : kind);
      held.push({ node, value: cu.callSync("make", node.kind, node.id) });
    } else if (choice <= 4) {
      const node = this.node(kind);
      if (!canLead(found.node, node)) return;
      cu.callSync("add", found.path, found.given, slot, kind, node.id);
      found.node.links[slot] = node;
    } else if (choice <= 6) {
      const other = this.walk();
      if (!canLead(found.node, other.node)) return;
      cu.callSync("connect", found.path, found.given, slot, other.path, other.given);
      found.node.links[slot] = other.node;
    } else if (choice === 7) {
      cu.callSync("cut", found.path, found.given, slot);
      found.node.links[slot] = undefined;
    } else if (choice === 8 && isShown(found.node) && held.length < 8) {
      held.push({ node: found.node, value: cu.callSync("get", found.path, found.given) });
    } else if (choice === 9 && held.length > 0) {
      held.splice(random(held.length), 1);
    } else if (choice === 10) {
      const n = 1 + random(ROOTS);
      cu.callSync("root", n, found.path, found.given);
      globals[n] = found.node;
    } else if (choice === 11) {
      const n = 1 + random(ROOTS);
      cu.callSync("root", n);
      globals[n] = undefined;
    }
  }

  /** Everything that can be reached is what it should be. */
  check() {
    for (const { node, value } of this.held) assert.equal(this.cu.callSync("describe", "0", value), this.describe(node));
    this.globals.forEach((node, n) => {
      if (node !== undefined) assert.equal(this.cu.callSync("describe", String(n)), this.describe(node));
    });
  }
}

const GRAPHS = process.env.CU_LONG === "1" ? 400 : 12;

test(`random graphs (${GRAPHS}, from a fixed seed)`, { timeout: 1_200_000 }, async () => {
  let weak = 0;
  for (let seed = 1; seed <= GRAPHS; seed++) {
    const cu = await create();
    await cu.compute(GRAPH);
    await collectAll(cu);
    const { handles } = cu.memory;
    const model = new Model(cu, randomFrom(seed));
    const { random } = model;
    for (let step = 0; step < 400; step++) {
      try {
        model.act();
        if (random(8) === 0) cu.collectGarbage();
        if (random(25) === 0) await collectAll(cu, 1);
        if (random(25) === 0) model.check();
      } catch (error) {
        error.message = `seed ${seed}, step ${step}: ${error.message}`;
        throw error;
      }
      weak += cu.handles.hasWeak ? 1 : 0;
    }
    model.check();
    model.held = [];
    for (let n = 1; n <= ROOTS; n++) cu.callSync("root", n);
    // What JavaScript had lives until its turn ends; each round finds what the one before let go of.
    await collectAll(cu, 5);
    assert.ok(cu.memory.handles - handles <= 2, `seed ${seed}: ${cu.memory.handles} handles, ${handles} at first`);
    await cu.close();
  }
  assert.ok(weak > GRAPHS * 50, `handles were weak after ${weak} steps only`);
});
