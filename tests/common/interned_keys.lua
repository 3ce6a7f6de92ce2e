-- More different field names than are interned at one time.
local say = require("tools").say

local t = ext.table()
for i = 1, 5000 do t["field" .. i] = i end
local wrong = 0
for i = 1, 5000 do
  if t["field" .. i] ~= i then wrong = wrong + 1 end
end
say("one after the other", wrong)
local x = 1
for _ = 1, 10000 do
  x = (x * 1103515245 + 12345) % 2147483648
  local i = x % 5000 + 1
  if t["field" .. i] ~= i then wrong = wrong + 1 end
end
say("at random", wrong)
for i = 1, 5000, 2 do t["field" .. i] = nil end
local count = 0
for name, value in pairs(t) do
  if name ~= "field" .. value then wrong = wrong + 1 end
  count = count + 1
end
say("left", count, wrong)
collectgarbage()
for i = 1, 3000 do _home["other" .. i] = { ["inner" .. i] = i } end
collectgarbage()
for i = 1, 3000 do
  if _home["other" .. i]["inner" .. i] ~= i then wrong = wrong + 1 end
end
say("in two places", wrong)
for i = 1, 3000 do _home["other" .. i] = nil end
say("empty", next(_home))
local lengths = {}
for n = 0, 60 do t[("n"):rep(n)] = n end
for n = 0, 60 do lengths[#lengths + 1] = t[("n"):rep(n)] == n and "." or "x" end
say("lengths", table.concat(lengths))
