-- Section 6.4.1 of the manual: patterns, and the functions that use them.

-- §6.4.1 Patterns
("hello world"):match("%w+") --> "hello"
("hello world"):match("%w+$") --> "world"
("key = value"):match("^(%w+)%s*=%s*(%w+)$") --> "key", "value"
("2024-01-15"):match("(%d+)-(%d+)-(%d+)") --> "2024", "01", "15"
("abc"):match("b") --> "b"
("abc"):match("x") --> nil
("abc"):match("()") --> 1
("abc"):match("b()") --> 3
("abc"):match(".", 2) --> "b"
("abc"):match(".", -1) --> "c"
("abc"):match("^b", 2) --> "b"
("abc"):match("^c", 2) --> nil
("abc"):match("", 4) --> ""
("abc"):match("", 5) --> nil
("a1b2"):match("%a%d") --> "a1"
("%d"):match("%%d") --> "%d"
("a.b"):match("%.") --> "."
("abc"):match("[a-c]+") --> "abc"
("abc"):match("[^a]+") --> "bc"
("a-z"):match("[a%-z]+") --> "a-z"
("a]b"):match("[]]") --> "]"
("a^b"):match("[b^]") --> "^"
("a-"):match("[a-]+") --> "a-"
("x-y"):match("[-x]+") --> "x-"
("abc123"):match("[%a]+") --> "abc"
("abc_123"):match("[%w_]+") --> "abc_123"
("tab\there"):match("%s") --> "\t"
("a,b"):match("%p") --> ","
("aB"):match("%u"), ("aB"):match("%l") --> "B", "a"
("\1a"):match("%c") --> "\x01"
("xfg"):match("%x+") --> "f"
(" a"):match("%g") --> "a"
("é"):match("%a") --> nil
("\xff"):match("[\x80-\xff]") --> "\xff"
("abc"):match("%A") --> nil
("a1"):match("%D"), ("a1"):match("%W"), ("a "):match("%S") --> "a", nil, "a"
("aaa"):match("a*") --> "aaa"
("aaa"):match("a-") --> ""
("aaab"):match("a-b") --> "aaab"
("aaa"):match("a+") --> "aaa"
("aaa"):match("a?") --> "a"
("b"):match("a?b") --> "b"
("b"):match("a*") --> ""
("<<a>>"):match("<.->") --> "<<a>"
("<<a>>"):match("<.*>") --> "<<a>>"
("f(a(b)c)d"):match("%b()") --> "(a(b)c)"
("((x)"):match("%b()") --> "(x)"
("xx"):match("%bxx") --> "xx"
("THE (quick) fox"):find("%((%a+)%)") --> 5, 11, "quick"
("THE END"):match("%f[%a]%a+$") --> "END"
("THE (quick) fox"):gsub("%f[%a]%a+", "w") --> "w (w) w", 3
("hello"):match("%f[^%z]h") --> "h"
("hello"):find("%f[%z]") --> 6, 5
("abab"):match("(ab)%1") --> "ab"
("abcabc"):match("(a)(b)(c)%1%2%3") --> "a", "b", "c"
([["quoted"]]):match([[(["'])(.-)%1]]) --> "\"", "quoted"
("abc"):match("((a)(b))") --> "ab", "a", "b"
("abc"):match("(a(b(c)))") --> "abc", "bc", "c"
("  trim  "):match("^%s*(.-)%s*$") --> "trim"
("a\nb"):match("a.b") --> "a\nb"
("a\0b"):match("%z") --> "\0"
("a\0b"):match("[%z]") --> "\0"
("a$"):match("a$") --> nil
("a$b"):match("a$b") --> "a$b"
("a^b"):match("a^b") --> "a^b"
("ab"):match("^") --> ""
("ab"):find("$") --> 3, 2
("x"):match("(x") --! c:1: unfinished capture
("x"):match("x)") --! c:1: invalid pattern capture
("x"):match("[x") --! c:1: malformed pattern (missing ']')
("x"):match("[]") --! c:1: malformed pattern (missing ']')
("x"):match("[^]") --! c:1: malformed pattern (missing ']')
("x"):match("%") --! c:1: malformed pattern (ends with '%')
("x"):match("[%") --! c:1: malformed pattern (missing ']')
("x"):match("%b") --! c:1: malformed pattern (missing arguments to '%b')
("x"):match("%bx") --! c:1: malformed pattern (missing arguments to '%b')
("x"):match("%f") --! c:1: missing '[' after '%f' in pattern
("x"):match("%1") --! c:1: invalid capture index %1
("x"):match("(%1)") --! c:1: invalid capture index %1
("x"):rep(33):match(("(x)"):rep(33)) --! c:1: too many captures
#{ ("x"):rep(32):match(("(x)"):rep(32)) } --> 32
("a"):rep(300000):match(("a?"):rep(10)) --> "aaaaaaaaaa"
("x"):rep(250):match(("(x?"):rep(0) .. ".-" .. "$") == ("x"):rep(250) --> true
pcall(string.match, ("x"):rep(10), ("x-"):rep(250)) --> false, "pattern too complex"
("*+?"):match("[*+?]+") --> "*+?"
("a*"):match("a%*") --> "a*"
("**"):match("*") --> "*"
("+a"):match("+a") --> "+a"
("??"):match("??") --> "?"
("a--b"):match("a--b") --> "-b"
("-"):match("%-") --> "-"
local r = {} for w in ("one two three"):gmatch("%a+") do r[#r + 1] = w end return r --> {"one", "two", "three"}
local r = {} for k, v in ("a=1,b=2"):gmatch("(%w+)=(%w+)") do r[k] = v end return r --> {a = "1", b = "2"}
local r = {} for p in ("abc"):gmatch("()") do r[#r + 1] = p end return r --> {1, 2, 3, 4}
local r = {} for w in ("abc"):gmatch("") do r[#r + 1] = w end return r --> {"", "", "", ""}
local r = {} for w in ("a,,b"):gmatch("([^,]*)") do r[#r + 1] = w end return r --> {"a", "", "b"}
local r = {} for w in ("hello"):gmatch("l", 4) do r[#r + 1] = w end return r --> {"l"}
local r = {} for w in ("hello"):gmatch(".", -2) do r[#r + 1] = w end return r --> {"l", "o"}
local r = {} for w in ("abc"):gmatch("^a") do r[#r + 1] = w end return r --> {}
local r = {} for a, b in ("k1v1k2v2"):gmatch("(k%d)(v%d)") do r[#r + 1] = a .. b end return r --> {"k1v1", "k2v2"}
("abc"):gmatch(".")("ignored") --> "a"
("x"):gmatch() --! c:1: bad argument #1 to 'gmatch' (string expected, got no value)
("hello"):gsub("l", "L") --> "heLLo", 2
("hello"):gsub("l", "L", 1) --> "heLlo", 1
("hello"):gsub("l", "L", 0) --> "hello", 0
("hello"):gsub("l", "L", -1) --> "hello", 0
("hello"):gsub("", "-") --> "-h-e-l-l-o-", 6
("hello"):gsub("x*", "-") --> "-h-e-l-l-o-", 6
("hello"):gsub(".", { h = "H", l = false }) --> "Hello", 5
("hello"):gsub("(h)(e)", "%2%1") --> "ehllo", 1
("hello"):gsub("%w+", "%0 %0") --> "hello hello", 1
("hello"):gsub("l", "%%") --> "he%%o", 2
("hello"):gsub("(l)", "%1%1") --> "hellllo", 2
("abc"):gsub("%w", "%1") --> "abc", 3
("abc"):gsub("%w", "%2") --! c:1: invalid capture index %2
("abc"):gsub("%w", "%x") --! c:1: invalid use of '%' in replacement string
("abc"):gsub("%w", "%") --! c:1: invalid use of '%' in replacement string
("abc"):gsub("%w", string.upper) --> "ABC", 3
("abc"):gsub("(%w)(%w)", function(a, b) return b .. a end) --> "bac", 1
("abc"):gsub("%w", function() end) --> "abc", 3
("abc"):gsub("%w", function() return false end) --> "abc", 3
("abc"):gsub("%w", function() return 1 end) --> "111", 3
("abc"):gsub("%w", function() return 1.5 end) --> "1.51.51.5", 3
("abc"):gsub("%w", function() return {} end) --! c:1: invalid replacement value (a table)
("abc"):gsub("%w", function() return true end) --! c:1: invalid replacement value (a boolean)
("abc"):gsub("%w", { a = {} }) --! c:1: invalid replacement value (a table)
("abc"):gsub("%w", function() error("in repl", 0) end) --! in repl
("abc"):gsub("b", 5) --> "a5c", 1
("abc"):gsub("b", nil) --! c:1: bad argument #2 to 'gsub' (string/function/table expected, got nil)
("abc"):gsub("b", true) --! c:1: bad argument #2 to 'gsub' (string/function/table expected, got boolean)
("abc"):gsub("b") --! c:1: bad argument #2 to 'gsub' (string/function/table expected, got no value)
("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 5 }) --> "Bob is 5", 2
("abc"):gsub("^a", "x") --> "xbc", 1
("aaa"):gsub("^a", "x") --> "xaa", 1
("abc"):gsub("c$", "x") --> "abx", 1
("abc def"):gsub("%f[%w]%w+", function(w) return w:sub(1, 1):upper() .. w:sub(2) end) --> "Abc Def", 2
("a b c"):gsub(" ", "") --> "abc", 2
("a.b.c"):gsub("%.", "/") --> "a/b/c", 2
("x = 1"):gsub("%s*=%s*", "=") --> "x=1", 1
("héllo"):gsub("[\x80-\xff]+", "?") --> "h?llo", 1
("abc"):gsub("()", "%1") --> "1a2b3c4", 4
("\0a\0"):gsub("%z", "0") --> "0a0", 2
("abc"):gsub(".", { a = 1, b = 2.5 }) --> "12.5c", 3
("hello world"):find("o w") --> 5, 7
("hello"):find("(l)(l)") --> 3, 4, "l", "l"
("a(b"):find("(", 1, true) --> 2, 2
("a%b"):find("%", 1, true) --> 2, 2
("a[b"):find("[", 1, true) --> 2, 2
("aXb"):find("%u") --> 2, 2
("abc"):find("b", -1) --> nil
("x y"):find("%s") --> 2, 2
("0x1F"):match("^0[xX](%x+)$") --> "1F"
("a,b,c"):find(",", 3) --> 4, 4
("1.5e10"):match("^[+-]?%d+%.?%d*[eE]?[+-]?%d*$") --> "1.5e10"
("path/to/file.txt"):match("([^/]+)%.(%w+)$") --> "file", "txt"
("aXbXc"):gsub("X", "%%1") --> "a%1b%1c", 2
