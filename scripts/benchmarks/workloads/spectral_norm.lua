-- The largest singular value of an infinite matrix, cut off at n: floats in arrays, small functions.
local n = ...
local function a(i, j)
  local sum = i + j - 1
  return 1.0 / (sum * (sum - 1) / 2 + i)
end
local function times(x, y)
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + x[j] * a(i, j) end
    y[i] = sum
  end
end
local function times_transposed(x, y)
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + x[j] * a(j, i) end
    y[i] = sum
  end
end
local u, v, t = {}, {}, {}
for i = 1, n do u[i] = 1.0 end
for _ = 1, 5 do
  times(u, t)
  times_transposed(t, v)
  times(v, t)
  times_transposed(t, u)
end
local uv, vv = 0.0, 0.0
for i = 1, n do uv, vv = uv + u[i] * v[i], vv + v[i] * v[i] end
return math.sqrt(uv / vv)
