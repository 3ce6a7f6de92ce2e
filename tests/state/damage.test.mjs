/**
 * States that were altered on the way: an import gives a clear error or a state, whatever the bytes are, and what `_home` holds is either the new
 * state or the one before. Half of the altered states have their checksums made right again, so that what is behind the checksums is tried too.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore, StateFormatError } from "../../js/dist/index.js";
import { randomFrom } from "../js/support.mjs";
import { create, digest, isLong, reopen } from "./support.mjs";

const SEED = 411;
const HEADING_BYTES = 12;
const PAGE_HEADING_BYTES = 8;
const PAGE_CHECKED_FROM = 8;
const PAGE_HEADER_BYTES = 25;

/** CRC-32, not the library's own. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc >>> 0;
});

function crc32(bytes) {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

/** The pages of an exported state, as far as they can be told apart. */
function pagesOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pages = [];
  for (let at = HEADING_BYTES; at + PAGE_HEADING_BYTES <= bytes.length; ) {
    const number = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    at += PAGE_HEADING_BYTES;
    if (length < PAGE_HEADER_BYTES || at + length > bytes.length) break;
    pages.push({ number, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return pages;
}

/** Makes lengths, checksums and the manifest agree with what the pages are now. */
function mend(bytes) {
  let sum = 0;
  let count = 0;
  let manifest;
  const seal = (page) => {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    view.setUint32(12, page.length, true);
    const checksum = crc32(page.subarray(PAGE_CHECKED_FROM));
    view.setUint32(4, checksum, true);
    return checksum;
  };
  for (const { number, bytes: page } of pagesOf(bytes)) {
    if (number === 0) {
      manifest = page;
      continue;
    }
    count++;
    sum = (sum + (Math.imul(seal(page) ^ number, 0x9e3779b1) >>> 0)) >>> 0;
  }
  if (manifest === undefined) return;
  // The count is one byte in the states of this test.
  if (manifest.length > PAGE_HEADER_BYTES + 5) {
    manifest[PAGE_HEADER_BYTES] = count;
    new DataView(manifest.buffer, manifest.byteOffset, manifest.length).setUint32(PAGE_HEADER_BYTES + 1, sum, true);
  }
  seal(manifest);
}

function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/** Ways to alter bytes; each gives new bytes. */
const MUTATIONS = [
  (bytes, r) => { bytes[r(bytes.length)] ^= 1 << r(8); return bytes; },
  (bytes, r) => { bytes[r(bytes.length)] = r(256); return bytes; },
  (bytes, r) => { for (let i = 1 + r(8); i > 0; i--) bytes[r(bytes.length)] = [0, 1, 127, 128, 255][r(5)]; return bytes; },
  (bytes, r) => bytes.slice(0, r(bytes.length)),
  (bytes, r) => { const at = r(bytes.length); bytes.copyWithin(at, r(bytes.length), r(bytes.length)); return bytes; },
  (bytes, r) => { const at = r(bytes.length); return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + r(9))); },
  (bytes, r) => { const at = r(bytes.length); return joined(bytes.subarray(0, at), Uint8Array.of(r(256), r(256)), bytes.subarray(at)); },
  (bytes, r) => { const at = r(bytes.length); bytes.fill(255, at, at + 1 + r(9)); return bytes; },
];

/** What a state holds, and into how many times fewer rounds it goes, being larger. */
const STATES = {
  "values of every kind": `_home.i = 3 _home.f = 3.0 _home.s = 'text' _home.b = '\\255' _home.big = bigint.new(2) ^ 90 _home.n = ext.null
    _home[true] = math.maxinteger _home[1] = 'one' _home[2] = { 1, nil, 3, x = { 'y' } } local t = {} t.t = t _home.t = t _home[t] = 1 _home.print = print`,
  "functions": `local n, t = 0, _home function _home.count() n = n + 1 return n end function _home.get() return n, t end
    function _home.acc(self, x) return string.format('%d', x) end function _home.fib(k) return k < 2 and k or _home.fib(k - 1) + _home.fib(k - 2) end`,
  "a table in parts": `_home.t = {} for i = 1, 5000 do _home.t[i] = i / 2 end local u = {} _home.u = u for i = 1, 1200 do u['k' .. i] = i end`,
};

