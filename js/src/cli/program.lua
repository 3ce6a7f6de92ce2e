-- What the command line needs inside an instance: running a program, values as text that reads like Lua, and what a name may go on with.
-- It is the module "cu.program". Whatever it uses is taken at once, so that a program may change every global.
local error, getmetatable, load, next, pcall, rawget, rawlen, select, tostring, type, write =
  error, getmetatable, load, next, pcall, rawget, rawlen, select, tostring, type, io.write
local byte, format, gmatch, gsub, match, sub = string.byte, string.format, string.gmatch, string.gsub, string.match, string.sub
local concat, sort, utf8_len, math_type, string_library, G = table.concat, table.sort, utf8.len, math.type, string, _G

local is_external = ext.is

local WIDTH = 80
local FIELDS_SORTED_MAX = 1000
local NAME = "^[%a_][%w_]*$"
local KEYWORDS = {}
for word in gmatch([[and break do else elseif end false for function goto if in local nil not or repeat return then true until
  while]], "%a+") do
  KEYWORDS[word] = true
end

-- Of a value as text: how deep tables are shown, and how many entries of each.
local WHOLE = { depth = 100, entries = math.huge }
local BRIEF = { depth = 4, entries = 100 }

local ESCAPES = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

local function quoted(text)
  local escape = function(c) return ESCAPES[c] or format("\\x%02X", byte(c)) end
  text = gsub(text, '[%c"\\]', escape)
  if not utf8_len(text) then text = gsub(text, "[\128-\255]", escape) end
  return '"' .. text .. '"'
end

-- A table's own way to be shown, if it has one that works.
local function own_text(value)
  local metatable = getmetatable(value)
  if type(metatable) ~= "table" or rawget(metatable, "__tostring") == nil then return nil end
  local ok, text = pcall(tostring, value)
  return ok and text or nil
end

local function plain(value)
  local kind = type(value)
  if kind == "string" then return quoted(value) end
  if kind == "table" then return own_text(value) end
  local ok, text = pcall(tostring, value)
  return ok and text or kind
end

local function key_text(key)
  if type(key) == "string" and match(key, NAME) and not KEYWORDS[key] then return key .. " = " end
  return "[" .. (plain(key) or tostring(key)) .. "] = "
end

-- The keys of a table that are not in its sequence. Lua keeps no order of its own tables' keys, so those are sorted, numbers before names;
-- what lies in the host has the host's order. So has a table of very many keys, for which there may be no memory.
local function fields(value, length)
  local keys, is_sorted = {}, not is_external(value)
  for key in next, value do
    if not (math_type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
    if #keys > FIELDS_SORTED_MAX then return nil end
  end
  if is_sorted then
    sort(keys, function(a, b)
      local kind_a, kind_b = type(a), type(b)
      if kind_a ~= kind_b then return kind_a == "number" or (kind_b ~= "number" and kind_a > kind_b) end
      return (kind_a == "number" or kind_a == "string") and a < b
    end)
  end
  return keys
end

-- The entries of a table one by one: the text of the key ("" in the sequence) and the value. After the last that is shown comes "…".
local function entries(value, limit)
  local length, count, key = rawlen(value), 0, nil
  local keys = fields(value, length)
  local function following()
    if keys then return keys[count - length] end
    repeat key = next(value, key) until not (math_type(key) == "integer" and key >= 1 and key <= length)
    return key
  end
  return function()
    if count > limit then return nil end
    count = count + 1
    if count <= length then
      if count > limit then return "…", nil end
      return "", rawget(value, count)
    end
    local name = following()
    if name == nil then return nil end
    if count > limit then return "…", nil end
    return key_text(name), rawget(value, name)
  end
end

-- The value on one line, or nil if that is longer than `room`. `path` has the tables around it.
local function on_one_line(value, room, depth, path, extent)
  local text = plain(value)
  if text == nil and path[value] then text = "<cycle>" end
  if text == nil and next(value) == nil then text = "{}" end
  if text == nil and depth >= extent.depth then text = "{…}" end
  if text ~= nil then return #text <= room and text or nil end
  path[value] = true
  local parts, used = {}, 4
  for name, item in entries(value, extent.entries) do
    local part = name
    if name ~= "…" then
      local shown = on_one_line(item, room - used - #name, depth + 1, path, extent)
      part = shown and name .. shown
    end
    used = used + (part and #part + 2 or room)
    if used > room then
      path[value] = nil
      return nil
    end
    parts[#parts + 1] = part
  end
  path[value] = nil
  return "{ " .. concat(parts, ", ") .. " }"
end

-- Writes a value: in one line if there is room, otherwise with a line for each entry. Nothing is put together in memory.
local function show(value, extent, indent, depth, path, taken)
  local line = on_one_line(value, WIDTH - #indent - taken, depth, path, extent)
  local text = line or plain(value)
  if text then return write(text) end
  path[value] = true
  write("{\n")
  local inner = indent .. "  "
  for name, item in entries(value, extent.entries) do
    write(inner, name)
    if name ~= "…" then show(item, extent, inner, depth + 1, path, #name + 1) end
    write(name == "…" and "\n" or ",\n")
  end
  path[value] = nil
  write(indent, "}")
end

local function show_all(extent, raw_strings, ...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if raw_strings and type(value) == "string" then write(value) else show(value, extent, "", 0, {}, 0) end
    write("\n")
  end
end

-- Fails with the message of the compiler, at a place in this module: so it can be told from an error of the program.
local function compiled(source, name)
  local chunk, problem = load(source, name, "t")
  return chunk or error(problem, 0)
end

local program = {}

-- Runs a program and writes its results, a line for each, or more lines for a table. Strings are written as they are.
function program.run(source, name, ...)
  show_all(WHOLE, true, compiled(source, name)(...))
end

-- Runs a program and hands its results on.
function program.results(source, name, ...)
  return compiled(source, name)(...)
end

-- Runs a piece of a program, an expression or statements, and writes its results as Lua would spell them.
function program.evaluate(source, name)
  local text = "return " .. source
  local chunk, problem = load(text, name, "t")
  -- An expression that is not complete is no statement, but may become an expression.
  if not chunk and (load(source, name, "t") or not match(problem, "<eof>'?$")) then text = source end
  show_all(BRIEF, false, compiled(text, name)())
end

-- Writes values: `brief`, or all of it.
function program.show(value, brief)
  show_all(brief and BRIEF or WHOLE, false, value)
end

local function names_of(value, found)
  if type(value) ~= "table" then return end
  for key in next, value do
    if type(key) == "string" and match(key, NAME) and not KEYWORDS[key] then found[key] = true end
  end
end

-- The names of globals, or of fields of what the names in `path` lead to, that begin with `start`. No code of the program's runs.
function program.complete(path, start)
  local value, found = G, {}
  for name in gmatch(path, "[^.:]+") do
    if type(value) ~= "table" then return {} end
    value = rawget(value, name)
  end
  if type(value) == "string" then value = string_library end
  for _ = 1, 10 do
    names_of(value, found)
    local metatable = getmetatable(value)
    value = type(metatable) == "table" and rawget(metatable, "__index") or nil
  end
  local names = {}
  for name in next, found do if sub(name, 1, #start) == start then names[#names + 1] = name end end
  if path == "" then for word in next, KEYWORDS do if sub(word, 1, #start) == start then names[#names + 1] = word end end end
  sort(names)
  return names
end

return program
