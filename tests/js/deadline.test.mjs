/**
 * Programs that would run for ever, or very long: each ends by its limit on steps and by its limit on time, whatever it catches, and the
 * instance goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CuLimitError, LuaError } from "../../js/dist/index.js";
import { createCu } from "./support.mjs";

const STEPS = 100_000;
const TIMEOUT_MS = 40;
/** Of computing time, and loose: what is looked for is a loop that nobody counts. */
const OVERSHOOT_FACTOR_MAX = 25;

const BIG = "local bigint = require('bigint') ";
const LONG = "local s = ('x'):rep(300000) ";

/** With `[name, code]`; `timeOnly` where few steps take long. */
const PROGRAMS = [
  // The language.
  ["while", "while true do end"],
  ["repeat", "repeat until false"],
  ["goto", "::top:: goto top"],
  ["for", "for i = 1, math.maxinteger do end"],
  ["for, downward", "for i = -1, math.mininteger, -1 do end"],
  ["for, floats", "for i = 1.0, math.huge do end"],
  ["nested loops", "while true do for i = 1, 3 do end end"],
  ["a loop with a test", "local i = 0 while i ~= -1 do if i > 5 then i = 0 else i = i + 1 end end"],
  ["tail calls", "local function f() return f() end f()"],
  ["tail calls between two", "local g local function f() return g() end g = function() return f() end f()"],
  ["tail calls of a metamethod", "local t = setmetatable({}, { __call = function(self) return self() end }) t()"],
  ["__call that leads to itself", "local m = {} local t = setmetatable({}, m) m.__call = t while true do pcall(t) end"],
  ["a tail call to such", "local m = {} local t = setmetatable({}, m) m.__call = t while true do pcall(function() return t() end) end"],
  ["calls that branch", "local function f(n) if n > 0 then f(n - 1) f(n - 1) end end f(100)"],
  ["a generic loop", "for x in function() return 1 end do end"],
  ["a loop over a library function", "for x in string.len, 'x' do end"],
  ["__index", "local t = setmetatable({}, { __index = function(t, k) return k end }) while t[1] do end"],
  ["__eq", "local m = { __eq = function() return true end } local a, b = setmetatable({}, m), setmetatable({}, m) while a == b do end"],
  ["__concat", "local t = setmetatable({}, { __concat = function(a) return a end }) while true do t = t .. 1 end"],
  ["closures", "while true do local f = function() end end"],
  ["tables", "while true do local t = {} end"],
  ["strings", "local i = 0 while true do i = i + 1 local s = 'x' .. i end"],
  ["long comparison", "local a, b = ('x'):rep(3e5) .. 'a', ('x'):rep(3e5) .. 'b' while true do local c = a < b end"],

  // What catches errors.
  ["pcall", "while true do pcall(error) end"],
  ["pcall of a loop, in a loop", "while true do pcall(function() while true do end end) end"],
  ["pcall of pcall", "local function f() pcall(f) while true do end end while true do pcall(f) end"],
  ["xpcall", "while true do xpcall(function() while true do end end, function(m) return m end) end"],
  ["a message handler", "xpcall(error, function() while true do end end)"],
  ["a message handler that fails", "local function h() error('again') end while true do xpcall(error, h) end"],
  ["coroutine.wrap", "while true do pcall(coroutine.wrap(function() while true do end end)) end"],
  ["coroutine.resume", "while true do coroutine.resume(coroutine.create(function() while true do end end)) end"],
  ["pcall in a coroutine", "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()"],
  ["yields", "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end"],
  ["yields through pcall", "local f = coroutine.wrap(function() while true do pcall(coroutine.yield) end end) while true do f() end"],
  ["coroutines within coroutines", "local function f(n) coroutine.wrap(function() if n > 0 then f(n - 1) end while true do end end)() end f(50)"],
  ["__close", "do local x <close> = setmetatable({}, { __close = function() while true do end end }) end"],
  ["__close after an error", "pcall(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) error('e') end)"],
  ["__close while it ends", "while true do local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end end"],
  ["coroutine.close", `
    local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end)
    coroutine.resume(co) while true do coroutine.close(co) end`],
  ["__gc", "setmetatable({}, { __gc = function() while true do end end }) while true do collectgarbage() end"],
  ["__gc in a loop that allocates", "while true do setmetatable({}, { __gc = function() pcall(function() while true do end end) end }) end"],
  ["__gc that makes another", "local function m() setmetatable({}, { __gc = m }) end m() while true do local t = {} end"],
  ["a hook", "debug.sethook(function() debug.sethook() while true do end end, '', 1) local x = 1"],
  ["a hook at each line", "debug.sethook(function() end, 'l')\nwhile true do\nlocal x = 1\nend"],
  ["a hook taken away in a loop", "while true do pcall(function() while true do debug.sethook() end end) end"],
  ["load of a function", "load(function() return ' ' end)"],
  ["load, caught", "while true do pcall(load, function() while true do end end) end"],
  ["require", "package.preload.x = function() while true do end end while true do pcall(require, 'x') end"],
  ["__tostring", "while true do pcall(tostring, setmetatable({}, { __tostring = function() while true do end end })) end"],
  ["an error value that does not end", "error(setmetatable({}, { __tostring = function() while true do end end }))"],

  // Loops in C.
  ["string.rep of nothing", "return (''):rep(1 << 62)"],
  ["string.rep too long", "while true do pcall(string.rep, 'x', 1 << 30) end"],
  ["string.find, backtracking", "return (('a'):rep(1e5)):find(('.-'):rep(20) .. 'b')"],
  ["string.match, greedy", "return (('a'):rep(1e5)):match(('a*'):rep(20) .. 'b')"],
  ["string.gmatch", "for x in (('a'):rep(1e5)):gmatch(('a-'):rep(20) .. 'b') do end"],
  ["string.gsub", "return (('a'):rep(1e5)):gsub(('a?'):rep(30) .. ('.-'):rep(20) .. 'b', '')"],
  ["string.gsub with a function", "return (('a'):rep(1e5)):gsub('a', function() while true do end end)"],
  ["%b", "return (('('):rep(1e5)):find('%b()')"],
  ["a set", "return (('a'):rep(1e5)):find('[' .. ('b'):rep(1e5) .. ']')"],
  ["plain search", "return ('x'):rep(4e5):find(('x'):rep(2e5) .. 'y', 1, true)"],
  ["plain search in a loop", `${LONG}while true do s:find('y', 1, true) end`],
  ["string.format", `${LONG}while true do string.format('%s%d', s, 1) end`],
  ["string.upper", `${LONG}while true do s:upper() end`],
  ["string.pack", "local f = ('b '):rep(1e5) while true do pcall(string.pack, f) end"],
  ["string.packsize", "local f = ('b'):rep(1e5) while true do string.packsize(f) end"],
  ["string.unpack", `local f = ('x'):rep(1e5) ${LONG}while true do string.unpack(f, s) end`],
  ["string.byte", `${LONG}while true do s:byte(1, 1000) end`],
  ["tonumber", "local s = (' '):rep(3e5) while true do tonumber(s) end"],
  ["tonumber with a base", "local s = ('1'):rep(3e5) while true do tonumber(s, 7) end"],
  ["load of spaces", "local s = (' '):rep(3e5) while true do load(s) end"],
  ["load of a comment", "local s = '--[[' .. ('x'):rep(3e5) .. ']]' while true do load(s) end"],
  ["table.move", "table.move({}, 1, math.maxinteger - 1, 2)"],
  ["table.insert", "table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, 0)"],
  ["table.remove", "table.remove(setmetatable({}, { __len = function() return 1 << 60 end }), 1)"],
  ["table.concat", "table.concat(setmetatable({}, { __index = function() return '' end }), '', 1, 1 << 60)"],
  ["table.concat in a loop", "local t = {} for i = 1, 20000 do t[i] = 'x' end while true do table.concat(t) end"],
  ["table.sort", "local t = {} for i = 1, 20000 do t[i] = i % 100 end while true do table.sort(t) end"],
  ["table.sort with a bad order", "local t = {} for i = 1, 20000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end"],
  ["table.unpack", "while true do pcall(table.unpack, {}, 1, 1e7) end"],
  ["select", "while true do select('#', table.unpack({}, 1, 10000)) end"],
  ["next on what was emptied", "local t = {} for i = 1, 10000 do t['k' .. i] = 1 end for k in pairs(t) do t[k] = nil end while true do next(t) end"],
  ["utf8.len", `${LONG}while true do utf8.len(s) end`],
  ["utf8.offset", `${LONG}while true do utf8.offset(s, 250000) end`],
  ["utf8.codes", `${LONG}while true do for _ in utf8.codes(s) do end end`],
  ["collectgarbage", "while true do collectgarbage() end"],
  ["math", "while true do math.random(100) end"],
  ["os.date", "while true do os.date('%c') end"],
  ["string.dump", "local f = function() end while true do string.dump(f) end"],
  ["debug.traceback", "while true do debug.traceback() end"],

  // Integers without bounds.
  ["bigint.gcd", `${BIG}return bigint.gcd(bigint.new(7) ^ 177000 + 1, bigint.new(3) ^ 314000 + 2)`],
  ["bigint.modpow", `${BIG}local a, b, m = bigint.new(7) ^ 3500, bigint.new(3) ^ 6000, bigint.new(5) ^ 4000 + 1 while true do bigint.modpow(a, b, m) end`],
  ["bigint *", `${BIG}local x = bigint.new(3) ^ 50000 while true do local y = x * x end`],
  ["bigint //", `${BIG}local x, y = bigint.new(3) ^ 100000, bigint.new(7) ^ 30000 while true do local z = x // y end`],
  ["bigint to text", `${BIG}local x = bigint.new(3) ^ 100000 while true do tostring(x) end`],
  ["bigint from text", `${BIG}local s = ('7'):rep(50000) while true do bigint.new(s) end`],
  ["bigint.sqrt", `${BIG}local x = bigint.new(3) ^ 100000 while true do bigint.sqrt(x) end`],
  ["small bigints", `${BIG}local x = bigint.new(1) while true do x = x + 1 end`],

  // What crosses.
  ["reading a typed array", "local d = _io.input.doubles while true do local x = d[1] end"],
  ["writing to a table", "_io.output = {} while true do _io.output.x = 1 end"],
  ["a table in _home", "_home.t = {} while true do _home.t[1] = 1 end"],
  ["pairs", "while true do for k in pairs(_io.input.map) do end end"],
  ["table.sort of an external table", "_home.t = { 3, 1, 2 } while true do table.sort(_home.t) end"],
  ["table.move to an external table", "_home.t = {} table.move({}, 1, 1 << 40, 1, _home.t)"],
  ["ext.copy", "while true do ext.copy(_io.input.doubles, 1, 1000, {}) end"],
  ["ext.copy of everything", "local d = _io.input.doubles while true do ext.copy(d, 1, #d, d) end"],
  ["ext.string", "while true do ext.string(_io.input.bytes) end"],
  ["a function of the host", "while true do _io.input.nothing() end"],
  ["a function of the host, caught", "while true do pcall(_io.input.fail) end"],
  ["the host calls back", "_io.input.call(function() while true do end end)"],
  ["the host calls back, caught", "while true do pcall(_io.input.call, function() while true do end end) end"],
  ["print", `${LONG}while true do print(s) end`],
  ["a long string for the host", `${LONG}while true do _io.output = s end`],
];

