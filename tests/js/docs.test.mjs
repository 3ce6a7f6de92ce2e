/** The examples of docs/GUIDE.md, docs/TABLES.md, docs/LIMITS.md and docs/AWAIT.md are run as they stand there, and what the pages say in numbers is what the library has. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Cu as Library, MemoryStore } from "../../js/dist/index.js";
import { innerModules, wasmModule } from "./support.mjs";

const page = (name) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const text = page("TABLES.md");
const AsyncFunction = (async () => {}).constructor;

/** One test for each example; at least `least` of them. */
function checkExamples(name, least) {
  let heading = "";
  let examples = 0;
  for (const [, title, program] of page(name).matchAll(/^## (.*)$|```js\n([\s\S]*?)```/gm)) {
    if (title !== undefined) {
      heading = title;
      continue;
    }
    examples++;
    test(`${name}, example ${examples}: ${heading}`, async () => {
      const wasm = await wasmModule();
      const Cu = { create: (options) => Library.create({ wasm, ...options }) };
      await new AsyncFunction("Cu", "assert", "MemoryStore", program)(Cu, assert, MemoryStore);
    });
  }
  test(`${name}: each part has been run`, () => assert.ok(examples >= least, `${examples} examples`));
}

checkExamples("GUIDE.md", 9);
checkExamples("TABLES.md", 8);
checkExamples("LIMITS.md", 5);
checkExamples("AWAIT.md", 8);

test("docs/LIMITS.md counts as the module does", () => {
  const limits = page("LIMITS.md");
  const of = (file, name) => new RegExp(`${name}: \\w+ = ([\\d_]+);`).exec(readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8"))[1];
  assert.match(limits, new RegExp(`every ${Number(of("lua/limits.rs", "POLL_STEPS").replace("_", "")).toLocaleString("en")} steps`));
  assert.match(limits, new RegExp(`^\\| ${of("steps.rs", "STEP_BYTES")} bytes \\|`, "m"));
  assert.match(limits, new RegExp(`^\\| ${of("steps.rs", "ALLOCATION_BYTES")} bytes \\|`, "m"));
  assert.match(limits, new RegExp(`counts ${Number(of("steps.rs", "FAILURE_STEPS")).toLocaleString("en")} steps`));
});

test("the costs are those of the library", async () => {
  const { account, chunk } = await innerModules(["account", "chunk"]);
  const { TABLE_BYTES, ELEMENT_BYTES, FIELD_BYTES, BOX_BYTES, FUNCTION_BYTES, HOST_BYTES_DEFAULT } = account;
  const costs = [...text.matchAll(/^\| (?:a|an) .* \| (\d+)/gm)].map(([, cost]) => Number(cost));
  assert.deepEqual(costs, [TABLE_BYTES, chunk.SEQUENCE_ENTRY_BYTES, ELEMENT_BYTES, FIELD_BYTES, BOX_BYTES, FUNCTION_BYTES]);
  assert.match(text, new RegExp(`${HOST_BYTES_DEFAULT / 2 ** 20} MiB`));
});
