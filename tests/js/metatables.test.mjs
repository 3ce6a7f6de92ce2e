/** Metatables of tables of `_home`: they are kept by the host, so that a table that Lua let go of comes back with its behaviour. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu } from "./support.mjs";

const ACCOUNT = `
  local Account = {} Account.__index = Account
  function Account.new(b) return setmetatable({ balance = b }, Account) end
  function Account:deposit(v) self.balance = self.balance + v return self end
  Account.__add = function(a, b) return Account.new(a.balance + b.balance) end
  `;

/** Name, what is done first, and what must hold: at once, and again when Lua has let go of all that. */
const KEPT = [
  ["an object with methods and operators", `${ACCOUNT} _home.acc = Account.new(10) _home.acc:deposit(5)`,
    "assert((_home.acc + _home.acc).balance == 30) assert((_home.acc + _home.acc):deposit(1).balance == 31) _home.acc:deposit(1):deposit(-1)"],
  ["setmetatable after it was stored", `${ACCOUNT} _home.acc = { balance = 15 } assert(setmetatable(_home.acc, Account) == _home.acc)`,
    "assert((_home.acc + _home.acc).balance == 30 and _home.acc:deposit(0).balance == 15)"],
  ["setmetatable with a metatable that is stored", `${ACCOUNT} _home.Account = Account _home.acc = { balance = 15 } setmetatable(_home.acc, Account)`,
    "assert(getmetatable(_home.acc) == _home.Account and _home.acc:deposit(0).balance == 15)"],
  ["getmetatable gives the very table", "mt = { __metatable = nil, x = 1 } _home.a = setmetatable({}, mt) _home.b = setmetatable({}, mt) if mt then assert(getmetatable(_home.a) == mt) end mt = nil",
    "local mt = getmetatable(_home.a) assert(mt == getmetatable(_home.b) and mt.x == 1 and mt == debug.getmetatable(_home.b) and ext.is(mt))"],
  ["__metatable", "_home.t = setmetatable({}, { __metatable = 'locked' })",
    "assert(getmetatable(_home.t) == 'locked') local ok, e = pcall(setmetatable, _home.t, {}) assert(not ok and e:find('protected metatable')) assert(type(debug.getmetatable(_home.t)) == 'table')"],
  ["__index: a table, a function, a chain",
    `local base = { fromBase = 1 } local middle = setmetatable({ fromMiddle = 2 }, { __index = base })
     _home.t = setmetatable({ own = 3 }, { __index = middle }) _home.f = setmetatable({ own = 3 }, { __index = function(t, k) return k .. t.own end })`,
    "assert(_home.t.fromBase == 1 and _home.t.fromMiddle == 2 and _home.t.own == 3 and _home.t.none == nil and rawget(_home.t, 'fromBase') == nil) assert(_home.f.x == 'x3')"],
  ["__newindex: a table, a function",
    "_home.target = {} _home.t = setmetatable({ own = 1 }, { __newindex = _home.target }) _home.f = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v * 2) end })",
    "_home.t.x = 7 _home.t.own = 2 assert(rawget(_home.t, 'x') == nil and _home.target.x == 7 and _home.t.own == 2) _home.f.y = 4 assert(rawget(_home.f, 'y') == 8) rawset(_home.f, 'y', nil)"],
  ["__len and __pairs",
    "_home.t = setmetatable({ 1, 2 }, { __len = function() return 42 end, __pairs = function(t) return function(_, k) if not k then return 1, 'one' end end, t end })",
    "assert(#_home.t == 42 and rawlen(_home.t) == 2) local n = 0 for k, v in pairs(_home.t) do n = n + 1 assert(v == 'one') end assert(n == 1)"],
  ["__call, with any number of arguments and results", "_home.t = setmetatable({ n = 1 }, { __call = function(self, ...) return self.n, select('#', ...), ... end })",
    "local a, b, c, d = _home.t('x', nil) assert(a == 1 and b == 2 and c == 'x' and d == nil) assert(select('#', _home.t()) == 2)"],
  ["arithmetic", `local log = function(name) return function(a, b) return name .. (type(a) == 'table' and 't' or a) .. (type(b) == 'table' and 't' or b) end end
     local mt = {} for name in ('add sub mul div mod pow idiv band bor bxor shl shr unm bnot concat'):gmatch('%a+') do mt['__' .. name] = log(name) end
     _home.t = setmetatable({}, mt) _home.u = setmetatable({}, mt)`,
    `local t = _home.t assert(t + 1 == 'addt1') assert(1 - _home.u == 'sub1t') assert(t * t == 'multt' and t / 2 == 'divt2' and t % 2 == 'modt2' and t ^ 2 == 'powt2' and t // 2 == 'idivt2')
     assert(t & 1 == 'bandt1' and 1 | t == 'bor1t' and t ~ t == 'bxortt' and t << 1 == 'shlt1' and 1 >> t == 'shr1t' and -t == 'unmtt' and ~t == 'bnottt' and t .. 'x' == 'concattx' and 'x' .. t == 'concatxt')`],
  ["an operator is asked for first", "_home.t = setmetatable({}, { __concat = function(a, b) return 'joined' end }) _home.u = setmetatable({}, { __unm = function() return 'minus' end })",
    "assert('x' .. _home.t == 'joined') assert(-_home.u == 'minus')"],
  ["comparison", `local mt = { __eq = function(a, b) return a.n == b.n end, __lt = function(a, b) return (type(a) == 'table' and a.n or a) < (type(b) == 'table' and b.n or b) end,
      __le = function(a, b) return a.n <= b.n end }
     for i, n in ipairs({ 1, 1, 2 }) do _home['t' .. i] = setmetatable({ n = n }, mt) end`,
    "assert(_home.t1 == _home.t2 and _home.t1 ~= _home.t3 and not rawequal(_home.t1, _home.t2)) assert(_home.t1 < _home.t3 and _home.t3 > 1 and 1 < _home.t3 and _home.t1 <= _home.t2 and not (_home.t3 <= _home.t1))"],
  ["__tostring, __name", "_home.t = setmetatable({}, { __tostring = function() return 'shown' end }) _home.n = setmetatable({}, { __name = 'Point' }) _home.plain = setmetatable({}, {})",
    "assert(tostring(_home.t) == 'shown' and tostring(_home.n):match('^Point: ') and tostring(_home.plain):match('^table: '))"],
  ["__close", "_home.closed = 0 _home.t = setmetatable({}, { __close = function(t, e) _home.closed = _home.closed + 1 end })",
    "local before = _home.closed do local x <close> = _home.t end assert(_home.closed == before + 1)"],
  ["metamethods that yield", `local yield = coroutine.yield
     _home.t = setmetatable({}, { __index = function(t, k) return yield(k) end, __add = function(a, b) return yield('add') end, __call = function(_, x) return yield(x) end,
      __lt = function() return yield('lt') end, __len = function() return yield('len') end,
       __newindex = function(t, k, v) yield(v) end, __concat = function() return yield('concat') end })`,
    `local co = coroutine.wrap(function() local t = _home.t local r = { t.x, t + 1, t('c'), t < t, #t, t .. '' } t.y = 'new' return r end)
     assert(co() == 'x' and co(1) == 'add' and co(2) == 'c' and co(3) == 'lt' and co(true) == 'len' and co(5) == 'concat' and co(6) == 'new')
     local r = co() assert(r[1] == 1 and r[2] == 2 and r[3] == 3 and r[4] == true and r[5] == 5 and r[6] == 6)`],
  ["a yield through two classes", `local Base = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end }) local Class = setmetatable({}, { __index = Base }) _home.t =
      setmetatable({}, { __index = Class })`,
    "local co = coroutine.wrap(function() return _home.t.deep end) assert(co() == 'deep' and co(9) == 9)"],
  ["inheritance", `local Base = {} Base.__index = Base function Base:name() return 'base' .. self.n end function Base:both() return self:name() end
     local Derived = setmetatable({}, Base) Derived.__index = Derived function Derived:name() return 'derived' .. self.n end Derived.n = 5
     _home.t = setmetatable({}, Derived)`,
    "assert(_home.t:both() == 'derived5' and getmetatable(getmetatable(_home.t)).name({ n = 1 }) == 'base1')"],
  ["its own metatable", "local t = { n = 1 } t.__index = function(_, k) return k end _home.t = setmetatable(t, t)", "assert(getmetatable(_home.t) == _home.t and _home.t.x == 'x' and _home.t.n == 1)"],
  ["an __index that leads round", "local t = {} t.__index = t _home.t = setmetatable(t, t)",
      "local ok, e = pcall(function() return _home.t.x end) assert(not ok and e:find('chain too long')) local ok, e = pcall(rawget, _home.t, 'x') assert(ok and e == nil)"],
  ["a metatable of _home itself", "setmetatable(_home, { __index = function(_, k) return 'none of ' .. k end })", "assert(_home.x == 'none of x') rawset(_home, 'y', 1) assert(_home.y == 1)"],
  ["no metatable any more", "_home.t = setmetatable({}, { __index = { x = 1 } }) setmetatable(_home.t, nil)", "assert(getmetatable(_home.t) == nil and _home.t.x == nil)"],
  ["another metatable", "_home.t = setmetatable({}, { __index = { x = 1 } }) setmetatable(_home.t, { __index = { x = 2 } })", "assert(_home.t.x == 2)"],
  ["a shared upvalue of two metamethods", "local n = 0 _home.t = setmetatable({}, { __index = function() n = n + 1 return n end, __call = function() return n end })",
      "local before = _home.t() assert(_home.t.x == before + 1 and _home.t() == before + 1)"],
  ["as a key, in pairs, in results", "local mt = { __index = { x = 'found' } } local k = setmetatable({}, mt) _home.list = { k } _home.map = { [k] = k }",
    "for i, v in ipairs(_home.list) do assert(v.x == 'found') end for k, v in pairs(_home.map) do assert(k.x == 'found' and k == v and k == _home.list[1]) end assert(ext.copy(_home.list, 1, 1, {})[1].x == 'found')"],
  ["table functions", "_home.t = setmetatable({}, { __index = function(_, i) if i <= 3 then return i end end, __len = function() return 3 end })",
      "assert(table.concat(_home.t, ',') == '1,2,3' and select('#', table.unpack(_home.t)) == 3)"],
];

