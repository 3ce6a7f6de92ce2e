/** What the command line says of itself. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cu } from "./support.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../js/package.json", import.meta.url), "utf8"));
const source = (name) => readFileSync(new URL(`../../js/src/cli/${name}.ts`, import.meta.url), "utf8");
const NAMES = ["", "run", "repl", "state"];

for (const name of NAMES) {
  test(`cu ${name} --help`, async () => {
    const { code, stdout, stderr } = await cu([...(name === "" ? [] : [name]), "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^usage: cu ${name}`));
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
    // Every exit code that there is.
    const codes = [...source("exit").matchAll(/^ {2}\w+: (\d+),$/gm)].map(([, found]) => found);
    assert.ok(codes.length > 0);
    for (const found of codes) assert.match(stdout, new RegExp(`[;:] ${found}\\b|\\n${found}\\b`), `exit code ${found}`);
    const options = [...source("instance").matchAll(/^ {2}"?([\w-]+)"?: \{ type: "\w+" \},$/gm)].map(([, found]) => found);
    assert.equal(options.length, 6);
    if (name === "run" || name === "repl") for (const found of options) assert.ok(stdout.includes(`  --${found} `), `--${found}`);
  });
}

test("cu --version", async () => {
  assert.deepEqual(await cu(["--version"]), { code: 0, stdout: `cu ${version}, Lua 5.4.7\n`, stderr: "" });
});

for (const [args, err] of [
  [[], "cu: error: which command? cu --help says how\n"],
  [["rum", "x.lua"], 'cu: error: there is no command "rum" (there are run, repl, state). cu --help says how\n'],
  [["constructor"], 'cu: error: there is no command "constructor" (there are run, repl, state). cu --help says how\n'],
  [["run"], "cu: error: which program? Give a FILE.lua. cu run --help says how\n"],
  [["run", "no.lua"], "cu: error: cannot read no.lua (ENOENT). Check the path\n"],
]) {
  test(`cu ${args.join(" ")}`, async () => assert.deepEqual(await cu(args), { code: 2, stdout: "", stderr: err }));
}
