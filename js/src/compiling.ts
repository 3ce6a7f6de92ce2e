/** What an engine says of a module that it does not compile, with the cure where somebody forbade it. */
export function compileProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/content security policy|\bcsp\b/i.test(message)) return `${message}: allow it by 'wasm-unsafe-eval' in the policy's script-src`;
  if (/disallowed by embedder/i.test(message)) return `${message}: import the module as a file, and give what that gives as wasm`;
  return message;
}
