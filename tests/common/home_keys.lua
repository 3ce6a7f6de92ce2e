-- Keys of every type in `_home`: what is equal in Lua is one key, and nothing else is.
local say = require("tools").say

_home.t = {}
local t = _home.t
local object = ext.table()
local keys = { 1, "1", 1.5, -1, 0, true, false, "", "a", "a\0b", 1 << 53, math.mininteger, math.maxinteger, math.huge, -math.huge, -1.5,
  5e-324, ext.null, object, _home, ("k"):rep(40), ("k"):rep(41), 2147483648, -2147483649 }
for i, key in ipairs(keys) do t[key] = i end
local wrong = 0
for i, key in ipairs(keys) do
  if t[key] ~= i then wrong = wrong + 1 say("wrong", key, t[key], i) end
end
say("wrong", wrong)
local count = 0
for key, value in pairs(t) do
  count = count + 1
  assert(keys[value] == key and math.type(keys[value]) == math.type(key))
end
say("count", count, #keys)

-- Integral floats are the integers.
t[1.0] = "one"
say("1.0", t[1], t[1.0], t["1"])
t[2.0 ^ 53] = "big"
say("2^53", t[9007199254740992], t[2 ^ 53])
say("2^53 + 1", t[9007199254740993])
t[-0.0] = "zero"
say("zero", t[0], t[0.0], t[-0.0])
say("types", math.type(next({ [3.0] = 1 })))
t.k3 = {}
t.k3[3.0] = 1
say("in home", math.type(next(t.k3)))

for _, key in ipairs(keys) do t[key] = nil end
t[1 << 53] = nil
t.k3 = nil
say("empty", next(t))

-- A Lua function and a plain table are known by identity, which does not leave Lua.
say("closure", pcall(function() t[function() end] = 1 end))
say("library function", pcall(function() t[print] = 1 end))
say("plain table", pcall(function() t[{}] = 1 end))
say("coroutine", pcall(function() t[coroutine.create(print)] = 1 end))
say("still empty", next(t))
