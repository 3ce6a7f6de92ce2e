-- Section 2.5 of the manual: modes of the collector, finalizers and their order, resurrection, weak tables, ephemerons.

-- §2.5.1 Incremental Garbage Collection
collectgarbage() --> 0
collectgarbage("collect") --> 0
collectgarbage("count") > 0, math.type(collectgarbage("count")) --> true, "float"
collectgarbage("isrunning") --> true
collectgarbage("stop") local r = collectgarbage("isrunning") collectgarbage("restart") return r, collectgarbage("isrunning") --> false, true
collectgarbage("stop"), collectgarbage("restart") --> 0, 0
collectgarbage("incremental") --> "incremental"
collectgarbage("incremental", 100, 200, 10) return collectgarbage("incremental") --> "incremental"
collectgarbage("setpause", 160) return collectgarbage("setpause", 200) --> 160
collectgarbage("setstepmul", 300) return collectgarbage("setstepmul", 100) --> 300
collectgarbage() local done repeat done = collectgarbage("step", 1000) until done return done --> true
collectgarbage("step", 0) ~= nil --> true
collectgarbage("nothing") --! c:1: bad argument #1 to 'collectgarbage' (invalid option 'nothing')
collectgarbage("step", "x") --! c:1: bad argument #2 to 'collectgarbage' (number expected, got string)
local before = collectgarbage("count") local t = {} for i = 1, 1000 do t[i] = {} end local full = collectgarbage("count") t = nil collectgarbage() return full > before, collectgarbage("count") < full --> true, true
for i = 1, 2000 do local t = { {}, {}, tostring(i) } end return "done" --> "done"
collectgarbage("stop") local w = setmetatable({}, { __mode = "v" }) w[1] = {} for i = 1, 100 do local _ = {} end local kept = w[1] ~= nil collectgarbage("restart") return kept --> true

-- §2.5.2 Generational Garbage Collection
collectgarbage("generational") --> "incremental"
collectgarbage("generational") return collectgarbage("incremental") --> "generational"
collectgarbage("generational", 10, 50) return collectgarbage("generational") --> "generational"
collectgarbage("generational") local t = {} for i = 1, 500 do t[i] = { i } end collectgarbage("step") for i = 1, 500 do if t[i][1] ~= i then return i end end return "whole" --> "whole"
collectgarbage("generational") local w = setmetatable({}, { __mode = "v" }) w[1] = {} collectgarbage() return w[1] --> nil
collectgarbage("generational") local old = {} collectgarbage() collectgarbage() old.x = { "young" } collectgarbage("step") return old.x[1] --> "young"
collectgarbage("generational") local n = 0 for i = 1, 10 do setmetatable({}, { __gc = function() n = n + 1 end }) end collectgarbage() return n --> 10
collectgarbage("generational") local s = 0 for i = 1, 3000 do local t = { i } s = s + t[1] end return s --> 4501500

