/**
 * Values on their way out of a worker. What structured cloning takes is left as it is. Tables of `_home` would arrive empty: they are
 * copied. Functions of Lua, and what else lives in the instance alone, cannot leave it.
 */
import { CuTable, LuaReference } from "../index.js";

/** Throws a TypeError with the path of what cannot leave. */
export function portable(value: unknown): unknown {
  return holdsTables(value, "the result", new Set()) ? copied(value, new Map()) : value;
}

/** Whether there is a table of `_home` in it. */
function holdsTables(value: unknown, path: string, seen: Set<unknown>): boolean {
  if (typeof value === "function" || value instanceof LuaReference) {
    throw new TypeError(`${path} is a function, which cannot leave the worker: keep it in _home, and use call() (docs/WORKER.md)`);
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof CuTable) {
    holdsTables(value.toJS(), path, seen);
    return true;
  }
  let found = false;
  eachItem(value, (item, step) => {
    if (typeof item === "object" || typeof item === "function") found = holdsTables(item, path + step, seen) || found;
  });
  return found;
}

function eachItem(value: object, visit: (item: unknown, step: string) => void): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) visit(value[index], `[${index + 1}]`);
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      visit(key, "[?]");
      visit(item, `[${String(key)}]`);
    }
  } else if (value instanceof Set) {
    for (const item of value) visit(item, "[?]");
  } else if (isPlain(value)) {
    for (const key of Object.keys(value)) visit((value as Record<string, unknown>)[key], `.${key}`);
  }
}

function copied(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const keep = <T>(copy: T): T => {
    copies.set(value, copy);
    return copy;
  };
  if (value instanceof CuTable) return keep(value.toJS());
  if (Array.isArray(value)) {
    const copy = keep([] as unknown[]);
    for (const item of value) copy.push(copied(item, copies));
    return copy;
  }
  if (value instanceof Map) {
    const copy = keep(new Map<unknown, unknown>());
    for (const [key, item] of value) copy.set(copied(key, copies), copied(item, copies));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set<unknown>());
    for (const item of value) copy.add(copied(item, copies));
    return copy;
  }
  if (!isPlain(value)) return value;
  const copy = keep(Object.create(null) as Record<string, unknown>);
  for (const key of Object.keys(value)) copy[key] = copied((value as Record<string, unknown>)[key], copies);
  return copy;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
