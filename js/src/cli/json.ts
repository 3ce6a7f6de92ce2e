/**
 * Values as JSON, where JSON has no form of its own: an integer beyond 2^53 is its digits as a string, bytes are `{"base64": "…"}`, a table
 * whose keys are not all strings is a list of `[key, value]`. Nil, functions, and numbers that are none (NaN, the infinities) are null.
 */
import { CuTable } from "../index.js";
import { CliError, EXIT } from "./exit.js";

/** Throws a CliError with the path of a table that holds itself. */
export function toJson(value: unknown): string {
  return JSON.stringify(formOf(value, "the result", []));
}

function formOf(value: unknown, path: string, around: readonly unknown[]): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (around.includes(value)) throw new CliError(`${path} holds itself, which JSON has no form for`, EXIT.failed);
  const inside = [...around, value];
  if (value instanceof CuTable) return formOf(value.toJS(), path, inside);
  if (value instanceof ArrayBuffer) return formOf(new Uint8Array(value), path, around);
  if (value instanceof Uint8Array) return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  if (ArrayBuffer.isView(value)) return formOf([...(value as unknown as Iterable<unknown>)], path, around);
  if (Array.isArray(value)) return value.map((item, index) => formOf(item, `${path}[${index + 1}]`, inside));
  if (value instanceof Set) return [...value].map((item) => formOf(item, `${path}[?]`, inside));
  if (value instanceof Map) {
    return [...value].map(([key, item]) => [formOf(key, `a key of ${path}`, inside), formOf(item, `${path}[${String(key)}]`, inside)]);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, formOf(item, `${path}.${key}`, inside)]));
}
