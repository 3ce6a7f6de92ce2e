/** What waiting for promises costs: awaits from Lua beside the same awaits in JavaScript. */
import { Cu } from "../../../js/dist/index.js";
import { clock } from "../clock.mjs";
import { median } from "../statistics.mjs";

const TURNS = 25;
const TURNS_QUICK = 5;
const AWAITS = 1000;
const WARM_UP_TURNS = 2;
/** What all awaits together may take beyond the promises. */
const MORE_MS_MAX = 3;

const ABOUT = `Milliseconds of processor time for ${AWAITS} awaits of a function that returns a promise which is settled already.`;

export async function measure({ quick, progress }) {
  const cu = await Cu.create({ seed: 1 });
  const later = async (x) => x;
  cu.setInput({ later, now: (x) => x });
  const awaiting = `for i = 1, ${AWAITS} do later(i) end`;
  const contenders = {
    "the promises themselves": async () => { for (let i = 0; i < AWAITS; i++) await later(i); },
    "awaited from Lua": () => cu.compute(`local later = _io.input.later ${awaiting}`),
    "from Lua, within two coroutines": () => cu.compute(`
      local later, wrap = _io.input.later, coroutine.wrap
      wrap(function() wrap(function() ${awaiting} end)() end)()`),
    "calls of a function without a promise": () => cu.compute(`local now = _io.input.now for i = 1, ${AWAITS} do now(i) end`),
  };
  progress(Object.keys(contenders).join(", "));
  const times = await measureByTurns(contenders, quick ? TURNS_QUICK : TURNS);
  cu.close();
  const [alone] = Object.values(times);
  const rows = Object.entries(times).map(([name, ms], i) => {
    const more = ms - alone;
    const atMost = name.includes("from Lua") ? `${MORE_MS_MAX}${more > MORE_MS_MAX ? " ✗" : ""}` : "";
    return [name, ms.toFixed(2), i === 0 ? "" : more.toFixed(2), atMost];
  });
  const table = { columns: ["", "ms", "more than the promises", "at most"], rows };
  return { title: "Waiting for promises", about: ABOUT, tables: [table], charts: [] };
}

async function measureByTurns(contenders, turns) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let turn = -WARM_UP_TURNS; turn < turns; turn++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = clock();
      await run();
      if (turn >= 0) times[name].push((clock() - start) * 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}
