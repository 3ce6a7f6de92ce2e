-- Pattern matching: find, match, gmatch, gsub, and malformed patterns.

for _, case in ipairs {
  { "hello world", "o w" }, { "hello", "l+" }, { "hello", "^h" }, { "hello", "^e" }, { "hello", "o$" }, { "hello", "l$" },
  { "hello", "(h)(.)" },
  { "hello", "()ll()" }, { "abc123", "%d+" }, { "abc123", "%a+" }, { "abc123", "[%a%d]+" }, { "a-b", "[a%-]+" }, { "a-b", "[a-]+" },
  { "x^y", "[%^]" },
  { "]x", "[]]" }, { "ax", "[^a]" }, { "a]x", "[^]]+" }, { "key = value", "(%w+)%s*=%s*(%w+)" }, { "  trim  ", "^%s*(.-)%s*$" },
  { "f(a(b)c)d", "%b()" },
  { "THE (quick) fox", "%((%a+)%)" }, { "hello hello", "(%w+) %1" }, { "aaa", "a-" }, { "aaa", "a-$" }, { "aaab", "a*b" }, { "b", "a*b" },
  { "ab", "a?b" },
  { "THE (quick) fox", "%f[%a]%a+%f[%A]" }, { "x\0y", "%z" }, { "x\0y", "\0" }, { "x\0y", "[\0]" }, { "äö", "[\xC3][\x80-\xBF]" },
  { "0x1F", "^0[xX](%x+)$" },
  { "a.b", "%." }, { "a%b", "%%" }, { "", "" }, { "", "^$" }, { "abc", "" }, { "abc", "b()" }, { "2024-01-31", "(%d+)-(%d+)-(%d+)" },
  { "\t\n ", "^%s+$" },
  { "CamelCase", "%u%l+" }, { "punct!", "%p" }, { "ctrl\1", "%c" }, { "gra ph", "%g+" }, { "a1_", "%W" }, { "a1_", "%S+" },
  { "$x", "^$" }, { "a$", "$$" }, { "a^", "a^" },
} do
  print("find", (case[1]:gsub("%c", "?")), (case[2]:gsub("%c", "?")), case[1]:find(case[2]))
  print("match", (tostring((case[1]:match(case[2]))):gsub("%c", "?")), select("#", case[1]:match(case[2])))
end
print(("hello"):find("l", 4), ("hello"):find("l", -1), ("hello"):find("h", 2), ("hello"):match("^l", 3), ("hello"):find("", 6),
  ("hello"):find("", 7))

-- gmatch
for word in ("one two  three"):gmatch("%a+") do print("gmatch", word) end
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do print("gmatch", k, v) end
for at in ("abc"):gmatch("()") do print("gmatch", at) end
for x in ("abc"):gmatch("") do print("gmatch", #x) end
for x in ("abcd"):gmatch("%a", 3) do print("gmatch", x) end
for x in ("abcd"):gmatch("%a", -1) do print("gmatch", x) end
for x in ("^a^a"):gmatch("^a") do print("gmatch", x) end
print(pcall(string.gmatch, "x"))

-- gsub
print(("hello"):gsub("l", "L"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("l", "L", 0), ("hello"):gsub("", "-"), (""):gsub("", "-"))
print(("hello"):gsub("(l)(l)", "%2%1%0%%"), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("b", "%%"))
print(("hello"):gsub(".", { h = "H", e = 1, l = false, o = 2.5 }))
print(("hello"):gsub(".",
  function(c) if c == "l" then return "1" elseif c == "o" then return nil elseif c == "e" then return false end return 7 end))
print(("k1=v1;k2=v2"):gsub("(%w+)=(%w+)", "%2=%1"), ("abc"):gsub("(b)()", "%2"), ("abc def"):gsub("%f[%w]%w+", string.upper))
print(("x = $name"):gsub("%$(%w+)", { name = "value" }), ("a b"):gsub("%s", "%%20"), ("abab"):gsub("^a", "x"), ("a,b,,c"):gsub(",", ";"))
print(("abc"):gsub("", ""), #("äöü"):gsub("[\x80-\xBF]", ""), ("a\0b"):gsub("%z", "0"))
for _, case in ipairs {
  { "%2", "x" }, { "%", "x" }, { "%a", "x" }, { {}, "x" }, { nil, "x" }, { true, "x" },
} do
  print("gsub", pcall(string.gsub, "xyz", case[2], case[1]))
end
print(pcall(string.gsub, "x", ".", function() return {} end))
print(pcall(string.gsub, "x", ".", { x = print }))
print(pcall(string.gsub, "x", ".", function() error("in replacement", 0) end))
print(pcall(string.gsub, "x", "x", "y", "z"))
print(pcall(string.gsub, "x"))

-- malformed
for _, pattern in ipairs { "[", "[a", "[^", "[]", "[a-", "%", "(", "(()", ")", "%b", "%bx", "%f", "%fa", "%1", "(%1)", "(x)%2", "[%",
  "[%a", "x%" } do
  print("malformed", pattern, pcall(string.find, "xyz", pattern))
end
print(pcall(string.find, "x", ("()"):rep(33)))
print(pcall(string.match, ("a"):rep(300000), (".-"):rep(300) .. "b"))
print(pcall(string.rep("x", 10).find, "x", ("a?"):rep(10) .. "b"))
print(pcall(string.match, ("x"):rep(250), ("x?"):rep(250)))
print(("x"):rep(150):match(("x?"):rep(150)) == ("x"):rep(150), pcall(string.match, "x", ("(x"):rep(40)))
