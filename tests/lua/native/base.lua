-- The base library: conversions, selection, raw access, protected calls, chunks, metatables and their error messages.

print(_VERSION, _G == _G._G, type(_G))

-- type
for _, value in ipairs { false, 0, 0.5, "", {}, print, coroutine.create(print), io.stdout } do print("type", type(value)) end
print(pcall(type))
print(type(nil), type(type(nil)))

-- tostring
for _, value in ipairs { 1, 1.0, -0.0, 1e15, 1e16, 1e100, 0.1, 1 / 3, 2^53, 2^63, math.mininteger, 1 / 0, -1 / 0, 123456.789e3, "s",
  true } do
  print("tostring", tostring(value))
end
print(tostring(nil), pcall(tostring))
print(tostring(setmetatable({}, { __tostring = function() return "mine" end })))
print(pcall(tostring, setmetatable({}, { __tostring = function() return 1 end })))
print((tostring(setmetatable({}, { __name = "my.type" })):gsub("0x%x+", "ADDRESS")))
print((tostring(print):gsub("0x%x+", "ADDRESS")), (tostring({}):gsub("0x%x+", "ADDRESS")))

-- tonumber
for _, text in ipairs {
  "10", " 10 ", "0x10", "-0x10", "1e1", "1e", "0x", "", " ", "1 2", "1_0", "0x1p4", "0x.8", "0xA.8p1", ".5", "5.", ".", "1e+", "inf", "nan",
  "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0xffffffffffffffff", "0x1ffffffffffffffff", "1e308", "1e309",
  "\t7\n",
  "7\0", "0b1", "١",
} do
  print("tonumber", (text:gsub("%c", "?")), tonumber(text))
end
for _, case in ipairs {
  { "10", 2 }, { "ff", 16 }, { "FF", 16 }, { "zz", 36 }, { "8", 8 }, { "-7", 8 }, { " 11 ", 2 }, { "", 10 }, { "1.0", 10 },
  { "7fffffffffffffff", 16 },
  { "ffffffffffffffff", 16 }, { "1e1", 16 }, { "9", 9 }, { "-", 10 },
} do
  print("tonumber", case[1], case[2], tonumber(case[1], case[2]))
end
print(tonumber(5), tonumber(5.5), tonumber({}), tonumber(nil), tonumber(true))
print(pcall(tonumber))
print(pcall(tonumber, 10, 10))
print(pcall(tonumber, "10", 1))
print(pcall(tonumber, "10", 37))
print(pcall(tonumber, {}, 10))
print(pcall(tonumber, "10", "x"))

-- select
print(select("#"), select("#", nil, nil), select(2, "a", "b", "c"), select(-1, "a", "b", "c"))
print((select(-3, "a", "b", "c")), select(4, 1, 2, 3))
print(pcall(select, 0))
print(pcall(select, -2, 1))
print(pcall(select))
print(pcall(select, {}))

-- rawequal, rawlen, rawget, rawset
local loud = setmetatable({ 1, 2 }, { __index = function() return "indexed" end, __newindex = error, __len = function() return 99 end,
  __eq = function() return true end })
