-- Handles are given back when Lua holds their objects no longer: their number stays bounded, whatever a loop does.
local say = require("tools").say
local host = require("host")

host.collect()
local before = host.handles()
local most = 0
for i = 1, 20000 do
  local object = host.object(i)
  assert(object.n == i)
  if i % 500 == 0 then most = math.max(most, host.handles()) end
end
host.collect()
say("objects", most < 8000, host.handles() == before)

_home.list = {}
for i = 1, 2000 do _home.list[i] = { i } end
host.collect()
local kept = host.handles()
local sum = 0
for _ = 1, 5 do
  for i = 1, 2000 do sum = sum + _home.list[i][1] end
end
host.collect()
say("read again", sum, host.handles() == kept)
_home.list = nil
host.collect()
say("removed", host.handles() <= before)

-- Objects that are held keep their handles, and stay the same.
local held = {}
for i = 1, 500 do held[i] = host.object(i) end
host.collect()
local wrong = 0
for i = 1, 500 do
  if held[i].n ~= i then wrong = wrong + 1 end
end
say("held", host.handles() - before >= 500, wrong)
_home.held = held[250]
held = nil
host.collect()
say("stored", _home.held.n, host.handles() - before < 3)
_home.held = nil

-- What was collected and comes again.
_home.t = { name = "kept by the host" }
for i = 1, 10 do
  collectgarbage()
  host.collect()
  assert(_home.t.name == "kept by the host")
end
say("again", _home.t.name)
for i = 1, 300 do
  _home.t = { i, { i } }
  if i % 50 == 0 then collectgarbage() end
  assert(_home.t[2][1] == i)
end
say("replaced", _home.t[1])

-- In weak tables proxies come and go as tables do.
local weak = setmetatable({}, { __mode = "v" })
weak[1] = host.object(1)
weak[2] = _home
collectgarbage()
say("weak", weak[1], weak[2] == _home)

local finalized = 0
for _ = 1, 10 do setmetatable({}, { __gc = function() finalized = finalized + (host.object(1).n or 0) end }) end
host.collect()
collectgarbage()
say("finalizers", finalized)
