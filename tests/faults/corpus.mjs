/**
 * What is run while allocations fail: short programs that together touch every library, external tables, persistence, errors and closing. One is
 * `{ name, run }`, where `run` is Lua source or a function of the instance and what belongs to the row; and, where it needs them,
 * `options` of the instance, `prepare` (once), `reset` (before each run), `input`, and `state`: Lua source that tells what the run changes outside of Lua's memory. That must be as
 * it was before a run or as it is after one, never in between.
 */
import { Cu, MemoryStore } from "../../js/dist/index.js";

const lua = (name, run, more = {}) => ({ name, run, ...more });

const LIBRARIES = [
  lua("base", `
    local t = setmetatable({}, { __index = function(_, k) return k .. "!" end, __tostring = function() return "T" end, __name = "N" })
    local parts = { t.x, tostring(t), tostring(12.5), tonumber("ff", 16), select("#", table.unpack({ 1, 2, 3 })), type(print), #tostring(print) > 0 }
    for k, v in pairs({ a = 1, 2, 3 }) do parts[#parts + 1] = tostring(k) .. tostring(v) end
    for i, v in ipairs({ "p", "q" }) do parts[#parts + 1] = i .. v end
    print("line", 1, nil, {} == {})
    collectgarbage("step") collectgarbage()
    return table.concat({ "x", 1, 2.5 }, ","), rawlen(parts), rawequal(t, t), rawget(t, "y"), next({ 1 }), getmetatable("").__index == string, #parts`),
  lua("load", `
    local f = assert(load("local a, b = ... local t = { a, b, x = { y = a } } return function() a = a + 1 return a + t.x.y end", "=chunk"))
    local parts = {}
    local g = assert(load(function() parts[#parts + 1] = 1 return #parts < 20 and "local v" .. #parts .. " = 'text " .. #parts .. "' " or nil end))
    local bad, message = load("x = = 1", "=bad")
    local env = { y = 5 }
    return f(1, 2)(), g(), bad, message, assert(load("return y", "e", "t", env))(), pcall(load, "x", "x", "b")`),
  lua("string", `
    local s = ("abc"):rep(50, "-")
    return s:upper():lower():reverse():len(), s:gsub("%w+", function(w) return w:upper() .. "!" end), s:gsub("b", { b = "B" }), s:gsub("(a)(b)", "%2%1"), s:find("c-a", 1, true),
      s:match("(a)(b)()"),
      ("%5.2f|%q|%s|%x|%-10s|%i"):format(1.5, "a\\0b\\n", { } ~= nil, 255, "left", 7), s:byte(1, 10), string.char(65, 66, 67), #string.dump(function() return s end),
      (function() local n = 0 for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do n = n + #k + #v end return n end)()`),
  lua("pack", `
    local p = string.pack("<i4 z s1 d j !8 Bxh", 1, "zero", "short", 2.5, -1, 7, 3)
    local long = string.pack("s4", ("x"):rep(3000))
    return #p, #long, string.packsize("i4d"), string.unpack("<i4 z s1", p), #string.unpack("s4", long)`),
  lua("table", `
    local t = {}
    for i = 1, 100 do t[i] = (i * 37) % 101 end
    table.sort(t) table.sort(t, function(a, b) return a > b end)
    table.insert(t, 5) table.insert(t, 1, 6) table.remove(t) table.remove(t, 1)
    local u = table.move(t, 1, 50, 3, {})
    local p = table.pack(table.unpack(t, 1, 60))
    for i = 1, 40 do u["k" .. i] = { i } end
    return table.concat(t, ","), #u, p.n, table.concat({ 1, "b", 3.5 }, "; ", 1, 3)`),
  lua("math and utf8", `
    local parts = {}
    for p, c in utf8.codes("aé€😀") do parts[#parts + 1] = p .. ":" .. c end
    local random = math.random(10) >= 1
    math.randomseed(42)
    return table.concat(parts, " "), utf8.char(97, 233, 8364, 128512), utf8.len("aé€"), utf8.offset("aé€", 3), utf8.codepoint("aé€", 1, -1), math.tointeger("8"), math.floor(2.5), math.max(1, 2.5), math.type(1), random,
      string.format("%.14g %a", math.pi, 0.5), math.fmod(7, 3), math.ult(1, -1), 2 ^ 0.5 .. ""`),
  lua("coroutine", `
    local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, "v" .. i) end return "end" end) end
    local out = {}
    local g = gen(5)
    for i = 1, 6 do out[#out + 1] = tostring(g()) end
    local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error({ code = b }) end)
    local _, one = assert(coroutine.resume(co, 1))
    local ok, err = coroutine.resume(co, 7)
    if type(err) ~= "table" then error(err, 0) end
    local closed = {}
    local held = coroutine.create(function() local c <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "c" .. #closed end }) coroutine.yield() end)
    assert(coroutine.resume(held))
    local through = coroutine.wrap(function() return pcall(function() return coroutine.yield("inner") end) end)
    local inner = through()
    if inner ~= "inner" then error("not enough memory") end
    local sort = coroutine.wrap(function() return select(2, pcall(table.sort, { 3, 2, 1 }, coroutine.yield)) end)
    return table.concat(out, ","), one, ok, err.code, coroutine.status(co), assert(coroutine.close(held)), closed[1], inner, through(9), sort(), coroutine.isyieldable(), coroutine.running() ~= nil`),
  lua("debug", `
    local seen = {}
    local function f(a, ...) local b = a .. "?" local info = debug.getinfo(1, "nSltufr") seen[1] = debug.getlocal(1, 1) return info.short_src, info.currentline, info.nparams, debug.traceback("trace", 1) end
    debug.sethook(function(event, line) seen[#seen + 1] = event end, "crl", 7)
    local src, line, n, trace = f("x", 1, 2)
    debug.sethook()
    local up = 5
    local function g() return up end
    local co = coroutine.create(function() local inner = "i" .. up coroutine.yield() end)
    assert(coroutine.resume(co))
    return src, n, #trace > 10, #seen > 3,
      debug.getupvalue(g, 1), debug.setupvalue(g, 1, 6), g(), #debug.traceback(co) > 5, debug.getlocal(co, 1, 1), debug.getmetatable("").__index == string, debug.getinfo(print).what, debug.setuservalue == nil`),
  lua("os and io", `
    io.write("a", 1, "b\\n") io.stdout:write("x\\n") io.stderr:write("e\\n")
    return os.time({ year = 2020, month = 1, day = 1, hour = 12 }), os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("*t", 0).year, os.clock() >= 0, os.getenv and os.getenv("X"), io.type(io.stdout), pcall(os.date, "%Ez", 0)`),
  lua("require", `
    while #package.searchers > searchers do table.remove(package.searchers, 2) end
    package.loaded.lib, package.loaded.native, package.loaded.outer, package.loaded.pre = nil
    package.preload.pre = function(name) return { name = name } end
    table.insert(package.searchers, 2, function(name) return name == "found" and function() return { "found" } end or nil end)
    package.loaded.found = nil
    local found = require "found"
    table.remove(package.searchers, 2)
    return require("lib").value, require("native").answer, require("outer").inner.value, require("pre").name, found[1], pcall(require, "nowhere"), pcall(require, "broken")`,
    { prepare: "searchers = #package.searchers",
      options: { modules: { lib: "local n = ... return { name = n, value = 'lib' .. #n }", native: () => ({ answer: 42 }), outer: "return { inner = require 'lib' }", broken: "error('broken module')" } } }),
  lua("bigint", `
    local a = bigint.new("123456789012345678901234567890") ^ 20
    local b = bigint.new("0xffffffffffffffffffffffffffffffff")
    local q, r = bigint.divmod(a, b)
    return tostring(a):sub(1, 20), tostring(q * b + r == a),
      #tostring(bigint.sqrt(a)), tostring(bigint.gcd(a, b)), tostring(bigint.modpow(b, 65537, a)):sub(1, 9), bigint.tostring(b, 36), #bigint.tobytes(a), bigint.frombytes("\\1\\2\\3") == bigint.new(66051),
      tostring(-b), tostring(b << 70 >> 3 & a | 1), b > a, bigint.tonumber(b), bigint.bits(a), tostring(bigint.lcm(b, 12)), pcall(bigint.new, "12x")`),
  lua("bigint, long", `
    local a = bigint.new(("7"):rep(6000))
    local s = tostring(a * a // (a - 1))
    return #s, s:sub(-20), #(a * a)`),
];