test("the checksum is that of zlib", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

for (const [name, code] of Object.entries(STATES)) {
  test(`altered states: ${name}`, async () => {
    const rounds = isLong ? 350_000 : 6_000;
    console.log(`seed ${SEED}, ${rounds} rounds`);
    const random = randomFrom(SEED);
    const source = await create();
    await source.compute(code);
    const whole = source.exportState();
    assert.equal(pagesOf(whole).reduce((sum, page) => sum + page.bytes.length + PAGE_HEADING_BYTES, HEADING_BYTES), whole.length);
    const mended = whole.slice();
    mend(mended);
    assert.deepEqual(mended, whole, "mending leaves a whole state alone");
    const cu = await create({ limits: { hostBytes: 4_000_000 } });
    await cu.compute("_home.before = 'still here'");
    const seen = { loaded: 0, refused: 0 };
    for (let round = 0; round < rounds; round++) {
      let bytes = whole.slice();
      for (let left = 1 + random(3); left > 0 && bytes.length > 0; left--) bytes = MUTATIONS[random(MUTATIONS.length)](bytes, random);
      if (random(2) === 1) mend(bytes);
      try {
        cu.importState(bytes, random(4) === 0 ? { salvage: true } : {});
        seen.loaded++;
        cu.home.set("before", "still here");
      } catch (error) {
        seen.refused++;
        const isExpected = error instanceof StateFormatError || /host memory limit reached/.test(error.message);
        if (!isExpected) throw new Error(`round ${round}: ${error.stack}`);
        if (cu.home.get("before") !== "still here") throw new Error(`round ${round}: what was there before is lost`);
      }
    }
    console.log(`${seen.loaded} were loaded, ${seen.refused} refused`);
    assert.ok(seen.refused > rounds / 10);
    cu.importState(whole);
    assert.deepEqual(cu.exportState(), whole);
    assert.equal(await cu.compute("return 1 + 1"), 2);
    await cu.close();
    await source.close();
  });
}

test("every bit that is flipped, and every end, is noticed", async () => {
  const source = await create();
  await source.compute("_home.a = 1 _home.t = { 'x', 2.5 } function _home.f() return 1 end");
  const whole = source.exportState();
  const cu = await create();
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = whole.slice();
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(() => cu.importState(bytes), StateFormatError, `bit ${bit}`);
  }
  for (let length = 0; length < whole.length; length++) assert.throws(() => cu.importState(whole.slice(0, length)), StateFormatError);
  await cu.close();
  await source.close();
});

test("a damaged page does not harm the others", async () => {
  const store = new MemoryStore();
  const cu = await create({ store });
  await cu.compute("_home.good = { 1, 2, 3 } local t = {} _home.seq = t for i = 1, 20000 do t[i] = i / 2 end local u = {} _home.map = u for i = 1, 9000 do u['k' .. i] = i end");
  await cu.saveState();
  await cu.close();
  const pages = store.states.get("home");
  const kinds = new Set();
  for (const number of pages.keys()) {
    const damaged = new MemoryStore();
    const copy = new Map([...pages].map(([key, page]) => [key, page.slice()]));
    const page = copy.get(number);
    const kind = page[24];
    page[page.length - 1] ^= 64;
    const opened = await damaged.open("home");
    await opened.read();
    await opened.write({ put: copy, remove: [] }, "relaxed");
    await opened.close();
    const again = await create({ store: damaged });
    await assert.rejects(again.loadState(), { name: "StateFormatError", message: new RegExp(`page ${number} of the state is damaged`) });
    const { problems } = await again.loadState({ salvage: true });
    assert.match(problems[0], new RegExp(`page ${number}`));
    kinds.add(kind);
    // A page of records holds the small tables, and what says where the others are.
    if (kind !== 1) {
      assert.deepEqual(again.home.get("good").toJS(), [1, 2, 3]);
      assert.ok(again.home.get("seq").size >= (kind === 2 ? 20000 - 4096 : 20000));
      assert.ok(again.home.get("map").size > (kind === 3 ? 4000 : 8999));
    }
    // What was kept can be saved, and is whole then.
    await again.saveState();
    const expected = await digest(again);
    await again.close();
    const last = await reopen(damaged);
    assert.equal(await digest(last), expected);
    await last.close();
  }
  assert.deepEqual([...kinds].sort(), [0, 1, 2, 3]);
});
