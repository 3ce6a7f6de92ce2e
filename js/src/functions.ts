/**
 * Values of Lua that the host holds: functions, and values with no form outside (an error value that is a plain table or a coroutine).
 * Each is counted in the module, and given back when neither JavaScript nor a table of `_home` holds it any more.
 */
import { CuClosedError, RefusedError } from "./errors.js";
import type { Image } from "./mirror.js";
import type { StoredFunction } from "./stored.js";

/** How many JavaScript may hold: each one keeps something alive in a heap of 1.5 MiB. */
export const REFERENCES_MAX = 65_536;

/**
 * A function of Lua. Called, it gives the first result; `all` gives every one. Where the symbol exists, `[Symbol.dispose]()` releases it.
 */
export interface LuaFunction {
  (...args: unknown[]): unknown;
  /** Calls it and gives all its results. */
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

/** One reference of the module. */
export class Held {
  /** Uses that the module counted and that were not given back. */
  uses = 0;
  /** 1 if a function that tables of `_home` hold is this one, and that function. */
  kept = 0;
  stored: StoredFunction | undefined;
  /** What JavaScript holds it by, and whether the grip of that may have an image. */
  holder: WeakRef<object> | undefined;
  hasImage = false;
  /** Given back or forgotten: the number may be another value's now. */
  released = false;

  constructor(readonly reference: number) {}

  get isHeldByJs(): boolean {
    return this.holder?.deref() !== undefined;
  }
}

/**
 * What a function or value of JavaScript's has to do with it. Nothing else leads to this, so that what it holds is held as long as that.
 */
export interface Grip {
  /** Nothing after it was disposed of. */
  held: Held | undefined;
  /** What it leads to in Lua's heap, if there are objects whose handles are weak. */
  image: Image | undefined;
}

/** What calling a function of Lua takes. */
interface FunctionsPort {
  invoke(grip: Grip, args: unknown[]): unknown[];
  /** Called when there is something to give back and nothing else is going on. */
  hasReturns(): void;
  /** Called before Lua code can get at what the image is of. */
  strengthen(image: Image): void;
}

export class Functions {
  private readonly port: FunctionsPort;
  private readonly byReference = new Map<number, Held>();
  private readonly byHolder = new WeakMap<object, Grip>();
  private readonly finalizers: FinalizationRegistry<Held>;
  private readonly prototype: object;
  /** Holders that were made and neither disposed of nor collected. */
  private holders = 0;
  /** Those that an operation read, and which nothing may have taken. */
  private unsettled: Held[] = [];
  private returned: [reference: number, uses: number][] = [];

  constructor(port: FunctionsPort) {
    this.port = port;
    this.finalizers = new FinalizationRegistry<Held>((held) => {
      this.holders--;
      this.releaseIfUnused(held);
      port.hasReturns();
    });
    this.prototype = this.createPrototype();
  }

  /** What a crossing handed over, for a table of `_home`. To be followed by `settle`. */
  heldOf(reference: number): Held {
    const held = this.crossed(reference);
    if (held.kept === 0) this.unsettled.push(held);
    return held;
  }

  /** The JavaScript function for a Lua function that crossed, the same one while it lives. */
  functionOf(reference: number): LuaFunction {
    return this.shown(this.crossed(reference));
  }

  /** Likewise for another value. */
  valueOf(reference: number): LuaReference {
    const held = this.crossed(reference);
    return (held.holder?.deref() ?? this.hold({ held, image: undefined }, held, new LuaReference())) as LuaReference;
  }

  shown(held: Held): LuaFunction {
    const known = held.holder?.deref();
    if (known !== undefined) return known as LuaFunction;
    const grip = { held, image: undefined };
    return this.hold(grip, held, this.createFunction(grip));
  }

  /** The reference behind a function or value that Lua gets, or 0 if it is not Lua's (of this instance). */
  referenceOf(holder: object): number {
    return this.heldBehind(holder)?.reference ?? 0;
  }

  heldBehind(holder: object): Held | undefined {
    const grip = this.byHolder.get(holder);
    return grip === undefined ? undefined : this.enter(grip);
  }

  private gripOn(holder: object): Grip {
    const grip = this.byHolder.get(holder);
    if (grip === undefined) throw new TypeError("this is no function of Lua");
    return grip;
  }

  /** Lua gets at what the grip is on. No code of the user's may run before it does. */
  enter(grip: Grip): Held {
    const held = heldBy(grip);
    const { image } = grip;
    if (image !== undefined) {
      grip.image = undefined;
      this.port.strengthen(image);
    }
    return held;
  }

