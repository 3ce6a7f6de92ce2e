-- Section 3.5 of the manual: where a local variable is visible, and what closures share.

-- §3.5 Visibility Rules
x = 10
do
  local x = x
  x = x + 1
  do local x = x + 1 inner = x end
  outer = x
end
return x, outer, inner --> 10, 11, 12
local a = {}
local x = 20
for i = 1, 10 do local y = 0 a[i] = function() y = y + 1 return x + y end end
return a[1](), a[1](), a[2]() --> 21, 22, 21
local x = 1 local x = 2 return x --> 2
local x = 1 do local x = 2 end return x --> 1
local x = x return x --> nil
local x = 1 local y = function() return x end local x = 2 return y(), x --> 1, 2
for i = 1, 1 do local v = i end return v, i --> nil, nil
local function f() return g end local g = 1 return f() --> nil
if true then local v = 1 end return v --> nil
local n = 0 while n < 1 do local v = 1 n = 1 end return v --> nil
repeat local v = "seen in until" until v == "seen in until" return v --> nil
local function f(x) x = x + 1 return x end local x = 1 return f(x), x --> 2, 1
local function f(x) local x = x * 2 return x end return f(4) --> 8
local a, b = 1, 2 do local a = b b = 3 c = a end return a, b, c --> 1, 3, 2
local up = {} do local v = 0 up.inc = function() v = v + 1 end up.get = function() return v end end up.inc() up.inc() return up.get() --> 2
local function outer() local v = 1 local function mid() local function inn() v = v + 1 return v end return inn end return mid()(), v end return outer() --> 2, 2
local fs = {} local i = 1 while i <= 2 do local j = i fs[i] = function() j = j + 1 return j end i = i + 1 end return fs[1](), fs[1](), fs[2]() --> 2, 3, 3
local x <const> = 1 do local x = 2 y = x end return x, y --> 1, 2
local t = {} for k, v in pairs({ a = 1 }) do t[1] = function() return k .. v end end return t[1]() --> "a1"
local f do local hidden = "h" function f() return hidden end end return f(), hidden --> "h", nil
