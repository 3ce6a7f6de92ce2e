//! From a number to text and back, in any base. Both ways work on halves, then on halves of halves, until the pieces are short:
//! num-bigint's own parser is quadratic and does not tick.

use core::ffi::{CStr, c_int};
use core::mem::MaybeUninit;
use core::slice;

use alloc::vec::Vec;
use num_bigint::BigUint;
use num_traits::Zero;

use super::arguments::Integer;
use super::natural;
use super::scope::{self, tick};
use super::userdata;
use crate::lua::ffi::*;

/// Groups of characters (`Base`) in a piece that is converted at once.
const PIECE_GROUPS: usize = 16;

/// Bytes of a text that an error message shows.
const SHOWN_BYTES: usize = 40;

const LOG10_OF_2: f64 = core::f64::consts::LOG10_2;

/// A base, and how many characters make a group: as many as always fit a digit of 32 bits.
#[derive(Clone, Copy)]
struct Base {
    base: u32,
    group_chars: usize,
    /// `base` to the power of `group_chars`.
    group: u32,
}

impl Base {
    fn new(base: u32) -> Base {
        let (mut group, mut group_chars) = (base, 1);
        while let Some(next) = group.checked_mul(base) {
            group = next;
            group_chars += 1;
        }
        Base { base, group_chars, group }
    }

    const fn piece_chars(self) -> usize {
        PIECE_GROUPS * self.group_chars
    }

    /// `base` to the power of the characters in 2^i pieces, for each i as long as that is less than `chars`.
    fn powers(self, L: *mut lua_State, chars: usize) -> Vec<BigUint> {
        let mut powers: Vec<BigUint> = Vec::new();
        let mut length = self.piece_chars();
        while length < chars {
            let next = match powers.last() {
                Some(last) => natural::multiply(last, last),
                None => natural::power(L, &BigUint::from(self.group), PIECE_GROUPS as u32),
            };
            powers.push(next);
            length *= 2;
        }
        powers
    }
}

/// Pushes the number as text in a base from 2 to 36, with small letters.
///
/// # Safety
/// A plain frame: raises a memory error. Three stack slots are free.
pub unsafe fn push_text(L: *mut lua_State, number: &Integer, base: u32) {
    let base = Base::new(base);
    // One more character makes any digit fit.
    let bound = number.digits().len() * (base.group_chars + 1) + 1;
    let mut buffer = MaybeUninit::<luaL_Buffer>::uninit();
    let buffer = buffer.as_mut_ptr();
    // SAFETY: a plain frame; the buffer is Lua's to initialise, and has room for `bound` bytes.
    unsafe {
        let start = luaL_buffinitsize(L, buffer, bound + 1).cast::<u8>();
        start.write_bytes(b'0', bound + 1);
        let text = slice::from_raw_parts_mut(start, bound + 1);
        scope::run(L, &mut || write_halves(L, &number.big(), &mut text[1..], base, &base.powers(L, bound)));
        let first = text.iter().position(|&c| c != b'0').unwrap_or(bound) - usize::from(number.negative);
        if number.negative {
            text[first] = b'-';
        }
        start.copy_from(start.add(first), text.len() - first);
        luaL_pushresultsize(buffer, text.len() - first);
    }
}

/// Writes the number to the end of `text`, which is all zeros.
fn write_halves(L: *mut lua_State, number: &BigUint, text: &mut [u8], base: Base, powers: &[BigUint]) {
    tick(L);
    if number.is_zero() {
        return;
    }
    let Some((power, powers)) = powers.split_last() else { return write_piece(number, text, base) };
    if number < power {
        return write_halves(L, number, text, base, powers);
    }
    let (high, low) = natural::divide(number, power);
    let (high_text, low_text) = text.split_at_mut(text.len() - (base.piece_chars() << powers.len()));
    write_halves(L, &high, high_text, base, powers);
    write_halves(L, &low, low_text, base, powers);
}

