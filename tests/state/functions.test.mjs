/** Functions in `_home`: what comes back after a restart is the function as it was, with its upvalues, shared ones shared; and what cannot be kept is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../../js/dist/index.js";
import { create, reopen } from "./support.mjs";

/** What is stored, then a chunk that is run twice before and twice after a restart, and all that it returned. */
const FUNCTIONS = [
  ["a function without upvalues", "function _home.calc(x) return x * 2 end", "return _home.calc(21), _home.calc(1.5)", [[42, 3], [42, 3], [42, 3], [42, 3]]],
  ["a counter goes on counting", "local n = 0 function _home.count() n = n + 1 return n end", "return _home.count()", [[1], [2], [3], [4]]],
  ["two functions share an upvalue", "local n = 0 function _home.up() n = n + 1 end function _home.get() return n end", "_home.up() return _home.get()", [[1], [2], [3], [4]]],
  ["three levels of nesting share it", "local n = 0 function _home.make() return function() n = n + 1 return n end end function _home.get() return n end",
    "local f = _home.make() f() return f(), _home.get()", [[2, 2], [4, 4], [6, 6], [8, 8]]],
  ["upvalues of every type",
    "local i, f, s, b, t, z, big, null = 1, 2.0, 'text', '\\255', true, nil, bigint.new(2) ^ 80, ext.null function _home.all() return i, math.type(f), s, #b, t, z, big == bigint.new(2) ^ 80, null == ext.null end",
    "return _home.all()", Array(4).fill([1, "float", "text", 1, true, undefined, true, true])],
  ["a table as an upvalue", "local cache = {} function _home.seen(k) cache[k] = (cache[k] or 0) + 1 return cache[k] end", "return _home.seen('a'), _home.seen('b')", [[1, 1], [2, 2], [3, 3], [4, 4]]],
  ["a table that is an upvalue and an entry", "local list = { 1 } _home.list = list function _home.add() list[#list + 1] = #list end", "_home.add() return #_home.list", [[2], [3], [4], [5]]],
  ["a table of _home as an upvalue", "_home.data = { n = 5 } local data = _home.data function _home.get() data.n = data.n + 1 return data.n, data == _home.data end", "return _home.get()",
    [[6, true], [7, true], [8, true], [9, true]]],
  ["a function as an upvalue", "local function twice(x) return 2 * x end function _home.four(x) return twice(twice(x)) end", "return _home.four(5)", Array(4).fill([20])],
  ["recursion through an upvalue", "local function fib(k) return k < 2 and k or fib(k - 1) + fib(k - 2) end _home.fib = fib", "return _home.fib(12)", Array(4).fill([144])],
  ["mutual recursion", "local even, odd function even(n) return n == 0 or odd(n - 1) end function odd(n) return n ~= 0 and even(n - 1) end _home.even, _home.odd = even, odd",
    "return _home.even(10), _home.odd(10)", Array(4).fill([true, false])],
  ["functions in tables in tables", "_home.lib = { math = { add = function(a, b) return a + b end }, list = { function() return 'first' end } }",
    "return _home.lib.math.add(1, 2), _home.lib.list[1]()", Array(4).fill([3, "first"])],
  ["a table of functions as an upvalue", "local M = {} function M.a() return 1 end function M.b() return M.a() + 1 end function _home.run() return M.b() end", "return _home.run()",
    Array(4).fill([2])],
  ["methods", "_home.acc = { balance = 0 } function _home.acc:add(x) self.balance = self.balance + x return self.balance end", "return _home.acc:add(10)", [[10], [20], [30], [40]]],
  ["varargs", "function _home.va(...) local a, b = ... return select('#', ...), b, a end", "return _home.va(1, nil, 3)", Array(4).fill([3, undefined, 1])],
  ["globals are those of the new instance", "x = 'old' function _home.get() return x, _ENV == _G end", "local seen = x x = x or 'new' return _home.get(), seen", [["old", "old"], ["old",
    "old"], ["new", undefined], ["new", "new"]].map(([a, b]) => [a, b])],
  ["an _ENV of its own", "local _ENV = { tostring = tostring, y = 5 } function f() y = y + 1 return tostring(y) end _ENV.keep = f", "return 1", Array(4).fill([1])],
  ["an _ENV of its own, stored", "local home = _home do local _ENV = { y = 5 } function home.f() y = y + 1 return y end end", "return _home.f()", [[6], [7], [8], [9]]],
  ["library functions by name", "_home.fmt = string.format _home.say = tostring local insert = table.insert function _home.put(t, v) insert(t, v) return #t end",
    "return _home.fmt('%03d', 7), _home.say(1.0), _home.put({}, 1), _home.fmt == string.format", Array(4).fill(["007", "1.0", 1, true])],
  ["libraries as upvalues", "local s, m, G, io = string, math, _G, _io function _home.f() return s.rep('x', 2), m.type(1), G == _G, io == _io end", "return _home.f()", Array(4).fill(["xx",
    "integer", true, true])],
  ["upvalues that alias a library function", "local p = pcall function _home.try(f) return p(f) end", "return _home.try(function() error('x', 0) end)", Array(4).fill([false, "x"])],
  ["a closure made in a loop", "_home.fs = {} for i = 1, 3 do _home.fs[i] = function() i = i + 10 return i end end", "return _home.fs[1](), _home.fs[2](), _home.fs[3]()",
    [[11, 12, 13], [21, 22, 23], [31, 32, 33], [41, 42, 43]]],
  ["goto, integer division, string escapes", "function _home.f(n) local s = '' ::top:: if n > 0 then s = s .. '\\0\\u{20AC}' n = n - 1 goto top end return #s, 7 // 2, 7 % -3 end", "return _home.f(3)",
    Array(4).fill([12, 3, -2])],
  ["to-be-closed variables", "function _home.f() local log = {} do local x <close> = setmetatable({}, { __close = function() log[1] = 'closed' end }) end return log[1] end", "return _home.f()",
    Array(4).fill(["closed"])],
  ["a coroutine made by a stored function", "function _home.gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end", "local g = _home.gen(2) return g(), g()",
    Array(4).fill([1, 2])],
  ["many constants and long code", "local s = {} for i = 1, 3000 do s[i] = 'x = x + ' .. i .. '.5' end _home.long = load('local x = 0 ' .. table.concat(s, ' ') .. ' return x')", "return _home.long()",
    Array(4).fill([4503000])],
  ["objects with a metatable", `local Account = {} Account.__index = Account
    function Account.new(b) return setmetatable({ balance = b }, Account) end
    function Account:deposit(v) self.balance = self.balance + v return self end
    Account.__add = function(a, b) return Account.new(a.balance + b.balance) end
    Account.__tostring = function(a) return 'account of ' .. a.balance end
    _home.acc = Account.new(10)`, "_home.acc:deposit(5) return (_home.acc + _home.acc).balance, tostring(_home.acc)", [[30, "account of 15"], [40, "account of 20"], [50, "account of 25"], [60, "account of 30"]]],
  ["inheritance", `local Base = {} Base.__index = Base function Base:name() return 'base ' .. self.n end
    local Derived = setmetatable({}, { __index = Base }) Derived.__index = Derived function Derived:twice() return self:name() .. self:name() end
    _home.o = setmetatable({ n = 1 }, Derived)`, "return _home.o:twice(), _home.o:name()", Array(4).fill(["base 1base 1", "base 1"])],
];

