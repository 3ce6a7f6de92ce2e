//! `snprintf` for one value, as glibc prints it in the "C" locale: the
//! conversions `d i u o x X c a A e E f F g G p s` with every flag, and with
//! width and precision up to 99, which is all that Lua lets through.
//!
//! NaN is the one difference: it is printed without its sign, which wasm does
//! not define. `%n`, `*`, `long double` and several values are refused by
//! stdio.h, where the type of the value selects the function.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::MaybeUninit;

use crate::decimal::Decimal;
use crate::scan::{next_if, number};
use crate::text::{self, BYTES_MAX, Text};

/// Two digits: what Lua's own check of a format allows.
const PRECISION_MAX: usize = 99;
const PRECISION_DEFAULT: usize = 6;
/// The longest text of a value: `%.99f` of the largest double.
const DIGITS_BYTES_MAX: usize = f64::MAX_10_EXP as usize + 1 + ".".len() + PRECISION_MAX;
const _: () = assert!(DIGITS_BYTES_MAX <= BYTES_MAX);
/// Hexadecimal digits after the point of a double.
const FRACTION_DIGITS: usize = (f64::MANTISSA_DIGITS as usize - 1) / 4;

/// Formats a `double` with `a A e E f F g G`.
///
/// # Safety
/// `buffer` holds `size` bytes, and `format` is a C string with one conversion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __cu_format_float(buffer: *mut c_char, size: usize, format: *const c_char, value: f64) -> c_int {
    // SAFETY: the caller's promise, passed on.
    unsafe { print(buffer, size, format, Value::Float(value)) }
}

/// Formats an `int` or a `long long` with `d i u o x X c`.
///
/// # Safety
/// `buffer` holds `size` bytes, and `format` is a C string with one conversion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __cu_format_integer(buffer: *mut c_char, size: usize, format: *const c_char, value: i64) -> c_int {
    // SAFETY: the caller's promise, passed on.
    unsafe {
        // How Lua writes each integer of its own.
        if CStr::from_ptr(format) == c"%lld" {
            return decimal(&mut Output::new(buffer, size), value);
        }
        print(buffer, size, format, Value::Integer(value))
    }
}

/// Formats a pointer with `p`, or the C string it points to with `s`.
///
/// # Safety
/// `buffer` holds `size` bytes, `format` is a C string with one conversion, and
/// for `s` so is `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __cu_format_pointer(buffer: *mut c_char, size: usize, format: *const c_char, value: *const c_void) -> c_int {
    // SAFETY: the caller's promise, passed on.
    unsafe { print(buffer, size, format, Value::Pointer(value)) }
}

/// What is printed, by its C type.
enum Value {
    Float(f64),
    Integer(i64),
    Pointer(*const c_void),
}

/// Prints literal text and the conversion; returns the length that an endless
/// buffer would have got, without the terminator.
///
/// # Safety
/// As for the exported functions.
unsafe fn print(buffer: *mut c_char, size: usize, format: *const c_char, value: Value) -> c_int {
    // SAFETY: the caller's buffer.
    let mut out = unsafe { Output::new(buffer, size) };
    // SAFETY: the caller's format is a C string.
    let mut text = unsafe { CStr::from_ptr(format) }.to_bytes();
    while let [byte, rest @ ..] = text {
        text = rest;
        if *byte != b'%' {
            out.put(&[*byte]);
            continue;
        }
        let conversion = Conversion::read(&mut text);
        match value {
            Value::Float(x) => float(&mut out, &conversion, x),
            Value::Integer(n) => integer(&mut out, &conversion, n),
            // SAFETY: for `s` the caller promises a C string.
            Value::Pointer(p) => unsafe { pointer(&mut out, &conversion, p) },
        }
    }
    out.terminate()
}

/// The caller's buffer. What does not fit is counted and dropped.
struct Output<'a> {
    bytes: &'a mut [MaybeUninit<u8>],
    length: usize,
}

impl Output<'_> {
    /// # Safety
    /// `buffer` holds `size` bytes, which need not be initialised.
    unsafe fn new<'a>(buffer: *mut c_char, size: usize) -> Output<'a> {
        // SAFETY: as above.
        Output { bytes: unsafe { core::slice::from_raw_parts_mut(buffer.cast(), size) }, length: 0 }
    }

    // Many callers.
    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        text::put(self.bytes, self.length, bytes);
        self.length += bytes.len();
    }

    fn repeat(&mut self, byte: u8, count: usize) {
        for _ in 0..count {
            self.put(&[byte]);
        }
    }

    /// Adds the terminator, over the last byte when the buffer is full.
    fn terminate(&mut self) -> c_int {
        let end = self.length.min(self.bytes.len().saturating_sub(1));
        if let Some(slot) = self.bytes.get_mut(end) {
            slot.write(0);
        }
        self.length as c_int
    }
}

/// One `%…` of a format.
#[derive(Default)]
struct Conversion {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    letter: u8,
}

