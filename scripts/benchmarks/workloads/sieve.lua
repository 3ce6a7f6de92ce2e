-- The primes up to 20,000, again and again: booleans in an array, steps of any width.
local n = ...
local LIMIT, count = 20000, 0
local composite = {}
for _ = 1, n do
  for i = 1, LIMIT do composite[i] = false end
  for i = 2, LIMIT do
    if not composite[i] then
      count = count + 1
      for k = i * i, LIMIT, i do composite[k] = true end
    end
  end
end
return count