for (const [name, before, holds] of KEPT) {
  test(`kept: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(before);
    await cu.compute(holds);
    await cu.compute(holds);
    for (let round = 0; round < 2; round++) {
      cu.collectGarbage();
      await cu.compute(holds);
    }
    cu.close();
  });
}

/** What Lua code sees of a class that moved to the host while objects of it are plain tables. */
const CLASSES = [
  ["objects of a class that is stored go on", `${ACCOUNT} local a, b = Account.new(1), Account.new(2) _home.a = a
    assert(ext.is(Account) and not ext.is(b)) b:deposit(1) assert((a + b).balance == 4 and getmetatable(b) == Account and debug.getmetatable(b) == Account)`],
  ["a class that is stored as a value, before and after", `${ACCOUNT} local a = Account.new(1) _home.Account = Account local b = Account.new(2) assert(a:deposit(1).balance == 2 and (a + b):deposit(1).balance == 5)`],
  ["under _io too", `${ACCOUNT} local a = Account.new(1) _io.output = Account assert(ext.is(Account) and a:deposit(1).balance == 2 and (a + a).balance == 4 and Account.new(5):deposit(1).balance == 6)`],
  ["one that comes back from the host", `_home.Account = { __index = { deposit = function(self, v) self.balance = self.balance + v return self end },
      __add = function(a, b) return { balance = a.balance + b.balance } end } collectgarbage() local a = setmetatable({ balance = 3 }, _home.Account) assert(a:deposit(1).balance == 4 and (a + a).balance == 8)
    _home.a = a assert(getmetatable(_home.a) == _home.Account and ext.is(a) and a:deposit(1).balance == 5)`],
  ["what is added is seen at once", `${ACCOUNT} local plain = Account.new(1) _home.a = Account.new(2)
    Account.__tostring = function(a) return 'account ' .. a.balance end assert(tostring(plain) == 'account 1' and tostring(_home.a) == 'account 2')
    rawset(Account, '__call', function(a) return a.balance end) assert(plain() == 1 and _home.a() == 2)
    Account.__unm = { } assert(not pcall(function() return -plain end)) Account.__unm = function(a) return 'minus' end assert(-plain == 'minus' and -_home.a == 'minus')
    Account.__add = nil assert(not pcall(function() return plain + 1 end) and not pcall(function() return _home.a + 1 end))
    Account.__index = function(_, k) return k end assert(plain.x == 'x' and _home.a.x == 'x')
    Account.__tostring = nil assert(tostring(plain):find('^table: ') and tostring(_home.a):find('^table: '))`],
  ["what is added while a class derives from another", `local Base = {} Base.__index = Base local Class = setmetatable({}, Base) Class.__index = Class local o = setmetatable({}, Class) _home.o = setmetatable({}, Class)
    Class.__call = function() return 'called' end assert(o() == 'called' and _home.o() == 'called') function Base.method() return 'of base' end assert(o.method() == 'of base' and _home.o.method() == 'of base')`],
  ["weak tables stay weak", `local mode = { __mode = 'k' } local weak = setmetatable({}, mode) _home.mode = mode weak[{}] = 1 collectgarbage() assert(next(weak) == nil and getmetatable(weak) == _home.mode)
    local other = setmetatable({}, _home.mode) other[{}] = 1 collectgarbage() assert(next(other) == nil)`],
  ["finalizers stay", `local done = 0 local class = { __gc = function() done = done + 1 end } do local o = setmetatable({}, class) end _home.class = class collectgarbage() collectgarbage() assert(done == 1)
    do local o = setmetatable({}, _home.class) end collectgarbage() collectgarbage() assert(done == 2)`],
  ["metatables of the types", `local mt = { __index = function(n, k) return k .. n end } debug.setmetatable(1, mt) _home.mt = mt assert((5).x == 'x5' and debug.getmetatable(1) == mt)
      debug.setmetatable(1, _home.mt) assert((5).x == 'x5') debug.setmetatable(1, nil)`],
  ["a plain table can leave it", `${ACCOUNT} local a = Account.new(1) _home.Account = Account assert(setmetatable(a, nil) == a and a.deposit == nil and getmetatable(a) == nil) setmetatable(a, {
      __index = { x = 1 } }) assert(a.x == 1)`],
  ["rawget, rawset, next and rawlen do not look at it",
      `${ACCOUNT} local a = Account.new(1) _home.Account = Account assert(rawget(a, 'deposit') == nil and next(a) == 'balance' and rawlen(a) == 0 and rawequal(a, a)) rawset(a, 1, 'x') assert(a[1] == 'x')`],
  ["memory: stand-ins go with their metatables", `local function count() collectgarbage() collectgarbage() return collectgarbage('count') end
    local function round() for i = 1, 300 do local mt = { __index = {} , __add = function() return i end } local o = setmetatable({}, mt) _home.o = setmetatable({}, mt) _home.o = nil end end
    for i = 1, 15 do round() end local before = count() for i = 1, 10 do round() end assert(count() < before + 60, count() - before)`],
];

for (const [name, code] of CLASSES) {
  test(`a class and its objects: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(code);
    cu.close();
  });
}

