/**
 * The right to a state in a browser. Web Locks give it where there are some, and take it back when its page ends in whatever way. They
 * are missing in pages that came over plain HTTP from another machine; there a lease stands in for them: a record that says who has the
 * state until when, renewed while the page lives. One whose page has ended is free when its time is over.
 */
import { StateLockedError } from "../errors.js";
import { inTransaction, resultOf } from "./idb.js";
import type { Connection } from "./idb.js";
import { newRevision } from "./revision.js";
import { LOCK_WAIT_MS, lockedMessage, waitFor } from "./waiting.js";

export const LEASES = "leases";
/**
 * A page is rarely held up longer by its own computing, or by the browser, which runs the timers of a hidden page once a second or less.
 * One that is may lose the state; it finds out at its next save, which is refused.
 */
export const LEASE_MS = 5000;
export const RENEW_MS = LEASE_MS / 4;

export interface Ownership {
  /** Object stores that `confirm` needs in the transaction of a save. */
  readonly stores: readonly string[];
  /** Rejects if the right was lost. Called within a transaction, which must then change nothing. */
  confirm(store: (name: string) => IDBObjectStore): Promise<void>;
  giveBack(): Promise<void>;
}

/** Waits for it as `open` does. */
export async function own(connection: Connection, databaseName: string, state: string): Promise<Ownership> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
  const ownership = locks === undefined ? await lease(connection, state) : await lock(locks, `cu:${databaseName}:${state}`, state);
  if (ownership === undefined) throw new StateLockedError(lockedMessage(state));
  return ownership;
}

async function lock(locks: LockManager, name: string, state: string): Promise<Ownership | undefined> {
  const impatience = new AbortController();
  const timer = setTimeout(() => impatience.abort(), LOCK_WAIT_MS);
  let release: (() => void) | undefined;
  let lost = false;
  let held: Promise<unknown> | undefined;
  try {
    await new Promise<void>((granted, refused) => {
      held = locks.request(name, { signal: impatience.signal }, () => {
        granted();
        return new Promise<void>((resolve) => (release = resolve));
      });
      // After it was granted: somebody stole it, or the browser took it from a page that it put to sleep.
      held.catch((error: unknown) => {
        lost = true;
        refused(error);
      });
    });
  } catch (error) {
    if (impatience.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    stores: [],
    confirm: async () => {
      if (lost) throw lostError(state);
    },
    giveBack: async () => {
      release?.();
      await held?.catch(() => undefined);
    },
  };
}

interface Lease {
  readonly holder: string;
  readonly until: number;
}

async function lease(connection: Connection, state: string): Promise<Ownership | undefined> {
  const holder = newRevision();
  const put = (leases: IDBObjectStore) => leases.put({ holder, until: Date.now() + LEASE_MS } satisfies Lease, state);
  /** Does the work in one transaction if the lease is free, or this one's, and says whether. */
  const change = async (work: (leases: IDBObjectStore) => unknown, isFor: (found: Lease | undefined) => boolean): Promise<boolean> =>
    inTransaction(await connection.database(), [LEASES], { mode: "readwrite" }, async (store) => {
      const is = isFor(await leaseOf(store(LEASES), state));
      if (is) work(store(LEASES));
      return is;
    });
  const isFree = (found: Lease | undefined) => found === undefined || !isRunning(found);
  const isMine = (found: Lease | undefined) => found?.holder === holder;

  if ((await waitFor(async () => (await change(put, isFree)) || undefined)) === undefined) return undefined;
  // A renewal that fails is no loss yet: the next one, or the next save, says.
  const timer = setInterval(() => void change(put, isMine).catch(() => undefined), RENEW_MS);
  return {
    stores: [LEASES],
    confirm: async (store) => {
      if (!isMine(await leaseOf(store(LEASES), state))) throw lostError(state);
      put(store(LEASES));
    },
    giveBack: async () => {
      clearInterval(timer);
      // One that cannot be given back ends by itself.
      await change((leases) => leases.delete(state), isMine).catch(() => undefined);
    },
  };
}

async function leaseOf(leases: IDBObjectStore, state: string): Promise<Lease | undefined> {
  return (await resultOf(leases.get(state))) as Lease | undefined;
}

/** One that ends later than any could was written before somebody set the clock back. */
function isRunning({ until }: Lease): boolean {
  const now = Date.now();
  return until > now && until <= now + LEASE_MS;
}

function lostError(state: string): StateLockedError {
  return new StateLockedError(`the state ${JSON.stringify(state)} was lost to another page: close it and open it again`);
}
