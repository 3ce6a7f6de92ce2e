/**
 * All tables of `_home` of one instance: which of them anything reaches, what they cost, and which functions of Lua they keep. A table
 * that nothing holds is dropped at once; those that hold each other are found by a survey, which marks from the roots (docs/ABI.md §7 for
 * the part that the module asks for).
 */
import { TABLE_BYTES } from "./account.js";
import type { Account } from "./account.js";
import type { Functions } from "./functions.js";
import { HomeTable } from "./home.js";
import type { SavedTable } from "./state/saved.js";
import { StoredFunction, StoredFunctions } from "./stored.js";
import type { FunctionPort } from "./stored.js";
import { tableOfView } from "./view.js";
import type { CuTable } from "./view.js";

/** Views that are not worth a look for those that are gone. */
const VIEWS_PRUNE_MIN = 1_024;

/** What the host says in a triple of TRACE. */
const TRACE_REACHES = 0;
const TRACE_KEEPS = 1;
const TRACE_GIVES_BACK = 2;
const TRACE_COLLECTS = 3;

/** Makes a table, a function or a cell. */
type Create = <T extends HomeTable>(type: new (space: Space) => T) => T;

export class Space {
  readonly account: Account;
  functions: Functions;
  readonly stored: StoredFunctions;
  /** Tables that were saved and changed since, and what was saved of tables that are dropped. */
  changed: HomeTable[] = [];
  removed: SavedTable[] = [];
  /** `_home` itself. */
  readonly root: HomeTable;
  /** The last survey; tables made since count as seen by it. Surveys are two apart: the odd numbers are for what only handles lead to. */
  epoch = 0;
  /** Functions that the module may have found to be garbage. */
  private doubtful = new Set<HomeTable>();
  /** Tables that are being made. Each counts as held. */
  private building: HomeTable[] = [];
  /** While the contents of the root are being replaced: what they cost, which is not counted. */
  private replaced: { readonly bytes: number; readonly entries: number } | undefined;
  private views: WeakRef<CuTable>[] = [];
  private viewsPruneAt = VIEWS_PRUNE_MIN;
  private unused: HomeTable[] | undefined;
  private handled: () => Iterable<HomeTable> = () => [];
  private noteRoot: () => void = () => {};

  constructor(account: Account, functions: Functions, port: FunctionPort) {
    this.account = account;
    this.functions = functions;
    this.stored = new StoredFunctions(this, functions, port);
    this.root = new HomeTable(this);
  }

  /** Who knows the tables that have a handle. */
  set handles(handled: () => Iterable<HomeTable>) {
    this.handled = handled;
  }

  /** Who wants to know when JavaScript changes `_home` itself. */
  set rootWatcher(noteRoot: () => void) {
    this.noteRoot = noteRoot;
  }

  /** JavaScript changed a table. */
  noteChangedByJs(table: HomeTable): void {
    if (table === this.root) this.noteRoot();
  }

  /** Makes tables and puts them where something holds them; `make` gets the function to do so. If it fails, they have never been. */
  build<T>(make: (create: () => HomeTable) => T): T {
    const before = this.building.length;
    try {
      const result = make(() => this.create(HomeTable));
      for (const table of this.building.splice(before)) {
        table.holds--;
        this.dropIfUnused(table);
      }
      return result;
    } catch (error) {
      this.abandon(this.building.splice(before));
      throw error;
    }
  }

  /** What was made is dropped, but for what has become an upvalue of a function that was there before. */
  private abandon(made: readonly HomeTable[]): void {
    const holds = new Map(made.map((table) => [table, table.holds - 1]));
    for (const table of made) table.eachLink((link) => { if (holds.has(link)) holds.set(link, holds.get(link)! - 1); });
    const kept = new Set(made.filter((table) => holds.get(table)! > 0));
    for (const table of kept) table.eachLink((link) => { if (holds.has(link)) kept.add(link); });
    for (const table of made) {
      if (kept.has(table)) table.holds--;
      else this.drop(table);
    }
  }

