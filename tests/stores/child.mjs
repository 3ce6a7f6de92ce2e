/**
 * A process of its own with a DirectoryStore, for tests that end it, watch it or take its rights:
 *
 *   save FOLDER GENERATION [DURABILITY COUNT]   saves generations until it is ended, and says when it starts and each that was acknowledged
 *   hold FOLDER STATE                           opens a state, says so, and keeps it
 *   nobody FOLDER STATE                         as a user who may do nothing: says what open, list and remove do
 */
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryStore } from "../../js/dist/stores/directory.js";

const NOBODY = 65_534;
const PAGES = 12;
const PAGE_WORDS = 8192;

/** Without a buffer in between: what was said is said, whatever comes next. */
const say = (text) => writeSync(1, `${text}\n`);
const outcome = (promise) => promise.then((value) => JSON.stringify(value ?? null), (error) => `${error.name}: ${error.message}`);

const MODES = {
  async save(folder, generation, durability, count = Infinity) {
    say("started");
    const state = await new DirectoryStore(folder).open("main");
    await state.read();
    for (let n = Number(generation) + 1; n <= Number(generation) + Number(count); n++) {
      const relaxed = durability === undefined ? n % 3 === 0 : durability === "relaxed";
      await state.write({ put: pagesOf(n), remove: "all" }, relaxed ? "relaxed" : "strict");
      say(`saved ${n}`);
    }
  },
  async hold(folder, name) {
    const state = await new DirectoryStore(folder).open(name);
    await state.read();
    await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
    say("open");
    setInterval(() => state, 1000);
  },
  async nobody(folder, name) {
    if (process.getuid() === 0) {
      // Its code may be where that user cannot read it.
      const own = mkdtempSync(join(tmpdir(), "cu-nobody-"));
      const store = new DirectoryStore(own);
      await store.open("main");
      await store.close();
      rmSync(own, { recursive: true });
      process.setgroups([]);
      process.setgid(NOBODY);
      process.setuid(NOBODY);
    }
    const store = new DirectoryStore(folder);
    say(await outcome(store.open(name)));
    say(await outcome(store.open("another")));
    say(await outcome(store.list()));
    say(await outcome(store.remove(name)));
  },
};

/** Every page carries the generation, in all of its words, and which pages there are changes with it. */
function pagesOf(n) {
  return new Map(Array.from({ length: PAGES }, (_, i) => [i + (n % 3) * 6, new Uint8Array(new Uint32Array(PAGE_WORDS).fill(n).buffer)]));
}

const [mode, ...args] = process.argv.slice(2);
await MODES[mode](...args);
