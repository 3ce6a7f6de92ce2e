-- Closures made and called once.
local n = ...
local function counter(i)
  return function() return i % 3 end
end
local sum = 0
for i = 1, n do sum = sum + counter(i)() end
return sum
