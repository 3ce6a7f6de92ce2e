/**
 * IndexedDbStore in Chromium and in Firefox: the contract of the stores, with Web Locks and with the leases that stand in for them; what
 * outlives a reload, the browser, and a page that ends with a state open; no room; pages of other versions.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CASES } from "../stores/contract.mjs";
import { BROWSERS, evaluate, launch, newProfile, TIMEOUT_MS } from "./browsers.mjs";
import { serve } from "./server.mjs";

let server;
before(async () => (server = await serve({ "/contract.mjs": new URL("../stores/contract.mjs", import.meta.url) })));
after(() => server?.close());

for (const name of BROWSERS) {
  describe(name, () => {
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

        for (const [i, [title]] of CASES.entries()) {
          test(title, { timeout: TIMEOUT_MS }, () => evaluate(page, runCase, { i, database: `contract ${locks} ${i}` }));
        }
      });
    }
  });
}

/** In the page. */
async function runCase(library, { i, database }) {
  const { CASES } = await import("/contract.mjs");
  const stores = [];
  const another = async () => {
    const store = new library.IndexedDbStore(database);
    stores.push(store);
    return store;
  };
  const closeAll = () => Promise.all(stores.map((store) => store.close()));
  const again = async () => {
    await closeAll();
    return another();
  };
  await CASES[i][1]({ library, store: await another(), another, again });
  await closeAll();
}
