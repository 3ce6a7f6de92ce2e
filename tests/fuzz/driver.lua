-- Runs generated programs, the arguments after the first, each in a world of its own, and prints for each what it printed and how it
-- ended, then the first argument. What must differ between two builds of Lua is made the same: addresses, the sign of NaN.

local MARK = ...

local load, pcall, print, select, tostring, type, next, setmetatable = load, pcall, print, select, tostring, type, next, setmetatable
local gsub, sub, byte, format, concat, sort = string.gsub, string.sub, string.byte, string.format, table.concat, table.sort
local collect, error, randomseed, mathtype, warn = collectgarbage, error, math.randomseed, math.type, warn

local create, resume, close, unpack = coroutine.create, coroutine.resume, coroutine.close, table.unpack

local STEPS_MAX = 3000
local LINES_MAX = 300
local LINE_BYTES_MAX = 2000
local STRING_BYTES_MAX = 200

-- Made each time anew: a program may change what it finds.
local function copy(t)
  local new = {}
  for key, value in next, t do new[key] = value end
  return new
end

local function escape(c) return format("\\%d", byte(c)) end

local function normal(text)
  text = gsub(text, "(: )0x%x+", "%1ADDRESS")
  text = gsub(text, "%-nan", "nan")
  return (gsub(text, "[^\n -~]", escape))
end

-- Numbers first, then strings, then booleans; other keys are left out.
local RANK = { number = 1, string = 2, boolean = 3 }
local function precedes(a, b)
  local rank_a, rank_b = RANK[type(a)], RANK[type(b)]
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a == 3 then return not a and b end
  return a < b
end

-- In place of `pairs`, whose order is nobody's business.
local function ordered(t)
  local keys = {}
  for key in next, t do
    if RANK[type(key)] then keys[#keys + 1] = key end
  end
  sort(keys, precedes)
  local i = 0
  return function()
    i = i + 1
    local key = keys[i]
    if key ~= nil then return key, t[key] end
  end
end

local function world(lines)
  local env = {}
  for _, name in next, { "assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "rawequal", "rawget",
    "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall" } do
    env[name] = _G[name]
  end
  for _, name in next, { "string", "table", "math", "utf8", "coroutine" } do env[name] = copy(_G[name]) end
  env.os = os and { date = os.date, time = os.time }
  env.debug = { traceback = debug.traceback, getinfo = debug.getinfo, getlocal = debug.getlocal }
  env._G = env
  local steps = 0
  -- At every loop turn and call: a program cannot run long, nor write much.
  function env.T()
    steps = steps + 1
    if steps > STEPS_MAX then error("out of steps", 0) end
    return true
  end
  function env.print(...)
    if #lines >= LINES_MAX then error("too many lines", 0) end
    local parts = {}
    for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
    lines[#lines + 1] = sub(concat(parts, "\t"), 1, LINE_BYTES_MAX)
  end
  -- Bounds a string that is built in a loop.
  function env.C(value)
    if type(value) == "string" and #value > STRING_BYTES_MAX then return sub(value, 1, STRING_BYTES_MAX) end
    return value
  end
  -- In place of what is shown with its address, which has no length that one could rely on.
  function env.S(value)
    local kind = type(value)
    return RANK[kind] and value or kind
  end
  env.P = ordered
  env.mathtype = mathtype
  return env
end

local function finish(lines, ok, ...)
  local parts = {}
  for i = 1, select("#", ...) do
    local shown, text = pcall(tostring, (select(i, ...)))
    parts[i] = shown and text or "?"
  end
  lines[#lines + 1] = (ok and "returned " or "failed ") .. concat(parts, "\t")
end

local function run(source)
  local lines = {}
  randomseed(1)
  local chunk, message = load(source, "=p", "t", world(lines))
  if chunk then
    -- In a stack of its own, which is as full on both sides, so that it overflows at the same place.
    local thread = create(chunk)
    finish(lines, resume(thread))
    close(thread)
  else
    lines[1] = "refused " .. message
  end
  collect("restart")
  collect("incremental")
  return normal(concat(lines, "\n"))
end

-- How many calls from C are left shows in how often a message handler that fails is called: as many on both sides.
local LEVELS = 190

local function levels_left()
  local levels = 0
  local function enter()
    levels = levels + 1
    return gsub("a", "a", enter)
  end
  pcall(enter)
  return levels
end

local function at_level(excess, f, ...)
  if excess == 0 then return f(...) end
  local arguments, count = { ... }, select("#", ...)
  gsub("a", "a", function() at_level(excess - 1, f, unpack(arguments, 1, count)) end)
end

local function run_all(...)
  for i = 1, select("#", ...) do
    print(run((select(i, ...))))
    print(MARK)
  end
end

warn("@off")
-- After an error that was caught, a coroutine has more levels left than before: the module runs this file in one.
pcall(error)
at_level(levels_left() - LEVELS, run_all, select(2, ...))
