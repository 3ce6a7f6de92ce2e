-- Pancake flips over all permutations of n numbers: integers in small arrays.
local n = ...
local perm, work, count = {}, {}, {}
for i = 1, n do perm[i], count[i] = i, i end
local most, sum, sign = 0, 0, 1
while true do
  local first = perm[1]
  if first ~= 1 then
    for i = 1, n do work[i] = perm[i] end
    local flips = 0
    while first ~= 1 do
      local low, high = 1, first
      while low < high do
        work[low], work[high] = work[high], work[low]
        low, high = low + 1, high - 1
      end
      flips = flips + 1
      first = work[1]
    end
    if flips > most then most = flips end
    sum = sum + sign * flips
  end
  -- The next permutation, by one exchange or by rotations.
  if sign == 1 then
    perm[1], perm[2] = perm[2], perm[1]
    sign = -1
  else
    perm[2], perm[3] = perm[3], perm[2]
    sign = 1
    local i = 3
    while count[i] == 1 do
      if i == n then return sum * 1000 + most end
      count[i] = i
      i = i + 1
      local moved = perm[1]
      for k = 1, i - 1 do perm[k] = perm[k + 1] end
      perm[i] = moved
    end
    count[i] = count[i] - 1
  end
end
