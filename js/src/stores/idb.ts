/** IndexedDB's requests and transactions as promises, and its connection, which the browser may close at any time. */
import { QuotaError, StateLockedError, StoreError } from "../errors.js";

/** What other pages do with the database may hold up its opening; longer than this is an error. */
const OPEN_WAIT_MS = 10_000;

export interface Layout {
  readonly version: number;
  readonly stores: readonly string[];
}

/** The connection to one database, made when it is first needed, and again after the browser or a later version took it away. */
export class Connection {
  private readonly name: string;
  private readonly layout: Layout;
  private opened: Promise<IDBDatabase> | undefined;

  constructor(name: string, layout: Layout) {
    this.name = name;
    this.layout = layout;
  }

  database(): Promise<IDBDatabase> {
    if (this.opened === undefined) {
      const opening = this.open();
      this.opened = opening;
      opening.catch(() => this.drop(opening));
    }
    return this.opened;
  }

  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    (await opened?.catch(() => undefined))?.close();
  }

  private async open(): Promise<IDBDatabase> {
    const database = await openDatabase(this.name, this.layout);
    const { opened } = this;
    const forget = () => this.drop(opened);
    database.onclose = forget;
    // Another page deletes the database, or upgrades it for a later version of this library: one that stays would block it.
    database.onversionchange = () => {
      database.close();
      forget();
    };
    const names = Array.from(database.objectStoreNames);
    if (names.length === this.layout.stores.length && this.layout.stores.every((name) => names.includes(name))) return database;
    database.close();
    throw new StoreError(`the database ${JSON.stringify(this.name)} is one of something else`);
  }

  private drop(opened: Promise<IDBDatabase> | undefined): void {
    if (this.opened === opened) this.opened = undefined;
  }
}

function openDatabase(name: string, { version, stores }: Layout): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (typeof indexedDB === "undefined") return reject(new StoreError("there is no IndexedDB here"));
    const request = indexedDB.open(name, version);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new StoreError(`another page does not let go of the database ${JSON.stringify(name)}`));
    }, OPEN_WAIT_MS);
    request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => {
      clearTimeout(timer);
      if (late) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      const isLater = request.error?.name === "VersionError";
      reject(isLater ? new StoreError(`a later version of this library made the database ${JSON.stringify(name)}`) : request.error);
    };
  });
}

export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Runs the work in one transaction and resolves to its result when all of it is kept. When the work throws, or any request fails, nothing
 * of it is. The work may wait for its requests and for nothing else.
 */
export async function inTransaction<T>(
  database: IDBDatabase,
  stores: readonly string[],
  options: { readonly mode: IDBTransactionMode; readonly durability?: "strict" | "relaxed" },
  work: (store: (name: string) => IDBObjectStore) => Promise<T>,
): Promise<T> {
  const { mode, durability = "relaxed" } = options;
  const transaction = database.transaction([...stores], mode, { durability });
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new StoreError("the browser ended the transaction"));
  });
  // Whoever waits for it sees the error; the browser shall not call it unhandled until then.
  ended.catch(() => undefined);
  try {
    const result = await work((name) => transaction.objectStore(name));
    await ended;
    return result;
  } catch (error) {
    abort(transaction);
    await ended.catch(() => undefined);
    // A request that fails because its transaction does says no more than that.
    throw isAbort(error) ? (transaction.error ?? error) : error;
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended.
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What failed and why, as one error of the library's. Its own errors keep their class. */
export function idbError(what: string, error: unknown): StoreError {
  if (error instanceof StateLockedError) return error;
  if (error instanceof StoreError) {
    const type = error.constructor as typeof StoreError;
    return new type(`${what}: ${error.message}`, { cause: error.cause ?? error });
  }
  const { name, message } = error as DOMException;
  if (name === "QuotaExceededError") return new QuotaError(`${what}: the browser grants no more room`, { cause: error });
  return new StoreError(`${what}: ${message || name}`, { cause: error });
}
