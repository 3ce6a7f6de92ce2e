-- What the common scripts print with: values in a form that shows their exact type and depends on no address and no order.
local tools = {}

local SHOWN_BYTES_MAX = 160

local function rank(key)
  return type(key) == "number" and 1 or type(key) == "string" and 2 or 3
end

-- Numbers before strings before all else, each in its own order.
local function before(a, b)
  if rank(a) ~= rank(b) then return rank(a) < rank(b) end
  if rank(a) < 3 then return a < b end
  return tools.show(a) < tools.show(b)
end

-- Text that tells the value and its exact type; entries of tables are sorted by key.
function tools.show(value, seen)
  if type(value) == "string" then
    if #value > SHOWN_BYTES_MAX then return ("string of %d bytes"):format(#value) end
    return (("%q"):format(value):gsub("\\\n", "\\n"))
  elseif type(value) == "table" then
    return tools.show_table(value, seen or {})
  elseif type(value) == "function" or type(value) == "thread" then
    return type(value)
  end
  return tostring(value)
end

function tools.show_table(value, seen)
  if seen[value] then return "cycle" end
  seen[value] = true
  local keys, parts = {}, {}
  for key in next, value do keys[#keys + 1] = key end
  table.sort(keys, before)
  for i, key in ipairs(keys) do
    local name = key == i and "" or "[" .. tools.show(key, seen) .. "]="
    parts[i] = name .. tools.show(value[key], seen)
  end
  seen[value] = nil
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- Prints a label, and all values as `show` has them.
function tools.say(label, ...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tools.show(parts[i]) end
  print(label .. ": " .. table.concat(parts, ", "))
end

-- Calls a function and prints what it gives, or the error that it raises.
function tools.try(label, f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then
    tools.say(label, table.unpack(results, 2, results.n))
  else
    tools.say(label .. " fails", results[2])
  end
end

return tools
