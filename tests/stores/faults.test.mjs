/** What can be wrong with a directory: each is a clear error, nothing is lost, and when it has been mended the same store goes on. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { CuClosedError, QuotaError, StateLockedError, StoreError } from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { filled, load, pages, rejects, same, save } from "./contract.mjs";
import { CHILD, ended, generationsOf, inFolder, linesOf, startChild } from "./support.mjs";

const { ClassicLevel } = createRequire(new URL("../../js/package.json", import.meta.url))("classic-level");
const ONE = pages({ 1: [1] });

/** The LevelDB of the only state of a directory. */
const levelOf = (directory) => join(directory, readdirSync(directory)[0], "pages");

test("a full disk", (context) => onDisk(context, "24m", async (folder) => {
  const store = new DirectoryStore(join(folder, "store"));
  const state = await store.open("main");
  await state.read();
  /** The generation in some pages, and one that is as random as what fills a disk is, whether LevelDB compresses or not. */
  const saveGeneration = (n, mebibytes) => {
    const put = new Map(Array.from({ length: 12 }, (_, i) => [i, new Uint8Array(new Uint32Array(8192).fill(n).buffer)]));
    return state.write({ put: put.set(12, filled(mebibytes * 2 ** 20, n)), remove: "all" }, "strict");
  };
  const found = async () => {
    const read = await state.read();
    read.delete(12);
    return generationsOf(read);
  };
  await saveGeneration(1, 1);

  // More than the disk holds: what part of it was written is given back at once.
  const error = await rejects(saveGeneration(2, 40), QuotaError, /^the state "main" in .* cannot be written: there is no room on the disk$/);
  assert.match(error.cause.message, /No space left/);
  assert.deepEqual(await found(), [1]);
  await saveGeneration(3, 1);
  assert.deepEqual(await found(), [3]);

  // Filled by somebody else, to each of some degrees.
  let refused = 0;
  for (let n = 4, free = 3 * 2 ** 20; free > 0; n++, free -= 2 ** 18) {
    fill(folder, free);
    const saved = await saveGeneration(n, 1).then(() => true, (problem) => {
      assert.ok(problem instanceof QuotaError, `${problem}`);
      refused++;
      return false;
    });
    rmSync(join(folder, "filler"));
    if (!saved) {
      assert.deepEqual(await found(), [n - 1]);
      await saveGeneration(n, 1);
    }
    assert.deepEqual(await found(), [n]);
  }
  assert.ok(refused > 0, "the disk was never full");

  // Full while it is opened anew.
  const last = await found();
  await state.close();
  fill(folder, 0);
  await rejects(store.open("new"), QuotaError, /^the state "new" in .* cannot be opened: there is no room on the disk$/);
  rmSync(join(folder, "filler"));
  const after = await load(store, "main");
  after.delete(12);
  assert.deepEqual(generationsOf(after), last);
  await store.close();
}));

test("a state that another process takes while a full disk has this one lose it", (context) => onDisk(context, "8m", async (folder) => {
  const directory = join(folder, "store");
  const store = new DirectoryStore(directory);
  const state = await store.open("main");
  await state.read();
  await state.write({ put: new Map([[7, filled(2 ** 20, 7)]]), remove: [] }, "strict");
  fill(folder, 0);
  // To go on, LevelDB would have to bring what its log holds into a table.
  await rejects(state.write({ put: new Map([[2, filled(100_000, 2)]]), remove: [] }, "strict"), QuotaError, /no room/);
  rmSync(join(folder, "filler"));
  const child = startChild("hold", directory, "main");
  for await (const line of linesOf(child)) if (line === "open") break;
  await rejects(state.write({ put: pages({ 3: [3] }), remove: [] }, "strict"), StateLockedError, /^the state "main" in .* was opened by another process meanwhile: close it and open it again$/);
  child.kill("SIGKILL");
  await ended(child);
  await rejects(state.write({ put: pages({ 4: [4] }), remove: [] }, "strict"), StateLockedError, /meanwhile/);
  // Even if nothing but what is stored told it.
  writeFileSync(join(directory, readdirSync(directory)[0], `open-by-${process.pid}`), "");
  await rejects(state.write({ put: pages({ 4: [4] }), remove: [] }, "strict"), StoreError, /cannot be written: another process changed it meanwhile: close it and open it again$/);
  await state.close();
  same(await load(store, "main"), new Map([[1, Uint8Array.of(1)], [7, filled(2 ** 20, 7)]]));
  await store.close();
}));

