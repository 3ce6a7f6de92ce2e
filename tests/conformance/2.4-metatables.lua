-- Section 2.4 of the manual: every metamethod, with operands on either side, results adjusted, values that are no functions.

-- §2.4 Metatables and Metamethods
getmetatable({}) --> nil
getmetatable(1), getmetatable(true), getmetatable(print) --> nil, nil, nil
getmetatable("").__index == string --> true
local m = {} return getmetatable(setmetatable({}, m)) == m --> true
local m = { __metatable = "locked" } return getmetatable(setmetatable({}, m)) --> "locked"
setmetatable(setmetatable({}, { __metatable = false }), {}) --! c:1: cannot change a protected metatable
setmetatable(setmetatable({}, { __metatable = nil }), nil) --> {}
setmetatable({}, 1) --! c:1: bad argument #2 to 'setmetatable' (nil or table expected, got number)
setmetatable({}) --! c:1: bad argument #2 to 'setmetatable' (nil or table expected, got no value)
getmetatable(setmetatable({}, { __metatable = false })) --> false
local t = {} return setmetatable(t, {}) == t --> true
--= such a table may have to outlive the instance, and a metatable would be lost
local t = setmetatable({}, { __add = function() return "add" end }) return t + 1, 1 + t, t + t, "x" + t --> "add", "add", "add", "add"
local t = setmetatable({}, { __sub = function() return "sub" end }) return t - 1, 1 - t, t - t --> "sub", "sub", "sub"
local t = setmetatable({}, { __mul = function() return "mul" end }) return t * 1, 1.5 * t --> "mul", "mul"
local t = setmetatable({}, { __div = function() return "div" end }) return t / 1, 1 / t --> "div", "div"
local t = setmetatable({}, { __mod = function() return "mod" end }) return t % 1, 1 % t --> "mod", "mod"
local t = setmetatable({}, { __pow = function() return "pow" end }) return t ^ 1, 1 ^ t --> "pow", "pow"
local t = setmetatable({}, { __unm = function() return "unm" end }) return -t --> "unm"
local t = setmetatable({}, { __idiv = function() return "idiv" end }) return t // 1, 1 // t --> "idiv", "idiv"
local t = setmetatable({}, { __band = function() return "band" end }) return t & 1, 1 & t, 1.5 & t --> "band", "band", "band"
local t = setmetatable({}, { __bor = function() return "bor" end }) return t | 1, 1 | t --> "bor", "bor"
local t = setmetatable({}, { __bxor = function() return "bxor" end }) return t ~ 1, 1 ~ t --> "bxor", "bxor"
local t = setmetatable({}, { __bnot = function() return "bnot" end }) return ~t --> "bnot"
local t = setmetatable({}, { __shl = function() return "shl" end }) return t << 1, 1 << t --> "shl", "shl"
local t = setmetatable({}, { __shr = function() return "shr" end }) return t >> 1, 1 >> t --> "shr", "shr"
local t = setmetatable({}, { __concat = function() return "cat" end }) return t .. "x", "x" .. t, 1 .. t, t .. t --> "cat", "cat", "cat", "cat"
local t = setmetatable({}, { __len = function() return "len" end }) return #t --> "len"
local t = setmetatable({}, { __eq = function() return true end }) return t == {}, {} == t, t == 1, t ~= {} --> true, true, false, false
local t = setmetatable({}, { __lt = function() return true end }) return t < 1, 1 < t, t > 1, t < t --> true, true, true, true
local t = setmetatable({}, { __le = function() return true end }) return t <= 1, 1 <= t, t >= 1 --> true, true, true
local t = setmetatable({}, { __index = function(_, k) return k end }) return t.x, t[1], t[2.5] --> "x", 1, 2.5
local t = setmetatable({}, { __index = { a = 1 } }) return t.a, t.b --> 1, nil
local t = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v * 2) end }) t.x = 4 return t.x --> 8
local store = {} local t = setmetatable({}, { __newindex = store }) t.x = 4 return rawget(t, "x"), store.x --> nil, 4
local t = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end }) return t(1, nil) --> 2, 1, nil
local m = {} m.__add = function(a, b) return a, b end local t = setmetatable({}, m) return select("#", (t + 1)) --> 1
local m = { __add = function(a, b) return a == nil, b == nil, 3 end } return setmetatable({}, m) + 1 --> false
local m = { __add = function() end } return setmetatable({}, m) + 1 --> nil
local m = { __eq = function() return 1 end } return setmetatable({}, m) == setmetatable({}, m) --> true
local m = { __eq = function() return nil end } return setmetatable({}, m) == setmetatable({}, m) --> false
local m = { __lt = function() return "yes" end } return setmetatable({}, m) < 1 --> true
local m = { __lt = function() return nil end } return setmetatable({}, m) < 1 --> false
local m = { __le = function() return 0 end } return setmetatable({}, m) <= 1 --> true
local a = setmetatable({}, { __add = function() return "first" end })
local b = setmetatable({}, { __add = function() return "second" end })
return a + b, b + a --> "first", "second"
local a = setmetatable({}, {})
local b = setmetatable({}, { __add = function() return "second" end })
return a + b --> "second"
local a = setmetatable({}, { __eq = function() return true end }) local b = setmetatable({}, { __eq = function() return false end }) return a == b, b == a --> true, false
local a = setmetatable({}, { __eq = function() error("never") end }) return a == a, rawequal(a, {}) --> true, false
local a = setmetatable({}, { __eq = function() return true end }) return a == "x", a == nil --> false, false
local order = {}
local m = { __lt = function(a, b) order[#order + 1] = a.n .. b.n return true end }
local a, b = setmetatable({ n = "a" }, m), setmetatable({ n = "b" }, m)
local _ = a < b, a > b
return order --> {"ab", "ba"}
local order = {}
local m = { __le = function(a, b) order[#order + 1] = a.n .. b.n return true end }
local a, b = setmetatable({ n = "a" }, m), setmetatable({ n = "b" }, m)
local _ = a <= b, a >= b
return order --> {"ab", "ba"}
local a = setmetatable({}, { __lt = function() return true end }) return a <= a --! c:1: attempt to compare two table values
setmetatable({}, {}) + 1 --! c:1: attempt to perform arithmetic on a table value
{} .. "x" --! c:1: attempt to concatenate a table value
#setmetatable({}, {}) --> 0
local t = setmetatable({}, { __add = 5 }) return t + 1 --! c:1: attempt to call a number value (metamethod 'add')
local t = setmetatable({}, { __add = setmetatable({}, { __call = function(self, a, b) return b end }) }) return t + 7 --> 7
local t = setmetatable({}, { __index = 5 }) return t.x --! c:1: attempt to index a number value
local t = setmetatable({}, { __newindex = 5 }) t.x = 1 --! c:1: attempt to index a number value
local t = setmetatable({}, { __index = "str" }) return t.len == string.len --> true
local t = setmetatable({}, { __call = 1 }) return t() --! c:1: attempt to call a number value (local 't')
local t = setmetatable({}, { __unm = function(a, b) return rawequal(a, b) end }) return -t --> true
local t = setmetatable({}, { __bnot = function(a, b) return rawequal(a, b) end }) return ~t --> true
local t = setmetatable({}, { __len = function(a, b) return rawequal(a, b), 2 end }) return #t --> true
local t = setmetatable({}, { __index = function(...) return select("#", ...), 2 end }) return t.x --> 2
local t = setmetatable({}, { __newindex = function(...) _ENV.n = select("#", ...) end }) t.x = nil return n --> 3
local t = setmetatable({ x = 1 }, { __newindex = function() error("never") end }) t.x = 2 return t.x --> 2
local t = setmetatable({ x = 1 }, { __index = function() error("never") end }) return t.x --> 1
local t = setmetatable({ x = false }, { __index = function() return "never" end }) return t.x --> false
local t = setmetatable({}, { __index = function(t, k) local v = k .. "!" t[k] = v return v end }) local _ = t.a return rawget(t, "a") --> "a!"
local a = setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({ z = 3 }, {}) }) }) return a.z --> 3
local proxy = setmetatable({}, { __index = rawget }) return proxy.x --> nil
local t = setmetatable({}, { __newindex = rawset }) t.a = 1 return rawget(t, "a") --> 1
local loop = {} setmetatable(loop, { __index = loop }) return loop.x --! c:1: '__index' chain too long; possible loop
local loop = {} setmetatable(loop, { __newindex = loop }) loop.x = 1 --! c:1: '__newindex' chain too long; possible loop
local a = setmetatable({}, { __index = function(_, k) error("get " .. k) end }) return a.field --! c:1: get field
local t = setmetatable({}, { __concat = function(a, b) return (type(a) == "table" and "T" or a) .. "+" .. (type(b) == "table" and "T" or b) end })
return "a" .. "b" .. t, t .. "a" .. "b", "a" .. t .. "b" --> "ab+T", "T+ab", "aT+b"
local t = setmetatable({}, { __concat = function(a, b) return 10 end }) return 1 .. 2 .. t --> "110"
local t = setmetatable({}, { __call = function(self) return self end }) return t() == t --> true
local inner = setmetatable({}, { __call = function(self, other, x) return x end }) local t = setmetatable({}, { __call = inner }) return t("deep") --> "deep"
local t = setmetatable({}, { __call = function(_, a) return a end }) return pcall(t, 5) --> true, 5
local t = setmetatable({}, { __call = function(_, s) return s:upper() end }) return (("abc"):gsub("%a", t)) --> "abc"
local t = setmetatable({}, { __index = function(_, s) return s:upper() end }) return (("abc"):gsub("%a", t)) --> "ABC"
local m = { __index = function(t, k) return k * 2 end } return setmetatable({}, m)[21] --> 42
local m = { __name = "MyType" } return (tostring(setmetatable({}, m)):gsub("0x%x+", "ADDRESS")) --> "MyType: ADDRESS"
local m = { __name = "MyType" } return setmetatable({}, m) + 1 --! c:1: attempt to perform arithmetic on a MyType value
local m = { __name = "MyType" } return setmetatable({}, m) < 1 --! c:1: attempt to compare MyType with number
local m = { __name = "MyType" } return setmetatable({}, m) < setmetatable({}, m) --! c:1: attempt to compare two MyType values
local m = { __name = "MyType" } return ("x"):rep(setmetatable({}, m)) --! c:1: bad argument #1 to 'rep' (number expected, got MyType)
local m = { __name = 5 } return setmetatable({}, m) + 1 --! c:1: attempt to perform arithmetic on a table value
local m = { __tostring = function() return "S" end } return tostring(setmetatable({}, m)) --> "S"
local m = { __tostring = function() return {} end } return tostring(setmetatable({}, m)) --! c:1: '__tostring' must return a string
local m = { __pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil end } for k, v in pairs(setmetatable({}, m)) do return k, v end --> 1, 2
local m = { __pairs = function() return 1, 2, 3, 4 end } return pairs(setmetatable({}, m)) --> 1, 2, 3
debug.setmetatable(0, { __index = { double = function(n) return n * 2 end } }) return (21):double() --> 42
debug.setmetatable(0, { __call = function(n, x) return n + x end }) return (1)(2) --> 3
debug.setmetatable(nil, { __index = function(_, k) return k end }) return (nil).foo --> "foo"
debug.setmetatable(print, { __index = function(f, k) return k end }) return print.name --> "name"
debug.setmetatable(true, { __tostring = function(b) return b and "yes" or "no" end }) return tostring(true), tostring(false) --> "yes", "no"
debug.setmetatable(true, { __add = function(a, b) return a and b end }) return true + false --> false
debug.setmetatable(0, { __len = function(n) return n end }) return #7 --> 7
debug.setmetatable("", { __add = function(a, b) return a .. b end }) return "a" + "b" --> "ab"
debug.setmetatable("", { __index = function(s, i) return i end }) return ("x").y, ("x")[1] --> "y", 1
debug.setmetatable(0, { __concat = function(a, b) return "cat" end }) return 1 .. {} --> "cat"
("x"):nomethod() --! c:1: attempt to call a nil value (method 'nomethod')
("x").y.z --! c:1: attempt to index a nil value (field 'y')
("x").len("abc") --> 3
("%d"):format(5) --> "5"
local m = {} local t = setmetatable({}, m) m.__index = function() return "late" end return t.x --> "late"
local m = {} local t = setmetatable({}, m) local _ = t.x m.__index = { x = 1 } return t.x --> 1
local m = { __eq = function() return true end } local a, b = setmetatable({}, m), setmetatable({}, m) return a == b, a ~= b, rawequal(a, b) --> true, false, false
local m = { __lt = function(a, b) return a.v < b.v end } local l = {} for _, v in ipairs { 3, 1, 2 } do l[#l + 1] = setmetatable({ v = v }, m) end table.sort(l) return l[1].v, l[2].v, l[3].v --> 1, 2, 3
local m = { __mode = "k", __gc = 1, __close = 2 } return type(setmetatable({}, m)) --> "table"
local V = {} V.__index = V V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end return (setmetatable({ x = 1 }, V) + setmetatable({ x = 2 }, V)).x --> 3
local C = {} C.__index = C function C.new() return setmetatable({}, C) end function C:name() return "C" end
local D = setmetatable({}, { __index = C }) D.__index = D function D:other() return "D" .. self:name() end
return setmetatable({}, D):other() --> "DC"
local t = setmetatable({}, { __index = table }) t:insert("a") t:insert("b") return t:concat(",") --> "a,b"
local t = setmetatable({}, { __div = function(a, b) return "t/" .. tostring(b) end }) return t / nil, t / false --> "t/nil", "t/false"
local t = setmetatable({}, { __shl = function(a, b) return b end }) return t << 1.5 --> 1.5
1.5 << setmetatable({}, { __shl = function(a) return a end }) --> 1.5
"abc" | setmetatable({}, { __bor = function(a) return a end }) --> "abc"
"10" + setmetatable({}, { __add = function(a) return a end }) --> "10"
local t = setmetatable({}, { __idiv = function() return 1, 2 end }) return (t // 1), { t // 1 } --> 1, {1}
local calls = 0 local t = setmetatable({}, { __index = function() calls = calls + 1 end }) local _ = t.a, t.b, t.a return calls --> 3
local t = setmetatable({}, { __len = function() return 3 end, __index = function(_, i) return i * i end }) return table.concat(t, ",") --> "1,4,9"
local t = setmetatable({}, { __len = function() return 2 end, __index = function(_, i) return i end }) return table.unpack(t) --> 1, 2
local t = setmetatable({ 1, 2, 3 }, { __len = function() return 1 end }) return #t, rawlen(t) --> 1, 3
local log = {} local t = setmetatable({}, { __newindex = function(_, k, v) log[#log + 1] = k end }) table.insert(t, "x") return log --> {1}
local a = setmetatable({}, { __close = 1 }) return pcall(function() local x <close> = a end) --> false, "c:1: attempt to call a number value (metamethod 'close')"
local up = 1 local t = setmetatable({}, { __add = function(a, b) up = up + b return up end }) return t + 2, t + 3, up --> 3, 6, 6
local t = setmetatable({}, { __add = function(a, b) return b + 1 end, __sub = function(a, b) return b - 1 end }) return t + 5, t - 5 --> 6, 4
local t = setmetatable({}, { __mod = function(a, b) return rawequal(b, 7) end }) return t % 7, 7 % t --> true, false
local t = setmetatable({}, { __pow = function(a, b) return type(a) .. type(b) end }) return 2 ^ t, t ^ "s" --> "numbertable", "tablestring"
