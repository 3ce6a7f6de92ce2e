-- Numbers to strings, joined by `..` and by table.concat.
local n = ...
local parts, sum = {}, 0
for i = 1, n do
  parts[i % 1000 + 1] = tostring(i) .. ","
  if i % 1000 == 0 then sum = sum + #table.concat(parts) end
end
return sum
