-- Values in `_home`: each keeps its exact type.
local say = require("tools").say

local values = {
  1, 1.0, 0, -0.0, 3, 3.0, -7, 2.5, -2.5, 1e300, 5e-324, math.pi, math.huge, -math.huge,
  2147483647, 2147483648, -2147483648, -2147483649, 4294967296, 9007199254740991, 9007199254740992, -9007199254740992,
  math.maxinteger, math.mininteger, 2.0 ^ 53, 2.0 ^ 63, -2.0 ^ 63, "", "text", "χ", "1", true, false,
}
for i, value in ipairs(values) do
  _home.value = value
  local back = _home.value
  say(tostring(i), back, math.type(back) or type(back), back == value, math.type(back) == math.type(value))
end

_home.value = 0 / 0
say("NaN", _home.value ~= _home.value, math.type(_home.value))
_home.value = -0.0
say("sign of zero", 1 / _home.value)
_home.value = nil
say("removed", _home.value, next(_home))
_home.null = ext.null
say("null", _home.null == ext.null, tostring(_home.null), _home.null ~= nil)
_home.null = nil
