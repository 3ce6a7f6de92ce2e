-- Functions, methods, closures, variable arguments, metamethods, errors, coroutines.
local Account = {}
Account.__index = Account
function Account.new(amount) return setmetatable({ amount = amount, count = 0 }, Account) end
function Account:add(amount)
  self.amount = self.amount + amount
  self.count = self.count + 1
  return self
end
function Account:get() return self.amount end

local Savings = setmetatable({}, { __index = Account })
Savings.__index = Savings
local account = setmetatable(Account.new(0), Savings)
for i = 1, 60000 do account:add(i):get() end

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Vector) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__lt = function(a, b) return a.x < b.x end
Vector.__call = function(v, k) return v.x * k end
Vector.__len = function() return 2 end
Vector.__concat = function(a, b) return tostring(a) .. "," .. tostring(b) end
Vector.__tostring = function(v) return "(" .. v.x .. ")" end
local one, sum = setmetatable({ x = 1, y = 2 }, Vector), setmetatable({ x = 0, y = 0 }, Vector)
for _ = 1, 10000 do sum = sum + one end
local same, less, text = 0, 0, ""
for i = 1, 3000 do
  if sum == one then same = same + 1 end
  if one < sum then less = less + 1 end
  less = less + one(i) + #one
  if i % 100 == 0 then text = one .. sum end
end

local made = 0
for i = 1, 60000 do
  local f = function(x) return x + i + made end
  made = f(1) % 1000
end

local function count(...) return select("#", ...), (select(1, ...)) end
local function pass(...) return count(...) end
for i = 1, 10000 do pass(i, i, i) pass(table.unpack({ i, 2, 3, 4 })) end

local function tail(n) if n == 0 then return "done" end return tail(n - 1) end
tail(20000)

local failures = 0
local function fail(kind)
  if kind == 1 then error("text") elseif kind == 2 then error({ code = 1 }) elseif kind == 3 then return nil + 1 end
  return ("x").y.z
end
for i = 1, 12000 do
  if not pcall(fail, i % 4 + 1) then failures = failures + 1 end
  if i % 10 == 0 then xpcall(fail, debug.traceback, 1) end
  pcall(error, i)
end
for _ = 1, 3000 do local guard <close> = setmetatable({}, { __close = function() failures = failures + 1 end }) end

local function walk(t) for i = 1, #t do if type(t[i]) == "table" then walk(t[i]) else coroutine.yield(t[i]) end end end
local visited = 0
for _ = 1, 300 do for v in coroutine.wrap(function() walk({ 1, { 2, { 3, 4 } }, { 5 }, 6 }) end) do visited = visited + v end end
local switch = coroutine.wrap(function() while true do coroutine.yield(1) end end)
for _ = 1, 30000 do visited = visited + switch() end
local worker = coroutine.create(function(...) while true do coroutine.yield(...) end end)
for i = 1, 5000 do coroutine.resume(worker, i) coroutine.status(worker) end

print(account:get(), sum.x, same, less, text, made, failures, visited)