impl Conversion {
    /// Reads what follows the `%`, and leaves `text` behind it.
    fn read(text: &mut &[u8]) -> Self {
        let mut this = Self::default();
        while let Some(flag) = next_if(text, |byte| b"-+ #0".contains(&byte)) {
            match flag {
                b'-' => this.left = true,
                b'+' => this.plus = true,
                b' ' => this.space = true,
                b'#' => this.alternate = true,
                _ => this.zero = true,
            }
        }
        this.width = number(text) as usize;
        if next_if(text, |byte| byte == b'.').is_some() {
            this.precision = Some((number(text) as usize).min(PRECISION_MAX));
        }
        // A length modifier: the C type of the value has said it already.
        while next_if(text, |byte| byte == b'l').is_some() {}
        this.letter = next_if(text, |_| true).unwrap_or_default();
        this
    }

    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.plus, self.space) {
            (true, _, _) => b"-",
            (_, true, _) => b"+",
            (_, _, true) => b" ",
            _ => b"",
        }
    }
}

/// Pads to the width: blanks, `prefix`, zeros, `body`, or blanks last.
/// `zeros` is what a precision asks for, `zero_fill` what the flag `0` allows.
fn pad(out: &mut Output, conversion: &Conversion, prefix: [&[u8]; 2], zeros: usize, body: &[u8], zero_fill: bool) {
    let length = prefix[0].len() + prefix[1].len() + zeros + body.len();
    let fill = conversion.width.saturating_sub(length);
    let (before, inside, after) = match (conversion.left, conversion.zero && zero_fill) {
        (true, _) => (0, 0, fill),
        (_, true) => (0, fill, 0),
        _ => (fill, 0, 0),
    };
    out.repeat(b' ', before);
    out.put(prefix[0]);
    out.put(prefix[1]);
    out.repeat(b'0', zeros + inside);
    out.put(body);
    out.repeat(b' ', after);
}

/// `%lld`.
fn decimal(out: &mut Output, value: i64) -> c_int {
    let mut digits = Text::new();
    if value < 0 {
        digits.put(b'-');
    }
    digits.put_integer(value.unsigned_abs(), 10, 1);
    out.put(digits.as_bytes());
    out.terminate()
}

fn integer(out: &mut Output, conversion: &Conversion, value: i64) {
    if conversion.letter == b'c' {
        return pad(out, conversion, [b"", b""], 0, &[value as u8], false);
    }
    let signed = matches!(conversion.letter, b'd' | b'i');
    let magnitude = if signed { value.unsigned_abs() } else { value as u64 };
    let mut digits = Text::new();
    match conversion.letter {
        // No digits at all is what C asks for.
        _ if magnitude == 0 && conversion.precision == Some(0) => {}
        b'o' => digits.put_integer(magnitude, 8, 1),
        b'x' | b'X' => digits.put_integer(magnitude, 16, 1),
        _ => digits.put_integer(magnitude, 10, 1),
    }
    if conversion.letter == b'X' {
        digits.make_ascii_uppercase();
    }
    let base: &[u8] = match conversion.letter {
        b'x' if conversion.alternate && magnitude != 0 => b"0x",
        b'X' if conversion.alternate && magnitude != 0 => b"0X",
        _ => b"",
    };
    let sign = if signed { conversion.sign(value < 0) } else { b"" };
    let digits = digits.as_bytes();
    let mut zeros = conversion.precision.unwrap_or(1).saturating_sub(digits.len());
    if conversion.letter == b'o' && conversion.alternate && zeros == 0 && !digits.starts_with(b"0") {
        zeros = 1;
    }
    pad(out, conversion, [sign, base], zeros, digits, conversion.precision.is_none());
}

/// # Safety
/// For `s`, `value` is a C string.
unsafe fn pointer(out: &mut Output, conversion: &Conversion, value: *const c_void) {
    if conversion.letter == b's' {
        // SAFETY: the caller's promise.
        let bytes = unsafe { CStr::from_ptr(value.cast()) }.to_bytes();
        let length = conversion.precision.unwrap_or(usize::MAX).min(bytes.len());
        return pad(out, conversion, [b"", b""], 0, &bytes[..length], false);
    }
    let mut digits = Text::new();
    digits.put_integer(value.addr() as u64, 16, 1);
    pad(out, conversion, [b"0x", b""], 0, digits.as_bytes(), false);
}

fn float(out: &mut Output, conversion: &Conversion, value: f64) {
    let magnitude = value.abs();
    let mut text = Text::new();
    let mut base: &[u8] = b"";
    match conversion.letter.to_ascii_lowercase() {
        _ if value.is_nan() => text.put_all(b"nan"),
        _ if value.is_infinite() => text.put_all(b"inf"),
        b'a' => {
            base = b"0x";
            hexadecimal(&mut text, conversion, magnitude);
        }
        b'f' => fixed(&mut text, conversion, magnitude),
        b'e' => {
            let precision = conversion.precision.unwrap_or(PRECISION_DEFAULT);
            let (digits, exponent) = round(magnitude, precision + 1);
            scientific(&mut text, conversion, digits.as_bytes(), exponent);
        }
        _ => general(&mut text, conversion, magnitude),
    }
    if conversion.letter.is_ascii_uppercase() {
        text.make_ascii_uppercase();
        base = if base.is_empty() { b"" } else { b"0X" };
    }
    let sign = conversion.sign(value.is_sign_negative() && !value.is_nan());
    pad(out, conversion, [sign, base], 0, text.as_bytes(), value.is_finite());
}

