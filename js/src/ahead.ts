/**
 * Several entries of a traversal at once: a loop over a table mostly takes one after the other, and does nothing in between that could
 * change them. What it does not take, because it did, is read again when its turn comes (docs/ABI.md §4, `js_ext_table_next`).
 */
import { elementCount } from "./bulk.js";
import type { Cursor } from "./cursors.js";
import { ARRAY, FLOAT64, INTEGERS, OBJECT } from "./handles.js";
import type { PullQueue } from "./streams.js";
import { FLOAT, INT } from "./values.js";
import type { Values } from "./values.js";

/** Longer strings are given alone: with these all that is given at once fits into the buffer. */
const TEXT_CHARS_MAX = 100;

type Plain = number | string | boolean;

export class Ahead {
  private readonly values: Values;
  private readonly queue: PullQueue;
  private isReading = false;

  constructor(values: Values, queue: PullQueue) {
    this.values = values;
    this.queue = queue;
  }

  /** Writes the entries that follow, at most `most`, as far as they are plain, and returns how many; 0 if that is less than two. */
  give(kind: number, target: object, cursor: Cursor, most: number): number {
    // What a getter reads is not read ahead: one that calls itself would run twice at each level.
    if (this.isReading) return 0;
    let count = 0;
    switch (kind) {
      case FLOAT64: count = this.giveNumbers(target as Float64Array, FLOAT, cursor.index, most); break;
      case INTEGERS: count = this.giveNumbers(target as Float64Array, INT, cursor.index, most); break;
      case ARRAY: count = this.giveElements(target as unknown[], cursor.index, most); break;
      case OBJECT: count = this.giveFields(target as Record<string, unknown>, cursor, most);
    }
    if (count === 0) return 0;
    cursor.give(count);
    this.queue.setOfImport(this.values.writer.finish());
    return count;
  }

  private giveNumbers(array: Float64Array, tag: number, start: number, most: number): number {
    const count = Math.min(most, elementCount(array) - start);
    if (count < 2) return 0;
    const { writer } = this.values;
    writer.begin();
    for (let index = start; index < start + count; index++) {
      writer.number(INT, index + 1);
      writer.number(tag, array[index]!);
    }
    return count;
  }

  private giveElements(array: unknown[], start: number, most: number): number {
    const values = this.readPlain((i) => (Object.hasOwn(array, start + i) ? array[start + i] : undefined), most);
    return this.writeAll((i) => start + i + 1, values);
  }

  private giveFields(object: Record<string, unknown>, cursor: Cursor, most: number): number {
    const { keysAhead } = cursor;
    if (keysAhead === undefined) return 0;
    const { list, start } = keysAhead;
    const isField = (key: unknown): key is string => typeof key === "string" && key.length <= TEXT_CHARS_MAX && Object.hasOwn(object, key);
    const values = this.readPlain((i) => {
      const key = list[start + i];
      return isField(key) ? object[key] : undefined;
    }, most);
    return this.writeAll((i) => list[start + i] as string, values);
  }

  /** Reads values as far as they are plain: before any is written, because a getter may use the buffer. */
  private readPlain(read: (i: number) => unknown, most: number): Plain[] {
    const values: Plain[] = [];
    this.isReading = true;
    try {
      while (values.length < most) {
        const value = read(values.length);
        if (!isPlain(value)) break;
        values.push(value);
      }
    } catch {
      // It is read again alone, when its turn comes.
    } finally {
      this.isReading = false;
    }
    return values;
  }

  private writeAll(keyOf: (i: number) => number | string, entries: readonly Plain[]): number {
    if (entries.length < 2) return 0;
    const { values } = this;
    values.writer.begin();
    for (let i = 0; i < entries.length; i++) {
      values.write(keyOf(i));
      values.write(entries[i]);
    }
    return entries.length;
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= TEXT_CHARS_MAX);
}
