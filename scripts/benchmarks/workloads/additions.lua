-- A loop that adds integers. The low bits alone are compared: not every system has 64.
local n = ...
local x = 0
for i = 1, n do x = x + i end
return x & 0x7fffffff
