-- table.sort of integers in no order, 10,000 at a time.
local n = ...
local seed, sum = 42, 0
for _ = 1, n // 10000 do
  local t = {}
  for i = 1, 10000 do
    seed = (seed * 3877 + 29573) % 139968
    t[i] = seed
  end
  table.sort(t)
  sum = sum + t[1] + t[5000] + t[10000]
end
return sum
