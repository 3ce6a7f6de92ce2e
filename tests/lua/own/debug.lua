-- What the debug library does not show: the registry, upvalues and temporaries of C functions, metatables of the module.

-- the registry
local registry = debug.getregistry()
print(type(registry), registry == debug.getregistry(), registry._LOADED == package.loaded, registry._PRELOAD == package.preload)
local names = {}
for name in pairs(registry) do names[#names + 1] = tostring(name) end
table.sort(names)
print(table.concat(names, " "))
registry.mine = 5
print(debug.getregistry().mine, #registry)

-- metatables of proxies
print(type(_io), getmetatable(_io), debug.getmetatable(_io), debug.getmetatable(_home))
print((pcall(debug.setmetatable, _home, {})))
print((pcall(debug.setmetatable, _io, nil)))
local own = {}
print(setmetatable(_io, own) == _io, getmetatable(_io) == own, setmetatable(_io, nil) == _io, getmetatable(_io))
print(setmetatable(_home, nil) == _home)
print(debug.getuservalue(_io), debug.setuservalue(_io, 1))
print(debug.getmetatable(io.stdout).__name, debug.getmetatable("").__index == string)

-- upvalues of C functions
for _, f in ipairs { require, load, getmetatable, io.write, debug.getregistry, print, string.gmatch("x", "x"), coroutine.wrap(print) } do
  print(debug.getupvalue(f, 1), debug.setupvalue(f, 1, "changed"), debug.upvalueid(f, 1))
end
local value = "value"
local function closure() return value end
print(pcall(debug.upvaluejoin, closure, 1, require, 1))
print(pcall(debug.upvaluejoin, require, 1, closure, 1))
print(debug.setupvalue(closure, 1, print), value == print)

-- temporaries of C functions
local function frames(thread, level)
  local found = {}
  for n = 1, 10 do found[#found + 1] = debug.getlocal(thread, level, n) end
  for n = -1, -10, -1 do found[#found + 1] = debug.getlocal(thread, level, n) end
  return #found
end
local suspended = coroutine.create(function(a) coroutine.yield(1, 2, 3) end)
coroutine.resume(suspended, "argument")
print(frames(suspended, 0), frames(suspended, 1) > 0)
print(debug.setlocal(suspended, 0, 1, "changed"), debug.setlocal(suspended, 1, 1, "changed"))
print(select("#", coroutine.resume(suspended)))
local seen = {}
debug.sethook(function()
  if debug.getinfo(2, "S").what == "C" then seen[#seen + 1] = tostring(debug.getlocal(2, 1)) end
end, "cr")
string.rep("x", 3)
debug.sethook()
print(#seen, table.concat(seen, " "):find("[^nil ]"))
print(debug.getlocal(0, 1), pcall(debug.getlocal, 0, "x"))
table.sort({ 1, 2 }, function(a, b) seen.sort = debug.getlocal(2, 1) return a < b end)
print(seen.sort)
