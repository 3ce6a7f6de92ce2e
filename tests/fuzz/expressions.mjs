// Generates expressions: of a wanted type mostly, of another now and then, so that errors and conversions are met too.

const INTEGERS = ["0", "1", "2", "3", "-1", "-2", "7", "10", "16", "63", "64", "255", "0x7fffffff", "0xffffffff", "1 << 31", "1 << 53",
  "(1 << 53) + 1", "math.maxinteger", "math.mininteger", "math.maxinteger - 1", "math.mininteger + 1", "0xffffffffffffffff", "0x7fffffffffffffff",
  "1000000007", "-300"];
const FLOATS = ["0.0", "-0.0", "1.0", "0.5", "-1.5", "2.5", "3.75", "0.1", "1e15", "1e16", "1e100", "1e-7", "123456.789", "2^53", "2^63", "-2^63", "1e308",
  "5e-324", "math.huge", "-math.huge", "math.pi", "0x1p4", "0x.8", "0xA.8p-2", "3e0", "100 // 1e0", "9007199254740993.0"];
const SMALL_FLOATS = ["0.5", "1.0", "-2.5", "1e15", "-0.0"];
const STRINGS = ['""', '"a"', '"abc"', '"hello world"', "'it\\'s'", '"10"', '"0x10"', '" 7 "', '"1e2"', '"-3.5"', '"\\n\\t"', '"a\\0b"', '"\\65\\066\\x43"', '"\\u{20AC}\\u{48}"',
  '"\\xff\\xfe"', "[[long]]", "[==[a]]b]==]", "[[\nx]]", '"key=value; k2=v2"', '"The Quick (brown) fox"', '"aaa,bbb,,ccc"', '"x\\z\n  y"', '"zéro"', '"%d %s"', '"nan"', '"9223372036854775808"'];
const PATTERNS = ["%a+", "%d+", "(%w+)=(%w+)", "[^,]*", ".", "%s*", "(.)(.)", "^%a", "%w$", "%b()", "%f[%w]%w+", "[a-c]-b", "(a*)b?", "%u%l*", "()%a()", "[%w_]+", "%x%x?", "(%a)%1", "x*", "[]a]",
  "a-", "[^%z]"];
const BAD_PATTERNS = ["%", "(", "[a", "%1", "(()", "%b", "%f", "x)", "[%", "(%2)"];
const REPLACEMENTS = ['"<%0>"', '"%1"', '"%%"', '"%0%1"', '"x"', '""', "{ a = 1, b = true, c = false }", "string.upper", "function(a, b) T() return b or a end"];
const BAD_REPLACEMENTS = ['"%"', '"%2"', '"%x"', "function() return {} end"];
const FORMATS = ["%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%#X", "%o", "%i", "%c", "%5.1f", "%.3f", "%e", "%g", "%.14g", "%.17g", "%10.4g|", "%a", "%s", "%10s|", "%-10s|", "%.2s", "%q", "%%", "%5c"];
const DATES = ["!%Y-%m-%d %H:%M:%S", "!%c", "!%a %b %d", "%j %U %W %u", "!%x %X %p", "!%I %y %C %e", "!%F %T %D %R", "!%G %V %g", "!%Q"];
const ARITHMETIC = ["+", "-", "*", "/", "//", "%"];
const TAME_ARITHMETIC = ["+", "-", "*"];
const BITWISE = ["&", "|", "~", "<<", ">>"];
const COMPARISONS = ["<", "<=", ">", ">=", "==", "~="];
const DEPTH_MAX = 3;
/** How often an expression has another type than the one that is wanted, in percent. */
const WRONG_PERCENT = 1;
/** How often a value that no type is known of is taken for another, in percent. */
const UNKNOWN_PERCENT = 8;
/** How often what is malformed is taken, in percent. */
const BAD_PERCENT = 3;

export class Expressions {
  constructor(random) {
    this.random = random;
    /** Whether the program has dates, or else what may give NaN: the oracle for the sign of NaN has no library os. */
    this.hasDates = random.chance(15);
    /** Variables that are visible: name, type, and whether they can be assigned. */
    this.scope = [];
    this.varargs = true;
    this.names = 0;
  }

  fresh(prefix = "v") {
    this.names++;
    return `${prefix}${this.names}`;
  }

