/**
 * Tables of `_home` as JavaScript has them: `CuTable` is the live view; what is assigned is copied deeply, and so is what is taken out.
 * What cannot be kept is refused with the path at which it would have been.
 */
import { RefusedError } from "./errors.js";
import { ENTRY_FLOAT, ENTRY_INT } from "./chunk.js";
import { integerValue, keyOf, LuaBigint, LuaBytes, LuaNamed, pathStep, textKey, Unsaved, valueOfKey } from "./exact.js";
import type { HomeKey, HomeValue } from "./exact.js";
import type { Held } from "./functions.js";
import { HomeTable } from "./home.js";
import type { Space } from "./space.js";
import { StoredFunction } from "./stored.js";

/** The table behind a view, or undefined. */
export let tableBehind: (object: object) => HomeTable | undefined;
/** The same of a view, also if it is stale. */
export let tableOfView: (view: CuTable) => HomeTable;

/**
 * A table of `_home` as JavaScript sees it: live, and the same object for the same table while it is held. What is assigned is copied
 * deeply; keys are strings, numbers, booleans, bigints, tables, functions of Lua, or the bytes of a string that is no text.
 */
export class CuTable {
  readonly #own: HomeTable;

  /** Throws if another state was loaded since. */
  get #table(): HomeTable {
    if (this.#own.dropped) throw new RefusedError("stale table");
    return this.#own;
  }

  static {
    tableBehind = (object) => (#own in object ? object.#table : undefined);
    tableOfView = (view) => view.#own;
  }

  /** @internal */
  constructor(table: HomeTable) {
    this.#own = table;
  }

  /** The value of a key; tables of `_home` as `CuTable`, the same one each time. `undefined` where there is none. */
  get(key: unknown): unknown {
    return shownValue(this.#table.space, this.#table.get(this.#find(key)));
  }

  /** Assigns a deep copy of `value`; undefined and null remove the entry. Throws with the path of what cannot be kept. */
  set(key: unknown, value: unknown): this {
    const table = this.#table;
    table.space.build(() => storeCopy(table, this.#keyOf(key), value));
    table.space.noteChangedByJs(table);
    return this;
  }

  /** Whether a key has a value. */
  has(key: unknown): boolean {
    return this.#table.get(this.#find(key)) !== undefined;
  }

  /** Removes an entry and says whether there was one. */
  delete(key: unknown): boolean {
    const had = this.has(key);
    if (had) this.#table.delete(this.#find(key));
    this.#table.space.noteChangedByJs(this.#table);
    return had;
  }

  /** The number of entries. */
  get size(): number {
    return this.#table.size;
  }

  /** Keys with their values, in the order of `pairs`. */
  *entries(): IterableIterator<[unknown, unknown]> {
    const { space } = this.#table;
    for (const [key, value] of this.#table.entries()) yield [shownValue(space, valueOfKey(key)), shownValue(space, value)];
  }

  /** Likewise. */
  [Symbol.iterator](): IterableIterator<[unknown, unknown]> {
    return this.entries();
  }

  /** A deep copy: an array for a sequence, an object for string keys, otherwise a Map; shared parts and cycles are kept. */
  toJS(): unknown {
    return copyToJs(this.#table);
  }

  /** The key as the table holds it, if it does. What stands for a function that is new is not needed any longer. */
  #find(key: unknown): HomeKey {
    return this.#table.space.build(() => this.#keyOf(key));
  }

  /** The key as the table holds it, or will. A bigint is looked for as a Lua integer first. To be called within `build`. */
  #keyOf(key: unknown): HomeKey {
    if (key === undefined || key === null || Number.isNaN(key)) throw new TypeError(`a key must not be ${String(key)}`);
    if (typeof key === "bigint") {
      const integer = integerValue(key);
      return this.#table.get(integer) !== undefined ? integer : keyOf(new LuaBigint(key));
    }
    if (key instanceof Uint8Array) return keyOf(new LuaBytes(key));
    // Of an object there would have to be a copy, which nothing could find.
    const refuse = () => {
      throw new TypeError("an object cannot be a key of this table");
    };
    const { space } = this.#table;
    return space.stored.keyFrom(new Copier(space, refuse).valueOf(key, () => "key")!);
  }
}

/** Always the same view while JavaScript holds it. */
export function viewOf(table: HomeTable): CuTable {
  const known = table.shown?.deref();
  if (known !== undefined) return known;
  const view = new CuTable(table);
  table.shown = new WeakRef(view);
  table.space.noteView(table.shown);
  return view;
}

/** A value of `_home` as JavaScript sees it. */
export function shownValue(space: Space, value: HomeValue | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof StoredFunction) {
    space.stored.rest();
    return space.functions.shown(space.stored.wake(value));
  }
  if (value instanceof HomeTable) return viewOf(value);
  if (value instanceof LuaNamed) return space.functions.shown(space.stored.named(value));
  if (value instanceof Unsaved) return undefined;
  return value instanceof LuaBytes ? value.bytes.slice() : value.value;
}

/** Stores a deep copy of a value of JavaScript; undefined and null remove the entry. */
export function storeCopy(table: HomeTable, key: HomeKey, value: unknown): void {
  table.space.build((create) => {
    const kept = new Copier(table.space, create).valueOf(value, () => table.path() + table.stepTo(key));
    if (kept === undefined) table.delete(key);
    else table.set(key, kept);
  });
}

/** Where a value is: under a key of what is at the parent, which has none itself at the root. */
interface Place {
  readonly root: () => string;
  readonly parent: Place | undefined;
  readonly step: string;
}

function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) steps.push(at.step);
  return place.root() + steps.reverse().join("");
}

/**
 * Values of JavaScript as `_home` keeps them: containers are copied deeply, shared parts and cycles kept. They wait in a list until they
 * are filled: data may be nested deeper than the engine's stack.
 */
export class Copier {
  private readonly space: Space;
  private readonly create: () => HomeTable;
  private readonly copies = new Map<object, HomeTable>();
  private readonly waiting: { readonly table: HomeTable; readonly source: object; readonly place: Place }[] = [];

