/**
 * The contract between the library and a place where states are kept: a browser's database, a folder, memory, or what somebody else writes.
 * A store knows nothing of tables or functions: to it a state is a name and a set of pages, and a page is bytes under a number. Only types
 * stand here; tests/stores/contract.mjs is the same contract as a table of cases, which every store must pass.
 */

/** How safe a save is before it counts as done. */
export type Durability = "strict" | "relaxed";

/** What one save changes. A number that is in both is put. */
export interface PageChange {
  /** Pages to write, new ones and new contents of old ones, by their number: an integer from 0 to 2^32 − 1. None is empty. */
  readonly put: ReadonlyMap<number, Uint8Array>;
  /** Numbers of pages to remove (no error for one that is not there), or `"all"`: every page that is not in `put`. */
  readonly remove: readonly number[] | "all";
}

/**
 * Where states are kept. The name of a state is any string of 1 to 200 characters (UTF-16 units) without lone surrogates; two names are
 * the same only if all their characters are: there is no folding of case or of accents. Another name is a TypeError.
 *
 * After `close()` every call but `close()` is a CuClosedError.
 */
export interface Store {
  /**
   * Opens a state for this caller alone, making it if it is not there. As long as it is open, no other caller gets it, whether in this
   * instance, another one, another tab or another process; when the holder closes it or ends in whatever way, it is free. Different
   * states do not hinder each other.
   *
   * Rejects with StateLockedError if another caller has it open and goes on having it for 2 seconds, and with StoreError for everything
   * else: a missing folder, no permission, no room, a store that is not Cu's, that a later version made, or that is damaged.
   */
  open(state: string): Promise<OpenState>;

  /** The names of the states that hold at least one page, sorted by code unit. States that are open, here or elsewhere, are among them. */
  list(): Promise<string[]>;

  /**
   * Removes a state with all of its pages in one step: a crash leaves all of it or nothing. No error if there is none. Rejects with
   * StateLockedError as `open` does, also if it is this very store that has it open.
   */
  remove(state: string): Promise<void>;

  /** Closes the states that are still open, and lets go of everything: files, connections, timers. Calling it again does nothing. */
  close(): Promise<void>;
}

/** One state, and the right to write it. The caller waits for one call to end before the next; `close()` waits by itself. */
export interface OpenState {
  /**
   * All pages, as the last `write` left them. Called after `open` and before the first `write`, and again when the state is loaded anew.
   * The arrays are the caller's: the store keeps none of them.
   */
  read(): Promise<Map<number, Uint8Array>>;

  /**
   * Applies a change as one step: after a crash at any moment a later `read` gives all of it or nothing of it, and once this has
   * resolved, all of it. `"strict"` resolves when the operating system says that the data is on the disk, so that it outlives a power
   * failure; `"relaxed"` when the data has been handed to the operating system, so that it outlives the process.
   *
   * The arrays must not change until the promise settles; then they are the caller's again.
   *
   * Rejects with QuotaError if there is no room, StateLockedError if the state was lost to another caller meanwhile, StoreError for
   * everything else, and TypeError for a change that is none. In each case nothing was written, and a later call may succeed.
   */
  write(change: PageChange, durability: Durability): Promise<void>;

  /** Gives the state back. Later calls are CuClosedErrors; calling it again does nothing. */
  close(): Promise<void>;
}
