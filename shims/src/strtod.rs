//! `strtod`, correctly rounded for numerals of any length: decimal through the
//! crate `minimal-lexical` (core's own parser brings tables of 10 KB), hexadecimal
//! by the code below. It allocates nothing, sets no `errno`, and does not read what
//! may follow `nan` in parentheses.

use core::ffi::{CStr, c_char};

use crate::scan::{minus, next_if, number};
use crate::text::{BYTES_MAX, Text};

/// Decimal digits that are kept. No double, and no midpoint of two, has more
/// than 767: what follows matters only by being zero or not.
const DIGITS_MAX: usize = 770;
/// Beyond this power of ten, either way, a numeral of so many digits is
/// infinite or zero.
const POWER_MAX: i64 = 9_999;
const _: () = assert!(DIGITS_MAX < BYTES_MAX);

/// Reads the longest numeral at the start of `text`, after blanks. `end`, when
/// it is not null, gets the place behind it, or `text` when there is none.
///
/// # Safety
/// `text` is a C string; `end` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __cu_strtod(text: *const c_char, end: *mut *const c_char) -> f64 {
    // SAFETY: the caller's promise.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    let mut rest = bytes;
    let value = signed(&mut rest).unwrap_or_else(|| {
        rest = bytes;
        0.0
    });
    if !end.is_null() {
        // SAFETY: so many bytes of the caller's string were read.
        unsafe { end.write(text.add(bytes.len() - rest.len())) };
    }
    value
}

// Each function below reads from the front of `text`. Where the result is
// `None`, `text` is to be forgotten.

fn signed(text: &mut &[u8]) -> Option<f64> {
    while next_if(text, |byte| matches!(byte, b' ' | b'\t'..=b'\r')).is_some() {}
    let negative = minus(text);
    let magnitude = attempt(text, hexadecimal).or_else(|| attempt(text, decimal)).or_else(|| attempt(text, word))?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Moves `text` forward only if `read` succeeds.
fn attempt<'a, T>(text: &mut &'a [u8], read: impl FnOnce(&mut &'a [u8]) -> Option<T>) -> Option<T> {
    let mut ahead = *text;
    let result = read(&mut ahead)?;
    *text = ahead;
    Some(result)
}

fn word(text: &mut &[u8]) -> Option<f64> {
    const WORDS: [(&str, f64); 3] = [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)];
    for (word, value) in WORDS {
        if let Some((start, rest)) = text.split_at_checked(word.len())
            && start.eq_ignore_ascii_case(word.as_bytes())
        {
            *text = rest;
            return Some(value);
        }
    }
    None
}

/// What digits and a point say beside the digits that were kept.
struct Scale {
    /// Kept digits, read as an integer, are to be multiplied by the base to this power.
    power: i64,
    /// A digit other than zero was not kept.
    inexact: bool,
}

/// Reads digits with at most one point. `keep` takes a digit as long as it has
/// room; after its first refusal it is not asked again.
fn digits(text: &mut &[u8], base: u32, mut keep: impl FnMut(u8) -> bool) -> Option<Scale> {
    let mut scale = Scale { power: 0, inexact: false };
    let (mut any, mut fraction, mut full) = (false, false, false);
    loop {
        let is_point = |byte| byte == b'.' && !fraction;
        if next_if(text, is_point).is_some() {
            fraction = true;
            continue;
        }
        let is_digit = |byte| char::from(byte).is_digit(base);
        let Some(digit) = next_if(text, is_digit).and_then(|byte| char::from(byte).to_digit(base)) else {
            return any.then_some(scale);
        };
        any = true;
        full = full || !keep(digit as u8);
        scale.inexact |= full && digit > 0;
        scale.power += i64::from(full) - i64::from(fraction);
    }
}

/// Reads an exponent behind `letter`. Without digits it is no part of the numeral.
fn exponent(text: &mut &[u8], letter: u8) -> i64 {
    let read = |text: &mut &[u8]| {
        next_if(text, |byte| byte.to_ascii_lowercase() == letter)?;
        let negative = minus(text);
        text.first().filter(|byte| byte.is_ascii_digit())?;
        let magnitude = i64::from(number(text));
        Some(if negative { -magnitude } else { magnitude })
    };
    attempt(text, read).unwrap_or(0)
}

/// Writes the numeral's digits anew within bounds: no leading zeros, a 1 in place of
/// all digits that are too many, no point, a bounded exponent. The library rounds exactly.
fn decimal(text: &mut &[u8]) -> Option<f64> {
    let mut numeral = Text::new();
    let mut count = 0;
    let mut scale = digits(text, 10, |digit| {
        if count > 0 || digit > 0 {
            if count == DIGITS_MAX {
                return false;
            }
            count += 1;
            numeral.put(b'0' + digit);
        }
        true
    })?;
    scale.power += exponent(text, b'e');
    if count == 0 {
        return Some(0.0);
    }
    if scale.inexact {
        numeral.put(b'1');
        scale.power -= 1;
    }
    let power = scale.power.clamp(-POWER_MAX, POWER_MAX) as i32;
    Some(minimal_lexical::parse_float(numeral.as_bytes().iter(), [].iter(), power))
}

fn hexadecimal(text: &mut &[u8]) -> Option<f64> {
    next_if(text, |byte| byte == b'0')?;
    next_if(text, |byte| byte == b'x' || byte == b'X')?;
    let mut mantissa = 0_u64;
    let scale = digits(text, 16, |digit| {
        let has_room = mantissa >> 60 == 0;
        if has_room {
            mantissa = mantissa << 4 | u64::from(digit);
        }
        has_room
    })?;
    let power = 4 * scale.power + exponent(text, b'p');
    Some(nearest(mantissa, scale.inexact, power))
}

/// The double nearest to `mantissa` · 2^`power`, a tie to even. `inexact` says
/// that the true mantissa is larger, by less than 1.
fn nearest(mantissa: u64, inexact: bool, power: i64) -> f64 {
    const MANTISSA_BITS: i64 = f64::MANTISSA_DIGITS as i64;
    const EXPONENT_MIN: i64 = f64::MIN_EXP as i64 - 1;
    const EXPONENT_MAX: i64 = f64::MAX_EXP as i64 - 1;
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = mantissa << zeros;
    // The value is 1.… · 2^exponent.
    let exponent = power - i64::from(zeros) + 63;
    if exponent > EXPONENT_MAX {
        return f64::INFINITY;
    }
    // Below the normal range each step down costs a bit of the mantissa.
    let bits = MANTISSA_BITS.min(MANTISSA_BITS + exponent - EXPONENT_MIN);
    if bits < 0 {
        return 0.0;
    }
    let whole = u128::from(mantissa) << bits;
    let (kept, dropped) = ((whole >> 64) as u64, whole as u64);
    const HALF: u64 = 1 << 63;
    let up = dropped > HALF || dropped == HALF && (inexact || kept & 1 == 1);
    // The leading bit of a normal number adds 1 to the exponent field, and so
    // does a carry out of the mantissa, up to infinity.
    let field = (exponent - EXPONENT_MIN).max(0) as u64;
    f64::from_bits((field << (MANTISSA_BITS - 1)) + kept + u64::from(up))
}
