/**
 * A store in the browser's IndexedDB, one database for all states. A save is one transaction. Before it changes anything the transaction
 * looks whether the state is the one that this caller knows, so that neither a lost right nor a user who clears the site's data leaves a
 * mixture.
 */
import { CuClosedError, StoreError } from "../errors.js";
import { checkStateName, sortNames } from "./checks.js";
import { Connection, idbError, inTransaction, resultOf } from "./idb.js";
import { OpenedState, wholeBytes } from "./opened.js";
import { LEASES, own } from "./ownership.js";
import type { Ownership } from "./ownership.js";
import { newRevision } from "./revision.js";
import type { Durability, OpenState, PageChange, Store } from "./store.js";

/** Pages under `[state, number]`; of each state that has pages, under its name, what the last save called itself; leases. */
const PAGES = "pages";
const STATES = "states";
const LAYOUT = { version: 1, stores: [PAGES, STATES, LEASES] };
const DATABASE_NAME = "cu";
/** Read in pieces: a browser answers each request with one message. */
const READ_PAGES = 256;

export class IndexedDbStore implements Store {
  /** @internal A minifier renames classes, but not what is shown of them. */
  static readonly name: string = "IndexedDbStore";
  private readonly name: string;
  private readonly connection: Connection;
  private readonly opened = new Set<OpenState>();
  private closed = false;

  /** The name of the database; pages of one origin that take the same share its states. */
  constructor(name = DATABASE_NAME) {
    if (typeof name !== "string") throw new TypeError("the name of a database must be a string");
    this.name = name;
    this.connection = new Connection(name, LAYOUT);
  }

  async open(state: string): Promise<OpenState> {
    const ownership = await this.own(state);
    const opened = new IndexedDbState(state, this.connection, ownership, () => this.opened.delete(opened));
    this.opened.add(opened);
    return opened;
  }

  async list(): Promise<string[]> {
    this.checkOpen();
    try {
      const database = await this.connection.database();
      const keys = await inTransaction(database, [STATES], { mode: "readonly" }, (store) => resultOf(store(STATES).getAllKeys()));
      return sortNames(keys as string[]);
    } catch (error) {
      throw idbError(`the states in the database ${JSON.stringify(this.name)} cannot be listed`, error);
    }
  }

  async remove(state: string): Promise<void> {
    const ownership = await this.own(state);
    try {
      const database = await this.connection.database();
      const stores = [PAGES, STATES, ...ownership.stores];
      await inTransaction(database, stores, { mode: "readwrite", durability: "strict" }, async (store) => {
        await ownership.confirm(store);
        store(PAGES).delete(rangeOf(state));
        store(STATES).delete(state);
      });
    } catch (error) {
      throw idbError(`the state ${JSON.stringify(state)} cannot be removed`, error);
    } finally {
      await ownership.giveBack();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.opened].map((opened) => opened.close()));
    await this.connection.close();
  }

  private async own(state: string): Promise<Ownership> {
    checkStateName(state);
    this.checkOpen();
    try {
      // First, so that a database that cannot be used is found out without waiting for anybody.
      await this.connection.database();
      const ownership = await own(this.connection, this.name, state);
      if (this.closed) await ownership.giveBack();
      this.checkOpen();
      return ownership;
    } catch (error) {
      throw error instanceof CuClosedError ? error : idbError(`the state ${JSON.stringify(state)} cannot be opened`, error);
    }
  }

  private checkOpen(): void {
    if (this.closed) throw new CuClosedError("the store was closed");
  }
}

class IndexedDbState extends OpenedState {
  private readonly connection: Connection;
  private readonly ownership: Ownership;
  private readonly forget: () => void;
  /** What the last save called itself; undefined while there is no page. */
  private revision: string | undefined;

  constructor(state: string, connection: Connection, ownership: Ownership, forget: () => void) {
    super(state);
    this.connection = connection;
    this.ownership = ownership;
    this.forget = forget;
  }

  protected async load(): Promise<Map<number, Uint8Array>> {
    try {
      const database = await this.connection.database();
      return await inTransaction(database, [PAGES, STATES], { mode: "readonly" }, async (store) => {
        this.revision = (await resultOf(store(STATES).get(this.name))) as string | undefined;
        return readPages(store(PAGES), this.name);
      });
    } catch (error) {
      throw idbError(`the state ${JSON.stringify(this.name)} cannot be read`, error);
    }
  }

  protected async save(change: PageChange, durability: Durability, holdsPages: boolean): Promise<void> {
    const revision = holdsPages ? newRevision() : undefined;
    try {
      const database = await this.connection.database();
      const stores = [PAGES, STATES, ...this.ownership.stores];
      await inTransaction(database, stores, { mode: "readwrite", durability }, async (store) => {
        await this.ownership.confirm(store);
        if ((await resultOf(store(STATES).get(this.name))) !== this.revision) {
          throw new StoreError("somebody else changed or removed it: close it and open it again");
        }
        changePages(store(PAGES), this.name, change);
        if (revision === undefined) store(STATES).delete(this.name);
        else store(STATES).put(revision, this.name);
      });
    } catch (error) {
      throw idbError(`the state ${JSON.stringify(this.name)} cannot be written`, error);
    }
    this.revision = revision;
  }

  protected async release(): Promise<void> {
    this.forget();
    await this.ownership.giveBack();
  }
}

async function readPages(store: IDBObjectStore, state: string): Promise<Map<number, Uint8Array>> {
  const pages = new Map<number, Uint8Array>();
  let range = rangeOf(state);
  for (;;) {
    const [keys, values] = await Promise.all([resultOf(store.getAllKeys(range, READ_PAGES)), resultOf(store.getAll(range, READ_PAGES))]);
    keys.forEach((key, i) => {
      const page: unknown = values[i];
      if (!(page instanceof Uint8Array)) throw new StoreError(`it is damaged: ${String(key)} is no page`);
      pages.set((key as [string, number])[1], page);
    });
    if (keys.length < READ_PAGES) return pages;
    range = IDBKeyRange.bound(keys[keys.length - 1], range.upper, true);
  }
}

/** The requests run in this order, and the transaction waits for them. */
function changePages(store: IDBObjectStore, state: string, { put, remove }: PageChange): void {
  if (remove === "all") store.delete(rangeOf(state));
  else remove.forEach((number) => store.delete([state, number]));
  for (const [number, page] of put) store.put(wholeBytes(page), [state, number]);
}

/** Of keys that begin with the name: a list is greater than any number. */
function rangeOf(state: string): IDBKeyRange {
  return IDBKeyRange.bound([state], [state, []]);
}
