-- Section 2.3 of the manual: errors, protected calls, message handlers, warnings.

-- §2.3 Error Handling
error("m") --! c:1: m
error("m", 0) --! m
error("m", 1) --! c:1: m
error() --! value nil
error(nil) --! value nil
error({ code = 1 }) --! value {code = 1}
error(42) --! value 42
error(4.5) --! value 4.5
error(true) --! value true
local t = {}
t.x.y = 1 --! c:2: attempt to index a nil value (field 'x')
pcall(error, "m") --> false, "m"
pcall(error, { 1 }) --> false, {1}
pcall(error) --> false, nil
pcall(function() return 1, 2 end) --> true, 1, 2
pcall(function() end) --> true
pcall(function() error("in") end) --> false, "c:1: in"
pcall(function() local x = nil + 1 end) --> false, "c:1: attempt to perform arithmetic on a nil value"
pcall(nil) --> false, "attempt to call a nil value"
pcall(42, 1) --> false, "attempt to call a number value"
pcall() --! c:1: bad argument #1 to 'pcall' (value expected)
pcall(pcall) --> false, "bad argument #1 to 'pcall' (value expected)"
pcall(pcall, error, "x") --> true, false, "x"
xpcall(function() error("e") end, function(m) return "handled " .. m end) --> false, "handled c:1: e"
xpcall(function() error({}) end, type) --> false, "table"
xpcall(function() return 1, nil end, print) --> true, 1, nil
xpcall(function(...) return select("#", ...), ... end, print, 1, nil) --> true, 2, 1, nil
xpcall(error, function(m) return m, "lost" end, "x") --> false, "x"
xpcall(error, function() end, "x") --> false, nil
xpcall(error, function(m) error("again " .. tostring(m), 0) end, 0) --> false, "error in error handling"
xpcall(print) --! c:1: bad argument #2 to 'xpcall' (function expected, got no value)
xpcall(error, 1, 2) --! c:1: bad argument #2 to 'xpcall' (function expected, got number)
local level xpcall(error, function() level = debug.getinfo(2, "S").what end) return level --> "C"
local function f() error("deep", 2) end
f() --! c:2: deep
local function f() error("deep", 2) end
local function g()
  f()
end
g() --! c:3: deep
local function f() error("three", 3) end
local function g() f() end
g() --! c:3: three
error("level too high", 50) --! level too high
error(setmetatable({}, { __tostring = function() return "shown" end })) --! value {}
local ok, e = pcall(error, setmetatable({}, { __tostring = function() return "shown" end })) return tostring(e) --> "shown"
local ok, e = pcall(pcall, error, nil) return ok, e --> true, false
select("#", pcall(error)) --> 2
pcall(string.rep) --> false, "bad argument #1 to 'string.rep' (string expected, got no value)"
local n = 0 local function deep() n = n + 1 return pcall(error, n) end return deep() --> false, 1
local ok, m = pcall(function() local function r() return 1 + r() end return r() end) return ok, m:match("stack overflow") --> false, "stack overflow"
local co = coroutine.wrap(function() error("in co") end) return pcall(co) --> false, "c:1: in co"
local ok, e = pcall(function() local x <close> = setmetatable({}, { __close = function() error("closing", 0) end }) end) return ok, e --> false, "closing"
pcall(pcall, pcall, error) --> true, true, false, nil
pcall(select, -5, 1) --> false, "bad argument #1 to 'select' (index out of range)"
pcall(setmetatable, 1, {}) --> false, "bad argument #1 to 'setmetatable' (table expected, got number)"
for i = 1, 2 do local ok, e = pcall(error, i) if e == 2 then return e end end --> 2
local ok, e = xpcall(function() local t = nil; t() end, debug.traceback) return ok, e:match("^[^\n]*") --> false, "c:1: attempt to call a nil value (local 't')"
assert(false) --! c:1: assertion failed!
assert(nil, "why") --! c:1: why
assert(false, { 7 }) --! value {7}
assert(1, 2, 3) --> 1, 2, 3
local s = "" for i = 1, 3 do local ok, e = pcall(function() if i == 2 then error("two", 0) end return i end) s = s .. tostring(e) end return s --> "1two3"
local f = load("local a = ...\nerror('at ' .. a)", "=named") return pcall(f, 1) --> false, "named:2: at 1"
local f = load("error('x')", "@file.lua") return pcall(f) --> false, "file.lua:1: x"
local f = load("error('x')", "some text") return pcall(f) --> false, "[string \"some text\"]:1: x"
local f = load("error('x')", "first\nsecond") return pcall(f) --> false, "[string \"first...\"]:1: x"
local f = load("error('x')", "=" .. ("n"):rep(80)) return select(2, pcall(f)) == ("n"):rep(59) .. ":1: x" --> true
warn("@on") warn("one") --> nothing | Lua warning: one\n
warn("@on") warn("a", "b", "c") warn("@off") warn("hidden") --> nothing | Lua warning: abc\n
warn("@off") warn("quiet") --> nothing
warn() --! c:1: bad argument #1 to 'warn' (string expected, got no value)
warn("a", {}) --! c:1: bad argument #2 to 'warn' (string expected, got table)
warn("@unknown") --> nothing
