-- string.pack, packsize and unpack.

local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, case in ipairs {
  { "b", -1 }, { "B", 255 }, { "h", -2 }, { "H", 65535 }, { "i", 1 }, { "I", 1 }, { "j", -1 }, { "J", -1 }, { "i1", 127 }, { "i2", -2 },
  { "i3", -3 }, { "i7", 1 },
  { "i8", -1 }, { "i16", -1 }, { "I16", 1 }, { ">i2", 1 }, { "<i2", 1 }, { "=i4", 1 }, { ">i4", 0x01020304 }, { "<i4", 0x01020304 },
  { "n", 1.5 }, { "d", -0.0 },
  { "f", 0.1 }, { ">d", 1 / 3 }, { "s1", "abc" }, { "s2", "abc" }, { ">s4", "x" }, { "z", "zero" }, { "c3", "abc" }, { "bxb", 1, 2 },
  { "!4bi4", 1, 2 }, { "!bXi4i4", 1, 2 }, { "<!8 b Xh h", 1, 2 }, { "!2bi8", 1, 2 }, { "" }, { "  <  b  ", 1 },
} do
  local packed = string.pack(table.unpack(case))
  print(case[1], hex(packed), #packed, string.unpack(case[1], packed))
end
print(hex(string.pack("c5", "abc")), hex(string.pack("s1z", "\0", "x")), #string.unpack("c5", "abc\0\0"))
for _, format in ipairs { "b", "i3", "!4bi4", "c10", "bhd", "!8bd", "<i16", "x", "Xi4", "!bXi4", "" } do print("packsize", format,
  pcall(string.packsize, format)) end
for _, case in ipairs {
  { "b", 128 }, { "B", 256 }, { "B", -1 }, { "i1", 200 }, { "i2", 40000 }, { "s1", ("x"):rep(256) }, { "c2", "abc" }, { "z", "a\0b" },
  { "i17", 1 }, { "i0", 1 }, { "y", 1 },
  { "c", "x" }, { "b" }, { "b", "x" }, { "b", 1.5 }, { "s", {} }, { "!3i4", 1 }, { "!17b", 1 }, { "X" }, { "Xz" }, { "!4 i3", 1 },
  { "d", "x" }, { "i99999999999", 1 },
} do
  print("refused", case[1], pcall(string.pack, table.unpack(case)))
end
print(pcall(string.packsize, "s"))
print(pcall(string.packsize, "z"))
print(pcall(string.packsize, "c2147483647c2147483647"))
print(string.unpack("bb", "\1\2\3", 2))
print(string.unpack("b", "\1\2\3", -1))
print(pcall(string.unpack, "b", "\1", 3))
print(pcall(string.unpack, "i4", "\1\2\3"))
print(pcall(string.unpack, "z", "abc"))
print(pcall(string.unpack, "s1", "\5abc"))
print(pcall(string.unpack, "i16", ("\255"):rep(16)))
print(pcall(string.unpack, "i16", ("\255"):rep(8) .. ("\1"):rep(8)))
print(pcall(string.unpack, "i9", "\0\0\0\0\0\0\0\0\1"))
print(pcall(string.unpack, "c4", "abc"))
print(pcall(string.unpack))
print(pcall(string.pack))