-- §2.5.3 Garbage-Collection Metamethods
local n = 0 setmetatable({}, { __gc = function() n = n + 1 end }) collectgarbage() return n --> 1
local n = 0 local t = setmetatable({}, { __gc = function() n = n + 1 end }) collectgarbage() return n, t and 1 --> 0, 1
local log, held = {}, {} for i = 1, 4 do held[i] = setmetatable({}, { __gc = function() log[#log + 1] = i end }) end held = nil collectgarbage() return log --> {4, 3, 2, 1}
local got local m = { __gc = function(o) got = o.name end } setmetatable({ name = "object" }, m) collectgarbage() return got --> "object"
local n = 0 local m = {} local t = setmetatable({}, m) m.__gc = function() n = n + 1 end t = nil collectgarbage() return n --> 0
local n = 0 local m = { __gc = true } local t = setmetatable({}, m) m.__gc = function() n = n + 1 end t = nil collectgarbage() return n --> 1
local n = 0 local m = { __gc = function() n = 1 end } setmetatable({}, m) m.__gc = nil collectgarbage() return n --> 0
setmetatable({}, { __gc = 5 }) collectgarbage() return "ignored" --> "ignored"
setmetatable({}, { __gc = false }) collectgarbage() return "ignored" --> "ignored"
local saved local m = { __gc = function(o) saved = o end } setmetatable({ "back" }, m) collectgarbage() return saved[1] --> "back"
local n, saved = 0, nil local m = { __gc = function(o) n = n + 1 saved = o end } setmetatable({}, m) collectgarbage() saved = nil collectgarbage() return n --> 1
local n = 0 local m m = { __gc = function(o) n = n + 1 if n < 3 then setmetatable(o, m) end end } setmetatable({}, m) for i = 1, 5 do collectgarbage() end return n --> 3
warn("@on") setmetatable({}, { __gc = function() error("oops", 0) end }) collectgarbage() --> nothing | Lua warning: error in __gc (oops)\n
warn("@on") setmetatable({}, { __gc = function() error({}) end }) collectgarbage() --> nothing | Lua warning: error in __gc (error object is not a string)\n
warn("@on") setmetatable({}, { __gc = function() error() end }) collectgarbage() --> nothing | Lua warning: error in __gc (error object is not a string)\n
local n = 0 setmetatable({}, { __gc = function() n = n + 1 error("x") end }) setmetatable({}, { __gc = function() n = n + 1 error("y") end }) collectgarbage() return n --> 2
local seen setmetatable({}, { __gc = function() seen = coroutine.isyieldable() end }) collectgarbage() return seen --> false
local e setmetatable({}, { __gc = function() e = select(2, pcall(coroutine.yield)) end }) collectgarbage() return e --> "attempt to yield from outside a coroutine"
local inner = 0 setmetatable({}, { __gc = function() inner = { collectgarbage("count") } end }) collectgarbage() return inner --> {}
local args setmetatable({}, { __gc = function(...) args = select("#", ...) end }) collectgarbage() return args --> 1
local log = {} local a = setmetatable({}, { __gc = function() log[#log + 1] = "a" end })
local b = setmetatable({ a }, { __gc = function(o) log[#log + 1] = "b" .. type(o[1]) end }) a, b = nil, nil collectgarbage() return log --> {"btable", "a"}
local n = 0 do local co = coroutine.create(function() local t <close> = setmetatable({}, { __close = function() n = n + 1 end }) coroutine.yield() end) coroutine.resume(co) end collectgarbage() return n --> 0
local n = 0 local function make() local up = setmetatable({}, { __gc = function() n = n + 1 end }) return function() return up end end
local f = make() collectgarbage() local kept = n f = nil collectgarbage() return kept, n --> 0, 1
local c = setmetatable({}, { __gc = function() end, __mode = "k" }) c = nil collectgarbage() return "both" --> "both"

-- §2.5.4 Weak Tables
local w = setmetatable({}, { __mode = "v" }) w[1] = {} w[2] = "s" w[3] = 3 collectgarbage() return w[1], w[2], w[3] --> nil, "s", 3
local w = setmetatable({}, { __mode = "k" }) w[{}] = 1 w.s = 2 w[3] = 3 collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end return n, w.s, w[3] --> 2, 2, 3
local w = setmetatable({}, { __mode = "kv" }) local k = {} w[k] = {} w[{}] = k collectgarbage() return next(w) --> nil
local w = setmetatable({}, { __mode = "k" }) local k = {} w[k] = "kept" collectgarbage() return w[k] --> "kept"
local w = setmetatable({}, { __mode = "v" }) local v = {} w.x = v collectgarbage() return w.x == v --> true
local w = setmetatable({}, { __mode = "v" }) w[1] = function() end collectgarbage() return w[1] == nil or type(w[1]) == "function" --> true
local w = setmetatable({}, { __mode = "v" }) do local x = 1 w[1] = function() return x end end collectgarbage() return w[1] --> nil
local w = setmetatable({}, { __mode = "v" }) w[1] = coroutine.create(print) collectgarbage() return w[1] --> nil
local w = setmetatable({}, { __mode = "v" }) w[1] = ("x"):rep(1000) collectgarbage() return #w[1] --> 1000
local e = setmetatable({}, { __mode = "k" }) do local k = {} e[k] = { k } end collectgarbage() return next(e) --> nil
local e = setmetatable({}, { __mode = "k" }) local a = {} do local b, c = {}, {} e[a] = b e[b] = c e[c] = "end" end collectgarbage() return e[e[e[a]]] --> "end"
local e = setmetatable({}, { __mode = "k" }) do local a, b = {}, {} e[a] = b e[b] = a end collectgarbage() return next(e) --> nil
local w = setmetatable({}, { __mode = "v" }) for i = 1, 100 do w[i] = {} end collectgarbage() return next(w) --> nil
local w = setmetatable({}, { __mode = "v" }) local keep = {} for i = 1, 10 do w[i] = {} if i % 2 == 0 then keep[i] = w[i] end end collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end return n --> 5
local m = { __mode = "" } local t = setmetatable({}, m) t[1] = {} collectgarbage() return type(t[1]) --> "table"
local m = {} local t = setmetatable({ {} }, m) m.__mode = "v" collectgarbage() return t[1] --> nil
local w, fin = setmetatable({}, { __mode = "v" }), nil w.x = setmetatable({}, { __gc = function() fin = w.x end }) collectgarbage() return fin, w.x --> nil, nil
local w, fin = setmetatable({}, { __mode = "k" }), nil do local k = setmetatable({}, { __gc = function(o) fin = w[o] end }) w[k] = "in key" end collectgarbage() return fin --> "in key"
local w = setmetatable({}, { __mode = "k" }) w[1] = {} collectgarbage() return type(w[1]) --> "table"
local cache = setmetatable({}, { __mode = "v" }) local function get(k) local v = cache[k] if not v then v = { k } cache[k] = v end return v end return get("a") == get("a") --> true
