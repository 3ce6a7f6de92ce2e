// Programs that show what could differ from host to host and from run to run: addresses, hashes, orders, clocks, random numbers, the moments
// at which the collector runs, and what becomes of functions that are stored. Where they look at addresses, they print them.

/** The same on every host. */
export const ROWS = [
  // Addresses, alone and as keys, whose order in a table follows from them.
  `print({}, print, function() end, coroutine.create(print), io.stdout, bigint.new(5), _home, _io, ext.table(), ext.null)`,
  `local t = {} for i = 1, 200 do t[{}] = i end for k, v in pairs(t) do print(k, v) end`,
  `local t = {} for i = 1, 50 do t[function() return i end] = i t[coroutine.create(print)] = -i end for k, v in pairs(t) do print(k, v) end`,
  `local t = {} for i = 1, 100 do t[i % 3 == 0 and {} or i % 3 == 1 and "k" .. i or i / 2] = i end for k, v in next, t do print(k, v) end`,
  `for k, v in pairs(string) do print(k, v) end for k, v in pairs(package.loaded) do print(k, v) end for k, v in pairs(debug.getinfo(1)) do print(k, v) end`,
  `for i = 1, 20 do print(string.format("%p %p", {}, "a string that is long enough not to be interned " .. i)) end`,
  `local t = setmetatable({}, { __mode = "k" }) for i = 1, 500 do t[{}] = i end collectgarbage("step", 20) for k, v in pairs(t) do print(k, v) end`,
  // Hashes of strings, which the seed decides.
  `local t = {} for i = 1, 300 do t["key" .. i * 31] = i end for k, v in pairs(t) do print(k, v) end`,
  `local t = {} for w in ("the quick brown fox jumps over the lazy dog again and again until dawn"):gmatch("%a+") do t[w] = #w end for k, v in pairs(t) do print(k, v) end`,
  `local t = {} for i = 1, 64 do t[("x"):rep(i)] = i t[("y"):rep(i + 40)] = i end local n for k in pairs(t) do io.write(#k, " ") end print()`,
  `local t = {} for i = 1, 100 do t["k" .. i] = i end for i = 1, 100, 2 do t["k" .. i] = nil end for i = 1, 30 do t[i * 0.5] = i end for k, v in pairs(t) do print(k, v) end`,
  // Random numbers and clocks.
  `for i = 1, 20 do print(math.random(), math.random(100), math.random(0)) end`,
  `math.randomseed(42) print(math.random(0), math.random(10)) math.randomseed(1, 2) print(math.random(0)) print(math.randomseed())`,
  `print(os.time(), os.clock(), os.date(), os.date("!%c"), os.date("*t").yday, os.time({ year = 2024, month = 2, day = 30 }), os.difftime(os.time(), 0))`,
  `local t = os.date("*t") local keys = {} for k, v in pairs(t) do print(k, v) end print(os.getenv and os.getenv("HOME"), os.tmpname)`,
  `local s = {} for i = 1, 2000 do s[i] = math.random(10000) end table.sort(s) print(table.concat(s, " ", 1, 40)) table.sort(s, function(a, b) return a > b end) print(s[1])`,
  // Errors: messages, positions, tracebacks, with the names that Lua finds for functions and variables.
  `error({})`,
  `error(setmetatable({}, { __tostring = function(e) return "an error at " .. ("%p"):format(e) end }))`,
  `local function f(n) if n == 0 then local x = nil; return x.y end return f(n - 1) + 1 end f(30)`,
  `return 1 + {}`,
  `local t = setmetatable({}, { __name = "My.Type" }) return t < 1`,
  `string.rep("x", -1)() `,
  `print(pcall(string.rep, "x", 1 << 40)) print(pcall(string.format, "%d", 1.5)) print(pcall(("x").bad)) print(select("#", pcall(error)))`,
  `local function f() return f() + 1 end print(pcall(f)) print(xpcall(f, function(m) return #debug.traceback(m) end))`,
  `print(xpcall(function() local s = {} while true do s[#s + 1] = ("x"):rep(1000 + #s) end end, function(m) return m end)) print(collectgarbage("count"))`,
  `print(load("x = = 1")) print(load("for")) print(load("goto x")) print(load("x = '\\\\q'", "=name"))`,
  `coroutine.wrap(function() error("inside") end)()`,
  `local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function(...) print("close", ...) end }) error(print) end) print(coroutine.resume(co)) print(coroutine.close(co), co)`,
  `require "nothing"`,
  `print(debug.traceback("here", 1)) print(debug.traceback(coroutine.create(print))) local f = debug.getinfo(print) for k, v in pairs(f) do print(k, v) end`,
  // The collector: when it runs, what it finds, in which order finalizers run.
  `for i = 1, 300 do setmetatable({}, { __gc = function(o) print("gc", i, o) end }) end for i = 1, 100 do local s = ("x"):rep(i * 100) end print(collectgarbage("count"))`,
  `keep = {} for i = 1, 20 do keep[i] = setmetatable({}, { __gc = function(o) print("at the end", i, o) end }) end`,
  `local n = 0 local function again() setmetatable({}, { __gc = function() n = n + 1 again() end }) end again() for i = 1, 3000 do local t = { i } end print(n, collectgarbage("count"))`,
  `collectgarbage("generational") for i = 1, 3000 do local t = { {}, i .. "" } end print(collectgarbage("count")) collectgarbage("incremental") print(collectgarbage("count"))`,
  `local w = setmetatable({}, { __mode = "v" }) for i = 1, 1000 do w[i] = { i } end local n = 0 for _ in pairs(w) do n = n + 1 end print(n, collectgarbage("count"))`,
  `for i = 1, 200 do print(i, collectgarbage("count")) local t = {} for k = 1, i do t[k] = k end end`,
  `setmetatable({}, { __gc = function() error("in a finalizer") end }) collectgarbage() print(collectgarbage("count"))`,
  `local t = {} for i = 1, 20 do t[i] = setmetatable({}, { __gc = function(o) _home["f" .. i] = tostring(o) end }) end t = nil collectgarbage()`,
  // _home: order, values, tables that come and go.
  `_home.t = { 1, 2, 3, x = { y = { z = true } }, [1.5] = "f", [true] = false } for k, v in pairs(_home.t) do print(k, v) end print(#_home.t)`,
  `for i = 1, 100 do _home["k" .. i * 7] = i end for i = 1, 100, 3 do _home["k" .. i * 7] = nil end for k, v in pairs(_home) do print(k, v) end`,
  `_home.a, _home.b = {}, {} _home.a.b, _home.b.a = _home.b, _home.a _home.a = nil collectgarbage() print(_home.b.a.b == _home.b)`,
  `_home.list = {} for i = 1, 500 do _home.list[i] = i * i end table.sort(_home.list, function(a, b) return a > b end) print(table.concat(_home.list, ",", 1, 10)) table.remove(_home.list, 1)`,
  `_home.big = bigint.new(2) ^ 300 _home[bigint.new(3) ^ 70] = -0.0 _home.n = 0/0 _home.i = math.mininteger _home.s = "\\0\\255" _home.null = ext.null`,
  // External tables: handles and proxies, as keys too.
  `local t = {} for i = 1, 100 do t[ext.table()] = i end for k, v in pairs(t) do print(k, v) end`,
  `for i = 1, 3000 do local t = ext.table() t.x = i end print(collectgarbage("count"))`,
  `local t = ext.table() for i = 1, 50 do t[i] = { i } end for i = 1, 50, 2 do t[i] = nil end for k, v in pairs(t) do print(k, v.x, v[1]) end print(#t)`,
  `for i = 1, 3000 do _home["interned" .. i] = i end local n = 0 for i = 1, 3000 do n = n + _home["interned" .. i] end print(n, collectgarbage("count"))`,
  // Text of numbers and mathematics.
  `for i = -20, 20 do local x = 1.1 ^ (i * 17) print(x, -x, string.format("%.17g %a %e", x, x, x)) end print(0/0, -(0/0), 1/0, -1/0, -0.0, 2^53, 1e15, 1e16)`,
  `for i = 1, 60 do local x = i * 0.37 print(math.sin(x), math.cos(x), math.tan(x), math.exp(x), math.log(x), math.log(x, 10), x ^ 0.3, math.atan(x, 2), math.asin(x % 1), math.fmod(x, 0.7)) end`,
  `print(string.pack("<d", 0.1):byte(1, -1)) print(("%q"):format(1/3), tostring(1e100), 10 // 0.3, 10 % -0.3, tonumber("0x1.8p3"), tonumber("1e400"))`,
  `local b = bigint.new(1) for i = 1, 100 do b = b * i end print(b, #tostring(b), bigint.sqrt(b), b % 1000003, collectgarbage("count"))`,
  // Memory that runs out, at the same place.
  `local t, n = {}, 0 local ok, m = pcall(function() while true do n = n + 1 t[n] = { n, tostring(n) } end end) t = nil print(ok, m, n) print(collectgarbage("count"))`,
  `local n = 0 print(pcall(function() local s = "x" while true do s = s .. s n = n + 1 end end)) print(n)
    print(pcall(string.rep, "abc", 400000)) print(pcall(table.concat, { ("y"):rep(300000), ("z"):rep(300000), ("w"):rep(300000) }))`,
  `local co = {} print(pcall(function() for i = 1, 1e6 do co[i] = coroutine.wrap(function() coroutine.yield(i) end) co[i]() end end)) local n = #co co = nil print(n) collectgarbage() print(collectgarbage("count"))`,
];

