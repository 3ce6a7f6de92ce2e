-- Loops over numbers: integers, floats, bits, comparisons.
local function fibonacci(n)
  if n < 2 then return n end
  return fibonacci(n - 1) + fibonacci(n - 2)
end

local function mandelbrot(size, turns)
  local inside = 0
  for y = 0, size - 1 do
    for x = 0, size - 1 do
      local cr, ci = 2 * x / size - 1.5, 2 * y / size - 1
      local zr, zi, turn = 0.0, 0.0, 0
      while turn < turns and zr * zr + zi * zi < 4 do
        zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
        turn = turn + 1
      end
      if turn == turns then inside = inside + 1 end
    end
  end
  return inside
end

local function collatz(limit)
  local longest, best = 0, 0
  for start = 1, limit do
    local n, length = start, 1
    while n ~= 1 do
      if n % 2 == 0 then n = n // 2 else n = 3 * n + 1 end
      length = length + 1
    end
    if length > longest then longest, best = length, start end
  end
  return best
end

local function hash(text)
  local h = 0x811c9dc5
  for i = 1, #text do h = ((h ~ text:byte(i)) * 0x01000193) & 0xffffffff end
  return h
end

local function integral(steps)
  local sum, sin, sqrt, floor = 0.0, math.sin, math.sqrt, math.floor
  for i = 1, steps do
    local x = i / steps
    sum = sum + sin(x * 3.1) * sqrt(x) + floor(x * 10) + x ^ 2
  end
  return sum / steps
end

local total = 0
for i = 1, 300000 do total = total + i end
print(fibonacci(24), mandelbrot(60, 50), collatz(2500), hash(("data"):rep(2000)), integral(60000), total)
print(math.max(3, 4.5), math.tointeger(3.0), 7 // 2, -7 % 3, 7.5 // 2, 1 << 10, math.type(1), 3 | 8, math.abs(-3))
