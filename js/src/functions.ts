/**
 * Values of Lua that JavaScript holds: functions, as functions that can be called, and values with no form outside (an error value that is a
 * plain table or a coroutine). Each is counted in the module, and given back when JavaScript lets go of it.
 */
import { CuClosedError, RefusedError } from "./errors.js";

/** How many may be held: each one keeps something alive in a heap of 1.5 MiB. */
export const REFERENCES_MAX = 65_536;

/** A function of Lua. Called, it gives the first result; `all` gives every one. Where the symbol exists, `[Symbol.dispose]()` releases it. */
export interface LuaFunction {
  (...args: unknown[]): unknown;
  all(...args: unknown[]): unknown[];
}

/** A value of Lua that has no form in JavaScript. It can only be handed back, by being thrown into Lua again with its error. */
export class LuaReference {
  /** Asked for without `instanceof`, which would run the traps of a Proxy. */
  readonly #isOne = true;

  /** @internal */
  static is(object: object): object is LuaReference {
    return #isOne in object;
  }

  /** @internal */
  constructor() {}
}

/** One reference of the module, with the number of uses that it counted for this holder. */
interface Held {
  readonly reference: number;
  readonly holder: WeakRef<object>;
  uses: number;
  released: boolean;
}

export class Functions {
  private readonly invoke: (reference: number, args: unknown[]) => unknown[];
  private readonly giveBack: (pairs: readonly [reference: number, uses: number][]) => void;
  private readonly byReference = new Map<number, Held>();
  private readonly byHolder = new WeakMap<object, Held>();
  private readonly finalizers = new FinalizationRegistry<Held>((held) => this.release(held));
  private readonly prototype: object;

  constructor(invoke: (reference: number, args: unknown[]) => unknown[], giveBack: (pairs: readonly [number, number][]) => void) {
    this.invoke = invoke;
    this.giveBack = giveBack;
    this.prototype = this.createPrototype();
  }

  /** The JavaScript function for a Lua function, the same one while it lives. Counts one use. */
  functionOf(reference: number): LuaFunction {
    return (this.used(reference) ?? this.hold(reference, this.createFunction(reference))) as LuaFunction;
  }

  /** Likewise for another value. */
  valueOf(reference: number): LuaReference {
    return (this.used(reference) ?? this.hold(reference, new LuaReference())) as LuaReference;
  }

  /** The reference behind a function or value, or 0 if it is not Lua's (of this instance). */
  referenceOf(holder: object): number {
    const held = this.byHolder.get(holder);
    if (held === undefined) return 0;
    if (held.released) throw new CuClosedError("this Lua function has been released");
    return held.reference;
  }

  isHeld(holder: object): boolean {
    return this.byHolder.has(holder);
  }

  /** Nothing is given back after the instance was closed. */
  close(): void {
    for (const held of this.byReference.values()) held.released = true;
    this.byReference.clear();
  }

  private used(reference: number): object | undefined {
    const held = this.byReference.get(reference);
    const holder = held?.holder.deref();
    if (holder !== undefined) held!.uses++;
    return holder;
  }

  private hold<T extends object>(reference: number, holder: T): T {
    if (this.byReference.size >= REFERENCES_MAX) {
      throw new RefusedError(`JavaScript holds ${REFERENCES_MAX} functions of Lua: release those that are not needed, with fn[Symbol.dispose]()`);
    }
    const held: Held = { reference, holder: new WeakRef(holder), uses: 1, released: false };
    this.byReference.set(reference, held);
    this.byHolder.set(holder, held);
    this.finalizers.register(holder, held, held);
    return holder;
  }

  private release(held: Held): void {
    if (held.released) return;
    held.released = true;
    this.finalizers.unregister(held);
    // A holder that was collected may have a successor under the same reference.
    if (this.byReference.get(held.reference) === held) this.byReference.delete(held.reference);
    this.giveBack([[held.reference, held.uses]]);
  }

  private createFunction(reference: number): object {
    const call = (...args: unknown[]): unknown => {
      this.referenceOf(call);
      return this.invoke(reference, args)[0];
    };
    return Object.setPrototypeOf(call, this.prototype) as object;
  }

  private createPrototype(): object {
    const functions = this;
    const prototype = Object.create(Function.prototype, {
      all: {
        value(this: object, ...args: unknown[]): unknown[] {
          return functions.invoke(functions.referenceOf(this), args);
        },
      },
    }) as object;
    const { dispose } = Symbol as unknown as { dispose?: symbol };
    if (dispose !== undefined) {
      Object.defineProperty(prototype, dispose, {
        value(this: object): void {
          const held = functions.byHolder.get(this);
          if (held !== undefined) functions.release(held);
        },
      });
    }
    return prototype;
  }
}
