-- Strings: joining, cutting, patterns, formats, encodings; and code that is compiled.
local function encode(value)
  local kind = type(value)
  if kind == "table" then
    local parts = {}
    if #value > 0 then
      for i, v in ipairs(value) do parts[i] = encode(v) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for k, v in pairs(value) do parts[#parts + 1] = string.format("%q:%s", k, encode(v)) end
    table.sort(parts)
    return "{" .. table.concat(parts, ",") .. "}"
  elseif kind == "string" then
    return '"' .. value:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"'
  end
  return tostring(value)
end

local function decode(text)
  local at, value = 1, nil
  local function skip() at = text:match("^%s*()", at) end
  local function string_at()
    local body = text:match('^"([^"]*)"', at)
    at = at + #body + 2
    return body
  end
  function value()
    skip()
    local first = text:sub(at, at)
    if first == "{" or first == "[" then
      local result = {}
      repeat
        at = at + 1
        skip()
        local key = #result + 1
        if first == "{" then
          key = string_at()
          at = text:match("^%s*:()", at)
        end
        result[key] = value()
        skip()
        local after = text:sub(at, at)
      until after ~= ","
      at = at + 1
      return result
    elseif first == '"' then
      return string_at()
    end
    local number, rest = text:match("^([%-%d%.e]+)()", at)
    at = rest
    return tonumber(number)
  end
  return value()
end

local function tokens(source)
  local patterns = { "^%s+", "^[%a_][%w_]*", "^%d+%.?%d*", "^'[^']*'", "^%-%-[^\n]*", "^[%+%-%*/=%(%),%.]" }
  local at, count = 1, 0
  while at <= #source do
    local last
    for _, pattern in ipairs(patterns) do
      local _, e = source:find(pattern, at)
      if e then last = e break end
    end
    at = (last or at) + 1
    count = count + 1
  end
  return count
end

local total = 0
local records = {}
for i = 1, 40 do records[i] = { id = i, name = "name\n" .. i, tags = { "a", "b", "c" }, value = i / 7, price = i * 1.5 } end
for _ = 1, 12 do total = total + #decode(encode(records)) end
total = total + tokens(("local x = 10 + foo(bar, 'str') -- comment\n"):rep(300))
for i = 1, 20000 do total = total + #(tostring(i) .. "x") end
for i = 1, 6000 do total = total + #tostring(i / 3) + #string.format("%d %s %5.2f %x %g", i, "abc", i / 3, i, i / 8) end
local text = ("hello world from lua "):rep(100)
for _ = 1, 25 do
  local changed, count = text:gsub("%w+", function(word) return word:upper() end)
  total = total + count + #changed + select(2, text:gsub("o", "0")) + select(2, text:gsub("(%w+) (%w+)", "%2 %1"))
  for word in text:gmatch("%a+") do total = total + #word end
end
for turn = 1, 20 do
  local parts = {}
  for i = 1, 1000 do parts[#parts + 1] = string.char(65 + i % 26) .. ("abcdefghijk"):sub(i % 5 + 1, i % 5 + 4) end
  local joined = table.concat(parts)
  total = total + #joined:lower():rep(2) + #joined:reverse() + (joined:find("xyz", 1, true) or 0) + joined:byte(turn)
  local grown = ""
  for i = 1, 200 do grown = grown .. i .. "," end
  total = total + #grown
end
for i = 1, 3000 do
  local packed = string.pack("<i4z", i, "text")
  total = total + string.unpack("<i4", packed) + utf8.len("grüße" .. i) + tonumber("12.5") + tonumber("ff", 16) + math.tointeger("8")
  if "apple" .. i < "banana" and i == tonumber(tostring(i)) then total = total + 1 end
end
for _, code in utf8.codes(("äöü€"):rep(500)) do total = total + code end
local source = ([[
local function area(shape)
  if shape.kind == "circle" then return 3.14 * shape.radius ^ 2 end
  for i = 1, #shape do shape[i] = (shape[i] or 0) + i end
  local t = { 1, 2, x = "a", [3] = function(...) return ... end }
  while #t < 3 do t[#t + 1] = not t.x end
  repeat local n <const> = 5 until n > 4
  goto done
  ::done::
  return t
end
]]):rep(10)
for i = 1, 10 do total = total + #string.dump(load(source .. "return " .. i)) end
print(total)
