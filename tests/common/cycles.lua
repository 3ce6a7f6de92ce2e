-- Functions of Lua's that are kept by tables of the host's that the functions use: neither heap alone can see that both are garbage.
local say = require("tools").say
local host = require("host")

local function make(name)
  local object = { name = name }
  function object.get() return object end
  return object
end

local function settle()
  for _ = 1, 3 do host.collect() end
  return host.handles()
end

local before = settle()
for i = 1, 4000 do
  _home.object = make(i)
  _home.object = nil
end
say("alone", settle() == before)
local used = collectgarbage("count")
for i = 1, 4000 do
  _home.object = make(i)
  _home.object = nil
end
settle()
say("heap", collectgarbage("count") - used < 20)

for i = 1, 1000 do
  local a, b = make("a" .. i), make("b" .. i)
  a.other, b.other = b, a
  function a.cross() return b end
  function b.cross() return a end
  _home.pair = a
  _home.pair = nil
end
say("in pairs", settle() == before)

-- What is still reachable from anywhere stays.
_home.kept = make("in _home")
local held = make("held by Lua")
_home.passing = held
_home.passing = nil
host.keep(make("held by the host"))
local shared = function() return "shared" end
for _ = 1, 100 do
  _home.t = { f = shared, g = function() return _home.t end }
  settle()
end
say("in _home", _home.kept.get().name, _home.kept.get() == _home.kept)
say("held by Lua", held.get().name, held.get() == held)
say("held by the host", host.kept().get().name)
say("shared", _home.t.f(), _home.t.f == shared, _home.t.g() == _home.t)
_home.t, _home.kept, held, shared = nil, nil, nil, nil
host.keep(nil)
say("the rest", settle() <= before + 3)
