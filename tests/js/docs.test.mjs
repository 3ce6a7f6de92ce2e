/** The examples of docs/TABLES.md are run as they stand there, and what the page says in numbers is what the library has. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Cu as Library } from "../../js/dist/index.js";
import { innerModules, wasmModule } from "./support.mjs";

const text = readFileSync(new URL("../../docs/TABLES.md", import.meta.url), "utf8");
const AsyncFunction = (async () => {}).constructor;

let heading = "";
let examples = 0;
for (const [, title, program] of text.matchAll(/^## (.*)$|```js\n([\s\S]*?)```/gm)) {
  if (title !== undefined) {
    heading = title;
    continue;
  }
  examples++;
  test(`example ${examples}: ${heading}`, async () => {
    const wasm = await wasmModule();
    const Cu = { create: (options) => Library.create({ wasm, ...options }) };
    await new AsyncFunction("Cu", "assert", program)(Cu, assert);
  });
}

test("each part has been run", () => assert.ok(examples >= 8, `${examples} examples`));

test("the costs are those of the library", async () => {
  const { account, chunk } = await innerModules(["account", "chunk"]);
  const { TABLE_BYTES, ELEMENT_BYTES, FIELD_BYTES, BOX_BYTES, FUNCTION_BYTES, HOST_BYTES_DEFAULT } = account;
  const costs = [...text.matchAll(/^\| (?:a|an) .* \| (\d+)/gm)].map(([, cost]) => Number(cost));
  assert.deepEqual(costs, [TABLE_BYTES, chunk.SEQUENCE_ENTRY_BYTES, ELEMENT_BYTES, FIELD_BYTES, BOX_BYTES, FUNCTION_BYTES]);
  assert.match(text, new RegExp(`${HOST_BYTES_DEFAULT / 2 ** 20} MiB`));
});
