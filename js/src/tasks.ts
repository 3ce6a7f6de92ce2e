/**
 * Computations that may wait: a function of the host that returns a promise suspends the one that called it (docs/AWAIT.md). Here is which
 * of them waits for what, until when, and whose turn it is. Entering the module is `Cu`'s.
 */
import { TIMER_MS_MAX } from "./deadline.js";
import type { CallLimits } from "./deadline.js";
import type { Scope } from "./drafts.js";
import { RefusedError } from "./errors.js";

/** What an import or export answers when the results come later, and what ends a task that waits. */
export const WAITING = -2;
export const END = -2;

/** One table `_io`. */
export interface Io {
  readonly table: Record<string, unknown>;
  drafts: Scope;
}

/** A computation that may wait. */
export class Task {
  /** By which the module knows it; 0 before it begins and after it has ended. */
  number = 0;
  /** Since it waited for the first time. */
  wait: Wait | undefined;
  isWaiting = false;

  /** `enter` writes what the call needs and makes it: the results, or nothing if the task waits. */
  constructor(
    readonly limits: CallLimits, readonly strings: "auto" | "bytes", readonly io: Io, readonly enter: (task: Task) => unknown[] | undefined,
  ) {}
}

interface Wait {
  timer?: ReturnType<typeof setTimeout>;
  stopListening?: (() => void) | undefined;
  /** What it fails with, whatever comes of it. */
  verdict?: { error: unknown };
  readonly results: Promise<unknown[]>;
  resolve(results: unknown[]): void;
  reject(error: unknown): void;
}

/** A task that waits for its turn. */
interface Turn {
  readonly task: Task;
  resolve(results: unknown[] | Promise<unknown[]>): void;
  reject(error: unknown): void;
  stopListening?: (() => void) | undefined;
}

/** What a task does when it need not wait any more. */
export interface Continuation {
  settled(task: Task, value: unknown): void;
  rejected(task: Task, error: unknown): void;
  /** Its time is up, or its signal says so. */
  ended(task: Task): void;
}

export class Tasks {
  private readonly continuation: Continuation;
  /** The task whose call is the innermost; none if that cannot wait. */
  private current: Task | undefined;
  /** What the task that is being suspended waits for. */
  private promise: Promise<unknown> | undefined;
  /** Indexed by number, from 1. */
  private readonly byNumber: (Task | undefined)[] = [];
  private readonly waiting = new Set<Task>();
  private line: Turn[] = [];

  constructor(continuation: Continuation) {
    this.continuation = continuation;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** The tables `_io` of those that wait. */
  *ios(): Generator<object, void> {
    for (const { io } of this.waiting) yield io.table;
  }

  begin(task: Task): void {
    let number = 1;
    while (this.byNumber[number] !== undefined) number++;
    this.byNumber[number] = task;
    task.number = number;
  }

  end(task: Task): void {
    this.byNumber[task.number] = undefined;
    task.number = 0;
    const { wait } = task;
    if (wait === undefined) return;
    this.unsuspend(task);
    clearTimeout(wait.timer);
    wait.stopListening?.();
  }

  /** A call from the host begins, of a task or not. Returns the one around it, for `leave`. */
  enter(task: Task | undefined): Task | undefined {
    const outer = this.current;
    this.current = task;
    return outer;
  }

  leave(outer: Task | undefined): void {
    this.current = outer;
  }

  /** A function of the host returned a promise. */
  note(promise: Promise<unknown>): number {
    this.dropPromise();
    if (this.current === undefined) {
      quieten(promise);
      const cure = "begin with compute, call or request";
      throw new RefusedError(`a promise cannot be waited for in computeSync, callSync or a function of Lua that JavaScript calls: ${cure}`);
    }
    this.promise = Promise.resolve(promise);
    return WAITING;
  }

  /** The module answered that a task waits, until `deadline` by the steady clock at most. */
  suspend(task: Task, deadline: number): Promise<unknown[]> {
    const { promise, continuation } = this;
    this.promise = undefined;
    if (promise === undefined) throw new RefusedError("the module waits for nothing");
    const wait = (task.wait ??= this.firstWait(task, deadline));
    task.isWaiting = true;
    this.waiting.add(task);
    promise.then((value) => continuation.settled(task, value), (error: unknown) => continuation.rejected(task, error));
    return wait.results;
  }

  private firstWait(task: Task, deadline: number): Wait {
    let resolve!: Wait["resolve"];
    let reject!: Wait["reject"];
    const results = new Promise<unknown[]>((...both) => ([resolve, reject] = both));
    const wait: Wait = { results, resolve, reject };
    const end = () => this.endWaiting(task);
    if (deadline < Infinity) wait.timer = setTimeout(end, Math.min(Math.max(deadline - performance.now(), 0), TIMER_MS_MAX));
    wait.stopListening = listen(task.limits.signal, end);
    return wait;
  }

  /** What was waited for is there. */
  unsuspend(task: Task): void {
    task.isWaiting = false;
    this.waiting.delete(task);
  }

  /** What a function of the host returned, and what the module did not wait for, is nobody's. */
  dropPromise(): void {
    if (this.promise !== undefined) quieten(this.promise);
    this.promise = undefined;
  }

  /** Whether another computation with this `_io` has to wait for its turn. */
  isTaken(io: Io): boolean {
    return this.line.length > 0 || this.isAwaited(io);
  }

  /** Whether one with this `_io` waits. */
  private isAwaited(io: Io): boolean {
    if (this.waiting.size === 0) return false;
    for (const task of this.waiting) if (task.io === io) return true;
    return false;
  }

  queue(task: Task): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const { signal } = task.limits;
      const turn: Turn = { task, resolve, reject };
      turn.stopListening = listen(signal, () => {
        this.line = this.line.filter((other) => other !== turn);
        reject(signal!.reason as Error);
      });
      this.line.push(turn);
    });
  }

  /** The next one in the line, if it is its turn. */
  takeTurn(io: Io): Turn | undefined {
    if (this.line.length === 0 || this.isAwaited(io)) return undefined;
    const turn = this.line.shift();
    turn?.stopListening?.();
    return turn;
  }

  /** All that wait fail with `error`: those in the line at once, tasks once `end` has ended them. */
  endAll(error: unknown, end: (task: Task) => void): void {
    const { line } = this;
    this.line = [];
    for (const task of [...this.waiting]) {
      task.wait!.verdict = { error };
      end(task);
    }
    for (const turn of line) {
      turn.stopListening?.();
      turn.reject(error);
    }
  }

  /** Not while Lua runs: a signal may be aborted by a function that Lua calls. */
  private endWaiting(task: Task): void {
    queueMicrotask(() => {
      if (task.isWaiting) this.continuation.ended(task);
    });
  }
}

function listen(signal: AbortSignal | undefined, listener: () => void): (() => void) | undefined {
  if (signal === undefined) return undefined;
  signal.addEventListener("abort", listener);
  return () => signal.removeEventListener("abort", listener);
}

/** A rejection that nobody handles ends a process. */
function quieten(promise: Promise<unknown>): void {
  Promise.resolve(promise).catch(() => {});
}

/** One of another realm as well, such as a test runner's. Other objects with a method `then` are data. */
export function isPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Promise || (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === "Promise";
}
