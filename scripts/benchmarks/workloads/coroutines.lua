-- Switches between a coroutine and its caller.
local n = ...
local resume = coroutine.wrap(function()
  local i = 0
  while true do
    i = i + 1
    coroutine.yield(i)
  end
end)
local sum = 0
for _ = 1, n do sum = sum + resume() % 5 end
return sum
