-- Section 6.5 of the manual: the library utf8.

-- §6.5 UTF-8 Support
utf8.char() --> ""
utf8.char(72, 228, 8364, 128512) --> "H\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"
utf8.char(0) --> "\0"
utf8.char(0x7FFFFFFF) --> "\xfd\xbf\xbf\xbf\xbf\xbf"
utf8.char(0x80000000) --! c:1: bad argument #1 to 'char' (value out of range)
utf8.char(-1) --! c:1: bad argument #1 to 'char' (value out of range)
utf8.char(65, "66") --> "AB"
utf8.char("x") --! c:1: bad argument #1 to 'char' (number expected, got string)
utf8.char(127, 128, 2047, 2048, 65535, 65536) --> "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80"
utf8.charpattern --> "[\0-\x7f\xc2-\xfd][\x80-\xbf]*"
local n = 0 for c in ("aä€"):gmatch(utf8.charpattern) do n = n + 1 end return n --> 3
utf8.codepoint("a") --> 97
utf8.codepoint("€") --> 8364
utf8.codepoint("aä€", 1, -1) --> 97, 228, 8364
utf8.codepoint("aä€", 2) --> 228
utf8.codepoint("aä€", 3) --! c:1: invalid UTF-8 code
utf8.codepoint("", 1) --! c:1: bad argument #3 to 'codepoint' (out of bounds)
utf8.codepoint("a", 2) --! c:1: bad argument #3 to 'codepoint' (out of bounds)
utf8.codepoint("abc", 3, 2) --> nothing
utf8.codepoint("a", 1, 5) --! c:1: bad argument #3 to 'codepoint' (out of bounds)
utf8.codepoint("a", -1) --> 97
utf8.codepoint("\xff") --! c:1: invalid UTF-8 code
utf8.codepoint("\xed\xa0\x80") --! c:1: invalid UTF-8 code
utf8.codepoint("\xed\xa0\x80", 1, 1, true) --> 55296
utf8.codepoint("\xf4\x90\x80\x80") --! c:1: invalid UTF-8 code
utf8.codepoint("\xf4\x90\x80\x80", 1, 1, true) --> 1114112
utf8.codepoint("\xc0\x80") --! c:1: invalid UTF-8 code
utf8.codepoint("\xe2\x82") --! c:1: invalid UTF-8 code
utf8.len("") --> 0
utf8.len("abc") --> 3
utf8.len("aä€😀") --> 4
utf8.len("ab\xff") --> nil, 3
utf8.len("\x80") --> nil, 1
utf8.len("aä", 2) --> 1
utf8.len("aä", 3) --> nil, 3
utf8.len("abc", 4) --> 0
utf8.len("abc", 5) --! c:1: bad argument #2 to 'len' (initial position out of bounds)
utf8.len("abc", 1, 2) --> 2
utf8.len("abc", -2) --> 2
utf8.len("abc", 1, -2) --> 2
utf8.len("abc", 1, 4) --! c:1: bad argument #3 to 'len' (final position out of bounds)
utf8.len("abc", 3, 1) --> 0
utf8.len("\xed\xbf\xbf") --> nil, 1
utf8.len("\xed\xbf\xbf", 1, -1, true) --> 1
utf8.len("\xfd\xbf\xbf\xbf\xbf\xbf", 1, -1, true) --> 1
utf8.len("\xc1\xbf") --> nil, 1
utf8.len("\xe0\x80\x80") --> nil, 1
utf8.len("a\0b") --> 3
utf8.offset("aä€", 1) --> 1
utf8.offset("aä€", 2) --> 2
utf8.offset("aä€", 3) --> 4
utf8.offset("aä€", 4) --> 7
utf8.offset("aä€", 5) --> nil
utf8.offset("aä€", -1) --> 4
utf8.offset("aä€", -2) --> 2
utf8.offset("aä€", -3) --> 1
utf8.offset("aä€", -4) --> nil
utf8.offset("aä€", 0, 3) --> 2
utf8.offset("aä€", 0, 5) --> 4
utf8.offset("aä€", 0) --> 1
utf8.offset("abc", 1, 2) --> 2
utf8.offset("abc", 2, 2) --> 3
utf8.offset("aä", 1, 3) --! c:1: initial position is a continuation byte
utf8.offset("abc", 1, 5) --! c:1: bad argument #3 to 'offset' (position out of bounds)
utf8.offset("abc", 1, -1) --> 3
utf8.offset("", 1) --> 1
utf8.offset("", 0) --> 1
utf8.offset("", 2) --> nil
local r = {} for p, c in utf8.codes("aä€") do r[#r + 1] = p .. ":" .. c end return r --> {"1:97", "2:228", "4:8364"}
for p, c in utf8.codes("") do return p end --> nothing
for p, c in utf8.codes("a\xff") do n = p end --! c:1: invalid UTF-8 code
for p, c in utf8.codes("\xe2\x82") do end --! c:1: invalid UTF-8 code
for p, c in utf8.codes("ä\x80") do end --! c:1: invalid UTF-8 code
for p, c in utf8.codes("\xed\xa0\x80", true) do return c end --> 55296
for p, c in utf8.codes("\xed\xa0\x80") do return c end --! c:1: invalid UTF-8 code
utf8.codes() --! c:1: bad argument #1 to 'codes' (string expected, got no value)
utf8.len() --! c:1: bad argument #1 to 'len' (string expected, got no value)
local s = "" for _, c in utf8.codes("héé") do s = s .. utf8.char(c) end return s == "héé" --> true
for _, c in ipairs { 0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF } do local u = utf8.char(c) if c < 0xD800 or c > 0xDFFF then if utf8.codepoint(u) ~= c then return c end end end return "round" --> "round"