/**
 * Here the host calls the module to take functions apart, when it sees fit, or says in words of its own what it cannot keep. So on another
 * host memory and addresses are others.
 */
export const HOST_ROWS = [
  `_home.x = coroutine.create(print)`,
  `print(pcall(function() _home.t = { a = { b = io.stdout } } end)) print(pcall(function() _home[nil] = 1 end)) print(pcall(function() _home.t = _G end))`,
  `local n = 0 function _home.count(d) n = n + (d or 1) return n end function _home.get() return n end print(_home.count(), _home.count(5), _home.get())`,
  `local log = {} _home.log = log function _home.write(x) log[#log + 1] = x return #log end for i = 1, 20 do _home.write(i) end print(_home.log == log, #log)`,
  `local odd function _home.even(n) return n == 0 or odd(n - 1) end function odd(n) return n ~= 0 and _home.even(n - 1) end print(_home.even(20), odd)`,
  `for i = 1, 40 do _home["f" .. i] = function(x) return x + i end end for i = 1, 40 do _home.sum = (_home.sum or 0) + _home["f" .. i](i) end print(_home.sum)`,
  `local C = {} C.__index = C function C.new(x) return setmetatable({ x = x }, C) end function C:get() return self.x end _home.C, _home.o = C, C.new(5) print(_home.o:get())`,
  `_home.print, _home.format, _home.g = print, string.format, function() return print, string.format, _G, _home end print(_home.g())`,
  `_home.make = function(n) local t = {} for i = 1, n do t[i] = function() return i, t end end return t end local t = _home.make(5) _home.t = { t[1], t[3] } print(_home.t[2]())`,
  `function _home.fail(x) local t = x; return t.a.b end print(pcall(_home.fail, {})) print(xpcall(_home.fail, debug.traceback, 1))`,
  `for round = 1, 30 do _home.f = function() return round end _home.t = { round, f = _home.f } end collectgarbage() print(_home.f(), _home.t.f())`,
  `local s = ("long "):rep(20000) _home.s = s function _home.len() return #s end print(_home.len(), #_home.s)`,
  `_io.output = { 1, { 2 }, f = function() end } local n = 0 for k, v in pairs(_io.output) do print(k, v) end`,
];
