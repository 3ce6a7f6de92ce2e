-- Section 3.4 of the manual: operators on integers, floats and strings at their edges, conversions, constructors, calls, functions,
-- lists of results.

-- §3.4.1 Arithmetic Operators
1 + 2 --> 3
1 + 2.0 --> 3.0
1.5 + 1.5 --> 3.0
7 - 10 --> -3
7 - 10.5 --> -3.5
6 * 7 --> 42
6 * 7.0 --> 42.0
7 / 2 --> 3.5
6 / 2 --> 3.0
1 / 0 --> inf
-1 / 0 --> -inf
0 / 0 --> nan
1 / -0.0 --> -inf
7 // 2 --> 3
-7 // 2 --> -4
7 // -2 --> -4
-7 // -2 --> 3
7 // 2.0 --> 3.0
-7 // 2.0 --> -4.0
7.5 // 2 --> 3.0
-7.5 // 2 --> -4.0
1 // 0 --! c:1: attempt to divide by zero
1 // 0.0 --> inf
-1 // 0.0 --> -inf
0.0 // 0.0 --> nan
0 // 5 --> 0
-0.0 // 5 --> -0.0
math.mininteger // -1 == math.mininteger --> true
math.maxinteger // -1 --> -9223372036854775807
7 % 3 --> 1
-7 % 3 --> 2
7 % -3 --> -2
-7 % -3 --> -1
7 % 3.0 --> 1.0
-7 % 3.0 --> 2.0
7.5 % 2 --> 1.5
-7.5 % 2 --> 0.5
7.5 % -2 --> -0.5
1 % 0 --! c:1: attempt to perform 'n%0'
1 % 0.0 --> nan
5 % math.huge --> 5.0
-5 % math.huge --> inf
5 % -math.huge --> -inf
-5 % -math.huge --> -5.0
math.huge % 2 --> nan
math.mininteger % -1 --> 0
math.mininteger % 2 --> 0
math.maxinteger % math.mininteger --> -1
0 % -5 --> 0
-0.0 % 5 --> -0.0
-6 % 3 --> 0
-6.0 % 3 --> -0.0
6.0 % -3 --> 0.0
2 ^ 10 --> 1024.0
2 ^ -1 --> 0.5
2 ^ 0.5 == math.sqrt(2) --> true
(-8) ^ (1 / 3) --> nan
0 ^ 0 --> 1.0
0 ^ -1 --> inf
math.huge ^ 0 --> 1.0
(0/0) ^ 0 --> 1.0
1 ^ (0/0) --> 1.0
(-2) ^ 3 --> -8.0
10 ^ 2 --> 100.0
2 ^ 63 == math.maxinteger + 1.0 --> true
-2 ^ 2 --> -4.0
- -5 --> 5
-(0) --> 0
-(0.0) --> -0.0
1 / -(0.0) --> -inf
-"2" --> -2
-"0x10" --> -16
-"1.5" --> -1.5
-{} --! c:1: attempt to perform arithmetic on a table value
-nil --! c:1: attempt to perform arithmetic on a nil value
math.maxinteger + 1 --> -9223372036854775808
math.mininteger - 1 --> 9223372036854775807
math.maxinteger * math.maxinteger --> 1
math.mininteger * math.mininteger --> 0
math.maxinteger + 1.0 == 2^63 --> true
2^53 + 1 --> 9007199254740992.0
(1 << 53) + 1 --> 9007199254740993
(1 << 53) + 1.0 --> 9007199254740992.0
0.1 + 0.2 --> 0.30000000000000004
0.1 + 0.2 == 0.3 --> false
1e308 + 1e308 --> inf
math.huge - math.huge --> nan
5 // 0.3 --> 16.0
3 % -math.huge --> -inf
5.3 % 1 > 0.29 and 5.3 % 1 < 0.31 --> true
1e15 // 1 --> 1e+15
local x = nil return x + 1 --! c:1: attempt to perform arithmetic on a nil value (local 'x')
local t = {} return t.a * 2 --! c:1: attempt to perform arithmetic on a nil value (field 'a')
return g ^ 2 --! c:1: attempt to perform arithmetic on a nil value (global 'g')
local x = "abc" return x + 1 --! c:1: attempt to add a 'string' with a 'number'
local t = { "x" } return 1 - t[1] --! c:1: attempt to sub a 'number' with a 'string'
local b = true return b / 1 --! c:1: attempt to perform arithmetic on a boolean value (local 'b')
print + 1 --! c:1: attempt to perform arithmetic on a function value (global 'print')
local u = {} return (function() return u % 2 end)() --! c:1: attempt to perform arithmetic on a table value (upvalue 'u')
("x").y + 1 --! c:1: attempt to perform arithmetic on a nil value (field 'y')