  variable(type, { assignable = false } = {}) {
    const guess = this.random.chance(UNKNOWN_PERCENT);
    const fits = (known) => type === "any" || known === type || (type === "number" && known === "integer") || (guess && known === "any");
    const found = this.scope.filter((v) => fits(v.type) && !(assignable && v.constant));
    return found.length > 0 ? this.random.pick(found.slice(-8)).name : undefined;
  }

  /** An expression of a type: number, integer, string, boolean, table, function, any. */
  of(type, depth = 0) {
    const { random } = this;
    if (random.chance(WRONG_PERCENT)) type = random.pick(["number", "string", "boolean", "table", "function", "any", "nil"]);
    if (random.chance(depth === 0 ? 25 : 40)) {
      const name = this.variable(type);
      if (name) return name;
    }
    switch (type) {
      case "number": return this.random.chance(40) ? this.whole(depth) : this.number(depth);
      case "integer": return this.whole(depth);
      case "string": return this.string(depth);
      case "boolean": return this.boolean(depth);
      case "table": return this.table(depth);
      case "function": return this.function(depth);
      case "nil": return "nil";
      default: return this.of(random.pick(["number", "number", "string", "string", "boolean", "table", "nil"]), depth);
    }
  }

  /** Without floats, so that operators on bits work. */
  whole(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return `(${this.integer()})`;
    const of = (type) => this.of(type, depth + 1);
    return random.choose([
      [5, () => `(${this.integer()})`],
      [4, () => `(${of("integer")} ${random.pick(["+", "-", "*"])} ${of("integer")})`],
      [2, () => `(${of("integer")} ${random.pick(["//", "%"])} ${random.chance(95) ? random.pick(["3", "-7", "10", "-1", "math.mininteger", "2"]) : of("integer")})`],
      [6, () => `(${of("integer")} ${random.pick(BITWISE)} ${of("integer")})`],
      [1, () => `~${of("integer")}`],
      [1, () => `-(${of("integer")})`],
      [2, () => `#${of("string")}`],
      [2, () => `#${of("table")}`],
      [1, () => `(math.tointeger(${of("number")}) or ${this.small()})`],
      [1, () => `(utf8.len(${of("string")}) or -1)`],
      [1, () => `(${this.receiver(depth)}:byte(${this.position()}) or 0)`],
      [1, () => `(${this.receiver(depth)}:find(${this.pattern()}, ${this.position()}) or 0)`],
      [1, () => `select("#", ${this.list(depth)})`],
      [1, () => `math.random(${random.between(1, 100)})`],
      [1, () => `(string.unpack("${random.pick(["<i2", ">I3", "b", "<i4", ">j", "<I1"])}", "\\1\\200abcdefgh", ${random.between(1, 3)}))`],
      [this.hasDates ? 3 : 0, () => this.time()],
    ]);
  }

  time() {
    const between = (low, high) => this.random.between(low, high);
    const fields = `month = ${between(-3, 20)}, day = ${between(-40, 60)}, hour = ${between(-30, 30)}, sec = ${between(-99, 99)}`;
    return `os.time({ year = ${between(1971, 2100)}, ${fields} })`;
  }

  integer() {
    const { random } = this;
    return random.chance(50) ? random.pick(INTEGERS) : String(random.between(-20, 300));
  }

  /** Of a string: far outside now and then. */
  position() {
    return this.random.chance(88) ? this.small() : this.integer();
  }

  float() {
    if (this.hasDates) return this.random.pick(SMALL_FLOATS);
    return this.random.chance(4) ? "0/0" : this.random.pick(FLOATS);
  }

  small() {
    return String(this.random.between(-4, 9));
  }

