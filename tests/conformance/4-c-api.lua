-- Sections 4 and 5 of the manual describe the C API; these checks are what Lua code sees of it: limits of the stack, functions of C
-- with upvalues, the registry, statuses, yields across C, messages of the auxiliary library.

-- §4.1.1 Stack Size
select("#", table.unpack({}, 1, 5000)) --> 5000
pcall(table.unpack, {}, 1, 1e6) --> false, "too many results to unpack"
pcall(table.unpack, {}, 1, 1e7) --> false, "too many results to unpack"
pcall(table.unpack, {}, math.mininteger, math.maxinteger) --> false, "too many results to unpack"
select("#", ("x"):rep(5000):byte(1, -1)) --> 5000
select(2, pcall(string.byte, ("x"):rep(100000), 1, -1)) --> "stack overflow (string slice too long)"
local function f() return f() + 1 end local ok, e = pcall(f) return ok, e:match("stack overflow") --> false, "stack overflow"
local function f(...) return select("#", ...) end return f(table.unpack({}, 1, 200)) --> 200
select("#", string.char(1, 2, 3):byte(1, 3)) --> 3
local n = 0 local function f() n = n + 1 f() end pcall(f) return n > 1000 --> true
local co = coroutine.wrap(function() return pcall(function() local function f() return f() + 1 end f() end) end) return (co()) --> false
local t = {} for i = 1, 3000 do t[i] = i end return select("#", table.unpack(t)) --> 3000
coroutine.wrap(function(...) return select("#", ...) end)(table.unpack({}, 1, 3000)) --> 3000

-- §4.1.2 Valid and Acceptable Indices
math.abs() --! c:1: bad argument #1 to 'abs' (number expected, got no value)
string.rep("x") --! c:1: bad argument #2 to 'rep' (number expected, got no value)
string.rep("x", nil) --! c:1: bad argument #2 to 'rep' (number expected, got nil)
rawset({}, 1) --! c:1: bad argument #3 to 'rawset' (value expected)
rawset({}, 1, nil) --> {}
tostring() --! c:1: bad argument #1 to 'tostring' (value expected)
tostring(nil) --> "nil"
type() --! c:1: bad argument #1 to 'type' (value expected)
select("#") --> 0
math.type() --! c:1: bad argument #1 to 'type' (value expected)

-- §4.1.3 Pointers to Strings
("a\0b"):len(), ("a\0b"):byte(2) --> 3, 0
("a\0b"):upper() --> "A\0B"
("%s"):format("a\0b") --> "a\0b"
("%q"):format("a\0b") --> "\"a\\0b\""
tonumber("1\0") --> nil
load("return 'x\0y'")() --> "x\0y"
("a\0b"):find("\0", 1, true) --> 2, 2
("a\0b"):find("%z") --> 2, 2
("%d\0"):format(5) --> "5\0"
("%5s"):format("a\0b") --! c:1: bad argument #1 to 'format' (string contains zeros)
error("a\0b", 0) --! a\0b

-- §4.2 C Closures
local it = ("a b"):gmatch("%a") return it(), it(), it() --> "a", "b"
local a, b = ("xy"):gmatch("."), ("zw"):gmatch(".") return a(), b(), a(), b() --> "x", "z", "y", "w"
local f = coroutine.wrap(function(x) while true do x = coroutine.yield(x) end end) return f(1), f(2) --> 1, 2
coroutine.wrap(print) ~= coroutine.wrap(print) --> true
debug.getupvalue(string.rep, 1) --> nothing
debug.getinfo(print, "u").nups, debug.getinfo(print, "u").isvararg --> 0, true

-- §4.3 Registry
type(debug.getregistry()) --> "table"
debug.getregistry() == debug.getregistry() --> true
debug.getregistry()._LOADED == package.loaded --> true
debug.getregistry()._PRELOAD == package.preload --> true
package.loaded._G == _G --> true
package.loaded.string == string --> true
package.loaded.coroutine == coroutine --> true

