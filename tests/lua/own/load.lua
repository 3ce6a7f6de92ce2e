-- `load` takes text only: no mode lets bytecode through, in whatever way it comes.

local bytecode = string.dump(function() return "from bytecode" end)
local function pieces(s) local at = 0 return function() at = at + 1 local c = s:sub(at, at) return c ~= "" and c or nil end end

for _, mode in ipairs { "none", "t", "b", "bt", "tb", "", "x", "bx" } do
  local function try(chunk) if mode == "none" then return load(chunk, "=chunk") end return load(chunk, "=chunk", mode) end
  local function show(what, f, message) print(mode, what, f and f(), message) end
  show("text", try("return 'from text'"))
  show("bytecode", try(bytecode))
  show("text by function", try(pieces("return 'from text'")))
  show("bytecode by function", try(pieces(bytecode)))
end
print(load("\27"))
print(load("\27Lua", "=chunk", "b"))
print(load(bytecode:sub(1, 20), "=chunk"))
print(load(function() return bytecode end))
print(load("", "=chunk")(), load(pieces(""), "=chunk")())

-- An absent environment is not a nil one.
print(load("return x", "=chunk", nil, { x = "given" })(), load("return _ENV == _G", "=chunk", nil)(),
  load("return _ENV", "=chunk", nil, nil)())
print(load(pieces("return _ENV == _G"), "=chunk")(), load(pieces("return _ENV"), "=chunk", "t", nil)())
print(pcall(load, bytecode, "=chunk", 5))
print(pcall(load, nil))
print(load("x = = 1", "=name"))
