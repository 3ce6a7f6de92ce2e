/** x */
export const REPL_OPTIONS = {};
export async function repl(): Promise<number> { return 0; }
