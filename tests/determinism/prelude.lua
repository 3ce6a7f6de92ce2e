-- What the generated programs of tests/fuzz find. There, what two builds of Lua do not share is made the same; here nothing is: tables are
-- traversed as they come, and addresses are printed.

local STEPS_MAX, STRING_BYTES_MAX = 3000, 200
local steps = 0

function T()
  steps = steps + 1
  if steps > STEPS_MAX then error("out of steps", 0) end
  return true
end

function C(value)
  if type(value) == "string" and #value > STRING_BYTES_MAX then return value:sub(1, STRING_BYTES_MAX) end
  return value
end

P, S, mathtype = pairs, tostring, math.type
