/** `--home` and `cu state`: what is kept between runs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CLI, cu, inFolder } from "./support.mjs";

/** Each row is a list of commands in one folder: arguments, standard output, exit code and what standard error must match. */
const FILES = {
  "count.lua": "_home.n = (_home.n or 0) + 1 return _home.n",
  "keep.lua": "_home.list = { 1, 2.0, 'x' } function _home.double(x) return x * 2 end",
  "use.lua": "return _home.double(21), _home.list",
  "fail.lua": "_home.n = 99 error('no', 0)",
  "cannot.lua": "_home.job = { co = 1 } local co = coroutine.create(print) function _home.f() return co end",
  "not-a-state": "x".repeat(100),
};
const ROWS = [
  ["what a program keeps is there in the next", [
    ["run count.lua --home kept", "1\n"], ["run count.lua --home kept", "2\n"], ["run count.lua --home kept --state other", "1\n"],
    ["state list --home kept", "home\nother\n"], ["run count.lua", "1\n"], ["run count.lua --home kept", "3\n"],
  ]],
  ["functions too", [["run keep.lua --home kept", ""], ["run use.lua --home kept", '42\n{ 1, 2.0, "x" }\n']]],
  ["a program that fails keeps nothing", [["run count.lua --home kept", "1\n"], ["run fail.lua --home kept", "", 1, /^no\n/], ["run count.lua --home kept", "2\n"]]],
  ["what cannot be kept is said, and the state is as it was", [
    ["run count.lua --home kept", "1\n"], ["run cannot.lua --home kept", "", 1, /_home\.f: upvalue 'co': a coroutine cannot be stored/], ["run count.lua --home kept", "2\n"],
  ]],
  ["show", [
    ["run keep.lua --home kept", ""], ["state show --home kept", /^\{ list = \{ 1, 2\.0, "x" \}, double = function: 0x\w+ \}\n$/],
    ["state show --home kept --json", '{"list":[1,2,"x"],"double":null}\n'], ["state show --home kept --state other", "", 4, /there is no state "other" in kept/],
  ]],
  ["export, clear, import", [
    ["run keep.lua --home kept", ""], ["state export out.bin --home kept", ""], ["state clear --home kept", ""], ["state list --home kept", ""],
    ["state clear --home kept", ""], ["state export out.bin --home kept", "", 4, /there is no state "home"/], ["run count.lua --home kept", "1\n"],
    ["state import out.bin --home kept", ""], ["run use.lua --home kept", '42\n{ 1, 2.0, "x" }\n'], ["state import out.bin --home new --state copy", ""], ["state list --home new", "copy\n"],
  ]],
  ["what is no state is refused, and nothing is changed", [["run count.lua --home kept", "1\n"], ["state import not-a-state --home kept", "", 4, /not a state/], ["run count.lua --home kept", "2\n"]]],
  ["a folder that cannot be", [["run count.lua --home no/where", "", 4, /the folder .*\/no is missing/], ["run count.lua --home count.lua", "", 4, /cu: error: the state "home" in .*count\.lua cannot be opened/]]],
  ["wrong command lines", [
    ["state", "", 2, /which of list, show, export, import, clear\?/], ["state lost --home kept", "", 2, /there is no command "state lost"/], ["state list", "", 2, /state list needs --home DIR/],
    ["state show x --home kept", "", 2, /state show takes no file/], ["state export --home kept", "", 2, /state export takes one FILE, or -/], ["state import no.bin --home kept", "", 2, /cannot read no\.bin/],
    ["state list --json --home kept", "", 2, /--json is an option of state show/], ["run count.lua --home", "", 2, /cu run --help says how/],
  ]],
];

for (const [name, commands] of ROWS) {
  test(name, () => inFolder(FILES, async (cwd) => {
    for (const [line, out, code = 0, err = ""] of commands) {
      const result = await cu(line.split(" "), { cwd });
      if (err instanceof RegExp) assert.match(result.stderr, err, line);
      else assert.equal(result.stderr, err, line);
      if (out instanceof RegExp) assert.match(result.stdout, out, line);
      else assert.equal(result.stdout, out, line);
      assert.equal(result.code, code, line);
    }
  }));
}

test("a state goes through a pipe", () => inFolder(FILES, async (cwd) => {
  await cu(["run", "keep.lua", "--home", "kept"], { cwd });
  const bytes = await new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, "state", "export", "-", "--home", "kept"], { cwd });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    child.on("close", () => resolve(Buffer.concat(parts)));
  });
  assert.deepEqual(await cu(["state", "import", "-", "--home", "new"], { cwd, input: bytes }), { code: 0, stdout: "", stderr: "" });
  assert.equal((await cu(["run", "use.lua", "--home", "new"], { cwd })).stdout, '42\n{ 1, 2.0, "x" }\n');
}));

test("a state that another process has is refused", () => inFolder({ ...FILES, "hold.lua": "print('here') while true do end" }, async (cwd) => {
  const holder = spawn(process.execPath, [CLI, "run", "hold.lua", "--home", "kept"], { cwd });
  try {
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    const { code, stderr } = await cu(["run", "count.lua", "--home", "kept"], { cwd });
    assert.deepEqual([code, stderr], [4, 'cu: error: the state "home" is open elsewhere: in another instance, tab or process\n']);
  } finally {
    holder.kill("SIGKILL");
  }
}));

test("--home of a program that cannot be read makes no folder", () => inFolder({}, async (cwd) => {
  assert.equal((await cu(["run", "no.lua", "--home", "kept"], { cwd })).code, 2);
  assert.ok(!existsSync(join(cwd, "kept")));
}));
