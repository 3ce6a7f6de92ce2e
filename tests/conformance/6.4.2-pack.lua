-- Section 6.4.2 of the manual: format strings for string.pack, unpack and packsize.

-- §6.4.2 Format Strings for Pack and Unpack
string.pack("b", 5) --> "\x05"
string.pack("b", -1) --> "\xff"
string.pack("B", 255) --> "\xff"
string.pack("<h", 258) --> "\x02\x01"
string.pack(">h", 258) --> "\x01\x02"
string.pack("<H", 65535) --> "\xff\xff"
string.pack("<i", 1) --> "\x01\0\0\0"
string.pack("<I", 4294967295) --> "\xff\xff\xff\xff"
string.pack("<i3", -2) --> "\xfe\xff\xff"
string.pack(">I3", 66051) --> "\x01\x02\x03"
string.pack("<j", -1) --> "\xff\xff\xff\xff\xff\xff\xff\xff"
string.pack("<J", math.mininteger) --> "\0\0\0\0\0\0\0\x80"
string.pack("<i16", -1) == ("\xff"):rep(16) --> true
string.pack("<I16", 1) == "\1" .. ("\0"):rep(15) --> true
string.pack("<f", 1.5) --> "\0\0\xc0?"
string.pack("<d", 1.5) --> "\0\0\0\0\0\0\xf8?"
string.pack("<n", -0.0) --> "\0\0\0\0\0\0\0\x80"
string.pack(">d", 1) --> "?\xf0\0\0\0\0\0\0"
string.pack("z", "abc") --> "abc\0"
string.pack("z", "a\0b") --! c:1: bad argument #2 to 'pack' (string contains zeros)
string.pack("s1", "abc") --> "\x03abc"
string.pack("<s2", "ab") --> "\x02\0ab"
string.pack(">s4", "a") --> "\0\0\0\x01a"
string.pack("s1", ("x"):rep(256)) --! c:1: bad argument #2 to 'pack' (string length does not fit in given size)
string.pack("c5", "abc") --> "abc\0\0"
string.pack("c2", "abc") --! c:1: bad argument #2 to 'pack' (string longer than given size)
string.pack("c0", "") --> ""
string.pack("c", "a") --! c:1: missing size for format option 'c'
string.pack("x") --> "\0"
string.pack("bxb", 1, 2) --> "\x01\0\x02"
string.pack("<!4 b i", 1, 2) --> "\x01\0\0\0\x02\0\0\0"
string.pack("<!2 b i", 1, 2) --> "\x01\0\x02\0\0\0"
string.pack("<!8 b Xi8 b", 1, 2) --> "\x01\0\0\0\0\0\0\0\x02"
string.pack("<!4 i1 !2 i2 i4", 1, 2, 3) --> "\x01\0\x02\0\x03\0\0\0"
string.pack("<b>h<h", 1, 2, 3) --> "\x01\0\x02\x03\0"
string.pack("=b", 1) --> "\x01"
string.pack(" < b  b ", 1, 2) --> "\x01\x02"
string.pack("") --> ""
string.pack("b", 128) --! c:1: bad argument #2 to 'pack' (integer overflow)
string.pack("b", -129) --! c:1: bad argument #2 to 'pack' (integer overflow)
string.pack("B", 256) --! c:1: bad argument #2 to 'pack' (unsigned overflow)
string.pack("B", -1) --! c:1: bad argument #2 to 'pack' (unsigned overflow)
string.pack("i3", 1 << 23) --! c:1: bad argument #2 to 'pack' (integer overflow)
string.pack("i0", 1) --! c:1: integral size (0) out of limits [1,16]
string.pack("i17", 1) --! c:1: integral size (17) out of limits [1,16]
string.pack("!17", 1) --! c:1: integral size (17) out of limits [1,16]
string.pack("!3 i4", 1) --! c:1: bad argument #1 to 'pack' (format asks for alignment not power of 2)
string.pack("X", 1) --! c:1: bad argument #1 to 'pack' (invalid next option for option 'X')
string.pack("Xz", 1) --! c:1: bad argument #1 to 'pack' (invalid next option for option 'X')
string.pack("y", 1) --! c:1: invalid format option 'y'
string.pack("b") --! c:1: bad argument #2 to 'pack' (number expected, got nil)
string.pack("b", 1.5) --! c:1: bad argument #2 to 'pack' (number has no integer representation)
string.pack("b", "x") --! c:1: bad argument #2 to 'pack' (number expected, got string)
string.pack("z", {}) --! c:1: bad argument #2 to 'pack' (string expected, got table)
string.pack("i1", "7") --> "\x07"
string.pack("<f", 1e300) == string.pack("<f", math.huge) --> true
string.pack("<f", 0.1) --> "\xcd\xcc\xcc="
string.unpack("b", "\x05") --> 5, 2
string.unpack("b", "\xff") --> -1, 2
string.unpack("B", "\xff") --> 255, 2
string.unpack("<h", "\1\2") --> 513, 3
string.unpack(">h", "\1\2") --> 258, 3
string.unpack("<i3", "\xfe\xff\xff") --> -2, 4
string.unpack("<I3", "\xfe\xff\xff") --> 16777214, 4
string.unpack("<j", "\xff\xff\xff\xff\xff\xff\xff\xff") --> -1, 9
string.unpack("<i16", ("\xff"):rep(16)) --> -1, 17
string.unpack("<i16", ("\xff"):rep(8) .. ("\0"):rep(8)) --! c:1: 16-byte integer does not fit into Lua Integer
string.unpack("<I16", ("\xff"):rep(8) .. ("\0"):rep(8)) --> -1, 17
string.unpack("<I9", ("\0"):rep(8) .. "\1") --! c:1: 9-byte integer does not fit into Lua Integer
string.unpack("<f", "\0\0\xc0?") --> 1.5, 5
string.unpack("<d", "\0\0\0\0\0\0\xf8?") --> 1.5, 9
string.unpack("<d", "\0\0\0\0\0\0\xf0\x7f") --> inf, 9
string.unpack("z", "abc\0def") --> "abc", 5
string.unpack("z", "abc") --! c:1: bad argument #2 to 'unpack' (unfinished string for format 'z')
string.unpack("s1", "\3abcd") --> "abc", 5
string.unpack("s1", "\5abc") --! c:1: bad argument #2 to 'unpack' (data string too short)
string.unpack("c3", "abcd") --> "abc", 4
string.unpack("c5", "abc") --! c:1: bad argument #2 to 'unpack' (data string too short)
string.unpack("c0", "") --> "", 1
string.unpack("i4", "abc") --! c:1: bad argument #2 to 'unpack' (data string too short)
string.unpack("bb", "\1\2") --> 1, 2, 3
string.unpack("b", "\1\2\3", 2) --> 2, 3
string.unpack("b", "\1\2\3", -1) --> 3, 4
string.unpack("b", "\1", 2) --! c:1: bad argument #2 to 'unpack' (data string too short)
string.unpack("b", "\1", 3) --! c:1: bad argument #3 to 'unpack' (initial position out of string)
string.unpack("", "abc", 4) --> 4
string.unpack("", "abc", 5) --! c:1: bad argument #3 to 'unpack' (initial position out of string)
string.unpack("<!4 b i", "\1\0\0\0\2\0\0\0") --> 1, 2, 9
string.unpack("bxb", "\1\0\2") --> 1, 2, 4
string.unpack("b", "\1", -5) --> 1, 2
string.unpack("b", "\1", 0) --> 1, 2
string.packsize("b"), string.packsize("h"), string.packsize("i"), string.packsize("j") --> 1, 2, 4, 8
string.packsize("f"), string.packsize("d"), string.packsize("n") --> 4, 8, 8
string.packsize("i7"), string.packsize("c10"), string.packsize("x") --> 7, 10, 1
string.packsize("<!4 b i"), string.packsize("<!8 b d"), string.packsize("!1 b d") --> 8, 16, 9
string.packsize("z") --! c:1: bad argument #1 to 'packsize' (variable-length format)
string.packsize("s4") --! c:1: bad argument #1 to 'packsize' (variable-length format)
string.packsize("") --> 0
string.packsize("c2147483647c1") --! c:1: invalid format option '7'
string.packsize("l") --> 8
--~ > 4 -- a C long has 4 bytes in wasm32
string.packsize("T") --> 8
--~ > 4 -- a size_t has 4 bytes in wasm32
local s = string.pack("<i4 z s1 d", 7, "zed", "str", 2.5) return string.unpack("<i4 z s1 d", s) --> 7, "zed", "str", 2.5, 21
local vs = {} for i = 1, 16 do vs[i] = string.unpack("<i" .. i, string.pack("<i" .. i, -i)) end return vs[1], vs[8], vs[16] --> -1, -8, -16
for n = 1, 8 do local max = n == 8 and math.maxinteger or (1 << (8 * n - 1)) - 1 if string.unpack(">i" .. n, string.pack(">i" .. n, max)) ~= max then return n end end return "same" --> "same"
