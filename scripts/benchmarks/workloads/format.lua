-- string.format: an integer, a string, a float.
local n = ...
local format, bytes, last = string.format, 0, ""
for i = 1, n do
  last = format("%d %s %8.3f", i, "abc", i / 3)
  bytes = bytes + #last
end
return bytes .. last
