-- An assignment that is refused leaves its key as unknown, or as known, as it was before.
local say = require("tools").say

local function refused(key)
  return pcall(function() _home[key] = { coroutine.create(print) } end)
end
say("refused", (refused("fresh")))
_home.fresh = 1
local keys = {}
for key in pairs(_home) do keys[#keys + 1] = key end
say("keys", table.concat(keys, " "), _home.fresh, rawget(_home, "fresh"))
_home.fresh = nil

-- So many that the numbers of keys are used up, and given anew.
local wrong = 0
for i = 1, 6000 do
  local key = "key" .. i
  if i % 3 == 0 then refused(key) end
  _home[key] = i
  if next(_home) ~= key then wrong = wrong + 1 end
  _home[key] = nil
end
say("wrong", wrong, next(_home))
