/** Streams and values without the module: what the writer writes, the reader reads back, whatever the lengths; broken streams are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { innerModules, randomFrom } from "./support.mjs";

const inner = await innerModules([
  "account", "memory", "values", "streams", "handles", "functions", "drafts", "expose", "ledger", "space", "text", "tables",
]);
const BUFFER = 1024;
const CELL = 512;
const BUFFER_BYTES = 4096;

/** The host's side of a boundary with nothing behind it. */
function createHost() {
  const memory = new inner.memory.Memory(new ArrayBuffer(2_097_152), (which) => [BUFFER, BUFFER_BYTES, CELL, 1_572_864, 16][which]);
  const account = new inner.account.Account({});
  const io = Object.create(null);
  const functions = new inner.functions.Functions(() => [], () => {});
  const space = new inner.space.Space(account, functions, {});
  const ledger = new inner.ledger.Ledger(account);
  const drafts = new inner.drafts.Drafts(io);
  const exposures = new inner.expose.Exposures([]);
  const handles = new inner.handles.Handles(space, exposures, drafts, ledger);
  const bufferfuls = new inner.streams.Bufferfuls(memory);
  const queue = new inner.streams.PullQueue(memory, bufferfuls);
  const values = new inner.values.Values(memory, bufferfuls, handles, functions, space.stored, true);
  handles.handleOf(io);
  handles.handleOfHome(space.root);
  handles.handleOf({});
  const tables = new inner.tables.Tables({ memory, handles, values, drafts, exposures, queue, space, ledger, giveBack() {} });
  return { memory, handles, values, queue, tables, drafts };
}

/** Hands the written stream back as if the module had sent it. */
function turnAround({ memory, values, queue }) {
  queue.setOfImport(values.writer.finish());
  let bytes = memory.i32[memory.cellI32];
  for (;;) {
    const before = memory.u8.slice(BUFFER, BUFFER + BUFFER_BYTES);
    const next = queue.pull();
    if (next < 0) break;
    const pulled = memory.u8.slice(BUFFER, BUFFER + BUFFER_BYTES);
    memory.u8.set(before, BUFFER);
    values.reader.push(bytes);
    memory.u8.set(pulled, BUFFER);
    bytes = next;
  }
  memory.i32[memory.cellI32] = bytes;
  values.reader.begin();
}

const SEED = 20250117;
const random = randomFrom(SEED);

function randomText(length) {
  const alphabet = ["a", "\0", "é", "€", "😀", "\ud800", "\udc00", "\ufeff", "z"];
  let text = "";
  while (text.length < length) text += alphabet[random(alphabet.length)];
  return text;
}

function randomValue() {
  switch (random(9)) {
    case 0: return undefined;
    case 1: return random(2) === 0;
    case 2: return random(2 ** 32) - 2 ** 31;
    case 3: return [NaN, -0, Infinity, -Infinity, 1e300, 0.1, 2 ** 53, -(2 ** 53), Number.MAX_SAFE_INTEGER][random(9)];
    case 4: return "x".repeat(random(60));
    case 5: return randomText(random(40));
    case 6: return "y".repeat(BUFFER_BYTES - 80 + random(100));
    case 7: return (random(2) === 0 ? 1n : -1n) * BigInt(`0x${"f".repeat(1 + random(40))}`);
    default: return null;
  }
}

test(`values written are values read (seed ${SEED})`, () => {
  for (let round = 0; round < 2_000; round++) {
    const host = createHost();
    const written = Array.from({ length: 1 + random(12) }, randomValue);
    host.values.writeAll(written);
    turnAround(host);
    assert.deepEqual(host.values.readAll(written.length), written, `round ${round}`);
  }
});

