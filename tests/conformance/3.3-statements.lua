-- Section 3.3 of the manual: blocks, chunks, assignment, control structures, declarations. Loops of for and variables to be closed
-- have files of their own.

-- §3.3.1 Blocks
do end return 1 --> 1
;;; return 1 --> 1
do local x = 1 end return x --> nil
do return 1 end --> 1
do return 1 end return 2 --> 1
return 1; --> 1
return --> nothing
return; --> nothing
return 1 return 2 --! c:1: <eof> expected near 'return'
local x = 1 do local x = x + 1 do local x = x + 1 y = x end end return x, y --> 1, 3
local x = 1; (print or x)() return x --> 1 | \n
do local a = 1 end do return a end --> nil
do --! c:1: 'end' expected near <eof>
do
local x = 1
--! c:3: 'end' expected (to close 'do' at line 1) near <eof>
end --! c:1: <eof> expected near 'end'
local f = function() do return 1, 2 end end return f() --> 1, 2

-- §3.3.2 Chunks
load("return ...")(1, nil, 3) --> 1, nil, 3
load("local a, b = ... return b, a")(1, 2) --> 2, 1
load("")() --> nothing
load(" ")() --> nothing
load("-- only a comment")() --> nothing
load("local x = 1 return function() x = x + 1 return x end")()() --> 2
local f = load("return select('#', ...)") return f(), f(nil), f(1, 2) --> 0, 1, 2
local c = 0 local f = load(function() c = c + 1 return ({ "return ", "1 ", "+ 2" })[c] end) return f() --> 3
local f = load(function() return nil end) return f() --> nothing
load(function() return {} end) --> nil, "c:1: reader function must return a string"
load("x = 1 x = 2 return x", "=c", "t", {})() --> 2
type(load("return 1")), load("return") ~= load("return") --> "function", true
("x"):rep(3, load("return ','")()) --> "x,x,x"
local body = {} for i = 1, 200 do body[i] = "local v" .. i .. " = " .. i end return load(table.concat(body, "\n") .. "\nreturn v200")() --> 200
local body = {} for i = 1, 201 do body[i] = "local v" .. i end return load(table.concat(body, "\n"), "=c") --> nil, "c:201: too many local variables (limit is 200) in main function near <eof>"
local ups, body = {}, {} for i = 1, 256 do ups[i] = "local u" .. i .. " = 1" end return load("local function f() " .. ("do "):rep(190) .. ("end "):rep(190) .. "return 1 end return f()")() --> 1
load(("do "):rep(300) .. ("end "):rep(300), "=c") --> nil, "C stack overflow"
load("return " .. ("("):rep(300) .. "1" .. (")"):rep(300), "=c") --> nil, "C stack overflow"
load("return " .. ("{"):rep(150) .. ("}"):rep(150), "=c") ~= nil --> true

-- §3.3.3 Assignment
local a, b = 1, 2 a, b = b, a return a, b --> 2, 1
local a, b, c = 1 return a, b, c --> 1, nil, nil
local a, b = 1, 2, 3 return a, b --> 1, 2
local i, a = 3, {} i, a[i] = i + 1, 20 return i, a[3], a[4] --> 4, 20, nil
local x, y, z = 1, 2, 3 x, y, z = y, z, x return x, y, z --> 2, 3, 1
local function f() return 1, 2, 3 end local a, b, c, d = f() return a, b, c, d --> 1, 2, 3, nil
local function f() return 1, 2, 3 end local a, b, c, d = 0, f() return a, b, c, d --> 0, 1, 2, 3
local function f() return 1, 2, 3 end local a, b, c = f(), 9 return a, b, c --> 1, 9, nil
local function f() return 1, 2 end local a, b = (f()) return a, b --> 1, nil
local t = {} t.a, t.b, t.c = 1, 2 return t --> {a = 1, b = 2}
local a = { 1, 2 } local i = 1 a[i], i = 5, 2 return a[1], a[2], i --> 5, 2, 2
local t = { 1 } local u = t t, t[1] = nil, 7 return t, u[1] --> nil, 7
local log = {} local function v(x) log[#log + 1] = x return x end local t = {} t[v(1)], t[v(2)] = v(3), v(4) return log --> {1, 2, 3, 4}
a, b = 1 return a, b --> 1, nil
local a <const> = 1 a = 2 --! c:1: attempt to assign to const variable 'a'
local a = 1 local f = function() a = a + 1 end f() f() return a --> 3
x = 1, y = 2 --! c:1: unexpected symbol near '='
local function none() end local a, b = none() return a, b --> nil, nil
local function none() end local a = none(), 5 return a --> nil
local a a = a return a --> nil
local a = a return a --> nil
local t = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, { v }) end }) t.a, t.b = 1, 2 return t --> {a = {1}, b = {2}}

