-- Section 2.6 of the manual: coroutines in the language. The functions of the library are in 6.2-coroutine.lua.

-- §2.6 Coroutines
local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) return c * 2 end) return select(2, coroutine.resume(co, 1, 2)), select(2, coroutine.resume(co, 10)) --> 3, 20
local co = coroutine.create(function(...) return select("#", ...) end) return coroutine.resume(co, nil, nil) --> true, 2
local co = coroutine.create(function() error("inside") end) return coroutine.resume(co) --> false, "c:1: inside"
local co = coroutine.create(function() error({ 1 }) end) return coroutine.resume(co) --> false, {1}
local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.resume(co) --> false, "cannot resume dead coroutine"
local f = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) return f(), f(), f() --> 1, 2, 3
local f = coroutine.wrap(function() return 1 end) f() f() --! c:1: cannot resume dead coroutine
local f = coroutine.wrap(function() error("w") end) f() --! c:1: c:1: w
local f = coroutine.wrap(function() error({ 5 }) end) f() --! value {5}
local log = {} local co = coroutine.wrap(function() log[#log + 1] = "a" coroutine.yield() log[#log + 1] = "b" end) co() log[#log + 1] = "main" co() return log --> {"a", "main", "b"}
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end local s = 0 for i in gen(10) do s = s + i end return s --> 55
local function foo(a) return coroutine.yield(2 * a) end
local co = coroutine.create(function(a, b) local r = foo(a + 1) local r2, s = coroutine.yield(a + b, a - b) return b, "end" end)
local r = { coroutine.resume(co, 1, 10) } local r2 = { coroutine.resume(co, "r") } local r3 = { coroutine.resume(co, "x", "y") } local r4 = { coroutine.resume(co) }
return r, r2, r3, r4 --> {true, 4}, {true, 11, -9}, {true, 10, "end"}, {false, "cannot resume dead coroutine"}
local co = coroutine.create(function() return pcall(function() coroutine.yield("y") error("after", 0) end) end) return select(2, coroutine.resume(co)), coroutine.resume(co) --> "y", true, false, "after"
local co = coroutine.wrap(function() return xpcall(function() return coroutine.yield(1) end, print) end) return co(), co("back") --> 1, true, "back"
local t = setmetatable({}, { __add = function(a, b) return coroutine.yield(b) end }) local f = coroutine.wrap(function() return t + 5 end) return f(), f("sum") --> 5, "sum"
local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end }) local f = coroutine.wrap(function() return t.key end) return f(), f("value") --> "key", "value"
local t = setmetatable({}, { __newindex = function(_, k, v) coroutine.yield(k, v) end }) local f = coroutine.wrap(function() t.a = 1 return "set" end) return { f() }, f() --> {"a", 1}, "set"
local t = setmetatable({}, { __lt = function() return coroutine.yield("lt") end }) local f = coroutine.wrap(function() return t < 1 end) return f(), f(false) --> "lt", false
local t = setmetatable({}, { __eq = function() return coroutine.yield("eq") end }) local f = coroutine.wrap(function() if t == {} then return "same" else return "other" end end) return f(), f(true) --> "eq", "same"
local t = setmetatable({}, { __le = function() return coroutine.yield("le") end }) local f = coroutine.wrap(function() return not (t <= 1) end) return f(), f(1) --> "le", false
local t = setmetatable({}, { __concat = function(a, b) return coroutine.yield("cat") end }) local f = coroutine.wrap(function() return "a" .. "b" .. t end) return f(), f("x") --> "cat", "ax"
local t = setmetatable({}, { __len = function() return coroutine.yield("len") end }) local f = coroutine.wrap(function() return #t end) return f(), f(9) --> "len", 9
local t = setmetatable({}, { __call = function(_, x) return coroutine.yield(x) end }) local f = coroutine.wrap(function() return t(3) end) return f(), f(4) --> 3, 4
local t = setmetatable({}, { __unm = function() return coroutine.yield("unm") end }) local f = coroutine.wrap(function() return -t end) return f(), f(1) --> "unm", 1
local t = setmetatable({}, { __close = function() coroutine.yield("close") end }) local f = coroutine.wrap(function() do local x <close> = t end return "after" end) return f(), f() --> "close", "after"
local t = setmetatable({}, { __pairs = function() coroutine.yield("pairs") return next, {}, nil end }) local f = coroutine.wrap(function() for k in pairs(t) do end return "end" end) return f(), f() --> "pairs", "end"
local f = coroutine.wrap(function() for x in function(_, c) return coroutine.yield(c) end, nil, "start" do return x end end) return f(), f("x") --> "start", "x"
local f = coroutine.wrap(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() end) end) f() --! c:1: attempt to yield across a C-call boundary
local f = coroutine.wrap(function() return (("a"):gsub("a", function() coroutine.yield() end)) end) f() --! c:1: attempt to yield across a C-call boundary
local f = coroutine.wrap(function() return tostring(setmetatable({}, { __tostring = function() coroutine.yield() end })) end) f() --! c:1: attempt to yield across a C-call boundary
local f = coroutine.wrap(function() load(function() coroutine.yield() end) end) return f() --> nothing
coroutine.yield() --! attempt to yield from outside a coroutine
local co co = coroutine.create(function() return coroutine.resume(co) end) return coroutine.resume(co) --> true, false, "cannot resume non-suspended coroutine"
local co co = coroutine.wrap(function() return co() end) return pcall(co) --> false, "c:1: cannot resume non-suspended coroutine"
local main = coroutine.running() return coroutine.resume(main) --> false, "cannot resume non-suspended coroutine"
local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end) coroutine.yield(inner()) coroutine.yield(inner()) end) return outer(), outer() --> 1, 2
local function deep(n) if n == 0 then coroutine.yield("bottom") return 0 end return 1 + deep(n - 1) end local f = coroutine.wrap(deep) return f(50), f() --> "bottom", 50
local n = 0 for i = 1, 200 do local co = coroutine.wrap(function() coroutine.yield() n = n + 1 end) co() co() end return n --> 200
local function chain(n) if n == 0 then return "end" end return coroutine.wrap(chain)(n - 1) end return chain(50) --> "end"
local function chain(n) return coroutine.wrap(chain)(n + 1) end return select(2, pcall(chain, 1)):gsub("c:1: ", ""):sub(1, 30) --> "C stack overflow"
local x = 1 local co = coroutine.wrap(function() x = x + 1 coroutine.yield() x = x + 1 end) co() x = x * 10 co() return x --> 21
local function perm(a, n) if n == 0 then coroutine.yield(table.concat(a)) else for i = 1, n do a[n], a[i] = a[i], a[n] perm(a, n - 1) a[n], a[i] = a[i], a[n] end end end
local all = {} for p in coroutine.wrap(function() perm({ "a", "b", "c" }, 3) end) do all[#all + 1] = p end return table.concat(all, " ") --> "bca cba cab acb bac abc"
local co = coroutine.create(function(...) local args = { ... } while true do args = { coroutine.yield(table.unpack(args)) } end end) local a = { coroutine.resume(co, 1, 2) }
local b = { coroutine.resume(co) } local c = { coroutine.resume(co, nil, 3) } return #a, #b, c[3] --> 3, 1, 3
local co = coroutine.wrap(function() local ok, e = pcall(function() coroutine.yield(1) local x = nil; x.y = 1 end) coroutine.yield(e) return "out" end)
return co(), co(), co() --> 1, "c:1: attempt to index a nil value (local 'x')", "out"
coroutine.resume(coroutine.create(function() goto e ::e:: return coroutine.isyieldable() end)) --> true, true