fn write_piece(number: &BigUint, text: &mut [u8], base: Base) {
    let mut digits = [0; PIECE_GROUPS + 1];
    let mut length = 0;
    for (place, digit) in digits.iter_mut().zip(number.iter_u32_digits()) {
        *place = digit;
        length += 1;
    }
    for chunk in text.rchunks_mut(base.group_chars) {
        let mut group = 0;
        for digit in digits[..length].iter_mut().rev() {
            let rest = u64::from(group) << 32 | u64::from(*digit);
            *digit = (rest / u64::from(base.group)) as u32;
            group = (rest % u64::from(base.group)) as u32;
        }
        for place in chunk.iter_mut().rev() {
            let digit = (group % base.base) as u8;
            *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
            group /= base.base;
        }
        while length > 0 && digits[length - 1] == 0 {
            length -= 1;
        }
        if length == 0 {
            return;
        }
    }
}

/// How many digits the number has in base 10.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn count_decimal_digits(L: *mut lua_State, number: &Integer) -> u64 {
    let Some(bits) = number.bits().checked_sub(1) else { return 1 };
    let (fewest, most) = ((bits as f64 * LOG10_OF_2) as u64, ((bits + 1) as f64 * LOG10_OF_2) as u64);
    if fewest == most {
        return most + 1;
    }
    let mut reaches = false;
    // SAFETY: a plain frame.
    unsafe { scope::run(L, &mut || reaches = *number.big() >= natural::power(L, &BigUint::from(10u32), most as u32)) };
    if reaches { most + 1 } else { most }
}

/// Pushes the number that the string at index 1 denotes, in `base`, or in the one that its prefix says.
///
/// # Safety
/// A plain frame: raises an error if it denotes none, or memory is short. Five stack slots are free.
pub unsafe fn push_number(L: *mut lua_State, base: Option<u32>, name: &CStr) -> c_int {
    // SAFETY: a plain frame; the string stays at index 1.
    unsafe {
        let mut length = 0;
        let start = lua_tolstring(L, 1, &mut length).cast::<u8>();
        let (negative, digits) = split_sign(slice::from_raw_parts(start, length).trim_ascii());
        let (base, digits) = split_prefix(base, digits);
        if digits.is_empty() || !digits.iter().all(|&c| (c as char).is_digit(base)) {
            push_bytes(L, start, length.min(SHOWN_BYTES));
            let shown = lua_tolstring(L, -1, core::ptr::null_mut());
            let more = if length > SHOWN_BYTES { c"..." } else { c"" };
            return raise!(L, c"bigint.%s: '%s%s' is not a number in base %d", name.as_ptr(), shown, more.as_ptr(), base);
        }
        let base = Base::new(base);
        let place = userdata::push(L, digits.len().div_ceil(base.group_chars) as u64);
        scope::run(L, &mut || place.store(negative, parse_halves(L, digits, base, &base.powers(L, digits.len()))));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// `0x` says base 16, unless another base is asked for.
fn split_prefix(base: Option<u32>, text: &[u8]) -> (u32, &[u8]) {
    match (base, text) {
        (None | Some(16), [b'0', b'x' | b'X', rest @ ..]) => (16, rest),
        _ => (base.unwrap_or(10), text),
    }
}

/// The value of digits of which each is valid.
fn parse_halves(L: *mut lua_State, text: &[u8], base: Base, powers: &[BigUint]) -> BigUint {
    tick(L);
    let Some((power, powers)) = powers.split_last() else { return parse_piece(text, base) };
    let low_chars = base.piece_chars() << powers.len();
    if text.len() <= low_chars {
        return parse_halves(L, text, base, powers);
    }
    let (high, low) = text.split_at(text.len() - low_chars);
    let high = natural::multiply(&parse_halves(L, high, base, powers), power);
    natural::add(high, &parse_halves(L, low, base, powers))
}

fn parse_piece(text: &[u8], base: Base) -> BigUint {
    let mut digits = [0; PIECE_GROUPS];
    let mut length = 0;
    let (head, tail) = text.split_at(text.len() % base.group_chars);
    for group in [head].into_iter().chain(tail.chunks(base.group_chars)) {
        // The digits so far, times one group, plus the next.
        let mut carry = group.iter().fold(0, |sum, &c| sum * base.base + (c as char).to_digit(base.base).unwrap_or(0));
        for digit in &mut digits[..length] {
            let sum = u64::from(*digit) * u64::from(base.group) + u64::from(carry);
            *digit = sum as u32;
            carry = (sum >> 32) as u32;
        }
        if carry > 0 {
            digits[length] = carry;
            length += 1;
        }
    }
    BigUint::from_slice(&digits[..length])
}
