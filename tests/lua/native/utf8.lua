-- The utf8 library.

print(utf8.char(), utf8.char(72, 228, 8364, 128512), #utf8.char(0x7FFFFFFF), utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
print(pcall(utf8.char, -1))
print(pcall(utf8.char, 0x80000000))
print(pcall(utf8.char, "x"))
local text = "aé€😀"
print(#text, utf8.len(text), utf8.len(""), utf8.len(text, 2), utf8.len(text, -4), utf8.len(text, 1, 1), utf8.len(text, 11),
  utf8.len(text, 5, 4))
print(utf8.len("a\xFFb"), utf8.len("\xC3"), utf8.len("\xED\xA0\x80"), utf8.len("\xED\xA0\x80", 1, -1, true), utf8.len("\xF4\x90\x80\x80"),
  utf8.len("\xC0\x80"))
print(pcall(utf8.len, text, 3))
print(pcall(utf8.len, text, 20))
print(pcall(utf8.len, text, 1, 20))
print(pcall(utf8.len))
print(utf8.codepoint(text), utf8.codepoint(text, 1, -1))
print(utf8.codepoint(text, 2), utf8.codepoint(text, -4), utf8.codepoint(text, 3, 2))
print(pcall(utf8.codepoint, text, 3))
print(pcall(utf8.codepoint, text, 0))
print(pcall(utf8.codepoint, text, 1, 100))
print(pcall(utf8.codepoint, "\xED\xA0\x80"))
print(utf8.codepoint("\xED\xA0\x80", 1, 1, true), utf8.codepoint("\u{7FFFFFFF}", 1, 1, true))
print(pcall(utf8.codepoint, "\u{110000}"))
for i = -5, 5 do print("offset", i, utf8.offset(text, i)) end
print(utf8.offset(text, 1, 2), utf8.offset(text, 2, 2), utf8.offset(text, -1, 4), utf8.offset(text, 0, 5), utf8.offset("", 1),
  utf8.offset("", 0))
print(pcall(utf8.offset, text, 1, 3))
print(pcall(utf8.offset, text, 1, 30))
print(pcall(utf8.offset, text))
for at, code in utf8.codes(text) do print("codes", at, code) end
print(pcall(function() for _ in utf8.codes("a\xFF") do end end))
print(pcall(function() for _ in utf8.codes("\x80") do end end))
print(pcall(function() for _ in utf8.codes("é\xC3") do end end))
print(pcall(function() for _ in utf8.codes("\xED\xA0\x80") do end end))
for at, code in utf8.codes("\xED\xA0\x80", true) do print("lax", at, code) end
print(pcall(utf8.codes))
for char in text:gmatch(utf8.charpattern) do io.write("[", char, "]") end
print()
for _, code in ipairs { 0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF, 0x1FFFFF, 0x3FFFFFF, 0x7FFFFFFF } do
  local char = utf8.char(code)
  print(code, #char, utf8.codepoint(char, 1, 1, true) == code)
end
