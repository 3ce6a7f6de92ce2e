-- The debug library on Lua functions. What it hides of the module's own is in ../own/debug.lua.

local info = debug.getinfo

-- getinfo
local function sample(a, b, ...)
  local c = a
  return c
end
local i = info(sample)
print(i.source:sub(2), i.short_src, i.what, i.linedefined, i.lastlinedefined, i.currentline, i.nups, i.nparams, i.isvararg,
  i.func == sample, i.namewhat, i.name)
i = info(print)
print(i.source:sub(2), i.short_src, i.what, i.linedefined, i.lastlinedefined, i.currentline, i.nups, i.nparams, i.isvararg, i.func == print)
local function current() return info(1, "l").currentline end
print(current(), info(1, "l").currentline)
local function named() return info(1, "n").name, info(1, "n").namewhat end
print(named())
local t = { method = function() return info(1, "n").name, info(1, "n").namewhat end }
print(t.method()) print(t:method())
function global_function() return info(1, "n").name, info(1, "n").namewhat end
print(global_function())
print((function() return info(1, "n").name end)())
print(info(100), pcall(info, {}))
print(pcall(info, 1, "?"))
print(pcall(info, 1, ">"))
print(pcall(info))
local lines = {}
for line in pairs(info(sample, "L").activelines) do lines[#lines + 1] = line end
table.sort(lines)
print(table.concat(lines, " "))
local function tailed() return info(1, "t").istailcall end
print(tailed(), (function() return tailed() end)())
local keys = {}
for key in pairs(info(1, "Slnutr")) do keys[#keys + 1] = key end
table.sort(keys)
print(table.concat(keys, " "))
print(info(1, "S").what, info(sample, "S").what, info(print, "S").what, info(1, "f").func ~= nil)
print(info(coroutine.create(sample), 0), info(load("return 1", "=named"), "S").source, info(load("return 1", "text of it"), "S").short_src)

-- locals
local function locals(a, b, ...)
  local x, y = 10, "y"
  do local hidden = 1 end
  local names = {}
  for n = 1, 20 do
    local name, value = debug.getlocal(1, n)
    if not name then break end
    if not name:find("^%(") and name ~= "names" then names[#names + 1] = name .. "=" .. tostring(value) end
  end
  return table.concat(names, " ")
end
print(locals(1, 2, 3, 4))
local function varargs(...) return debug.getlocal(1, -1), select(2, debug.getlocal(1, -2)), debug.getlocal(1, -3) end
print(varargs("first", "second"))
print(debug.getlocal(sample, 1), debug.getlocal(sample, 2), debug.getlocal(sample, 3), debug.getlocal(print, 1))
local function change(a) print(debug.setlocal(1, 1, "changed"), debug.setlocal(1, 50, 0)) return a end
print(change("original"))
print(pcall(debug.getlocal, 100, 1))
print(pcall(debug.getlocal, 1))
print(pcall(debug.getlocal, "x", 1))
print(pcall(debug.getlocal, 1, "x"))
print(pcall(debug.getlocal))
print(pcall(debug.setlocal, 100, 1, 1))
print(pcall(debug.setlocal, 1, 1))
print(pcall(debug.setlocal))
local co = coroutine.create(function(a) local z = 5; coroutine.yield() return z, a end)
coroutine.resume(co, "argument")
print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 2)) print(debug.getlocal(co, 1, 9)) print(debug.getlocal(co, 0, 5))
print(debug.setlocal(co, 1, 2, "set"), debug.setlocal(co, 1, 9, 0))
print(coroutine.resume(co))
print(pcall(debug.getlocal, co, 5, 1))
print(pcall(debug.getlocal, co, 1))
print(pcall(debug.setlocal, co, 5, 1, 1))
print(pcall(debug.setlocal, co, 0, 1))

-- upvalues
local up1, up2 = "one", "two"
local function closure() return up1, up2 end
print(debug.getupvalue(closure, 1)) print(debug.getupvalue(closure, 2)) print(debug.getupvalue(closure, 3))
print(debug.setupvalue(closure, 1, "ONE"), up1, debug.setupvalue(closure, 9, 0))
local function other() return up2 end
print(debug.upvalueid(closure, 2) == debug.upvalueid(other, 1), debug.upvalueid(closure, 1) == debug.upvalueid(other, 1),
  type(debug.upvalueid(closure, 1)))
print(debug.upvalueid(closure, 9), debug.upvaluejoin(closure, 1, other, 1), closure())
print(pcall(debug.upvaluejoin, closure, 9, other, 1))
print(pcall(debug.upvaluejoin, closure, 1, other, 9))
print(pcall(debug.upvaluejoin, closure, 1))
print(pcall(debug.upvaluejoin, print, 1, closure, 1))
print(pcall(debug.upvaluejoin, closure, 1, print, 1))
print(debug.getupvalue(print, 1), debug.upvalueid(print, 1))
print(pcall(debug.getupvalue, 5, 1))
print(pcall(debug.getupvalue, print))
print(pcall(debug.setupvalue, print, 1))
print(debug.setupvalue(print, 1, 1))
print(pcall(debug.upvalueid, {}, 1))
print(debug.getupvalue(load("return x"), 1) == "_ENV",
  (debug.getupvalue(load(string.format("local a = 1; return function() return a end"))(), 1)))

-- metatables of all types
print(debug.getmetatable("").__index == string, debug.getmetatable(5), debug.getmetatable(setmetatable({},
  { __metatable = 1 })).__metatable)
print(debug.setmetatable(5, { __index = { half = "half" }, __call = function(n, x) return n + x end }), (5).half, (5)(1),
  debug.setmetatable(5, nil))
print(pcall(debug.setmetatable, 5, 5))
print(pcall(debug.getmetatable))
local locked = setmetatable({}, { __metatable = "locked" })
print(debug.setmetatable(locked, nil) == locked, getmetatable(locked))
print(debug.getuservalue({}), debug.getuservalue(5, 1), pcall(debug.setuservalue, {}, 1))
print(pcall(debug.getuservalue, 1, "x"))

-- hooks
local events = {}
debug.sethook(function(event, line) events[#events + 1] = event .. (line and " " .. line - info(1, "l").currentline or "") end, "l")
local a = 1
debug.sethook()
print(#events, events[1])
local calls = 0
debug.sethook(function(event) if event == "call" or event == "tail call" then calls = calls + 1 end end, "c")
sample(1) sample(2)
debug.sethook()
print(calls)
local counted = 0
debug.sethook(function(event) counted = counted + (event == "count" and 1 or 0) end, "", 100)
for _ = 1, 1000 do local _ = {} end
debug.sethook()
print(counted > 20, debug.gethook())
local function hook() end
debug.sethook(hook, "crl", 5)
local f, mask, count = debug.gethook()
debug.sethook()
print(f == hook, mask, count)
print(pcall(function()
  debug.sethook(function() debug.sethook() error("from hook", 0) end, "l")
  local x = 1
end))
local hooked = coroutine.create(function() local x = 1; coroutine.yield() end)
local seen = 0
debug.sethook(hooked, function() seen = seen + 1 end, "l")
coroutine.resume(hooked)
print(seen > 0, debug.gethook(), debug.gethook(hooked) ~= nil)
print(pcall(debug.sethook, 5, "l"))

-- traceback
print(debug.traceback(co)) print(debug.traceback(co, "message")) print(debug.traceback(co, nil)) print(debug.traceback(co, 5))
print(debug.traceback({}) ~= nil, type(debug.traceback({})), debug.traceback(nil, 1) == nil)
print(coroutine.wrap(function() local function inner() return (debug.traceback("in coroutine")) end return (inner()) end)())
print(coroutine.wrap(function() return (debug.traceback("level 2", 2)) end)())
local failed = coroutine.create(function() local function deep(n) if n == 0 then error("deep") end deep(n - 1) end deep(30) end)
print(coroutine.resume(failed))
print(debug.traceback(failed))
print(debug.traceback(failed, "from 3", 3))
print(pcall(debug.traceback, failed, "x", {}))
local function handler(m) return (debug.traceback(m, 1):match("^[^\n]*\n[^\n]*\n[^\n]*")) end
print(xpcall(function() local x = nil; x() end, handler))

co = coroutine.create(function() local function inner() coroutine.yield() end inner() end)
coroutine.resume(co)
print(debug.traceback(co)) print(debug.traceback(co, "message", 1)) print(debug.traceback(co, "beyond", 9))

-- the registry is a table
print(type(debug.getregistry()), debug.getregistry()._LOADED == package.loaded, debug.getregistry()._PRELOAD == package.preload)
