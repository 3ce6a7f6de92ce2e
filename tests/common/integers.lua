-- Integers and floats through arguments, results, tables and traversals.
local say = require("tools").say
local host = require("host")

local function kind(x) return tostring(x) .. " " .. math.type(x) end
for _, n in ipairs({ 0, 1, -1, 255, 65536, 2147483647, -2147483648, 2147483648, 4294967295, 9007199254740991, -9007199254740991 }) do
  local t = ext.table()
  t[1], t[n] = n, n
  say(kind(n), kind(host.id(n)), t[n] == n, math.type(t[n]))
end
for _, x in ipairs({ 0.5, -0.25, 1e-300, 1.7976931348623157e308, 3.141592653589793 }) do
  say(kind(x), kind(host.id(x)), host.id(x) == x)
end
say("not numbers", host.id(math.huge), host.id(-math.huge), host.id(0 / 0) ~= host.id(0 / 0))
_home.t = { 1, 1.0, 2 ^ 31, 1 << 31, 2 ^ 53, 1 << 53, 1 << 62, -(1 << 62), math.maxinteger, math.mininteger }
local parts = {}
for i, value in ipairs(_home.t) do parts[i] = kind(value) end
say("sequence", table.concat(parts, ", "))
say("sums", _home.t[1] + _home.t[2], _home.t[9] + 1 == math.mininteger, _home.t[6] + 1 == (1 << 53) + 1)
_home.counter = 0
for _ = 1, 1000 do _home.counter = _home.counter + 1 end
say("counter", kind(_home.counter))
_home.counter = _home.counter / 2
say("halved", kind(_home.counter))
_home.counter = _home.counter // 1 | 0
say("integer again", kind(_home.counter))
say("strings stay strings", type(host.id("10")), _home["1"], host.id("10") + 1)
