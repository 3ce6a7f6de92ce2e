/**
 * Each save of a state gets a name of its own, kept with the pages. So a store sees that what it is about to change is not what it knows:
 * somebody else wrote meanwhile, or took all of it away.
 */
const REVISION_BYTES = 16;

export function newRevision(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(REVISION_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
