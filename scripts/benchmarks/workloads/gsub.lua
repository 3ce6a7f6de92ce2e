-- string.gsub with a function, find and gmatch over words.
local n = ...
local text = ("hello wide world 42 "):rep(100)
local count = 0
for _ = 1, n do
  local upper, words = text:gsub("%a+", string.upper)
  count = count + words + (upper:find("WORLD 42 $") or 0)
  for number in text:gmatch("%d+") do count = count + #number end
end
return count
