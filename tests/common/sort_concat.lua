-- `table.sort` and `table.concat` on external tables.
local tools = require("tools")
local say, try = tools.say, tools.try

local function filled(t)
  for i = 1, 50 do t[i] = i * 37 % 101 end
  return t
end
local function is_sorted(t, before)
  for i = 2, #t do
    if before(t[i], t[i - 1]) then return false end
  end
  return true
end
for _, t in ipairs({ ext.table(), ext.array() }) do
  filled(t)
  table.sort(t)
  say("sorted", is_sorted(t, function(a, b) return a < b end), t[1], t[50], #t)
  table.sort(t, function(a, b) return a > b end)
  say("sorted", is_sorted(t, function(a, b) return a > b end), t[1], t[50], #t)
  say("concat", table.concat(t, ",", 1, 10))
  say("concat", #table.concat(t), table.concat(t, "-", 50), table.concat(t, "-", 51))
end

_home.words = { "tin", "copper", "zinc", "lead", "gold" }
table.sort(_home.words)
say("words", table.concat(_home.words, " "))
table.sort(_home.words, function(a, b) return #a < #b or #a == #b and a < b end)
say("by length", table.concat(_home.words, " "))
_home.mixed = { 3, "x", 2 }
say("mixed", (pcall(table.sort, _home.mixed)))
say("an invalid order", (pcall(table.sort, filled(ext.table()), function() return true end)))
_home.bad = { "a", {}, "c" }
say("concat of a table", (pcall(table.concat, _home.bad)))
try("an error in the comparison", table.sort, filled(ext.array()), function() error({ "compared" }) end)
say("numbers", table.concat({ 1, 2.5, -3 }, " "), table.concat(_io.input.isotopes, "/"))