const ERRORS = [
  lua("pcall and error values", `
    local out = {}
    for _, v in ipairs({ "text", 42, true, { 1 } }) do local ok, e = pcall(error, v) out[#out + 1] = tostring(ok) .. type(e) end
    local ok, e = pcall(function() local x = nil return x.field end)
    local ok2, e2 = pcall(function() return 1 + {} end)
    local ok3, e3 = pcall(function() return #5 < {} end)
    local ok4, e4 = pcall(string.rep) local ok5, e5 = pcall(setmetatable, 1)
    return table.concat(out, ","), e, e2, e3, e4, e5`),
  lua("xpcall", `
    local function handler(e) return { e, trace = debug.traceback(e, 2) } end
    local ok, e = xpcall(function(a) local t = { a .. "" } error("boom " .. #t) end, handler, 1)
    if type(e) ~= "table" then error(e, 0) end
    local ok2, e2 = xpcall(error, function(m) return xpcall(error, function(n) return n .. "!" end, m .. "?") end, "deep")
    local ok3, e3 = xpcall(string.rep, function(m) return m .. "." end)
    return e[1], #e.trace > 10, e2, e3`),
  lua("close", `
    local log = {}
    local function res(name, fails) return setmetatable({ name }, { __close = function(o, e) log[#log + 1] = o[1] .. ":" .. tostring(e) if fails then error("close " .. name, 0) end end }) end
    local ok, e = pcall(function() local a <close> = res("a") local b <close> = res("b", true) local c <close> = res("c") error("first", 0) end)
    for i in (function() local n = 0 return function() n = n + 1 return n < 4 and n or nil end, nil, nil, res("for") end)() do log[#log + 1] = "i" .. i end
    do local d <close> = res("d") end
    return e, table.concat(log, " ")`),
  lua("gc", `
    local log = {}
    for i = 1, 8 do setmetatable({}, { __gc = function() log[#log + 1] = "g" .. i if i == 5 then error("in gc") end end }) end
    local weak = setmetatable({}, { __mode = "k" })
    for i = 1, 10 do weak[{}] = { i } end
    local eph = setmetatable({}, { __mode = "v" }) eph[1] = {} eph.x = "s" .. 1
    collectgarbage() collectgarbage()
    local n = 0 for _ in pairs(weak) do n = n + 1 end
    return n, eph[1], eph.x`),
  lua("error objects to JavaScript and back", (cu) => {
    const fails = () => { throw new RangeError("far"); };
    const computes = () => cu.computeSync("error({ code = 'c' .. 1 })");
    const passes = (f) => f();
    return cu.computeSync(`
      local fails, computes, passes = ...
      local ok, e = pcall(fails) local ok2, e2 = pcall(computes) local own = { 1 }
      local ok3, e3 = pcall(passes, function() error(own) end)
      if type(e) == "string" then error(e) end
      -- What JavaScript gets of an error goes without its value, if there is no memory for that.
      for _, lost in pairs { type(e2) == "string" and e2 or nil, type(e3) == "string" and e3 or nil } do error("not enough memory: " .. lost, 0) end
      local ok4, e4 = pcall(passes, function() local x = nil; x() end)
      return e.name .. e.message .. tostring(e) .. type(e2) .. tostring(e3 == own) .. e4`, { args: [fails, computes, passes] });
  }),
  lua("an uncaught error", (cu) => {
    try {
      cu.computeSync("local function inner(x) error('un' .. x) end local function outer() inner('caught') end outer()", { name: "chunk" });
    } catch (error) {
      if (!/not enough memory/.test(error.message)) return [error.name, error.message, error.line, error.chunkName];
      throw error;
    }
    throw new Error("no error");
  }),
  lua("a syntax error", (cu) => {
    try {
      cu.computeSync("local x = 'text' .. 5\nreturn }", { name: "chunk" });
    } catch (error) {
      if (!/not enough memory/.test(error.message)) return [error.name, error.message, error.line];
      throw error;
    }
    throw new Error("no error");
  }),
];

