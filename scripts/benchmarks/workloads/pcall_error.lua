-- Errors raised and caught.
local n = ...
local caught = 0
for i = 1, n do
  local ok, value = pcall(error, i)
  if not ok and value == i then caught = caught + 1 end
end
return caught
