/**
 * The saved state of one instance: what of `_home` is in the store, and how the two are brought together. A save takes its snapshot at
 * once, as bytes of what changed, and then hands it to the store as one step; saves take their turns. What a store could not write goes
 * with the next save.
 */
import { StateFormatError } from "../errors.js";
import { HomeTable, KIND_CELL, KIND_FUNCTION } from "../home.js";
import type { Space } from "../space.js";
import { Cell, StoredFunction } from "../stored.js";
import type { Durability, OpenState } from "../stores/store.js";
import type { StateKey } from "./format.js";
import { loadTables, ROOT_ID } from "./load.js";
import { PageBook } from "./pagebook.js";
import { pack, unpack } from "./portable.js";
import { SavedTable } from "./saved.js";
import { exportTables, gather, saveTables } from "./snapshot.js";

/**
 * Saved tables that there may be before those that only hold each other are looked for; and so many times as many as after the last look.
 */
const SWEEP_TABLES_MIN = 1_024;
const SWEEP_FACTOR = 2;

/** How a state was loaded. */
export interface LoadReport {
  /** Whether there was anything to load. */
  readonly found: boolean;
  /** With `salvage`: what could not be read, and is missing, or is as it was at an earlier save. */
  readonly problems: readonly string[];
}

/** How a state is loaded. */
export interface LoadOptions {
  /** Keep what can be read of a damaged state, instead of refusing it. */
  salvage?: boolean;
}

interface Unwritten {
  readonly put: ReadonlyMap<number, Uint8Array>;
  readonly remove: ReadonlySet<number> | "all";
}

export class State {
  private readonly space: Space;
  private readonly noteStale: (table: HomeTable) => void;
  private readonly opened: OpenState | undefined;
  private readonly durability: Durability;
  private readonly key: StateKey | undefined;
  /** What the store had when the state was opened, until it is loaded or cleared. */
  private unread: Map<number, Uint8Array> | undefined;
  /** Which pages the saved state has; undefined before the first save or load. */
  private book: PageBook | undefined;
  /** What is to be written, and what the store refused before that. */
  private unwritten: Unwritten = nothing();
  private refused: Unwritten | undefined;
  private lastWrite: Promise<void> = Promise.resolve();
  /** How often the store was asked to write. */
  private writes = 0;
  private sweepAt = SWEEP_TABLES_MIN;

  /** `opened` was read: `pages` are in it. */
  constructor(parts: {
    space: Space; noteStale: (table: HomeTable) => void;
    opened: OpenState | undefined; pages: Map<number, Uint8Array>; durability: Durability; key: StateKey | undefined;
  }) {
    this.space = parts.space;
    this.noteStale = parts.noteStale;
    this.opened = parts.opened;
    this.durability = parts.durability;
    this.key = parts.key;
    this.unread = parts.pages.size > 0 ? parts.pages : undefined;
  }

  /** Resolves when all that `_home` is now is in the store. Throws at once if that cannot be saved; then nothing has changed. */
  save(): Promise<void> {
    const opened = this.assertStore();
    if (this.unread !== undefined) {
      throw new Error("the store holds a state that was not loaded: call loadState() first, or clearState() to begin anew");
    }
    this.snapshot();
    return this.write(opened);
  }

  /** Replaces `_home` by what the store holds. */
  async load({ salvage = false }: LoadOptions): Promise<LoadReport> {
    const opened = this.assertStore();
    // What is saved while the store is read is written after that, and read again: the pages have to be those of the last save.
    let pages: ReadonlyMap<number, Uint8Array>;
    let written = 0;
    do {
      const read = () => {
        written = this.writes;
        return this.unread ?? opened.read();
      };
      const reading = this.lastWrite.then(read, read);
      let turn: Promise<void> = reading.then(() => undefined, () => undefined);
      this.lastWrite = turn;
      pages = await reading;
      while (this.lastWrite !== turn) await (turn = this.lastWrite).catch(() => undefined);
    } while (this.writes !== written);
    const problems = this.replace(pages, salvage);
    this.unread = undefined;
    this.unwritten = nothing();
    this.refused = undefined;
    if (problems.length > 0) this.beginAnew();
    return { found: pages.size > 0, problems };
  }

  /** Removes what the store holds; `_home` stays as it is. */
  async clear(): Promise<void> {
    const opened = this.assertStore();
    this.unread = undefined;
    this.beginAnew();
    await this.write(opened);
  }

  export(): Uint8Array {
    const found = new Set([this.space.root]);
    for (const table of found) {
      this.refresh(table);
      table.eachLink((link) => found.add(link));
    }
    return pack(exportTables(this.space.root, this.key).put);
  }

  /** Replaces `_home` by a state that was exported. The store has it after the next save. */
  import(bytes: Uint8Array, { salvage = false }: LoadOptions): LoadReport {
    const pages = unpack(bytes);
    if (pages.size === 0) throw new StateFormatError("this state has no pages");
    const problems = this.replace(pages, salvage);
    this.unread = undefined;
    if (problems.length > 0 || this.opened === undefined) this.beginAnew();
    else this.unwritten = { put: pages, remove: "all" };
    return { found: true, problems };
  }

