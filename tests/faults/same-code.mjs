/** usage: node tests/faults/same-code.mjs A.wasm B.wasm. Fails unless the two have the same sections but for custom ones (names). */
import { readFileSync } from "node:fs";

const CUSTOM = 0;

/** All sections that an engine runs, as bytes. */
function sections(path) {
  const bytes = readFileSync(path);
  const kept = [];
  for (let at = 8; at < bytes.length;) {
    const start = at;
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      more = bytes[at] >= 0x80;
      size |= (bytes[at++] & 0x7f) << shift;
    }
    at += size;
    if (id !== CUSTOM) kept.push(bytes.subarray(start, at));
  }
  return Buffer.concat(kept);
}

const [a, b] = process.argv.slice(2).map(sections);
if (!a.equals(b)) process.exit(1);