-- §3.4.2 Bitwise Operators
5 & 3 --> 1
5 | 3 --> 7
5 ~ 3 --> 6
~5 --> -6
~0 --> -1
1 << 4 --> 16
256 >> 4 --> 16
1 << 63 --> -9223372036854775808
1 << 64 --> 0
1 << 100 --> 0
-1 >> 1 --> 9223372036854775807
-1 >> 63 --> 1
-1 >> 64 --> 0
1 << -1 --> 0
2 << -1 --> 1
1 >> -1 --> 2
1 >> -64 --> 0
-1 << 1 --> -2
1 << math.mininteger --> 0
1 >> math.mininteger --> 0
1 << math.maxinteger --> 0
5.0 & 3 --> 1
5 | 3.0 --> 7
2^53 | 0 --> 9007199254740992
"5" & 3 --! c:1: attempt to perform bitwise operation on a string value (constant '5')
"0xff" | 0 --! c:1: attempt to perform bitwise operation on a string value (constant '0xff')
" 7 " ~ 1 --! c:1: attempt to perform bitwise operation on a string value (constant ' 7 ')
"3.0" & 1 --! c:1: attempt to perform bitwise operation on a string value (constant '3.0')
~"5" --! c:1: attempt to perform bitwise operation on a string value (constant '5')
1.5 & 1 --! c:1: number has no integer representation
2^63 | 0 --! c:1: number has no integer representation
math.huge | 0 --! c:1: number (field 'huge') has no integer representation
(0/0) | 0 --! c:1: number has no integer representation
"1.5" & 1 --! c:1: attempt to perform bitwise operation on a string value (constant '1.5')
"abc" & 1 --! c:1: attempt to perform bitwise operation on a string value (constant 'abc')
{} | 1 --! c:1: attempt to perform bitwise operation on a table value
local x = nil return x << 1 --! c:1: attempt to perform bitwise operation on a nil value (local 'x')
local x = 1.5 return x ~ 1 --! c:1: number (local 'x') has no integer representation
~{} --! c:1: attempt to perform bitwise operation on a table value
~1.5 --! c:1: number has no integer representation
math.mininteger & -1 --> -9223372036854775808
0xF0 & 0x3C | 1 --> 49
0xff ~ 0x0f << 4 --> 15
-2^63 | 0 --> -9223372036854775808
1 | 2 ~ 3 & 4 --> 3
3 & 2 == 2 --> true
true & 1 --! c:1: attempt to perform bitwise operation on a boolean value

