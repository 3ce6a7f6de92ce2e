/**
 * Where traversals stand, so that going through a table is linear. A cursor is found by the key that it gave last; a traversal that has
 * none (a key from elsewhere) gets one by walking there. Entries may be removed meanwhile.
 */
import { RefusedError } from "./errors.js";

/** Traversals of one table at the same time that are remembered. */
const CURSORS_PER_TABLE_MAX = 4;
/** Entries that are given in one crossing, at most, and by how many times more in each. */
const GIVEN_MAX = 64;
const GROWTH = 4;

export class Cursor {
  /** The key that it gave last. */
  last: unknown = undefined;
  /** The index that it gave last, of an array or a sequence; the other keys come after. */
  index = 0;
  /** Whether it has not come to the other keys yet. */
  isBeforeKeys = true;
  /** While it looks for what comes next, a getter may begin or go on with traversals of the same table: those take others. */
  isBusy = false;
  private readonly keys: () => Iterable<unknown>;
  private list: readonly unknown[] | undefined;
  private iterator: Iterator<unknown> | undefined;
  private position = 0;
  /** How many entries were given last, one behind the other, and how many may be next; 0 if more than one is of no use. */
  private given = 1;
  private most = 1;

  constructor(keys: () => Iterable<unknown>) {
    this.keys = keys;
  }

  /** Stands at an index. */
  stand(index: number): void {
    this.last = this.index = index;
  }

  /**
   * A loop goes on, which took so many of the entries that were given last; the others are given again. Returns how many may be given now:
   * more and more to a loop that takes them all, one alone to one that takes one.
   */
  goOn(taken: number): number {
    const { given } = this;
    if (taken < 1 || taken > given) throw new RefusedError(`the module sent an invalid number of entries: ${taken}`);
    this.goBack(given - taken);
    return (this.most = taken < given ? taken - 1 : Math.min(GROWTH * this.most, GIVEN_MAX));
  }

  /** What comes next can only be given alone, and so probably all that follows. */
  goAlone(): void {
    this.most = 0;
  }

  /** How many entries before the last it gave the one with this key, or −1 if that was not among those given last. */
  distance(key: unknown): number {
    if (key === this.last) return 0;
    for (let back = 1; back < this.given; back++) if (key === this.givenKey(back)) return back;
    return -1;
  }

  /** A traversal goes on from the key that was given last. */
  resume(): this {
    this.given = this.most = 1;
    return this;
  }

  /** One of its own for a traversal that goes on so many entries before the last one given. */
  copy(back: number): Cursor {
    const copy = new Cursor(this.keys);
    copy.isBeforeKeys = this.isBeforeKeys;
    copy.list = this.list;
    copy.index = this.index;
    copy.position = this.position;
    copy.given = this.given;
    copy.goBack(back);
    return copy;
  }

  /** The list of the keys that come next, and from where on; undefined where there is none. */
  get keysAhead(): { readonly list: readonly unknown[]; readonly start: number } | undefined {
    return this.list === undefined ? undefined : { list: this.list, start: this.position };
  }

  /** The next `count` entries were given. */
  give(count: number): void {
    if (this.list === undefined) this.index += count;
    else this.position += count;
    this.given = count;
    this.last = this.givenKey(0);
  }

  private givenKey(back: number): unknown {
    return this.list === undefined ? this.index - back : this.list[this.position - 1 - back];
  }

  /** Only where several were given, which is never so of what has an iterator. */
  private goBack(count: number): void {
    if (count > 0) {
      this.last = this.givenKey(count);
      if (this.list === undefined) this.index -= count;
      else this.position -= count;
    }
    this.given = 1;
  }

  /** The next of the keys, or undefined at the end. A key that is undefined itself is passed over. */
  advance(): unknown {
    if (this.isBeforeKeys) this.begin();
    if (this.list !== undefined) return (this.last = this.list[this.position++]);
    for (;;) {
      const { done, value } = this.iterator!.next();
      if (done === true) return undefined;
      if (value !== undefined) return (this.last = value);
    }
  }

