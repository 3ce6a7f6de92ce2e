-- The raw functions see the same contents as the operators.
local tools = require("tools")
local say, try = tools.say, tools.try

for _, t in ipairs({ ext.table(), _home, ext.array() }) do
  rawset(t, 1, "one")
  rawset(t, 2, "two")
  say("rawget", rawget(t, 1), rawget(t, 2), rawget(t, 3), t[1], t[2])
  say("rawlen", rawlen(t), #t)
  say("rawset gives the table", rawequal(rawset(t, 2, nil), t), rawget(t, 2), #t)
  say("rawequal", rawequal(t, t), rawequal(t, ext.table()), rawequal(t[1], "one"))
  say("next", next(t))
  rawset(t, 1, nil)
  say("empty", next(t))
end
rawset(_home, "t", { 1, 2, x = "y" })
say("adopted", ext.is(rawget(_home, "t")), rawget(_home, "t"))
rawset(_home.t, 3.0, "three")
say("integral", rawget(_home.t, 3), rawlen(_home.t))
try("nil key", rawset, _home, nil, 1)
try("NaN key", rawset, _home, 0 / 0, 1)
say("nil key read", rawget(_home, nil), rawget(_home, 0 / 0))
try("no table", rawget, 1, 1)
try("rawlen of a number", rawlen, 1)
say("rawlen of a string", rawlen("four"))