-- §4.4 Error Handling in C
pcall(error, "msg") --> false, "msg"
pcall(string.rep, "x", -1) --> true, ""
select(2, pcall(string.rep, "x", 1 << 62, "abc")) --> "resulting string too large"
pcall(string.rep, ("x"):rep(100), math.maxinteger) --> false, "resulting string too large"
local ok, e = xpcall(function() local t = setmetatable({}, { __index = function() error("idx") end }) return t.x end, function(m) return "H:" .. m end) return e --> "H:c:1: idx"
pcall(next, {}, "nokey") --> false, "invalid key to 'next'"
pcall(ipairs) --> false, "bad argument #1 to 'ipairs' (value expected)"
pcall(table.concat, { {} }) --> false, "invalid value (table) at index 1 in table for 'concat'"
pcall(table.sort, { 1, "x" }) --> false, "attempt to compare string with number"
pcall(coroutine.resume, 1) --> false, "bad argument #1 to 'coroutine.resume' (thread expected, got number)"

-- §4.4.1 Status Codes
pcall(function() end) --> true
pcall(error) --> false, nil
xpcall(error, error) --> false, "error in error handling"
select(2, load("x")) --> "[string \"x\"]:1: syntax error near <eof>"
xpcall(error, function() error("handler") end) == false --> true
select(2, xpcall(error, function(m) local x = nil + 1 end)) --> "error in error handling"
select(2, pcall(coroutine.yield)) --> "attempt to yield from outside a coroutine"
coroutine.status(coroutine.create(print)) --> "suspended"
local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return coroutine.status(co) --> "suspended"

-- §4.5 Handling Yields in C
coroutine.wrap(function() return pcall(coroutine.yield, 1) end)() --> 1
local f = coroutine.wrap(function() return pcall(coroutine.yield, 1) end) f() return f(2, 3) --> true, 2, 3
local f = coroutine.wrap(function() return xpcall(coroutine.yield, print, 1) end) return f(), f("r") --> 1, true, "r"
local f = coroutine.wrap(function() return pcall(pcall, pcall, coroutine.yield, "deep") end) return f(), f("x") --> "deep", true, true, true, "x"
local f = coroutine.wrap(function() return pcall(function() pcall(coroutine.yield, "a") error("b", 0) end) end) return f(), f() --> "a", false, "b"
local f = coroutine.wrap(function() return select(2, pcall(table.sort, { 2, 1 }, coroutine.yield)) end) return f() --> "attempt to yield across a C-call boundary"
local f = coroutine.wrap(function() return select(2, pcall(string.gsub, "x", "x", coroutine.yield)) end) return f() --> "attempt to yield across a C-call boundary"
local f = coroutine.wrap(function() return select(2, pcall(load, coroutine.yield)) end) return f() --> nil, "attempt to yield across a C-call boundary"
local f = coroutine.wrap(function() return select(2, load(coroutine.yield)) end) return f() --> "attempt to yield across a C-call boundary"
local t = setmetatable({}, { __index = coroutine.yield }) local f = coroutine.wrap(function() return t.k end) f() return f("v") --> "v"
local t = setmetatable({}, { __index = function(_, i) return coroutine.yield(i) end, __len = function() return 1 end })
local f = coroutine.wrap(function() return pcall(table.concat, t) end) return f() --> false, "attempt to yield across a C-call boundary"
local f = coroutine.wrap(function() return require("no" .. coroutine.yield(1)) end) f() return (pcall(f, "module")) --> false
local f = coroutine.wrap(function() return dofile == nil or dofile end) return f() ~= nil --> true
local f = coroutine.wrap(function() local r = {} for i, v in ipairs(setmetatable({}, { __index = function(_, i) return coroutine.yield(i) end })) do r[i] = v end return r end) f() f("a") f("b")
return f(nil) --! c:1: attempt to yield across a C-call boundary

-- §4.6 Functions and Types
math.maxinteger == (1 << 63) - 1, math.mininteger == 1 << 63 --> true, true
string.packsize("j"), string.packsize("n") --> 8, 8
math.type(2^31 | 0) --> "integer"
string.format("%d", math.mininteger) --> "-9223372036854775808"
rawequal("a", "a"), rawequal({}, {}) --> true, false
rawlen({ 1, 2 }), rawlen("abc") --> 2, 3
rawget(setmetatable({}, { __index = function() return 1 end }), "x") --> nil
next({}) --> nil
next({ 1 }) --> 1, 1
next({ 1 }, 1) --> nil
1 < 2, "a" < "b", 1 <= 1.5 --> true, true, true
tostring(1e15), tostring(1e16), tostring(-1e15) --> "1e+15", "1e+16", "-1e+15"
tostring(123456789012), tostring(123456789012.0) --> "123456789012", "123456789012.0"
tostring(2^63), tostring(-2^63) --> "9.2233720368548e+18", "-9.2233720368548e+18"
tonumber("  0x1p4  "), tonumber("1e1"), tonumber("0x") --> 16.0, 10.0, nil
load(string.dump(function() return 1 end)) == nil --> false
--~ > true -- `load` takes text only
string.dump(function() end):sub(1, 4) --> "\x1bLua"
pcall(string.dump, print) --> false, "unable to dump given function"
collectgarbage("count") < 1000000 --> true

