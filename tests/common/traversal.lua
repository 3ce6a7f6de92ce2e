-- `pairs`, `ipairs` and `next` over external tables, with changes on the way.
local tools = require("tools")
local say, try = tools.say, tools.try

_home.t = { 10, 20, 30, a = 1, b = 2, c = 3 }
local t = _home.t

local sum = 0
for _, value in pairs(t) do sum = sum + value end
say("sum", sum)
local list = {}
for i, value in ipairs(t) do list[#list + 1] = i .. "=" .. value end
say("ipairs", table.concat(list, " "))
say("next", next(t))
say("next after 3", (next(t, 3)) == "a" or (next(t, 3)) == "b" or (next(t, 3)) == "c")
say("pairs gives", type((pairs(t))), select(2, pairs(t)) == t, select(3, pairs(t)))

-- Each entry may be removed or changed while it is visited.
local removed = 0
for key in pairs(t) do
  t[key] = nil
  removed = removed + 1
end
say("removed", removed, next(t))

for i = 1, 100 do t[i] = i end
for i = 1, 100 do t["k" .. i] = i end
local visited = 0
for key, value in pairs(t) do
  visited = visited + 1
  if value % 2 == 0 then t[key] = nil else t[key] = -value end
end
say("visited", visited)
local left, negative = 0, true
for _, value in pairs(t) do left, negative = left + 1, negative and value < 0 end
say("left", left, negative)

-- All of it removed backwards from the end of the sequence, in the middle of a traversal.
for key in pairs(t) do
  for i = 100, 1, -1 do t[i] = nil end
  if type(key) == "string" then t[key] = nil end
end
say("empty", next(t))

try("an unknown key", next, t, "unknown")
try("an unknown number", next, t, 12345)
try("an unknown object", next, t, ext.table())
say("after the last", next(ext.table()))
try("next of no table", next, 1)

-- Traversals inside each other.
_home.m = { x = 1, y = 2, z = 3 }
local pairs_seen = 0
for _, a in pairs(_home.m) do
  for _, b in pairs(_home.m) do pairs_seen = pairs_seen + a * b end
end
say("nested", pairs_seen)
local names = {}
for name in pairs(_io.input.places) do names[#names + 1] = name end
say("the host's order", table.concat(names, " "))
names = {}
for name in pairs(_io.input) do names[#names + 1] = name end
say("the host's order", table.concat(names, " "))
for i, row in ipairs(_io.input.matrix) do say("row " .. i, row) end
