-- Section 6.10 of the manual: the library debug.

-- §6.10 The Debug Library
debug.gethook() --> nil
debug.sethook(type, "c", 5) local f, m, c = debug.gethook() debug.sethook() return f == type, m, c --> true, "c", 5
local n = 0 debug.sethook(function() n = n + 1 end, "", 1) local a = 1 local b = 2 debug.sethook() return n > 2 --> true
local ev = {} debug.sethook(function(e, l) ev[#ev + 1] = e .. tostring(l) end, "l")
local a = 1
a = 2
debug.sethook() return ev --> {"line2", "line3", "line4"}
local ev = {} local function f() return 1 end debug.sethook(function(e) ev[#ev + 1] = e end, "cr") f() debug.sethook() return ev --> {"return", "call", "return", "call"}
local ev = {} local function g() end local function f() return g() end debug.sethook(function(e) ev[#ev + 1] = e end, "c") f() debug.sethook() return ev --> {"call", "tail call", "call"}
local ok, e = pcall(function() debug.sethook(function() debug.sethook() error("from hook", 0) end, "l")
local x = 1 end) return ok, e --> false, "from hook"
debug.getinfo(1).currentline --> 1
debug.getinfo(print).what, debug.getinfo(print).short_src, debug.getinfo(print).source --> "C", "[C]", "=[C]"
debug.getinfo(print, "l").currentline, debug.getinfo(print, "S").linedefined --> -1, -1
local function f() end return debug.getinfo(f, "S").linedefined, debug.getinfo(f, "S").lastlinedefined --> 1, 1
local function f()
  local x
end
local i = debug.getinfo(f, "S") return i.linedefined, i.lastlinedefined --> 1, 3
local function f()

  local x = 1
  return x
end
return debug.getinfo(f, "L").activelines --> {[3] = true, [4] = true, [5] = true}
debug.getinfo(1, "f").func ~= nil --> true
local f = function() end return debug.getinfo(f, "f").func == f --> true
debug.getinfo(1, "t").istailcall --> false
local function f() return debug.getinfo(1, "t").istailcall end local function g() return f() end return g() --> true
debug.getinfo(1, "x") --! c:1: bad argument #2 to 'getinfo' (invalid option)
debug.getinfo(1, ">S") --! c:1: bad argument #2 to 'getinfo' (invalid option '>')
debug.getinfo("x") --! c:1: bad argument #1 to 'getinfo' (number expected, got string)
debug.getinfo(-1) --> nil
debug.getinfo(1000) --> nil
debug.getinfo(coroutine.create(print), 0) --> nil
local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return debug.getinfo(co, 1, "l").currentline --> 1
local function f() return debug.getinfo(1, "n") end local i = f() return i.name, i.namewhat --> "f", "local"
local t = {} function t.m() return debug.getinfo(1, "n") end local i = t.m() return i.name, i.namewhat --> "m", "field"
function gl() return debug.getinfo(1, "n") end local i = gl() return i.name, i.namewhat --> "gl", "global"
local t = setmetatable({}, { __add = function() return debug.getinfo(1, "n") end }) local i = t + 1 return i.name, i.namewhat --> "add", "metamethod"
local t = setmetatable({}, { __index = function() return debug.getinfo(1, "n") end }) local i = t.x return i.name, i.namewhat --> "index", "metamethod"
local i for x in function() i = i or debug.getinfo(1, "n") end do end return i.name, i.namewhat --> "for iterator", "for iterator"
local up = 1 local function f() return up end return debug.getinfo(f, "u").nups --> 1
debug.getinfo(function(a, b, c) end, "u").nparams, debug.getinfo(function(...) end, "u").isvararg --> 3, true
debug.getinfo(1, "r").ftransfer ~= nil --> true
local x, y = 10, 20 return debug.getlocal(1, 1) --> "x", 10
local x, y = 10, 20 return debug.getlocal(1, 2) --> "y", 20
local x = 1 return debug.getlocal(1, 5) --> nil
debug.getlocal(function(a, b) end, 1) --> "a"
debug.getlocal(function(a, b) end, 3) --> nil
local function f(...) return debug.getlocal(1, -2) end return f("a", "b") --> "(vararg)", "b"
local function f(...) return debug.getlocal(1, -3) end return f("a", "b") --> nil
debug.getlocal(100, 1) --! c:1: bad argument #1 to 'getlocal' (level out of range)
local x = 1 local n = debug.setlocal(1, 1, 99) return n, x --> "x", 99
local x = 1 return debug.setlocal(1, 50, 0) --> nil
debug.setlocal(100, 1, 1) --! c:1: bad argument #1 to 'setlocal' (level out of range)
local a = 1 do local b = 2 end local c = 3 return debug.getlocal(1, 2) --> "c", 3
local up = 5 local function f() return up end return debug.getupvalue(f, 1) --> "up", 5
local up = 5 local function f() return up end return debug.getupvalue(f, 2) --> nothing
local up = 5 local function f() return up end local n = debug.setupvalue(f, 1, 9) return n, up, f() --> "up", 9, 9
local up = 5 local function f() return up end return debug.setupvalue(f, 2, 9) --> nothing
debug.getupvalue(1, 1) --! c:1: bad argument #1 to 'getupvalue' (function expected, got number)
(debug.getupvalue(load("return x"), 1)) --> "_ENV"
local a, b = 1, 2 local function f() return a end local function g() return b end debug.upvaluejoin(f, 1, g, 1) return f() --> 2
local a = 1 local function f() return a end local function g() return a end return debug.upvalueid(f, 1) == debug.upvalueid(g, 1) --> true
local a, b = 1, 2 local function f() return a, b end return debug.upvalueid(f, 1) == debug.upvalueid(f, 2) --> false
local function f() end return debug.upvalueid(f, 1) --> nil
local function f() end debug.upvaluejoin(f, 1, f, 1) --! c:1: bad argument #2 to 'upvaluejoin' (invalid upvalue index)
debug.upvaluejoin(print, 1, print, 1) --! c:1: bad argument #2 to 'upvaluejoin' (invalid upvalue index)
debug.getmetatable("").__index == string --> true
debug.getmetatable(setmetatable({}, { __metatable = "locked" })).__metatable --> "locked"
debug.getmetatable(1) --> nil
debug.setmetatable(1, { __index = { x = "number" } }) == 1 --> true
debug.setmetatable(setmetatable({}, { __metatable = "locked" }), nil) --> {}
debug.setmetatable({}, 1) --! c:1: bad argument #2 to 'setmetatable' (nil or table expected, got number)
debug.getuservalue({}) --> nil
debug.getuservalue(io.stdout, 5) --> nil
debug.setuservalue({}, 1) --! c:1: bad argument #1 to 'setuservalue' (userdata expected, got table)
debug.traceback("msg", 0):match("^msg\nstack traceback:\n\t%[C%]: in function 'debug.traceback'") ~= nil --> true
debug.traceback("x", 1):match("c:1: in ([%w ]+)\n") --> "main chunk"
local function f() return (debug.traceback("m")) end local t = f() return t:match("\n\t(c:1: in [^\n]*)") --> "c:1: in local 'f'"
local t = {} function t.deep() return (debug.traceback()) end local s = t.deep() return s:match("\n\t(c:1: in [^\n]*)") --> "c:1: in field 'deep'"
local function f(n) if n > 0 then f(n - 1) else s = debug.traceback() end end f(50) return (s:match("%.%.%.[^\n]*")) --> "...\t(skipping 34 levels)"
debug.traceback(coroutine.create(print)) --> "stack traceback:"
debug.traceback(coroutine.create(print), "msg") --> "msg\nstack traceback:"
debug.traceback(5):sub(1, 18), debug.traceback(true) --> "5\nstack traceback:", true
select("#", debug.traceback(nil)) --> 1
type(debug.getregistry()) --> "table"
debug.debug == nil --> false
--~ > true -- it reads a console
debug.setcstacklimit == nil or type(debug.setcstacklimit) == "function" --> true
local co = coroutine.create(function() local a = 1 coroutine.yield() return a end) coroutine.resume(co) debug.setlocal(co, 1, 1, "changed") return coroutine.resume(co) --> true, "changed"
local co = coroutine.create(function() coroutine.yield() end) debug.sethook(co, print, "l") return (debug.gethook(co)) == print, debug.gethook() --> true, nil
local x <const> = 5 local y = x return debug.getlocal(1, 1) --> "y", 5
local t = setmetatable({}, { __close = function() name = debug.getinfo(1, "n").name end }) do local x <close> = t end return name --> "close"
