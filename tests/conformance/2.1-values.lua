-- Section 2.1 of the manual: the eight types, integers and floats, references.

-- §2.1 Values and Types
type(nil) --> "nil"
type(true), type(false) --> "boolean", "boolean"
type(1), type(1.5), type(0x10), type(1e3) --> "number", "number", "number", "number"
type(""), type("x"), type([[x]]) --> "string", "string", "string"
type(print), type(function() end), type(string.len) --> "function", "function", "function"
type({}), type(_G), type(setmetatable({}, {})) --> "table", "table", "table"
type(coroutine.create(print)) --> "thread"
type(io.stdout) --> "userdata"
type(type(1)) --> "string"
nil == false --> false
nil == 0 --> false
not nil, not false, not 0, not "", not {} --> true, true, false, false, false
if 0 then return "true" else return "false" end --> "true"
if "" then return "true" else return "false" end --> "true"
if nil then return "true" else return "false" end --> "false"
local x
return x --> nil
math.type(1), math.type(1.0), math.type("1"), math.type({}) --> "integer", "float", nil, nil
1 == 1.0 --> true
math.maxinteger + 1 == math.mininteger --> true
math.mininteger - 1 == math.maxinteger --> true
math.maxinteger * 2 --> -2
math.mininteger * -1 == math.mininteger --> true
-math.mininteger == math.mininteger --> true
math.maxinteger + 1.0 --> 9.223372036854776e+18
math.maxinteger + 0.0 == 2^63 --> true
1e308 * 10, -1e308 * 10 --> inf, -inf
0/0 ~= 0/0 --> true
2^53 == 2^53 + 1 --> true
"a\0b" == "a\0b", #"a\0b" --> true, 3
"\xff\xfe" < "\xff\xff" --> true
#"\u{20AC}" --> 3
local t = {} t[1] = "int" t[1.0] = "float" return t[1], #t --> "float", 1
local t = {} t[2^53] = 1 return math.type(next(t)) --> "integer"
local t = {} t[2^63] = 1 return math.type(next(t)) --> "float"
local t = {} t["1"] = "s" t[1] = "i" return t["1"], t[1] --> "s", "i"
local t = {} t[nil] = 1 --! c:1: table index is nil
local t = {} t[0/0] = 1 --! c:1: table index is NaN
local t = {} return t[nil], t[0/0] --> nil, nil
local t = { a = 1 } t.a = nil return next(t) --> nil
local t = {} t[-0.0] = "z" return t[0], t[0.0], math.type(next(t)) --> "z", "z", "integer"
local t = {} t[1.5] = "f" return t[1.5], t[3 / 2] --> "f", "f"
local t = {} t[true] = 1 t[false] = 2 return t[true], t[not true] --> 1, 2
local t = {} t[print] = 1 t[t] = 2 return t[print], t[t] --> 1, 2
--= a function is no key of an external table
local a, b = {}, {} return a == a, a == b, {} == {} --> true, false, false
local a = {} local b = a b.x = 1 return a.x --> 1
local function f() end local g = f return f == g, f == print --> true, false
local s = ("x"):rep(100) return s == ("x"):rep(100) --> true
local t = {} t[("k"):rep(100)] = 1 return t[("k"):rep(100)] --> 1
local t = { [math.mininteger] = 1, [math.maxinteger] = 2 } return t[math.mininteger], t[math.maxinteger] --> 1, 2
local t = { [1e300] = "big" } return t[1e300], t[10^300] --> "big", "big"
local t = { f = function() return "m" end } return t.f() --> "m"
local t = { 1, "x", { 2 }, n = 3 } return t --> {1, "x", {2}, n = 3}
local t = { [1 << 40] = 1 } t[2.0^40] = t[2^40] + 1 return t[1 << 40] --> 2
rawequal("a" .. "b", "ab") --> true
rawequal(1, 1.0), rawequal(1, "1") --> true, false
