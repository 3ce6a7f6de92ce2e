/**
 * IndexedDbStore in Chromium and in Firefox: the contract of the stores, with Web Locks and with the leases that stand in for them; what
 * outlives a reload, the browser, and a page that ends with a state open; no room; pages of other versions.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { CASES } from "../stores/contract.mjs";
import { BROWSERS, close, evaluate, kill, launch, newProfile, TIMEOUT_MS } from "./browsers.mjs";
import { IN_ONE_PAGE, readGenerations, runCase, saveGenerations, writeDoubles } from "./in_page.mjs";
import { serve } from "./server.mjs";
import { randomFrom } from "../js/support.mjs";
import { examplesOf } from "../stores/support.mjs";

let server;
before(async () => (server = await serve({ "/contract.mjs": new URL("../stores/contract.mjs", import.meta.url) })));
after(() => server?.close());

// At once: most of the time is waiting for locks and leases.
describe("browsers", { concurrency: true }, () => {
  for (const name of BROWSERS) describe(name, { concurrency: false }, () => testIn(name));
});

function testIn(name) {
  const profile = newProfile(`${name}-stores`);
  let browser;
  const start = async () => (browser = await launch(name, profile));
  before(start);
  after(() => browser?.close());

  async function newPage() {
    const page = await browser.newPage();
    await page.goto(server.address);
    return page;
  }

  for (const locks of ["Web Locks", "leases"]) {
    describe(locks, () => {
      let page;
      before(async () => {
        page = await newPage();
        if (locks === "leases") await page.evaluate(() => Object.defineProperty(navigator, "locks", { value: undefined }));
      });
      after(() => page?.close());

      test("they are what there is", async () => assert.equal(await page.evaluate(() => navigator.locks !== undefined), locks === "Web Locks"));

      for (const [i, [title]] of CASES.entries()) {
        test(title, { timeout: TIMEOUT_MS }, () => evaluate(page, runCase, { i, database: `contract ${locks} ${i}` }));
      }
    });
  }
  const inPage = async (work, argument) => {
    const page = await newPage();
    try {
      return await evaluate(page, work, argument);
    } finally {
      await page.close();
    }
  };

  test("what was saved outlives a reload, a page, the browser, and its sudden end", async () => {
    const put = (n) => `const state = await store.open("état"), pages = await state.read();
      await state.write({ put: new Map([[${n}, new Uint8Array(40_000).fill(${n})], [0, Uint8Array.of(${n})]]), remove: [] }, "strict");`;
    const found = `return [...pages].sort(([a], [b]) => a - b).map(([n, page]) => [n, page.length, page[0], page.at(-1)]);`;
    const step = (page, n, end = "") => evaluate(page, `async ({ IndexedDbStore }) => { const store = new IndexedDbStore("restarts"); ${put(n)} ${end} ${found} }`);
    const expected = (last, ns) => [...(last === 0 ? [] : [[0, 1, last, last]]), ...ns.map((n) => [n, 40_000, n, n])];

    let page = await newPage();
    assert.deepEqual(await step(page, 1), expected(0, []));
    await page.reload();
    assert.deepEqual(await step(page, 2), expected(1, [1]));
    await page.close();
    page = await newPage();
    assert.deepEqual(await step(page, 3), expected(2, [1, 2]));
    await close(browser, profile);
    await start();
    assert.deepEqual(await step(await newPage(), 4), expected(3, [1, 2, 3]));
    await kill(browser, profile);
    await start();
    page = await newPage();
    assert.deepEqual(await step(page, 5, "await state.close(); await store.close();"), expected(4, [1, 2, 3, 4]));
    assert.deepEqual(await evaluate(page, ({ IndexedDbStore }) => new IndexedDbStore("restarts").list()), ["état"]);
    await page.close();
  });

  test("a page that ends at any moment leaves one save whole, and the state free", { timeout: TIMEOUT_MS }, async () => {
    const seed = Number(process.env.CU_SEED ?? 20_240_607);
    console.log(`${name}: CU_SEED=${seed}`);
    const random = randomFrom(seed);
    for (let round = 0, generation = 0; round < (process.env.CU_LONG === "1" ? 100 : 10); round++) {
      const page = await newPage();
      let acknowledged = generation;
      page.on("console", (message) => (acknowledged = Number(/^saved (\d+)$/.exec(message.text())?.[1] ?? acknowledged)));
      // It never ends by itself; that its page is gone is no failure.
      evaluate(page, saveGenerations, { database: "generations", generation }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50 + random(300)));
      const last = acknowledged;
      await page.close();
      const found = await inPage(readGenerations, "generations");
      assert.equal(found.generations.length, 1, `round ${round}: pages of the saves ${found.generations}`);
      assert.ok(found.generations[0] >= last, `round ${round}: save ${last} was acknowledged, ${found.generations[0]} is there`);
      assert.ok(found.waitedMs < 1000, `the state was free after ${found.waitedMs} ms`);
      generation = found.generations[0];
    }
  });

  test("another tab is refused while one has the state, and gets it when that one is closed", async () => {
    const holder = await newPage();
    await evaluate(holder, async ({ IndexedDbStore }) => void (globalThis.held = await new IndexedDbStore("tabs").open("main")));
    const open = async ({ IndexedDbStore }) => new IndexedDbStore("tabs").open("main").then((state) => state.close().then(() => "open"), (error) => error.name);
    assert.equal(await inPage(open), "StateLockedError");
    await holder.close();
    assert.equal(await inPage(open), "open");
  });

  test("the lease of a page that ended is over after some seconds", async () => {
    const holder = await newPage();
    const open = async ({ IndexedDbStore }) => {
      Object.defineProperty(navigator, "locks", { value: undefined });
      const state = await new IndexedDbStore("lease").open("main").catch((error) => error);
      globalThis.held = state;
      return state instanceof Error ? state.name : "open";
    };
    assert.equal(await evaluate(holder, open), "open");
    // Longer than a lease: it is renewed.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const other = await newPage();
    assert.equal(await evaluate(other, open), "StateLockedError");
    await holder.close();
    let tries = 0;
    await other.reload();
    while ((await evaluate(other, open)) !== "open") {
      assert.ok(++tries < 4, "it is never over");
      await other.reload();
    }
    await other.close();
  });

  test("10^6 random doubles take little more than their bytes on the disk, when the browser has been closed", async () => {
    const own = newProfile(`${name}-size`);
    for (let i = 0; i < 2; i++) {
      const other = await launch(name, own);
      const page = await other.newPage();
      await page.goto(server.address);
      const before = await evaluate(page, writeDoubles, "doubles");
      assert.equal(before, i * 245);
      await close(other, own);
    }
    const bytes = databaseBytes(own);
    console.log(`${name}: ${bytes} bytes`);
    assert.ok(bytes > 8_000_000 && bytes <= 16_000_000, `${bytes} bytes`);
  });

  test("the example of docs/STORES.md", () => {
    const [, program] = examplesOf(readFileSync(new URL("../../docs/STORES.md", import.meta.url), "utf8")).find(([heading]) => heading === "In a browser");
    return inPage(`async ({ IndexedDbStore }) => {
      const assert = { deepEqual: (a, b) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(JSON.stringify(a)); } };
      ${program}
    }`);
  });

  for (const [title, work, expected] of IN_ONE_PAGE) {
    test(title, { timeout: TIMEOUT_MS }, async () => assert.deepEqual(await inPage(work, title), expected));
  }

  // The other browser has no such command.
  test("no room is a QuotaError, and nothing was written", { skip: name !== "chromium" && "only Chromium lets a test say how much room there is" }, async () => {
    // On an origin of its own, from the beginning: the browser goes by what it has found out before for half a minute.
    const own = await serve();
    const page = await browser.newPage();
    await page.goto(own.address);
    const protocol = await page.createCDPSession();
    const { origin } = new URL(own.address);
    await protocol.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 2 ** 21 });
    await evaluate(page, async ({ IndexedDbStore }) => {
      globalThis.state = await new IndexedDbStore("quota").open("main");
      await state.read();
      await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
    });
    const fill = () => evaluate(page, async () => {
      const many = new Map(Array.from({ length: 400 }, (_, i) => [i, crypto.getRandomValues(new Uint8Array(32_768))]));
      return state.write({ put: many, remove: [] }, "strict").then(() => "written", (error) => [error.name, error.message, error.cause.name]);
    });
    assert.deepEqual(await fill(), ["QuotaError", 'the state "main" cannot be written: the browser grants no more room', "QuotaExceededError"]);
    assert.deepEqual(await evaluate(page, async () => [...(await state.read())].map(([n, bytes]) => [n, ...bytes])), [[1, 1]]);
    await protocol.send("Storage.overrideQuotaForOrigin", { origin });
    assert.equal(await fill(), "written");
    assert.equal(await evaluate(page, async () => (await state.read()).size), 400);
    await page.close();
    await own.close();
  });
}

/** Of the files in which the browser keeps IndexedDB. */
function databaseBytes(profile) {
  const files = readdirSync(profile, { recursive: true }).filter((file) => /IndexedDB|storage\/default/.test(file));
  return files.map((file) => statSync(`${profile}/${file}`)).reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
}
