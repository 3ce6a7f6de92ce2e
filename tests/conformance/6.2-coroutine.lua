-- Section 6.2 of the manual: the functions of the library coroutine.

-- §6.2 Coroutine Manipulation
type(coroutine.create(function() end)) --> "thread"
coroutine.create(1) --! c:1: bad argument #1 to 'create' (function expected, got number)
coroutine.create() --! c:1: bad argument #1 to 'create' (function expected, got no value)
coroutine.wrap(nil) --! c:1: bad argument #1 to 'wrap' (function expected, got nil)
coroutine.resume(coroutine.create(function(...) return ... end), 1, nil, 3) --> true, 1, nil, 3
coroutine.resume(1) --! c:1: bad argument #1 to 'resume' (thread expected, got number)
coroutine.resume() --! c:1: bad argument #1 to 'resume' (thread expected, got no value)
coroutine.resume(coroutine.create(print), "x") --> true | x\n
coroutine.status(coroutine.create(print)) --> "suspended"
local co co = coroutine.create(function() return coroutine.status(co) end) return coroutine.resume(co) --> true, "running"
local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.status(co) --> "dead"
local co = coroutine.create(function() error("x") end) coroutine.resume(co) return coroutine.status(co) --> "dead"
local a a = coroutine.create(function() local b = coroutine.create(function() return coroutine.status(a) end) return select(2, coroutine.resume(b)) end) return coroutine.resume(a) --> true, "normal"
coroutine.status(coroutine.running()) --> "running"
coroutine.status(1) --! c:1: bad argument #1 to 'status' (thread expected, got number)
type((coroutine.running())) --> "thread"
select(2, coroutine.running()) --> true
select(2, coroutine.wrap(function() return coroutine.running() end)()) --> false
local co co = coroutine.create(function() return coroutine.running() == co end) return coroutine.resume(co) --> true, true
coroutine.isyieldable() --> false
coroutine.wrap(function() return coroutine.isyieldable() end)() --> true
coroutine.isyieldable(coroutine.create(print)) --> true
coroutine.isyieldable(coroutine.running()) --> false
coroutine.wrap(function() local r; table.sort({ 1, 2 }, function() r = coroutine.isyieldable() end) return r end)() --> false
coroutine.close(coroutine.create(print)) --> true
local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.close(co) --> true
local co = coroutine.create(function() error("x", 0) end) coroutine.resume(co) return coroutine.close(co) --> false, "x"
local co = coroutine.create(function() error({ 1 }) end) coroutine.resume(co) return coroutine.close(co) --> false, {1}
local co = coroutine.create(function() error("x", 0) end) coroutine.resume(co) coroutine.close(co) return coroutine.close(co) --> true
local co = coroutine.create(coroutine.yield) coroutine.resume(co) coroutine.close(co) return coroutine.status(co), coroutine.resume(co) --> "dead", false, "cannot resume dead coroutine"
coroutine.close(coroutine.running()) --! c:1: cannot close a running coroutine
local co co = coroutine.wrap(function() return pcall(coroutine.close, coroutine.running()) end) return co() --> false, "cannot close a running coroutine"
local a a = coroutine.create(function() return coroutine.wrap(function() return pcall(coroutine.close, a) end)() end) return coroutine.resume(a) --> true, false, "cannot close a normal coroutine"
coroutine.close(1) --! c:1: bad argument #1 to 'close' (thread expected, got number)
local n = 0 local co = coroutine.create(function() local a <close> = setmetatable({}, { __close = function() n = n + 1 end })
  local b <close> = setmetatable({}, { __close = function() n = n + 10 end }) coroutine.yield() end)
coroutine.resume(co) coroutine.close(co) return n --> 11
local e local co = coroutine.create(function() local a <close> = setmetatable({}, { __close = function(_, err) e = err end }) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) return e --> nil
local log = {} local co = coroutine.create(function() local a <close> = setmetatable({}, { __close = function(_, e) log[#log + 1] = e end })
  local b <close> = setmetatable({}, { __close = function() error("b", 0) end }) coroutine.yield() end)
coroutine.resume(co) return { coroutine.close(co) }, log --> {false, "b"}, {"b"}
coroutine.wrap(function(...) return select("#", ...) end)(nil, nil) --> 2
local f = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return a + b end) return f(1), f(10) --> 2, 11
local f = coroutine.wrap(function() error("msg", 0) end) f() --! c:1: msg
local f = coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() n = "closed" end }) error("e", 0) end) pcall(f) return n --> "closed"
local f = coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() error("second", 0) end }) error("first", 0) end) return pcall(f) --> false, "second"
local f = coroutine.wrap(print) f("once") f() --! c:1: cannot resume dead coroutine | once\n
coroutine.yield(1) --! attempt to yield from outside a coroutine
local co = coroutine.create(function() return coroutine.yield() end) coroutine.resume(co) return coroutine.resume(co, 1, nil) --> true, 1, nil
local co = coroutine.create(function() coroutine.yield(nil, 2, nil) end) return select("#", coroutine.resume(co)) --> 4
local co = coroutine.create(string.rep) return coroutine.resume(co, "ab", 2) --> true, "abab"
local co = coroutine.create(coroutine.yield) return coroutine.resume(co, 1), coroutine.resume(co, 2) --> true, true, 2
local co = coroutine.wrap(pcall) return co(error, "x") --> false, "x"
local n = 0 for v in coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i) end end) do n = n + v end return n --> 15
local t = {} for k, v in coroutine.wrap(function() coroutine.yield("a", 1) coroutine.yield("b", 2) end) do t[k] = v end return t --> {a = 1, b = 2}
local co = coroutine.create(function() local co2 = coroutine.create(function() coroutine.yield("inner") end) coroutine.resume(co2) coroutine.yield("outer") end) return select(2, coroutine.resume(co)) --> "outer"
local q = {} local function task(name) for i = 1, 2 do q[#q + 1] = name .. i coroutine.yield() end end
local a, b = coroutine.create(task), coroutine.create(task)
coroutine.resume(a, "a") coroutine.resume(b, "b") coroutine.resume(a) coroutine.resume(b)
return q --> {"a1", "b1", "a2", "b2"}
local co = coroutine.create(function() local t = debug.traceback("t") coroutine.yield(t) end) local _, t = coroutine.resume(co) return t:match("^t\nstack traceback:\n") ~= nil --> true
local co = coroutine.create(function() local x = 5 coroutine.yield() end) coroutine.resume(co) return debug.getlocal(co, 1, 1) --> "x", 5
local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return debug.traceback(co) --> "stack traceback:\n\t[C]: in function 'coroutine.yield'\n\tc:1: in function <c:1>"
local co = coroutine.create(error) return coroutine.resume(co) --> false, nil
local cos = {} for i = 1, 100 do cos[i] = coroutine.wrap(function() coroutine.yield(i) end) end local s = 0 for i = 1, 100 do s = s + cos[i]() end return s --> 5050
