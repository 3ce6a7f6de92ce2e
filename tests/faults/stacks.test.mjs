/**
 * Every stack has its end, and what goes deep finds it by an error: Lua's own limits come before the end of the module's stack, and, with ENOUGH_KB
 * of it free, before the end of the engine's. With less the engine ends the instance by a trap, and a restart goes on.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { C_STACK_BYTES, runAll } from "./recursion.mjs";

/** What Node itself has on the stack when a program runs in it is less than the difference to 256. */
const ENOUGH_KB = 288;
const LITTLE_KB = [160, 120];
/** The deepest is `string.gsub`, with 174 KiB. */
const C_STACK_USED_MAX = 256 * 1024;

test("whatever recurs ends with an error of the right kind, and the instance goes on", async (t) => {
  assert.ok(C_STACK_USED_MAX < C_STACK_BYTES);
  let most = { used: 0 };
  let rows = 0;
  for await (const { name, outcome, text, used, alive, expected } of runAll()) {
    await t.test(name, () => {
      assert.notEqual(outcome, "trap", text);
      assert.ok(["result", "error"].includes(outcome), `${outcome}: ${text}`);
      assert.match(text, expected);
      assert.ok(alive);
      assert.ok(used <= C_STACK_USED_MAX, `${used} bytes of the module's stack`);
    });
    if (used > most.used) most = { name, used };
    rows++;
  }
  console.log(`${rows} rows; of the module's stack of ${C_STACK_BYTES} bytes ${most.used} were used at most (${most.name})`);
});

/** What came of each row in a process of its own, with that much stack. */
async function runWith(stackKb) {
  const program = fileURLToPath(new URL("recursion.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [`--stack-size=${stackKb}`, program], { maxBuffer: 1 << 26 });
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

test(`with ${ENOUGH_KB} KiB of the engine's stack nothing changes`, async () => {
  for (const { name, outcome, text, alive, fits } of await runWith(ENOUGH_KB)) {
    assert.ok(["result", "error"].includes(outcome) && fits && alive, `${name}: ${outcome}, ${text}`);
  }
});

for (const kb of LITTLE_KB) {
  test(`with ${kb} KiB of the engine's stack some rows end the instance, and a restart goes on`, async () => {
    const results = await runWith(kb);
    const traps = results.filter(({ outcome }) => outcome === "trap");
    console.log(`${kb} KiB: ${traps.length} of ${results.length} rows end the instance`);
    assert.ok(traps.length > 0);
    for (const { name, outcome, text, alive } of results) {
      assert.ok(alive, `${name}: ${outcome}, ${text}`);
      if (outcome === "trap") assert.match(text, /^the instance ended by a trap: .*restart\(\)/);
    }
  });
}
