// Prints what the library costs to load: its bytes, and those that a server sends for it with brotli.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const file = new URL("./dist/index.js", import.meta.url);
const bytes = readFileSync(file);
console.log(`js/dist/index.js ${bytes.length} bytes, ${brotliCompressSync(bytes).length} brotli`);
