/**
 * `_home` in browsers: what a page saves is there after the page was loaded anew, and after the browser was started anew with the same profile,
 * functions and metatables included; a state that another page has is refused; a page that is left saves by itself.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS, close, evaluate, launch, newProfile } from "./browsers.mjs";
import { serve } from "./server.mjs";

let server;
before(async () => (server = await serve()));
after(() => server?.close());

/** What runs in a page goes there as its text, so that it can use nothing of this file. */
async function define({ Cu, IndexedDbStore }) {
  const cu = await Cu.create({ store: new IndexedDbStore("home-test") });
  await cu.loadState();
  await cu.compute(`
    local n, seen = 0, {}
    function _home.count(name) n = n + 1 seen[name] = true return n end
    local Point = {} Point.__index = Point
    function Point:sum() return self.x + self.y end
    _home.point = setmetatable({ x = 1, y = 2.5 }, Point)
    _home.list = {} for i = 1, 10000 do _home.list[i] = i / 2 end
    _home.big = bigint.new(2) ^ 100
    _home.count("first")`);
  await cu.saveState();
  await cu.close();
}

async function use({ Cu, IndexedDbStore }) {
  const cu = await Cu.create({ store: new IndexedDbStore("home-test") });
  const { found } = await cu.loadState();
  const result = await cu.computeAll("return _home.count('again'), _home.point:sum(), #_home.list, _home.list[10000], tostring(_home.big)");
  await cu.saveState();
  await cu.close();
  return [found, ...result];
}

const EXPECTED = (count) => [true, count, 3.5, 10_000, 5_000, String(2n ** 100n)];

for (const name of BROWSERS) {
  describe(name, () => {
    const profile = newProfile(`${name}-state`);
    let browser;
    let page;
    const open = async () => {
      browser = await launch(name, profile);
      page = await browser.newPage();
      await page.goto(server.address);
    };
    before(open);
    after(() => browser?.close());

    test("a state survives reloads and a restart of the browser", async () => {
      await evaluate(page, define);
      assert.deepEqual(await evaluate(page, use), EXPECTED(2));
      await page.reload();
      assert.deepEqual(await evaluate(page, use), EXPECTED(3));
      await close(browser, profile);
      await open();
      assert.deepEqual(await evaluate(page, use), EXPECTED(4));
    });

    test("a state that another page has is refused, and free when that page is gone", async () => {
      const other = await browser.newPage();
      await other.goto(server.address);
      await evaluate(other, async ({ Cu, IndexedDbStore }) => {
        globalThis.cu = await Cu.create({ store: new IndexedDbStore("home-test") });
      });
      const attempt = ({ Cu, IndexedDbStore }) => Cu.create({ store: new IndexedDbStore("home-test") }).then(async (cu) => {
        await cu.close();
        return "open";
      }, (error) => error.name);
      assert.equal(await evaluate(page, attempt), "StateLockedError");
      await other.close();
      assert.equal(await evaluate(page, attempt), "open");
    });

    test("a page that is hidden saves by itself", async () => {
      await evaluate(page, async ({ Cu, IndexedDbStore }) => {
        const cu = await Cu.create({ store: new IndexedDbStore("autosave-test"), autosave: { everyMs: 3_600_000 } });
        await cu.compute("_home.left = 'kept'");
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        // Closing waits for the save that is under way.
        await cu.close();
      });
      const kept = await evaluate(page, async ({ Cu, IndexedDbStore }) => {
        const cu = await Cu.create({ store: new IndexedDbStore("autosave-test") });
        await cu.loadState();
        const left = cu.home.get("left");
        await cu.close();
        return left;
      });
      assert.equal(kept, "kept");
    });
  });
}