print(loud.x, rawget(loud, "x"), #loud, rawlen(loud), rawlen("abc"))
print(loud == setmetatable({}, getmetatable(loud)), rawequal(loud, {}), rawequal(loud, loud), rawequal("a", "a"), rawequal(1, 1.0))
print(rawset(loud, "x", 5) == loud, rawget(loud, "x"))
print(pcall(rawlen, 5))
print(pcall(rawget, 5, 1))
print(pcall(rawset, {}, nil, 1))
print(pcall(rawset, {}, 0 / 0, 1))
print(pcall(rawequal, 1))

-- next, pairs, ipairs
print(next({}), next({ 10 }), next({ 10 }, 1), next({ x = 1 }))
print(pcall(next, {}, "missing"))
print(pcall(next))
print(pcall(next, 5))
print(select("#", pairs({})), select(2, pairs(setmetatable({}, { __pairs = function(t) return "f", "s", "c", "extra" end }))))
print(pcall(pairs))
print((pcall(pairs, nil)))
for i, v in ipairs({ "a", "b", nil, "d" }) do print("ipairs", i, v) end
for i, v in ipairs(setmetatable({}, { __index = function(_, i) return i < 4 and i * i or nil end })) do print("ipairs", i, v) end
print(pcall(ipairs))
local keys = {}
for k in pairs({ 1, 2, x = 3, y = 4, [2.5] = 5, [true] = 6 }) do keys[#keys + 1] = tostring(k) end
table.sort(keys)
print(table.concat(keys, " "))
local removed = { a = 1, b = 2, c = 3, d = 4 }
for k in pairs(removed) do removed[k] = nil end
print(next(removed))

-- metatables
local protected = setmetatable({}, { __metatable = "locked" })
print(getmetatable(protected), getmetatable("").__index == string, getmetatable({}), getmetatable(5))
print(pcall(setmetatable, protected, {}))
print(pcall(setmetatable, 5, {}))
print(pcall(setmetatable, {}))
print(pcall(setmetatable, {}, 5))
print(pcall(getmetatable))
print(getmetatable(setmetatable(setmetatable({}, {}), nil)))

-- assert, error, pcall, xpcall
print(assert(1, 2, 3))
print(pcall(assert))
print(pcall(assert, false))
print(pcall(assert, nil, "why"))
print(pcall(assert, false, 42))
print(pcall(error))
print(pcall(error, nil))
print(pcall(error, "text", 0))
print(pcall(error, "text", 1))
print(pcall(error, "text", 2))
print(pcall(error, 5))
print(select(2, pcall(error, setmetatable({}, { __tostring = function() return "object" end }))))
print(pcall(function() error("here") end))
print(pcall(function() error("above", 2) end))
print(pcall(function() error("nowhere", 0) end))
print(pcall(pcall))
print(pcall(5))
print(pcall(pcall, error, "inner"))
print(xpcall(function(...) return ... end, print, 1, 2, 3))
print(xpcall(error, function(m) return "handled " .. m end, "x"))
print(xpcall(error, function() return 1, 2, 3 end))
print(xpcall(function() local x = nil + 1 end, function(m) return (m:gsub("^.-:%d+: ", "")) end))
print(pcall(xpcall))
print(pcall(xpcall, print))
print(xpcall(error, function(m) error("again") end, "first"))
print(select("#", pcall(function() return nil, nil end)))

-- run-time errors name what was wrong
local function message(f, ...) print(select(2, pcall(f, ...))) end
local t, s, n = {}, "s", nil
message(function() return t.x.y end)
message(function() t.x.y = 1 end)
message(function() return undefined_global.x end)
message(function() undefined_function() end)
message(function() t.method() end)
message(function() t:method() end)
message(function() s:nomethod() end)
message(function() return n.field end)
message(function() return t + 1 end)
message(function() return 1 + t end)
message(function() return s + 1 end)
message(function() return "10" + 1 end)
message(function() return -{} end)
message(function() return #5 end)
message(function() return 1 .. {} end)
message(function() return t < t end)
message(function() return 1 < "2" end)
message(function() return {} <= 1 end)
message(function() return nil > 1 end)
message(function() return 1 // 0 end)
message(function() return 1 % 0 end)
message(function() return 1.5 // 0, 1.5 % math.huge end)
message(function() return 1.5 | 1 end)
message(function() return "a" | 1 end)
message(function() return "1.5" | 1 end)
message(function() return 2^64 | 1 end)
message(function() return t | 1 end)
message(function() t[nil] = 1 end)
message(function() t[0 / 0] = 1 end)
message(function() for i = 1, 10, 0 do end end)
message(function() for i = "a", 10 do end end)
message(function() for i = 1, {} do end end)
message(function() for i = 1, 2, {} do end end)
message(function() local a <close> = 5 end)
message(function() (nil)() end)
message(function() t[1][2][3] = 4 end)
message(function() return math.tointeger("x") + 1 end)
message(string.rep)
message(function() string.rep() end)
message(function() ("x"):rep({}) end)
message(function() ("x"):rep(1.5) end)
message(function() ("x"):rep("1.5") end)
message(function() return setmetatable({}, { __index = function(t, k) error("no " .. k) end }).field end)
message(function() return setmetatable({}, { __call = 5 })() end)

-- load with a chunk of text
print(load("return 1 + 1")())
print(load("return ...", "=name", "t")("a", "b"))
print(load("syntax error here", "=name"))
print(load("return 'unfinished", "=name"))
print(load("x =", "@file.lua"))
print(load("x = = 1", "first line\nsecond line"))
print(load("for", "a very long chunk text, which is cut when it is shown in a message, because nobody wants to read all that"))
print(load("goto nowhere", "=name"))
print(load("break", "=name"))
print(load("::a:: ::a::", "=name"))
print(load("local x <const> = 1; x = 2", "=name"))
print(load("local x <what> = 1", "=name"))
print(load("return 0x", "=name"))
print(load("return '\\q'", "=name"))
print(load("return '\\300'", "=name"))
print(load("return '\\u{110000000}'", "=name"))
print(load("return [[x", "=name"))
print(load("--[[x", "=name"))
print(load("a.b:c = 1", "=name"))
print(load("f() = 1", "=name"))
print(load("x = }", "=name"))
print(load("return return", "=name"))
print(load("\0", "=name"))
print(load("x = \1", "=name"))
print(load("if x then", "=name"))
print(load("\n\nif x then\n\n\n", "=name"))
local pieces, next_piece = { "return ", "1", " + 2", "" }, 0
print(load(function() next_piece = next_piece + 1 return pieces[next_piece] end)())
print(type(load(function() return nil end)))
print(pcall(load, function() error("in reader") end))
print(pcall(load, function() error("in reader", 0) end))
print(pcall(load, function() return {} end))
print(load("return x", "=env", "t", { x = "from env" })())
print(pcall(load("return x", "=env", "t", nil)))
print(pcall(load))
print(pcall(load, {}))
print(pcall(load, "x", {}))
print(pcall(load, "x", "=x", {}))
print(load("return 1", "=x", "b"))
print(load(123))
print(load("return _ENV", "=x")() == _G)
print(#string.dump(load("return 1")) > 0)

-- collectgarbage
print(type(collectgarbage("count")), collectgarbage(), collectgarbage("collect"), collectgarbage("isrunning"))
print(collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("isrunning"))
print(collectgarbage("incremental"), collectgarbage("generational"), collectgarbage("incremental"))
print(type(collectgarbage("step")), pcall(collectgarbage, "what"))
local weak = setmetatable({}, { __mode = "k" })
weak[{}] = 1
collectgarbage()
print(next(weak))
do
  local log, held = {}, {} -- one collection takes all of them, not each as it comes
  for i = 1, 3 do held[i] = setmetatable({}, { __gc = function() log[#log + 1] = i end }) end
  held = nil collectgarbage()
  print(table.concat(log, " "))
end

-- print uses __tostring and __name
print(setmetatable({}, { __tostring = function() return "shown" end }), nil, true, "a\0b" == "a\0b")
print()
print(pcall(print, setmetatable({}, { __tostring = function() return {} end })))
