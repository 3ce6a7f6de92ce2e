/** What the tests of IndexedDbStore run in a page. Each function goes there as its text, so that it can use nothing of this file. */

/** A case of the contract. */
export async function runCase(library, { i, database }) {
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

/** Each with a database of its own name. What goes wrong shall be a clear error, and leave what there was. */
export const IN_ONE_PAGE = [
  ["a lock that was stolen", async ({ IndexedDbStore }, database) => {
    const state = await new IndexedDbStore(database).open("main");
    await state.read();
    await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
    navigator.locks.request(`cu:${database}:main`, { steal: true }, () => new Promise((resolve) => setTimeout(resolve, 500)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = await state.write({ put: new Map([[1, Uint8Array.of(2)]]), remove: [] }, "strict").catch((error) => `${error.name}: ${error.message}`);
    await state.close();
    const after = await new IndexedDbStore(database).open("main");
    return [refused, ...(await after.read()).get(1)];
  }, ['StateLockedError: the state "main" was lost to another page: close it and open it again', 1]],
  ["a lease that was lost", async ({ IndexedDbStore }, database) => {
    Object.defineProperty(navigator, "locks", { value: undefined });
    const state = await new IndexedDbStore(database).open("main");
    await state.read();
    await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
    const connection = await new Promise((resolve) => (indexedDB.open(database).onsuccess = ({ target }) => resolve(target.result)));
    const leases = connection.transaction("leases", "readwrite").objectStore("leases");
    const found = await new Promise((resolve) => (leases.getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    await new Promise((resolve) => (leases.put({ holder: "another", until: Date.now() + 1000 }, "main").onsuccess = resolve));
    const refused = await state.write({ put: new Map([[1, Uint8Array.of(2)]]), remove: [] }, "strict").catch((error) => `${error.name}: ${error.message}`);
    await state.close();
    const after = await new IndexedDbStore(database).open("main");
    return [found, refused, ...(await after.read()).get(1)];
  }, [["main"], 'StateLockedError: the state "main" was lost to another page: close it and open it again', 1]],
  ["a worker has the state, and the page has not", async ({ IndexedDbStore, StateLockedError }, database) => {
    const code = `import("${location.origin}/index.js").then(async ({ IndexedDbStore }) => {
      const state = await new IndexedDbStore(${JSON.stringify(database)}).open("main");
      await state.read();
      await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
      postMessage("written");
    })`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
    await new Promise((resolve, reject) => Object.assign(worker, { onmessage: resolve, onerror: reject }));
    const store = new IndexedDbStore(database);
    const refused = await store.open("main").catch((error) => error instanceof StateLockedError);
    worker.terminate();
    return [refused, ...(await (await store.open("main")).read()).get(1)];
  }, [true, 1]],
  ["a database that is deleted under an open state", async ({ IndexedDbStore }, database) => {
    const store = new IndexedDbStore(database);
    const write = (state) => state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict").then(() => "written", (error) => `${error.name}: ${error.message}`);
    const state = await store.open("main");
    await state.read();
    const results = [await write(state)];
    await new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase(database), { onsuccess: resolve, onblocked: () => reject(new Error("blocked")) }));
    results.push(await write(state), await store.list());
    await state.close();
    const after = await store.open("main");
    results.push((await after.read()).size, await write(after), await store.list());
    return results;
  }, ["written", 'StoreError: the state "main" cannot be written: somebody else changed or removed it: close it and open it again', [], 0, "written", ["main"]]],
  ["a later version of the library in another page", async ({ IndexedDbStore }, database) => {
    const store = new IndexedDbStore(database);
    const state = await store.open("main");
    await state.read();
    const write = () => state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict").then(() => "written", (error) => `${error.name}: ${error.message}`);
    const results = [await write()];
    const later = await new Promise((resolve, reject) => Object.assign(indexedDB.open(database, 99), { onsuccess: ({ target }) => resolve(target.result), onblocked: reject }));
    results.push(await write(), await store.list().catch((error) => error.message), await new IndexedDbStore(database).open("other").catch((error) => error.message));
    return [...results, later.version];
  }, [
    "written",
    'StoreError: the state "main" cannot be written: a later version of this library made the database "a later version of the library in another page"',
    'the states in the database "a later version of the library in another page" cannot be listed: a later version of this library made the database "a later version of the library in another page"',
    'the state "other" cannot be opened: a later version of this library made the database "a later version of the library in another page"', 99,
  ]],
  ["a database of something else", async ({ IndexedDbStore }, database) => {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pages");
    await new Promise((resolve) => (opening.onsuccess = resolve));
    opening.result.close();
    return new IndexedDbStore(database).open("main").catch((error) => `${error.name}: ${error.message}`);
  }, 'StoreError: the state "main" cannot be opened: the database "a database of something else" is one of something else'],
  ["a page that is none", async ({ IndexedDbStore }, database) => {
    const store = new IndexedDbStore(database);
    const state = await store.open("main");
    await state.read();
    await state.write({ put: new Map([[1, Uint8Array.of(1)]]), remove: [] }, "strict");
    await state.close();
    const connection = await new Promise((resolve) => (indexedDB.open(database).onsuccess = ({ target }) => resolve(target.result)));
    await new Promise((resolve) => (connection.transaction("pages", "readwrite").objectStore("pages").put("text", ["main", 2]).onsuccess = resolve));
    return (await store.open("main")).read().catch((error) => `${error.name}: ${error.message}`);
  }, 'StoreError: the state "main" cannot be read: it is damaged: main,2 is no page'],
  ["another page that does not let go of the database", async ({ IndexedDbStore }, database) => {
    const connection = await new Promise((resolve) => (indexedDB.open(database, 1).onsuccess = ({ target }) => resolve(target.result)));
    indexedDB.deleteDatabase(database);
    const refused = await new IndexedDbStore(database).open("main").catch((error) => `${error.name}: ${error.message}`);
    connection.close();
    const state = await new IndexedDbStore(database).open("main");
    return [refused, (await state.read()).size];
  }, ['StoreError: the state "main" cannot be opened: another page does not let go of the database "another page that does not let go of the database"', 0]],
  ["no IndexedDB, or none that may be used", async ({ IndexedDbStore }, database) => {
    const messages = [];
    for (const value of [undefined, { open: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } }]) {
      Object.defineProperty(globalThis, "indexedDB", { value, configurable: true });
      messages.push(await new IndexedDbStore(database).open("main").catch((error) => `${error.name}: ${error.message}`));
    }
    return messages;
  }, ['StoreError: the state "main" cannot be opened: there is no IndexedDB here', 'StoreError: the state "main" cannot be opened: The operation is insecure.']],
];

/** Saves without end, each save a generation that all pages carry. Now and then it is relaxed, and of other pages. */
export async function saveGenerations({ IndexedDbStore }, { database, generation }) {
  const state = await new IndexedDbStore(database).open("main");
  await state.read();
  for (let n = generation + 1; ; n++) {
    const put = new Map(Array.from({ length: 12 }, (_, i) => [i + (n % 3) * 6, new Uint8Array(new Uint32Array(8192).fill(n).buffer)]));
    await state.write({ put, remove: "all" }, n % 5 === 0 ? "relaxed" : "strict");
    console.log(`saved ${n}`);
  }
}

export async function readGenerations({ IndexedDbStore }, database) {
  const store = new IndexedDbStore(database);
  const start = performance.now();
  const state = await store.open("main");
  const waitedMs = performance.now() - start;
  const pages = await state.read();
  await store.close();
  const numbers = [...pages.values()].flatMap((page) => [...new Uint32Array(page.buffer)]);
  return { generations: pages.size === 0 ? [0] : [...new Set(numbers)], waitedMs };
}

/** 10^6 random doubles, in pages, the first time; says how many pages there were. */
export async function writeDoubles({ IndexedDbStore }, database) {
  const store = new IndexedDbStore(database);
  const state = await store.open("main");
  const { size } = await state.read();
  const random = () => crypto.getRandomValues(new Uint8Array(32_768));
  if (size === 0) await state.write({ put: new Map(Array.from({ length: 245 }, (_, i) => [i, random()])), remove: [] }, "strict");
  await store.close();
  return size;
}