/// Rounds to `count` significant decimal digits. Returns them, and the power of
/// ten of the first one.
fn round(magnitude: f64, count: usize) -> (Text, i32) {
    let mut decimal = Decimal::new(magnitude);
    decimal.round(count as i32 - 1 - decimal.exponent());
    let power = decimal.exponent();
    let mut digits = Text::new();
    decimal.write(&mut digits, power, count);
    (digits, power)
}

/// Joins the parts of a number. The flag `#` keeps a point without a fraction.
fn join(text: &mut Text, conversion: &Conversion, whole: &[u8], fraction: &[u8]) {
    text.put_all(whole);
    if conversion.alternate || !fraction.is_empty() {
        text.put(b'.');
    }
    text.put_all(fraction);
}

fn fixed(text: &mut Text, conversion: &Conversion, magnitude: f64) {
    let precision = conversion.precision.unwrap_or(PRECISION_DEFAULT);
    let mut decimal = Decimal::new(magnitude);
    decimal.round(precision as i32);
    let power = decimal.exponent().max(0);
    decimal.write(text, power, power as usize + 1);
    if precision > 0 || conversion.alternate {
        text.put(b'.');
    }
    decimal.write(text, -1, precision);
}

fn scientific(text: &mut Text, conversion: &Conversion, digits: &[u8], exponent: i32) {
    let (whole, fraction) = digits.split_at(1);
    join(text, conversion, whole, fraction);
    text.put(b'e');
    put_exponent(text, exponent, 2);
}

/// With its sign, and at least so many digits.
fn put_exponent(text: &mut Text, exponent: i32, digits_min: usize) {
    text.put(if exponent < 0 { b'-' } else { b'+' });
    text.put_integer(exponent.unsigned_abs().into(), 10, digits_min);
}

/// `%g`: the shorter of the two forms, without zeros at the end.
fn general(text: &mut Text, conversion: &Conversion, magnitude: f64) {
    let count = conversion.precision.unwrap_or(PRECISION_DEFAULT).max(1);
    let (digits, exponent) = round(magnitude, count);
    let is_fixed = exponent >= -4 && exponent < count as i32;
    let whole_digits = if is_fixed && exponent >= 0 { exponent as usize + 1 } else { 1 };
    let mut digits = digits.as_bytes();
    while let [shorter @ .., b'0'] = digits
        && !conversion.alternate
        && digits.len() > whole_digits
    {
        digits = shorter;
    }
    if !is_fixed {
        scientific(text, conversion, digits, exponent);
    } else if exponent >= 0 {
        let (whole, fraction) = digits.split_at(whole_digits);
        join(text, conversion, whole, fraction);
    } else {
        text.put_all(b"0.");
        for _ in exponent..-1 {
            text.put(b'0');
        }
        text.put_all(digits);
    }
}

/// `%a`: the bits as they are. A subnormal keeps its leading 0, and a carry
/// makes the leading digit 2, both as glibc has it.
fn hexadecimal(text: &mut Text, conversion: &Conversion, magnitude: f64) {
    const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    const BIAS: i32 = f64::MAX_EXP - 1;
    let bits = magnitude.to_bits();
    let biased = (bits >> FRACTION_BITS) as i32;
    let leading = u64::from(biased > 0) << FRACTION_BITS;
    let mut mantissa = bits & ((1 << FRACTION_BITS) - 1) | leading;
    let exponent = match (mantissa, biased) {
        (0, _) => 0,
        (_, 0) => f64::MIN_EXP - 1,
        _ => biased - BIAS,
    };
    let precision = conversion.precision.unwrap_or(FRACTION_DIGITS);
    let dropped_bits = 4 * FRACTION_DIGITS.saturating_sub(precision);
    if dropped_bits > 0 {
        // Half a unit, less a bit when that would round a tie to odd.
        let odd = mantissa >> dropped_bits & 1;
        mantissa += (1 << (dropped_bits - 1)) - 1 + odd;
    }
    let whole = b'0' + (mantissa >> FRACTION_BITS) as u8;
    let mut digits = Text::new();
    digits.put_integer(mantissa & ((1 << FRACTION_BITS) - 1), 16, FRACTION_DIGITS);
    for _ in FRACTION_DIGITS..precision {
        digits.put(b'0');
    }
    let mut fraction = digits.as_bytes().get(..precision).unwrap_or_default();
    while let [shorter @ .., b'0'] = fraction
        && conversion.precision.is_none()
    {
        fraction = shorter;
    }
    join(text, conversion, &[whole], fraction);
    text.put(b'p');
    put_exponent(text, exponent, 1);
}
