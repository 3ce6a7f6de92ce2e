-- Tables filled by appending, then traversed, 10,000 elements at a time.
local n = ...
local sum = 0
for _ = 1, n // 10000 do
  local t = {}
  for i = 1, 10000 do t[i] = i end
  for _, v in pairs(t) do sum = sum + v % 7 end
end
return sum