for (const [name, define, use, expected] of FUNCTIONS) {
  for (const [way, restart] of Object.entries({ "a new instance": reopened, "restart()": restarted, "bytes": carried })) {
    test(`${name}: ${way}`, async () => {
      const store = new MemoryStore();
      let cu = await create({ store });
      await cu.compute(define);
      const seen = [await cu.computeAll(use), await cu.computeAll(use)];
      cu = await restart(cu, store);
      seen.push(await cu.computeAll(use), await cu.computeAll(use));
      assert.deepEqual(seen, expected);
      await cu.saveState();
      await cu.close();
    });
  }
}

async function reopened(cu, store) {
  await cu.saveState();
  await cu.close();
  return reopen(store);
}

async function restarted(cu) {
  await cu.saveState();
  await cu.restart();
  return cu;
}

async function carried(cu) {
  const bytes = cu.exportState();
  await cu.close();
  const other = await create({ store: new MemoryStore() });
  other.importState(bytes);
  return other;
}

/** What cannot be kept, and what is said of it at the save. */
const REFUSED = [
  ["a coroutine", "local co = coroutine.create(print) function _home.f() return co end", "_home.f: upvalue 'co': a coroutine cannot be stored"],
  ["a function of the host", "local f = _io.input.f function _home.f() return f end", "_home.f: upvalue 'f': a function of the host cannot be stored"],
  ["a table of the host", "local t = _io.input.t function _home.g() return t end", "_home.g: upvalue 't': a table of the host outside _home cannot be stored"],
  ["something in a table", "local t = { a = { co = coroutine.create(print) } } function _home.f() return t end", "_home.f: upvalue 't'.a.co: a coroutine cannot be stored"],
  ["an upvalue of an upvalue", "local co = coroutine.create(print) local function inner() return co end _home.x = { f = function() return inner() end }",
    "_home.x.f: upvalue 'inner': upvalue 'co': a coroutine cannot be stored"],
  ["a table with a finalizer", "local t = setmetatable({}, { __gc = function() end }) function _home.f() return t end", /_home\.f: upvalue 't'.*__gc/],
  ["a C function without a name", "local g = string.gmatch('a', 'a') function _home.f() return g() end", /_home\.f: upvalue 'g'.*cannot be stored/],
];

