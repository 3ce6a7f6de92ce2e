/** `cu repl`: what it computes from a pipe, and what somebody at a terminal sees. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CLI, cu, inFolder } from "./support.mjs";

/** Lines, what they show, and the exit code (0) and standard error (nothing) in the end. */
const PIPED = [
  ["expressions and statements", ["1 + 1", "x = 'a'", "x, 2.0, nil", "return x", "local y = 1", "y", "print(x)"], '2\n"a"\n2.0\nnil\n"a"\nnil\na\n'],
  ["what is not complete goes on", ["function f(a)", "  return a", "end", "f(", "[[a", "b]])", "{ 1,", "2 }"], '"a\\nb"\n{ 1, 2 }\n'],
  ["deep and long tables", ["t = { { { { { 1 } } } } }", "t", "l = {} for i = 1, 200 do l[i] = i end", "#l, l"],
    `{ { { { {…} } } } }\n200\n{\n${Array.from({ length: 100 }, (_, i) => `  ${i + 1},\n`).join("")}  …\n}\n`],
  ["globals may change", ["type, next, tostring, load, error, io, string = nil", "{ a = 'b' }"], '{ a = "b" }\n'],
  ["commands", [":home", "_home.x = { 1 }", ":home", ":nothing"], "{}\n{ x = { 1 } }\n", 0, "there is no :nothing. :help says what there is\n"],
  ["the first error is the end", ["1", "error('no', 0)", "2"], "1\n", 1, /^no\n/],
  ["an error within several lines shows the line", ["function f()", "  local t", "  return t.x", "end f()"], "", 1,
    "repl:3: attempt to index a nil value (local 't')\n  2 |   local t\n> 3 |   return t.x\n    |          ^\nstack traceback:\n\trepl:3: in function 'f'\n\trepl:4: in main chunk\n"],
  ["an end that never comes", ["for i = 1, 2 do"], "", 1, /near <eof>\n/],
  ["limits are of each input", ["for i = 1, 500 do end", "for i = 1, 500 do end", "while true do end"], "", 3, /^instruction limit reached \(1000\)\n/, ["--max-instructions", "1000"]],
  ["input", ["_io.input.a"], "7\n", 0, "", ["--input", "i.json"]],
  ["input from what is read", [], "", 2, /standard input is for what is computed/, ["--input", "-"]],
  ["a file", [], "", 2, /repl takes no file: cu run FILE\.lua runs one/, ["i.json"]],
];

for (const [name, lines, out, code = 0, err = "", args = []] of PIPED) {
  test(name, () => inFolder({ "i.json": '{"a":7}' }, async (cwd) => {
    const result = await cu(["repl", ...args], { cwd, input: lines.map((line) => `${line}\n`).join("") });
    if (err instanceof RegExp) assert.match(result.stderr, err);
    else assert.equal(result.stderr, err);
    assert.equal(result.stdout, out);
    assert.equal(result.code, code);
  }));
}

test("the state is saved at the end", () => inFolder({}, async (cwd) => {
  await cu(["repl", "--home", "kept"], { cwd, input: "_home.x = 1\n" });
  assert.equal((await cu(["repl", "--home", "kept"], { cwd, input: "_home.x\n" })).stdout, "1\n");
}));

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";
const TIMEOUT_MS = 30_000;

/** A terminal that `script` (util-linux) makes. Resolves to the exit code. `steps` are what is typed, and what must be seen before the next. */
function atTerminal(args, { cwd, env }, steps) {
  return new Promise((resolve, reject) => {
    const command = ["exec", process.execPath, CLI, ...args].map((word, i) => (i === 0 ? word : `'${word}'`)).join(" ");
    const child = spawn("script", ["-qefc", command, "/dev/null"], { cwd, env: { ...process.env, TERM: "xterm", ...env } });
    let seen = "";
    let step = -1;
    const fail = (what) => {
      child.kill();
      reject(new Error(`${what} in step ${step} (${JSON.stringify(steps[step])}): ${JSON.stringify(seen)}`));
    };
    const timer = setTimeout(() => fail("nothing more"), TIMEOUT_MS);
    const look = () => {
      while (step + 1 < steps.length && (step < 0 ? seen.includes("Ctrl-D leaves.") : steps[step][1].test(seen))) {
        step++;
        seen = "";
        child.stdin.write(steps[step][0]);
      }
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      seen += text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
      look();
    });
    child.on("error", reject).on("close", (code) => {
      clearTimeout(timer);
      if (step + 1 < steps.length) fail("the end");
      else resolve(code);
    });
  });
}

const hasTerminal = spawnSync("script", ["--version"]).status === 0;

test("at a terminal", { skip: !hasTerminal && "there is no program script" }, () => inFolder({}, async (cwd) => {
  const env = { CU_HISTORY: join(cwd, "new", "history") };
  const code = await atTerminal(["repl", "--home", "kept"], { cwd, env }, [
    ["6 * 7\r", /42\s.*> $/s],
    ["while true do pcall(error) end\r", /end\s+$/],
    [CTRL_C, /interrupted\s.*> $/s],
    ["unfinished(", /unfinished\($/],
    [CTRL_C, /\^C\s.*> $/s],
    ["function _home.f()\r", />> $/],
    ["return 'kept' end\r", /end\s.*> $/s],
    ["_home.\t", /_home\.f$/],
    ["()\r", /"kept"\s.*> $/s],
    ["math.ma\t", /math\.max$/],
    ["\t", /math\.max\s+math\.maxinteger\s+> math\.max$/],
    ["(3)\r", /\s3\s.*> $/s],
    ["nil + 1\r", /attempt to perform arithmetic on a nil value.*> $/s],
    [":mem\t", /:memory$/],
    ["\r", /1,572,864 bytes used.*> $/s],
    [CTRL_C, /\(Ctrl-D leaves\)\s.*> $/s],
    [CTRL_D, /$/],
  ]);
  assert.equal(code, 0);
  assert.match(readFileSync(env.CU_HISTORY, "utf8"), /^6 \* 7\n/);
  assert.equal(statSync(env.CU_HISTORY).mode & 0o777, 0o600);
  // The next time there are the lines of before, and the state.
  assert.equal(await atTerminal(["repl", "--home", "kept"], { cwd, env }, [
    ["_home.f() .. '!'\r", /"kept!"\s.*> $/s],
    [UP + UP + "\r", /bytes used.*> $/s],
    [":quit\r", /$/],
  ]), 0);
}));
