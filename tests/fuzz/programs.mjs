// Generates programs over the whole language: they always end, print what they do, and depend on nothing that the manual leaves open. A
// statement is on lines of its own, so that a program can be made smaller line by line. Helpers of driver.lua: `T()` counts steps, `C(v)`
// bounds a string, `P(t)` traverses in order, `S(v)` has no address.

import { Expressions } from "./expressions.mjs";
import { Random } from "./random.mjs";

const BINARY_EVENTS = ["add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "concat"];
const BINARY_OPERATORS = { add: "+", sub: "-", mul: "*", div: "/", mod: "%", pow: "^", idiv: "//", band: "&", bor: "|", bxor: "~", shl: "<<", shr: ">>", concat: ".." };
const LOOPS = ["1, 4", "3, 1, -1", "1, 2, 0.5", "1.0, 3", "math.maxinteger - 2, math.maxinteger", "math.mininteger + 1, math.mininteger, -1", "1, 0", "5, 1, -2", "1, 3.9",
  "-1, 1", "math.huge, 1", "1, 4, 2", "2^53, 2^53 + 2, 2", "math.mininteger, math.maxinteger, math.maxinteger"];
const BAD_LOOPS = ["1, 3, 0", "'1', 2", "1, {}", "nil, 1", "1, 2, 'x'"];
const BAD_SOURCES = ["x = = 1", "return 1 2", "local x <const> = 1 ; x = 2", "break", "goto nowhere", "for i = 1 do end", "return '\\400'", "x = 0x",
  "local function f() return ... end", "a.b:c = 1", "if x then else elseif y end", "return {1, 2", "::a:: ::a::", "local t <close> = 5", "return [==[ x ]=]",
  "--[[ never closed", "return 1e+", "f(", "local x <bad> = 1", "return \\1"];
/** None of them changes what a program does. */
const COLLECTIONS = ['collectgarbage("generational")', 'collectgarbage("incremental")', "collectgarbage()", 'collectgarbage("step")', 'collectgarbage("step", 100)'];
const DEPTH_MAX = 3;
const TYPES = ["number", "integer", "integer", "string", "string", "boolean", "table", "function", "any"];

/** The program of a seed: its source. Steps are counted in the line that begins a loop or a function: no smaller program runs for ever. */
export function generate(seed) {
  return new Program(new Random(seed)).source();
}

class Program {
  constructor(random) {
    this.random = random;
    this.values = new Expressions(random);
    this.lines = [];
    this.depth = 0;
  }

  source() {
    const { random } = this;
    this.declare("number", this.values.of("number"));
    this.declare("string", this.values.of("string", 2));
    this.declare("table", this.values.of("table"));
    for (let i = random.between(4, 11); i > 0; i--) random.chance(40) ? this.protectedCall() : this.statement();
    this.emit(`return ${this.values.list(1)}`);
    return this.lines.join("\n");
  }

  emit(line) {
    this.lines.push("  ".repeat(this.depth) + line);
  }

  /** What stands in another function: whether it has varargs, and which variables it sees. */
  elsewhere(hasVarargs, make, scope = this.values.scope) {
    const { values } = this;
    const outer = [values.varargs, values.scope];
    [values.varargs, values.scope] = [hasVarargs, scope];
    const made = make();
    [values.varargs, values.scope] = outer;
    return made;
  }

  /** Lines of a block, in a scope of its own. */
  block(make) {
    const { values } = this;
    const scope = values.scope;
    values.scope = [...scope];
    this.depth++;
    make();
    this.depth--;
    values.scope = scope;
  }

  body(least = 1, most = 3) {
    for (let i = this.random.between(least, most); i > 0; i--) this.statement();
  }

  declare(type, value, attribute = "") {
    const name = this.values.fresh();
    this.emit(`local ${name}${attribute} = ${value}`);
    this.values.scope.push({ name, type, constant: attribute !== "" });
    return name;
  }

  statement() {
    const { random } = this;
    const simple = [
      [6, () => this.local()],
      [6, () => this.assignment()],
      [6, () => this.print()],
      [2, () => this.field()],
      [2, () => this.tableCall()],
      [1, () => this.emit(`g${random.below(3)} = C(${this.values.of("any")})`)],
      [1, () => this.print(`g${random.below(3)}`)],
      [1, () => this.sort()],
      [1, () => this.loaded()],
      [1, () => this.packing()],
      [1, () => this.emit(random.pick(COLLECTIONS))],
    ];
    const nested = [
      [4, () => this.protectedCall()],
      [3, () => this.condition()],
      [3, () => this.numericFor()],
      [3, () => this.genericFor()],
      [2, () => this.whileLoop()],
      [2, () => this.repeatLoop()],
      [3, () => this.functionDefinition()],
      [2, () => this.object()],
      [2, () => this.coroutine()],
      [2, () => this.closing()],
      [1, () => this.gotoLoop()],
      [1, () => this.closures()],
      [1, () => this.weak()],
      [1, () => this.recursion()],
      [1, () => this.inherited()],
    ];
    if (this.depth >= DEPTH_MAX) random.choose(simple);
    else random.choose([...simple, ...nested]);
  }

  print(what = this.values.list(0)) {
    this.emit(`print(${what})`);
  }

  local() {
    const { random, values } = this;
    if (random.chance(20)) {
      const names = [values.fresh(), values.fresh()];
      this.emit(`local ${names.join(", ")} = ${values.list(0)}`);
      for (const name of names) values.scope.push({ name, type: "any" });
      return;
    }
    const type = random.pick(TYPES);
    this.declare(type, values.of(type), random.chance(10) ? " <const>" : "");
  }

  assignment() {
    const { random, values } = this;
    const target = values.variable(random.pick(TYPES), { assignable: true });
    if (!target) return this.local();
    const { type } = values.scope.find(({ name }) => name === target);
    if (random.chance(20)) {
      const other = values.variable("any", { assignable: true }) ?? "g0";
      this.emit(`${target}, ${other} = C(${values.of(type)}), C(${values.of("any")})`);
    } else {
      this.emit(`${target} = C(${values.of(type)})`);
    }
  }

  field() {
    const { random, values } = this;
    const table = values.variable("table");
    if (!table) return this.local();
    const key = random.choose([
      [3, () => `[${random.between(1, 5)}]`],
      [2, () => `[#${table} + 1]`],
      [2, () => `.${random.pick(["x", "y", "z"])}`],
      [1, () => `[ ${values.of("any", 1)} ]`],
      [1, () => `[${random.pick(["1.0", "-0.0", "2^53", "nil", "true", "math.mininteger"])}]`],
    ]);
    if (random.chance(60)) this.emit(`${table}${key} = C(${values.of("any", 1)})`);
    else this.emit(`print(${table}${key}, #${table})`);
  }

  tableCall() {
    const { random, values } = this;
    const table = values.variable("table");
    if (!table) return this.local();
    this.emit(
      random.choose([
        [2, () => `print(pcall(table.insert, ${table}, C(${values.of("any", 1)})))`],
        [1, () => `print(pcall(table.insert, ${table}, ${random.between(-1, 6)}, C(${values.of("any", 1)})))`],
        [2, () => `print(pcall(table.remove, ${table}${random.chance(50) ? `, ${random.between(-1, 6)}` : ""}))`],
        [1, () => `print(pcall(table.concat, ${table}, ", "))`],
        [1, () => `print(pcall(table.unpack, ${table}, 1, ${random.between(0, 6)}))`],
        [1, () => `print(pcall(table.move, ${table}, ${random.between(-1, 4)}, ${random.between(0, 5)}, ${random.between(-1, 6)}))`],
        [1, () => `print(next({}), rawlen(${table}), rawget(${table}, ${random.between(1, 4)}), (rawset(${table}, "r", ${random.below(9)})).r)`],
      ]),
    );
  }

  sort() {
    const { random, values } = this;
    const list = Array.from({ length: random.between(2, 12) }, () => values.of(random.chance(90) ? "number" : "string", 2)).join(", ");
    const name = this.declare("table", `{ ${list} }`);
    const by = random.choose([
      [3, () => ""],
      [3, () => ", function(a, b) T() return a > b end"],
      [2, () => ", function(a, b) T() return tostring(a) < tostring(b) end"],
      [1, () => ", function(a, b) T() return a <= b end"],
      [1, () => ", function() T() return true end"],
      [1, () => ", function(a, b) T() error(a) end"],
    ]);
    this.emit(`print(pcall(table.sort, ${name}${by}))`);
    this.emit(`print(table.unpack(${name}))`);
  }

  loaded() {
    const { random, values } = this;
    const source = this.elsewhere(true, () => this.loadedSource(), []);
  }

  loadedSource() {
    const { random, values } = this;
    return random.choose([
      [3, () => `return ${values.of("number", 2)} , ...`],
      [2, () => `local a = ... ; a = a and ${values.of("string", 2)} ; return a, _ENV == nil`],
      [1, () => `goto l ; local x ; ::l:: return 1`],
      [1, () => `for i = 1, 2 do print(i, ...) end`],
      [1, () => `return function(x) return x, ... end`],
      [1, () => random.pick(BAD_SOURCES)],
    ]);
    // The longest bracket that no source ends.
    this.emit(`print(pcall(function(...) local f, m = load([====[${source}]====], "=l"${random.chance(20) ? `, "t", { print = print }` : ', "t", _G'}) if not f then return m end return f(...) end, ${values.list(2)}))`);
  }

  packing() {
    const { random, values } = this;
    const format = random.pick(["<i4 z B", ">i2 s1 d", "<!4 b i4 j", "i3 i7 c3", ">I2 n", "<f b z"]);
    const numbers = [random.between(-300, 300), random.pick(['"ab"', '"x\\0y"', "7"]), values.of("integer", 2)];
    this.emit(`print(pcall(function(...) local s = string.pack("${format}", ${numbers.join(", ")}) return #s, s:byte(1, 12) end))`);
    this.emit(`print(pcall(string.unpack, "${format}", "abcdefghij\\0klmnopqrstu", ${random.between(-3, 8)}))`);
  }

  protectedCall() {
    const { random, values } = this;
    const outer = values.varargs;
    const handler = random.chance(30) ? random.pick(["debug.traceback", "function(m) T() return type(m), m end", "tostring", "function(m) T() error(m, 0) end"]) : undefined;
    this.emit(handler ? "print(xpcall(function(...) T()" : "print(pcall(function(...) T()");
    values.varargs = true;
    this.block(() => {
      this.body(1, 4);
      if (random.chance(40)) this.emit(`error(${values.of("any", 1)}${random.chance(50) ? `, ${random.between(0, 3)}` : ""})`);
      else if (random.chance(60)) this.emit(`return ${values.list(1)}`);
    });
    values.varargs = outer;
    this.emit(handler ? `end, ${handler}, ${values.list(2)}))` : `end, ${values.list(2)}))`);
  }

  condition() {
    const { random, values } = this;
    this.emit(`if ${values.of(random.chance(80) ? "boolean" : "any")} then`);
    this.block(() => this.body());
    if (random.chance(30)) {
      this.emit(`elseif ${values.of("boolean")} then`);
      this.block(() => this.body(1, 2));
    }
    if (random.chance(50)) {
      this.emit("else");
      this.block(() => this.body(1, 2));
    }
    this.emit("end");
  }

  /** The body of a loop; `before` are lines at its start. */
  loop(variables, before = []) {
    const { random, values } = this;
    this.block(() => {
      for (const line of before) this.emit(line);
      values.scope.push(...variables);
      const label = random.chance(25) ? values.fresh("continue") : undefined;
      if (label) this.emit(`if ${values.of("boolean", 1)} then goto ${label} end`);
      this.emit("do");
      this.block(() => this.body());
      this.emit("end");
      if (random.chance(25)) this.emit(`if ${values.of("boolean", 1)} then break end`);
      if (label) this.emit(`::${label}::`);
    });
  }

  numericFor() {
    const name = this.values.fresh("i");
    this.emit(`for ${name} = ${this.random.pick(this.random.chance(3) ? BAD_LOOPS : LOOPS)} do T()`);
    this.loop([{ name, type: "number" }]);
    this.emit("end");
  }

  genericFor() {
    const { random, values } = this;
    const [a, b] = [values.fresh("k"), values.fresh("w")];
    const [iterator, types] = random.choose([
      [3, () => [`ipairs(${values.of("table")})`, ["number", "any"]]],
      [3, () => [`P(${values.of("table")})`, ["any", "any"]]],
      [2, () => [`(${values.of("string")}):gmatch("${random.pick(["%a+", "(%w)(%w)", "[^,]*", "()", "%d"])}")`, ["any", "any"]]],
      [1, () => [`utf8.codes(${random.pick(['"aé€"', '"abc"', '""', values.of("string")])})`, ["number", "number"]]],
      [1, () => ["function(s, c) T() if c < s then return c + 1, c * c end end, 3, 0", ["number", "number"]]],
      [1, () => ["coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)", ["number", "any"]]],
      [1, () => ['next, { 7 }, nil, setmetatable({}, { __close = function(_, e) print("for closed", e) end })', ["any", "any"]]],
      [random.chance(10) ? 1 : 0, () => [values.of("any"), ["any", "any"]]],
    ]);
    this.emit(`for ${a}, ${b} in ${iterator} do T()`);
    this.loop([{ name: a, type: types[0], constant: true }, { name: b, type: types[1] }]);
    this.emit("end");
  }

  whileLoop() {
    const name = this.declare("number", "0");
    this.values.scope.at(-1).constant = true;
    this.emit(`while T() and ${name} < ${this.random.between(1, 4)} and (${this.values.of("any")} ~= ${this.values.of("any")}) do`);
    this.loop([], [`${name} = ${name} + 1`]);
    this.emit("end");
  }

  repeatLoop() {
    const name = this.declare("number", "0");
    this.values.scope.at(-1).constant = true;
    this.emit("repeat");
    this.loop([], [`${name} = ${name} + 1`]);
    this.emit(`until T() and ${name} >= ${this.random.between(1, 3)} or ${this.values.of("boolean")}`);
  }

  functionDefinition() {
    const { random, values } = this;
    const name = values.fresh("f");
    const parameters = ["a", "b", "c"].slice(0, random.between(0, 3)).map((p) => ({ name: values.fresh(p), type: "any" }));
    const isVararg = random.chance(40);
    const outer = values.varargs;
    this.emit(`local function ${name}(${parameters.map((p) => p.name).concat(isVararg ? ["..."] : []).join(", ")}) T()`);
    values.varargs = isVararg;
    this.block(() => {
      values.scope.push(...parameters);
      this.body(1, 3);
      if (random.chance(80)) this.emit(`return ${values.list(1)}`);
    });
    values.varargs = outer;
    this.emit("end");
    values.scope.push({ name, type: "function", constant: true });
    this.print(`pcall(${name}, ${values.list(1)})`);
  }

  object() {
    const { random, values } = this;
    const events = BINARY_EVENTS.filter(() => random.chance(35));
    this.emit("do");
    this.block(() => {
      this.emit("local mt = {}");
      for (const event of events) this.emit(`mt.__${event} = function(a, b) T() return "${event}", type(a), type(b) end`);
      const extra = [
        "mt.__index = function(t, k) T() return k end", "mt.__index = { x = 1, y = 'why' }", "mt.__newindex = function(t, k, v) T() rawset(t, k, v) end", "mt.__len = function(a, b) T() return 7 end",
        "mt.__call = function(self, ...) T() return select('#', ...), ... end", "mt.__unm = function(a, b) T() return rawequal(a, b) end", "mt.__bnot = function() T() return 'bnot' end",
        "mt.__eq = function() T() return true end", "mt.__lt = function() T() return 1 end", "mt.__le = function() T() return nil end", "mt.__tostring = function() T() return 'object' end",
        "mt.__name = 'Named'", "mt.__metatable = 'locked'", "mt.__pairs = function(t) T() return function(_, k) if not k then return 1, 2 end end, t, nil end", "mt.__close = function(o, e) print('close', e) end",
        "mt.__index = 5", "mt.__add = 5", "mt.__tostring = function() return 1 end", "mt.__lt = function() T() error({ 'lt' }) end", "mt.__mode = 'k'",
      ].filter(() => random.chance(35));
      for (const line of extra) this.emit(line);
      this.emit("local o, p = setmetatable({}, mt), setmetatable({ 1, 2 }, mt)");
      values.scope.push({ name: "o", type: "object", constant: true }, { name: "p", type: "object", constant: true });
      const operand = () => random.pick(["o", "p", "o", "1", '"s"', "nil", "2.5"]);
      for (let i = random.between(2, 6); i > 0; i--) {
        const expression = random.choose([
          [4, () => `${operand()} ${random.pick(Object.values(BINARY_OPERATORS))} ${operand()}`],
          [2, () => `${operand()} ${random.pick(["<", "<=", ">", ">=", "==", "~="])} ${operand()}`],
          [1, () => `${random.pick(["-", "~", "#", "not "])}${random.pick(["o", "p"])}`],
          [1, () => random.pick(["o.x", "p.zz", "o[1]", "p[2]", "rawget(o, 'x')", "rawlen(p)", "getmetatable(o)", "tostring(o)", "('%s'):format(p)", "o(1, nil)", "o:m()", "#p .. 'x'", "rawequal(o, p)"])],
          [1, () => "(function() for k, v in pairs(o) do return k, v end end)()"],
          [1, () => "(function() o.x, p[1] = 5, 6 return o.x, p[1], rawlen(p) end)()"],
          [1, () => "table.concat(p, ',')"],
          [1, () => "table.unpack(p)"],
          [1, () => "setmetatable(o, nil)"],
          [1, () => "(function() local x <close> = o return 'left' end)()"],
        ]);
        this.emit(`print(pcall(function() T() return ${expression} end))`);
      }
    });
    this.emit("end");
  }

  coroutine() {
    const { random, values } = this;
    const name = values.fresh("co");
    const outer = values.varargs;
    const wrapped = random.chance(30);
    this.emit(`local ${name} = coroutine.${wrapped ? "wrap" : "create"}(function(...) T()`);
    values.varargs = true;
    this.block(() => {
      for (let i = random.between(1, 3); i > 0; i--) {
        this.emit(
          random.choose([
            [3, () => `print("got", coroutine.yield(${values.list(1)}))`],
            [1, () => `local r <close> = setmetatable({}, { __close = function(_, e) print("closed", e) end })`],
            [1, () => `print(pcall(function() coroutine.yield("in pcall") error(${this.elsewhere(false, () => values.of("any", 2))}) end))`],
            [1, () => `for i = 1, 2 do coroutine.yield(i) end`],
            [1, () => `print(coroutine.isyieldable(), select(2, coroutine.running()), coroutine.status(coroutine.running()))`],
            [1, () => `print(pcall(table.sort, { 3, 2, 1 }, function(a, b) coroutine.yield("sort") return a < b end))`],
            [1, () => `local m = setmetatable({}, { __add = function(a, b) return coroutine.yield("add") end, __index = function(_, k) return coroutine.yield(k) end }) print(m + 1, m.key)`],
            [1, () => `print((string.gsub("ab", "%a", function(c) return coroutine.isyieldable() and "y" or "n" end)))`],
          ]),
        );
        if (random.chance(30)) this.statement();
      }
      if (random.chance(25)) this.emit(`error(${values.of("any", 1)})`);
      else this.emit(`return ${values.list(1)}`);
    });
    values.varargs = outer;
    this.emit("end)");
    for (let i = random.between(1, 5); i > 0; i--) {
      this.emit(wrapped ? `print(pcall(${name}, ${values.list(2)}))` : `print(coroutine.resume(${name}, ${values.list(2)}))`);
    }
    if (!wrapped) this.emit(`print(coroutine.status(${name}), ${random.chance(60) ? `coroutine.close(${name})` : `(debug.traceback(${name}, "trace"))`}, coroutine.status(${name}))`);
  }

  closing() {
    const { random, values } = this;
    this.emit("print(pcall(function() T()");
    const outer = values.varargs;
    values.varargs = false;
    this.block(() => {
      const names = ["one", "two", "three"].slice(0, random.between(1, 3));
      for (const name of names) {
        const end = random.chance(25) ? ` error("${name} fails", ${random.between(0, 2)})` : "";
        this.emit(`local ${name} <close> = setmetatable({}, { __close = function(_, e) print("${name}", e)${end} end })`);
        if (random.chance(40)) this.statement();
      }
      if (random.chance(10)) this.emit(`local bad <close> = ${values.of("any", 2)}`);
      this.emit(random.chance(40) ? `error(${values.of("any", 1)})` : `return ${values.list(1)}`);
    });
    values.varargs = outer;
    this.emit("end))");
  }

  gotoLoop() {
    const { values } = this;
    const [name, label] = [values.fresh("n"), values.fresh("again")];
    this.emit("do");
    this.block(() => {
      this.emit(`local ${name}, fs = 0, {}`);
      this.emit(`::${label}:: T()`);
      this.emit(`local captured = ${name} * 10`);
      this.emit(`${name} = ${name} + 1`);
      this.emit(`fs[${name}] = function() captured = captured + ${name} return captured end`);
      this.emit(`if ${name} < ${this.random.between(1, 4)} then goto ${label} end`);
      this.emit("for i = 1, #fs do print(i, fs[i](), fs[i]()) end");
    });
    this.emit("end");
  }

  closures() {
    const { random, values } = this;
    const name = values.fresh("fs");
    this.emit(`local ${name} = {}`);
    this.emit(`for i = 1, ${random.between(1, 4)} do`);
    this.block(() => {
      this.emit(`local up = ${values.of("number", 2)}`);
      this.emit(`${name}[#${name} + 1] = function(d) T() i = i + 1 up = d and C(up) or i return i, up end`);
    });
    this.emit("end");
    this.emit(`for i = 1, #${name} do print(i, ${name}[i](), ${name}[1](true)) end`);
  }

  /** The collector runs where it is told to, so that both sides see the same. */
  weak() {
    const { random } = this;
    const mode = random.pick(["k", "v", "kv"]);
    this.emit("do");
    this.block(() => {
      this.emit('collectgarbage("stop")');
      this.emit(`local w, keep, log = setmetatable({}, { __mode = "${mode}" }), {}, {}`);
      this.emit(`for i = 1, ${random.between(1, 6)} do`);
      this.block(() => {
        this.emit(`local k, v = ${random.pick(["{}", "i"])}, ${random.pick(["{}", "i", "'s' .. i", "function() return i end"])}`);
        this.emit(`w[k] = v if i % ${random.between(1, 3)} == 0 then keep[#keep + 1] = ${random.pick(["k", "v"])} end`);
        this.emit("setmetatable({}, { __gc = function() log[#log + 1] = i end })");
      });
      this.emit("end");
      this.emit("collectgarbage()");
      this.emit('local n = 0 for _ in pairs(w) do n = n + 1 end print(n, #keep, table.concat(log, " "))');
      this.emit('collectgarbage("restart")');
    });
    this.emit("end");
  }

  recursion() {
    const { random, values } = this;
    const name = values.fresh("rec");
    const step = random.pick([`${name}(n - 1, n, ...)`, `n, ${name}(n - 1, ...)`, `1 + (${name}(n - 1, ...) or 0)`, `(${name}(n - 2, n))`]);
    this.emit(`local function ${name}(n, ...) T() if n <= 0 then return ... end return ${step} end`);
    this.print(`pcall(${name}, ${random.between(-1, 12)}, ${values.list(2)})`);
  }

  inherited() {
    const { random, values } = this;
    const name = values.fresh("Class");
    this.emit(`local ${name} = {} ${name}.__index = ${name}`);
    this.emit(`function ${name}.new(x) return setmetatable({ x = x }, ${name}) end`);
    this.emit(`function ${name}:get(...) T() return self.x, ... end`);
    this.emit(`function ${name}:twice() T() self.x = C(self.x ${random.pick(["..", "+", "*", "//"])} self.x) return self end`);
    this.print(`pcall(function(...) return ${name}.new(${values.of("any", 1)}):twice()${random.chance(50) ? ":twice()" : ""}:get(${values.list(2)}) end)`);
  }
}
