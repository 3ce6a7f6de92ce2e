// What saving and loading costs, measured in any host beside what the store itself needs for the same bytes, by turns. The function is
// complete in itself, so that it can be handed to a page of a browser.

/**
 * `openStore(name)` opens a store that is new under that name, `reopen(name)` one that was closed; `turns` is how often each row is
 * measured. Resolves to rows `{ name, ours, store, unit, most }`: medians, and how many times `store` (or how much) `ours` may be.
 */
export async function measureState({ Cu, openStore, reopen, turns, entries = 1_000_000 }) {
  const now = () => performance.now();
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const rows = [];
  const timed = async (work) => {
    const start = now();
    await work();
    return now() - start;
  };

  // What one page costs the store.
  const page = new Uint8Array(32_768).map((_, i) => (i * 167) & 255);
  const bare = await openStore("bare");
  const opened = await bare.open("pages");
  await opened.read();

  const oneChange = async (name, fill, change) => {
    const store = await openStore(name);
    const cu = await Cu.create({ store });
    await cu.compute(fill);
    await cu.saveState();
    const times = { save: [], page: [], blocking: [] };
    for (let turn = 0; turn < turns * 3; turn++) {
      await cu.compute(change.replaceAll("TURN", String(turn)));
      page[turn] ^= 1;
      times.page.push(await timed(() => opened.write({ put: new Map([[turn % 4, page]]), remove: [] }, "strict")));
      let saving;
      times.blocking.push(await timed(() => { saving = cu.saveState(); }));
      const start = now();
      await saving;
      times.save.push(times.blocking.at(-1) + now() - start);
    }
    await cu.close();
    await store.close();
    return { save: median(times.save), page: median(times.page), blocking: median(times.blocking) };
  };
  const changes = {
    "numbers of a sequence": [`for i = 1, ${entries} do t[i] = i / 3 end`, "_home.data[500 + TURN * 31] = TURN"],
    "fields of a table": [`for i = 1, ${entries} do t["key" .. i] = i end`, "_home.data['key' .. 777 + TURN] = -TURN"],
    "entries of many tables": [
      `for i = 1, ${entries / 5} do t[i] = { id = i, name = "name " .. i, on = true, at = i / 7 } end`, "_home.data[700 + TURN].at = -TURN",
    ],
  };
  for (const [what, [fill, change]] of Object.entries(changes)) {
    const figures = await oneChange(what, `local t = ext.table() _home.data = t ${fill}`, change);
    rows.push({ name: `save, one of ${entries} ${what} changed`, ours: figures.save, store: figures.page, unit: "ms", most: 3 });
    rows.push({ name: `  of that, blocking`, ours: figures.blocking, unit: "ms", most: 1 });
  }

  // A sequence of numbers, first save and load.
  const first = { save: [], bytes: [], load: [], read: [] };
  for (let turn = 0; turn < turns; turn++) {
    const store = await openStore(`first${turn}`);
    const cu = await Cu.create({ store });
    await cu.compute(`_home.seq = {} local t = _home.seq for i = 1, ${entries} do t[i] = math.random() end`);
    first.save.push(await timed(() => cu.saveState()));
    await cu.close();
    const state = await store.open("home");
    const pages = await state.read();
    await state.close();
    const copy = await store.open("copy");
    await copy.read();
    first.bytes.push(await timed(() => copy.write({ put: pages, remove: [] }, "strict")));
    await copy.close();
    await store.close();
    const again = await reopen(`first${turn}`);
    let other;
    first.read.push(await timed(async () => {
      other = await again.open("copy");
      await other.read();
    }));
    await other.close();
    let loaded;
    first.load.push(await timed(async () => {
      loaded = await Cu.create({ store: again });
      await loaded.loadState();
    }) - (await timed(() => Cu.create())));
    await loaded.close();
    await again.close();
  }
  rows.push({ name: `first save of ${entries} numbers`, ours: median(first.save), store: median(first.bytes), unit: "ms", most: 3 });
  rows.push({ name: `load of ${entries} numbers`, ours: median(first.load), store: median(first.read), unit: "ms", most: 3 });

  // Functions.
  const count = 1_000;
  const restore = [];
  for (let turn = 0; turn < turns; turn++) {
    const store = await openStore(`functions${turn}`);
    const cu = await Cu.create({ store });
    await cu.compute(`for i = 1, ${count} do local n, s = i, "text " .. i _home["f" .. i] = function(x) n = n + x return n, s end end`);
    await cu.saveState();
    await cu.close();
    const next = await Cu.create({ store });
    const time = await timed(async () => {
      await next.loadState();
      await next.compute(`for i = 1, ${count} do assert(_home["f" .. i](1) == i + 1) end`);
    });
    restore.push((time * 1_000) / count);
    await next.close();
    await store.close();
  }
  rows.push({ name: `restore of a function and its first call, of ${count}`, ours: median(restore), unit: "µs", most: 50 });

  const small = [];
  const store = await openStore("small");
  const cu = await Cu.create({ store });
  for (let turn = 0; turn < turns * 3; turn++) {
    await cu.compute(`for i = 1, 10 do
      local n = i
      _home["t" .. i] = { n = ${turn}, name = "x" }
      _home["f" .. i] = function() n = n + 1 return n end
    end`);
    small.push(await timed(() => cu.saveState()));
  }
  await cu.close();
  await store.close();
  rows.push({ name: "save of 10 tables and 10 functions", ours: median(small), unit: "ms", most: 10 });
  await opened.close();
  await bare.close();
  return rows;
}
