-- What fails for want of memory changes nothing, and can be done again.
local say = require("tools").say
local host = require("host")

-- Fills the heap, so that small things still fit but a large one does not.
local function fill()
  local filler = {}
  pcall(function()
    for i = 1, 1000 do filler[i] = ("f"):rep(30000) .. i end
  end)
  table.remove(filler)
  table.remove(filler)
  collectgarbage()
  return filler
end

_home.t = {}
local t = _home.t
for _, key in ipairs({ "x", "y", "z" }) do t[key] = key == "y" and ("y"):rep(300000) or key end
collectgarbage()

local key = next(t)
local filler = fill()
say("next", pcall(next, t, key))
say("read", pcall(function() return t.y end))
say("argument", select("#", host.id(t, "small")))
filler = nil
collectgarbage()
say("next again", (next(t, key)))
say("read again", #t.y)

filler = fill()
say("adopted", pcall(function()
  local large = {}
  for i = 1, 100000 do large[i] = i end
  _home.large = large
end))
filler = nil
collectgarbage()
say("not stored", _home.large, next(t))
say("results", pcall(host.many, 30000))
say("still there", host.add(1, 2), #t.y, host.count(host.many(100)))

-- A loop that catches such errors goes on for ever.
local caught = 0
for _ = 1, 20 do
  if not pcall(function() return t.y .. t.y .. t.y .. t.y .. t.y .. t.y end) then caught = caught + 1 end
end
collectgarbage()
say("caught", caught, collectgarbage("count") < 1000)
