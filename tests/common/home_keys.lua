-- Keys of every type in `_home`: what is equal in Lua is one key, and nothing else is.
local say = require("tools").say
local host = require("host")

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

-- Functions of Lua's are keys by their identity.
local f, g = function() return "f" end, function() return "g" end
say("unknown", t[f], t[print], rawget(t, g))
t[f] = "closure"
t[print] = f
t.value = g
t[g] = "last"
say("functions", t[f], t[print] == f, t[g], t[t.value], (next(t))())
local calls = 0
for key, value in pairs(t) do calls = calls + (t[key] == value and 1 or 0) end
say("visited", calls, next(t, f) == print, next(t, g))
host.collect()
say("kept", t[f], t[next(t)], (next(t)) == f, t[t[print]])
t[f] = nil
t[g] = nil
say("removed", t[f], next(t) == print)
t[print], t.value = nil, nil
_home.t = { [f] = "in a graph" }
say("in a graph", _home.t[f], _home.t[g])
_home.t[f] = { 1 }
say("adopted there", _home.t[f][1], ext.is(_home.t[f]))
_home.t = t
host.collect()
local before = host.handles()
for i = 1, 2000 do
  local key = function() return i end
  t[key] = i
  assert(t[key] == i and t[f] == nil)
  t[key] = nil
end
host.collect()
say("many", host.handles() == before, next(t))

-- A plain table that becomes a key is adopted like one that becomes a value.
local key, value = { "key", inner = { 1 } }, { "value" }
t[key] = 1
say("a table", t[key], ext.is(key), ext.is(key.inner), key[1], next(t) == key, t[{ "key" }])
t[key] = value
say("both", t[key] == value, t[key][1], ext.is(value))
local shared = { "shared" }
t[shared] = { shared, { back = shared } }
say("shared", t[shared][1] == shared, t[shared][2].back == shared, ext.is(shared))
local self = {}
t[self] = self
say("itself", t[self] == self, ext.is(self))
local holds = {}
say("refused", pcall(function() t[holds] = { string } end), ext.is(holds), t[holds])
say("refused", (pcall(function() t[{ _G }] = 1 end)))
t[key], t[shared], t[self] = nil, nil, nil
say("still empty", next(t))

-- What no table can have is not there, and cannot be put there.
local co = coroutine.create(print)
say("not there", t[{}], t[co], t[io.stdout], rawget(t, {}))
t[{}], t[co], t[io.stdout] = nil, nil, nil
say("coroutine", pcall(function() t[co] = 1 end))
say("userdata", pcall(function() t[io.stdout] = 1 end))
say("still empty", next(t))