const input = () => ({
  list: [5, 3, 1.5, "s", true],
  rows: [{ id: 1, name: "one" }, { id: 2, name: "two" }], map: new Map([["k", 1], [2, "v"]]), set: new Set(["m", 2]), f64: Float64Array.of(1, 2.5, 3), u8: Uint8Array.of(1, 2, 255), big: BigInt64Array.of(5n, -5n),
  buffer: new Uint8Array([65, 66, 67]).buffer, wide: 2n ** 70n, long: "long ".repeat(100), date: new Date(0), f: (x, y) => x + y, g: (...xs) => Cu.multi(...xs, xs.length), tree: { a: { b: { c: [1, [2, [3]]] } } },
});

const TABLES = [
  lua("reading external tables", `
    local i, out = _io.input, {}
    for k, v in ipairs(i.list) do out[#out + 1] = k .. tostring(v) end
    for k, v in pairs(i.map) do out[#out + 1] = tostring(k) .. tostring(v) end
    for k in pairs(i.set) do out[#out + 1] = tostring(k) end
    for _, row in ipairs(i.rows) do out[#out + 1] = row.id .. row.name end
    for k, v in pairs(i.f64) do out[#out + 1] = v end
    for k in pairs(i) do out[#out + 1] = k end
    return table.concat(out, ","), #i.list,
      i.u8[3], i.big[2], tostring(i.wide), #i.long, i.tree.a.b.c[2][2][1], i.date:toISOString(), next(i.tree), rawget(i.list, 1), rawlen(i.list), i.rows[1] == i.rows[1], ext.string(i.buffer)`, { input }),
  lua("writing external tables", `
    local i = _io.input
    i.list[#i.list + 1] = "more" i.list[1] = 7.25 i.list[2] = nil
    i.map[3.5] = "f" i.map[i.rows] = 1 i.map.k = nil i.set.x = true i.f64[1] = 9 i.u8[1] = 200
    i.fresh = "fresh " .. 1 i.wide2 = bigint.new(2) ^ 90 i["key " .. 5] = true
    table.insert(i.list, 1, "first") table.remove(i.list) table.sort(i.f64) table.sort(i.rows, function(a, b) return a.id > b.id end)
    table.move(i.f64, 1, 3, 1, i.list)
    return table.concat(i.f64, " "), #i.list, i.rows[1].id, i.fresh, tostring(i.wide2), i.map[3.5], table.unpack(i.list, 1, 3)`, { input }),
  lua("functions of the host", `
    local i = _io.input
    return i.f(1, 2), i.f("a", "b" .. 1), select("#", i.g(1, "two", nil, { 4 }, bigint.new(2) ^ 80, ("x"):rep(500))), i.g({ a = { b = 1 } }), i.f == _io.input.f, pcall(i.f)`, { input }),
  lua("adoption", `
    local inner = { 1, 2, { deep = "d" .. 1 } }
    local t = { list = inner, again = inner, map = { [1.5] = "f", [true] = 1 }, empty = {}, text = ("t"):rep(300), f = function() return 3 end, big = bigint.new(3) ^ 100 }
    t.self = t
    _io.output = t
    inner[4] = "later"
    t.empty[1] = "e"
    return t.list == inner, #_io.output.list, _io.output.self == t, _io.output.map[1.5], ext.is(inner), t.f(), #t.empty`),
  lua("metatables of external tables", `
    local class = { __index = function(_, k) return k .. "?" end, __len = function() return 77 end, __call = function(_, x) return x .. "c" end, __concat = function() return "cat" end, __eq = function() return true end }
    local t = setmetatable({ x = 1 }, class)
    _io.output = t
    local u = ext.table() setmetatable(u, { __newindex = function(t, k, v) rawset(t, k, v .. "!") end, __pairs = function(t) return next, { p = 1 }, nil end })
    u.a = "a"
    local n = 0 for _ in pairs(u) do n = n + 1 end
    return t.nope, #t, t("x"), t .. "y", u.a, n, getmetatable(t) == class`, { slack: 256 }),
  lua("ext", `
    local a, t = ext.array(), ext.table()
    local plain = {}
    for i = 1, 300 do plain[i] = i / 2 end
    ext.copy(plain, 1, 300, a) ext.copy(a, 10, 50, t, 1) ext.copy({ "s", {}, true }, 1, 1, t, 50)
    local back = ext.copy(t, 1, 40, {})
    return ext.len(a), ext.is(t), ext.is(plain), #back, back[1], t[50], tostring(ext.null), ext.string(_io.input.u8, 1, 2), _io.input.f64[2] + ext.copy(_io.input.f64, 1, 3, {})[3]`, { input }),
  lua("what JavaScript gets and gives", (cu) => {
    const deep = { list: [1, [2, { x: "y" }]], map: new Map([["a", [1]]]), text: "é".repeat(200), big: 2n ** 100n };
    const result = cu.computeAll("local a, f = ... local t = { 1, 'two', { x = 3 }, [\"é\" .. 1] = a.text } return t, f({ 1, 2, { k = 'v' } }), a.big, a, function() return 1 end, a.map.a[1]", { args: [deep, (t) => t] });
    return result.then((all) => JSON.stringify([...all.slice(0, 2), all[2] === deep.big, all[3] === deep, all[4](), all[5]], (_, v) => (v instanceof Map ? [...v] : v)));
  }),
  lua("call by path", (cu) => [cu.callSync("string.rep", "ab", 3), cu.callSync(["table", "concat"], [1, 2, 3], ", "), cu.callSync("math.max", 1, 2.5)]),
];

