-- Section 3.3.8 of the manual: variables that are closed, on every way out of a block.

-- §3.3.8 To-be-closed Variables
local n = 0 do local x <close> = setmetatable({}, { __close = function() n = n + 1 end }) end return n --> 1
local log = {} local function c(name) return setmetatable({}, { __close = function() log[#log + 1] = name end }) end
do local a <close> = c("a") local b <close> = c("b") end
return log --> {"b", "a"}
local log = {} local function f() local a <close> = setmetatable({}, { __close = function() log[1] = "closed" end }) return #log end return f(), log[1] --> 0, "closed"
local e do local x <close> = setmetatable({}, { __close = function(v, err) e = err end }) end return e --> nil
local args do local x <close> = setmetatable({}, { __close = function(...) args = select("#", ...) end }) end return args --> 2
local e pcall(function() local x <close> = setmetatable({}, { __close = function(_, err) e = err end }) error("err", 0) end) return e --> "err"
local v local x0 = setmetatable({}, { __close = function(o) v = o end }) do local x <close> = x0 end return v == x0 --> true
do local x <close> = nil local y <close> = false end return "ignored" --> "ignored"
local x <close> = 1 --! c:1: variable 'x' got a non-closable value
local x <close> = {} --! c:1: variable 'x' got a non-closable value
local x <close> = "s" --! c:1: variable 'x' got a non-closable value
local n = 0 for i = 1, 3 do local x <close> = setmetatable({}, { __close = function() n = n + i end }) end return n --> 6
local n = 0 for i = 1, 3 do local x <close> = setmetatable({}, { __close = function() n = n + i end }) if i == 2 then break end end return n --> 3
local n = 0 for i = 1, 3 do do local x <close> = setmetatable({}, { __close = function() n = n + i end }) if i == 2 then goto next end end ::next:: end return n --> 6
local n = 0 do local i = 1 ::top:: local x <close> = setmetatable({}, { __close = function() n = n + 1 end }) if i < 3 then i = i + 1 goto top end end return n --> 3
local n = 0 repeat local x <close> = setmetatable({}, { __close = function() n = n + 1 end }) until n == 0 return n --> 1
local ok, e = pcall(function() local x <close> = setmetatable({}, { __close = function() error("in close", 0) end }) error("in body", 0) end) return e --> "in close"
local seen = {} local function c(msg) return setmetatable({}, { __close = function(_, e) seen[#seen + 1] = tostring(e) error(msg, 0) end }) end
local ok, e = pcall(function() local a <close> = c("a") local b <close> = c("b") local d <close> = c("d") error("body", 0) end)
return e, seen --> "a", {"body", "d", "b"}
local seen = {} local function c(msg, fail) return setmetatable({}, { __close = function(_, e) seen[#seen + 1] = tostring(e) if fail then error(msg, 0) end end }) end
local ok, e = pcall(function() local a <close> = c("a") local b <close> = c("b", true) local d <close> = c("d") end)
return ok, e, seen --> false, "b", {"nil", "nil", "b"}
local function f() local x <close> = setmetatable({}, { __close = function() return "lost" end }) return 1, 2, 3 end return f() --> 1, 2, 3
local function f() local x <close> = setmetatable({}, { __close = function() end }) return (function() return 1, nil, 3 end)() end return select("#", f()) --> 3
local up local function f() local v = 1 local x <close> = setmetatable({}, { __close = function() v = v + 1 up = v end }) return v end return f(), up --> 1, 2
local x <close> = setmetatable({}, { __close = function() end }) x = nil --! c:1: attempt to assign to const variable 'x'
local n = 0 local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() n = n + 1 end }) coroutine.yield() end) coroutine.resume(co)
local ok = coroutine.close(co) return ok, n --> true, 1
local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() error("cannot", 0) end }) coroutine.yield() end) coroutine.resume(co) return coroutine.close(co) --> false, "cannot"
local log = {} local co = coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() coroutine.yield("y") log[#log + 1] = "after" end }) return "r" end)
return co(), co(), log --> "y", "r", {"after"}
local co = coroutine.wrap(function() return pcall(function() local x <close> = setmetatable({}, { __close = function(_, e) coroutine.yield(e) end }) error("E", 0) end) end) return co(), co() --> "E", false, "E"
local m = { __close = function() end } local x0 = setmetatable({}, m)
local ok, e = pcall(function() local x <close> = x0 m.__close = nil end) return ok, e --> false, "c:2: attempt to call a nil value (metamethod 'close')"
local n = 0 local function f(i) local x <close> = setmetatable({}, { __close = function() n = n + 1 end }) if i > 0 then return f(i - 1) end return n end return f(5), n --> 0, 6
local log = {} do local x <close> = setmetatable({}, { __close = function() log[#log + 1] = "x" end }) local y <const> = 1 log[#log + 1] = y end return log --> {1, "x"}
local mt = { __close = function(o) o.closed = true end } local o = setmetatable({}, mt) do local c <close> = o end return o.closed --> true
debug.setmetatable(0, { __close = function(v) n = v end }) do local x <close> = 42 end return n --> 42
debug.setmetatable(print, { __close = function(f) f() end }) do local x <close> = function() n = "ran" end end return n --> "ran"
local order = {} local function c(i) return setmetatable({}, { __close = function() order[#order + 1] = i end }) end do local a <close> = c(1) do local b <close> = c(2) end local d <close> = c(3) end
return order --> {2, 3, 1}
local ok, e = pcall(function() local a <close> = setmetatable({}, { __close = function() error() end }) end) return ok, e --> false, nil
local t = {} local ok = pcall(function() local a <close> = setmetatable({}, { __close = function(_, e) t.e = e end }) error(t) end) return t.e == t --> true
local function gen() local x <close> = setmetatable({}, { __close = function() log = "closed" end }) for i = 1, 3 do coroutine.yield(i) end end
local s = 0 for v in coroutine.wrap(gen) do s = s + v end return s, log --> 6, "closed"