-- §4.7 The Debug Interface
debug.getinfo(1, "l").currentline --> 1
debug.getinfo(print, "S").what --> "C"
debug.getinfo(function() end, "S").what --> "Lua"
debug.getinfo(1, "S").what --> "main"
debug.getinfo(1, "S").short_src, debug.getinfo(1, "S").source --> "c", "=c"
debug.getinfo(100) --> nil
local function f(a, b, ...) end local i = debug.getinfo(f, "u") return i.nparams, i.isvararg, i.nups --> 2, true, 0
local function f() return debug.getinfo(1, "n").name end local r = f() return r --> "f"
local t = { m = function() return debug.getinfo(1, "n").namewhat end } local r = t:m() return r --> "method"
local n = 0 debug.sethook(function() n = n + 1 end, "l") local a = 1
local b = 2
debug.sethook() return n --> 2
local log = {} debug.sethook(function(e) log[#log + 1] = e end, "cr") math.abs(1) debug.sethook() return log --> {"return", "call", "return", "call"}

-- §5.1 Functions and Types of the auxiliary library
("x"):rep(1, 2, 3) --> "x"
setmetatable(1, {}) --! c:1: bad argument #1 to 'setmetatable' (table expected, got number)
collectgarbage({}) --! c:1: bad argument #1 to 'collectgarbage' (string expected, got table)
io.stdout:setvbuf("bad") --! c:1: bad argument #1 to 'setvbuf' (invalid option 'bad')
("x").rep() --! c:1: bad argument #1 to 'rep' (string expected, got no value)
math.floor({}) --! c:1: bad argument #1 to 'floor' (number expected, got table)
math.floor("x") --! c:1: bad argument #1 to 'floor' (number expected, got string)
math.random(1.5) --! c:1: bad argument #1 to 'random' (number has no integer representation)
local s = "x" s:rep({}) --! c:1: bad argument #1 to 'rep' (number expected, got table)
string.rep("x", {}) --! c:1: bad argument #2 to 'rep' (number expected, got table)
local t = { insert = table.insert } t.insert(1, 2) --! c:1: bad argument #1 to 'insert' (table expected, got number)
local f = string.rep f() --! c:1: bad argument #1 to 'f' (string expected, got no value)
string.rep(io.stdout) --! c:1: bad argument #1 to 'rep' (string expected, got FILE*)
io.stdout.write(1) --! c:1: bad argument #1 to 'write' (FILE* expected, got number)
io.stdout.write({}) --! c:1: bad argument #1 to 'write' (FILE* expected, got table)
io.stdout:write({}) --! c:1: bad argument #1 to 'write' (string expected, got table)
io.write(nil) --! c:1: bad argument #1 to 'write' (string expected, got nil)
tostring(setmetatable({}, { __name = "N" })):match("^N: ") --> "N: "
tostring(print):match("^[^:]*") --> "function"
table.concat(setmetatable({}, { __len = function() return 1.5 end })) --! c:1: object length is not an integer
table.concat(setmetatable({}, { __len = function() return "2" end }), ",") --! c:1: invalid value (nil) at index 1 in table for 'concat'
#setmetatable({}, { __len = function() return "x" end }) --> "x"
table.unpack(setmetatable({}, { __len = function() return {} end })) --! c:1: object length is not an integer
debug.traceback("m", 1):match("^m\nstack traceback:\n\tc:1: in ") --> "m\nstack traceback:\n\tc:1: in "
debug.traceback({}) --> {}
type(debug.traceback(nil)) --> "string"
debug.traceback(5) ~= nil --> true
load(("x = 1 "):rep(2000)) ~= nil --> true
#table.concat({ ("x"):rep(3000), ("y"):rep(3000) }) --> 6000
#("x"):rep(20000):gsub("x", "yy") --> 40000
#string.format("%s%s", ("x"):rep(1500), ("y"):rep(1500)) --> 3000
local parts = {} for i = 1, 500 do parts[i] = "part" .. i end return #table.concat(parts, ",") --> 3891
