-- Section 3.2 of the manual: globals, locals, fields.

-- §3.2 Variables
local x = 1 return x --> 1
g = 1 return g --> 1
undefined --> nil
local x return x --> nil
local t = { 10, 20, k = "v" } return t[1], t.k, t["k"], t["no"] --> 10, "v", "v", nil
local t = { a = { b = { c = 1 } } } return t.a.b.c, t["a"]["b"]["c"] --> 1, 1
local t = {} t.x, t["y"] = 1, 2 return t.y, t.x --> 2, 1
local t = { f = function() return { 5 } end } return t.f()[1] --> 5
("abc").x --> nil
({ 7 })[1] --> 7
local n = nil return n.x --! c:1: attempt to index a nil value (local 'n')
local b = true return b.x --! c:1: attempt to index a boolean value (local 'b')
local n = 5 return n.x --! c:1: attempt to index a number value (local 'n')
local f = print return f.x --! c:1: attempt to index a function value (local 'f')
local t = {} return t.a.b --! c:1: attempt to index a nil value (field 'a')
local t = {} return t[1].b --! c:1: attempt to index a nil value (field 'integer index')
local t, k = {}, "key" return t[k].b --! c:1: attempt to index a nil value (field '?')
local u = nil return (function() return u.x end)() --! c:1: attempt to index a nil value (upvalue 'u')
local t = { 1 } t[1], t[2] = t[2], t[1] return t[1], t[2] --> nil, 1
a.b.c = 1 --! c:1: attempt to index a nil value (global 'a')
local x <const> = 5 x = 6 --! c:1: attempt to assign to const variable 'x'
local x <const> = 5 local function f() x = 6 end --! c:1: attempt to assign to const variable 'x'
x, 1 = 2 --! c:1: unexpected symbol near '1'
f() = 1 --! c:1: syntax error near '='
(x) = 1 --! c:1: syntax error near '='
x.y:z = 1 --! c:1: function arguments expected near '='
local t = {} t.x = 1 t.x = nil return t.x, next(t) --> nil, nil
