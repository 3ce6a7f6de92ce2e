-- Section 6.6 of the manual: the library table, with and without metamethods.

-- §6.6 Table Manipulation
table.concat({}) --> ""
table.concat({ 1, 2, 3 }) --> "123"
table.concat({ 1, 2, 3 }, ", ") --> "1, 2, 3"
table.concat({ "a", 1.5, "b" }, "-") --> "a-1.5-b"
table.concat({ 1, 2, 3 }, ",", 2) --> "2,3"
table.concat({ 1, 2, 3 }, ",", 2, 2) --> "2"
table.concat({ 1, 2, 3 }, ",", 3, 2) --> ""
table.concat({ 1, 2 }, ",", 1, 3) --! c:1: invalid value (nil) at index 3 in table for 'concat'
table.concat({ 1, {}, 3 }) --! c:1: invalid value (table) at index 2 in table for 'concat'
table.concat({ true }) --! c:1: invalid value (boolean) at index 1 in table for 'concat'
table.concat({ 1, 2 }, 0) --> "102"
table.concat({ [0] = "z", "a" }, ",", 0) --> "z,a"
table.concat({ [math.maxinteger] = "m" }, ",", math.maxinteger, math.maxinteger) --> "m"
table.concat(5) --! c:1: bad argument #1 to 'concat' (table expected, got number)
table.concat({}, {}) --! c:1: bad argument #2 to 'concat' (string expected, got table)
table.concat(setmetatable({}, { __index = function(_, i) return "v" .. i end, __len = function() return 3 end }), ",") --> "v1,v2,v3"
local t = {} table.insert(t, "a") table.insert(t, "b") return t --> {"a", "b"}
local t = { 1, 2, 3 } table.insert(t, 1, 0) return t --> {0, 1, 2, 3}
local t = { 1, 2, 3 } table.insert(t, 4, 4) return t --> {1, 2, 3, 4}
local t = { 1, 2, 3 } table.insert(t, 2, "x") return t --> {1, "x", 2, 3}
table.insert({ 1 }, 3, "x") --! c:1: bad argument #2 to 'insert' (position out of bounds)
table.insert({ 1 }, 0, "x") --! c:1: bad argument #2 to 'insert' (position out of bounds)
table.insert({ 1 }, -1, "x") --! c:1: bad argument #2 to 'insert' (position out of bounds)
table.insert({}) --! c:1: wrong number of arguments to 'insert'
table.insert({}, 1, 2, 3) --! c:1: wrong number of arguments to 'insert'
table.insert({}, "1", "x") --> nothing
table.insert({}, "k", "x") --! c:1: bad argument #2 to 'insert' (number expected, got string)
table.insert(nil, 1) --! c:1: bad argument #1 to 'insert' (table expected, got nil)
local t = {} table.insert(t, nil) return #t --> 0
select("#", table.insert({}, 1)) --> 0
local t = table.pack(1, nil, 3) return t.n, t[1], t[3] --> 3, 1, 3
table.pack() --> {n = 0}
table.pack(nil).n --> 1
table.unpack({ 1, 2, 3 }) --> 1, 2, 3
table.unpack({ 1, 2, 3 }, 2) --> 2, 3
table.unpack({ 1, 2, 3 }, 2, 3) --> 2, 3
table.unpack({ 1, 2, 3 }, 3, 2) --> nothing
table.unpack({}, 1, 2) --> nil, nil
table.unpack({ [0] = "z" }, 0, 0) --> "z"
table.unpack({ [-1] = "m", [0] = "z" }, -1, 1) --> "m", "z", nil
table.unpack({ n = 3 }) --> nothing
table.unpack({}, math.maxinteger, math.maxinteger) --> nil
table.unpack("abc") --> nil, nil, nil
local r = table.unpack(nil) --! attempt to get length of a nil value
table.unpack(setmetatable({}, { __index = function(_, i) return i * 2 end }), 1, 3) --> 2, 4, 6
local t = { 1, 2, 3 } return table.remove(t), t --> 3, {1, 2}
local t = { 1, 2, 3 } return table.remove(t, 1), t --> 1, {2, 3}
local t = { 1, 2, 3 } return table.remove(t, 2), t --> 2, {1, 3}
local t = { 1, 2, 3 } return table.remove(t, 4), t --> nil, {1, 2, 3}
table.remove({ 1, 2, 3 }, 5) --! c:1: bad argument #2 to 'remove' (position out of bounds)
table.remove({ 1, 2, 3 }, 0) --! c:1: bad argument #2 to 'remove' (position out of bounds)
table.remove({}) --> nil
table.remove({}, 0) --> nil
local t = { [0] = "z" } return table.remove(t, 0), t[0] --> "z", nil
local t = { [0] = "z" } return table.remove(t), t[0] --> "z", nil
table.remove({}, 1) --> nil
table.remove({}, 2) --! c:1: bad argument #2 to 'remove' (position out of bounds)
select("#", table.remove({})) --> 1
table.move({ 1, 2, 3 }, 1, 3, 2) --> {1, 1, 2, 3}
table.move({ 1, 2, 3 }, 2, 3, 1) --> {2, 3, 3}
table.move({ 1, 2, 3 }, 1, 3, 1, {}) --> {1, 2, 3}
table.move({ 1, 2, 3 }, 1, 0, 5) --> {1, 2, 3}
table.move({ 1, 2, 3 }, 1, 3, 3) --> {1, 2, 1, 2, 3}
table.move({}, 1, 2, 1, { "a", "b" }) --> {}
local t = {} return table.move({ 1 }, 1, 1, 1, t) == t --> true
table.move({ 1 }, 1, 1, math.maxinteger)[math.maxinteger] --> 1
table.move({ 1, 2 }, 1, 2, math.maxinteger) --! c:1: bad argument #4 to 'move' (destination wrap around)
table.move({}, math.mininteger, math.maxinteger, 1) --! c:1: bad argument #3 to 'move' (too many elements to move)
table.move({}, 1, 2) --! c:1: bad argument #4 to 'move' (number expected, got no value)
table.move(1, 1, 2, 3) --! c:1: bad argument #1 to 'move' (table expected, got number)
table.move({}, 1, 1, 1, 5) --! c:1: bad argument #5 to 'move' (table expected, got number)
local log = {} table.move(setmetatable({}, { __index = function(_, i) log[#log + 1] = "r" .. i return i end }), 1, 2, 1, setmetatable({}, { __newindex = function(_, i) log[#log + 1] = "w" .. i end }))
return log --> {"r1", "w1", "r2", "w2"}
local t = { 3, 1, 2 } table.sort(t) return t --> {1, 2, 3}
local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return t --> {3, 2, 1}
local t = { "b", "a", "C" } table.sort(t) return t --> {"C", "a", "b"}
local t = {} table.sort(t) return t --> {}
local t = { 1 } table.sort(t, error) return t --> {1}
local t = { 2, 1.5, -1, 0.0 } table.sort(t) return t --> {-1, 0.0, 1.5, 2}
local t = { { n = 2 }, { n = 1 } } table.sort(t, function(a, b) return a.n < b.n end) return t[1].n, t[2].n --> 1, 2
table.sort({ 1, "a" }) --! attempt to compare string with number
table.sort({ {}, {} }) --! attempt to compare two table values
table.sort({ 1, 2, 3, nil, 5 }, function(a, b) return true end) --! c:1: invalid order function for sorting
--= the border is another
table.sort({ 1, 2 }, 5) --! c:1: bad argument #2 to 'sort' (function expected, got number)
table.sort({ 2, 1 }, nil) --> nothing
table.sort({ 2, 1 }, function() error("cmp", 0) end) --! cmp
local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t) for i = 2, 100 do if t[i - 1] > t[i] then return i end end return "sorted" --> "sorted"
local t = {} for i = 1, 200 do t[i] = i % 7 end table.sort(t) return t[1], t[200] --> 0, 6
local t = {} for i = 1, 50 do t[i] = 50 - i end table.sort(t, function(a, b) return a < b end) return t[1], t[50] --> 0, 49
local t = { 5, 3, 1, 4 } table.sort(setmetatable({}, { __len = function() return 4 end, __index = t, __newindex = t })) return t --> {1, 3, 4, 5}
table.sort(setmetatable({}, { __len = function() return math.maxinteger end })) --! c:1: bad argument #1 to 'sort' (array too big)
table.sort(setmetatable({}, { __len = function() return -1 end })) --> nothing
table.sort("x") --! c:1: bad argument #1 to 'sort' (table expected, got string)
local log = {} local p = setmetatable({}, { __newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end }) table.insert(p, "a") table.insert(p, "b") return log --> {1, 2}
local p = setmetatable({}, { __len = function() return 5 end }) table.insert(p, "x") return rawget(p, 6) --> "x"
table.insert(setmetatable({}, { __len = function() return "x" end }), 1) --! c:1: object length is not an integer
local real = { 1, 2, 3 } local p = setmetatable({}, { __len = function() return #real end, __index = real, __newindex = function(_, k, v) real[k] = v end }) return table.remove(p, 1), real --> 1, {2, 3}
local real = { 1, 2 } local p = setmetatable({}, { __len = function() return #real end, __index = real, __newindex = real }) table.insert(p, 1, 0) return real --> {0, 1, 2}
table.concat({ 1, 2, 3 }, ",", -1, 0) --! c:1: invalid value (nil) at index -1 in table for 'concat'
table.unpack(table.pack(1, nil, nil), 1, 3) --> 1, nil, nil
local t = { "a", "b", "c" } for i = #t, 1, -1 do table.remove(t, i) end return t --> {}