for (const [name, define, message] of REFUSED) {
  test(`a save says what it cannot keep: ${name}`, async () => {
    const store = new MemoryStore();
    let cu = await create({ store });
    await cu.compute("_home.before = 1 function _home.ok() return 'ok' end");
    await cu.saveState();
    cu.setInput({ f: () => {}, t: [1] });
    await cu.compute(`_home.later = 2 ${define}`);
    const matches = typeof message === "string" ? (error) => error.message.endsWith(message) : (error) => message.test(error.message);
    await assert.rejects(cu.saveState(), (error) => matches(error) || assert.fail(error.message));
    assert.throws(() => cu.exportState(), (error) => matches(error) || assert.fail(error.message));
    // Nothing is lost: here all is as it was, the store has the state of before, and without the function it can be saved.
    assert.equal(await cu.compute("return _home.later + _home.before"), 3);
    await cu.compute("_home.f, _home.g, _home.x = nil");
    await cu.saveState();
    await cu.close();
    cu = await reopen(store);
    assert.deepEqual(await cu.computeAll("return _home.later, _home.ok()"), [2, "ok"]);
    await cu.close();
  });
}

test("a metatable of _home itself comes with its state", async () => {
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("setmetatable(_home, { __index = function(_, k) return 'no ' .. k end }) _home.x = 1");
  await cu.saveState();
  const bytes = cu.exportState();
  await cu.close();
  cu = await create({ store });
  assert.deepEqual(await cu.computeAll("return _home.x, _home.y"), [undefined, undefined]);
  await cu.loadState();
  assert.deepEqual(await cu.computeAll("return _home.x, _home.y"), [1, "no y"]);
  cu.importState((await create()).exportState());
  assert.deepEqual(await cu.computeAll("return _home.x, _home.y, getmetatable(_home)"), [undefined, undefined, undefined]);
  cu.importState(bytes);
  assert.deepEqual(await cu.computeAll("return _home.x, _home.y"), [1, "no y"]);
  await cu.close();
});

test("errors in a stored function name chunk and line after a restart", async () => {
  const store = new MemoryStore();
  let cu = await create({ store });
  await cu.compute("function _home.f(t)\n  local x = 1\n  return t.field.x\nend", { name: "first" });
  await cu.saveState();
  await cu.close();
  cu = await reopen(store);
  await assert.rejects(cu.compute("return _home.f({})"), (error) => {
    assert.equal(error.message, "first:3: attempt to index a nil value (field 'field')");
    assert.equal(error.line, 3);
    assert.match(error.traceback, /first:3: in function/);
    return true;
  });
  await cu.close();
});

test("a stored function is the same one as long as Lua holds it", async () => {
  const store = new MemoryStore();
  const cu = await create({ store });
  await cu.compute("local n = 0 function _home.f() n = n + 1 return n end g = _home.f t = { [g] = 'by function' } function show() return n end");
  await cu.saveState();
  await cu.compute("for i = 1, 5000 do local n = i _home['f' .. i] = function() n = n + 1 return n end end");
  await cu.saveState();
  assert.deepEqual(await cu.computeAll("_home.f() return _home.f == g, t[_home.f], show(), g()"), [true, "by function", 1, 2]);
  await cu.close();
});

test("a function that JavaScript holds goes on after it was put to sleep and back", async () => {
  const store = new MemoryStore();
  const cu = await create({ store });
  await cu.compute("local n = 0 function _home.f() n = n + 1 return n end");
  const f = cu.home.get("f");
  assert.equal(f(), 1);
  await cu.saveState();
  await cu.compute("for i = 1, 5000 do local n = i _home['f' .. i] = function() n = n + 1 return n end end");
  await cu.saveState();
  assert.equal(f(), 2);
  assert.equal(cu.home.get("f"), f);
  await cu.close();
});

test("many stored functions do not fill the heap", async () => {
  const cu = await create({ store: new MemoryStore() });
  const most = 100_000;
  await cu.compute(`for i = 1, ${most} do local n = i _home[i] = function() n = n + 1 return n end end`);
  assert.deepEqual(await cu.computeAll(`local s = 0 for i = 1, ${most} do s = s + _home[i]() end return s`), [(most * (most + 1)) / 2 + most]);
  assert.ok(cu.memory.peak < cu.memory.heap);
  await cu.saveState();
  await cu.close();
});

test("after a trap a restart goes on with the same _home", async () => {
  const store = new MemoryStore();
  const cu = await create({ store });
  await cu.compute("_home.list = { 1, 2 } local n = 5 function _home.f() n = n + 1 return n end _home.f()");
  await cu.saveState();
  await cu.compute("_home.f() _home.list[3] = 3");
  const old = await cu.compute("return function() end");
  // A trap of the engine: what a host function throws while the instance has ended goes on outward.
  await cu.restart();
  assert.throws(() => old(), /released/);
  assert.deepEqual(await cu.computeAll("return #_home.list, _home.f(), some_global"), [3, 7, undefined]);
  await cu.saveState();
  await cu.close();
});
