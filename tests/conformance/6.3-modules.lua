-- Section 6.3 of the manual: require and package, as far as a sandbox without files has them.

-- §6.3 Modules
require("string") == string --> true
require("_G") == _G --> true
require "table" == table, require "math" == math --> true, true
(require("string")) == package.loaded.string --> true
package.loaded.mine = { 1 } local r = require("mine") package.loaded.mine = nil return r --> {1}
package.loaded.mine = false local ok = pcall(require, "mine") package.loaded.mine = nil return ok --> false
package.preload.pre = function(name, data) return { name, data } end local a, b = require("pre") package.loaded.pre, package.preload.pre = nil, nil return a, b --> {"pre", ":preload:"}, ":preload:"
package.preload.once = function() n = (n or 0) + 1 return n end local a, b = require("once"), require("once") package.loaded.once, package.preload.once = nil, nil return a, b --> 1, 1
package.preload.none = function() end local r = require("none") package.loaded.none, package.preload.none = nil, nil return r --> true
package.preload.own = function(n) package.loaded[n] = "own value" end local r = require("own") package.loaded.own, package.preload.own = nil, nil return r --> "own value"
package.preload.off = function() return false end local r = require("off") package.loaded.off, package.preload.off = nil, nil return r --> false
package.preload.bad = function() error("loading", 0) end local r = { pcall(require, "bad") } package.preload.bad = nil return r --> {false, "loading"}
package.preload.again = function() return require("again") end local ok, e = pcall(require, "again") package.preload.again = nil return ok --> false
(select(2, pcall(require, "no.such"))):match("^module 'no.such' not found:\n\tno field package.preload%['no.such'%]\n\t") ~= nil --> true
require() --! c:1: bad argument #1 to 'require' (string expected, got no value)
require({}) --! c:1: bad argument #1 to 'require' (string expected, got table)
type(package.searchers), #package.searchers >= 2 --> "table", true
type(package.searchers[1]) --> "function"
package.searchers[1]("nothing") --> "no field package.preload['nothing']"
table.insert(package.searchers, 1, function(n) return function(...) return { ... } end, "extra" end)
local a, b = require("searched") table.remove(package.searchers, 1) package.loaded.searched = nil
return a, b --> {"searched", "extra"}, "extra"
table.insert(package.searchers, 1, function(n) if n == "x1" then return "\n\tmy reason" end end)
local e = select(2, pcall(require, "x1")) table.remove(package.searchers, 1)
return (e:match("my reason")) --> "my reason"
local s = package.searchers package.searchers = nil local ok, e = pcall(require, "y1") package.searchers = s return e --> "'package.searchers' must be a table"
package.config:sub(1, 1), select(2, package.config:gsub("\n", "")) --> "/", 5
package.config --> "/\n;\n?\n!\n-\n"
package.path == nil --> false
--~ > true -- there are no files
package.cpath == nil --> false
--~ > true -- there are no C libraries
package.searchpath == nil --> false
--~ > true -- there are no files
package.loadlib == nil --> false
--~ > true -- there are no C libraries
package.loaded.package == package --> true
local names = { "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" } for _, n in ipairs(names) do if package.loaded[n] ~= _G[n] then return n end end return "all" --> "all"