const HOME = [
  lua("home: one assignment", "_home.value = 'text ' .. 5 return 1", { reset: "_home.value = nil", state: "return tostring(_home.value)" }),
  lua("home: adoption", `_home.tree = { list = { 1, 2.5, "three", { 4 } }, [bigint.new(2) ^ 70] = "big", [true] = { x = "y" .. 1 }, fields = { a = 1, b = 2, c = 3 } } return 1`, {
    reset: "_home.tree = nil",
    state: `local t = _home.tree if t == nil then return "none" end
      return table.concat({ #t.list, t.list[4][1], t[true].x, t[bigint.new(2) ^ 70], t.fields.c, t.list[3] }, ",")`,
  }),
  lua("home: a table that Lua keeps is adopted or as before", (cu) => cu.computeSync("_home.kept = kept return #kept.list"), {
    reset: "_home.kept = nil kept = { list = { 1, 2, 3, { 'four' } }, n = { m = 5 }, s = 's' .. 1 }",
    state: `local home, t = _home.kept, kept
      assert(ext.is(t) == (home ~= nil) and ext.is(t.list) == ext.is(t) and ext.is(t.n) == ext.is(t), "half adopted")
      assert(home == nil or home == t, "another table")
      return (home and "home" or "lua") .. #t.list .. t.list[4][1] .. t.n.m .. t.s`,
  }),
  lua("home: a function", "local n = 5 local t = { 1 } function _home.f() n = n + 1 return n + t[1] end return 1", { reset: "_home.f = nil", state: "return _home.f and type(_home.f()) or 'none'" }),
  lua("home: calls, counters, removal", `
    local out = {}
    for i = 1, 5 do _home.list[i] = { i, "s" .. i } out[i] = _home.count() - _home.count() end
    for i, v in ipairs(_home.list) do out[#out + 1] = v[1] .. v[2] end
    _home.list[5] = nil _home.list["k" .. 1] = 2.5
    for k in pairs(_home) do out[#out + 1] = tostring(k) end
    return table.concat(out, ","), #_home.list`, { prepare: "_home.list = {} local n = 0 function _home.count() n = n + 1 return n end", reset: "_home.list = {}" }),
  lua("home: JavaScript's side", (cu) => {
    cu.home.set("js", { list: [1, 2, [3]], map: new Map([[1.5, "x"], ["k", new Set(["a"])]]), big: 2n ** 80n, bytes: Uint8Array.of(1, 2) });
    const js = cu.home.get("js");
    js.get("list").set(1, "one");
    return [cu.home.size, js.get("big"), cu.computeSync("return _home.js.list[1] .. #_home.js.list"), JSON.stringify([...js.entries()].map(([k]) => String(k)))];
  }, { reset: "_home.js = nil" }),
  lua("home: a metatable", `
    local Account = { __tostring = function(a) return "account " .. a.balance end } Account.__index = Account
    function Account.deposit(a, v) a.balance = a.balance + v return a end
    _home.account = setmetatable({ balance = 10 }, Account)
    return tostring(_home.account:deposit(5))`, { reset: "_home.account = nil", slack: 256 }),
];

