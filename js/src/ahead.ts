/**
 * Several entries of a traversal at once: a loop over a table mostly takes one after the other, and does nothing in between that could
 * change them. What it does not take, because it did, is read again when its turn comes (docs/ABI.md §4, `js_ext_table_next`).
 */
import type { Cursor } from "./cursors.js";
import { isInteger } from "./exact.js";
import { ARRAY, FLOAT64, INTEGERS, OBJECT } from "./handles.js";
import type { PullQueue, StreamWriter } from "./streams.js";
import { FALSE, FLOAT, INT, TRUE } from "./values.js";

/** Longer strings are given alone: with these all that is given at once fits into the buffer. */
const TEXT_CHARS_MAX = 100;

/** So many names are worth a look at the whole object in place of one for each. */
const MANY = 16;

type Plain = number | string | boolean;

export class Ahead {
  private readonly writer: StreamWriter;
  private readonly queue: PullQueue;
  /** Read first, written then: a getter may use the buffer. */
  private readonly values: Plain[] = [];

  constructor(writer: StreamWriter, queue: PullQueue) {
    this.writer = writer;
    this.queue = queue;
  }

  /** Writes the entries that follow, at most `most`, as far as they are plain, and returns how many; 0 if that is less than two. */
  give(kind: number, target: object, cursor: Cursor, most: number): number {
    let count = 0;
    switch (kind) {
      case FLOAT64: count = this.giveNumbers(target as Float64Array, FLOAT, cursor.index, most); break;
      case INTEGERS: count = this.giveNumbers(target as Float64Array, INT, cursor.index, most); break;
      case ARRAY: count = this.giveElements(target as unknown[], cursor.index, most); break;
      case OBJECT: count = this.giveFields(target as Record<string, unknown>, cursor, most);
    }
    if (count === 0) return 0;
    cursor.give(count);
    this.queue.setOfImport(this.writer.finish());
    return count;
  }

  private giveNumbers(array: Float64Array, tag: number, start: number, most: number): number {
    const count = Math.min(most, array.length - start);
    if (count < 2) return 0;
    const { writer } = this;
    writer.begin();
    for (let index = start; index < start + count; index++) {
      writer.number(INT, index + 1);
      writer.number(tag, array[index]!);
    }
    return count;
  }

  private giveElements(array: unknown[], start: number, most: number): number {
    const count = this.readPlain((i) => (Object.hasOwn(array, start + i) ? array[start + i] : undefined), most);
    if (count < 2) return 0;
    const { writer } = this;
    writer.begin();
    for (let i = 0; i < count; i++) {
      writer.number(INT, start + i + 1);
      this.write(this.values[i]!);
    }
    return count;
  }

  private giveFields(object: Record<string, unknown>, cursor: Cursor, most: number): number {
    const { keysAhead } = cursor;
    if (keysAhead === undefined) return 0;
    const { list, start } = keysAhead;
    const rest = Math.min(most, list.length - start);
    const isAllOwn = rest >= MANY && inheritsNothing(object);
    const isField = (key: unknown) => typeof key === "string" && key.length <= TEXT_CHARS_MAX && (isAllOwn || Object.hasOwn(object, key));
    const count = this.readPlain((i) => (isField(list[start + i]) ? object[list[start + i] as string] : undefined), rest);
    if (count < 2) return 0;
    const { writer } = this;
    writer.begin();
    for (let i = 0; i < count; i++) {
      writer.text(list[start + i] as string);
      this.write(this.values[i]!);
    }
    return count;
  }

  /** Reads values as far as they are plain, and returns how many those are. An error waits until the turn of what raised it comes. */
  private readPlain(read: (i: number) => unknown, most: number): number {
    let count = 0;
    try {
      for (; count < most; count++) {
        const value = read(count);
        if (!isPlain(value)) break;
        this.values[count] = value;
      }
    } catch {
      // It is read again alone.
    }
    return count;
  }

  private write(value: Plain): void {
    const { writer } = this;
    switch (typeof value) {
      case "number": return writer.number(isInteger(value) ? INT : FLOAT, value);
      case "string": return writer.text(value);
      default: return writer.record(value ? TRUE : FALSE, 0);
    }
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= TEXT_CHARS_MAX);
}

/** Whether none of its names, removed or not, can be found on a prototype. */
function inheritsNothing(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === null) return true;
  return prototype === Object.prototype && !Reflect.ownKeys(Object.prototype).some((name) => Object.hasOwn(object, name));
}
