-- Section 3.1 of the manual: names, strings, numerals, comments, and what is refused.

-- §3.1 Lexical Conventions
local _, a1, _a_1, B = 1, 2, 3, 4 return _, a1, _a_1, B --> 1, 2, 3, 4
local and_, END, Nil = 1, 2, 3 return and_, END, Nil --> 1, 2, 3
local a, A = 1, 2 return a, A --> 1, 2
local 1a = 1 --! c:1: malformed number near '1a'
local end = 1 --! c:1: <name> expected near 'end'
local goto = 1 --! c:1: <name> expected near 'goto'
local t = { and = 1 } --! c:1: unexpected symbol near 'and'
local t = {} t.end = 1 --! c:1: <name> expected near 'end'
local é = 1 --! c:1: <name> expected near '<\\195>'
x = @ --! c:1: unexpected symbol near '@'
x = $y --! c:1: unexpected symbol near '$'
x = 1 ? 2 --! c:1: unexpected symbol near '?'
"\a\b\f\n\r\t\v\\\"\'" --> "\x07\x08\x0c\n\r\t\x0b\\\"'"
'single "quotes"', "double 'quotes'" --> "single \"quotes\"", "double 'quotes'"
"a\z
   b" --> "ab"
"a\z b\z  c" --> "abc"
"a\
b" --> "a\nb"
"\65\066\0679" --> "ABC9"
"\0", #"\0" --> "\0", 1
"\x41\x7a\xFF" --> "Az\xff"
"\u{41}\u{e9}\u{20AC}\u{1F600}" --> "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"
"\u{7FFFFFFF}" --> "\xfd\xbf\xbf\xbf\xbf\xbf"
"\u{0}" --> "\0"
"\u{000041}" --> "A"
"\u{80000000}" --! c:1: UTF-8 value too large near '"\\u{80000000'
"\256" --! c:1: decimal escape too large near '"\\256"'
"\xg0" --! c:1: hexadecimal digit expected near '"\\xg'
"\x4" --! c:1: hexadecimal digit expected near '"\\x4"'
"\u41" --! c:1: missing '{' near '"\\u4'
"\u{}" --! c:1: hexadecimal digit expected near '"\\u{}'
"\u{41" --! c:1: missing '}' near '"\\u{41"'
"\q" --! c:1: invalid escape sequence near '"\\q'
"open --! c:1: unfinished string near <eof>
'mixed" --! c:1: unfinished string near <eof>
"line
break" --! c:1: unfinished string near '"line'
[[long]] --> "long"
[[
first newline dropped]] --> "first newline dropped"
[[

two]] --> "\ntwo"
[[a\nb]] --> "a\\nb"
[==[a]]b]=]c]==] --> "a]]b]=]c"
[=[[[nested]]]=] --> "[[nested]]"
#[[
]] --> 0
[[open --! c:1: unfinished long string (starting at line 1) near <eof>
[==[x]=] --! c:1: unfinished long string (starting at line 1) near <eof>
[= x --! c:1: invalid long string delimiter near '[='
load("return [[a\r\nb\n\rc\rd]]")() --> "a\nb\nc\nd"
load("return 'a\\\r\nb'")() --> "a\nb"
load("return 1 -- comment\r\n + 1")() --> 2
3, 345, 0xff, 0xBEBADA --> 3, 345, 255, 12499674
3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1 --> 3.0, 3.1416, 3.1416, 3.1416, 340.0
0x0.1E, 0xA23p-4, 0X1.921FB54442D18P+1 --> 0.1171875, 162.1875, 3.141592653589793
.5, 5., 0.5e1, 5e+2, 5E-1 --> 0.5, 5.0, 5.0, 500.0, 0.5
x = 0xp1 --! c:1: malformed number near '0xp1'
0x.8, 0x8., 0x.8p1 --> 0.5, 8.0, 1.0
1e1 == 10, math.type(1e1) --> true, "float"
0x10p2, math.type(0x10p2) --> 64.0, "float"
9223372036854775807, 9223372036854775808 --> 9223372036854775807, 9.223372036854776e+18
-9223372036854775808 --> -9.223372036854776e+18
0x7fffffffffffffff, 0xffffffffffffffff, 0x1ffffffffffffffff --> 9223372036854775807, -1, -1
0x8000000000000000 == math.mininteger --> true
1e400, -1e400 --> inf, -inf
1e-400 --> 0.0
0x1p-1074 == 5e-324 --> true
0x1p1024 --> inf
00012, 0x00012 --> 12, 18
1e --! c:1: malformed number near '1e'
1e+ --! c:1: malformed number near '1e+'
0x --! c:1: malformed number near '0x'
0xg --! c:1: malformed number near '0xg'
1.2.3 --! c:1: malformed number near '1.2.3'
1..2 --! c:1: malformed number near '1..2'
1 ..2 --> "12"
0x1p --! c:1: malformed number near '0x1p'
08 --> 8
1_000 --! c:1: malformed number near '1_'
3in --! c:1: malformed number near '3i'
0xep1, 0xe+1 --> 28.0, 15
return 1 -- to the end of the line --> 1
local x = 1 --[[ inline ]] + 2 return x --> 3
local x = 1 --[==[ over
two lines ]==] + 2 return x --> 3
local x = 1 --[[ with ]=] inside ]] return x --> 1
local x = 1 --[ not long
return x --> 1
local x = 1 ---[[ not long
return x --> 1
--[[]] local x = 5 return x --> 5
local x = 1 --[[ open --! c:1: unfinished long comment (starting at line 1) near <eof>
return 1 --
--> 1
load("#!/bin/lua\nreturn 1") --> nil, "[string \"#!/bin/lua...\"]:1: unexpected symbol near '#'"
a={}a.b=1;return(a.b)--> 1
local a<const>=1;local b=a+1;return b; --! c:1: '>' expected near '>='
return 1+ +1 --! c:1: unexpected symbol near '+'
return - - 1, not not nil, ~ ~ 5, -~ -1 --> 1, false, 5, 0
return 1 --[[a]] , --[[b]] 2 --> 1, 2
local a <const>, b <close> = 1, nil return a, b --> 1, nil
load("\xef\xbb\xbfreturn 1") --> nil, "[string \"\xef\xbb\xbfreturn 1\"]:1: unexpected symbol near '<\\239>'"
load("return 'a\0b'")() --> "a\0b"
load("return 1 \0") --> nil, "[string \"return 1 \"]:1: <eof> expected"
load("return '\xff'")() --> "\xff"
load("x =") --> nil, "[string \"x =\"]:1: unexpected symbol near <eof>"
load("x = 'a") --> nil, "[string \"x = 'a\"]:1: unfinished string near <eof>"
load("x = }") --> nil, "[string \"x = }\"]:1: unexpected symbol near '}'"
load("for") --> nil, "[string \"for\"]:1: <name> expected near <eof>"
load("\n\nx = = 2") --> nil, "[string \"...\"]:3: unexpected symbol near '='"
load("return ...")(1, 2) --> 1, 2
local s = load("return '" .. ("x"):rep(5000) .. "'")() return #s --> 5000
local s = load("return [[" .. ("x\n"):rep(500) .. "]]")() return #s --> 1000
load("return " .. ("1"):rep(30))() --> 1.111111111111111e+29
1 // 1 --> 1
1 ~= 1, 1 == 1, "a" .. "b", #"abc", 7 // 2, 1 << 2, 8 >> 1 --> false, true, "ab", 3, 3, 4, 4
return ::a:: --! c:1: unexpected symbol near '::'
::a:: return 1 --> 1
local t = {...} return #t --> 0
1 .. "" --> "1"