  private begin(): void {
    this.isBeforeKeys = false;
    const keys = this.keys();
    if (Array.isArray(keys)) this.list = keys;
    else this.iterator = keys[Symbol.iterator]();
  }
}

export class Traversals {
  private readonly byHandle = new Map<number, Cursor[]>();
  /** The cursor that was used last, which a loop asks for again and again. */
  private lastHandle = 0;
  private lastCursor: Cursor | undefined;

  /** The cursor of the last step in this table. */
  same(handle: number): Cursor {
    const cursor = handle === this.lastHandle && this.lastCursor !== undefined ? this.lastCursor : this.byHandle.get(handle)?.at(-1);
    if (cursor === undefined || cursor.isBusy) throw new RefusedError("invalid key to 'next'");
    return cursor;
  }

  /** The cursor that stands at the key `after`; a new one at the beginning if that is undefined. */
  at(handle: number, after: unknown, length: number, keys: () => Iterable<unknown>): Cursor {
    let cursors = this.byHandle.get(handle);
    if (cursors === undefined) this.byHandle.set(handle, (cursors = []));
    const cursor = (after === undefined ? undefined : known(cursors, after)) ?? cursorAt(after, length, keys);
    if (cursors.length === CURSORS_PER_TABLE_MAX) cursors.shift();
    // The one that was used last is the last.
    cursors.push(cursor);
    return cursor;
  }

  /** A traversal came to its end; answers 0, as `js_ext_table_next` does. A loop around it may ask for the same key again. */
  end(handle: number, cursor: Cursor): number {
    const cursors = this.byHandle.get(handle);
    const at = cursors?.indexOf(cursor) ?? -1;
    if (cursors === undefined || at < 0) return 0;
    cursors.splice(at, 1);
    if (cursors.length === 0) this.byHandle.delete(handle);
    return 0;
  }

  /** The handles were released. */
  forget(handles: Int32Array): void {
    if (handles.includes(this.lastHandle)) this.lastCursor = undefined;
    if (this.byHandle.size > 0) for (const handle of handles) this.byHandle.delete(handle);
  }

  /** Nothing here leads to the table until its traversals go on. */
  suspend(handle: number): Cursor[] | undefined {
    const cursors = this.byHandle.get(handle);
    this.byHandle.delete(handle);
    if (handle === this.lastHandle) this.lastCursor = undefined;
    return cursors;
  }

  goOn(handle: number, cursors: Cursor[]): void {
    this.byHandle.set(handle, cursors);
  }

  /** The cursor gave the last entry of all. */
  use(handle: number, cursor: Cursor): void {
    this.lastHandle = handle;
    this.lastCursor = cursor;
  }
}

/**
 * Takes the cursor that gave this key last out of the list, or makes one of that which gave it among others. The newest comes first: an
 * older one may be that of a loop that was left, with keys of another time.
 */
function known(cursors: Cursor[], key: unknown): Cursor | undefined {
  for (let i = cursors.length - 1; i >= 0; i--) {
    const cursor = cursors[i]!;
    const back = cursor.isBusy ? -1 : cursor.distance(key);
    if (back > 0) return cursor.copy(back);
    if (back === 0) {
      cursors.splice(i, 1);
      return cursor.resume();
    }
  }
  return undefined;
}

/** `length`: an index up to there needs no search; infinite where there are no other keys. */
function cursorAt(after: unknown, length: number, keys: () => Iterable<unknown>): Cursor {
  const cursor = new Cursor(keys);
  if (typeof after === "number" && after >= 1 && after <= length && Number.isInteger(after)) cursor.stand(after);
  else if (after !== undefined && length === Infinity) throw new RefusedError("invalid key to 'next'");
  else if (after !== undefined) walkTo(cursor, after);
  return cursor;
}

function walkTo(cursor: Cursor, key: unknown): void {
  for (;;) {
    const found = cursor.advance();
    if (found === key) return;
    if (found === undefined) throw new RefusedError("invalid key to 'next'");
  }
}
