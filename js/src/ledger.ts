/**
 * What Lua made the host hold under `_io`. Such objects are JavaScript's as well, which may change or keep them, so that nothing is
 * counted down as it goes: a survey counts what is still there. It looks into containers that Lua made, and into those of JavaScript that
 * Lua wrote to; what JavaScript put anywhere itself is not counted.
 */
import { BOX_BYTES, ELEMENT_BYTES, FIELD_BYTES, FUNCTION_BYTES, TABLE_BYTES } from "./account.js";
import type { Account } from "./account.js";

/** What Lua wrote to one of JavaScript's own objects, at most. */
export interface Tally {
  bytes: number;
  entries: number;
}

/** Of a container that Lua made nothing is noted, since all of it counts. */
const UNNOTED: Tally = { bytes: 0, entries: 0 };

export class Ledger {
  private readonly account: Account;
  private readonly made = new WeakSet<object>();
  private tallies = new WeakMap<object, Tally>();
  private readonly written = new Set<WeakRef<object>>();

  constructor(account: Account) {
    this.account = account;
  }

  /** Lua made this container. */
  noteMade(container: object): void {
    this.made.add(container);
  }

  tallyOf(object: object): Tally {
    if (this.made.has(object)) return UNNOTED;
    let tally = this.tallies.get(object);
    if (tally === undefined) {
      this.tallies.set(object, (tally = { bytes: 0, entries: 0 }));
      this.written.add(new WeakRef(object));
    }
    return tally;
  }

  /** To be called before something is added to `object`. */
  charge(object: object, bytes: number, entries: number): void {
    this.account.chargeIo(bytes, entries);
    const tally = this.tallyOf(object);
    tally.bytes += bytes;
    tally.entries += entries;
  }

  /** To be called before containers that Lua made are stored. */
  chargeMade(containers: readonly object[]): void {
    const sum = { bytes: 0, entries: 0 };
    for (const container of containers) {
      this.made.add(container);
      measure(container, sum, () => {});
    }
    this.account.chargeIo(sum.bytes, sum.entries);
  }

  /** What Lua wrote to JavaScript's own objects is JavaScript's from now on. */
  handOver(): void {
    this.tallies = new WeakMap();
    this.written.clear();
    this.account.noteShrinking();
  }

  /** `roots`: `_io`, and whatever the module has a handle for. */
  survey(roots: Iterable<object>): Tally {
    const sum = { bytes: 0, entries: 0 };
    const seen = new Set<object>();
    const waiting = [...roots, ...this.writtenAlive()];
    const visit = (child: object) => {
      if (this.made.has(child)) waiting.push(child);
    };
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const tally = this.made.has(next) ? undefined : this.tallies.get(next);
      if (seen.has(next) || (tally === undefined && !this.made.has(next))) continue;
      seen.add(next);
      const own = { bytes: 0, entries: 0 };
      measure(next, own, visit);
      sum.bytes += Math.min(own.bytes, tally?.bytes ?? Infinity);
      sum.entries += Math.min(own.entries, tally?.entries ?? Infinity);
    }
    return sum;
  }

  private *writtenAlive(): Generator<object, void> {
    for (const reference of this.written) {
      const object = reference.deref();
      if (object === undefined) this.written.delete(reference);
      else yield object;
    }
  }
}

/** What a value costs besides its place. */
export function contentBytes(value: unknown): number {
  switch (typeof value) {
    case "string": return BOX_BYTES + 2 * value.length;
    case "bigint": return BOX_BYTES + value.toString(16).length / 2;
    case "function": return FUNCTION_BYTES;
    case "object": return value instanceof Uint8Array ? BOX_BYTES + value.length : 0;
    default: return 0;
  }
}

/** Of a field, an entry of a Map or a Set. */
export function fieldBytes(key: unknown, value: unknown): number {
  return FIELD_BYTES + contentBytes(key) + contentBytes(value);
}

/** Adds what a container costs, and visits what is in it. Getters of objects are not called. */
function measure(container: object, sum: Tally, visit: (child: object) => void): void {
  const add = (bytes: number, value: unknown) => {
    sum.bytes += bytes;
    sum.entries++;
    if (typeof value === "object" && value !== null) visit(value);
  };
  sum.bytes += TABLE_BYTES;
  try {
    if (container instanceof Map) {
      for (const [key, value] of container) add(fieldBytes(key, value), value);
    } else if (container instanceof Set) {
      for (const key of container) add(fieldBytes(key, true), key);
    } else if (Array.isArray(container)) {
      for (const value of container as unknown[]) add(ELEMENT_BYTES + contentBytes(value), value);
    } else {
      for (const name of Object.keys(container)) {
        const value: unknown = Object.getOwnPropertyDescriptor(container, name)?.value;
        add(fieldBytes(name, value), value);
      }
    }
  } catch {
    // A Proxy of JavaScript's may fail at anything: what was noted of it counts.
    sum.bytes = Infinity;
    sum.entries = Infinity;
  }
}
