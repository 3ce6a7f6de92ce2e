/** The examples of docs/WORKER.md are run as they stand there, each as a module of an application that has the package. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const text = readFileSync(new URL("../../docs/WORKER.md", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "cu-docs-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "node_modules"));
symlinkSync(fileURLToPath(new URL("../../js", import.meta.url)), join(folder, "node_modules", "cu-wasm"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

let heading = "";
let examples = 0;
for (const [, title, file, program] of text.matchAll(/^## (.*)$|^```js ?(.*)\n([\s\S]*?)^```/gm)) {
  if (title !== undefined) heading = title;
  // A file of the application's, which the next example needs.
  else if (file !== "") writeFileSync(join(folder, file), program);
  else {
    const path = join(folder, `example-${++examples}.js`);
    writeFileSync(path, program);
    test(`example ${examples}: ${heading}`, () => import(pathToFileURL(path)));
  }
}

test("each part has been run", () => assert.equal(examples, 3));

test("the numbers are the library's", () => {
  const source = (name) => readFileSync(new URL(`../../js/src/worker/${name}.ts`, import.meta.url), "utf8");
  assert.match(source("client"), /GRACE_MS = 250;/);
  assert.match(text, /A quarter of a second later/);
  assert.match(source("shared"), /OUTPUT_BYTES_MAX = 2 \*\* 20;/);
  assert.match(text, /more than 1 MiB/);
});

test("the page has every method of CuWorker and of Cu", () => {
  // What TypeScript alone keeps private is in neither declaration.
  const methods = (file) => [...readFileSync(new URL(`../../js/dist/${file}.d.ts`, import.meta.url), "utf8").matchAll(/^ {4}(\w+)\(/gm)].map(([, name]) => name);
  const told = [...text.matchAll(/`(\w+)(?:\(\))?`/g)].map(([, name]) => name);
  for (const file of ["worker/client", "cu"]) {
    const names = methods(file).filter((name) => name !== "constructor");
    assert.ok(names.length > 10);
    for (const name of names) assert.ok(told.includes(name), `${file}: ${name}`);
  }
});
