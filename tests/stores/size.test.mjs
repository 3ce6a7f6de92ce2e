/** What a directory takes on the disk: as much as its pages, and a bounded multiple while it is written. CU_LONG=1 makes it a million rounds. */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { filled } from "./contract.mjs";
import { inFolder, LONG, readState } from "./support.mjs";

/** 10^6 doubles, as random bytes are: nothing can be compressed. */
const PAGES = 245;
const PAGE_BYTES = 32_768;
const BYTES_MAX = 16_000_000;
const ROUNDS = LONG ? 1_000_000 : 10_000;

const doubles = (seed) => new Map(Array.from({ length: PAGES }, (_, i) => [i, filled(PAGE_BYTES, seed * PAGES + i)]));

/** LevelDB removes files while this looks. */
function bytesOf(folder) {
  return readdirSync(folder, { recursive: true }).reduce((sum, file) => {
    const found = statSync(join(folder, file), { throwIfNoEntry: false });
    return sum + (found?.isFile() ? found.size : 0);
  }, 0);
}

test("10^6 random doubles, closed and opened again, then written anew many times", () => inFolder(async (folder) => {
  const store = new DirectoryStore(folder);
  const state = await store.open("main");
  await state.read();
  await state.write({ put: doubles(0), remove: [] }, "strict");
  await state.close();
  assert.equal((await readState(folder)).pages.size, PAGES);
  const first = bytesOf(folder);
  assert.ok(first <= BYTES_MAX, `${first} bytes`);

  const again = await store.open("main");
  await again.read();
  let most = 0;
  for (let i = 1; i <= 20; i++) {
    await again.write({ put: doubles(i), remove: [] }, "strict");
    most = Math.max(most, bytesOf(folder));
  }
  await again.close();
  const last = bytesOf(folder);
  console.log(`${first} bytes, at most ${most} while it is written anew 20 times, ${last} closed`);
  assert.ok(most < 20 * PAGES * PAGE_BYTES, `${most} bytes while it was written`);
  assert.ok(last <= BYTES_MAX, `${last} bytes`);
  await store.close();
}));

test(`pages that come and go, ${ROUNDS} times`, () => inFolder(async (folder) => {
  const store = new DirectoryStore(folder);
  const state = await store.open("main");
  await state.read();
  const page = filled(4096, 1);
  let most = 0;
  for (let i = 0; i < ROUNDS; i++) {
    await state.write({ put: new Map([[i, page]]), remove: i > 0 ? [i - 1] : [] }, "relaxed");
    if (i % (ROUNDS / 100) === 0) most = Math.max(most, bytesOf(folder));
  }
  await state.close();
  const last = bytesOf(folder);
  console.log(`at most ${most} bytes, ${last} closed`);
  assert.ok(most < 96 * 2 ** 20, `${most} bytes while it was written`);
  assert.ok(last < 2 * 2 ** 20, `${last} bytes`);
  await store.close();
}));
