-- Operations that move many elements at once: sequences of one kind of number, of several kinds, and of anything.
local say = require("tools").say

local function check(label, n, element)
  local native = {}
  for i = 1, n do native[i] = element(i) end
  local external = ext.table()
  for i = 1, n do external[i] = native[i] end
  local back = table.move(external, 1, n, 1, {})
  local unpacked = table.pack(table.unpack(external, 1, math.min(n, 5000)))
  local wrong = 0
  for i = 1, n do
    if back[i] ~= native[i] or math.type(back[i]) ~= math.type(native[i]) then wrong = wrong + 1 end
    if i <= 5000 and unpacked[i] ~= native[i] then wrong = wrong + 1 end
  end
  say(label, wrong, #back, #external, unpacked.n)
end
for _, n in ipairs({ 1, 255, 256, 257, 8191, 8192, 8193, 10000 }) do
  check("integers " .. n, n, function(i) return i end)
  check("floats " .. n, n, function(i) return i / 2 + 0.25 end)
end
check("integral floats", 1000, function(i) return i + 0.0 end)
check("large integers", 1000, function(i) return math.maxinteger - i end)
check("mixed numbers", 1000, function(i) return i % 2 == 0 and i or i + 0.5 end)
check("runs", 2000, function(i) return i // 100 % 3 == 0 and i or i // 100 % 3 == 1 and i / 4 + 0.1 or "s" .. i end)
check("strings", 1000, function(i) return "string " .. i end)
check("booleans", 500, function(i) return i % 2 == 0 end)

local t = ext.table()
t[1], t[3], t[5] = "a", "c", "e"
say("holes", table.unpack(t, 1, 6))
say("beyond", table.unpack(t, 5, 8))
say("from below", table.unpack(t, -1, 1))
