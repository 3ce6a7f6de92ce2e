-- An encoder and a decoder of JSON, written in Lua: round after round over one document.
local n = ...
local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }
local UNESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", n = "\n", t = "\t" }

local encode
local function encode_string(text) return '"' .. text:gsub('["\\\n\t]', ESCAPES) .. '"' end
local function encode_table(t)
  local parts = {}
  if t[1] ~= nil then
    for i, v in ipairs(t) do parts[i] = encode(v) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  for i, k in ipairs(keys) do parts[i] = encode_string(k) .. ":" .. encode(t[k]) end
  return "{" .. table.concat(parts, ",") .. "}"
end
function encode(value)
  local kind = type(value)
  if kind == "table" then return encode_table(value) end
  if kind == "string" then return encode_string(value) end
  return tostring(value)
end

local decode
local function skip(text, at) return text:find("[^ \n\t]", at) end
local function decode_string(text, at)
  local stop = text:find('[\\"]', at)
  if text:byte(stop) == 34 then return text:sub(at, stop - 1), stop + 1 end
  local parts = {}
  while true do
    stop = text:find('[\\"]', at)
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:byte(stop) == 34 then return table.concat(parts), stop + 1 end
    parts[#parts + 1] = UNESCAPES[text:sub(stop + 1, stop + 1)]
    at = stop + 2
  end
end
local function decode_array(text, at)
  local list = {}
  at = skip(text, at)
  if text:byte(at) == 93 then return list, at + 1 end
  while true do
    list[#list + 1], at = decode(text, at)
    at = skip(text, at)
    if text:byte(at) == 93 then return list, at + 1 end
    at = at + 1
  end
end
local function decode_object(text, at)
  local object = {}
  at = skip(text, at)
  if text:byte(at) == 125 then return object, at + 1 end
  while true do
    local key
    key, at = decode_string(text, skip(text, at) + 1)
    object[key], at = decode(text, skip(text, at) + 1)
    at = skip(text, at)
    if text:byte(at) == 125 then return object, at + 1 end
    at = at + 1
  end
end
function decode(text, at)
  at = skip(text, at)
  local first = text:byte(at)
  if first == 123 then return decode_object(text, at + 1) end
  if first == 91 then return decode_array(text, at + 1) end
  if first == 34 then return decode_string(text, at + 1) end
  if first == 116 then return true, at + 4 end
  if first == 102 then return false, at + 5 end
  local digits = text:match("^[-%d.eE+]+", at)
  return tonumber(digits), at + #digits
end

local document = { people = {} }
for i = 1, 40 do
  document.people[i] = {
    id = i, name = "Name " .. i, quote = 'said "no"\n\tand \\ left', weight = i + 0.5, alive = i % 3 == 0, tags = { "a", "b", "tag" .. i },
  }
end
local text, bytes = encode(document), 0
for _ = 1, n do
  text = encode((decode(text, 1)))
  bytes = bytes + #text
end
return bytes .. text
