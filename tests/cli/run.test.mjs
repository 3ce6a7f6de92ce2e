/** `cu run`: what it prints and where, with which exit code it ends, and what it reads. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { test } from "node:test";
import { CLI, cu, inFolder } from "./support.mjs";

/** A piece of program that returns a value, and the value as it is printed. They run in one program. */
const SHOWN = [
  ["return 1", "1"],
  ["return 3.0", "3.0"],
  ["return 'text'", "text"],
  ["return nil", "nil"],
  ["return true", "true"],
  ["return 2^53|0", "9007199254740992"],
  ["return math.mininteger", "-9223372036854775808"],
  ["return bigint.new(2)^100", "1267650600228229401496703205376"],
  ["return coroutine.create(print)", /^thread: 0x\w+$/],
  [String.raw`return { "a\n\"b\"\\", "\xff\0", "ä" }`, String.raw`{ "a\n\"b\"\\", "\xFF\x00", "ä" }`],
  ["return { 1, [3]=2, x=1, ['end']=2, ['a b']=3, [1.5]=4, [true]=5 }", '{ 1, [1.5] = 4, [3] = 2, ["a b"] = 3, ["end"] = 2, x = 1, [true] = 5 }'],
  ["return {}", "{}"],
  ["return {{}}", "{ {} }"],
  ["return { a = { b = { c = { d = { e = 1 } } } } }", "{ a = { b = { c = { d = { e = 1 } } } } }"],
  ["local t = { 1 } t.self = t return t", "{ 1, self = <cycle> }"],
  ["local t = { x = 1 } return { t, t }", "{ { x = 1 }, { x = 1 } }"],
  ["return { setmetatable({}, { __tostring = function() return 'mine' end }) }", "{ mine }"],
  ["return { setmetatable({ 1 }, { __tostring = error }) }", "{ { 1 } }"],
  ["return setmetatable({ 1 }, { __index = error, __pairs = error, __len = error })", "{ 1 }"],
  ["_home.t = { 3 } _home.t.z = 1 _home.t.a = 2 return _home.t", "{ 3, z = 1, a = 2 }"],
  ["local t = {} for i = 1, 200 do t = { t } end return (#tostring(t))", /^\d+$/],
];

test("values as they are printed", () => {
  const program = `return ${SHOWN.map(([code]) => `(function() ${code} end)()`).join(",\n")}`;
  return inFolder({ "program.lua": program }, async (cwd) => {
    const { stdout, stderr } = await cu(["run", "program.lua"], { cwd });
    assert.equal(stderr, "");
    stdout.trimEnd().split("\n").forEach((line, i) => check(line, SHOWN[i][1], SHOWN[i][0]));
    assert.equal(stdout.trimEnd().split("\n").length, SHOWN.length);
  });
});