const REFUSED = [
  ["__gc", "_home.w = setmetatable({}, { __gc = print })", "_home.w: a metatable with __gc cannot be stored"],
  ["__mode, inside", "_home.w = { { setmetatable({}, { __mode = 'k' }) } }", "_home.w[1][1]: a metatable with __mode cannot be stored"],
  ["__gc, by setmetatable", "_home.w = {} setmetatable(_home.w, { __gc = print })", "getmetatable(_home.w): a metatable with __gc cannot be stored"],
  ["__mode in a stored metatable", "_home.mt = { __mode = 'k' } setmetatable(_home, _home.mt)", "getmetatable(_home): a metatable with __mode cannot be stored"],
  ["__gc in the metatable's metatable", "_home.w = setmetatable({}, setmetatable({}, { __gc = print }))", "getmetatable(_home.w): a metatable with __gc cannot be stored"],
  ["a library", "_home.w = setmetatable({}, string)", "getmetatable(_home.w): a library 'string' cannot be stored"],
  ["a library, by setmetatable", "setmetatable(_home, string)", "getmetatable(_home): a library 'string' cannot be stored"],
  ["the metatable of strings", "_home.w = setmetatable({}, getmetatable(''))", "getmetatable(_home.w).__add: a C function has no form outside"],
  ["the globals", "_home.w = setmetatable({}, _G)", "getmetatable(_home.w): a table of globals cannot be stored"],
  ["a coroutine in it", "_home.w = setmetatable({}, { __index = { c = coroutine.create(print) } })", "getmetatable(_home.w).__index.c: a coroutine cannot be stored"],
  ["a coroutine in it, by setmetatable", "_home.w = {} setmetatable(_home.w, { c = coroutine.create(print) })", "getmetatable(_home.w).c: a coroutine cannot be stored"],
  ["an object of the host", "_home.w = setmetatable({}, _io.input)", "_home.w: a table of the host outside _home cannot be its metatable"],
  ["an object of the host, by setmetatable", "_home.w = {} setmetatable(_home.w, _io.input)", "_home.w: a table of the host outside _home cannot be its metatable"],
  ["an object of the host behind two", "_home.w = { x = setmetatable({}, setmetatable({}, _io.input)) }", "getmetatable(_home.w.x): a table of the host outside _home cannot be its metatable"],
];