  number(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return random.chance(65) ? `(${this.integer()})` : `(${this.float()})`;
    const of = (type) => this.of(type, depth + 1);
    return random.choose([
      [4, () => this.integer()],
      [3, () => `(${this.float()})`],
      [8, () => `(${of("number")} ${random.pick(this.hasDates ? TAME_ARITHMETIC : ARITHMETIC)} ${of("number")})`],
      [this.hasDates ? 0 : 1, () => `(${random.pick(["2", "-2", "10", "0", "1", "-1", "1.5"])} ^ ${random.between(0, 8)})`],
      [this.hasDates ? 0 : 1, () => `(${random.pick(["math.huge", "0.0", "4", "1", this.float()])} ^ ${random.pick(["0", "0.5", "-1", "math.huge"])})`],
      [2, () => `-(${of("number")})`],
      [1, () => `math.${random.pick(["floor", "ceil", "abs", this.hasDates ? "floor" : "sqrt"])}(${of("number")})`],
      [1, () => `math.${random.pick(["max", "min", this.hasDates ? "max" : "fmod"])}(${of("number")}, ${of("number")})`],
      [1, () => `(tonumber(${of("string")}) or ${this.small()})`],
      [1, () => `(tonumber(${of("string")}, ${random.between(2, 36)}) or ${this.small()})`],
      [1, () => `(${random.pick(['"10"', '"0x1p4"', '" 3 "', '"1e1"'])} ${random.pick(this.hasDates ? TAME_ARITHMETIC : ARITHMETIC)} ${of("number")})`],
      [1, () => `(${of("boolean")} and ${of("number")} or ${of("number")})`],
      [2, () => `((select(${random.between(1, 3)}, ${this.list(depth)})) and ${of("number")} or ${this.small()})`],
      [2, () => this.call(depth)],
    ]);
  }

  string(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return random.pick(STRINGS);
    const of = (type) => this.of(type, depth + 1);
    return random.choose([
      [8, () => random.pick(STRINGS)],
      [6, () => `(${of("string")} .. ${of(random.chance(70) ? "string" : "number")})`],
      [1, () => `(${of("string")} .. ${of("number")} .. ${of("string")})`],
      [2, () => `${this.receiver(depth)}:sub(${this.position()}, ${this.position()})`],
      [2, () => `${this.receiver(depth)}:${random.pick(["upper", "lower", "reverse"])}()`],
      [1, () => `${this.receiver(depth)}:rep(${random.between(-1, 4)}${random.chance(40) ? `, ${random.pick(STRINGS)}` : ""})`],
      [3, () => this.format(depth)],
      [3, () => `(${this.receiver(depth)}:gsub(${this.pattern()}, ${random.pick(random.chance(BAD_PERCENT) ? BAD_REPLACEMENTS : REPLACEMENTS)}${random.chance(20) ? `, ${this.small()}` : ""}))`],
      [2, () => `(${this.receiver(depth)}:match(${this.pattern()}${random.chance(40) ? `, ${this.position()}` : ""}) or "none")`],
      [1, () => `string.char(${random.between(0, 255)}, ${random.between(30, 255)})`],
      [1, () => `utf8.char(${random.pick(["72", "233", "8364", "128512", "55296", "0x7fffffff"])})`],
      [2, () => `tostring(S(${of(random.pick(["number", "boolean"]))}))`],
      [1, () => `table.concat({ ${of("string")}, ${of("number")}, ${of("integer")} }, ${random.pick(['","', '""', '"-"'])})`],
      [this.hasDates ? 3 : 0, () => `os.date("${random.pick(DATES)}", ${random.between(-100000, 4000000) * 1000})`],
      [1, () => `string.pack("${random.pick(["<i8", ">j", "<d", "=n", "<i16"])}", ${of("integer")})`],
      [1, () => `string.pack("${random.pick(["z", "s1", ">s2", "c40"])}", ${this.receiver(depth)}:gsub("%z", ""):sub(1, 40))`],
      [1, () => `type(${of("any")})`],
      [1, () => `tostring(mathtype(${of("number")}))`],
      [1, () => `("%q"):format(${of(random.pick(["string", "number"]))})`],
      [1, () => `string.format("%.5f", math.${random.pick(["sin", "cos", "exp", "atan"])}(${random.between(-9, 9)}))`],
    ]);
  }

  receiver(depth) {
    const text = this.of("string", depth + 1);
    return /^v\d+$/.test(text) ? text : `(${text})`;
  }

  pattern() {
    return `"${this.random.pick(this.random.chance(BAD_PERCENT) ? BAD_PATTERNS : PATTERNS)}"`;
  }

  format(depth) {
    const { random } = this;
    const count = random.between(1, 3);
    const formats = Array.from({ length: count }, () => random.pick(FORMATS));
    const values = formats.filter((f) => f !== "%%").map((f) => {
      const type = /[sq]/.test(f) ? random.pick(["string", "number"]) : /[dxXoi]/.test(f) ? "integer" : "number";
      const value = f.endsWith("c") ? String(random.between(0, 255)) : this.of(type, depth + 1);
      return f.includes("s") ? `S(${value})` : value;
    });
    return `string.format("${formats.join(" ")}"${values.map((v) => `, ${v}`).join("")})`;
  }

