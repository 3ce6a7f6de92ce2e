-- table.sort by a function of Lua's.
local n = ...
local seed, sum = 42, 0
for _ = 1, n // 5000 do
  local t = {}
  for i = 1, 5000 do
    seed = (seed * 3877 + 29573) % 139968
    t[i] = { key = seed }
  end
  table.sort(t, function(a, b) return a.key > b.key end)
  sum = sum + t[1].key + t[2500].key + t[5000].key
end
return sum
