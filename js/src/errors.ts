/**
 * The errors of the library, one class for each way in which things fail. None of them is ever thrown into the module;
 * what a Lua program raised arrives as `LuaError`.
 */

/** What is known of an error besides its message. */
/** What is known of an error besides its message. */
export interface LuaErrorDetails {
  /** The chunk in which it was raised: the `name` of the computation, or what `load` was given. */
  readonly chunkName?: string | undefined;
  /** The line in that chunk, from 1. */
  readonly line?: number | undefined;
  /** Lua's frames, as `debug.traceback` writes them. */
  readonly traceback?: string | undefined;
  /** What was raised: the string, a copy of a table, or the very object that a function of the host threw. */
  readonly value?: unknown;
}

/** An error raised in Lua. Its `stack` shows Lua's frames first, then JavaScript's. */
export class LuaError extends Error {
  /** The chunk in which it was raised, as Lua names it (`compute` for a chunk called `=compute`). */
  readonly chunkName: string | undefined;
  /** The line in that chunk. */
  readonly line: number | undefined;
  /** Lua's traceback, its heading included. */
  readonly traceback: string | undefined;
  /** The error value itself. A JavaScript error that passed through Lua is the very object, and the `cause` as well. */
  readonly value: unknown;

  constructor(message: string, details: LuaErrorDetails = {}) {
    super(message, details.value instanceof Error ? { cause: details.value } : undefined);
    this.chunkName = details.chunkName;
    this.line = details.line;
    this.traceback = details.traceback;
    this.value = details.value;
    if (this.traceback !== undefined && typeof this.stack === "string") {
      this.stack = stackWithLua(`${this.name}: ${message}`, this.traceback, this.stack);
    }
  }
}

/** Lua ran out of memory; the instance is whole and goes on. */
export class CuMemoryError extends LuaError {}

/** A limit ended the computation, whatever Lua did to go on; the instance is whole and takes the next one. */
export class CuLimitError extends LuaError {
  /** Which one. The message has its value. */
  readonly limit: "maxInstructions" | "timeoutMs";

  constructor(message: string, limit: "maxInstructions" | "timeoutMs", details: LuaErrorDetails = {}) {
    super(message, details);
    this.limit = limit;
  }
}

/** The instance ended by a trap: a bug of the module, or the engine's own stack limit. Nothing can be called any more until `restart()`. */
export class CuTrapError extends Error {}

/** What was given as `wasm` is not a module that this library can run. */
export class CuLoadError extends Error {}

/** The engine has no room for the memory of another instance. What is closed gives its own back; then there is room again. */
export class CuEngineLimitError extends Error {}
/** Something that has to wait until no computation does. */
export class CuBusyError extends Error {}

/** The instance, the Lua function, the store or its state was closed or released before. */
export class CuClosedError extends Error {}

/** A saved state that cannot be read: it is of another version, truncated, altered, or no state at all. */
export class StateFormatError extends Error {}

/** A store could not do what it was asked to do, and has changed nothing. Its `cause` is what the system or the database said. */
export class StoreError extends Error {}

/** Another instance, tab or process has the state open. */
export class StateLockedError extends StoreError {}

/** The store has no room: the disk is full, or the browser grants no more. */
export class QuotaError extends StoreError {}

/**
 * What the library does not do, and why. On the way into Lua its message becomes a Lua error at the position of the Lua caller; to a
 * caller in JavaScript it is an ordinary TypeError.
 * @internal
 */
export class RefusedError extends TypeError {}

const classes = {
  LuaError, CuMemoryError, CuLimitError, CuTrapError, CuLoadError, CuEngineLimitError, CuBusyError, CuClosedError, StoreError,
  StateLockedError, QuotaError, StateFormatError,
};
for (const [name, type] of Object.entries(classes)) {
  Object.defineProperty(type.prototype, "name", { value: name, writable: true, configurable: true });
}

/** Engines disagree about whether a stack begins with the message; Lua's frames go between the two. */
function stackWithLua(heading: string, traceback: string, stack: string): string {
  const own = stack.startsWith(heading) ? stack.slice(heading.length).replace(/^\n/, "") : stack;
  const frames = traceback.split("\n").slice(1).map((frame) => `    at ${frame.trim()}`);
  return [heading, ...frames, own].join("\n");
}