function hostOf() {
  return {
    doubles: new Float64Array(100_000),
    bytes: new Uint8Array(100_000),
    map: new Map([[1, 2], [3, 4]]),
    nothing() {},
    fail() { throw new Error("no"); },
    call: (f) => f(),
  };
}

for (const [limit, value] of [["maxInstructions", STEPS], ["timeoutMs", TIMEOUT_MS]]) {
  for (const [name, code] of PROGRAMS) {
    test(`${limit}: ${name}`, async () => {
      const { cu } = await createCu();
      const start = process.cpuUsage();
      const error = await cu.compute(code, { [limit]: value, input: hostOf() }).then(() => undefined, (thrown) => thrown);
      const { user, system } = process.cpuUsage(start);
      const elapsed = (user + system) / 1000;
      assert.ok(error instanceof CuLimitError, `not ended by a limit: ${error?.stack ?? "it returned"}`);
      assert.equal(error.limit, limit);
      assert.match(error.message, limit === "timeoutMs" ? /^time limit reached \(40 ms\)$/ : /^instruction limit reached \(100000\)$/);
      assert.ok(elapsed < OVERSHOOT_FACTOR_MAX * TIMEOUT_MS, `it took ${elapsed.toFixed(0)} ms`);
      assert.equal(await cu.compute("debug.sethook() return 1 + 1"), 2);
      assert.equal(await cu.compute("local n = 0 for i = 1, 1000 do n = n + i end return n"), 500_500);
      cu.close();
    });
  }
}