  boolean(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return random.pick(["true", "false"]);
    const of = (type) => this.of(type, depth + 1);
    return random.choose([
      [2, () => random.pick(["true", "false"])],
      [6, () => `(${of("number")} ${random.pick(COMPARISONS)} ${of("number")})`],
      [3, () => `(${of("string")} ${random.pick(COMPARISONS)} ${of("string")})`],
      [2, () => `(${of("any")} ${random.pick(["==", "~="])} ${of("any")})`],
      [2, () => `not ${of("any")}`],
      [2, () => `(${of("boolean")} ${random.pick(["and", "or"])} ${of("boolean")})`],
      [1, () => `rawequal(${of("any")}, ${of("any")})`],
      [1, () => `math.ult(${of("number")}, ${of("number")})`],
      [1, () => `(pcall(${of("function")}, ${of("any")}))`],
    ]);
  }

  table(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return "{}";
    const of = (type) => this.of(type, depth + 1);
    const items = (type) => Array.from({ length: random.between(0, 5) }, () => of(type)).join(", ");
    return random.choose([
      [5, () => `{ ${items("number")} }`],
      [3, () => `{ ${items("string")} }`],
      [2, () => `{ ${items("any")} }`],
      [2, () => `{ ${random.pick(["x", "y", "n"])} = ${of("any")}, ${items("any")} }`],
      [2, () => `{ [${of("integer")}] = ${of("any")}, ["k" .. ${of("number")}] = ${of("any")}; ${of("any")} }`],
      [1, () => `{ ${this.list(depth)} }`],
      [1, () => `table.pack(${this.list(depth)})`],
      [1, () => `{ ${this.receiver(depth)}:byte(1, -1) }`],
      [1, () => `table.move(${of("table")}, ${random.between(1, 3)}, ${random.between(0, 4)}, ${this.small()})`],
      [1, () => `{ table.unpack(${of("table")}, ${random.between(-2, 2)}, ${random.between(0, 6)}) }`],
      [1, () => `{ ${this.receiver(depth)}:find(${this.pattern()}) }`],
      [this.hasDates ? 3 : 0, () => `os.date("!*t", ${random.between(0, 2_000_000_000)})`],
    ]);
  }

  /** Several expressions, the last perhaps with several values. */
  list(depth) {
    const { random } = this;
    const values = Array.from({ length: random.between(0, 2) }, () => this.of("any", depth + 1));
    values.push(
      random.choose([
        [3, () => this.of("any", depth + 1)],
        [1, () => (this.varargs ? "..." : "nil")],
        [1, () => `table.unpack(${this.of("table", depth + 1)}, 1, ${random.between(0, 4)})`],
        [1, () => this.call(depth)],
        [1, () => `(${this.varargs ? "..." : "nil"})`],
      ]),
    );
    return values.join(", ");
  }

  call(depth) {
    const name = this.variable("function");
    if (!name || depth >= DEPTH_MAX) return this.small();
    return `${name}(${Array.from({ length: this.random.between(0, 2) }, () => this.of("any", depth + 1)).join(", ")})`;
  }

  function(depth) {
    const { random } = this;
    if (depth >= DEPTH_MAX) return random.pick(["tostring", "type", "select", "math.abs", "string.rep", "next", "error"]);
    const parameters = ["a", "b"].slice(0, random.between(0, 2)).map((name) => ({ name: this.fresh(name), type: "any" }));
    const isVararg = random.chance(30);
    const outer = [this.scope, this.varargs];
    this.scope = [...this.scope, ...parameters];
    this.varargs = isVararg;
    const body = random.choose([
      [4, () => `return ${this.of("any", depth + 1)}`],
      [2, () => `return ${this.list(depth + 1)}`],
      [1, () => `error(${this.of("any", depth + 1)}${random.chance(50) ? `, ${random.between(0, 3)}` : ""})`],
      [1, () => `local ${this.fresh("l")} <const> = ${this.of("any", depth + 1)} return ${this.of("any", depth + 1)}`],
    ]);
    [this.scope, this.varargs] = outer;
    const names = parameters.map(({ name }) => name).concat(isVararg ? ["..."] : []);
    return `function(${names.join(", ")}) T() ${body} end`;
  }
}
