/**
 * What the states of all stores have in common: calls are checked and take their turn, the pages that there are are known with their sizes,
 * and after `close` there is nothing more. A store adds how pages are loaded, saved and let go.
 */
import { CuClosedError } from "../errors.js";
import { checkChange } from "./checks.js";
import type { Durability, OpenState, PageChange, Store } from "./store.js";

const STATE_DEFAULT = "home";

/** Opens a state for an instance, if there is a store. */
export function openState(store: Store | undefined, name = STATE_DEFAULT): Promise<OpenState> | undefined {
  return store?.open(name);
}

export abstract class OpenedState implements OpenState {
  protected readonly name: string;
  /** The bytes of each page that there is; undefined until they have been read. */
  private sizes: Map<number, number> | undefined;
  private lastCall: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  protected abstract load(): Promise<Map<number, Uint8Array>>;
  /** All or nothing. `holdsPages` says whether any page is left afterwards. */
  protected abstract save(change: PageChange, durability: Durability, holdsPages: boolean): Promise<void>;
  protected abstract release(): Promise<void>;

  async read(): Promise<Map<number, Uint8Array>> {
    return this.inTurn(async () => {
      const pages = await this.load();
      this.sizes = new Map([...pages].map(([number, page]) => [number, page.length]));
      return pages;
    });
  }

  async write(change: PageChange, durability: Durability): Promise<void> {
    checkChange(change, durability);
    return this.inTurn(async () => {
      if (this.sizes === undefined) throw new TypeError("a state must be read before it is written");
      await this.save(change, durability, countAfter(this.sizes, change) > 0);
      apply(this.sizes, change);
    });
  }

  close(): Promise<void> {
    this.closing ??= this.lastCall.then(() => this.release());
    return this.closing;
  }

  /** The numbers of the pages that there are. */
  protected numbers(): Iterable<number> {
    return this.sizes?.keys() ?? [];
  }

  protected isEmpty(): boolean {
    return (this.sizes?.size ?? 0) === 0;
  }

  /** Undefined if they have never been read. */
  protected pageBytes(): number | undefined {
    return this.sizes && [...this.sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Runs after the calls before it, whether they succeeded or not. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.closing !== undefined) throw new CuClosedError(`the state ${JSON.stringify(this.name)} was closed`);
    const result = this.lastCall.then(work);
    this.lastCall = result.catch(() => undefined);
    return result;
  }
}

/** A page whose buffer holds nothing else and belongs to nobody else: what copies a view copies the whole buffer behind it. */
export function wholeBytes(page: Uint8Array): Uint8Array {
  const { buffer } = page;
  return buffer instanceof ArrayBuffer && buffer.byteLength === page.length ? page : new Uint8Array(page);
}

function countAfter(sizes: ReadonlyMap<number, number>, { put, remove }: PageChange): number {
  if (remove === "all") return put.size;
  let count = sizes.size;
  for (const number of put.keys()) if (!sizes.has(number)) count++;
  for (const number of new Set(remove)) if (sizes.has(number) && !put.has(number)) count--;
  return count;
}

function apply(sizes: Map<number, number>, { put, remove }: PageChange): void {
  if (remove === "all") sizes.clear();
  else remove.forEach((number) => sizes.delete(number));
  for (const [number, page] of put) sizes.set(number, page.length);
}
