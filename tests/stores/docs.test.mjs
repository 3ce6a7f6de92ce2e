/** The examples of docs/STORES.md are run as they stand there (the one for browsers in tests/browser), and its numbers are the library's. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as library from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { innerModules } from "../js/support.mjs";
import { CASES } from "./contract.mjs";
import { examplesOf, inFolder } from "./support.mjs";

const text = readFileSync(new URL("../../docs/STORES.md", import.meta.url), "utf8");
const examples = examplesOf(text);
const AsyncFunction = (async () => {}).constructor;

for (const [heading, program] of examples) {
  if (heading === "In a browser") continue;
  test(`example: ${heading}`, () => inFolder(async (folder) => {
    const names = { ...library, DirectoryStore, CASES, library, assert, folder };
    await new AsyncFunction(...Object.keys(names), program)(...Object.values(names));
  }));
}

test("each part has its example", () => {
  assert.deepEqual(examples.map(([heading]) => heading), ["In Node, Deno and Bun", "In a browser", "In memory", "What goes wrong", "A store of one's own"]);
});

test("the numbers are the library's", async () => {
  const { checks, ownership, waiting } = await innerModules(["stores/checks", "stores/ownership", "stores/waiting"]);
  assert.ok(text.includes(`of 1 to ${checks.STATE_NAME_CHARS_MAX} characters`));
  assert.ok(text.includes(`every ${ownership.RENEW_MS / 1000} seconds for ${ownership.LEASE_MS / 1000} seconds`));
  assert.ok(text.includes(`after ${ownership.LEASE_MS / 1000} seconds`));
  assert.ok(text.includes(`waits ${waiting.LOCK_WAIT_MS / 1000} seconds for another`));
});
