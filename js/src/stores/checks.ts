/** What a store is given, checked in one place for all of them: nothing else than the contract allows gets to a disk or a database. */
import type { Durability, PageChange } from "./store.js";

export const STATE_NAME_CHARS_MAX = 200;
const PAGE_NUMBER_MAX = 2 ** 32 - 1;

export function checkStateName(name: unknown): asserts name is string {
  if (typeof name !== "string") throw new TypeError(`the name of a state must be a string, not ${typeof name}`);
  if (name === "") throw new TypeError("the name of a state must not be empty");
  if (name.length > STATE_NAME_CHARS_MAX) {
    throw new TypeError(`the name of a state has at most ${STATE_NAME_CHARS_MAX} characters, not ${name.length}`);
  }
  // Half a character has no bytes in UTF-8, which is what a file could hold of it.
  if (/\p{Surrogate}/u.test(name)) throw new TypeError("the name of a state has a lone surrogate");
}

export function checkChange(change: PageChange, durability: Durability): void {
  if (typeof change !== "object" || change === null) throw new TypeError("a change must be an object with put and remove");
  const { put, remove } = change;
  if (!(put instanceof Map)) throw new TypeError("put must be a Map from numbers to pages");
  for (const [number, page] of put) {
    checkPageNumber(number);
    if (!(page instanceof Uint8Array)) throw new TypeError(`page ${number} must be a Uint8Array`);
    if (page.length === 0) throw new TypeError(`page ${number} has no bytes`);
  }
  if (remove !== "all") {
    if (!Array.isArray(remove)) throw new TypeError('remove must be an array of page numbers, or "all"');
    remove.forEach(checkPageNumber);
  }
  if (durability !== "strict" && durability !== "relaxed") throw new TypeError('durability must be "strict" or "relaxed"');
}

function checkPageNumber(number: unknown): void {
  if (!Number.isInteger(number) || (number as number) < 0 || (number as number) > PAGE_NUMBER_MAX) {
    throw new TypeError(`the number of a page must be an integer from 0 to ${PAGE_NUMBER_MAX}, not ${String(number)}`);
  }
}

/** Code units, as the contract of `list` says, and not the order of some language. */
export function sortNames(names: Iterable<string>): string[] {
  return [...names].sort();
}
