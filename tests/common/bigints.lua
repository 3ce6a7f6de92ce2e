-- Integers without bounds, as values, keys, arguments and results: they arrive as they left.
local say = require("tools").say
local host = require("host")

local function show(v) return type(v) .. " " .. tostring(v) end
local large = bigint.new(2) ^ 200
for _, n in ipairs({ bigint.new(0), bigint.new(7), -bigint.new(7), bigint.new(1) << 64, -(bigint.new(1) << 64), large, -large }) do
  local back = host.id(n)
  _home.n = n
  say(show(back), back == n, _home.n == n, bigint.eq(back, n))
end
-- In parts, because the buffer is shorter.
local long = (bigint.new(1) << 600000) + 1
_home.n = { long }
say("long", host.id(long) == long, _home.n[1] == long, -host.id(long, -long) == -long)
say("from integers", host.id(bigint.new(math.maxinteger)) + 1 == bigint.new(math.maxinteger) + 1, show(host.id(bigint.new(math.mininteger))))

-- As keys they are compared by value, and apart from numbers.
local t = ext.table()
t[bigint.new(5)] = "bigint"
t[5] = "integer"
t["5"] = "text"
t[large] = "large"
say("keys", t[bigint.new(5)], t[5], t["5"], t[bigint.new(2) ^ 200], t[large + 1], t[2.0 ^ 200])
local kinds = {}
for key in pairs(t) do kinds[#kinds + 1] = type(key) end
table.sort(kinds)
say("visited", table.concat(kinds, " "))
say("next", next(t, bigint.new(5)))
t[bigint.new(5)] = nil
say("removed", t[bigint.new(5)], t[5])
_home.t = { [large] = { large }, list = { bigint.new(1), bigint.new(2) } }
say("adopted", _home.t[bigint.new(2) ^ 200][1] == large, _home.t.list[1] + _home.t.list[2] == bigint.new(3), #_home.t.list)
_home.t, _home.n = nil, nil
say("copied", host.id({ a = large, b = { -large } }).b[1] == -large)
local ok, e = pcall(host.fail, large)
say("as an error", ok, e == large)
say("through a function", host.call(function(n) return n * n, n end, large) == large * large)
