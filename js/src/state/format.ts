/**
 * Pages as they are stored (docs/FORMATS.md): each begins with a header that says which page of which kind it is, and has a checksum. A page
 * that is not what it says it is, is refused here.
 */
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

/** The one page whose number is fixed. */
export const MANIFEST_NUMBER = 0;

export interface PageHeader {
  readonly kind: number;
  /** The save that wrote it. */
  readonly generation: number;
  readonly checksum: number;
}

/** Fills in the header of a page whose contents follow the room for it, and returns the checksum. */
export function seal(page: Uint8Array, kind: number, number: number, generation: number): number {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  page.set(MAGIC, AT_MAGIC);
  page[AT_VERSION] = FORMAT_VERSION;
  view.setUint32(AT_NUMBER, number, true);
  view.setUint32(AT_LENGTH, page.length, true);
  view.setFloat64(AT_GENERATION, generation, true);
  page[AT_KIND] = kind;
  const checksum = crc32(page.subarray(CHECKED));
  view.setUint32(AT_CHECKSUM, checksum, true);
  return checksum;
}

/** Checks a page that was stored under `number`. Throws a StateFormatError that says what is wrong with it. */
export function unseal(page: Uint8Array, number: number): PageHeader {
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
  return { kind: page[AT_KIND]!, generation: view.getFloat64(AT_GENERATION, true), checksum };
}
