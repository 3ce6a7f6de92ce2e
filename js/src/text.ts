/**
 * Strings as bytes. Text is UTF-8; a lone surrogate, which UTF-8 has no form for, is written as three bytes (WTF-8) and read
 * back from them. Bytes that are neither are not text, and `decodeText` says so.
 */

/** Up to here a loop over the characters is faster than the engine's codec; above, slower (measured in Node 20). */
export const SHORT_TEXT_CHARS_MAX = 16;

// The engine's codecs are made when they are needed: importing the library shall touch nothing.
let encoder: TextEncoder | undefined;
let decoder: TextDecoder | undefined;
const utf8Encoder = (): TextEncoder => (encoder ??= new TextEncoder());
const utf8Decoder = (): TextDecoder => (decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }));

/** Writes `text` to `bytes` at `at` if it is short and ASCII, and returns its length, or −1 if it is not. */
export function encodeShort(text: string, bytes: Uint8Array, at: number): number {
  const length = text.length;
  if (length > SHORT_TEXT_CHARS_MAX) return -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return -1;
    bytes[at + i] = code;
  }
  return length;
}

/** Writes as many whole characters of a well-formed text as fit. */
export function encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
  return utf8Encoder().encodeInto(text, target);
}

/** All of a text, lone surrogates included. */
export function encodeText(text: string): Uint8Array {
  return isWellFormed(text) ? utf8Encoder().encode(text) : encodeLoneSurrogates(text);
}

export function isWellFormed(text: string): boolean {
  const native = (text as { isWellFormed?(): boolean }).isWellFormed;
  return native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text);
}

/** The text that `bytes` from `start` to `end` stand for, or undefined if they are no text. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT_TEXT_CHARS_MAX) {
    let text = "";
    let i = start;
    for (; i < end; i++) {
      const code = bytes[i]!;
      if (code > 127) break;
      text += String.fromCharCode(code);
    }
    if (i === end) return text;
  }
  const part = bytes.subarray(start, end);
  try {
    return utf8Decoder().decode(part);
  } catch {
    return decodeLoneSurrogates(part);
  }
}

/** The text that bytes stand for, or a copy of them if they are none. */
export function textOrBytes(bytes: Uint8Array, start: number, end: number): string | Uint8Array {
  return decodeText(bytes, start, end) ?? bytes.slice(start, end);
}

function encodeLoneSurrogates(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  let start = 0;
  // The stretches between lone surrogates are well formed, so the engine's codec does them.
  for (const lone of text.matchAll(/\p{Surrogate}/gu)) {
    length += utf8Encoder().encodeInto(text.slice(start, lone.index), bytes.subarray(length)).written;
    const code = text.charCodeAt(lone.index);
    bytes[length++] = 0xe0 | (code >> 12);
    bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
    bytes[length++] = 0x80 | (code & 0x3f);
    start = lone.index + 1;
  }
  length += utf8Encoder().encodeInto(text.slice(start), bytes.subarray(length)).written;
  return bytes.subarray(0, length);
}

function decodeLoneSurrogates(bytes: Uint8Array): string | undefined {
  let text = "";
  let start = 0;
  try {
    for (let i = 0; i + 2 < bytes.length; i++) {
      // In UTF-8, ED is followed by 80–9F; ED A0–BF is a surrogate. ED never is a continuation byte.
      if (bytes[i] !== 0xed || bytes[i + 1]! < 0xa0 || bytes[i + 1]! > 0xbf || (bytes[i + 2]! & 0xc0) !== 0x80) continue;
      text += utf8Decoder().decode(bytes.subarray(start, i));
      const low = bytes[i + 1]! >= 0xb0;
      const previous = text.charCodeAt(text.length - 1);
      // A pair that is written as two surrogates would come back as four bytes: such bytes are no text.
      if (low && start === i && previous >= 0xd800 && previous <= 0xdbff) return undefined;
      text += String.fromCharCode(0xd000 | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f));
      start = i + 3;
      i += 2;
    }
    return text + utf8Decoder().decode(bytes.subarray(start));
  } catch {
    return undefined;
  }
}