const digestHome = `local out = {}
  for _, k in ipairs({ "text", "list", "f", "shared", "tree" }) do
    local v = _home[k]
    out[#out + 1] = k .. "=" .. (type(v) == "table" and #v .. tostring(v[1]) or type(v) == "function" and tostring(v()) or tostring(v))
  end
  return table.concat(out, " ")`;
const fillHome = `
  local n, upvalue = 1, { "u", { 2 } }
  _home.text, _home.list, _home.tree = "text", { 10, "b", 2.5 }, { "root", a = { b = { c = {} } } }
  function _home.f() return n + #upvalue end
  function _home.shared() n = n + 0 return n .. upvalue[1] end
  local lib = math
  _home.names = { print, string.format, function() return lib end }`;
const saved = { options: () => ({ store: new MemoryStore() }), reset: fillHome, state: digestHome, slack: 512 };

const PERSISTENCE = [
  lua("saveState", async (cu) => { await cu.saveState(); return cu.computeSync(digestHome); }, saved),
  lua("saveState and loadState", async (cu) => { await cu.saveState(); const { found } = await cu.loadState(); return [found, cu.computeSync(digestHome)]; }, saved),
  lua("exportState", (cu) => cu.exportState().length > 100, saved),
  lua("exportState and importState", (cu) => { cu.importState(cu.exportState()); return cu.computeSync(digestHome); }, saved),
  lua("a loaded function is called", (cu) => cu.computeSync("local a, b = _home.f(), _home.shared() return a .. b .. tostring(_home.names[1] == print) .. tostring(_home.names[3]() == math)"), {
    ...saved, reset: (cu) => { cu.computeSync(fillHome); cu.importState(cu.exportState()); },
  }),
];

const CALLBACKS = [
  lua("functions that JavaScript holds", (cu) => {
    const f = cu.computeSync("local n = 0 return function(t, g) n = n + 1 return { n, t[1], g('x' .. n) } end");
    try { return f([5], (x) => `${x}!`); } finally { f[Symbol.dispose](); }
  }),
  lua("nested computations", (cu) => {
    const down = (n) => (n === 0 ? cu.computeSync("return 'bottom ' .. 0") : cu.computeSync("local down, n = ... return { down(n - 1), 's' .. n }", { args: [down, n] }));
    return JSON.stringify(down(4));
  }),
];

export const CORPUS = [...LIBRARIES, ...ERRORS, ...TABLES, ...HOME, ...PERSISTENCE, ...CALLBACKS];