  constructor(space: Space, create: () => HomeTable) {
    this.space = space;
    this.create = create;
  }

  /** Throws with the path if there is something that cannot be kept. */
  valueOf(value: unknown, path: () => string): HomeValue | undefined {
    const kept = this.formOf(value, { root: path, parent: undefined, step: "" });
    // The list grows meanwhile.
    for (const { table, source, place } of this.waiting) this.fill(table, source, place);
    this.waiting.length = 0;
    return kept;
  }

  private formOf(value: unknown, place: Place): HomeValue | undefined {
    switch (typeof value) {
      case "undefined": return undefined;
      case "boolean": case "number": case "string": return value;
      case "bigint": return new LuaBigint(value);
      case "function": {
        const held = this.space.functions.heldBehind(value);
        if (held !== undefined) return this.functionOf(held, () => pathOf(place));
        throw new RefusedError(`${pathOf(place)}: a function of the host cannot be stored`);
      }
      case "object": return value === null ? undefined : this.tableOf(value, place);
      default: throw new RefusedError(`${pathOf(place)}: a ${typeof value} cannot be stored`);
    }
  }

  private functionOf(held: Held, path: () => string): HomeValue {
    const { stored } = this.space;
    const kept = stored.ofHeld(held);
    stored.settle();
    return stored.settled(kept, path);
  }

  private tableOf(source: object, place: Place): HomeTable {
    const own = tableBehind(source);
    if (own !== undefined) {
      if (own.space === this.space) return own;
      throw new RefusedError(`${pathOf(place)}: a table of another instance cannot be stored`);
    }
    const known = this.copies.get(source);
    if (known !== undefined) return known;
    const table = this.create();
    this.copies.set(source, table);
    this.waiting.push({ table, source, place });
    return table;
  }

