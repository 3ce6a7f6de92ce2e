/** The examples of docs/CLI.md are typed as they stand there, and print what stands below them; and its exit codes are those that there are. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { CLI, inFolder } from "./support.mjs";

const text = readFileSync(new URL("../../docs/CLI.md", import.meta.url), "utf8");
const examples = [...text.matchAll(/^## (.*)\n|^```sh\n([\s\S]*?)^```\n\n^```text\n([\s\S]*?)^```/gm)];

let heading = "";
let count = 0;
for (const [, title, script, expected] of examples) {
  if (title !== undefined) {
    heading = title;
    continue;
  }
  count++;
  test(`example: ${heading}`, () => inFolder({}, async (cwd) => {
    mkdirSync(join(cwd, "bin"));
    symlinkSync(CLI, join(cwd, "bin", "cu"));
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", script], { cwd, env: { ...process.env, PATH: `${join(cwd, "bin")}:${process.env.PATH}` } });
    assert.equal(stderr, "");
    // Addresses are those of one run, and a page has no tabs.
    const known = (output) => output.replace(/0x[0-9a-f]+/g, "0x…").replaceAll("\t", "    ");
    assert.equal(known(stdout), known(expected));
  }));
}

test("each part has its example", () => assert.equal(count, 5));

test("the exit codes are those that there are", () => {
  const told = [...text.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code));
  const codes = [...readFileSync(new URL("../../js/src/cli/exit.ts", import.meta.url), "utf8").matchAll(/^ {2}\w+: (\d+),$/gm)].map(([, code]) => Number(code));
  assert.deepEqual(told, codes);
});
