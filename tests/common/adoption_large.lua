-- Graphs that are larger than the buffer, and deeper than any stack.
local say = require("tools").say

local rows = {}
for i = 1, 600 do rows[i] = { i, "row " .. i, i * 0.5, even = i % 2 == 0 } end
_home.rows = rows
local wrong = 0
for i = 1, 600 do
  local row = _home.rows[i]
  if row ~= rows[i] or row[1] ~= i or row[2] ~= "row " .. i or row[3] ~= i * 0.5 or row.even ~= (i % 2 == 0) then wrong = wrong + 1 end
end
say("rows", #_home.rows, wrong)

local chain = false
for i = 1, 2500 do chain = { i, chain } end
_home.chain = chain
local depth, at = 0, _home.chain
while at do
  depth = depth + 1
  at = at[2]
end
say("depth", depth, ext.is(chain))
chain = nil
_home.chain = nil

local wide = {}
for i = 1, 16000 do wide[i] = i end
_home.wide = wide
local sum = 0
for _, value in ipairs(_home.wide) do sum = sum + value end
say("wide", #_home.wide, sum)
_home.wide = nil

rows, wide = nil, nil
collectgarbage()
local named = {}
for i = 1, 2000 do named["name" .. i] = i end
_home.named = named
local count, total = 0, 0
for name, value in pairs(_home.named) do
  if name ~= "name" .. value then count = -1e9 end
  count, total = count + 1, total + value
end
say("named", count, total)

local texts = {}
for i = 1, 4 do texts[i] = ("0123456789"):rep(9000) .. i end
_home.texts = texts
say("texts", #_home.texts, #_home.texts[4], _home.texts[3]:sub(-3))