-- §3.4.3 Coercions and Conversions
"10" + 5 --> 15
"10" + "5" --> 15
"10" * "2" --> 20
"10" / 2 --> 5.0
"7" // "2" --> 3
"7" % "4" --> 3
"2" ^ "3" --> 8.0
"1.5" + 1 --> 2.5
"1e1" + 0 --> 10.0
"0x10" + 0 --> 16
"0x1p4" + 0 --> 16.0
"  5  " + 1 --> 6
"\t5\n" + 1 --> 6
"5x" + 1 --! c:1: attempt to add a 'string' with a 'number'
"" + 1 --! c:1: attempt to add a 'string' with a 'number'
" " + 1 --! c:1: attempt to add a 'string' with a 'number'
"9223372036854775807" + 0 --> 9223372036854775807
"9223372036854775808" + 0 --> 9.223372036854776e+18
"0xffffffffffffffff" + 0 --> -1
"inf" + 0 --! c:1: attempt to add a 'string' with a 'number'
"nan" + 0 --! c:1: attempt to add a 'string' with a 'number'
10 .. 20 --> "1020"
1.0 .. "" --> "1.0"
-0.0 .. "" --> "-0.0"
1e15 .. "" --> "1e+15"
1e14 .. "" --> "1e+14"
123456.0 .. "" --> "123456.0"
2^53 .. "" --> "9.007199254741e+15"
2^31 .. "" --> "2147483648.0"
0.1 .. "" --> "0.1"
1/3 .. "" --> "0.33333333333333"
1e100 .. "" --> "1e+100"
math.huge .. "" --> "inf"
-math.huge .. "" --> "-inf"
math.mininteger .. "" --> "-9223372036854775808"
tostring(3) == "3", tostring(3.0) == "3.0" --> true, true
tostring(-0.0), tostring(0.0) --> "-0.0", "0.0"
10 == "10" --> false
"10" == 10 --> false
1 < "2" --! c:1: attempt to compare number with string
"a" < 1 --! c:1: attempt to compare string with number
3 | 0 --> 3
3.0 | 0 --> 3
("x"):rep("3") --> "xxx"
("x"):rep(3.0) --> "xxx"
("x"):rep(3.5) --! c:1: bad argument #1 to 'rep' (number has no integer representation)
("x"):rep("3.5") --! c:1: bad argument #1 to 'rep' (number has no integer representation)
("x"):rep("a") --! c:1: bad argument #1 to 'rep' (number expected, got string)
string.sub(12345, 2, 3) --> "23"
string.len(12.0) --> 4
#"10" + 1 --> 3
math.floor("3.7") --> 3
math.type("3" + 0), math.type("3.0" + 0) --> "integer", "float"
local t = {} t[1] = "a" return t["1"] --> nil
"0x" + 0 --! c:1: attempt to add a 'string' with a 'number'
"1e" + 0 --! c:1: attempt to add a 'string' with a 'number'
"1 2" + 0 --! c:1: attempt to add a 'string' with a 'number'
"1_0" + 0 --! c:1: attempt to add a 'string' with a 'number'
".5" + 0 --> 0.5
"5." + 0 --> 5.0
"." + 0 --! c:1: attempt to add a 'string' with a 'number'
"-5" + 0 --> -5
"- 5" + 0 --! c:1: attempt to add a 'string' with a 'number'
"+5" + 0 --> 5
"--5" + 0 --! c:1: attempt to add a 'string' with a 'number'
"-0" + 0 --> 0
"-0.0" + 0 --> 0.0
"-0x10" + 0 --> -16
"1e400" + 0 --> inf

