-- Calls of a Lua function: Fibonacci numbers by recursion.
local n = ...
local function fib(i)
  if i < 2 then return i end
  return fib(i - 1) + fib(i - 2)
end
return fib(n)
