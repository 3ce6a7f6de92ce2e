-- Trees made, counted and dropped while one long-lived tree stays: allocation and collection, within 1.5 MiB.
local n = ...
local function grow(depth)
  if depth == 0 then return {} end
  return { grow(depth - 1), grow(depth - 1) }
end
local function size(tree)
  if tree[1] == nil then return 1 end
  return 1 + size(tree[1]) + size(tree[2])
end
local kept, sum = grow(n), 0
for depth = 2, n, 2 do
  for _ = 1, 2 ^ (n - depth + 2) do sum = sum + size(grow(depth)) end
end
return sum + size(kept)
