-- A loop of a comparison, an addition and a jump.
local n = ...
local i = 0
while i < n do i = i + 1 end
return i
