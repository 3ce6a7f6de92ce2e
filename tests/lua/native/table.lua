-- The table library, constructors and the length operator.

local function list(t) return table.concat(t, " ") end

-- insert and remove
local t = { "a", "b" }
print(table.insert(t, "c"), list(t))
table.insert(t, 1, "z") print(list(t))
table.insert(t, 5, "end") print(list(t))
print(pcall(table.insert, t, 7, "x"))
print(pcall(table.insert, t, 0, "x"))
print(pcall(table.insert, t, "x", "y"))
print(pcall(table.insert, t))
print(pcall(table.insert, t, 1, 2, 3))
print(pcall(table.insert, 5, 1))
print(pcall(table.insert, nil, 1))
print(table.remove(t), table.remove(t, 1), list(t))
print(table.remove({}), table.remove({}, 0), #t, table.remove(t, #t + 1))
print(pcall(table.remove, t, 10))
print(pcall(table.remove, t, -1))
print(pcall(table.remove, "x"))
local zero = { [0] = "zero" }
print(table.remove(zero, 0), zero[0])

-- concat
print(table.concat({}), table.concat({ 1, 2.5, "x" }), table.concat({ 1, 2, 3 }, ", "), table.concat({ 1, 2, 3 }, ", ", 2),
  table.concat({ 1, 2, 3 }, "-", 2, 3), table.concat({ 1, 2, 3 }, "-", 3, 2))
print(table.concat({ [5] = "five", [6] = "six" }, "+", 5, 6), table.concat({ 1, 2 }, 0), table.concat({}, "x", 1, 0))
print(pcall(table.concat, { 1, {}, 3 }))
print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3))
print(pcall(table.concat, { true }))
print(pcall(table.concat, 5))
print(pcall(table.concat, {}, {}))
print(pcall(table.concat, {}, "", "x"))
print(table.concat({ "a" }, ",", math.maxinteger, math.maxinteger - 1) == "")

-- pack, unpack, select
local packed = table.pack(1, nil, 3, nil)
print(packed.n, #table.pack(), table.pack().n, packed[1], packed[2], packed[3])
print(table.unpack({ 1, 2, 3 }), table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2, 3 }, 2, 3), (table.unpack({ 1, 2 })))
print(table.unpack({}, 1, 3), select("#", table.unpack({}, 1, 3)), table.unpack({ 1, 2 }, -1, 1))
print(pcall(table.unpack, {}, 1, 1e6))
print(pcall(table.unpack, {}, 1, math.maxinteger))
print(pcall(table.unpack, {}, math.mininteger, math.maxinteger))
print(pcall(table.unpack))
print(pcall(table.unpack, {}, "x"))
print(table.unpack("abc", 1, 2))

-- move
print(list(table.move({ 1, 2, 3 }, 1, 3, 2)), list(table.move({ 1, 2, 3 }, 2, 3, 1)), list(table.move({ 1, 2, 3 }, 1, 3, 1, {})),
  list(table.move({ 1, 2, 3 }, 1, 0, 5)))
print(list(table.move({ 1, 2, 3 }, 1, 3, 4)), list(table.move({ 1, 2, 3 }, 2, 3, 3, { "x", "y" })))
print(pcall(table.move, {}, 1, 2))
print(pcall(table.move, {}, 1, math.maxinteger, 2))
print(pcall(table.move, {}, -1, math.maxinteger, 2))
print(pcall(table.move, {}, 1, 2, math.maxinteger))
print(pcall(table.move, 5, 1, 2, 3))
print(pcall(table.move, {}, 1, 2, 3, 4))
print(pcall(table.move, {}, "x", 2, 3))

-- sort
local function sorted(t, f) table.sort(t, f) return list(t) end
print(sorted { 3, 1, 2 }, sorted({ 3, 1, 2 }, function(a, b) return a > b end), sorted { "b", "a", "C" }, sorted {}, sorted { 1 },
  sorted { 1.5, 1, -0.5 })
print(pcall(table.sort, { 3, "x", 1 }))
print(pcall(table.sort, { {}, {} }))
print(pcall(table.sort, { 1, 2 }, 5))
print(pcall(table.sort, 5))
print(pcall(table.sort, { 1, 2, 3, 4, 5 }, function() return true end))
print(pcall(table.sort, { 3, 2, 1 }, function() error("in comparison", 0) end))
math.randomseed(7)
local numbers = {}
for i = 1, 500 do numbers[i] = math.random(1000) end
table.sort(numbers)
local ordered = true
for i = 2, #numbers do ordered = ordered and numbers[i - 1] <= numbers[i] end
print(ordered, numbers[1], numbers[250], numbers[500])
local records = {}
for i = 1, 50 do records[i] = { k = (i * 37) % 50, i = i } end
table.sort(records, function(a, b) return a.k < b.k end)
print(records[1].i, records[25].i, records[50].i)

-- with metamethods
local log = {}
local proxy = setmetatable({}, {
  __index = function(_, k) log[#log + 1] = "get" .. k return k <= 3 and k * 10 or nil end,
  __newindex = function(_, k, v) log[#log + 1] = "set" .. k end,
  __len = function() return 3 end,
})
print(table.concat(proxy, ","), table.unpack(proxy), #proxy)
table.insert(proxy, "x") table.remove(proxy) table.move(proxy, 1, 2, 2)
print(list(log))
print(pcall(table.insert, setmetatable({}, { __len = function() return "x" end }), 1))
print(pcall(table.insert, setmetatable({}, { __len = function() return 1.5 end }), 1))
print(table.unpack(setmetatable({}, { __index = function(_, i) return i end }), 1, 3))

-- constructors, length, borders
local function three() return 1, 2, 3 end
print(#{ three() }, #{ three(), three() }, #{ (three()) }, #{ three(), nil }, #{ n = 1 }, #{ [1] = "a", [2] = "b" }, #"abc")
print(({ 10, 20, [2] = "kept?" })[2], ({ [1] = "a", "b" })[1], ({ x = 1, ["y z"] = 2, [3.0] = "three" })[3])
local grown = {}
for i = 1, 100 do grown[i] = i end
for i = 100, 51, -1 do grown[i] = nil end
print(#grown, grown[50], grown[51])
local float = {}
float[1.0] = "one" float[2^53] = "big"
print(float[1], next(float), float[2^53 | 0], math.type(next(float)))
print(pcall(function() local t = {} t[nil] = 1 end))
print(({ [false] = "f" })[false], ({ [0.5] = "half" })[0.5], ({ [-0.0] = "zero" })[0])
local big = {}
for i = 1, 2000 do big[i * 7] = i end
local count, sum = 0, 0
for k, v in pairs(big) do count, sum = count + 1, sum + k * v end
print(count, sum)
