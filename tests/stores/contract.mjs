/**
 * The contract of js/src/stores/store.ts as a table of cases, run against every store, in Node and in pages of browsers: nothing here is
 * of the one or the other. A case gets a place that holds nothing and what can be done with it:
 *
 *   store      a store on that place
 *   another()  a second store on the same place, as another instance would have it
 *   again()    closes all stores of the place and gives a new one, as after a restart
 *   library    the host library, for its classes of errors
 */

export const CASES = [
  ["a state that is not there is made, and empty", async ({ store }) => {
    const state = await store.open("main");
    same(await state.read(), pages({}));
    same(await store.list(), []);
    await state.close();
    same(await store.list(), []);
  }],
  ["what was written is read, after a restart too", async ({ store, again }) => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await save(store, "main", pages({ 0: [7], 1: all, 40: filled(32_768, 3) }));
    same(await load(store, "main"), pages({ 0: [7], 1: all, 40: filled(32_768, 3) }));
    same(await load(await again(), "main"), pages({ 0: [7], 1: all, 40: filled(32_768, 3) }));
  }],
  ["what was written is read again by the one who has the state", async ({ store }) => {
    await save(store, "main", pages({ 0: [7] }));
    const state = await store.open("main");
    same(await state.read(), pages({ 0: [7] }));
    await state.write({ put: pages({ 0: [8], 1: [9] }), remove: [] }, "strict");
    same(await state.read(), pages({ 0: [8], 1: [9] }));
    await state.write({ put: pages({ 2: [1] }), remove: "all" }, "relaxed");
    same(await state.read(), pages({ 2: [1] }));
    await state.close();
  }],
  ["one step puts, replaces and removes", async ({ store, again }) => {
    const state = await store.open("main");
    await state.read();
    await state.write({ put: pages({ 1: [1], 2: [2], 3: [3] }), remove: [] }, "strict");
    await state.write({ put: pages({ 2: [22, 22], 4: [4] }), remove: [1, 99] }, "strict");
    await state.close();
    same(await load(store, "main"), pages({ 2: [22, 22], 3: [3], 4: [4] }));
    same(await load(await again(), "main"), pages({ 2: [22, 22], 3: [3], 4: [4] }));
  }],
  ["a number that is put and removed is put", async ({ store }) => {
    await save(store, "main", pages({ 1: [1], 2: [2] }));
    await save(store, "main", pages({ 1: [11] }), [1, 2]);
    same(await load(store, "main"), pages({ 1: [11] }));
  }],
  ["everything else can be removed at once", async ({ store, again }) => {
    await save(store, "main", new Map(range(100).map((i) => [i, filled(100, i)])));
    await save(store, "main", pages({ 50: [5], 1000: [1] }), "all");
    same(await load(store, "main"), pages({ 50: [5], 1000: [1] }));
    await save(store, "main", new Map(), "all");
    same(await load(await again(), "main"), pages({}));
  }],
  ["a change of nothing", async ({ store, again }) => {
    await save(store, "main", new Map());
    await save(store, "main", pages({ 1: [1] }));
    await save(store, "main", new Map());
    same(await load(await again(), "main"), pages({ 1: [1] }));
  }],
  ["relaxed saves and strict ones", async ({ store, again }) => {
    const state = await store.open("main");
    await state.read();
    for (const i of range(50)) await state.write({ put: pages({ [i]: [i + 1], 1000: [i + 1] }), remove: [i - 10].filter((n) => n >= 0) }, i % 2 === 0 ? "strict" : "relaxed");
    await state.close();
    same(await load(await again(), "main"), new Map([...range(10).map((i) => [i + 40, Uint8Array.of(i + 41)]), [1000, Uint8Array.of(50)]]));
  }],
  ["many pages", async ({ store, again }) => {
    const many = new Map(range(5000).map((i) => [i * 3, filled(1 + (i % 300), i)]));
    await save(store, "main", many);
    same(await load(await again(), "main"), many);
  }],
  ["big pages", async ({ store, again }) => {
    const big = pages({ 1: filled(9 * 2 ** 20 + 1, 1), 2: filled(70_000, 2), 3: [3] });
    await save(store, "main", big);
    same(await load(await again(), "main"), big);
  }],
  ["a page that is part of a larger buffer, or of a shared one", async ({ store, again }) => {
    const view = filled(100_000, 5).subarray(50_000, 50_010);
    const shared = typeof SharedArrayBuffer === "function" ? new Uint8Array(new SharedArrayBuffer(10)).fill(6) : filled(10, 6);
    await save(store, "main", new Map([[1, view], [2, shared]]));
    const read = await load(await again(), "main");
    same(read, new Map([[1, view], [2, shared]]));
    same([...read.values()].map((page) => page.constructor === Uint8Array), [true, true]);
    // What lies around a view is no part of the page, and takes no room.
    same([...read.values()].map((page) => page.buffer.byteLength), [10, 10]);
  }],
  ["numbers of pages at their limits", async ({ store, again }) => {
    const limits = pages(Object.fromEntries([0, 1, 255, 256, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1].map((n, i) => [n, [i]])));
    await save(store, "main", limits);
    same(await load(await again(), "main"), limits);
  }],
  ["names of any characters, each its own state", async ({ store, again }) => {
    const names = [
      "a", "A", "ab", "a\0", "a\0b", "a/b", "a\\b", "..", ".", "/", " ", "con", "-", "~", "*", "\n", "é", "e\u0301", "ß", "日本語", "\u{1f600}", "\u{10ffff}",
      "\uffff", "__proto__", "constructor", "x".repeat(200), "\u{1f600}".repeat(100), "é".repeat(200), `${"x".repeat(199)}y`,
    ];
    for (const [i, name] of names.entries()) await save(store, name, pages({ [i]: [i + 1] }));
    const after = await again();
    same(await after.list(), [...names].sort());
    for (const [i, name] of names.entries()) same(await load(after, name), pages({ [i]: [i + 1] }));
  }],
  ["the list has states that hold a page, and no others", async ({ store, another, again }) => {
    const b = await store.open("b");
    await b.read();
    await b.write({ put: pages({ 1: [1] }), remove: [] }, "strict");
    await save(store, "a", pages({ 1: [1] }));
    const empty = await store.open("empty");
    const second = await another();
    same(await store.list(), ["a", "b"]);
    same(await second.list(), ["a", "b"]);
    await b.write({ put: new Map(), remove: [1] }, "strict");
    same(await store.list(), ["a"]);
    await b.write({ put: pages({ 2: [2] }), remove: [] }, "relaxed");
    await Promise.all([b.close(), empty.close()]);
    same(await (await again()).list(), ["a", "b"]);
  }],
  ["a removed state is gone, the others are not", async ({ store, again }) => {
    for (const name of ["a", "ab", "b"]) await save(store, name, pages({ 1: [1], 2: filled(50_000, 2) }));
    await store.remove("a");
    await store.remove("a");
    await store.remove("never there");
    same(await store.list(), ["ab", "b"]);
    same(await load(store, "a"), pages({}));
    await save(store, "a", pages({ 3: [3] }));
    const after = await again();
    same(await load(after, "a"), pages({ 3: [3] }));
    same(await load(after, "ab"), pages({ 1: [1], 2: filled(50_000, 2) }));
  }],
  ["two states of a place at once, in one store or in two", async ({ store, another, again }) => {
    const second = await another();
    const states = await Promise.all([store.open("a"), store.open("b"), second.open("c")]);
    await Promise.all(states.map((state) => state.read()));
    for (const i of range(20)) await Promise.all(states.map((state, n) => state.write({ put: pages({ [i]: [n, i] }), remove: [] }, "relaxed")));
    await Promise.all(states.map((state) => state.close()));
    const after = await again();
    for (const [n, name] of ["a", "b", "c"].entries()) same(await load(after, name), new Map(range(20).map((i) => [i, Uint8Array.of(n, i)])));
  }],
  ["who comes second is refused, in time, and gets it when it is free", async ({ store, another, library }) => {
    const second = await another();
    const state = await store.open("main");
    await state.read();
    await state.write({ put: pages({ 1: [1] }), remove: [] }, "strict");
    const refused = [store.open("main"), second.open("main"), store.remove("main"), second.remove("main")];
    await Promise.all(refused.map(async (call) => {
      const start = performance.now();
      await rejects(call, library.StateLockedError, /^the state "main" is open elsewhere/);
      const waited = performance.now() - start;
      if (waited < 1900 || waited > 3500) throw new Error(`refused after ${waited} ms`);
    }));
    // The refusals took nothing from the holder, and no right either.
    await rejects(second.open("main"), library.StateLockedError, /elsewhere/);
    await state.write({ put: pages({ 2: [2] }), remove: [] }, "strict");
    await state.close();
    same(await load(second, "main"), pages({ 1: [1], 2: [2] }));
    same(await load(store, "main"), pages({ 1: [1], 2: [2] }));
  }],
  ["who waits gets it from one who closes meanwhile", async ({ store, another }) => {
    const second = await another();
    const state = await store.open("main");
    const waiting = second.open("main");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await state.close();
    await (await waiting).close();
  }],
  ["of many who want it at once one has it at a time", async ({ store, another }) => {
    const second = await another();
    let holders = 0;
    await Promise.all(range(8).map(async (i) => {
      const state = await (i % 2 === 0 ? store : second).open("main");
      if (++holders !== 1) throw new Error(`${holders} have it`);
      const read = await state.read();
      await state.write({ put: pages({ 1: [(read.get(1)?.[0] ?? 0) + 1] }), remove: [] }, "relaxed");
      holders--;
      await state.close();
    }));
    same(await load(store, "main"), pages({ 1: [8] }));
  }],
  ["calls that do not wait take their turn", async ({ store, again }) => {
    const state = await store.open("main");
    const calls = [state.read(), ...range(20).map((i) => state.write({ put: pages({ [i]: [i], 100: [i] }), remove: [] }, "relaxed")), state.close()];
    await Promise.all(calls);
    same(await load(await again(), "main"), new Map([...range(20).map((i) => [i, Uint8Array.of(i)]), [100, Uint8Array.of(19)]]));
  }],
  ["nothing can be done with what was closed", async ({ store, another, library }) => {
    const state = await store.open("main");
    await state.read();
    await state.close();
    await state.close();
    await rejects(state.read(), library.CuClosedError, /"main" was closed/);
    await rejects(state.write({ put: pages({ 1: [1] }), remove: [] }, "strict"), library.CuClosedError, /"main" was closed/);
    same(await load(store, "main"), pages({}));
    const second = await another();
    if (second === store) return;
    const left = await second.open("main");
    await left.read();
    await left.write({ put: pages({ 1: [1] }), remove: [] }, "strict");
    await second.close();
    await second.close();
    for (const call of [() => second.open("x"), () => second.list(), () => second.remove("x")]) await rejects(call(), library.CuClosedError, /the store was closed/);
    await rejects(left.write({ put: pages({ 1: [2] }), remove: [] }, "strict"), library.CuClosedError, /closed/);
    same(await load(store, "main"), pages({ 1: [1] }));
  }],
  ["the bytes are copies, both ways", async ({ store, again }) => {
    const page = Uint8Array.of(1, 2, 3);
    const state = await store.open("main");
    await state.read();
    await state.write({ put: new Map([[1, page]]), remove: [] }, "strict");
    page.fill(9);
    await state.close();
    const read = await load(store, "main");
    same(read, pages({ 1: [1, 2, 3] }));
    read.get(1).fill(8);
    read.delete(1);
    same(await load(store, "main"), pages({ 1: [1, 2, 3] }));
    same(await load(await again(), "main"), pages({ 1: [1, 2, 3] }));
  }],
  ["names that are none", async ({ store }) => {
    for (const name of [undefined, null, 0, {}, [], Symbol("s"), "", "x".repeat(201), "\ud800", "a\udc00b"]) {
      await rejects(store.open(name), TypeError, /^the name of a state /);
      await rejects(store.remove(name), TypeError, /^the name of a state /);
    }
    same(await store.list(), []);
  }],
  ["changes that are none", async ({ store, again }) => {
    const state = await store.open("main");
    await rejects(state.write({ put: new Map(), remove: [] }, "strict"), TypeError, /read before/);
    await state.read();
    await state.write({ put: pages({ 1: [1] }), remove: [] }, "strict");
    const page = Uint8Array.of(2);
    const changes = [
      undefined, null, 1, {}, { put: new Map() }, { put: {}, remove: [] }, { put: [[1, page]], remove: [] }, { put: new Map(), remove: "some" }, { put: new Map(), remove: new Set([1]) },
      ...[-1, 0.5, NaN, Infinity, 2 ** 32, "1", 1n, null, undefined, {}].flatMap((n) => [{ put: new Map([[1, page], [n, page]]), remove: [] }, { put: new Map([[1, page]]), remove: [1, n] }]),
      ...[null, undefined, "x", [1], new ArrayBuffer(1), new Uint8Array(0), new Uint16Array(1), new DataView(new ArrayBuffer(1))].map((p) => ({ put: new Map([[1, page], [2, p]]), remove: [] })),
    ];
    for (const change of changes) await rejects(state.write(change, "strict"), TypeError, /./);
    for (const durability of [undefined, "", "Strict", true]) await rejects(state.write({ put: new Map([[1, page]]), remove: [] }, durability), TypeError, /durability/);
    await state.write({ put: pages({ 3: [3] }), remove: [] }, "strict");
    await state.close();
    same(await load(await again(), "main"), pages({ 1: [1], 3: [3] }));
  }],
];

