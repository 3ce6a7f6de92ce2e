-- All ways to put n queens on a board: recursion and booleans in arrays.
local n = ...
local columns, up, down = {}, {}, {}
local function place(row)
  if row > n then return 1 end
  local found = 0
  for column = 1, n do
    local u, d = row + column, row - column + n
    if not (columns[column] or up[u] or down[d]) then
      columns[column], up[u], down[d] = true, true, true
      found = found + place(row + 1)
      columns[column], up[u], down[d] = false, false, false
    end
  end
  return found
end
return place(1)
