-- Calls of methods that are found through a metatable.
local n = ...
local Account = {}
Account.__index = Account
function Account:add(amount)
  self.balance = self.balance + amount
  return self
end
function Account:get() return self.balance end
local account, sum = setmetatable({ balance = 0 }, Account), 0
for i = 1, n // 2 do sum = sum + account:add(1):get() % 2 end
return sum
