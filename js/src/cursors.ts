/**
 * Where traversals stand, so that going through a table is linear. A cursor is found by the key that it gave last; a traversal that has none
 * (a key from elsewhere) gets one by walking there. Entries may be removed meanwhile.
 */
import { RefusedError } from "./errors.js";

/** Traversals of one table at the same time that are remembered. */
const CURSORS_PER_TABLE_MAX = 4;

export class Cursor {
  last: unknown = undefined;
  private readonly list: readonly unknown[] | undefined;
  private readonly iterator: Iterator<unknown> | undefined;
  private index = 0;

  constructor(keys: Iterable<unknown>) {
    if (Array.isArray(keys)) this.list = keys;
    else this.iterator = keys[Symbol.iterator]();
  }

  /** The next key, or undefined at the end. A key that is undefined itself is passed over. */
  advance(): unknown {
    if (this.list !== undefined) return (this.last = this.list[this.index++]);
    for (;;) {
      const { done, value } = this.iterator!.next();
      if (done === true) return undefined;
      if (value !== undefined) return (this.last = value);
    }
  }
}

export class Cursors {
  private readonly byHandle = new Map<number, Cursor[]>();

  /** The cursor that stands at the key `after`; a new one at the beginning if that is undefined. */
  at(handle: number, after: unknown, keys: () => Iterable<unknown>): Cursor {
    let cursors = this.byHandle.get(handle);
    if (cursors === undefined) this.byHandle.set(handle, (cursors = []));
    if (after !== undefined) {
      for (const cursor of cursors) if (cursor.last === after) return cursor;
    }
    const cursor = new Cursor(keys());
    if (after !== undefined) walkTo(cursor, after);
    if (cursors.length === CURSORS_PER_TABLE_MAX) cursors.shift();
    cursors.push(cursor);
    return cursor;
  }

  /** A traversal came to its end. */
  drop(handle: number, cursor: Cursor): void {
    const cursors = this.byHandle.get(handle)!;
    if (cursors.length === 1) this.byHandle.delete(handle);
    else cursors.splice(cursors.indexOf(cursor), 1);
  }

  /** The handle was released. */
  forget(handle: number): void {
    this.byHandle.delete(handle);
  }
}

function walkTo(cursor: Cursor, key: unknown): void {
  for (;;) {
    const found = cursor.advance();
    if (found === key) return;
    if (found === undefined) throw new RefusedError("invalid key to 'next'");
  }
}
