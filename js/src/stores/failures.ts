/** From what the file system or LevelDB says to an error of the library's: what could not be done, and why, in words of a person. */
import { QuotaError, StateLockedError, StoreError } from "../errors.js";

const NO_ROOM = /No space left on device|quota exceeded|not enough space|^ENOSPC|^EDQUOT/i;
/** A file that is missing, or ends before the place where LevelDB looks. */
const DAMAGED = /No such file|Invalid argument/;
const REASONS: [RegExp, string][] = [
  [NO_ROOM, "there is no room on the disk"],
  [/Permission denied|Operation not permitted|^EACCES|^EPERM/i, "no permission"],
  [/Read-only file system|^EROFS/i, "the file system is read-only"],
];

/** Errors of the library keep their class. */
export function storeError(what: string, error: unknown): StoreError {
  if (error instanceof StateLockedError) return error;
  const cause = innermost(error);
  if (cause instanceof StoreError) {
    const type = cause.constructor as typeof StoreError;
    return new type(`${what}: ${cause.message}`, { cause: cause.cause ?? cause });
  }
  const message = String(cause.message ?? error);
  const reason = REASONS.find(([pattern]) => pattern.test(message))?.[1];
  const isDamaged = cause.code === "LEVEL_CORRUPTION" || (cause.code === "LEVEL_IO_ERROR" && DAMAGED.test(message));
  const why = isDamaged ? `it is damaged (${message})` : (reason ?? message);
  const type = NO_ROOM.test(message) ? QuotaError : StoreError;
  return new type(`${what}: ${why}`, { cause: error });
}

/** The package wraps what LevelDB said. */
export function innermost(error: unknown): { readonly code?: unknown; readonly message?: unknown; readonly cause?: unknown } {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause instanceof Error && !(error instanceof StoreError) ? innermost(cause) : ((error ?? {}) as object);
}
