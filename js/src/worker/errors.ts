/**
 * Errors from one thread to another. Structured cloning would leave the class Error of them and drop what else they have; so they are taken
 * apart and put together again, with class, message, stack, cause and, of an error of Lua's, its value, place and traceback.
 */
import * as known from "../errors.js";
import { portable } from "./values.js";

export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly cause: SentValue | undefined;
  /** Of a LuaError. */
  readonly lua: { chunkName: string | undefined; line: number | undefined; traceback: string | undefined; value: SentValue } | undefined;
  /** Of a CuLimitError. */
  readonly limit: "maxInstructions" | "timeoutMs" | undefined;
}

/** A value that may be an error. */
type SentValue = { readonly error: SentError } | { readonly plain: unknown };

/** Causes of causes, and no further: a chain may be a circle. */
const DEPTH_MAX = 8;

const { LuaError, CuMemoryError, CuLimitError } = known;
const STANDARD = new Map<string, new (message: string) => Error>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError].map((type) => [type.name, type]),
);

export function sendError(error: unknown, depth = 0): SentError {
  if (!(error instanceof Error)) return sendError(new Error(String(error)), depth);
  const { name, message, stack, cause } = error;
  const value = (what: unknown) => sendValue(what, depth + 1);
  return {
    name, message, stack, code: primitive((error as { code?: unknown }).code),
    cause: cause === undefined || depth >= DEPTH_MAX ? undefined : value(cause),
    lua: error instanceof LuaError
      ? { chunkName: error.chunkName, line: error.line, traceback: error.traceback, value: value(error.value) }
      : undefined,
    limit: error instanceof CuLimitError ? error.limit : undefined,
  };
}

/** An error that is as the one that was sent, of a class of this thread's. */
export function receiveError(sent: SentError): Error {
  const error = rebuilt(sent);
  if (sent.stack !== undefined) error.stack = sent.stack;
  if (sent.code !== undefined && !("code" in error)) Object.assign(error, { code: sent.code });
  // The cause of a LuaError is its value, the very same.
  if (sent.cause !== undefined && error.cause === undefined) {
    Object.defineProperty(error, "cause", { value: receiveValue(sent.cause), writable: true, configurable: true });
  }
  return error;
}

function rebuilt({ name, message, lua, limit }: SentError): Error {
  if (lua !== undefined) {
    const details = { ...lua, value: receiveValue(lua.value) };
    if (limit !== undefined) return new CuLimitError(message, limit, details);
    return new (name === "CuMemoryError" ? CuMemoryError : LuaError)(message, details);
  }
  const own = (known as Record<string, unknown>)[name] as (new (message: string) => Error) | undefined;
  if (own?.prototype instanceof Error) return new own(message);
  const standard = STANDARD.get(name);
  if (standard !== undefined) return new standard(message);
  if (/^(Abort|Timeout|DataClone|QuotaExceeded|NotSupported|InvalidState)Error$/.test(name)) return new DOMException(message, name);
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
  return error;
}

function sendValue(value: unknown, depth: number): SentValue {
  if (value instanceof Error) return depth > DEPTH_MAX ? { plain: undefined } : { error: sendError(value, depth) };
  try {
    return { plain: structuredClone(portable(value)) };
  } catch {
    // It has no form elsewhere. The message says what went wrong.
    return { plain: undefined };
  }
}

function receiveValue(sent: SentValue): unknown {
  return "error" in sent ? receiveError(sent.error) : sent.plain;
}

function primitive(value: unknown): unknown {
  return typeof value === "string" || typeof value === "number" ? value : undefined;
}
