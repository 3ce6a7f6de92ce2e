-- The coroutine library, errors and yields across calls, and variables that are closed.

local co = coroutine.create(function(a, b)
  print("start", a, b)
  print("resumed", coroutine.yield(a + b))
  print("again", coroutine.yield())
  return "done", 1
end)
print(type(co), coroutine.status(co))
print(coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, "x", "y"))
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.resume(co))
print(select("#", coroutine.running()), select(2, coroutine.running()), coroutine.isyieldable())
print(coroutine.resume(coroutine.create(function() return select(2, coroutine.running()), coroutine.isyieldable(),
  coroutine.status(coroutine.running()) end)))
print(pcall(coroutine.yield, 1))
print(pcall(coroutine.create, 5))
print(pcall(coroutine.create))
print(pcall(coroutine.resume, 5))
print(pcall(coroutine.status, {}))
print(pcall(coroutine.wrap, nil))
print(coroutine.resume(coroutine.running()))

-- wrap
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)
print(gen()) print(gen()) print(gen()) print(gen())
print(pcall(gen))
print(pcall(coroutine.wrap(function() error("plain") end)))
print(pcall(coroutine.wrap(function() error("no position", 0) end)))
print(pcall(coroutine.wrap(function() error({}) end)) == false)
print(select(2, pcall(coroutine.wrap(function() error(setmetatable({}, { __tostring = function() return "object" end })) end))))
for v in coroutine.wrap(function() for i = 10, 12 do coroutine.yield(i) end end) do print("for", v) end

-- errors end a coroutine
co = coroutine.create(function() local x = nil; return x.field end)
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.resume(co))
co = coroutine.create(function() error() end)
print(coroutine.resume(co))
print(coroutine.resume(coroutine.create(function() return coroutine.resume(coroutine.running()) end)))
local outer
outer = coroutine.create(function() return coroutine.resume(coroutine.create(function() return coroutine.status(outer),
  coroutine.resume(outer) end)) end)
print(coroutine.resume(outer))

-- yields across pcall, metamethods, iterators and sort
local function run(f, ...)
  local c = coroutine.create(f)
  local r = table.pack(coroutine.resume(c, ...))
  while coroutine.status(c) == "suspended" do
    io.write("(", tostring(r[2]), ") ")
    r = table.pack(coroutine.resume(c, "sent"))
  end
  print(table.unpack(r, 1, r.n))
end
run(function() return pcall(function() return coroutine.yield("in pcall") end) end)
run(function() return pcall(function() coroutine.yield("before error") error("after yield", 0) end) end)
run(function() return xpcall(function() coroutine.yield("in xpcall") error("x", 0) end, function(m) return "handled " .. m end) end)
run(function() return setmetatable({}, { __index = function(_, k) return coroutine.yield("index " .. k) end }).key end)
run(function() return setmetatable({}, { __add = function(a, b) return coroutine.yield("add") end }) + 1 end)
run(function() return setmetatable({}, { __lt = function() return coroutine.yield("lt") end }) < {} end)
run(function() return setmetatable({}, { __eq = function() return coroutine.yield("eq") end }) == setmetatable({}, {}) end)
run(function() return setmetatable({}, { __concat = function() return coroutine.yield("concat") end }) .. "x" end)
run(function() return #setmetatable({}, { __len = function() return coroutine.yield("len") end }) end)
run(function() return setmetatable({}, { __call = function(_, x) return coroutine.yield("call " .. x) end })(1) end)
run(function() local t = setmetatable({}, { __newindex = function(_, k) coroutine.yield("newindex " .. k) end }) t.x = 1 return "set" end)
run(function() for a in function(_, c) if not c then return coroutine.yield("iterator") end end do return a end end)
run(function() for k in pairs(setmetatable({},
  { __pairs = function() return coroutine.yield("pairs") and function() end end })) do end return "end" end)
run(function() return pcall(table.sort, { 3, 2, 1 }, function() coroutine.yield() end) end)
run(function() return pcall(string.gsub, "x", ".", function() coroutine.yield() end) end)
run(function() return pcall(load, function() coroutine.yield() end) end)
run(function(...) return select("#", ...), ... end, nil, nil)
run(function() return coroutine.wrap(function() return coroutine.yield("inner") end)() end)
run(function() return table.concat({ coroutine.yield(1), coroutine.yield(2) }, "+") end)

-- close
print(coroutine.close(coroutine.create(print)))
co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function(_, e) print("closed",
  e) end }) coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co), coroutine.close(co))
co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() error("in close",
  0) end }) coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co))
co = coroutine.create(function() error("dead", 0) end)
coroutine.resume(co)
print(coroutine.close(co))
print(pcall(coroutine.close, coroutine.running()))
print(pcall(coroutine.close))
print(pcall(coroutine.close, 5))

-- <close> variables
do
  local function closer(name) return setmetatable({}, { __close = function(_, e) print("close", name, e) end }) end
  do local a <close> = closer("a"); local b <close> = nil; local c <close> = closer("c"); print("in block") end
  print(pcall(function() local a <close> = closer("error path"); error("thrown", 0) end))
  local function tail() local a <close> = closer("return path"); return "value" end
  print(tail())
  for i = 1, 2 do local a <close> = closer(i); if i == 1 then goto continue end print("body", i) ::continue:: end
  for _ in (function() return nil end), nil, nil, closer("for") do end
  print(pcall(function() local x <close> = {} end))
  print(pcall(function() local a <close> = setmetatable({}, { __close = function(_, e) error("second after " .. tostring(e),
    0) end }); error("first", 0) end))
end

-- many and deep
local total = 0
do
  local many = {}
  for i = 1, 500 do many[i] = coroutine.wrap(function(x) while true do x = coroutine.yield(x + i) end end) end
  for round = 1, 3 do for i = 1, 500 do total = total + many[i](round) end end
end
collectgarbage()
print(total)
local function nest(n) if n == 0 then return "bottom" end return coroutine.wrap(nest)(n - 1) end
print(nest(100))
print(select(2, pcall(nest, 300)):match("C stack overflow"))
print(select(2, pcall(function() local function f() return 1 + f() end return f() end)):match("stack overflow"))
local wrapped = coroutine.wrap(function() return pcall(error, "inside", 0) end)
print(wrapped())
