-- Source text cut into tokens by their first byte: byte, sub, comparisons, a table of words.
local n = ...
local SOURCE = [[
function area(width, height) -- of a rectangle
  local result = width * height + 0.5
  if result >= 1000 then return "large", result end
  while result < 10 do result = result + 1 end
  return 'small', result
end
]]
local WORDS = {}
for word in ("and do else end for function if in local nil not or return then while"):gmatch("%a+") do WORDS[word] = true end

local function is_digit(b) return b >= 48 and b <= 57 end
local function is_letter(b) return b >= 97 and b <= 122 or b >= 65 and b <= 90 or b == 95 end

local function token(text, at, kinds)
  local byte, first, kind = text:byte(at), at, "symbol"
  if is_letter(byte) then
    repeat at = at + 1 until not (is_letter(text:byte(at)) or is_digit(text:byte(at)))
    kind = WORDS[text:sub(first, at - 1)] and "word" or "name"
  elseif is_digit(byte) then
    repeat at = at + 1 until not (is_digit(text:byte(at)) or text:byte(at) == 46)
    kind = "number"
  elseif byte == 34 or byte == 39 then
    repeat at = at + 1 until text:byte(at) == byte
    at, kind = at + 1, "string"
  elseif byte == 45 and text:byte(at + 1) == 45 then
    repeat at = at + 1 until text:byte(at) == 10
    kind = "comment"
  elseif byte <= 32 then
    at, kind = at + 1, "space"
  elseif (byte == 60 or byte == 62) and text:byte(at + 1) == 61 then
    at = at + 2
  else
    at = at + 1
  end
  kinds[kind] = (kinds[kind] or 0) + 1
  return at
end

local kinds = {}
for _ = 1, n do
  local at, bytes = 1, #SOURCE
  while at <= bytes do at = token(SOURCE, at, kinds) end
end
local names = {}
for kind, count in pairs(kinds) do names[#names + 1] = kind .. count end
table.sort(names)
return table.concat(names, " ")
