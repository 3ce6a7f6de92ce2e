// The README's example is run as it stands there, and must print what stands below it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test("the example of the README does what the README says", () => {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, program] = /```js\n([\s\S]*?)```/.exec(text);
  const [, expected] = /```text\n([\s\S]*?)```/.exec(text);
  const folder = mkdtempSync(join(tmpdir(), "cu-readme-"));
  try {
    symlinkSync(join(ROOT, "js"), join(folder, "js"));
    writeFileSync(join(folder, "hello.mjs"), program);
    assert.equal(execFileSync("node", ["hello.mjs"], { cwd: folder, encoding: "utf8" }), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
