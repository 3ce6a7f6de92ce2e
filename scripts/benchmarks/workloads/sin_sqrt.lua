-- Functions of the library math.
local n = ...
local sin, sqrt, sum = math.sin, math.sqrt, 0.0
for i = 1, n do sum = sum + sin(i) * sqrt(i) end
return sum