-- §3.4.4 Relational Operators
1 == 1.0 --> true
1 == 1.5 --> false
"1" == 1 --> false
nil == false --> false
nil == nil --> true
true == true --> true
"a" == "a" --> true
{} == {} --> false
print == print --> true
1 ~= 2 --> true
1 ~= 1.0 --> false
0/0 == 0/0 --> false
0/0 ~= 0/0 --> true
0.0 == -0.0 --> true
1 < 2 --> true
2 < 1 --> false
1 <= 1 --> true
1 >= 2 --> false
2 > 1 --> true
1 < 1.5 --> true
1.5 < 1 --> false
1 <= 1.0 --> true
-1 < 0.5 --> true
0/0 < 1 --> false
0/0 <= 0/0 --> false
1 < 0/0 --> false
math.huge > math.maxinteger --> true
-math.huge < math.mininteger --> true
math.maxinteger < 2^63 --> true
math.maxinteger + 0.0 == 2^63 --> true
math.maxinteger == 2^63 --> false
math.maxinteger <= 2^63 --> true
math.maxinteger >= 2^63 --> false
math.mininteger == -2^63 --> true
math.mininteger <= -2^63 --> true
math.mininteger < -2^63 --> false
2^53 == (1 << 53) --> true
2^53 == (1 << 53) + 1 --> false
2^53 < (1 << 53) + 1 --> true
(1 << 53) + 1 > 2^53 --> true
(1 << 53) + 1 <= 2^53 --> false
"a" < "b" --> true
"a" < "B" --> false
"Z" < "a" --> true
"" < "a" --> true
"a" < "aa" --> true
"a\0b" < "a\0c" --> true
"a\0" > "a" --> true
"10" < "9" --> true
"\xff" > "a" --> true
"abc" <= "abc" --> true
"abc" >= "abd" --> false
nil < 1 --! c:1: attempt to compare nil with number
1 < nil --! c:1: attempt to compare number with nil
{} < {} --! c:1: attempt to compare two table values
nil <= nil --! c:1: attempt to compare two nil values
true < false --! c:1: attempt to compare two boolean values
print < print --! c:1: attempt to compare two function values
"a" > 1 --! c:1: attempt to compare number with string
{} >= 1 --! c:1: attempt to compare number with table
1 < 2 == true --> true
not 1 == 2 --> false
not (1 == 2) --> true
1 == 1 ~= false --> true
(1 < 2) < 3 --! c:1: attempt to compare boolean with number
-0.0 < 0.0 --> false
5e-324 > 0 --> true

-- §3.4.5 Logical Operators
10 or 20 --> 10
10 or error() --> 10
nil or "a" --> "a"
nil and 10 --> nil
false and error() --> false
false and nil --> false
false or nil --> nil
10 and 20 --> 20
nil and error() --> nil
not nil --> true
not 0 --> false
not "" --> false
not {} --> false
not not nil --> false
1 and nil or 2 --> 2
1 and 2 or 3 --> 2
nil == false or 7 --> 7
1 or 2 and 3 --> 1
nil and 1 or nil and 2 --> nil
(nil or false) == false --> true
local function f() return 1, 2 end return f() and f() --> 1
local function f() return 1, 2 end return nil or f() --> 1
local function f() return nil end return f() or "default" --> "default"
local n = 0 local function c(v) n = n + 1 return v end local _ = c(false) and c(true) or c(nil) or c(1) return n --> 3
local x = 5 return x > 3 and "big" or "small" --> "big"
local a = false local b = a or not a return b --> true
local t = nil return t and t.x --> nil
local t = { x = 0 } return t and t.x --> 0
not 1 and 2 --> false
1 and not nil --> true

-- §3.4.6 Concatenation
"a" .. "b" --> "ab"
"a" .. 1 --> "a1"
1 .. 2 --> "12"
"a" .. "b" .. "c" .. "d" --> "abcd"
"" .. "" --> ""
"a\0" .. "\0b" --> "a\0\0b"
1.5 .. "|" .. -2 --> "1.5|-2"
"x" .. nil --! c:1: attempt to concatenate a nil value
"x" .. true --! c:1: attempt to concatenate a boolean value
"x" .. {} --! c:1: attempt to concatenate a table value
print .. "x" --! c:1: attempt to concatenate a function value (global 'print')
local n = nil return "x" .. n --! c:1: attempt to concatenate a nil value (local 'n')
local t = {} return t.name .. "x" --! c:1: attempt to concatenate a nil value (field 'name')
local t = {} return "x" .. t.a.b --! c:1: attempt to index a nil value (field 'a')
local s = "" for i = 1, 300 do s = s .. "x" end return #s --> 300
local a, b = "x", "y" return a .. b == "xy", a .. b == b .. a --> true, false
#("ab" .. "cd") --> 4
2 ^ 2 .. "" --> "4.0"
-1 .. "" --> "-1"
"a" .. 1 + 2 --> "a3"
1 + 1 .. 2 + 2 --> "24"
("x"):rep(1000) .. "y" == ("x"):rep(1000) .. "y" --> true
local t = setmetatable({}, { __concat = function(a, b) return "meta" end }) return t .. nil --> "meta"