  private fill(table: HomeTable, source: object, place: Place): void {
    const put = (key: HomeKey, item: unknown) => {
      const isContainer = typeof item === "object" || typeof item === "function" || typeof item === "symbol";
      const kept = this.formOf(item, isContainer ? { root: place.root, parent: place, step: pathStep(key) } : place);
      if (kept !== undefined) table.set(key, kept);
    };
    if (Array.isArray(source)) {
      for (let index = 0; index < source.length; index++) put(index + 1, Object.hasOwn(source, index) ? source[index] : undefined);
    } else if (source instanceof Map) {
      for (const [key, item] of source) put(this.keyOf(key, place), item);
    } else if (source instanceof Set) {
      for (const item of source) put(this.keyOf(item, place), true);
    } else if (ArrayBuffer.isView(source) && !(source instanceof DataView)) {
      copyElements(source as unknown as ArrayLike<number | bigint>, table);
    } else if (isPlainObject(source)) {
      for (const key of Object.keys(source)) put(textKey(key), (source as Record<string, unknown>)[key]);
    } else {
      throw new RefusedError(`${pathOf(place)}: ${describe(source)} cannot be stored`);
    }
  }

  private keyOf(key: unknown, place: Place): HomeKey {
    const value = this.formOf(key, { root: place.root, parent: place, step: "[?]" });
    if (value === undefined || Number.isNaN(value)) throw new RefusedError(`${pathOf(place)}: ${String(key)} cannot be a key`);
    return this.space.stored.keyFrom(value);
  }
}

/** The elements of floating-point arrays are floats whatever their value, those of a BigInt64Array Lua integers. */
function copyElements(source: ArrayLike<number | bigint>, table: HomeTable): void {
  // By name: newer engines have Float16Array.
  const isFloat = /Float/.test(Object.prototype.toString.call(source));
  for (let index = 0; index < source.length; index++) {
    const item = source[index]!;
    if (typeof item === "number") table.setNumber(index + 1, isFloat ? ENTRY_FLOAT : ENTRY_INT, item);
    else table.set(index + 1, source instanceof BigInt64Array ? integerValue(item) : new LuaBigint(item));
  }
}

function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

/** By the name of its class, without running a getter. */
function describe(object: object): string {
  const own = (of: unknown, field: string): unknown =>
    typeof of === "object" || typeof of === "function" ? Object.getOwnPropertyDescriptor(of ?? {}, field)?.value : undefined;
  const name = own(own(Object.getPrototypeOf(object), "constructor"), "name");
  return typeof name === "string" && name !== "" ? `an object of class ${name}` : "such an object";
}

/** Tables wait in a list until their copies are filled: they may be nested deeper than the engine's stack. */
function copyToJs(root: HomeTable): unknown {
  const copies = new Map<HomeTable, Copy>();
  const waiting: HomeTable[] = [];
  const copyOf = (value: HomeValue): unknown => {
    if (!(value instanceof HomeTable) || value instanceof StoredFunction) return shownValue(root.space, value);
    let copy = copies.get(value);
    if (copy === undefined) {
      copies.set(value, (copy = emptyCopy(value)));
      waiting.push(value);
    }
    return copy;
  };
  const result = copyOf(root);
  for (let table = waiting.pop(); table !== undefined; table = waiting.pop()) {
    const copy = copies.get(table)!;
    for (const [key, value] of table.entries()) {
      const item = copyOf(value);
      if (Array.isArray(copy)) copy.push(item);
      else if (copy instanceof Map) copy.set(copyOf(valueOfKey(key)), item);
      else defineField(copy, valueOfKey(key) as string, item);
    }
  }
  return result;
}

type Copy = unknown[] | Map<unknown, unknown> | Record<string, unknown>;

function emptyCopy(table: HomeTable): Copy {
  const { size } = table;
  if (size > 0 && size === table.length) return [];
  for (const [key] of table.entries()) if (typeof valueOfKey(key) !== "string") return new Map();
  return {};
}

/** Makes an own property whatever the prototypes have of that name. */
export function defineField(object: object, name: string | number, value: unknown): void {
  if (name in object && !Object.hasOwn(object, name)) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string | number, unknown>)[name] = value;
  }
}
