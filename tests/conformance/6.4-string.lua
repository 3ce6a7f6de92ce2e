-- Section 6.4 of the manual: the functions of the library string. Patterns and formats for packing have files of their own.

-- §6.4 String Manipulation
("abc"):byte() --> 97
("abc"):byte(2) --> 98
("abc"):byte(-1) --> 99
("abc"):byte(1, 3) --> 97, 98, 99
("abc"):byte(1, -1) --> 97, 98, 99
("abc"):byte(0) --> nothing
("abc"):byte(4) --> nothing
("abc"):byte(3, 2) --> nothing
("abc"):byte(-10, 1) --> 97
("abc"):byte(2, 100) --> 98, 99
(""):byte() --> nothing
("\0\xff"):byte(1, 2) --> 0, 255
("abc"):byte(1.5) --! c:1: bad argument #1 to 'byte' (number has no integer representation)
("abc"):byte(math.mininteger, math.maxinteger) --> 97, 98, 99
string.char() --> ""
string.char(72, 105) --> "Hi"
string.char(0, 255) --> "\0\xff"
string.char(256) --! c:1: bad argument #1 to 'char' (value out of range)
string.char(65, -1) --! c:1: bad argument #2 to 'char' (value out of range)
string.char("65") --> "A"
string.char(65.5) --! c:1: bad argument #1 to 'char' (number has no integer representation)
string.char("a") --! c:1: bad argument #1 to 'char' (number expected, got string)
type(string.dump(function() end)) --> "string"
string.dump(print) --! c:1: unable to dump given function
string.dump(5) --! c:1: bad argument #1 to 'dump' (function expected, got number)
local f = function(a) return a + 1 end return #string.dump(f, true) < #string.dump(f) --> true
("hello"):find("l") --> 3, 3
("hello"):find("ll") --> 3, 4
("hello"):find("xyz") --> nil
("hello"):find("") --> 1, 0
("hello"):find("", 6) --> 6, 5
("hello"):find("", 7) --> nil
("hello"):find("", 10) --> nil
("hello"):find("l", 4) --> 4, 4
("hello"):find("l", -2) --> 4, 4
("hello"):find("h", -100) --> 1, 1
("a.b"):find(".", 1, true) --> 2, 2
("a.b"):find(".") --> 1, 1
("a+b"):find("+", 1, true) --> 2, 2
("hello"):find("l(l)(o)") --> 3, 5, "l", "o"
("hello"):find("()ll()") --> 3, 4, 3, 5
("a\0b\0c"):find("\0", 3) --> 4, 4
("abc"):find("b", 1, nil) --> 2, 2
("abc"):find("b", math.maxinteger) --> nil
("abc"):find("b", math.mininteger) --> 2, 2
(""):find("") --> 1, 0
(""):find("a") --> nil
("abc"):find() --! c:1: bad argument #1 to 'find' (string expected, got no value)
("%d"):format(42) --> "42"
("%d"):format(3.0) --> "3"
("%d"):format("10") --> "10"
("%d"):format(3.5) --! c:1: bad argument #1 to 'format' (number has no integer representation)
("%d"):format("x") --! c:1: bad argument #1 to 'format' (number expected, got string)
("%d") --> "%d"
("%d"):format() --! c:1: bad argument #1 to 'format' (no value)
("%5d|%-5d|%05d|%+d|% d"):format(42, 42, 42, 42, 42) --> "   42|42   |00042|+42| 42"
("%.3d|%5.3d|%-6.3d|"):format(7, 7, 7) --> "007|  007|007   |"
("%i"):format(-5) --> "-5"
("%u"):format(1) --> "1"
("%d"):format(math.mininteger) --> "-9223372036854775808"
("%x|%X|%#x|%#X"):format(255, 255, 255, 255) --> "ff|FF|0xff|0XFF"
("%x"):format(-1) --> "ffffffffffffffff"
("%o|%#o"):format(8, 8) --> "10|010"
("%08x|%-8x|"):format(48879, 48879) --> "0000beef|beef    |"
("%c%c"):format(72, 105) --> "Hi"
("%5c|%-5c|"):format(65, 66) --> "    A|B    |"
("%c"):format(0) --> "\0"
("%e"):format(12345.678) --> "1.234568e+04"
("%E"):format(0.00012) --> "1.200000E-04"
("%.0e|%.2e"):format(12345, 12345) --> "1e+04|1.23e+04"
("%f"):format(3.14159) --> "3.141590"
("%.0f %.0f %.0f %.0f"):format(0.5, 1.5, 2.5, 3.5) --> "0 2 2 4"
("%.2f"):format(2.675) --> "2.67"
("%10.3f|%-10.3f|%+.1f"):format(3.14159, 3.14159, 2) --> "     3.142|3.142     |+2.0"
("%#.0f"):format(3) --> "3."
("%.20f"):format(0.1) --> "0.10000000000000000555"
("%.99f"):format(1):len() --> 101
("%f"):format(1e15) --> "1000000000000000.000000"
("%g %g %g %g"):format(100000, 1e6, 0.0001, 0.00001) --> "100000 1e+06 0.0001 1e-05"
("%g"):format(0.1) --> "0.1"
("%.3g|%.10g"):format(3.14159, 0.1) --> "3.14|0.1"
("%#g"):format(1) --> "1.00000"
("%G"):format(1e-10) --> "1E-10"
("%.14g"):format(2^53) --> "9.007199254741e+15"
("%.17g"):format(0.1) --> "0.10000000000000001"
("%a"):format(1) --> "0x1p+0"
("%a"):format(0.5) --> "0x1p-1"
("%A"):format(255.5) --> "0X1.FFP+7"
("%.1a"):format(1.999) --> "0x2.0p+0"
("%a"):format(0) --> "0x0p+0"
("%f %g %e"):format(math.huge, math.huge, -math.huge) --> "inf inf -inf"
("%F"):format(1) --! c:1: invalid conversion '%F' to 'format'
("%5.1f|%5.1f"):format(math.huge, -math.huge) --> "  inf| -inf"
("%d %s"):format(1, "a", "extra") --> "1 a"
("%s"):format("x") --> "x"
("%s %s %s"):format(nil, true, 1.5) --> "nil true 1.5"
("%s"):format() --! c:1: bad argument #1 to 'format' (no value)
("%5s|%-5s|%.2s|%5.1s|"):format("ab", "ab", "abc", "xyz") --> "   ab|ab   |ab|    x|"
("%s"):format(setmetatable({}, { __tostring = function() return "T" end })) --> "T"
("%.3s"):format(setmetatable({}, { __tostring = function() return "long text" end })) --> "lon"
#("%s"):format(("x"):rep(1000)) --> 1000
#("%200s"):format("x") --! c:1: invalid conversion specification: '%200s'
#("%99s"):format("x") --> 99
("%.100f"):format(1) --! c:1: invalid conversion specification: '%.100f'
("%q"):format("a\nb\"c\\d\0e\r") --> "\"a\\\nb\\\"c\\\\d\\0e\\13\""
("%q"):format("\0001") --> "\"\\0001\""
("%q"):format(10) --> "10"
("%q"):format(0.1) --> "0x1.999999999999ap-4"
("%q"):format(3.0) --> "0x1.8p+1"
("%q"):format(math.mininteger) --> "0x8000000000000000"
("%q"):format(math.huge) --> "1e9999"
("%q"):format(-math.huge) --> "-1e9999"
("%q"):format(0/0) --> "(0/0)"
("%q"):format(nil), ("%q"):format(true) --> "nil", "true"
("%q"):format({}) --! c:1: bad argument #1 to 'format' (value has no literal form)
("%5q"):format("x") --! c:1: specifier '%q' cannot have modifiers
("%q"):format("\200\r\n\t") --> "\"\xc8\\13\\\n\\9\""
("%%"):format() --> "%"
("100%%"):format() --> "100%"
("%"):format(1) --! c:1: invalid conversion '%' to 'format'
("%y"):format(1) --! c:1: invalid conversion '%y' to 'format'
("%10"):format(1) --! c:1: invalid conversion '%10' to 'format'
("%#d"):format(1) --! c:1: invalid conversion specification: '%#d'
("%0s"):format("x") --! c:1: invalid conversion specification: '%0s'
("%+s"):format("x") --! c:1: invalid conversion specification: '%+s'
("%.5c"):format(65) --! c:1: invalid conversion specification: '%.5c'
("%--5d|"):format(1) --> "1    |"
("%p"):format(1) --> "(null)"
("%p"):format({}) ~= ("%p"):format({}) --> true
("%10p|"):format(nil) --> "    (null)|"
local t = {} return ("%p"):format(t) == ("%p"):format(t) --> true
("x"):len(), (""):len(), ("\0\0"):len() --> 1, 0, 2
("ABC"):lower(), ("abc"):upper() --> "abc", "ABC"
("ÀÉ"):lower() == "ÀÉ" --> true
("MiXed123_!"):upper() --> "MIXED123_!"
("abc"):rep(3) --> "abcabcabc"
("abc"):rep(0), ("abc"):rep(-1) --> "", ""
("abc"):rep(1) --> "abc"
("a"):rep(3, ",") --> "a,a,a"
(""):rep(100) --> ""
("a"):rep(1, ",") --> "a"
(""):rep(3, "-") --> "--"
("x"):rep(math.mininteger) --> ""
("ab"):rep(math.maxinteger) --! c:1: resulting string too large
("abc"):reverse() --> "cba"
(""):reverse(), ("a\0b"):reverse() --> "", "b\0a"
("hello"):sub(2, 4) --> "ell"
("hello"):sub(2) --> "ello"
("hello"):sub(-3) --> "llo"
("hello"):sub(-3, -2) --> "ll"
("hello"):sub(0) --> "hello"
("hello"):sub(10) --> ""
("hello"):sub(3, 2) --> ""
("hello"):sub(-100, 100) --> "hello"
("hello"):sub(2, -2) --> "ell"
("hello"):sub(1, 0) --> ""
("hello"):sub(math.mininteger, math.maxinteger) --> "hello"
("hello"):sub(math.maxinteger, math.mininteger) --> ""
("hello"):sub(1 << 32) --> ""
("hello"):sub((1 << 32) + 2, (1 << 32) + 3) --> ""
("hello"):sub(-(1 << 32), 2) --> "he"
("hello"):sub("2", "3") --> "el"
("hello"):sub(2.0, 3.0) --> "el"
("hello"):sub(1.5) --! c:1: bad argument #1 to 'sub' (number has no integer representation)
("hello"):sub() --! c:1: bad argument #1 to 'sub' (number expected, got no value)
("hello"):sub({}) --! c:1: bad argument #1 to 'sub' (number expected, got table)
string.sub() --! c:1: bad argument #1 to 'sub' (string expected, got no value)
string.upper(12) --> "12"
string.len(nil) --! c:1: bad argument #1 to 'len' (string expected, got nil)
local s = "a" return s:upper():lower():rep(2):reverse() --> "aa"
