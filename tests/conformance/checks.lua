-- Runs checks: the arguments are a start line for each outcome and the sources, each after a byte that no source has. What a check
-- prints comes before its outcome, which is its results as Lua would write them, or its error. The same code runs on both sides.

local MARK, sources = ...

local type, next, pairs, tostring, select, pcall, load = type, next, pairs, tostring, select, pcall, load
local setmetatable, getmetatable, rawget, rawlen, print = setmetatable, getmetatable, rawget, rawlen, print
local format, gsub, byte, find, match = string.format, string.gsub, string.byte, string.find, string.match
local concat, sort, mathtype = table.concat, table.sort, math.type
local debug_getmetatable, debug_setmetatable, sethook, collect = debug.getmetatable, debug.setmetatable, debug.sethook, collectgarbage
local warn = warn
local string_metatable = getmetatable("")
local setvbuf = io.stdout.setvbuf

local DEPTH_MAX = 5
local ESCAPES = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\0"] = "\\0", ["\\"] = "\\\\" }

local function escape(text)
  return (gsub(text, "[%c\\\x7f-\xff]", function(c) return ESCAPES[c] or format("\\x%02x", byte(c)) end))
end

-- The shortest of three forms that reads back as the same number. A NaN has no sign.
local function show_float(number)
  if number ~= number then return "nan" end
  local text
  for digits = 15, 17 do
    text = format("%." .. digits .. "g", number)
    if tonumber(text) == number then break end
  end
  return find(text, "^%-?%d+$") and text .. ".0" or text
end

local show

local function show_table(t, depth)
  if depth > DEPTH_MAX then return "{...}" end
  local parts, named, length = {}, {}, 0
  while rawget(t, length + 1) ~= nil do
    length = length + 1
    parts[length] = show(rawget(t, length), depth + 1)
  end
  for key, value in next, t do
    if not (mathtype(key) == "integer" and key >= 1 and key <= length) then
      local name = type(key) == "string" and find(key, "^[%a_][%w_]*$") and key or "[" .. show(key, depth + 1) .. "]"
      named[#named + 1] = name .. " = " .. show(value, depth + 1)
    end
  end
  sort(named)
  for i = 1, #named do parts[#parts + 1] = named[i] end
  return "{" .. concat(parts, ", ") .. "}"
end

function show(value, depth)
  local kind = type(value)
  if kind == "string" then return '"' .. gsub(escape(value), '"', '\\"') .. '"' end
  if kind == "table" then return show_table(value, depth) end
  if mathtype(value) == "float" then return show_float(value) end
  if kind == "nil" or kind == "boolean" or kind == "number" then return tostring(value) end
  return kind
end

local function show_all(...)
  local count = select("#", ...)
  if count == 0 then return "nothing" end
  local parts = {}
  for i = 1, count do parts[i] = show((select(i, ...)), 1) end
  return concat(parts, ", ")
end

local function outcome(ok, ...)
  if ok then return "> " .. show_all(...) end
  local message = ...
  return "! " .. (type(message) == "string" and escape(message) or "value " .. show(message, 1))
end

-- What one check changes is not there for the next.
local function restore()
  sethook()
  setvbuf(io.stdout, "no")
  for _, value in pairs { 0, true, print } do debug_setmetatable(value, nil) end
  debug_setmetatable(nil, nil)
  debug_setmetatable("", string_metatable)
  warn("@off")
  collect("incremental", 200, 100)
  collect()
end

-- An expression, or else a chunk. Writes to globals stay with the check.
local function run(source)
  local env = setmetatable({}, { __index = _G })
  local chunk = load("return " .. source, "=c", "t", env)
  if not chunk then
    local message
    chunk, message = load(source, "=c", "t", env)
    if not chunk then return outcome(false, message) end
  end
  return outcome(pcall(chunk))
end

restore()
for source in sources:gmatch("[^" .. MARK .. "]+") do
  local result = run(source)
  restore()
  print(MARK .. result)
end