-- §3.3.4 Control Structures
local i = 0 while i < 5 do i = i + 1 end return i --> 5
local i = 0 while true do i = i + 1 if i == 3 then break end end return i --> 3
while nil do error("never") end while false do error("never") end return "skipped" --> "skipped"
local i = 0 repeat i = i + 1 until i >= 5 return i --> 5
local i = 0 repeat local done = i == 3 i = i + 1 until done return i --> 4
repeat local x = nil until not x return "once" --> "once"
repeat until true return 1 --> 1
local function sign(x) if x > 0 then return 1 elseif x < 0 then return -1 else return 0 end end return sign(5), sign(-5), sign(0) --> 1, -1, 0
if false then return 1 elseif nil then return 2 elseif {} then return 3 else return 4 end --> 3
if nil then end return "empty" --> "empty"
if 1 then elseif error() then end return "lazy" --> "lazy"
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end x = (x or "") .. i .. j .. " " ::continue:: end end return x --> "11 13 21 23 31 33 "
do local i = 1 ::top:: if i < 5 then i = i + 1 goto top end return i end --> 5
goto done error("never") ::done:: return "jumped" --> "jumped"
do goto out end error("never") ::out:: return "out" --> "out"
local fs = {} do local i = 1 ::again:: local x = i fs[i] = function() x = x + 1 return x end i = i + 1 if i <= 3 then goto again end end return fs[1](), fs[1](), fs[2](), fs[3]() --> 2, 3, 3, 4
goto nowhere --! c:1: no visible label 'nowhere' for <goto> at line 1
do ::inner:: end goto inner --! c:1: no visible label 'inner' for <goto> at line 1
::a:: ::a:: --! c:1: label 'a' already defined on line 1
::a:: do ::a:: end --! c:1: label 'a' already defined on line 1
do ::a:: end do ::a:: end return "apart" --> "apart"
::a:: local function f() ::a:: return 1 end return f() --> 1
goto f local x ::f:: print(x) --! c:1: <goto f> at line 1 jumps into the scope of local 'x'
do goto f local x ::f:: end return "end of block" --> "end of block"
do goto f local x ::f:: ; end return "void" --> "void"
repeat goto c local x = 1 ::c:: until x --! c:1: <goto c> at line 1 jumps into the scope of local 'x'
break --! c:1: break outside loop at line 1
local function f() break end --! c:1: break outside loop at line 1
while true do (function() break end)() end --! c:1: break outside loop at line 1
while true do local function f() return 1 end break end return "ok" --> "ok"
local n = 0 while true do while true do n = n + 1 break end n = n + 10 break end return n --> 11
for i = 1, 10 do if i == 4 then break end n = i end return n --> 3
if x then return 1 --! c:1: 'end' expected near <eof>
while true do
  x = 1 --! c:2: 'end' expected (to close 'while' at line 1) near <eof>
if x return 1 end --! c:1: 'then' expected near 'return'
while x return 1 end --! c:1: 'do' expected near 'return'
repeat x = 1 --! c:1: 'until' expected near <eof>
if x then else else end --! c:1: 'end' expected near 'else'
elseif x then end --! c:1: <eof> expected near 'elseif'
local function f(n) if n == 0 then return "end" end return f(n - 1) end return f(100000) --> "end"
local function f() return (f0 or 1) end return f() --> 1
local i = 1 repeat local j = i i = i + 1 if j == 2 then goto next end until j == 3 ::next:: return i --> 3
for i = 1, 2 do ::l1:: ::l2:: if i == 1 then goto l3 end do return "second" end ::l3:: end --> "second"

-- §3.3.6 Function Calls as Statements
print("as", "statement") --> nothing | as\tstatement\n
local t = { n = 0 } function t:inc() self.n = self.n + 1 return "lost" end t:inc() t:inc() return t.n --> 2
1 + 1 local x --! c:1: unexpected symbol near '1'
"x":rep(2) --! c:1: unexpected symbol near '"x"'
x local y --! c:1: syntax error near 'local'
x.y local y --! c:1: syntax error near 'local'
(print)("a") local x return x --> nil | a\n
local s = "a" s:upper() return s --> "a"
local f = function() return function() n = (n or 0) + 1 end end f()() f()() return n --> 2
print "string" --> nothing | string\n
type {} --> "table"
local t = {} function t.f(x) n = x end t.f "s" t.f { 1 } return n --> {1}

-- §3.3.7 Local Declarations
local a, b, c return a, b, c --> nil, nil, nil
local a, b = 1 return a, b --> 1, nil
local x = 1 local x = x + 1 local x = x * 10 return x --> 20
local a <const>, b = 1, 2 b = 3 return a + b --> 4
local a <const> = "s" return a .. a --> "ss"
local a <const> = { 1 } a[1] = 2 return a[1] --> 2
local a <const> = 1 / 0 return a --> inf
local k <const> = 5 local function f() return k + 1 end return f() --> 6
local a <foo> = 1 --! c:1: unknown attribute 'foo'
local a <close>, b <close> = nil, nil --! c:1: multiple to-be-closed variables in local list
local a <const> return a --> nil
local a <const> a = 1 --! c:1: attempt to assign to const variable 'a'
local function f <const>() end --! c:1: '(' expected near '<'
local f <const> = function() return f end return f() --> nil
local f = function() return f end return f() --> nil
local function f() return f end return f() == f --> true
local a.b = 1 --! c:1: unexpected symbol near '.'
local (a) = 1 --! c:1: <name> expected near '('
local x, y = (function() return 1, 2, 3 end)() return x, y --> 1, 2
local x = (function(...) return ... end)(4, 5) return x --> 4