  /** The references that JavaScript's collector alone decides about: no table of `_home` holds them. */
  get collected(): number[] {
    const found: number[] = [];
    for (const { holder, kept, stored, reference } of this.byReference.values()) {
      if (holder !== undefined && kept === 0 && stored === undefined) found.push(reference);
    }
    return found;
  }

  /** What the references lead to now, under minus their numbers. A holder that is looked for lives on until the job ends. */
  show(images: ReadonlyMap<number, Image>): void {
    for (const held of this.byReference.values()) {
      const image = images.get(-held.reference);
      if (image === undefined && !held.hasImage) continue;
      held.hasImage = image !== undefined;
      const holder = held.holder?.deref();
      const grip = holder === undefined ? undefined : this.byHolder.get(holder);
      if (grip !== undefined) grip.image = image;
    }
  }

  keep(held: Held): void {
    held.kept++;
  }

  unkeep(held: Held): void {
    held.kept--;
    this.releaseIfUnused(held);
  }

  /** The module has let go of a value already. */
  forget(held: Held): void {
    held.released = true;
    this.byReference.delete(held.reference);
  }

  /** The end of an operation: what was read and is not held by anything goes back. */
  settle(): void {
    if (this.unsettled.length === 0) return;
    const { unsettled } = this;
    this.unsettled = [];
    for (const held of unsettled) this.releaseIfUnused(held);
  }

  /** Uses beyond one for each entry that keeps the value go back. */
  returnSurplus(held: Held): void {
    const surplus = held.uses - held.kept;
    if (surplus <= 0 || held.released) return;
    held.uses = held.kept;
    this.returned.push([held.reference, surplus]);
  }

  get hasReturns(): boolean {
    return this.returned.length > 0;
  }

  /** What is to be given back, which the caller does. */
  takeReturns(): [reference: number, uses: number][] {
    const { returned } = this;
    this.returned = [];
    return returned;
  }

  /** Nothing is given back after the instance was closed. */
  close(): void {
    this.show(new Map());
    for (const held of this.byReference.values()) held.released = true;
    this.byReference.clear();
    this.returned = [];
  }

  /** Counts one more use. */
  private crossed(reference: number): Held {
    let held = this.byReference.get(reference);
    if (held === undefined) this.byReference.set(reference, (held = new Held(reference)));
    held.uses++;
    return held;
  }

  private hold<T extends object>(grip: Grip, held: Held, holder: T): T {
    if (this.holders >= REFERENCES_MAX) {
      this.releaseIfUnused(held);
      const cure = "release those that are not needed, with fn[Symbol.dispose]()";
      throw new RefusedError(`JavaScript holds ${REFERENCES_MAX} functions of Lua: ${cure}`);
    }
    this.holders++;
    held.holder = new WeakRef(holder);
    this.byHolder.set(holder, grip);
    this.finalizers.register(holder, held, holder);
    return holder;
  }

  private releaseIfUnused(held: Held): void {
    if (held.released || held.kept > 0 || held.isHeldByJs) return;
    held.released = true;
    this.byReference.delete(held.reference);
    if (held.uses > 0) this.returned.push([held.reference, held.uses]);
  }

  private dispose(holder: object): void {
    const grip = this.byHolder.get(holder);
    const held = grip?.held;
    if (grip === undefined || held === undefined) return;
    grip.held = grip.image = undefined;
    this.finalizers.unregister(holder);
    this.holders--;
    held.holder = undefined;
    this.releaseIfUnused(held);
  }

  private createFunction(grip: Grip): LuaFunction {
    const call = (...args: unknown[]): unknown => this.port.invoke(grip, args)[0];
    return Object.setPrototypeOf(call, this.prototype) as LuaFunction;
  }

  private createPrototype(): object {
    const functions = this;
    const prototype = Object.create(Function.prototype, {
      all: {
        value(this: object, ...args: unknown[]): unknown[] {
          return functions.port.invoke(functions.gripOn(this), args);
        },
      },
    }) as object;
    const { dispose } = Symbol as unknown as { dispose?: symbol };
    if (dispose !== undefined) {
      Object.defineProperty(prototype, dispose, {
        value(this: object): void {
          functions.dispose(this);
        },
      });
    }
    return prototype;
  }
}

/** The value that JavaScript has, whether Lua gets it or not. */
export function heldBy({ held }: Grip): Held {
  if (held === undefined || held.released) throw new CuClosedError("this Lua function has been released");
  return held;
}