for (const [name, code, message] of REFUSED) {
  test(`refused with its path, and all is as before: ${name}`, async () => {
    const { cu } = await createCu();
    cu.setInput({ __index: { x: 1 } });
    await assert.rejects(cu.compute(code), { message: `compute:1: ${message}` });
    assert.equal(await cu.compute("return getmetatable(_home) == nil and (_home.w == nil or getmetatable(_home.w) == nil) and ('x'):rep(2) == 'xx'"), true);
    cu.close();
  });
}

/** Where the host keeps no metatables, they live with the proxy. */
const UNDER_IO = [
  ["a plain metatable", "_io.output = setmetatable({}, { __index = { x = 1 } }) assert(_io.output.x == 1 and not ext.is(getmetatable(_io.output)))"],
  ["a copy, made at setmetatable", `local mt = {} _io.output = setmetatable({}, mt) mt.__call = function() return 1 end assert(not pcall(function() return _io.output() end))
      setmetatable(_io.output, mt) assert(_io.output() == 1) mt.__index = { y = 2 } assert(_io.output.y == 2)`],
  ["a metatable of _home", `_home.mt = { __index = { x = 1 } } _io.output = setmetatable({}, _home.mt) assert(_io.output.x == 1 and getmetatable(_io.output) == _home.mt)
      setmetatable(_io.input, _home.mt) assert(_io.input.x == 1 and _io.input.own == 5)`],
  ["refused: __gc", `local ok, e = pcall(setmetatable, _io.input, { __gc = print }) assert(not ok and e:find('cannot have a metatable with __gc')) assert(not pcall(function() _io.output =
      setmetatable({}, { __mode = 'v' }) end) and _io.output == nil)`],
  ["stored later", "local mt = { __index = { x = 1 } } local o = setmetatable({}, mt) _io.output = o _home.mt = mt assert(o.x == 1 and getmetatable(o) == _home.mt) mt.__call = function() return 2 end assert(o() == 2)"],
  ["a chain from one side to the other", `local Base = setmetatable({}, { __index = function(_, k) return 'base ' .. k end }) _home.Base = Base _io.output = setmetatable({}, {
      __index = _home.Base }) assert(_io.output.z == 'base z') local n = setmetatable({}, { __index = _io.output }) assert(n.z == 'base z')`],
];

