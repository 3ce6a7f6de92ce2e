/** The contract on the stores that Node can have. Those of a browser are in tests/browser. */
import { describe, test } from "node:test";
import * as library from "../../js/dist/index.js";
import { CASES } from "./contract.mjs";

const { MemoryStore } = library;

/** By store: a new place, with what the cases do with it. */
const PLACES = {
  MemoryStore: () => {
    const store = new MemoryStore();
    return { store, another: async () => store, again: async () => store, end: () => store.close() };
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