test("long strings and bigints cross in parts, whatever their length", () => {
  const host = createHost();
  for (const length of [BUFFER_BYTES - 33, BUFFER_BYTES - 17, BUFFER_BYTES - 16, BUFFER_BYTES - 15, BUFFER_BYTES, 3 * BUFFER_BYTES, 100_000]) {
    for (const unit of ["a", "é", "€", "😀", "\ud83d"]) {
      const text = unit.repeat(Math.ceil(length / unit.length));
      host.values.writeAll([7, text, 8]);
      turnAround(host);
      assert.deepEqual(host.values.readAll(3), [7, text, 8], `${length} × ${JSON.stringify(unit)}`);
    }
    const big = -(1n << BigInt(length * 8));
    host.values.writeAll([big]);
    turnAround(host);
    assert.deepEqual(host.values.readAll(1), [big]);
  }
});

for (const [name, bytes, expected, address = 1_000_001] of [
  ["text", [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac], "aé€"],
  ["bytes that are no text", [0xff, 0, 0x80], Uint8Array.of(0xff, 0, 0x80)],
  ["nothing", [], ""],
  ["at the end of the memory", [0x65, 0x6e, 0x64], "end", 2 ** 21 - 3],
]) {
  test(`a lent string, ${name}, is read where it is, and what follows behind its record`, () => {
    const host = createHost();
    host.memory.u8.set(bytes, address);
    sendRecords(host, [[6, bytes.length, 4, address], [6, bytes.length, 4, address], [2]]);
    const [first, second, third] = host.values.readAll(3);
    host.memory.u8.fill(0x7a, address, address + bytes.length);
    assert.deepEqual([first, second, third], [expected, expected, true]);
  });
}

test("objects keep their identity and the lowest free handle", () => {
  const { handles } = createHost();
  const objects = Array.from({ length: 1_000 }, () => ({}));
  assert.deepEqual(objects.map((object) => handles.handleOf(object)), objects.map((_, i) => i + 4));
  handles.release(Int32Array.of(500, 17, 900, 18, 17));
  assert.equal(handles.count, 996);
  handles.release(Int32Array.of(17, 1));
  assert.equal(handles.count, 996);
  assert.deepEqual([{}, {}, {}, {}, {}].map((object) => handles.handleOf(object)), [17, 18, 500, 900, 1_004]);
  assert.equal(handles.handleOf(objects[0]), 4);
  assert.equal(handles.count, 1_001);
});

test("when most handles are released, the others stay what they are", () => {
  const { handles } = createHost();
  const objects = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? {} : [i]));
  for (const object of objects) handles.handleOf(object);
  handles.release(Int32Array.from({ length: 990 }, (_, i) => i + 4));
  assert.equal(handles.count, 10);
  assert.deepEqual(objects.slice(990).map((object) => handles.handleOf(object)), Array.from({ length: 10 }, (_, i) => i + 994));
  assert.deepEqual(objects.slice(990), Array.from({ length: 10 }, (_, i) => handles.objectOf(i + 994)));
  assert.deepEqual(objects.slice(0, 3).map((object) => handles.handleOf(object)), [4, 5, 6]);
  assert.equal(handles.count, 13);
});

test("text: bytes that are text, WTF-8 included, come back; others are no text", () => {
  const { encodeText, decodeText } = inner.text;
  const decode = (bytes) => decodeText(Uint8Array.from(bytes), 0, bytes.length);
  for (const text of ["", "a", "\ufeffbom", "\ud800", "\udc00x", "\udc00\ud800", "a".repeat(1000), "😀\udfff😀", "\ud800".repeat(30)]) {
    assert.equal(decode([...encodeText(text)]), text, JSON.stringify(text));
  }
  const noText = [
    [0x80], [0xff], [0xc0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80], [0xed, 0xa0], [0xed, 0xa0, 0x41],
    [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80], [...new Array(60).fill(0x61), 0xff], [0x61, 0xed, 0xa0, 0x80, 0xff],
  ];
  for (const bytes of noText) assert.equal(decode(bytes), undefined, bytes.join(" "));
});