test("there are at least 60 programs", () => assert.ok(PROGRAMS.length >= 60, String(PROGRAMS.length)));

test("nothing goes on behind what caught the error", async () => {
  const { cu } = await createCu();
  const loop = "function() while true do end end";
  const rows = [
    `pcall(${loop})`,
    `xpcall(${loop}, print)`,
    `coroutine.resume(coroutine.create(${loop}))`,
    `coroutine.wrap(function() pcall(${loop}) after = true end)()`,
    `load(${loop})`,
  ];
  for (const code of rows) {
    await assert.rejects(cu.compute(`after = nil ${code} after = true`, { maxInstructions: 1000 }), CuLimitError, code);
    assert.equal(await cu.compute("return after"), undefined, code);
  }
  cu.close();
});

test("the same count ends at the same step, in every instance", async () => {
  const counts = [];
  for (let instance = 0; instance < 2; instance++) {
    const { cu } = await createCu();
    for (let turn = 0; turn < 3; turn++) {
      await assert.rejects(cu.compute("n = 0 while true do n = n + #tostring(1) end", { maxInstructions: 12_345 }), CuLimitError);
      counts.push(await cu.compute("return n"));
    }
    cu.close();
  }
  assert.equal(new Set(counts).size, 1, String(counts));
  assert.ok(counts[0] > 5000 && counts[0] < 12_345, String(counts[0]));
});

