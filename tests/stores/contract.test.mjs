/** The contract on the stores that Node can have. Those of a browser are in tests/browser. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as library from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { CASES } from "./contract.mjs";

const { MemoryStore } = library;

/** By store: a new place, with what the cases do with it. */
const PLACES = {
  MemoryStore: () => {
    const store = new MemoryStore();
    return { store, another: async () => store, again: async () => store, end: () => store.close() };
  },
  DirectoryStore: () => {
    const directory = mkdtempSync(join(tmpdir(), "cu-contract-"));
    const stores = [new DirectoryStore(join(directory, "store"))];
    const another = async () => {
      const store = new DirectoryStore(join(directory, "store"));
      stores.push(store);
      return store;
    };
    const closeAll = () => Promise.all(stores.map((store) => store.close()));
    const again = async () => {
      await closeAll();
      return another();
    };
    const end = async () => {
      await closeAll();
      rmSync(directory, { recursive: true });
    };
    return { store: stores[0], another, again, end };
  },
};

for (const [name, makePlace] of Object.entries(PLACES)) {
  describe(name, () => {
    for (const [title, run] of CASES) {
      test(title, async () => {
        const { end, ...place } = makePlace();
        try {
          await run({ ...place, library });
        } finally {
          await end();
        }
      });
    }
  });
}