/** Records as `[tag, aux, payload low, payload high]`. */
function sendRecords({ memory, values }, records, bytes = records.length * 16) {
  records.forEach(([tag, aux = 0, low = 0, high = 0], i) => memory.i32.set([tag, aux, low, high], BUFFER / 4 + i * 4));
  memory.i32[memory.cellI32] = bytes;
  values.reader.begin();
}

const BROKEN_STREAMS = [
  ["an unknown tag", [[99]], /invalid tag/],
  ["a key where a value must be", [[7, 1]], /invalid tag/],
  ["a stream that ends early", [], /ends early/],
  ["a length that is none", [[0]], /invalid length/, -8],
  ["a length beyond the buffer", [[0]], /invalid length/, BUFFER_BYTES + 8],
  ["a string beyond the buffer", [[6, BUFFER_BYTES]], /invalid record/],
  ["a string of negative length", [[6, -1]], /invalid record/],
  ["a lent string that ends beyond the memory", [[6, 16, 4, 2 ** 21 - 15]], /invalid record: a string of 16 bytes at 2097137/],
  ["a lent string at a negative address", [[6, 16, 4, -16]], /invalid record/],
  ["a lent string of negative length", [[6, -1, 4, 4096]], /invalid record/],
  ["a lent string whose end is beyond all numbers", [[6, 2 ** 31 - 1, 4, 2 ** 31 - 1]], /invalid record/],
  ["a lent string that goes on", [[6, 0, 1], [6, 16, 4, 4096]], /invalid record|ends early/],
  ["a string without its continuation", [[6, 0, 1], [0]], /invalid continuation/],
  ["a string continued by a bigint", [[6, 0, 1], [12]], /invalid continuation/],
  ["a string whose rest does not come", [[6, 0, 1]], /ends early/],
  ["a handle that is free", [[9, 77]], /stale table/],
  ["a handle that cannot be", [[9, -5]], /stale table/],
  ["a handle that is far off", [[9, 2 ** 31 - 1]], /stale table/],
  ["the handle zero", [[9, 0]], /stale table/],
  ["a node that is not described", [[13, 0]], /ends early/],
  ["a node of a negative index", [[13, -1]], /invalid/],
  ["a description out of order", [[13, 0], [14, 1], [15]], /invalid description/],
  ["a description without an end", [[13, 0], [14, 0], [1], [1]], /ends early/],
  ["an opaque value without its name", [[18], [0]], /invalid record/],
];

for (const [name, records, message, bytes] of BROKEN_STREAMS) {
  test(`a broken stream is refused: ${name}`, () => {
    const host = createHost();
    assert.throws(() => {
      sendRecords(host, records, bytes);
      host.values.readAll(1);
    }, { message });
  });
}

const STALE_HANDLES = [0, -1, 4, 4_096, 2 ** 31 - 1, -(2 ** 31)];
for (const handle of STALE_HANDLES) {
  test(`no operation touches anything by the handle ${handle}`, () => {
    const { tables, memory } = createHost();
    memory.i32[memory.cellI32] = 0;
    for (const operation of [
      () => tables.get(handle, 3, 1), () => tables.set(handle, 3, 1, 3, 1), () => tables.set(handle, 3, 1, 0, 0),
      () => tables.next(handle, 0, 0), () => tables.length(handle), () => tables.operate(4, handle, 0),
    ]) assert.throws(operation, { message: "stale table" });
  });
}

test("operations with invalid parameters are refused", () => {
  const { tables, handles } = createHost();
  const table = handles.handleOf({});
  for (const [operation, message] of [
    [() => tables.get(table, 7, 99_999), /invalid key id/],
    [() => tables.get(table, 7, -1), /invalid key id/],
    [() => tables.get(table, 42, 1), /invalid tag of a key/],
    [() => tables.set(table, 3, 1, 42, 1), /invalid tag of a value/],
    [() => tables.set(table, 3, 1, 6, -1), /invalid length/],
    [() => tables.set(table, 3, 1, 6, BUFFER_BYTES + 1), /invalid length/],
    [() => tables.operate(99, 1, 1), /unknown operation/],
    [() => tables.operate(1, -1, 1), /invalid count/],
    [() => tables.operate(1, 10 ** 9, 1), /invalid count/],
    [() => tables.operate(2, 7, 1), /unknown kind/],
  ]) assert.throws(operation, { message });
});

