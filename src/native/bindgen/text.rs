//! Strings both ways: UTF-8 in Lua, UTF-16 in JavaScript. Half a surrogate pair, of which JavaScript's strings may consist, is three bytes
//! in Lua (WTF-8). Other bytes are no text.

use js_sys::JsString;
use wasm_bindgen::JsValue;

/// Units that one call takes as its arguments.
const UNITS_PER_CALL: usize = 4096;

pub fn bytes_of(text: &JsString) -> Vec<u8> {
    if text.is_valid_utf16() {
        return String::from(text).into_bytes();
    }
    let mut bytes = Vec::new();
    for unit in char::decode_utf16(text.iter()) {
        match unit {
            Ok(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(half) => {
                let half = half.unpaired_surrogate();
                bytes.extend([0xe0 | (half >> 12) as u8, 0x80 | (half >> 6 & 0x3f) as u8, 0x80 | (half & 0x3f) as u8]);
            }
        }
    }
    bytes
}

/// The text that bytes are; None if they are none.
pub fn text_of(bytes: &[u8]) -> Option<JsValue> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(JsValue::from_str(text));
    }
    let units = units_of(bytes)?;
    let parts = units.chunks(UNITS_PER_CALL).map(JsString::from_char_code);
    Some(parts.reduce(|text, part| text.concat(&part)).unwrap_or_default().into())
}

fn units_of(mut bytes: &[u8]) -> Option<Vec<u16>> {
    let mut units = Vec::new();
    loop {
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        units.extend(valid.encode_utf16());
        match &bytes[valid.len()..] {
            [] => return Some(units),
            [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, after @ ..] => {
                units.push(0xd000 | u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f));
                bytes = after;
            }
            _ => return None,
        }
    }
}