/** Program, arguments after it, files and standard input; then what comes of it: standard output, what standard error must match (nothing), the exit code (0). */
const ROWS = [
  { name: "no result", lua: "local x = 1", out: "" },
  { name: "a long table", lua: "local t = {} for i = 1, 30 do t[i] = i * 1000 end return t", out: `{\n${Array.from({ length: 30 }, (_, i) => `  ${(i + 1) * 1000},\n`).join("")}}\n` },
  { name: "a table of a MiB of text", lua: "local t = {} for i = 1, 12000 do t[i] = 'text ' .. i end return t", out: `{\n${Array.from({ length: 12_000 }, (_, i) => `  "text ${i + 1}",\n`).join("")}}\n` },
  { name: "globals that the program changed", lua: "next, type, tostring, pairs, io, string, table, select = nil return { 1, x = 'y' }", out: '{ 1, x = "y" }\n' },
  { name: "arguments", lua: "return arg[0], #arg, arg[1], ...", args: ["a", "--", "--b", "-c"], out: "program.lua\n3\na\na\n--b\n-c\n" },
  { name: "options before and after the arguments", lua: "return ...", args: ["a", "--timeout", "10", "b"], out: "a\nb\n" },
  { name: "a first line that names an interpreter", lua: "#!/usr/bin/env -S cu run\nerror('here')", code: 1, err: /^program\.lua:2: here\n/ },
  { name: "a byte order mark, and source that is no UTF-8", lua: Buffer.from("\xef\xbb\xbfio.write('\xc3') io.write('\xa4\\n') return #'\xe4'", "latin1"), out: "ä\n1\n" },
  { name: "a module beside it", lua: "local m, how = require 'm' return m.x, how, require 'm' == m", files: { "m.lua": "return { x = ... }" }, out: "m\n:file:\ntrue\n" },
  { name: "no module outside", lua: "return (pcall(require, '../m')), (pcall(require, '..m')), (pcall(require, '/etc/passwd'))", out: "false\nfalse\nfalse\n" },
  { name: "a module that is not there", lua: "require 'no.where'", code: 1, err: /module 'no\.where' not found:[\s\S]*no file 'no\/where\.lua' beside the program/ },

  { name: "output and errors are apart", lua: "print('a') io.stderr:write('b\\n') print('c') error('d', 0)", out: "a\nc\n", code: 1, err: /^b\nd\n/ },
  { name: "an error, with its line, its place in it and the traceback", lua: "local t\nlocal function f()\n\treturn 1 + t.x\nend\nlocal y = f()\nreturn y", code: 1,
    err: "program.lua:3: attempt to index a nil value (upvalue 't')\n  2 | local function f()\n> 3 | \treturn 1 + t.x\n    | \t           ^\nstack traceback:\n"
      + "\tprogram.lua:3: in local 'f'\n\tprogram.lua:5: in main chunk\n" },
  { name: "an error of syntax", lua: "local x = 1\nreturn x +* 2", code: 1, err: "program.lua:2: unexpected symbol near '*'\n  1 | local x = 1\n> 2 | return x +* 2\n    |           ^\n" },
  { name: "an end that is missing", lua: "if true then\n", code: 1, err: /^program\.lua:\d: 'end' expected .*near <eof>\n/ },
  { name: "a name that is there twice has no mark", lua: "return x.y.x", code: 1, err: "program.lua:1: attempt to index a nil value (global 'x')\n> 1 | return x.y.x\nstack traceback:\n\tprogram.lua:1: in main chunk\n" },
  { name: "an error that is a table", lua: "error({})", code: 1, err: /^\(error object is a table value\)\n/ },
  { name: "an error that is a table with a text", lua: "error(setmetatable({}, { __tostring = function() return 'mine' end }))", code: 1, err: /^mine\n/ },
  { name: "memory", lua: "local t = {} for i = 1, math.huge do t[i] = i end", code: 1, err: /^not enough memory\n/ },
  { name: "instructions", lua: "while true do pcall(error) end", args: ["--max-instructions", "100_000"], code: 3, err: /^instruction limit reached \(100000\)\n> 1 \| while/ },
  { name: "what comes before the program takes no instructions", lua: "return 1", args: ["--max-instructions", "1000"], out: "1\n" },
  { name: "time", lua: "while true do end", args: ["--timeout", "0.05"], code: 124, err: /^time limit reached \(50 ms\)\n/ },

  { name: "JSON", lua: "return _io.input.a[2], _io.input", args: ["--input", "i.json"], files: { "i.json": '{"a":[1,2.5]}' }, out: "2.5\n{ a = { 1, 2.5 } }\n" },
  { name: "JSON from standard input", lua: "return #_io.input", args: ["--input", "-"], input: "[1,2,3]", out: "3\n" },
  { name: "NDJSON", lua: "return #_io.input, _io.input[2].x", args: ["--input", "i.ndjson"], files: { "i.ndjson": '{"x":1}\n\n{"x":2}\r\n' }, out: "2\n2\n" },
  { name: "CSV: a column has one type", lua: "return _io.input", args: ["--input", "i.CSV"], files: { "i.CSV": '\ufeffn,zip,t,e,big\r\n1,02134,"a,""b""",,1\r\n,10115,,,9007199254740993\r\n-2.5e1,1,x,,3\r\n' },
    out: '{\n  { n = 1, zip = "02134", t = "a,\\"b\\"", e = "", big = "1" },\n  { zip = "10115", t = "", e = "", big = "9007199254740993" },\n  { n = -25, zip = "1", t = "x", e = "", big = "3" },\n}\n' },
  { name: "CSV: names that every object has", lua: "return _io.input[1].constructor, _io.input[1].__proto__", args: ["--input", "i.csv"], files: { "i.csv": "constructor,__proto__\na,b\n" }, out: "a\nb\n" },
  { name: "the format is said", lua: "return _io.input[1].a", args: ["--input", "i.txt", "--format", "csv"], files: { "i.txt": "a\n7\n" }, out: "7\n" },
  { name: "JSON that is none", lua: "", args: ["--input", "i.json"], files: { "i.json": "{" }, code: 2, err: /^cu: error: i\.json: not JSON: .*\n$/ },
  { name: "NDJSON that is none", lua: "", args: ["--input", "i.jsonl"], files: { "i.jsonl": "1\n{" }, code: 2, err: /^cu: error: i\.jsonl: line 2 is not JSON: .*\n$/ },
  { name: "CSV with a row that is too short", lua: "", args: ["--input", "i.csv"], files: { "i.csv": "a,b\n1,2\n3\n" }, code: 2, err: /^cu: error: i\.csv: .*line 3/ },
  { name: "CSV with a name twice", lua: "", args: ["--input", "i.csv"], files: { "i.csv": "a,a\n1,2\n" }, code: 2, err: /two columns have the name "a"/ },
  { name: "input that is no UTF-8", lua: "", args: ["--input", "i.json"], files: { "i.json": Buffer.from([0x22, 0xff, 0x22]) }, code: 2, err: /^cu: error: i\.json: .*not valid/ },
  { name: "a format that nobody knows", lua: "", args: ["--input", "i.xml"], files: { "i.xml": "" }, code: 2, err: /give --format \(json, ndjson, csv\)/ },
  { name: "input that is not there", lua: "", args: ["--input", "no.json"], code: 2, err: /cannot read no\.json \(ENOENT\)/ },

  { name: "as JSON", lua: String.raw`print("to stderr") return 1, nil, { a = { 1, "ä" } }, { [1] = 1, [3] = bigint.new(2)^64 }, ext.array(), "\xff\0", math.maxinteger, 0/0, 1e300, print`, args: ["--json"],
    out: '1\nnull\n{"a":[1,"ä"]}\n[[1,1],[3,"18446744073709551616"]]\n[]\n{"base64":"/wA="}\n"9223372036854775807"\nnull\n1e+300\nnull\n', err: "to stderr\n" },
  { name: "as JSON: the input by reference", lua: "return _io.input", args: ["--json", "--input", "-"], input: '{"b":[{}],"a":null}', out: '{"b":[{}],"a":null}\n' },
  { name: "as JSON: what has no form", lua: "local t = {} t.x = { t } return t", args: ["--json"], code: 1, err: "cu: error: the result.x[1] holds itself, which JSON has no form for\n" },

  { name: "a number that is none", lua: "", args: ["--timeout", "soon"], code: 2, err: /--timeout needs a number of seconds greater than 0, not "soon"\. cu run --help says how/ },
  { name: "an option that nobody knows", lua: "", args: ["--tiemout", "1"], code: 2, err: /^cu: error: Unknown option '--tiemout'\. cu run --help says how\n$/ },
  { name: "--state alone", lua: "", args: ["--state", "x"], code: 2, err: /--state needs --home/ },
  { name: "--format alone", lua: "", args: ["--format", "csv"], code: 2, err: /--format needs --input/ },
];