  /** Resolves when saves that are under way have ended and the state is free for others. */
  async close(): Promise<void> {
    await this.lastWrite.catch(() => undefined);
    await this.opened?.close();
  }

  private assertStore(): OpenState {
    if (this.opened === undefined) throw new TypeError("this instance has no store: give Cu.create one");
    return this.opened;
  }

  /** What changed becomes part of what is to be written. */
  private snapshot(): void {
    const { space } = this;
    this.book ??= this.openBook();
    this.refreshFunctions();
    let taken: HomeTable[] = [];
    const changed = () => {
      const some = space.changed;
      space.changed = [];
      taken = taken.concat(some);
      return some;
    };
    let tables: HomeTable[];
    try {
      tables = gather(changed, (table) => this.refresh(table));
    } catch (error) {
      space.changed = taken.concat(space.changed);
      throw error;
    }
    this.sweep(this.book);
    const { removed } = space;
    space.removed = [];
    if (tables.length === 0 && removed.length === 0) return;
    this.unwritten = merged(this.unwritten, saveTables(this.book, tables.filter((table) => !table.dropped), removed));
    space.stored.rest();
  }

  /** The root is what all else is saved for. */
  private openBook(): PageBook {
    const { root } = this.space;
    root.saved = new SavedTable(root, ROOT_ID, (table) => table.saved!.id);
    this.space.changed = [root];
    return new PageBook(this.key);
  }

  private refreshFunctions(): void {
    for (const stored of [...this.space.stored.awake]) if (stored.saved !== undefined) this.refresh(stored);
  }

  private refresh(table: HomeTable): void {
    if (table instanceof StoredFunction) this.space.stored.refresh(table);
  }

  /** Tables that are saved and only hold each other are removed, now and then. */
  private sweep(book: PageBook): void {
    if (book.tables < this.sweepAt) return;
    const { space } = this;
    space.survey();
    for (const owner of book.owners()) {
      if (!(owner instanceof SavedTable) || owner.table.dropped || owner.table.mark >= space.epoch) continue;
      owner.table.dropped = true;
      space.removed.push(owner);
    }
    this.sweepAt = Math.max(SWEEP_TABLES_MIN, SWEEP_FACTOR * (book.tables - space.removed.length));
  }

  private write(opened: OpenState): Promise<void> {
    const mine = this.unwritten;
    this.unwritten = nothing();
    const write = async (): Promise<void> => {
      const all = this.refused === undefined ? mine : merged(this.refused, mine);
      this.refused = undefined;
      if (all.put.size === 0 && all.remove !== "all" && all.remove.size === 0) return;
      this.writes++;
      try {
        await opened.write({ put: all.put, remove: all.remove === "all" ? "all" : [...all.remove] }, this.durability);
      } catch (error) {
        this.refused = all;
        throw error;
      }
    };
    this.lastWrite = this.lastWrite.then(write, write);
    return this.lastWrite;
  }

  /** Returns what could not be read. */
  private replace(pages: ReadonlyMap<number, Uint8Array>, salvage: boolean): readonly string[] {
    let problems: readonly string[] = [];
    this.space.replace((create) => {
      const typeOf = (kind: number) => (kind === KIND_FUNCTION ? StoredFunction : kind === KIND_CELL ? Cell : HomeTable);
      if (pages.size === 0) {
        this.book = undefined;
        return create(HomeTable);
      }
      const loaded = loadTables(pages, { root: this.space.root, salvage, key: this.key, create: (kind) => create(typeOf(kind)) });
      ({ problems } = loaded);
      this.book = loaded.book;
      return loaded.contents;
    }, this.noteStale);
    // What else there is was saved in what was replaced.
    const kept = this.space.reachable();
    for (const table of this.space.known()) if (!kept.has(table)) table.forgetSaved();
    this.space.stored.holdKeys();
    return problems;
  }

  /** What is in the store is not what will be there: the next save writes everything. */
  private beginAnew(): void {
    for (const table of this.space.known()) table.forgetSaved();
    this.book = undefined;
    this.space.changed = [];
    this.space.removed = [];
    this.unwritten = { put: new Map(), remove: "all" };
  }
}

function nothing(): Unwritten {
  return { put: new Map(), remove: new Set() };
}

/** One change and then another, as one. */
function merged(first: Unwritten, second: Unwritten): Unwritten {
  if (second.remove === "all") return second;
  const put = new Map(first.put);
  for (const number of second.remove) put.delete(number);
  for (const [number, page] of second.put) put.set(number, page);
  if (first.remove === "all") return { put, remove: "all" };
  const remove = new Set([...first.remove, ...second.remove]);
  for (const number of put.keys()) remove.delete(number);
  return { put, remove };
}
