-- The operator `#`, appending and shortening.
local say = require("tools").say

for _, name in ipairs({ "home", "table", "array" }) do
  local t = name == "home" and { 0 } or name == "table" and ext.table() or ext.array()
  if name == "home" then
    _home.t = t
    t[1] = nil
  end
  say(name, #t, rawlen(t), ext.len(t))
  for i = 1, 10 do t[#t + 1] = i * i end
  say(name, #t, t[1], t[10], t[11], t[0])
  t[#t] = nil
  say(name, #t, t[#t])
  while #t > 0 do t[#t] = nil end
  say(name, #t, next(t))
  for i = 1, 1000 do t[i] = i end
  say(name, #t, select("#", table.unpack(t, 1, #t)))
end
say("strings do not count", #_io.input, #_io.input.places)
say("input", #_io.input.isotopes, #_io.input.matrix, #_io.input.matrix[3], #_io.input.records)
