/** Every example of docs/BIGINT.md: what it prints must be what its comments show. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createCu } from "./support.mjs";

const PAGE = readFileSync(new URL("../../docs/BIGINT.md", import.meta.url), "utf8");
const EXAMPLES = [...PAGE.matchAll(/^```lua\n(.*?)^```$/gms)].map((match) => match[1]);

test("the page has examples, and every function has one", async () => {
  const { cu } = await createCu();
  const names = await cu.compute("local names = {} for name in pairs(bigint) do names[#names + 1] = name end return names");
  assert.equal(names.length, 17);
  for (const name of names) assert.ok(EXAMPLES.some((example) => example.includes(`bigint.${name}`)), `no example of bigint.${name}`);
  cu.close();
});

for (const [i, example] of EXAMPLES.entries()) {
  test(`example ${i + 1}`, async () => {
    const { cu, lines } = await createCu();
    await cu.compute(example, { name: "example" });
    assert.deepEqual(lines.map((line) => line.replaceAll("\t", "  ")), [...example.matchAll(/^--> (.*)$/gm)].map((match) => match[1]));
    cu.close();
  });
}
