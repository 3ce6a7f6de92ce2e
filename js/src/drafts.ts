/**
 * Drafts: containers made by adopting a plain Lua table, which JavaScript has not looked at yet. Until then one can still become another
 * kind of container: it is known where it is stored, and its successor takes its place there. An empty one has not even chosen its kind.
 */

type Container = object;

interface Draft {
  undecided: boolean;
  /** Where it is stored: container, key, container, key, … Places that were overwritten since are among them. */
  places: unknown[];
  /** At this length the places are looked through. */
  pruneAt: number;
}

const PRUNE_LENGTH_MIN = 64;

/** The drafts of one table `_io`. */
export interface Scope {
  readonly root: object;
  readonly drafts: WeakMap<object, Draft>;
  readonly some: boolean;
  readonly exposed: boolean;
}

/** `root` is the table `_io`, which JavaScript sees only through Cu. */
export function newScope(root: object): Scope {
  return { root, drafts: new WeakMap(), some: false, exposed: false };
}

export class Drafts {
  private drafts!: WeakMap<object, Draft>;
  /** Whether there may be any: the check is on every write of an object. */
  private some!: boolean;
  /** Whether one is stored where JavaScript can get at it without asking Cu. */
  private exposed!: boolean;
  private root!: object;

  constructor(scope: Scope) {
    this.enter(scope);
  }

  /** What follows concerns another `_io`. */
  enter({ root, drafts, some, exposed }: Scope): void {
    this.root = root;
    this.drafts = drafts;
    this.some = some;
    this.exposed = exposed;
  }

  /** What is known now, to be entered again. */
  get scope(): Scope {
    const { root, drafts, some, exposed } = this;
    return { root, drafts, some, exposed };
  }

  add(object: object, undecided: boolean): void {
    this.drafts.set(object, { undecided, places: [], pruneAt: PRUNE_LENGTH_MIN });
    this.some = true;
  }

  has(object: object): boolean {
    return this.some && this.drafts.has(object);
  }

  isUndecided(object: object): boolean {
    return this.some && this.drafts.get(object)?.undecided === true;
  }

  decided(object: object): void {
    const draft = this.drafts.get(object);
    if (draft !== undefined) draft.undecided = false;
  }

  /** To be called after `value` was stored in a container. */
  stored(container: Container, key: unknown, value: object): void {
    if (!this.some) return;
    const draft = this.drafts.get(value);
    if (draft === undefined) return;
    if (container !== this.root && !this.drafts.has(container)) this.exposed = true;
    draft.places.push(container, key);
    if (draft.places.length >= draft.pruneAt) prune(draft, value);
  }

  /** Puts `successor` wherever the draft is stored, as the draft that it is from now on. */
  replace(object: object, successor: object): void {
    const draft = this.drafts.get(object)!;
    this.drafts.delete(object);
    this.drafts.set(successor, { ...draft, undecided: false });
    for (let i = 0; i < draft.places.length; i += 2) {
      const container = draft.places[i] as Container;
      if (childAt(container, draft.places[i + 1]) === object) putAt(container, draft.places[i + 1], successor);
    }
    for (const [key, child] of childrenOf(successor)) this.stored(successor, key, child);
  }

  /** JavaScript gets to see a value. */
  seeValue(value: unknown): void {
    if (typeof value === "object" && value !== null) this.see(value);
  }

  /** JavaScript gets to see `object`, and what it reaches through it. */
  see(object: object): void {
    if (object === this.root) return this.seeAll();
    if (!this.has(object)) return;
    const waiting = [object];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (!this.drafts.delete(next)) continue;
      for (const [, child] of childrenOf(next)) if (this.drafts.has(child)) waiting.push(child);
    }
  }

  /** JavaScript goes on by itself, and may look at containers of its own. */
  seeExposed(): void {
    if (this.exposed) this.seeAll();
  }

  seeAll(): void {
    if (!this.some) return;
    this.drafts = new WeakMap();
    this.some = false;
    this.exposed = false;
  }
}

function prune(draft: Draft, object: object): void {
  const places: unknown[] = [];
  for (let i = 0; i < draft.places.length; i += 2) {
    const container = draft.places[i] as Container;
    const key = draft.places[i + 1];
    if (childAt(container, key) === object) places.push(container, key);
  }
  draft.places = places;
  draft.pruneAt = Math.max(PRUNE_LENGTH_MIN, places.length * 2);
}

function childAt(container: Container, key: unknown): unknown {
  if (container instanceof Map) return container.get(key);
  const property = key as PropertyKey;
  return Object.hasOwn(container, property) ? (container as Record<PropertyKey, unknown>)[property] : undefined;
}

function putAt(container: Container, key: unknown, value: unknown): void {
  if (container instanceof Map) container.set(key, value);
  else (container as Record<PropertyKey, unknown>)[key as PropertyKey] = value;
}

function* childrenOf(container: Container): Generator<[key: unknown, child: object], void> {
  const hasEntries = container instanceof Map || Array.isArray(container);
  const entries: Iterable<[unknown, unknown]> = hasEntries ? container.entries() : Object.entries(container);
  for (const [key, child] of entries) if (typeof child === "object" && child !== null) yield [key, child];
}
