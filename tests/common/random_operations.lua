-- Random operations on an external table and on a native one, side by side: never a difference.
local say = require("tools").say

local state = 20240607
print("seed " .. state)
local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state >> 8) % n + 1
end

local KEYS = { 1, 2, 3, 4, 5, 6, 7, 8, "a", "b", "c", "d", 1.5, -1, 0, true, false, "1", 2 ^ 40, ("long"):rep(20) }
local VALUES = { 1, 2.0, "x", "", true, false, 1e100, math.maxinteger, ("value"):rep(30) }

local function check(native, external)
  for key, value in next, native do
    if external[key] ~= value or math.type(external[key]) ~= math.type(value) then return false end
  end
  for key in pairs(external) do
    if native[key] == nil then return false end
  end
  return true
end

-- Sequences grow and shrink only at their end, so that `#` has one answer.
local OPERATIONS = {
  function(native, external, key)
    if math.type(key) ~= "integer" then
      local value = VALUES[random(#VALUES)]
      native[key], external[key] = value, value
    end
  end,
  function(native, external, key)
    if math.type(key) ~= "integer" then native[key], external[key] = nil, nil end
  end,
  function(native, external)
    local value = VALUES[random(#VALUES)]
    table.insert(native, value)
    table.insert(external, value)
  end,
  function(native, external)
    assert(table.remove(native) == table.remove(external))
  end,
  function(native, external)
    local value, at = VALUES[random(#VALUES)], random(#native + 1)
    table.insert(native, at, value)
    table.insert(external, at, value)
  end,
  function(native, external)
    if #native > 0 then
      local at = random(#native)
      assert(table.remove(native, at) == table.remove(external, at))
    end
  end,
  function(native, external, key)
    assert(native[key] == external[key] and rawget(external, key) == native[key])
  end,
  function(native, external)
    assert(#native == #external and select("#", table.unpack(native)) == select("#", table.unpack(external)))
  end,
}

for round = 1, 5 do
  local native, external = {}, ext.table()
  for step = 1, 800 do
    OPERATIONS[random(#OPERATIONS)](native, external, KEYS[random(#KEYS)])
    if step % 50 == 0 then assert(check(native, external), step) end
  end
  say("round " .. round, #native, #external, check(native, external))
end
