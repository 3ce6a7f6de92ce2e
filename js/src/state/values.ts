/** Keys and values of tables of `_home` as bytes: a tag, then what the kind needs (docs/FORMATS.md). */
import { RefusedError, StateFormatError } from "../errors.js";
import { floatValue, integerValue, isInteger, LuaBigint, LuaBytes, LuaFloat, LuaNamed, keyOf, Unsaved, valueOfKey } from "../exact.js";
import type { HomeKey, HomeValue } from "../exact.js";
import type { HomeTable } from "../home.js";
import type { ByteReader, ByteWriter } from "./bytes.js";

const NIL = 0;
const FALSE = 1;
const TRUE = 2;
const NATURAL = 3;
const NEGATIVE = 4;
const INT64 = 5;
const FLOAT = 6;
const TEXT = 7;
const BYTES = 8;
const BIGINT = 9;
const BIGINT_NEGATIVE = 10;
const NULL = 11;
const TABLE = 12;
const NAMED = 13;

/** The number under which a table is saved. */
export type IdOf = (table: HomeTable) => number;
export type TableOf = (id: number) => HomeTable;

/** Every NaN is saved as this one. */
const NAN_BITS = 0x7ff8_0000_0000_0000n;

export function writeFloat(writer: ByteWriter, value: number): void {
  if (Number.isNaN(value)) writer.integer(NAN_BITS);
  else writer.float(value);
}

export function writeValue(writer: ByteWriter, value: HomeValue | undefined, idOf: IdOf): void {
  switch (typeof value) {
    case "undefined": return writer.byte(NIL);
    case "boolean": return writer.byte(value ? TRUE : FALSE);
    case "number": return writeNumber(writer, value);
    case "string":
      writer.byte(TEXT);
      return writer.text(value);
    case "bigint":
      writer.byte(INT64);
      return writer.integer(value);
    default: return writeObject(writer, value, idOf);
  }
}

export function writeKey(writer: ByteWriter, key: HomeKey, idOf: IdOf): void {
  writeValue(writer, valueOfKey(key), idOf);
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (isInteger(value)) {
    writer.byte(value < 0 ? NEGATIVE : NATURAL);
    writer.count(Math.abs(value));
  } else {
    writer.byte(FLOAT);
    writeFloat(writer, value);
  }
}

function writeObject(writer: ByteWriter, value: HomeValue & (object | null), idOf: IdOf): void {
  if (value === null) return writer.byte(NULL);
  if (value instanceof LuaFloat) {
    writer.byte(FLOAT);
    writeFloat(writer, value.value);
  } else if (value instanceof LuaBytes) {
    writer.byte(BYTES);
    writer.count(value.bytes.length);
    writer.bytes(value.bytes);
  } else if (value instanceof LuaBigint) {
    writeBigint(writer, value.value);
  } else if (value instanceof LuaNamed) {
    writer.byte(NAMED);
    writer.text(value.name);
  } else if (value instanceof Unsaved) {
    throw new RefusedError(`${value.what} cannot be stored`);
  } else {
    writer.byte(TABLE);
    writer.count(idOf(value));
  }
}

/** Hexadecimal digits, the highest first: every engine turns them into a bigint and back in linear time. */
function writeBigint(writer: ByteWriter, value: bigint): void {
  writer.byte(value < 0n ? BIGINT_NEGATIVE : BIGINT);
  writer.text((value < 0n ? -value : value).toString(16));
}

export function readValue(reader: ByteReader, tableOf: TableOf): HomeValue | undefined {
  const tag = reader.byte();
  switch (tag) {
    case NIL: return undefined;
    case FALSE: return false;
    case TRUE: return true;
    case NATURAL: return reader.count();
    case NEGATIVE: return -positive(reader.count());
    case INT64: return integerValue(reader.integer());
    case FLOAT: return floatValue(reader.float());
    case TEXT: return reader.text();
    case BYTES: return new LuaBytes(reader.bytes(reader.count()));
    case BIGINT: return new LuaBigint(readBigint(reader));
    case BIGINT_NEGATIVE: return new LuaBigint(-readBigint(reader));
    case NULL: return null;
    case TABLE: return tableOf(reader.count());
    case NAMED: return new LuaNamed(reader.text());
    default: throw new StateFormatError(`a value has the unknown tag ${tag}`);
  }
}

export function readKey(reader: ByteReader, tableOf: TableOf): HomeKey {
  const value = readValue(reader, tableOf);
  if (value === undefined || Number.isNaN(value)) throw new StateFormatError("a key is not one");
  if (value instanceof LuaFloat && Number.isNaN(value.value)) throw new StateFormatError("a key is not one");
  return keyOf(value);
}

/** Zero has no negative form here: an integer −0 does not exist. */
function positive(count: number): number {
  if (count === 0) throw new StateFormatError("a number has no such form");
  return count;
}

function readBigint(reader: ByteReader): bigint {
  const digits = reader.text();
  if (!/^[0-9a-f]+$/.test(digits)) throw new StateFormatError("a bigint has no such form");
  return BigInt(`0x${digits}`);
}
