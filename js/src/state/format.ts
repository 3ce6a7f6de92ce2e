/**
 * Pages as they are stored (docs/FORMATS.md): each begins with a header that says which page of which kind it is, and has a checksum. A
 * page that is not what it says it is, is refused here.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { StateFormatError } from "../errors.js";
import { crc32 } from "./crc.js";

/** The version of the format. Later code reads earlier versions. */
export const FORMAT_VERSION = 1;

/** Offsets in the header, which is as long as all of them. What comes before `CHECKED` is compared, the rest has a checksum. */
const AT_MAGIC = 0;
const AT_VERSION = 3;
const AT_CHECKSUM = 4;
const AT_NUMBER = 8;
const AT_LENGTH = 12;
const AT_GENERATION = 16;
const AT_KIND = 24;
const CHECKED = 8;
export const PAGE_HEADER_BYTES = 25;
const MAGIC = [0x43, 0x75, 0x50];

/** About how long a page is, where what it holds can be divided. */
export const PAGE_BYTES = 32_768;

/** Kinds of pages. */
export const PAGE_MANIFEST = 0;
export const PAGE_RECORDS = 1;
export const PAGE_SEQUENCE = 2;
export const PAGE_FIELDS = 3;

/** Of the byte of the kind: the page ends with a code that only who has the key can make (HMAC-SHA-256, RFC 2104). */
const FLAG_AUTHENTICATED = 128;
const CODE_BYTES = 32;

/** The one page whose number is fixed. */
export const MANIFEST_NUMBER = 0;

export interface PageHeader {
  readonly kind: number;
  /** The save that wrote it. */
  readonly generation: number;
  readonly checksum: number;
  /** Where its contents end. */
  readonly end: number;
}

/** What a page is checked against when states have a key; a page without the right code is refused then. */
export type StateKey = Uint8Array;

/** Makes a page: fills in the header, for which there is room before the contents, and adds the code if there is a key. */
export function seal(
  contents: Uint8Array, kind: number, number: number, generation: number, key?: StateKey,
): { page: Uint8Array; checksum: number } {
  const page = key === undefined ? contents : new Uint8Array(contents.length + CODE_BYTES);
  if (page !== contents) page.set(contents);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  page.set(MAGIC, AT_MAGIC);
  page[AT_VERSION] = FORMAT_VERSION;
  view.setUint32(AT_NUMBER, number, true);
  view.setUint32(AT_LENGTH, page.length, true);
  view.setFloat64(AT_GENERATION, generation, true);
  page[AT_KIND] = key === undefined ? kind : kind | FLAG_AUTHENTICATED;
  if (key !== undefined) page.set(codeOf(page, contents.length, key), contents.length);
  const checksum = crc32(page.subarray(CHECKED));
  view.setUint32(AT_CHECKSUM, checksum, true);
  return { page, checksum };
}

/** Checks a page that was stored under `number`. Throws a StateFormatError that says what is wrong with it. */
export function unseal(page: Uint8Array, number: number, key?: StateKey): PageHeader {
  const refuse = (problem: string): never => {
    throw new StateFormatError(`page ${number} of the state ${problem}`);
  };
  if (page.length < PAGE_HEADER_BYTES) refuse("is truncated");
  if (MAGIC.some((byte, i) => page[AT_MAGIC + i] !== byte)) refuse("is not a page of Cu's");
  const version = page[AT_VERSION];
  if (version !== FORMAT_VERSION) refuse(`is of version ${version} of the format, and this library reads version ${FORMAT_VERSION}`);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (view.getUint32(AT_LENGTH, true) !== page.length) refuse("is truncated");
  const checksum = view.getUint32(AT_CHECKSUM, true);
  if (crc32(page.subarray(CHECKED)) !== checksum) refuse("is damaged: its checksum is wrong");
  if (view.getUint32(AT_NUMBER, true) !== number) refuse("is another page");
  const isAuthenticated = (page[AT_KIND]! & FLAG_AUTHENTICATED) !== 0;
  const end = isAuthenticated ? page.length - CODE_BYTES : page.length;
  if (end < PAGE_HEADER_BYTES) refuse("is truncated");
  const isGenuine = key === undefined || (isAuthenticated && isEqual(codeOf(page, end, key), page.subarray(end)));
  if (!isGenuine) refuse("was not written with this key");
  return { kind: page[AT_KIND]! & ~FLAG_AUTHENTICATED, generation: view.getFloat64(AT_GENERATION, true), checksum, end };
}

function codeOf(page: Uint8Array, end: number, key: StateKey): Uint8Array {
  return hmac(sha256, key, page.subarray(CHECKED, end));
}

/** In a time that does not tell where they differ. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