test("one step more or less decides", async () => {
  const { cu } = await createCu();
  const code = "for i = 1, 100 do end return 'done'";
  let enough = 1;
  while (!(await cu.compute(code, { maxInstructions: enough }).then(() => true, () => false))) enough++;
  // The compiler counts its words as well.
  assert.ok(enough >= 100 && enough < 200, String(enough));
  await assert.rejects(cu.compute(code, { maxInstructions: enough - 1 }), CuLimitError);
  assert.equal(await cu.compute(code, { maxInstructions: enough }), "done");
  cu.close();
});

test("each access to an external table is a step, by whatever way it goes", async () => {
  const rows = ["v = h.t", "v = h.n", "v = h.none", "v = t[1]", "t[1] = 1", "h.n = 1", "h.t = t", "v = o.n", "o.n = 1", "v = m.n", "v = #t"];
  for (const row of rows) {
    const { cu } = await createCu();
    const body = `${row} `.repeat(1000);
    await cu.compute(`
      _home.t, _home.m, _home.n = { 1 }, setmetatable({}, { __index = { n = 1 } }), 1
      function f() local h, t, m, o, v = _home, _home.t, _home.m, _io.input ${body} end f()`, { input: { n: 1 } });
    await assert.rejects(cu.compute("f()", { maxInstructions: 1000 }), CuLimitError, row);
    await cu.compute("f()", { maxInstructions: row === "v = m.n" ? 3100 : 1100 });
    cu.close();
  }
});

test("the error says where", async () => {
  const { cu } = await createCu();
  const code = "local function inner()\n  while true do end\nend\ninner()";
  await assert.rejects(cu.compute(code, { name: "job", maxInstructions: 1000 }), (error) => {
    assert.ok(error instanceof LuaError);
    assert.equal(error.name, "CuLimitError");
    assert.equal(error.chunkName, "job");
    assert.equal(error.line, 2);
    assert.match(error.traceback, /job:2: in (upvalue|local) 'inner'|job:2: in function <job:1>/);
    return true;
  });
  cu.close();
});

test("hooks are what they were", async () => {
  const { cu } = await createCu();
  await cu.compute("calls = 0 hook = function() calls = calls + 1 end debug.sethook(hook, 'cr', 1000)");
  await assert.rejects(cu.compute("while true do end", { maxInstructions: 100_000 }), CuLimitError);
  assert.deepEqual(await cu.computeAll("local f, mask, count = debug.gethook() return f == hook, mask, count, calls > 50"), [true, "cr", 1000, true]);
  cu.close();
});

// A stack that moves makes the interpreter look at the steps as well, at any instruction: also where a list of values ends at the top.
for (const [name, options] of [["no limit", {}], ["a limit on time", { timeoutMs: 1e6 }], ["a limit on steps", { maxInstructions: 1e9 }], ["both", { timeoutMs: 1e6, maxInstructions: 1e9 }]]) {
  test(`a slice of steps that ends between a call and who takes all its results: ${name}`, async () => {
    const { cu } = await createCu();
    const code = `
      local t = {} for i = 1, 400 do t[i] = i end
      local wrong, unpack, select = 0, table.unpack, select
      local function all(...) return ... end
      local function count(...) return select('#', all(...)), (select(-1, all(...))) end
      for i = 1, 20000 do
        local given = 20 + i % 300
        local n, last = coroutine.wrap(count)(unpack(t, 1, given))
        if n ~= given or last ~= given then wrong = wrong + 1 end
      end
      return wrong`;
    assert.equal(await cu.compute(code, options), 0);
    await cu.close();
  });
}

