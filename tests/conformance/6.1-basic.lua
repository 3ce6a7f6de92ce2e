-- Section 6.1 of the manual: the basic functions.

-- §6.1 Basic Functions
assert(1) --> 1
assert("a", "b") --> "a", "b"
assert(0, nil) --> 0, nil
assert() --! c:1: bad argument #1 to 'assert' (value expected)
assert(nil, nil) --! value nil
select("#", assert(1, 2, 3)) --> 3
_VERSION --> "Lua 5.4"
dofile == nil --> false
--~ > true -- there are no files
loadfile == nil --> false
--~ > true -- there are no files
getmetatable("x").__name --> nil
getmetatable() --! c:1: bad argument #1 to 'getmetatable' (value expected)
getmetatable(nil) --> nil
ipairs({ 1, 2 }) --> function, {1, 2}, 0
local f, s, c = ipairs({ "a", "b" }) return f(s, 0) --> 1, "a"
local f, s = ipairs({ "a" }) return f(s, 1) --> nil
local f, s = ipairs({ "a" }) return select("#", f(s, 1)) --> 1
ipairs(nil) --> function, nil, 0
ipairs("str") --> function, "str", 0
for i, v in ipairs("str") do return i end --> nothing
local n = 0 for i in ipairs({ 1, nil, 3 }) do n = n + 1 end return n --> 1
local s = 0 for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i <= 3 then return i end end })) do s = s + v end return s --> 6
load("return 1")() --> 1
load("return ...", "=c")(1, 2) --> 1, 2
load("syntax error here") --> nil, "[string \"syntax error here\"]:1: syntax error near 'error'"
load("x", "@file") --> nil, "file:1: syntax error near <eof>"
load("x", "=name") --> nil, "name:1: syntax error near <eof>"
load("x", "chunk") --> nil, "[string \"chunk\"]:1: syntax error near <eof>"
load("return 1", "n", "b") --> nil, "attempt to load a text chunk (mode is 'b')"
load("return 1", "n", "t")() --> 1
load("return 1", "n", "bt")() --> 1
load("\27Lua", "n", "t") --> nil, "attempt to load a binary chunk (mode is 't')"
load(string.dump(load("return 7")), "n", "b")() --> 7
--~ ! c:1: attempt to call a nil value -- `load` takes text only
load(string.dump(load("return 7")), "n", "t") --> nil, "attempt to load a binary chunk (mode is 't')"
load(5)() --! c:1: attempt to call a nil value
load(nil) --! c:1: bad argument #1 to 'load' (function expected, got nil)
load({}) --! c:1: bad argument #1 to 'load' (function expected, got table)
load() --! c:1: bad argument #1 to 'load' (function expected, got no value)
load("x = 1", "n", "t", 5) ~= nil --> true
load("x = 1", "n", "t", 5)() --! [string "n"]:1: attempt to index a number value (upvalue '_ENV')
load("return a", "n", "t", { a = 9 })() --> 9
load("a = 1 return _ENV", "n", "t", {})() --> {a = 1}
local i = 0 load(function() i = i + 1 return ({ "return", " ", "i" })[i] end, "n", "t", { i = 4 })() return i --> 4
load(function() error("reader", 0) end) --> nil, "reader"
load(function() error({}) end) --> nil, {}
local i = 0 return load(function() i = i + 1 if i == 1 then return "return 5" elseif i == 2 then return "" else error("read on") end end)() --> 5
local f = load("local a, b = ... ; return function() a = a + 1; return a + b end") local g = f(1, 2) return g(), g() --> 4, 5
next({}) --> nil
next({ a = 1 }) --> "a", 1
next({ a = 1 }, "a") --> nil
next({ 10, 20 }, 1) --> 2, 20
next({}, 1) --! invalid key to 'next'
--= the error has a position
next() --! c:1: bad argument #1 to 'next' (table expected, got no value)
next(5) --! c:1: bad argument #1 to 'next' (table expected, got number)
next({ 1 }, 1.0) --! invalid key to 'next'
--= a float key is the integer
next({ 1, 2 }, 1.0) --! invalid key to 'next'
--= a float key is the integer
local t = { a = 1, b = 2, c = 3 } local n = 0 local k = next(t) while k do n = n + t[k] k = next(t, k) end return n --> 6
local t = { a = 1, b = 2 } local k = next(t) t[k] = nil return (next(t, k)) ~= k --> true
pairs({ 1 }) --> function, {1}, nil
pairs({}) == next --> true
pairs("x") --> function, "x", nil
pairs(nil) --> function, nil, nil
local n = 0 for k, v in pairs({ 1, 2, x = 3, [1.5] = 4, [true] = 5 }) do n = n + v end return n --> 15
pcall(print) --> true | \n
print() --> nothing | \n
print(1, 2.0, "x", nil, true) --> nothing | 1\t2.0\tx\tnil\ttrue\n
print(setmetatable({}, { __tostring = function() return "custom" end })) --> nothing | custom\n
print(setmetatable({}, { __name = "Name", __tostring = function(t) return "own" end })) --> nothing | own\n
print("a\0b"):x() --! c:1: attempt to index a nil value | a\0b\n
print("multi\nline") --> nothing | multi\nline\n
print(-0.0, 1e100, 2^53, 1e15, 0.1) --> nothing | -0.0\t1e+100\t9.007199254741e+15\t1e+15\t0.1\n
print(math.huge, -math.huge, math.maxinteger, math.mininteger) --> nothing | inf\t-inf\t9223372036854775807\t-9223372036854775808\n
rawequal(1, 1) --> true
rawequal("a", "a") --> true
rawequal({}, {}) --> false
rawequal(1) --! c:1: bad argument #2 to 'rawequal' (value expected)
rawequal(nil, nil), rawequal(nil, false) --> true, false
rawget({ a = 1 }, "a") --> 1
rawget({}, nil) --> nil
rawget(1, 2) --! c:1: bad argument #1 to 'rawget' (table expected, got number)
rawget("x", 1) --! c:1: bad argument #1 to 'rawget' (table expected, got string)
rawget({}) --! c:1: bad argument #2 to 'rawget' (value expected)
rawlen({ 1, 2, 3 }) --> 3
rawlen("abc") --> 3
rawlen(5) --! c:1: bad argument #1 to 'rawlen' (table or string expected, got number)
rawlen() --! c:1: bad argument #1 to 'rawlen' (table or string expected, got no value)
rawset({}, "a", 1) --> {a = 1}
rawset({}, nil, 1) --! table index is nil
--= the error has a position
rawset({}, 0/0, 1) --! table index is NaN
--= the error has a position
rawset(1, 2, 3) --! c:1: bad argument #1 to 'rawset' (table expected, got number)
rawset(setmetatable({}, { __newindex = error }), "k", 1) --> {k = 1}
select(1, "a", "b") --> "a", "b"
select(2, "a", "b") --> "b"
select(3, "a", "b") --> nothing
select(-1, "a", "b") --> "b"
select(-2, "a", "b") --> "a", "b"
select(-3, "a", "b") --! c:1: bad argument #1 to 'select' (index out of range)
select(0) --! c:1: bad argument #1 to 'select' (index out of range)
select("#") --> 0
select("#", nil, nil) --> 2
select("2", "a", "b") --> "b"
select(2.0, "a", "b") --> "b"
select(1.5) --! c:1: bad argument #1 to 'select' (number has no integer representation)
select("x") --! c:1: bad argument #1 to 'select' (number expected, got string)
select() --! c:1: bad argument #1 to 'select' (number expected, got no value)
setmetatable({ 1 }, nil) --> {1}
setmetatable({}, { __metatable = "m" }) ~= nil --> true
tonumber("10") --> 10
tonumber("10.5") --> 10.5
tonumber("  10  ") --> 10
tonumber("0x1F") --> 31
tonumber("1e2") --> 100.0
tonumber("") --> nil
tonumber(" ") --> nil
tonumber("10a") --> nil
tonumber("1 0") --> nil
tonumber("0x1.8") --> 1.5
tonumber("0x1p-2") --> 0.25
tonumber("inf"), tonumber("nan") --> nil, nil
tonumber(10), tonumber(10.5) --> 10, 10.5
tonumber(nil) --> nil
tonumber({}) --> nil
tonumber(true) --> nil
tonumber() --! c:1: bad argument #1 to 'tonumber' (value expected)
tonumber("10", 2) --> 2
tonumber("ff", 16) --> 255
tonumber("FF", 16) --> 255
tonumber("zz", 36) --> 1295
tonumber("Zz", 36) --> 1295
tonumber("8", 8) --> nil
tonumber("77", 8) --> 63
tonumber("-ff", 16) --> -255
tonumber("  11  ", 2) --> 3
tonumber("1e1", 16) --> 481
tonumber("1.0", 10) --> nil
tonumber("", 10) --> nil
tonumber("7fffffffffffffff", 16) == math.maxinteger --> true
tonumber("ffffffffffffffff", 16) --> -1
tonumber("1ffffffffffffffff", 16) --> -1
tonumber("10", 1) --! c:1: bad argument #2 to 'tonumber' (base out of range)
tonumber("10", 37) --! c:1: bad argument #2 to 'tonumber' (base out of range)
tonumber(10, 10) --! c:1: bad argument #1 to 'tonumber' (string expected, got number)
tonumber("10", "x") --! c:1: bad argument #2 to 'tonumber' (number expected, got string)
tonumber("1" .. ("0"):rep(20)) --> 1e+20
tonumber("9223372036854775807") --> 9223372036854775807
tonumber("-9223372036854775808") --> -9223372036854775808
tonumber("9223372036854775808") --> 9.223372036854776e+18
tonumber("0b1") --> nil
tonumber("1_000") --> nil
tonumber("٣") --> nil
tonumber("1e308"), tonumber("1e309") --> 1e+308, inf
tonumber("5e-324"), tonumber("1e-400") --> 4.94065645841247e-324, 0.0
tostring(nil), tostring(true), tostring(false) --> "nil", "true", "false"
tostring(12), tostring(-7), tostring(1.5) --> "12", "-7", "1.5"
tostring("s") --> "s"
tostring(setmetatable({}, { __tostring = function(t) return "obj" end })) --> "obj"
tostring(setmetatable({}, { __tostring = function() end })) --! c:1: '__tostring' must return a string
tostring({}):match("^table: ") --> "table: "
tostring(print):match("^builtin") == nil --> true
tostring(coroutine.create(print)):match("^thread: ") --> "thread: "
tostring(3.0), tostring(1e3), tostring(-1e-7) --> "3.0", "1000.0", "-1e-07"
tostring(1e15), tostring(123456789.123) --> "1e+15", "123456789.123"
type(nil), type(type) --> "nil", "function"
xpcall(function(a) return a end, print, 3) --> true, 3
collectgarbage("count") // 1 > 0 --> true
collectgarbage("step") ~= nil --> true
_G.print == print, _G.string == string --> true, true
rawequal(_G, _ENV) --> false
local r = {} for _, n in ipairs { "assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable",
  "tonumber", "tostring", "type", "warn", "xpcall" } do if type(_G[n]) ~= "function" then r[#r + 1] = n end end return r --> {}