function check(actual, expected, what) {
  if (expected instanceof RegExp) assert.match(actual, expected, what);
  else assert.equal(actual, expected, what);
}

for (const { name, lua, args = [], out = "", code = 0, err = "", files = {}, input } of ROWS) {
  test(name, () => inFolder({ "program.lua": lua, ...files }, async (cwd) => {
    const result = await cu(["run", "program.lua", ...args], { cwd, input });
    check(result.stderr, err, "standard error");
    check(result.stdout, out, "standard output");
    assert.equal(result.code, code);
  }));
}

test("a reader that leaves ends an endless program", () => inFolder({ "program.lua": "while true do print(1) end" }, async (cwd) => {
  const { stdout } = await promisify(execFile)("bash", ["-c", '"$0" "$1" run program.lua | head -n 2; echo "${PIPESTATUS[0]}"', process.execPath, CLI], { cwd, timeout: 60_000 });
  assert.equal(stdout, "1\n1\n141\n");
}));

test("a reader that is slow gets everything", () => inFolder({ "program.lua": "for i = 1, 50000 do print(i) end" }, async (cwd) => {
  const { stdout } = await promisify(execFile)("bash", ["-c", '"$0" "$1" run program.lua | (sleep 0.3; md5sum; ) ; seq 50000 | md5sum', process.execPath, CLI], { cwd, timeout: 60_000 });
  const [got, expected] = stdout.trim().split("\n");
  assert.equal(got, expected);
}));

test("Ctrl-C ends it", () => inFolder({ "program.lua": "print('here') while true do end" }, async (cwd) => {
  const child = spawn(process.execPath, [CLI, "run", "program.lua"], { cwd });
  child.stdout.once("data", () => child.kill("SIGINT"));
  const signal = await new Promise((resolve) => child.on("exit", (_, by) => resolve(by)));
  assert.equal(signal, "SIGINT");
}));
