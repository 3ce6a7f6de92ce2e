/**
 * Limits on computing: how many steps a call may take and how long, and signals that stop it. The module counts and ends the computation;
 * here is what it is told before a call, what it is answered when it asks for the time, and which error comes of it.
 */
import { CuLimitError } from "./errors.js";
import type { LuaErrorDetails } from "./errors.js";

/** Where a computation ends with a `CuLimitError`, whatever it does. */
export interface ComputeLimits {
  /** Steps that a call may take: turns of loops and calls, in Lua or in its libraries. */
  maxInstructions?: number;
  /** Milliseconds that a call may take, by the host's steady clock. */
  timeoutMs?: number;
}

/** Of one call, instead of those of the instance. */
export interface CallLimits extends ComputeLimits {
  /** Aborted before the start, while it waits or by a function of the host, it ends the call, which fails with the signal's reason. */
  signal?: AbortSignal;
}

/** Hosts take a longer time of a timer for none at all. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** The kinds of error that the module gives to what a limit ended. */
const ERROR_KIND_STEPS = 6;
const ERROR_KIND_TIME = 7;

const NO_LIMIT = -1;
/** For calls that take the instance's limits. */
export const NO_LIMITS: CallLimits = {};

export class Deadline {
  private readonly ofInstance: ComputeLimits;
  /** Of the calls under way that have one, the outermost first. */
  private readonly signals: AbortSignal[] = [];

  constructor(ofInstance: ComputeLimits) {
    this.ofInstance = ofInstance;
  }

  /** A call begins: what it sets takes the place of the instance's. It has to be left with the same limits. */
  enter({ maxInstructions, timeoutMs, signal }: CallLimits, set: (steps: number, milliseconds: number) => void): void {
    const steps = maxInstructions ?? this.ofInstance.maxInstructions ?? NO_LIMIT;
    // With a signal alone the module only asks.
    const milliseconds = timeoutMs ?? this.ofInstance.timeoutMs ?? (signal === undefined ? NO_LIMIT : Infinity);
    if (steps !== NO_LIMIT || milliseconds !== NO_LIMIT) set(steps, milliseconds);
    if (signal !== undefined) this.signals.push(signal);
  }

  /** A call goes on that waited: the module knows its limits. */
  enterAgain({ signal }: CallLimits): void {
    if (signal !== undefined) this.signals.push(signal);
  }

  leave({ signal }: CallLimits): void {
    if (signal !== undefined) this.signals.pop();
  }

  /** What the module is told when it asks for the time: the end of it, once a call is to stop. */
  get milliseconds(): number {
    return this.signals.length > 0 && this.aborted() !== undefined ? Infinity : performance.now();
  }

  /** Throws what a call with these limits fails with, if the kind of its error says that a limit ended it. */
  throwIfEnded(kind: unknown, message: string, details: LuaErrorDetails, { signal }: CallLimits): void {
    if (kind === ERROR_KIND_STEPS) throw new CuLimitError(message, "maxInstructions", details);
    if (kind !== ERROR_KIND_TIME) return;
    signal?.throwIfAborted();
    this.aborted()?.throwIfAborted();
    throw new CuLimitError(message, "timeoutMs", details);
  }

  private aborted(): AbortSignal | undefined {
    return this.signals.find((signal) => signal.aborted);
  }
}
