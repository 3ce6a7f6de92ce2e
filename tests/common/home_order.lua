-- The order of traversal in `_home`: the sequence first, then the other keys as they were inserted.
local function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = tostring(key) end
  return table.concat(list, " ")
end

_home.t = {}
local t = _home.t
t.z, t.a, t[10], t.m = 1, 2, 3, 4
print(keys(t))
t[1] = "first"
print(keys(t))
t[3] = "third"
print(keys(t))
t[2] = "second"
print(keys(t))
t.a = nil
print(keys(t))
t.a = 5
print(keys(t))
t.z = 6
print(keys(t))
t[3] = nil
print(keys(t))
t[3] = 7
print(keys(t))

local many = ext.table()
_home.many = many
for i = 100, 1, -1 do many["k" .. i] = i end
local last, ordered = 101, true
for _, value in pairs(many) do
  ordered = ordered and value == last - 1
  last = value
end
print("in the order of insertion", ordered)
for i = 1, 100, 2 do many["k" .. i] = nil end
many.k1 = "again"
print(keys(many):sub(1, 30), keys(many):sub(-10))
print(next(many))
