/**
 * What has to be written so that a saved state is what `_home` is now. Two phases: first it is found out which tables that concerns, which
 * may fail and changes nothing; then they are written to pages in memory, which cannot.
 */
import { RefusedError } from "../errors.js";
import type { HomeTable } from "../home.js";
import type { StateKey } from "./format.js";
import { PageBook } from "./pagebook.js";
import type { Written } from "./pagebook.js";
import { SavedTable } from "./saved.js";

/** Brings what is kept of a function up to date. Throws if that is not possible. */
export type Refresh = (table: HomeTable) => void;

/** The tables that changed since the last save, and those that are new, which something that is saved leads to. Functions are refreshed. */
export function gather(changed: () => HomeTable[], refresh: Refresh): HomeTable[] {
  const found = new Set<HomeTable>();
  const waiting: HomeTable[] = [];
  const visit = (link: HomeTable) => {
    if (link.saved === undefined && !found.has(link)) waiting.push(link);
  };
  // Refreshing a function may change tables that were looked at already.
  for (let some = changed(); some.length > 0 || waiting.length > 0; some = changed()) {
    for (const table of some) if (!table.dropped) waiting.push(table);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next.saved === undefined && !found.has(next)) refresh(next);
      found.add(next);
      const table = next;
      eachNewLink(table, (link) => {
        refuseStale(table, link);
        visit(link);
      });
    }
  }
  return [...found];
}

/** Writes tables to pages of a book. */
export function saveTables(book: PageBook, tables: readonly HomeTable[], removed: readonly SavedTable[]): Written {
  book.begin();
  const idOf = (table: HomeTable): number => table.saved!.id;
  for (const table of tables) table.saved ??= new SavedTable(table, book.nextTable++, idOf);
  for (const saved of removed) saved.remove(book);
  for (const table of tables) {
    table.saved!.save(book);
    table.noteSaved();
  }
  return book.finish();
}

/**
 * The whole of what `root` leads to, as the pages of a state of its own. The same tables give the same pages, whatever happened to them
 * before: tables are numbered as they are come to.
 */
export function exportTables(root: HomeTable, key: StateKey | undefined): Written {
  const book = new PageBook(key);
  const ids = new Map<HomeTable, number>([[root, 1]]);
  for (const table of ids.keys()) {
    table.eachLink((link) => {
      refuseStale(table, link);
      if (!ids.has(link)) ids.set(link, book.nextTable++);
    });
  }
  const idOf = (table: HomeTable): number => {
    const id = ids.get(table);
    if (id === undefined) throw new RefusedError("a table changed while it was exported");
    return id;
  };
  book.begin();
  for (const [table, id] of ids) table.untracked(() => new SavedTable(table, id, idOf).save(book));
  return book.finish();
}

/** What was not part of a state that was replaced may still lead there. */
function refuseStale(table: HomeTable, link: HomeTable): void {
  if (link.dropped && !table.dropped) throw new RefusedError(`${table.path()}: it holds a stale table`);
}

/** Of a table that is divided and was saved before, only what changed is looked at. */
function eachNewLink(table: HomeTable, visit: (link: HomeTable) => void): void {
  if (table.saved?.parts === undefined || table.fieldChanges === undefined) table.eachLink(visit);
  else table.eachChangedLink(visit);
}
