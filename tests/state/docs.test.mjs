/** The examples of docs/HOME.md are run as they stand there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MemoryStore } from "../../js/dist/index.js";
import { create } from "./support.mjs";

const text = readFileSync(new URL("../../docs/HOME.md", import.meta.url), "utf8");
const AsyncFunction = (async () => {}).constructor;

let heading = "";
let examples = 0;
for (const [, title, program] of text.matchAll(/^## (.*)$|```js\n([\s\S]*?)```/gm)) {
  if (title !== undefined) {
    heading = title;
    continue;
  }
  examples++;
  test(`example ${examples}: ${heading}`, () => new AsyncFunction("Cu", "MemoryStore", "assert", program)({ create }, MemoryStore, assert));
}

test("each part has been run", () => assert.equal(examples, 5));
