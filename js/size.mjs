// Prints what the library costs to load: its bytes, and those that a server sends for it with brotli.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

for (const name of ["index.js", "inline.js", "stores/directory.js"]) {
  const bytes = readFileSync(new URL(`./dist/${name}`, import.meta.url));
  console.log(`js/dist/${name} ${bytes.length} bytes, ${brotliCompressSync(bytes).length} brotli`);
}