// ---- what the cases are written with, and other tests too

/** Pages from an object: `{ 1: [7] }`. */
export function pages(contents) {
  return new Map(Object.entries(contents).map(([number, bytes]) => [Number(number), Uint8Array.from(bytes)]));
}

/** Bytes that look random and say which they are. */
export function filled(length, seed) {
  const bytes = new Uint8Array(length);
  for (let i = 0, x = seed * 2_654_435_761 + 1; i < length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}

export async function load(store, name) {
  const state = await store.open(name);
  try {
    return await state.read();
  } finally {
    await state.close();
  }
}

export async function save(store, name, put, remove = []) {
  const state = await store.open(name);
  try {
    await state.read();
    await state.write({ put, remove }, "strict");
  } finally {
    await state.close();
  }
}

/** Lists, or pages whatever their order. */
export function same(actual, expected) {
  if (!(expected instanceof Map)) {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
    return;
  }
  const numbers = (map) => [...map.keys()].sort((a, b) => a - b);
  same(numbers(actual), numbers(expected));
  for (const [number, page] of expected) {
    const other = actual.get(number);
    if (other.length !== page.length || other.some((byte, i) => byte !== page[i])) throw new Error(`page ${number} is another`);
  }
}

export async function rejects(promise, type, message) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof type && message.test(error.message)) return error;
    throw new Error(`rejected with ${error}, which is not a ${type.name} with ${message}`, { cause: error });
  }
  throw new Error(`not rejected, with ${type.name} ${message}`);
}

function range(n) {
  return Array.from({ length: n }, (_, i) => i);
}
