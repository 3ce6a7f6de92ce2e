/**
 * A store in memory: for tests, and for instances of one process that hand states to each other. It keeps copies, so it is as strict as
 * the others, but nothing outlives the store itself.
 */
import { CuClosedError, StateLockedError } from "../errors.js";
import { checkStateName, sortNames } from "./checks.js";
import { OpenedState } from "./opened.js";
import type { OpenState, PageChange, Store } from "./store.js";
import { lockedMessage, waitFor } from "./waiting.js";

type Pages = Map<number, Uint8Array>;

export class MemoryStore implements Store {
  /** @internal A minifier renames classes, but not what is shown of them. */
  static readonly name: string = "MemoryStore";
  /** Only states that hold pages. */
  private readonly states = new Map<string, Pages>();
  private readonly opened = new Map<string, MemoryState>();
  private closed = false;

  async open(state: string): Promise<OpenState> {
    return this.whenFree(state, () => {
      const opened = new MemoryState(state, this.states, () => this.opened.delete(state));
      this.opened.set(state, opened);
      return opened;
    });
  }

  async list(): Promise<string[]> {
    this.checkOpen();
    return sortNames(this.states.keys());
  }

  async remove(state: string): Promise<void> {
    await this.whenFree(state, () => this.states.delete(state));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.opened.values()].map((opened) => opened.close()));
    this.states.clear();
  }

  /** Does the work in the moment in which nobody is found to have the state open. */
  private async whenFree<T>(state: string, work: () => T): Promise<T> {
    checkStateName(state);
    const result = await waitFor(() => {
      this.checkOpen();
      return this.opened.has(state) ? undefined : { value: work() };
    });
    if (result === undefined) throw new StateLockedError(lockedMessage(state));
    return result.value;
  }

  private checkOpen(): void {
    if (this.closed) throw new CuClosedError("the store was closed");
  }
}

class MemoryState extends OpenedState {
  private readonly states: Map<string, Pages>;
  private readonly forget: () => void;

  constructor(state: string, states: Map<string, Pages>, forget: () => void) {
    super(state);
    this.states = states;
    this.forget = forget;
  }

  protected async load(): Promise<Pages> {
    return copies(this.states.get(this.name) ?? new Map());
  }

  protected async save({ put, remove }: PageChange): Promise<void> {
    const pages: Pages = new Map(remove === "all" ? [] : this.states.get(this.name));
    if (remove !== "all") remove.forEach((number) => pages.delete(number));
    for (const [number, page] of copies(put)) pages.set(number, page);
    if (pages.size === 0) this.states.delete(this.name);
    else this.states.set(this.name, pages);
  }

  protected async release(): Promise<void> {
    this.forget();
  }
}

function copies(pages: ReadonlyMap<number, Uint8Array>): Pages {
  return new Map([...pages].map(([number, page]) => [number, new Uint8Array(page)]));
}
