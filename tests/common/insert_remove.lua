-- `table.insert` and `table.remove` on external tables.
local tools = require("tools")
local say, try = tools.say, tools.try

for _, t in ipairs({ ext.table(), ext.array() }) do
  table.insert(t, "a")
  table.insert(t, "c")
  table.insert(t, 2, "b")
  table.insert(t, 1, "0")
  table.insert(t, 5, "e")
  say("inserted", t)
  try("beyond", table.insert, t, 7, "x")
  try("before", table.insert, t, 0, "x")
  try("too few", table.insert, t)
  try("too many", table.insert, t, 1, 2, 3)
  say("removed", table.remove(t), table.remove(t, 1), table.remove(t, 2))
  say("left", t)
  try("beyond", table.remove, t, 5)
  say("at the end", table.remove(t, 3))
  say("removed", table.remove(t), table.remove(t), table.remove(t))
  say("left", t, #t)
end
_home.t = { 1, 2, 3 }
table.insert(_home.t, 4)
table.insert(_home.t, { "inner" })
say("home", _home.t, #_home.t, _home.t[5][1])
say("removed", table.remove(_home.t, 1), table.remove(_home.t))
say("home", _home.t)
