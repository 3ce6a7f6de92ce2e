/**
 * What the tests of the host library share: instances, tables of Lua snippets with what they must give, and the library's inner
 * modules for tests of single parts.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Cu } from "../../js/dist/index.js";

const modulePath = new URL("../../js/dist/cu.wasm", import.meta.url);
let compiled;

/** The module, compiled once for all instances of a test file. */
export async function wasmModule() {
  return (compiled ??= await WebAssembly.compile(readFileSync(modulePath)));
}

export function wasmBytes() {
  return new Uint8Array(readFileSync(modulePath));
}

/** An instance that keeps what it prints in `lines`. */
export async function createCu(options = {}) {
  const lines = [];
  const cu = await Cu.create({ wasm: await wasmModule(), seed: 1, print: (line, stream) => lines.push(stream === "stdout" ? line : `${stream}: ${line}`), ...options });
  return { cu, lines };
}

/**
 * One test per row: `[name, code, expected]` or `[name, code, expected, options]`. What `code` returns, all of it, must deeply equal the list `expected`;
 * where `expected` is a RegExp, it must fail with a message that matches. `options` go to the computation; a function among them makes them anew.
 */
export function checkRows(rows, createOptions = {}) {
  for (const [name, code, expected, options] of rows) {
    test(name, async () => {
      const { cu } = await createCu(createOptions);
      const given = typeof options === "function" ? options() : options;
      if (expected instanceof RegExp) await assert.rejects(cu.computeAll(code, given), { message: expected });
      else assert.deepEqual(await cu.computeAll(code, given), expected);
      // Whatever happened, the instance goes on.
      assert.equal(await cu.compute("return 1 + 1"), 2);
      cu.close();
    });
  }
}

/** The library's inner modules, which the package does not export. */
export async function innerModules(names) {
  const { buildSync } = createRequire(new URL("../../js/package.json", import.meta.url))("esbuild");
  const root = fileURLToPath(new URL("../../js/src/", import.meta.url));
  const result = buildSync({
    stdin: { contents: names.map((name) => `export * as ${name.split("/").at(-1)} from "./${name}.js";`).join("\n"), resolveDir: root, loader: "ts" },
    bundle: true, format: "esm", write: false, target: "es2022",
  });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}

/** Pseudo-random numbers from a seed (mulberry32), so that a failure can be repeated. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
