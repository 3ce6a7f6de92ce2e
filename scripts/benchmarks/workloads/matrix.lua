-- Products of square matrices: floats in tables of tables.
local n = ...
local function matrix(f)
  local rows = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    rows[i] = row
  end
  return rows
end
local function multiply(a, b)
  return matrix(function(i, j)
    local row, sum = a[i], 0.0
    for k = 1, n do sum = sum + row[k] * b[k][j] end
    return sum
  end)
end
local a = matrix(function(i, j) return (i - j) / n end)
local b = matrix(function(i, j) return (i + j) / n end)
local c = multiply(multiply(a, b), a)
local trace = 0.0
for i = 1, n do trace = trace + c[i][n + 1 - i] end
return trace
