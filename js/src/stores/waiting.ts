/** Waiting for a state that another caller has: a while, because the other one may be a page or a process that is just ending. */

/** How long `open` waits. */
export const LOCK_WAIT_MS = 2000;
const PAUSE_MS = 25;

/** Tries until there is a result or the time is over, at least once; then the answer is undefined. */
export async function waitFor<T>(attempt: () => T | undefined | Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const result = await attempt();
    if (result !== undefined || performance.now() >= end) return result;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export function lockedMessage(state: string): string {
  return `the state ${JSON.stringify(state)} is open elsewhere: in another instance, tab or process`;
}
