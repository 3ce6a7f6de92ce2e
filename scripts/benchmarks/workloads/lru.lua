-- A cache that drops what was used least recently: string keys, records in a doubly linked list.
local n = ...
local CAPACITY = 1000
local Cache = {}
Cache.__index = Cache
local function new_cache()
  local head, tail = {}, {}
  head.next, tail.prev = tail, head
  return setmetatable({ map = {}, size = 0, head = head, tail = tail }, Cache)
end
function Cache:unlink(node) node.prev.next, node.next.prev = node.next, node.prev end
function Cache:push(node)
  local first = self.head.next
  node.prev, node.next = self.head, first
  self.head.next, first.prev = node, node
end
function Cache:get(key)
  local node = self.map[key]
  if node == nil then return nil end
  self:unlink(node)
  self:push(node)
  return node.value
end
function Cache:put(key, value)
  local node = { key = key, value = value }
  self.map[key] = node
  self:push(node)
  if self.size < CAPACITY then
    self.size = self.size + 1
  else
    local last = self.tail.prev
    self:unlink(last)
    self.map[last.key] = nil
  end
end
local cache, seed, hits, sum = new_cache(), 42, 0, 0
for i = 1, n do
  seed = (seed * 3877 + 29573) % 139968
  local key = "key" .. seed % (i % 3 == 0 and 4000 or 800)
  local value = cache:get(key)
  if value == nil then
    cache:put(key, i)
  else
    hits, sum = hits + 1, (sum + value) % 1000003
  end
end
return hits .. " " .. sum
