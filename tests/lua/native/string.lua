-- The string library without format, pack and patterns, which have files of their own.

print(("abc"):len(), #"a\0b", ("abc"):upper(), ("ABC"):lower(), ("äÖ"):upper(), ("abc"):reverse(), (""):reverse())
for _, range in ipairs { { 1, 3 }, { 2 }, { -2 }, { 0 }, { 5 }, { -100, 2 }, { 2, -2 }, { 4, 2 }, { -3, -2 },
  { math.mininteger, math.maxinteger } } do
  print("sub", ("hello"):sub(range[1], range[2]))
end
print(pcall(string.sub))
print(pcall(string.sub, "x"))
print(pcall(string.sub, "x", 1.5))
print(pcall(string.sub, "x", "a"))
print(("x"):sub("1", 1.0))

for _, range in ipairs { {}, { 1, -1 }, { -1 }, { 2, 3 }, { 10 }, { 0 }, { -10, 2 } } do print("byte",
  ("hello"):byte(range[1], range[2])) end
print(string.char(), string.char(72, 105), #string.char(0, 255))
print(pcall(string.char, 256))
print(pcall(string.char, -1))
print(pcall(string.char, 72, "x"))
print(pcall(string.byte, ("x"):rep(30000), 1, -1))

print(("ab"):rep(3), ("ab"):rep(3, ","), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(1, ","), ("").rep("", 1000000) == "")
print(pcall(string.rep, "0123456789", math.maxinteger))
print(pcall(string.rep, "x", 10, {}))

print(("x" .. 1), (1 .. ""), (1.0 .. ""), (2^63 .. ""), (-0.0 .. ""))
print("a" < "b", "a" < "A", "a\0b" < "a\0c", "" < "a", "Z" < "a", "a" <= "a", "10" < "9")
print("10" + 5, "0x10" * 2, "3" // 2, "3.0" // 2, -"2", "10" % 3, "2" ^ 2, " 5 " + 0)
print(pcall(function() return "abc" + 1 end))
print(pcall(function() return {} .. "x" end))
print(pcall(function() return "5" | 0 end))
print(10 == "10", "abc" == "abc", ("x"):rep(100) == ("x"):rep(100))

print([[
first newline skipped]], [==[a]]b]==], "tab\tq\"q\\ \65\x41\u{41} \z
      joined", 'single "double"', "\u{7FFFFFFF}" == "\xFD\xBF\xBF\xBF\xBF\xBF")
print(#"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}")

print(("hello world"):find("wor", 1, true), ("a.b"):find(".", 1, true), ("a.b"):find(".", 2, true), ("abc"):find("", 10),
  ("abc"):find("", 4))
print(("hello"):find("l", -2, true), ("hello"):find("xyz", 1, true), ("a\0b"):find("\0", 1, true))
print(pcall(string.find, "x"))
print(pcall(string.len))
print(pcall(string.upper, {}))
print(pcall(string.lower, nil))
print(pcall(string.reverse))
print(pcall(function() return ("x"):bad() end))
print(pcall(function() return ("x").y.z end))
print(string.len(12345), ("%d"):rep(2, " "):format(1, 2))

-- Everything after ("x"):… is the string library's metatable.
print(getmetatable("x").__name, getmetatable("x").__add ~= nil, ("x").len == string.len)
print(pcall(function() return "x" + 1 end))
print(pcall(function() return 1 - "x" end))
print(pcall(function() return {} * "2" end))

-- dump makes bytes; of a C function it cannot
print(type(string.dump(function() end)), string.dump(function() end, true):byte(1))
print(pcall(string.dump, print))
print(pcall(string.dump))

-- long strings and many pieces
local parts = {}
for i = 1, 1000 do parts[i] = ("%04d"):format(i) end
local joined = table.concat(parts)
print(#joined, joined:sub(-8), joined:sub(1996, 2004), joined:find("0777", 1, true))
local s = ""
for i = 1, 300 do s = s .. string.char(i % 256) end
print(#s, s:byte(255, 258))