-- §3.4.7 The Length Operator
#"" --> 0
#"abc" --> 3
#"a\0b" --> 3
#"é" --> 2
#{} --> 0
#{ 1, 2, 3 } --> 3
#{ n = 1 } --> 0
#{ 1, 2, nil } --> 2
#{ [1] = 1, [2] = 2 } --> 2
#{ [0] = 1, 2 } --> 1
#{ (function() return 1, 2, 3 end)() } --> 3
#{ nil } --> 0
#nil --! c:1: attempt to get length of a nil value
#5 --! c:1: attempt to get length of a number value
#true --! c:1: attempt to get length of a boolean value
local x return #x --! c:1: attempt to get length of a nil value (local 'x')
local t = {} return #t.list --! c:1: attempt to get length of a nil value (field 'list')
#print --! c:1: attempt to get length of a function value (global 'print')
local t = {} for i = 1, 100 do t[i] = i end for i = 100, 51, -1 do t[i] = nil end return #t --> 50
local t = {} t[1], t[2], t[3] = 1, 2, 3 t[#t] = nil return #t --> 2
local t = {} t[#t + 1] = "a" t[#t + 1] = "b" return #t --> 2
local t = { 1, 2, 3, nil, 5 } local n = #t return n == 3 or n == 5 --> true
#"x" .. "y" --> "1y"
-#"abc" --> -3
#"abc" == 3 --> true

-- §3.4.8 Precedence
2 + 3 * 4 --> 14
(2 + 3) * 4 --> 20
2 ^ 3 ^ 2 --> 512.0
(2 ^ 3) ^ 2 --> 64.0
-2 ^ 2 --> -4.0
2 ^ -1 --> 0.5
not nil == true --> true
-3 .. "" --> "-3"
1 .. 2 == "12" --> true
"a" .. "b" == "ab" --> true
1 + 2 < 4 --> true
1 < 2 and 2 < 3 --> true
1 or nil and error() --> 1
1 << 2 + 1 --> 8
1 + 1 << 2 --> 8
1 | 2 & 2 --> 3
5 & 3 | 8 --> 9
6 ~ 3 & 1 --> 7
1 << 1 .. "" --! c:1: attempt to perform bitwise operation on a string value
3 - 2 - 1 --> 0
2 * 3 % 4 --> 2
7 // 2 * 2 --> 6
8 / 2 / 2 --> 2.0
-7 // 2 --> -4
-(7 // 2) --> -3
not 1 + 1 --! c:1: attempt to perform arithmetic on a boolean value
#"ab" + 1 --> 3
-"2" ^ 2 --> -4.0
2 .. 3 ^ 2 --> "29.0"
1 < 2 == 2 > 1 --! c:1: attempt to compare number with boolean
~1 + 1 --> -1
~(1 + 1) --> -3
- - 2 ^ 2 --> 4.0
1 == 1 and "y" or "n" --> "y"
3 ~= 4 ~ 1 --> true
"a" < "b" .. "c" --> true
5 > 3 ~ 1 --> true
1 | 1 == 1 --> true

-- §3.4.9 Table Constructors
{} --> {}
{ 1, 2, 3 } --> {1, 2, 3}
{ 1, 2, 3, } --> {1, 2, 3}
{ 1; 2; 3; } --> {1, 2, 3}
{ x = 1, ["y"] = 2, [3] = 3 } --> {[3] = 3, x = 1, y = 2}
{ [1] = "a", "b" } --> {"b"}
{ "a", [1] = "b" } --> {"a"}
{ "a", x = 1, "b", [10] = 2, "c" } --> {"a", "b", "c", [10] = 2, x = 1}
{ ["with space"] = 1 } --> {["with space"] = 1}
{ [1 + 1] = "two" } --> {[2] = "two"}
{ [true] = 1 } --> {[true] = 1}
{ [1.0] = "int" } --> {"int"}
{ { 1 }, { { 2 } } } --> {{1}, {{2}}}
{ f = function() end }.f ~= nil --! c:1: unexpected symbol near '{'
({ f = 1 }).f --> 1
{ x = nil } --> {}
{ nil, 2 }[2] local x --! c:1: unexpected symbol near '{'
({ nil, 2 })[2] --> 2
{ [nil] = 1 } --! c:1: table index is nil
{ [0/0] = 1 } --! c:1: table index is NaN
local function f() return 1, 2, 3 end return { f() } --> {1, 2, 3}
local function f() return 1, 2, 3 end return { f(), f() } --> {1, 1, 2, 3}
local function f() return 1, 2, 3 end return { (f()) } --> {1}
local function f() return 1, 2, 3 end return { f(), nil } --> {1}
local function f() return 1, 2, 3 end return { x = f() } --> {x = 1}
local function f(...) return { ... } end return f(1, nil, 3)[3] --> 3
local function f(...) return { ..., "last" } end return f(1, 2) --> {1, "last"}
local t = {} for i = 1, 60 do t[i] = tostring(i) end return #load("return {" .. table.concat(t, ",") .. "}")() --> 60
local t = {} for i = 1, 300 do t[i] = i end local u = load("return {" .. table.concat(t, ",") .. "}")() return #u, u[300] --> 300, 300
{ 1, 2 --! c:1: unexpected symbol near '{'
{ 1 2 } --! c:1: unexpected symbol near '{'
x = { 1 2 } --! c:1: '}' expected near '2'
x = { a = } --! c:1: unexpected symbol near '}'
x = { [1] 2 } --! c:1: '=' expected near '2'
x = { a.b = 1 } --! c:1: '}' expected near '='
local i = 0 local function n() i = i + 1 return i end return { n(), n(), a = n(), n() } --> {1, 2, 4, a = 3}
{ [1] = 1, [2] = 2, n = 2 }, #{ [1] = 1, [2] = 2 } --> {1, 2, n = 2}, 2
{ "a" .. "b", -1, not nil } --> {"ab", -1, true}
{ a = 1, a = 2 } --> {a = 2}

-- §3.4.10 Function Calls
(function() return 1 end)() --> 1
(function(...) return ... end)(1, 2) --> 1, 2
(function(a, b) return b, a end)(1) --> nil, 1
(function(a) return a end)(1, 2, 3) --> 1
type "x" --> "string"
type [[x]] --> "string"
type {} --> "table"
string.rep("ab", 2) --> "abab"
("ab"):rep(2) --> "abab"
local t = { v = 5 } function t.get(self) return self.v end return t:get(), t.get(t) --> 5, 5
local t = {} function t:m(...) return self == t, ... end return t:m(1, 2) --> true, 1, 2
local s = "x" return s:rep(2):upper():len() --> 2
local function f() return f end return select("#", f()) --> 1
local n = 0 local function o() n = n + 1 return { m = function() return n end } end return o():m() --> 1
local function f(...) return select("#", ...) end return f(), f(nil), f(nil, nil), f((f())) --> 0, 1, 2, 1
local function g() return 1, 2 end local function f(...) return select("#", ...) end return f(g()), f(g(), g()), f((g())), f(g(), 1) --> 2, 3, 1, 2
local f = nil f() --! c:1: attempt to call a nil value (local 'f')
local t = {} t.x() --! c:1: attempt to call a nil value (field 'x')
local t = {} t:x() --! c:1: attempt to call a nil value (method 'x')
local t = {} t.a.b() --! c:1: attempt to index a nil value (field 'a')
local t = {} t[1]() --! c:1: attempt to call a nil value (field 'integer index')
(1)() --! c:1: attempt to call a number value
("x")() --! c:1: attempt to call a string value (constant 'x')
({})() --! c:1: attempt to call a table value
local u = 5 (function() u() end)() --! c:1: attempt to call a number value (upvalue 'u')
local u = 5; (function() u() end)() --! c:1: attempt to call a number value (upvalue 'u')
(nil)() --! c:1: attempt to call a nil value
local function f() error("x", 2) end
local t = { f = f }
t.f() --! c:3: x
local function loop(n) if n > 0 then return loop(n - 1) end return "tail" end return loop(200000) --> "tail"
local function a(n) if n == 0 then return debug.traceback("t") end return a(n - 1) end return a(5):find("...tail calls...", 1, true) ~= nil --> true
local function r(n) return n == 0 and 0 or 1 + r(n - 1) end return r(5000) --> 5000
f(1 local x --! c:1: ')' expected near 'local'
f(,) --! c:1: unexpected symbol near ','
f(1,) --! c:1: unexpected symbol near ')'
x:y --! c:1: function arguments expected near <eof>
local a = {}
local f = function() end
a.x = f
(f)() --! c:4: attempt to call a nil value
print(("x"):rep(3), 1) --> nothing | xxx\t1\n
math.max(table.unpack({ 1, 5, 3 })) --> 5
pcall(load, "x") --> true, nil, "[string \"x\"]:1: syntax error near <eof>"
local t = setmetatable({}, { __index = function(_, k) return function(self, a) return k .. a end end }) return t:foo("!") --> "foo!"
local args = {} for i = 1, 250 do args[i] = i end return select("#", table.unpack(args)) --> 250
local function f(a, b, ...) return a, b, select("#", ...) end return f(1), f(1, 2), f(1, 2, 3, 4) --> 1, 1, 1, 2, 2

-- §3.4.11 Function Definitions
local function f() end return f() --> nothing
local f = function(x) return x end return f(1) --> 1
local t = { a = { b = {} } } function t.a.b.f() return "deep" end return t.a.b.f() --> "deep"
local t = { a = {} } function t.a:m() return self == t.a end return t.a:m() --> true
function g() return "global" end return g() --> "global"
local function fact(n) if n < 2 then return 1 end return n * fact(n - 1) end return fact(10) --> 3628800
local f = function(n) return n < 2 and 1 or f(n - 1) end return f(5) --! c:1: attempt to call a nil value (global 'f')
local function f(a, b) return a, b end return f(1, 2, 3) --> 1, 2
local function f(a, b) return a, b end return f(1) --> 1, nil
local function f(a, ...) return a, ... end return f(1, 2, 3) --> 1, 2, 3
local function f(...) local a, b = ... return a, b end return f(1, 2, 3) --> 1, 2
local function f(...) return (...) end return f(1, 2) --> 1
local function f(...) return #{ ... } end return f(1, 2, 3) --> 3
local function f(...) return { n = select("#", ...), ... } end return f(nil, nil) --> {n = 2}
local function f(...) local function g() return ... end end --! c:1: cannot use '...' outside a vararg function near '...'
function f(a, a) return a end return f(1, 2) --> 2
function f(..., a) end --! c:1: ')' expected near ','
function f(1) end --! c:1: <name> or '...' expected near '1'
function f(a b) end --! c:1: ')' expected near 'b'
function f() --! c:1: 'end' expected near <eof>
function 1() end --! c:1: <name> expected near '1'
function a[1]() end --! c:1: '(' expected near '['
function a:b.c() end --! c:1: '(' expected near '.'
local function a.b() end --! c:1: '(' expected near '.'
local x = 1 local function f() return x end x = 2 return f() --> 2
local fs = {} for i = 1, 3 do local j = i * 10 fs[i] = function() return i, j end end return fs[2]() --> 2, 20
local function counter() local n = 0 return function() n = n + 1 return n end end local a, b = counter(), counter() return a(), a(), b() --> 1, 2, 1
local function pair() local v return function(x) v = x end, function() return v end end local set, get = pair() set(7) return get() --> 7
local function y(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
return y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(5) --> 120
local function curry(a) return function(b) return function(c) return a + b + c end end end return curry(1)(2)(3) --> 6
local a = {} for i = 1, 2 do a[i] = function() return i end end return a[1] ~= a[2] --> true
local function f(n) local function g() return n end n = n + 1 return g() end return f(1) --> 2
local function even(n) if n == 0 then return true end return odd(n - 1) end function odd(n) if n == 0 then return false end return even(n - 1) end return even(10), even(7) --> true, false
local function f() return end return select("#", f()) --> 0
local up1, up2 = 1, 2 local function f() local function g() up1 = up1 + up2 return up1 end return g end return f()(), f()(), up1 --> 3, 5, 5

-- §3.4.12 Lists of Expressions, Multiple Results, and Adjustment
local function f() return 1, 2, 3 end return f() --> 1, 2, 3
local function f() return 1, 2, 3 end return f(), "x" --> 1, "x"
local function f() return 1, 2, 3 end return "x", f() --> "x", 1, 2, 3
local function f() return 1, 2, 3 end return (f()) --> 1
local function f() return 1, 2, 3 end return f() + 1 --> 2
local function f() return 1, 2, 3 end return f() .. "" --> "1"
local function f() return 1, 2, 3 end local t = { f(), f() } return #t --> 4
local function f() return 1, 2, 3 end return math.max(f(), 0) --> 1
local function f() return 1, 2, 3 end return math.max(0, f()) --> 3
local function f() return 1, 2, 3 end if f() then return "first counts" end --> "first counts"
local function f() end return f(), "x" --> nil, "x"
local function f() end return "x", f() --> "x"
local function f() end return (f()) --> nil
local function f() end return select("#", f(), f()) --> 1
local function f() end return { f(), 1, f() } --> {[2] = 1}
local function f(...) return ... end return f(), f(1), f(1, 2) --> nil, 1, 1, 2
local function f(...) return ..., "end" end return f(1, 2) --> 1, "end"
local function f(...) return "a", ... end return f(1, 2) --> "a", 1, 2
local function f(...) return (...), 0 end return f() --> nil, 0
local function f(...) local a, b, c = 0, ... return a, b, c end return f(1, 2, 3) --> 0, 1, 2
local function f(...) for i = 1, select("#", ...) do n = (n or 0) + (select(i, ...)) end return n end return f(1, 2, 3) --> 6
local function f(...) return { ... }, ... end local t, a = f(5) return t[1], a --> 5, 5
local a, b = (function() return 1 end)() return a, b --> 1, nil
local a = ((function() return 1, 2 end)()) return a --> 1
print((("x"):gsub("x", "y"))) --> nothing | y\n
print(("x"):gsub("x", "y")) --> nothing | y\t1\n
local t = { ("x"):gsub("x", "y") } return t --> {"y", 1}
local function v(...) return ... end return v(v(1, 2), v(3, 4)) --> 1, 3, 4
select(2, "a", "b", "c") --> "b", "c"
(select(2, "a", "b", "c")) --> "b"
table.unpack({ 1, 2, 3 }), "z" --> 1, "z"
for a, b, c in (function() return function(s, x) if not x then return 1, 2 end end end)() do return a, b, c end --> 1, 2, nil
return table.unpack({ 1, nil, 3 }, 1, 3) --> 1, nil, 3
