-- Section 3.3.5 of the manual: numerical loops at the edges of integers and floats, and generic loops with all four values.

-- §3.3.5 For Statement
local s = "" for i = 1, 5 do s = s .. i end return s --> "12345"
local s = "" for i = 5, 1, -1 do s = s .. i end return s --> "54321"
local s = "" for i = 1, 10, 3 do s = s .. i .. " " end return s --> "1 4 7 10 "
local s = "" for i = 10, 1, -4 do s = s .. i .. " " end return s --> "10 6 2 "
local n = 0 for i = 1, 0 do n = n + 1 end return n --> 0
local n = 0 for i = 0, 1, -1 do n = n + 1 end return n --> 0
local n = 0 for i = 3, 3 do n = n + i end return n --> 3
for i = 1, 10, 0 do end --! c:1: 'for' step is zero
for i = 1.0, 10, 0.0 do end --! c:1: 'for' step is zero
for i = "1", 2 do end --> nothing
for i = 1, "2" do end --> nothing
for i = 1, 2, "1" do end --> nothing
for i = nil, 2 do end --! c:1: bad 'for' initial value (number expected, got nil)
for i = 1, nil do end --! c:1: bad 'for' limit (number expected, got nil)
for i = {}, 2 do end --! c:1: bad 'for' initial value (number expected, got table)
local s = "" for i = 1.0, 3 do s = s .. i .. " " end return s --> "1.0 2.0 3.0 "
local s = "" for i = 1, 3.5 do s = s .. i .. " " end return s --> "1 2 3 "
local s = "" for i = 1, 2, 0.5 do s = s .. i .. " " end return s --> "1.0 1.5 2.0 "
local s = "" for i = 1, 3, 1.0 do s = s .. i .. " " end return s --> "1.0 2.0 3.0 "
local s = "" for i = 3, 1.5, -1 do s = s .. i .. " " end return s --> "3 2 "
local n = 0 for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end return n --> 3
local n = 0 for i = math.mininteger + 2, math.mininteger, -1 do n = n + 1 end return n --> 3
local n = 0 for i = math.mininteger, math.maxinteger, math.maxinteger do n = n + 1 end return n --> 3
local n = 0 for i = math.maxinteger, math.mininteger, math.mininteger do n = n + 1 end return n --> 2
local n = 0 for i = math.maxinteger - 1, math.huge do n = n + 1 end return n --> 2
local n = 0 for i = 1, -math.huge do n = n + 1 end return n --> 0
local n = 0 for i = math.mininteger + 1, -math.huge, -1 do n = n + 1 end return n --> 2
local n = 0 for i = 1, math.huge do n = n + 1 if n == 100 then break end end return n --> 100
local n = 0 for i = 1, 0/0 do n = n + 1 end return n --> 0
local n = 0 for i = 0/0, 1 do n = n + 1 end return n --> 1
local n = 0 for i = 1.0, 2^53 do n = n + 1 if n == 5 then break end end return n --> 5
local n = 0 for i = 0.1, 1, 0.1 do n = n + 1 end return n --> 10
local n = 0 for i = math.huge, 1, -1 do n = n + 1 if n == 3 then break end end return n --> 3
local n = 0 for i = 1, 9.3e18 do n = n + 1 if n == 2 then break end end return n --> 2
for i = 1, 3 do i = i * 10 s = (s or "") .. i .. " " end return s --> "10 20 30 "
local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end return fs[1](), fs[1](), fs[2](), fs[3]() --> 2, 3, 3, 4
for i = 1, 1 do end return i --> nil
local calls = 0 local function lim() calls = calls + 1 return 3 end for i = 1, lim() do end return calls --> 1
for i = 1, 3 do local i = i * 2 s = (s or 0) + i end return s --> 12
local i = "outer" for i = 1, 1 do end return i --> "outer"
for i = 1 do end --! c:1: ',' expected near 'do'
for i = 1, 2, 3, 4 do end --! c:1: 'do' expected near ','
for i do end --! c:1: '=' or 'in' expected near 'do'
for 1 = 1, 2 do end --! c:1: <name> expected near '1'
for a.b = 1, 2 do end --! c:1: '=' or 'in' expected near '.'
for i = 1, 2 do --! c:1: 'end' expected near <eof>
local s = "" for k, v in pairs({ 1, 2, 3 }) do s = s .. k .. v end return s --> "112233"
local s = "" for i, v in ipairs({ 1, 2, nil, 4 }) do s = s .. i .. v end return s --> "1122"
local s = 0 for k, v in next, { 1, 2, 3 } do s = s + v end return s --> 6
local s = "" for a, b, c in function(s, c) if c < 3 then return c + 1, c * 10, s end end, "st", 0 do s = s .. a .. b .. c .. " " end return s --> "10st 210st 320st "
for x in 5 do end --! c:1: attempt to call a number value (for iterator 'for iterator')
for x in nil do end --! c:1: attempt to call a nil value (for iterator 'for iterator')
for x in {} do end --! c:1: attempt to call a table value (for iterator 'for iterator')
for x in setmetatable({}, { __call = function(_, s, c) if not c then return "called" end end }) do return x end --> "called"
local n = 0 for x in function() n = n + 1 if n < 4 then return false end end do end return n --> 4
local n = 0 for a in function() n = n + 1 return n < 3 and n or nil end do end return n --> 3
local t = { 1, 2, 3 } for k in pairs(t) do t[k] = nil end return next(t) --> nil
local t = { a = 1, b = 2 } for k, v in pairs(t) do t[k] = v * 10 end return t --> {a = 10, b = 20}
local closed for x in function() return 1 end, nil, nil, setmetatable({}, { __close = function() closed = true end }) do break end return closed --> true
local closed for x in function() end, nil, nil, setmetatable({}, { __close = function() closed = true end }) do end return closed --> true
local closed local function f() for x in function() return 1 end, nil, nil, setmetatable({}, { __close = function() closed = "closed" end }) do return closed end end local r = f() return r, closed --> nil, "closed"
local e pcall(function() for x in function() return 1 end, nil, nil, setmetatable({}, { __close = function(_, err) e = err end }) do error("body", 0) end end) return e --> "body"
for x in next, {}, nil, 5 do end --! c:1: variable '(for state)' got a non-closable value
for x in next, {}, nil, false do end return "false is fine" --> "false is fine"
local s = "" for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do s = s .. k .. v end return s --> "a1b2"
for k, v in pairs(nil) do end --! c:1: bad argument #1 to 'for iterator' (table expected, got nil)
for k, v in pairs() do end --! c:1: bad argument #1 to 'pairs' (value expected)
for i, v in ipairs() do end --! c:1: bad argument #1 to 'ipairs' (value expected)
for k in next, 5 do end --! c:1: bad argument #1 to 'for iterator' (table expected, got number)
for a, b in (function() return function(s, c) if not c then return 1, 2 end end end)() do return a, b end --> 1, 2
local r = {} for w in ("one two"):gmatch("%a+") do r[#r + 1] = function() return w end end return r[1](), r[2]() --> "one", "two"
for i = 3, 1 do error("never") end return "skipped" --> "skipped"
local last for i = -3, 3, 2 do last = i end return last --> 3
local s = 0 for i = 1, 100 do if i % 2 == 0 then goto skip end s = s + i ::skip:: end return s --> 2500
local t = {} for i = 1, 3 do t[#t + 1] = i for j = i, 3 do t[#t + 1] = j end end return #t --> 9
local n = 0 for i = 1, 3 do for i = 1, 3 do n = n + i end end return n --> 18
for i = 2^53, 2^53 + 2 do n = (n or 0) + 1 if n > 5 then break end end return n --> 6
for i = 1e15, 1e15 + 2 do n = (n or 0) + 1 end return n --> 3
for i = 1, 2 do local ok = pcall(error) if ok then return end n = i end return n --> 2
