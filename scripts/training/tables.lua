-- Tables as arrays, records and sets; sorting; the collector.
local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local function sieve(n)
  local is, found = {}, 0
  for i = 2, n do is[i] = true end
  for i = 2, n do
    if is[i] then
      found = found + 1
      for k = i * i, n, i do is[k] = false end
    end
  end
  return found
end

local function multiply(n)
  local a, b, c = {}, {}, {}
  for i = 1, n do
    a[i], b[i], c[i] = {}, {}, {}
    for k = 1, n do a[i][k], b[i][k] = i + k % 7, i * k % 5 + 0.5 end
  end
  for i = 1, n do
    local row = a[i]
    for k = 1, n do
      local sum = 0.0
      for j = 1, n do sum = sum + row[j] * b[j][k] end
      c[i][k] = sum
    end
  end
  return c[n][n]
end

local function bodies(turns)
  local list = {}
  for i = 1, 5 do list[i] = { x = i, y = i * 0.5, z = -i, vx = 0.1 * i, vy = 0, vz = 0.2, mass = 1 / i } end
  for _ = 1, turns do
    for i = 1, #list do
      local a = list[i]
      for k = i + 1, #list do
        local b = list[k]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local d = dx * dx + dy * dy + dz * dz
        local mag = 0.01 / (d * math.sqrt(d))
        a.vx, a.vy, a.vz = a.vx - dx * b.mass * mag, a.vy - dy * b.mass * mag, a.vz - dz * b.mass * mag
        b.vx, b.vy, b.vz = b.vx + dx * a.mass * mag, b.vy + dy * a.mass * mag, b.vz + dz * a.mass * mag
      end
    end
    for _, a in ipairs(list) do a.x, a.y, a.z = a.x + 0.01 * a.vx, a.y + 0.01 * a.vy, a.z + 0.01 * a.vz end
  end
  return list[1].x
end

local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function nodes(t) return t[1] and 1 + nodes(t[1]) + nodes(t[2]) or 1 end

local function queens(n)
  local rows, found = {}, 0
  local function free(n, column)
    for i = 1, n - 1 do
      if rows[i] == column or rows[i] - i == column - n or rows[i] + i == column + n then return false end
    end
    return true
  end
  local function place(row)
    if row > n then found = found + 1 return end
    for column = 1, n do
      if free(row, column) then rows[row] = column place(row + 1) end
    end
  end
  place(1)
  return found
end

local function cache(turns)
  local entries, order, first, hits = {}, {}, 1, 0
  for i = 1, turns do
    local key = "key" .. random(500)
    if entries[key] then
      hits = hits + 1
    else
      entries[key] = i
      order[#order + 1] = key
      if #order - first > 300 then
        entries[order[first]] = nil
        order[first] = nil
        first = first + 1
      end
    end
    if i % 4000 == 0 then order, first, entries = {}, 1, {} end
  end
  return hits
end

local counted = 0
for turn = 1, 15 do
  local t = {}
  for i = 1, 3000 do t[i] = i end
  for _, v in pairs(t) do counted = counted + v end
  for _, v in ipairs(t) do counted = counted + v end
  local names = {}
  for i = 1, 400 do names["name" .. i] = i end
  for k, v in pairs(names) do counted = counted + #k + v end
  for k in next, names do names[k] = nil end
  local list = {}
  for i = 1, 2500 do list[i] = random(100000) end
  table.sort(list)
  table.sort(list, function(a, b) return a > b end)
  local words = {}
  for i = 1, 400 do words[i] = "w" .. random(1000) end
  table.sort(words)
  for i = 1, 300 do table.insert(list, 1 + i, i) end
  for _ = 1, 300 do table.remove(list, 2) end
  for _ = 1, 1000 do list[#list + 1] = turn end
  for _ = 1, 1000 do table.remove(list) end
  counted = counted + #table.concat(words, ",") + select("#", table.unpack(words, 1, 100)) + table.pack(1, 2, 3).n
  table.move(list, 1, 500, 2)
  local weak = setmetatable({}, { __mode = "k" })
  for i = 1, 200 do weak[{}] = i end
end
for i = 1, 20 do counted = counted + nodes(tree(9)) end
for i = 1, 2000 do setmetatable({}, { __gc = function() counted = counted + 1 end }) end
collectgarbage()
collectgarbage("generational")
for i = 1, 20 do counted = counted + nodes(tree(8)) end
collectgarbage("incremental")
print(counted, sieve(20000), multiply(36), bodies(2500), queens(7), cache(60000))