test("a disk that is read-only", (context) => onDisk(context, "4m", async (folder) => {
  const store = new DirectoryStore(join(folder, "store"));
  await save(store, "main", ONE);
  execFileSync("mount", ["-o", "remount,ro", folder]);
  await rejects(store.open("main"), StoreError, /^the state "main" in .* cannot be opened: the file system is read-only$/);
  await rejects(store.open("new"), StoreError, /^the state "new" in .* cannot be opened: the file system is read-only$/);
  same(await store.list(), ["main"]);
  execFileSync("mount", ["-o", "remount,rw", folder]);
  same(await load(store, "main"), ONE);
  await store.close();
}));

test("a folder that the user may not write to, and one that he may not even read", () => inFolder(async (folder) => {
  chmodSync(folder, 0o755);
  const directory = join(folder, "store");
  const store = new DirectoryStore(directory);
  await save(store, "main", ONE);
  const asNobody = () => spawnSync(process.execPath, [CHILD, "nobody", directory, "main"], { encoding: "utf8" }).stdout.trim().split("\n");
  const setRights = (rights) => {
    const all = readdirSync(directory, { recursive: true }).map((file) => join(directory, file));
    for (const file of [directory, ...all]) chmodSync(file, statSync(file).isDirectory() ? rights : rights & 0o666);
  };
  setRights(0o555);
  const cannot = (state, verb) => new RegExp(`^StoreError: the state "${state}" in .* cannot be ${verb}: no permission$`);
  const expected = [cannot("main", "opened"), cannot("another", "opened"), /^\["main"\]$/, cannot("main", "opened")];
  check(asNobody(), expected);
  chmodSync(directory, 0o700);
  // Only for who is not root can that be what it is like.
  if (process.getuid() === 0) check(asNobody(), [cannot("main", "opened"), cannot("another", "opened"), /^StoreError: the states in .* cannot be listed: no permission$/, /^StoreError: .*no permission/]);
  setRights(0o755);
  same(await load(store, "main"), ONE);
  await store.close();
}));

function check(lines, patterns) {
  assert.equal(lines.length, patterns.length, lines.join("\n"));
  patterns.forEach((pattern, i) => assert.match(lines[i], pattern));
}

test("a folder that is missing, a folder that is none", () => inFolder(async (folder) => {
  const missing = new DirectoryStore(join(folder, "not", "there"));
  await rejects(missing.open("main"), StoreError, /^the state "main" in .* cannot be opened: the folder .*not is missing$/);
  same(await missing.list(), []);
  await missing.remove("main");
  mkdirSync(join(folder, "not"));
  await save(missing, "main", ONE);
  same(await load(new DirectoryStore(pathToFileURL(join(folder, "not", "there"))), "main"), ONE);

  writeFileSync(join(folder, "file"), "");
  const file = new DirectoryStore(join(folder, "file"));
  for (const call of [() => file.open("main"), () => file.list(), () => file.remove("main")]) await rejects(call(), StoreError, /ENOTDIR/);
}));

test("a folder that vanishes under an open state", () => inFolder(async (folder) => {
  const store = new DirectoryStore(join(folder, "store"));
  const state = await store.open("main");
  await state.read();
  await state.write({ put: ONE, remove: [] }, "strict");
  rmSync(join(folder, "store"), { recursive: true });
  await rejects(state.write({ put: pages({ 2: [2] }), remove: [] }, "strict"), StoreError, /^the state "main" in .* cannot be written: its folder was removed$/);
  await state.close();
  same(await load(store, "main"), pages({}));
  await save(store, "main", ONE);
  same(await load(store, "main"), ONE);
  await store.close();
}));

test("arguments that are no folder", () => {
  for (const argument of [undefined, null, 1, "", {}, new URL("http://localhost/")]) assert.throws(() => new DirectoryStore(argument), TypeError);
});

test("a store that is closed while a state is being opened", () => inFolder(async (folder) => {
  const store = new DirectoryStore(join(folder, "store"));
  await save(store, "main", ONE);
  const other = new DirectoryStore(join(folder, "store"));
  const opening = other.open("main");
  const closing = other.close();
  await rejects(opening, CuClosedError, /the store was closed/);
  await closing;
  same(await load(store, "main"), ONE);
  await store.close();
}));

