/**
 * Functions of the host that Lua calls, and what becomes of errors on the way into Lua: everything that is thrown arrives there as one
 * value, and nothing ever as an exception.
 */
import { CuLimitError, LuaError, RefusedError } from "./errors.js";
import type { Drafts } from "./drafts.js";
import type { Handles } from "./handles.js";
import { FUNCTION } from "./handles.js";
import { FAILED } from "./imports.js";
import { FLAG_RAISE_AS_IS, InvalidStreamError } from "./streams.js";
import type { PullQueue } from "./streams.js";
import { isPromise } from "./tasks.js";
import type { Tasks } from "./tasks.js";
import type { Values } from "./values.js";

type Callable = (...args: unknown[]) => unknown;

/** Several results of a function of the host: made by `Cu.multi`. */
export class Multi {
  constructor(readonly values: readonly unknown[]) {}
}

export class Calls {
  private readonly handles: Handles;
  private readonly values: Values;
  private readonly drafts: Drafts;
  private readonly queue: PullQueue;
  private readonly tasks: Tasks;

  constructor(parts: { handles: Handles; values: Values; drafts: Drafts; queue: PullQueue; tasks: Tasks }) {
    this.tasks = parts.tasks;
    this.handles = parts.handles;
    this.values = parts.values;
    this.drafts = parts.drafts;
    this.queue = parts.queue;
  }

  call(handle: number, count: number): number {
    if (this.handles.kinds[handle] !== FUNCTION) throw new RefusedError("stale function");
    const { values } = this;
    values.reader.begin();
    const result = this.apply(this.handles.targets[handle] as Callable, count);
    if (isPromise(result)) return this.tasks.note(result);
    const written = this.writeResult(result);
    this.queue.setOfImport(values.writer.finish());
    return written;
  }

  /** Writes what a function of the host returned; how many values it is. */
  private writeResult(result: unknown): number {
    if (!(result instanceof Multi)) {
      this.values.writeOne(result);
      return 1;
    }
    this.values.writeAll(result.values);
    return result.values.length;
  }

  /** The same for what was waited for: the error, if it has no form in Lua. */
  writeSettled(result: unknown): number {
    try {
      return this.writeResult(result);
    } catch (error) {
      return this.writeError(error);
    }
  }

  /** One or two numbers, the most frequent arguments, need no list. */
  private apply(target: Callable, count: number): unknown {
    const { reader } = this.values;
    if (count === 1 && reader.areNumbers(1)) return target(reader.takeNumber());
    if (count === 2 && reader.areNumbers(2)) return target(reader.takeNumber(), reader.takeNumber());
    const args = this.values.readAll(count);
    for (let i = 0; i < args.length; i++) this.drafts.seeValue(args[i]);
    return Reflect.apply(target, undefined, args);
  }

  /** Puts what was thrown into the stream, for the module to raise. */
  putError(error: unknown): void {
    this.values.reader.drop();
    this.writeError(error);
    this.queue.setOfImport(this.values.writer.finish());
  }

  /** Writes what was thrown, as the one value of a failure. */
  writeError(error: unknown): number {
    const { writer } = this.values;
    const message = messageForLua(error);
    if (message !== undefined) {
      writer.begin();
      writer.text(message.text, message.flags);
    } else if (!(isOfLua(error) && this.putValue(error.value)) && !this.putValue(error)) {
      writer.begin();
      writer.text(`a ${typeof error} was thrown, which has no form in Lua`);
    }
    return FAILED;
  }

  /** Says whether the value has a form here: one of Lua's may be another instance's. */
  private putValue(value: unknown): boolean {
    try {
      this.values.writeAll([value]);
      return true;
    } catch {
      return false;
    }
  }
}

/** Raised in Lua, where its value goes on. That a limit ended a computation is no value of Lua's. */
function isOfLua(error: unknown): error is LuaError {
  return error instanceof LuaError && !(error instanceof CuLimitError);
}

/** The errors that cross as text. One that was raised in Lua has its position already. */
function messageForLua(error: unknown): { text: string; flags: number } | undefined {
  if (error instanceof RefusedError || error instanceof InvalidStreamError) return { text: error.message, flags: 0 };
  if (isOfLua(error) && typeof error.value === "string") return { text: error.value, flags: FLAG_RAISE_AS_IS };
  // There was no memory to keep the value.
  if (isOfLua(error) && error.value === undefined && error.message !== "nil") return { text: error.message, flags: FLAG_RAISE_AS_IS };
  return undefined;
}
