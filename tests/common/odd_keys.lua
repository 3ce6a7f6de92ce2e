-- Keys that no table takes, and keys at the edges of the numbers.
local tools = require("tools")
local say, try = tools.say, tools.try

local nan = 0 / 0
for _, t in ipairs({ ext.table(), _home, _io.input.places }) do
  try("nil", function() t[nil] = 1 end)
  try("NaN", function() t[nan] = 1 end)
  say("reading", t[nil], t[nan], rawget(t, nan))
  say("length of what is not there", t[math.huge], t[-math.huge], t[2 ^ 63], t[-2 ^ 63], t[math.mininteger])
end
try("nil to nil", function() _home[nil] = nil end)
local t = ext.table()
local edges = { 2147483647, 2147483648, -2147483648, -2147483649, 4294967295, 4294967296, 9007199254740991, 9007199254740993,
  -9007199254740993, math.maxinteger, math.mininteger, 2 ^ 63, -2 ^ 64, 0.5, -0.5, 1e308, math.huge }
for i, key in ipairs(edges) do t[key] = i end
local wrong = 0
for i, key in ipairs(edges) do wrong = wrong + (t[key] == i and 0 or 1) end
say("edges", wrong, t[9007199254740992], t[math.maxinteger - 1], t[2 ^ 62])
local count = 0
for key in pairs(t) do count = count + (t[key] and 1 or 0) end
say("count", count, #edges, #t)
try("traversal from nowhere", next, t, nan)

for _, name in ipairs({ "__index", "__newindex", "__gc", "__mode", "__metatable", "__name", "__proto__", "constructor", "toString",
  "hasOwnProperty", "length", "prototype", "then" }) do
  assert(_home[name] == nil)
  _home[name] = name
  assert(_home[name] == name)
  _home[name] = nil
  assert(_home[name] == nil)
  _io.output = {}
  assert(_io.output[name] == nil, name)
  _io.output[name] = name
  assert(_io.output[name] == name)
end
say("names that mean something elsewhere", next(_home), _io.input.constructor, _io.input.toString, _io.input.isotopes.length)
