/** Where the module comes from: what is compiled once and what anew, and what a relative URL is relative to. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { innerModules, wasmBytes } from "./support.mjs";

const FILE = new URL("../../js/dist/cu.wasm", import.meta.url);

let server, address, asked, answer;
before(async () => {
  server = createServer((request, response) => {
    asked.push(request.url);
    answer(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

const module = (response) => response.writeHead(200, { "content-type": "application/wasm" }).end(readFileSync(FILE));
let loadModule;
beforeEach(async () => {
  asked = [];
  answer = module;
  loadModule ??= (await innerModules(["loader"])).loader.loadModule;
});

test("the module of a URL is fetched and compiled once, however often and whenever it is asked for", async () => {
  const url = `${address}/once.wasm`;
  const [first, second] = await Promise.all([loadModule(url), loadModule(new URL(url))]);
  assert.ok(first instanceof WebAssembly.Module && first === second && first === (await loadModule(url)));
  assert.deepEqual(asked, ["/once.wasm"]);
});

test("a file is read once", async () => assert.equal(await loadModule(FILE), await loadModule(FILE.href)));

test("bytes are compiled each time: they may have changed", async () => assert.notEqual(await loadModule(wasmBytes()), await loadModule(wasmBytes())));

for (const [what, failing, message] of [
  ["an error of the server", (response) => response.writeHead(503).end(), /the answer is 503/],
  ["half a module", (response) => response.writeHead(200, { "content-type": "application/wasm" }).end(readFileSync(FILE).subarray(0, 100_000)), /can be compiled/],
  ["a page", (response) => response.end("<html>"), /not a WebAssembly file/],
]) {
  test(`what failed is tried anew: ${what}`, async () => {
    const url = `${address}/${encodeURIComponent(what)}`;
    answer = failing;
    await assert.rejects(loadModule(url), message);
    answer = module;
    assert.ok((await loadModule(url)) instanceof WebAssembly.Module);
    assert.equal(asked.length, 2);
  });
}

test("of many URLs the oldest are given up", async () => {
  const urls = Array.from({ length: 9 }, (_, i) => `${address}/${i}`);
  for (const url of urls) await loadModule(url);
  await loadModule(urls[8]);
  await loadModule(urls[0]);
  assert.deepEqual(asked.slice(9), ["/0"]);
});

test("in a page, or a worker of one, a URL may be relative to it", async (t) => {
  t.after(() => { delete globalThis.document; delete globalThis.location; });
  globalThis.location = { href: `${address}/app/worker.js` };
  await loadModule("cu.wasm");
  globalThis.document = { baseURI: `${address}/base/` };
  await loadModule("../cu.wasm");
  assert.deepEqual(asked, ["/app/cu.wasm", "/cu.wasm"]);
});
