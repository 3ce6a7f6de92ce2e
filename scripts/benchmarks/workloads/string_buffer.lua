-- A text grown piece by piece, then cut and turned: concatenation, sub, byte, rep, reverse.
local n = ...
local text, sum = "", 0
for i = 1, n do
  text = text .. i % 10 .. "-"
  if #text >= 400 then
    for k = 1, #text, 20 do sum = sum + #text:sub(k, k + 9) + text:byte(k) end
    local double = text:rep(2):reverse():lower()
    sum = sum + double:byte(5)
    text = double:sub(1, 10)
  end
end
return sum