for (const [name, code] of UNDER_IO) {
  test(`under _io: ${name}`, async () => {
    const { cu } = await createCu();
    cu.setInput({ own: 5 });
    await cu.compute(code);
    cu.close();
  });
}

test("messages name what was attempted, with the line, whether the metatable is known or not", async () => {
  const { cu } = await createCu();
  await cu.compute("_home.t = setmetatable({}, {}) _home.n = setmetatable({}, { __name = 'Point' })");
  for (const [code, message] of [
    ["_home.t + 1", "attempt to perform arithmetic on a table value"], ["1 + _home.n", "attempt to perform arithmetic on a Point value"],
    ["-_home.t", "attempt to perform arithmetic on a table value"], ["~_home.n", "attempt to perform bitwise operation on a Point value"], ["_home.t .. 'x'", "attempt to concatenate a table value"],
    ["'x' .. _home.n", "attempt to concatenate a Point value"], ["_home.t < 1", "attempt to compare table with number"], ["_home.n <= _home.t", "attempt to compare Point with table"], ["_home.t()",
      "attempt to call a table value"],
  ]) {
    cu.collectGarbage();
    await assert.rejects(cu.compute(`local x = ${code}`), { message: new RegExp(`^compute:1: ${message}`) }, code);
    await assert.rejects(cu.compute(`local x = ${code}`), { message: new RegExp(`^compute:1: ${message}`) }, code);
  }
  cu.collectGarbage();
  assert.deepEqual(await cu.computeAll("return _home.t == _home.n, _home.t == {}, _home.t ~= 1"), [false, false, true]);
  cu.close();
});

