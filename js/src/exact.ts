/**
 * Values with the types that they have in Lua, which tables of `_home` keep: what no JavaScript primitive stands for has a class. Keys of
 * Maps are made from them so that what is one key in Lua is one key here, and can be turned back.
 */
import { RefusedError } from "./errors.js";
import type { HomeTable } from "./home.js";

/** A Lua float whose value is integral, which as a JavaScript number would read as a Lua integer. */
export class LuaFloat {
  constructor(readonly value: number) {}
}

/** A bigint of the module's bigint library. A primitive bigint is a Lua integer beyond the safe range. */
export class LuaBigint {
  constructor(readonly value: bigint) {}
}

/** A Lua string that is no text. */
export class LuaBytes {
  constructor(readonly bytes: Uint8Array) {}
}

/** What a library of Lua has under a name ("string.format"): it is not kept, but found again. */
export class LuaNamed {
  constructor(readonly name: string) {}
}

/** What an upvalue held that has no form outside, or, if it is a plain table, none yet. */
export class Unsaved {
  constructor(readonly what: string, readonly isTable: boolean) {}
}

/**
 * A number is a Lua integer if it is a safe integer and not −0, otherwise a float; `null` is `ext.null`; a function is a table of
 * what it consists of.
 */
export type HomeValue = null | boolean | number | bigint | string | LuaFloat | LuaBigint | LuaBytes | LuaNamed | Unsaved | HomeTable;

/** A key as the Maps hold it: `keyOf` and `valueOfKey` translate. */
export type HomeKey = null | boolean | number | bigint | string | HomeTable;

export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0);
}

/** A Lua float as a value. */
export function floatValue(value: number): number | LuaFloat {
  return isInteger(value) ? new LuaFloat(value) : value;
}

/** A Lua integer as a value. */
export function integerValue(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Strings are keys as they are. One that begins with NUL is set apart, because NUL marks the kinds that no JavaScript primitive stands
 * for.
 */
export function textKey(text: string): string {
  return text.charCodeAt(0) === 0 ? `\0${text}` : text;
}

/** Throws for a value that cannot be a key. */
export function keyOf(value: HomeValue): HomeKey {
  if (typeof value === "string") return textKey(value);
  if (value instanceof LuaBytes) return `\0b${Array.from(value.bytes, (byte) => String.fromCharCode(byte)).join("")}`;
  if (value instanceof LuaBigint) return `\0n${value.value}`;
  if (value instanceof LuaNamed) return `\0f${value.name}`;
  if (value instanceof Unsaved) throw new RefusedError(`${value.what} cannot be a key`);
  return value instanceof LuaFloat ? value.value : value;
}

export function valueOfKey(key: HomeKey): HomeValue {
  if (typeof key !== "string" || key.charCodeAt(0) !== 0) return key;
  const rest = key.slice(2);
  switch (key[1]) {
    case "b": return new LuaBytes(Uint8Array.from(rest, (char) => char.charCodeAt(0)));
    case "n": return new LuaBigint(BigInt(rest));
    case "f": return new LuaNamed(rest);
    default: return key.slice(1);
  }
}

/** A key as a step of a path, as Lua would write it. */
export function pathStep(key: unknown): string {
  if (typeof key === "string" && /^[A-Za-z_]\w*$/.test(key)) return `.${key}`;
  if (typeof key === "string" && !key.startsWith("\0")) return `[${JSON.stringify(key)}]`;
  if (typeof key === "number" || typeof key === "bigint" || typeof key === "boolean") return `[${key}]`;
  return "[?]";
}
