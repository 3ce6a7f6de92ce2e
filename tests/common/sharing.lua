-- Shared parts stay shared, and cycles stay cycles, wherever a graph of tables goes.
local say = require("tools").say
local host = require("host")

local shared = { "shared" }
_home.t = { a = shared, b = shared, list = { shared, shared } }
local t = _home.t
say("shared", t.a == t.b, t.list[1] == t.a, t.list[2] == shared, ext.is(shared))
shared[1] = "changed"
say("seen everywhere", t.a[1], t.b[1], t.list[2][1])

local loop = {}
loop.self = loop
loop.inner = { outer = loop }
_home.loop = loop
say("cycle", _home.loop.self == _home.loop, _home.loop.inner.outer == loop, _home.loop.self.self.self == loop)

local a, b = { name = "a" }, { name = "b" }
a.other, b.other = b, a
_home.a = a
say("two", ext.is(b), a.other == b, b.other == a, _home.a.other.other.name)
_home.b = b
say("same", _home.b == _home.a.other)

-- A graph that hangs on one that is already outside.
local leaf = { "leaf" }
_home.a.leaf = leaf
_home.c = { leaf = leaf, back = _home.a }
say("joined", _home.c.leaf == _home.a.leaf, _home.c.back == a)

-- As arguments and results plain tables are copies; parts are shared within one call.
local plain = { x = shared, one = { 1 } }
plain.two = plain.one
plain.self = plain
local copy = host.id(plain)
say("a copy", copy ~= plain, ext.is(plain), ext.is(copy))
say("inside", copy.one == copy.two, copy.self == copy, copy.x == shared, copy.one[1])
local first, second = host.id(plain.one, plain.one)
say("in one call", first == second, first ~= plain.one)
local third = host.id(plain.one)
say("in another", third ~= first)
say("an external table", host.id(_home) == _home, host.id(shared) == shared)

-- A ring of a hundred tables.
local ring = {}
for i = 1, 100 do ring[i] = { i = i } end
for i = 1, 100 do ring[i].next = ring[i % 100 + 1] end
_home.ring = ring[1]
local at, steps = _home.ring, 0
repeat at, steps = at.next, steps + 1 until at == _home.ring
say("ring", steps, at.i)
