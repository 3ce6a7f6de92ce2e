-- Adds up _io.input.data, and says how far it is after every 2^20 elements.
local data <const>, progress <const> = _io.input.data, _io.input.progress
local STEP <const> = 1 << 20

local sum, count = 0.0, #data
for first = 1, count, STEP do
  local last = math.min(first + STEP - 1, count)
  for i = first, last do
    sum = sum + data[i]
  end
  progress(last)
end
return sum, count
