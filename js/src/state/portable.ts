/** A state as one sequence of bytes, to be carried elsewhere: a heading, then each page with its number and length (docs/FORMATS.md). */
import { StateFormatError } from "../errors.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import { FORMAT_VERSION } from "./format.js";

/** "CuState" and the version. */
const HEADING = [0x43, 0x75, 0x53, 0x74, 0x61, 0x74, 0x65, FORMAT_VERSION];

export function pack(pages: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(Uint8Array.from(HEADING));
  writer.u32(pages.size);
  for (const number of [...pages.keys()].sort((a, b) => a - b)) {
    const page = pages.get(number)!;
    writer.u32(number);
    writer.u32(page.length);
    writer.bytes(page);
  }
  return writer.slice();
}

/** Throws a StateFormatError if that is no state, or not all of one. What the pages hold is not looked at. */
export function unpack(bytes: Uint8Array): Map<number, Uint8Array> {
  const reader = new ByteReader(bytes);
  const heading = HEADING.map((_, i) => bytes[i]);
  if (heading.slice(0, -1).some((byte, i) => byte !== HEADING[i])) throw new StateFormatError("these bytes are not a state of Cu's");
  if (heading.at(-1) !== FORMAT_VERSION) {
    const versions = `version ${heading.at(-1)} of the format, and this library reads version ${FORMAT_VERSION}`;
    throw new StateFormatError(`this state is of ${versions}`);
  }
  reader.skip(HEADING.length);
  const pages = new Map<number, Uint8Array>();
  for (let left = reader.u32(); left > 0; left--) {
    const number = reader.u32();
    if (pages.has(number)) throw new StateFormatError(`page ${number} of the state is there twice`);
    pages.set(number, reader.bytes(reader.u32()));
  }
  if (!reader.isAtEnd) throw new StateFormatError("something follows the end of the state");
  return pages;
}