  /** Makes a table, a function or a cell. To be called within `build`. */
  create<T extends HomeTable>(type: new (space: Space) => T): T {
    const table = new type(this);
    table.holds++;
    this.building.push(table);
    return table;
  }

  noteView(view: WeakRef<CuTable>): void {
    this.views.push(view);
    if (this.views.length < this.viewsPruneAt) return;
    this.views = this.views.filter((one) => one.deref() !== undefined);
    this.viewsPruneAt = Math.max(VIEWS_PRUNE_MIN, 2 * this.views.length);
  }

  /** To be called when something let go of a table. A list of tables may be longer than the engine's stack is deep. */
  dropIfUnused(table: HomeTable): void {
    if (table.dropped || table.holds > 0 || table.handle !== 0 || table === this.root || table.shown?.deref() !== undefined) return;
    if (this.unused !== undefined) {
      this.unused.push(table);
      return;
    }
    this.unused = [table];
    for (let next = this.unused.pop(); next !== undefined; next = this.unused.pop()) this.drop(next);
    this.unused = undefined;
  }

  /** The module no longer uses these tables. What it found to be garbage after TRACE is forgotten at once: it may use the numbers anew. */
  released(tables: readonly HomeTable[]): void {
    for (const table of tables) this.dropIfUnused(table);
    if (tables.some((table) => this.doubtful.delete(table))) this.survey();
  }

  /** Marks what anything reaches, drops the functions that nothing does, and counts. */
  survey(): { bytes: number; entries: number } {
    this.epoch += 2;
    const count = { bytes: 0, entries: 0 };
    this.reach([this.root, ...this.building, ...this.shown()], this.epoch, count);
    this.reach([...this.handled()], this.epoch + 1, count);
    // Of tables that only hold each other, the functions are what is worth the trouble.
    for (const stored of [...this.stored.awake]) if (stored.mark < this.epoch) this.stored.letGo(stored);
    count.bytes -= this.replaced?.bytes ?? 0;
    count.entries -= this.replaced?.entries ?? 0;
    return count;
  }

  /**
   * What the root leads to is replaced by what `make` makes: it gets the function to make tables with, and gives one whose contents become
   * the root's. Tables that were there are stale from then on. If it fails, nothing has changed.
   */
  replace(make: (create: Create) => HomeTable, noteStale: (table: HomeTable) => void): void {
    const { root, account } = this;
    const old = this.reachable();
    const cost = { bytes: 0, entries: 0 };
    for (const table of old) {
      cost.bytes += table.bytes;
      cost.entries += table.size;
    }
    // What is replaced makes room for what replaces it.
    account.chargeHome(-cost.bytes, -cost.entries);
    this.replaced = cost;
    const removed = [...this.removed];
    try {
      this.build(() => {
        const contents = make((type) => this.create(type));
        const shared = this.sharedCells(old);
        for (const table of old) if (table !== root && !shared.has(table)) this.discard(table, noteStale);
        for (const cell of shared) account.takeBack(cell.bytes, cell.size);
        root.clear();
        account.takeBack(TABLE_BYTES, 0);
        root.takeOver(contents);
      });
    } catch (error) {
      account.takeBack(cost.bytes, cost.entries);
      // What was made was saved elsewhere.
      this.removed = removed;
      throw error;
    } finally {
      this.replaced = undefined;
    }
    this.changed = [];
    this.removed = [];
  }

  /** The instance of the module is another one, which knows none of the tables that the one before had handles for. */
  noteRestart(functions: Functions, handled: readonly HomeTable[]): void {
    this.stored.noteRestart(functions);
    this.functions = functions;
    for (const table of handled) table.handle = 0;
    for (const table of handled) this.dropIfUnused(table);
  }

  /** The root and all that it leads to. */
  reachable(): Set<HomeTable> {
    return closure([this.root]);
  }

