-- Random sequences of table operations, each applied to a plain table and to another that should behave alike. `...`: the seed, how many
-- sequences, a function that makes the other table, and whether to use keys 1 … n only. Prints a digest of all results every thousand
-- sequences, for comparison between programs; stops with an error at the first difference between the two tables.
local seed, sequences, make, only_sequences = ...

local state = seed
local function random(n)
  state = state ~ (state << 13)
  state = state ~ (state >> 7)
  state = state ~ (state << 17)
  return (state >> 11) % n + 1
end

local digest = 0
local function mix(number)
  digest = (digest * 1000003 + number) & 0xFFFFFFFFFFFF
end

local function digest_value(v)
  if math.type(v) == "integer" then
    mix(v)
  elseif type(v) == "number" then
    mix((string.unpack("<i8", string.pack("<d", v))))
  elseif type(v) == "string" then
    mix(#v * 257 + (v:byte() or 0))
  else
    mix(v == nil and 1 or v and 2 or 3)
  end
end

-- Keys that are no part of the sequence 1 … n, so that `#` has one answer.
local KEYS = { "a", "b", "name", "1", "", "a longer key, but still a short string", ("long"):rep(20), true, false, 0, -1, 1000, 1 << 40, 1.5, -0.25, 2 ^ 60 }
local function key()
  return KEYS[random(#KEYS)]
end

local VALUES = { 1, 2, 3.5, -7, "x", "yy", "", true, false, 1 << 52, -(1 << 31), -0.5, 1e300, ("v"):rep(100), 0, "é" }
local function value()
  return VALUES[random(#VALUES)]
end

-- Each operation takes the table, its length and two random choices, and returns what can be compared. `same(v)` says that `v` is the table.
local operations = {
  function(t, n, k, v) t[n + 1] = v return #t end,
  function(t, n, k, v, r) if n > 0 then t[(r - 1) % n + 1] = v end return #t end,
  function(t, n) t[n] = n > 0 and nil or t[n] return #t end,
  function(t, n, k, v, r) return t[r], rawget(t, r) end,
  function(t, n, k, v, r) return t[n + r], t[r + 0.0] end,
  function(t, n, k, v) table.insert(t, v) return #t, rawlen(t) end,
  function(t, n, k, v, r) table.insert(t, (r - 1) % (n + 1) + 1, v) return #t end,
  function(t, n) return table.remove(t), #t end,
  function(t, n, k, v, r) if n > 0 then return table.remove(t, (r - 1) % n + 1), #t end end,
  function(t, n) return table.unpack(t) end,
  function(t, n) local count = 0 for i in ipairs(t) do count = count + i end return count end,
  function(t, n) if n > 1 then table.move(t, 1, n - 1, 2) end return t[1], t[n], #t end,
  function(t, n) if n > 0 then table.move(t, 1, n, n + 1) end for i = #t, 9, -1 do t[i] = nil end return #t end,
  function(t, n)
    local strings = {}
    for i = 1, n do strings[i] = tostring(t[i]) end
    table.sort(strings)
    return table.concat(strings, ",")
  end,
  function(t, n)
    table.sort(t, function(a, b) return tostring(a) < tostring(b) end)
    return t[1], t[n], #t
  end,
  function(t, n)
    local seen = {}
    for k2, v2 in pairs(t) do seen[#seen + 1] = math.type(k2) == "float" and ("%a"):format(k2) or tostring(k2) .. "=" .. tostring(v2) end
    table.sort(seen)
    return table.concat(seen, ";")
  end,
  function(t, n) return select("#", pcall(next, t, "no such key")), (pcall(next, t, "no such key")) end,
  function(t, n) return (select(2, pcall(function() t[nil] = 1 end)) ~= nil), (pcall(function() t[0 / 0] = 1 end)) end,
  function(t, n) return (pcall(table.concat, t, "-")) end,
  function(t, n, k) return t[nil], t[0 / 0], rawequal(t, t), type(t), t == t end,
}

-- These use other keys.
local keyed = {
  function(t, n, k, v) t[k] = v return t[k] end,
  function(t, n, k, v) t[k] = v return t[k] end,
  function(t, n, k) t[k] = nil return t[k] end,
  function(t, n, k) return t[k] end,
  function(t, n, k, v) rawset(t, k, v) return rawget(t, k) end,
  function(t, n)
    for k2 in pairs(t) do if type(k2) == "string" then t[k2] = nil end end
    return next(t) == nil, #t
  end,
  function(t, n)
    for k2, v2 in pairs(t) do if type(v2) == "number" and type(k2) ~= "number" then t[k2] = v2 + 1 end end
    return t.a, t.b, t[true]
  end,
}
if not only_sequences then table.move(keyed, 1, #keyed, #operations + 1, operations) end

local function equal(a, b)
  return a == b and math.type(a) == math.type(b) and type(a) == type(b)
end

local function show(results)
  local shown = {}
  for i = 1, results.n do shown[i] = ("%s %q"):format(type(results[i]), tostring(results[i])) end
  return table.concat(shown, ", ")
end

for sequence = 1, sequences do
  local plain, other = {}, make(sequence)
  local log = {}
  for step = 1, 4 + random(16) do
    local which, k, v, r = random(#operations), key(), value(), random(6)
    log[step] = which
    local expected = table.pack(operations[which](plain, #plain, k, v, r))
    local found = table.pack(operations[which](other, #other, k, v, r))
    local same = expected.n == found.n
    for i = 1, expected.n do
      same = same and equal(expected[i], found[i])
      digest_value(expected[i])
    end
    if not same then
      local story = table.concat(log, " ")
      error(("sequence %d, operations %s: expected %s; found %s"):format(sequence, story, show(expected), show(found)))
    end
  end
  if sequence % 1000 == 0 then print(sequence, ("%012x"):format(digest)) end
end