test("limits of the instance hold for every way in", async () => {
  const { cu } = await createCu({ limits: { maxInstructions: 100_000, timeoutMs: 10_000 } });
  const loop = await cu.compute("function spin() while true do end end return spin");
  await assert.rejects(cu.compute("spin()"), CuLimitError);
  assert.throws(() => cu.computeSync("spin()"), CuLimitError);
  await assert.rejects(cu.call("spin"), CuLimitError);
  assert.throws(() => cu.callSync("spin"), CuLimitError);
  assert.throws(() => loop(), CuLimitError);
  // A call's own takes its place.
  assert.equal(await cu.compute("for i = 1, 200000 do end return 1", { maxInstructions: 1_000_000 }), 1);
  await assert.rejects(cu.compute("spin()", { maxInstructions: Infinity, timeoutMs: 30 }), { limit: "timeoutMs" });
  // Finalizers at a collection and at the end are bounded too.
  await cu.compute("x = setmetatable({}, { __gc = spin })");
  await cu.compute("x = nil y = setmetatable({}, { __gc = spin })");
  cu.collectGarbage();
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});

test("a call within another has its own limit, and the outer one's", async () => {
  const { cu } = await createCu();
  const inner = (limits) => () => cu.computeSync("while true do end", limits);
  const input = { short: inner({ maxInstructions: 1000 }), long: inner({ maxInstructions: 1e12 }) };
  // The inner one ends alone, and what it throws can be caught.
  assert.deepEqual(
    await cu.computeAll("local ok, e = pcall(_io.input.short) return ok, e.name, e.message", { input, maxInstructions: 100_000 }),
    [false, "CuLimitError", "instruction limit reached (1000)"],
  );
  // What the inner one takes is taken from the outer one.
  await assert.rejects(cu.compute("for i = 1, 200 do pcall(_io.input.short) end", { input, maxInstructions: 100_000 }), { message: /\(100000\)/ });
  await assert.rejects(cu.compute("pcall(_io.input.long) return 1", { input, maxInstructions: 100_000 }), { message: /\(100000\)/ });
  await assert.rejects(cu.compute("pcall(_io.input.long) return 1", { input, timeoutMs: 30 }), { limit: "timeoutMs" });
  cu.close();
});

test("a signal", async () => {
  const { cu } = await createCu();
  const run = (code, { signal, input }) => cu.compute(code, { signal, input });
  const reason = new Error("enough");
  // Before the start.
  await assert.rejects(run("ran = true", { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(await cu.compute("return ran"), undefined);
  // By a function of the host: nothing catches it, and nothing follows.
  const controller = new AbortController();
  const input = { stop: () => controller.abort(reason) };
  await assert.rejects(run("while true do pcall(_io.input.stop) after = true end", { signal: controller.signal, input }), reason);
  assert.equal(await cu.compute("return after"), undefined);
  // As the last thing that happens.
  const last = new AbortController();
  await assert.rejects(run("return _io.input.stop()", { signal: last.signal, input: { stop: () => last.abort() } }), { name: "AbortError" });
  // The outer one's ends what runs within.
  const outer = new AbortController();
  const nested = { run: () => cu.computeSync("_io.input.stop() while true do end"), stop: () => outer.abort(reason) };
  await assert.rejects(run("pcall(_io.input.run)", { signal: outer.signal, input: nested }), reason);
  // One that is never aborted disturbs nothing.
  assert.equal(await run("for i = 1, 1e5 do end return 5", { signal: new AbortController().signal }), 5);
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});

test("the clock of limits is not `now`", async () => {
  const { cu } = await createCu({ now: 0 });
  await assert.rejects(cu.compute("while true do end", { timeoutMs: 30 }), { limit: "timeoutMs" });
  cu.close();
});

test("limits that are none are refused", async () => {
  const { cu } = await createCu();
  for (const options of [{ maxInstructions: 0 }, { maxInstructions: "5" }, { timeoutMs: -1 }, { timeoutMs: NaN }, { signal: {} }]) {
    await assert.rejects(cu.compute("", options), TypeError, JSON.stringify(options));
  }
  await assert.rejects(createCu({ limits: { timeoutMs: 0 } }), TypeError);
  cu.close();
});