test("JavaScript's copies know nothing of metatables, and its functions get the table itself", async () => {
  const { cu } = await createCu();
  await cu.compute(`${ACCOUNT} _home.acc = Account.new(10) _home.list = { _home.acc }`);
  assert.deepEqual(cu.home.get("acc").toJS(), { balance: 10 });
  assert.deepEqual(cu.home.toJS(), { acc: { balance: 10 }, list: [{ balance: 10 }] });
  cu.collectGarbage();
  // What comes by way of JavaScript has its metatable: an argument, a result, an element, an entry.
  const acc = cu.home.get("acc");
  assert.equal(await cu.compute("local a = ... return a:deposit(1).balance", { args: [acc] }), 11);
  cu.collectGarbage();
  assert.equal(await cu.compute("return _io.input.acc:deposit(1).balance + _io.input.list[1].balance", { input: { acc, list: [acc] } }), 24);
  cu.collectGarbage();
  assert.equal(await cu.compute("local get = ... for k, v in pairs(_io.input) do assert(v:deposit(1)) end return get():deposit(1).balance", { input: { acc }, args: [() => acc] }), 14);
  cu.close();
});

test("what nothing reaches goes, metatables and their functions too", async () => {
  const { cu } = await createCu();
  cu.collectGarbage();
  const { tables } = cu.memory;
  const references = () => cu.exports.cu_heap_get(4);
  const before = references();
  const makes = [
    "_home.t = setmetatable({}, { __index = { f = function() end } }) _home.t = nil",
    `${ACCOUNT} _home.acc = Account.new(1) _home.acc = nil`,
    "local t = {} t.__index = t t.f = function() return t end _home.t = setmetatable(t, t) _home.t = nil",
    "_home.t = {} setmetatable(_home.t, { __index = function() return _home.t end }) setmetatable(_home.t, nil) _home.t = nil",
    "_home.t = {} local t = _home.t setmetatable(t, { __index = function() return t end }) _home.t = nil",
  ];
  for (const make of makes) {
    await cu.compute(`do ${make} end`);
    cu.collectGarbage();
    cu.collectGarbage();
    assert.deepEqual([cu.memory.tables, references(), cu.home.size], [tables, before, 0], make);
  }
  cu.close();
});

test("many objects of one class, many classes, deep chains", async () => {
  const { cu } = await createCu();
  await cu.compute(`${ACCOUNT} _home.Account = Account _home.accounts = {} for i = 1, 20000 do _home.accounts[i] = Account.new(i) end`);
  cu.collectGarbage();
  assert.equal(await cu.compute("local sum = 0 for i, a in ipairs(_home.accounts) do sum = sum + a:deposit(1).balance end return sum"), 20_000 * 20_001 / 2 + 20_000);
  assert.equal(await cu.compute("local sum = _home.Account.new(0) for i, a in pairs(_home.accounts) do sum = sum + a end return sum.balance"), 20_000 * 20_001 / 2 + 20_000);
  await cu.compute("for i = 1, 2000 do _home[i] = setmetatable({}, { __call = function() return i end }) end");
  cu.collectGarbage();
  assert.equal(await cu.compute("local sum = 0 for i = 1, 2000 do sum = sum + _home[i]() end return sum"), 2_000 * 2_001 / 2);
  await cu.compute("local t = { deep = 'found' } for i = 1, 300 do t = setmetatable({}, { __index = t }) end _home.deep = t");
  cu.collectGarbage();
  assert.equal(await cu.compute("return _home.deep.deep"), "found");
  cu.close();
});

test("running out of memory while a class moves leaves it whole", async () => {
  const { cu } = await createCu();
  assert.equal(await cu.compute(`
    for length = 1000, 60000, 3700 do
      local class = { __index = { x = 1 }, __call = function() return 'called' end }
      local o = setmetatable({}, class)
      local t = {}
      if pcall(function() for i = 1, length do t[i] = { i } end end) then
        local made = setmetatable(t, class)
        local ok = pcall(function() _home.t = made end)
        if ext.is(t) ~= ok or ext.is(class) ~= ok or o.x ~= 1 or o() ~= 'called' or t() ~= 'called' or t[length][1] ~= length or getmetatable(o) ~= class or getmetatable(t) ~= class then return length end
        _home.t = nil
      end
    end
    return 'whole'`), "whole");
  cu.close();
});

test("one crossing for a table whose metatable is not needed", async () => {
  const { cu } = await createCu();
  await cu.compute("_home.t = setmetatable({ x = 1 }, { __index = function() error('not asked for') end })");
  cu.collectGarbage();
  // The field is there: the metatable stays unknown, and so no handle of it is taken.
  const { handles } = cu.memory;
  assert.equal(await cu.compute("return _home.t.x"), 1);
  assert.equal(cu.memory.handles, handles + 1);
  cu.close();
});