  /** All tables that may become part of what the root leads to. */
  known(): Set<HomeTable> {
    return closure([this.root, ...this.building, ...this.stored.awake, ...this.shown(), ...this.handled()]);
  }

  /** Upvalues of functions that are to be discarded which others have as well. */
  private sharedCells(old: ReadonlySet<HomeTable>): Set<HomeTable> {
    const shared = new Set<HomeTable>();
    for (const table of this.known()) {
      if (table instanceof StoredFunction && !old.has(table)) table.eachLink((cell) => { if (old.has(cell)) shared.add(cell); });
    }
    return shared;
  }

  private discard(table: HomeTable, noteStale: (table: HomeTable) => void): void {
    if (table instanceof StoredFunction) this.stored.letGo(table);
    table.dropped = true;
    table.clear();
    noteStale(table);
  }

  /**
   * The triples of TRACE (docs/ABI.md §7). Functions that `_home` reaches are not among them, which keeps them where they are; those that
   * only JavaScript has are for its collector.
   */
  trace(handleOf: (table: HomeTable) => number): number[] {
    this.stored.rest();
    const { bytes, entries } = this.survey();
    this.account.homeBytes = bytes;
    this.account.homeEntries = entries;
    const triples: number[] = [];
    const doubtful = [...this.stored.awake].filter((stored) => stored.mark > this.epoch);
    this.doubtful = new Set(doubtful);
    for (const table of doubtful) handleOf(table);
    if (doubtful.length > 0) {
      for (const source of this.handled()) if (source.mark > this.epoch) this.traceFrom(source, triples);
    }
    for (const stored of doubtful) this.traceFunction(stored, triples);
    for (const [reference, uses] of this.functions.takeReturns()) triples.push(reference, TRACE_GIVES_BACK, uses);
    for (const reference of this.functions.collected) triples.push(reference, TRACE_COLLECTS, 0);
    return triples;
  }

  /** The tables that JavaScript has a view of, but for those that are stale. */
  private shown(): HomeTable[] {
    return this.views.flatMap((reference) => {
      const view = reference.deref();
      const table = view === undefined ? undefined : tableOfView(view);
      return table === undefined || table.dropped ? [] : [table];
    });
  }

  /** The nearest tables with a handle, which are sources themselves. */
  private traceFrom(source: HomeTable, triples: number[]): void {
    const seen = new Set<HomeTable>();
    const waiting = [source];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      next.eachLink((link) => {
        if (link.mark <= this.epoch || seen.has(link)) return;
        seen.add(link);
        if (link.handle !== 0) triples.push(source.handle, TRACE_REACHES, link.handle);
        else waiting.push(link);
      });
    }
  }

  private traceFunction(stored: StoredFunction, triples: number[]): void {
    const held = stored.held!;
    if (held.isHeldByJs) return;
    this.functions.returnSurplus(held);
    triples.push(stored.handle, TRACE_KEEPS, held.reference);
  }

  private reach(waiting: HomeTable[], mark: number, count: { bytes: number; entries: number }): void {
    const { epoch } = this;
    for (let table = waiting.pop(); table !== undefined; table = waiting.pop()) {
      if (table.mark >= epoch) continue;
      table.mark = mark;
      table.forgetParentUnless((parent) => parent.mark >= epoch - 2);
      count.bytes += table.bytes;
      count.entries += table.size;
      table.eachLink((link) => {
        if (link.mark < epoch) waiting.push(link);
      });
    }
  }

  private drop(table: HomeTable): void {
    table.dropped = true;
    this.account.chargeHome(-table.bytes, -table.size);
    if (table.saved !== undefined) this.removed.push(table.saved);
    if (table instanceof StoredFunction) this.stored.letGo(table);
    table.eachLink((link) => {
      link.holds--;
      link.forgetParentUnless((parent) => parent !== table);
      this.dropIfUnused(link);
    });
  }
}

function closure(tables: readonly HomeTable[]): Set<HomeTable> {
  const found = new Set(tables);
  for (const table of found) table.eachLink((link) => found.add(link));
  return found;
}