test("what dead processes left behind stops nobody", () => inFolder(async (folder) => {
  const directory = join(folder, "store");
  const store = new DirectoryStore(directory);
  await save(store, "main", ONE);
  const state = join(directory, readdirSync(directory)[0]);
  // One of the number of this very process, as in a container that was started anew, and one of another.
  writeFileSync(join(state, `open-by-${process.pid}`), "12345");
  writeFileSync(join(state, "open-by-1000000"), "12345");
  writeFileSync(join(state, "name.new"), "ma");
  same(await load(store, "main"), ONE);
  writeFileSync(join(state, `open-by-${process.pid}`), "");
  same(await load(store, "main"), ONE);
  assert.deepEqual(readdirSync(state).filter((file) => file.startsWith("open-by-")), []);
  // A save that removed all pages, whose process ended before it removed the name.
  await save(store, "main", new Map(), "all");
  writeFileSync(join(state, "name"), "main");
  same(await load(store, "main"), pages({}));
  same(await store.list(), []);
  await store.close();
}));

const DAMAGES = [
  ["a LevelDB of something else", async (level) => {
    rmSync(level, { recursive: true });
    const other = new ClassicLevel(level);
    await other.put("key", "value");
    await other.close();
  }, /^the state "main" in .* cannot be opened: it is a LevelDB of something else$/],
  ["a header that is none", (level) => putRaw(level, [0], "cu-stare 1 ab"), /: it is a LevelDB of something else, or damaged$/],
  ["a later format", (level) => putRaw(level, [0], "cu-store 2 ab"), /: a later version of this library made it \(format 2\)$/],
  ["a key that is none", (level) => putRaw(level, [1, 2], "x"), /^the state "main" in .* cannot be read: it has keys that are none of a page$/],
  ["no MANIFEST", (level) => readdirSync(level).filter((file) => file.startsWith("MANIFEST")).forEach((file) => rmSync(join(level, file))), /: it is damaged \(/],
  ["CURRENT cut off", (level) => truncateSync(join(level, "CURRENT"), 3), /: it is damaged \(/],
  ["MANIFEST with a flipped bit", (level) => flip(level, /^MANIFEST/, 20), /: it is damaged \(/],
  ["a table cut off", (level) => readdirSync(level).filter((file) => file.endsWith(".ldb")).forEach((file) => truncateSync(join(level, file), 10)), /: it is damaged \(/],
  ["a table with a flipped bit in its index", (level) => flip(level, /\.ldb$/, -60), /: it is damaged \(/],
];

for (const [title, damage, message] of DAMAGES) {
  test(`a damaged state: ${title}`, () => inFolder(async (folder) => {
    const directory = join(folder, "store");
    const store = new DirectoryStore(directory);
    await save(store, "main", new Map([[1, filled(50_000, 1)], [2, filled(50_000, 2)]]));
    // Opening brings what the log holds into a table.
    same(await load(store, "main"), new Map([[1, filled(50_000, 1)], [2, filled(50_000, 2)]]));
    const level = levelOf(directory);
    cpSync(level, join(folder, "whole"), { recursive: true });
    await damage(level);
    await rejects(load(store, "main"), StoreError, message);
    // It hinders no other state, is as it was, and can be mended.
    await save(store, "other", ONE);
    same(await load(store, "other"), ONE);
    same(await store.list(), ["main", "other"]);
    await rejects(load(store, "main"), StoreError, message);
    rmSync(level, { recursive: true });
    cpSync(join(folder, "whole"), level, { recursive: true });
    same(await load(store, "main"), new Map([[1, filled(50_000, 1)], [2, filled(50_000, 2)]]));
    await store.close();
  }));
}

async function putRaw(folder, key, value) {
  const level = new ClassicLevel(folder, { keyEncoding: "view" });
  await level.put(Uint8Array.from(key), value);
  await level.close();
}

function flip(folder, pattern, at) {
  for (const file of readdirSync(folder).filter((name) => pattern.test(name))) {
    const bytes = readFileSync(join(folder, file));
    bytes[at < 0 ? bytes.length + at : at] ^= 0x10;
    writeFileSync(join(folder, file), bytes);
  }
}

/** Runs a function with a folder that is a file system of its own, in memory. */
function onDisk(context, size, work) {
  return inFolder(async (folder) => {
    if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]).status !== 0) {
      return context.skip("no file system can be mounted here: that takes root");
    }
    try {
      await work(folder);
    } finally {
      // Also if a test that failed has files of it open.
      execFileSync("umount", ["--lazy", folder]);
    }
  });
}

/** Leaves so many bytes free. */
function fill(folder, freeBytes) {
  const available = Number(execFileSync("df", ["--output=avail", "-B1", folder], { encoding: "utf8" }).split("\n")[1]);
  execFileSync("fallocate", ["-l", String(Math.max(available - freeBytes, 4096)), join(folder, "filler")]);
}