for (const [name, records, message] of [
  ["a number", [[3]], "the module sent an invalid metatable"],
  ["a function", [[10, 3]], "_home: a table of the host outside _home cannot be its metatable"],
  ["a table of the host", [[9, 1]], "_home: a table of the host outside _home cannot be its metatable"],
  ["a stale table", [[9, 77]], "stale table"],
  ["a node that is not described", [[13, 0]], "the module sent a stream that ends early"],
  ["a node whose metatable is a number", [[13, 0], [14, 0, 0, 2], [3], [15]], "the module sent an invalid metatable"],
  ["nothing", [], "the module sent a stream that ends early"],
]) {
  test(`what the module sends as a metatable is not trusted: ${name}`, () => {
    const host = createHost();
    sendRecords(host, records);
    assert.throws(() => host.tables.operate(11, 2, 0), { message });
    // Who keeps it is told of whatever there is, and fails for nothing.
    assert.deepEqual([2, 1, 3, 0, -1, 999].map((handle) => host.tables.operate(10, handle, 1)), [1, 0, 0, 0, 0, 0]);
  });
}

for (const [name, operation, message] of [
  ["a stale handle", (tables) => tables.get(999, 3, 1), "stale table"],
  ["a negative handle", (tables) => tables.get(-1, 3, 1), "stale table"],
  ["writing to a stale handle", (tables) => tables.set(999, 3, 1, 3, 1), "stale table"],
  ["the length of a stale handle", (tables) => tables.length(999), "stale table"],
  ["READ of a stale handle", (tables) => tables.operate(5, 999, 1), "stale table"],
  ["WRITE_INTS to a stale handle", (tables) => tables.operate(7, 999, 1), "stale table"],
  ["METATABLE of a stale handle", (tables) => tables.operate(10, 999, 0), "stale table"],
  ["SET_METATABLE of a stale handle", (tables) => tables.operate(11, 999, 0), "stale table"],
  ["GET_METATABLE of a stale handle", (tables) => tables.operate(12, 999, 0), "stale table"],
  ["SET_METATABLE of an object", (tables) => tables.operate(11, 1, 0), "only tables of _home keep a metatable"],
  ["GET_METATABLE of an object", (tables) => tables.operate(12, 1, 0), "only tables of _home keep a metatable"],
  ["an unknown operation", (tables) => tables.operate(77, 1, 1), "the module asked for an unknown operation: 77"],
  ["an unknown kind of table", (tables) => tables.operate(2, 9, 0), "the module asked for an unknown kind of table: 9"],
  ["SAME without a traversal", (tables) => tables.next(2, 20, 0), "invalid key to 'next'"],
  ["an invalid tag of a key", (tables) => tables.get(2, 99, 0), "the module sent an invalid tag of a key: 99"],
  ["an invalid index", (tables) => tables.operate(8, 1, 0), "the module sent an invalid index: 0"],
  ["too many released at once", (tables) => tables.operate(1, 99_999, 0), "the module sent an invalid count: 99999"],
]) {
  test(`the host trusts nothing: ${name}`, () => {
    const { tables, handles } = createHost();
    assert.throws(() => tables.operate.call(tables, 5, 1, -1), { message: "the module sent an invalid index: -1" });
    assert.throws(() => operation(tables), { message });
    // Releasing what is not in use, or is for ever, does nothing.
    const { count } = handles;
    assert.deepEqual(handles.release(Int32Array.of(999, -1, 2)), []);
    assert.equal(handles.count, count);
    assert.equal(handles.kinds[2], inner.handles.HOME);
  });
}
