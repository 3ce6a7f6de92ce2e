//! Formatting and `strtod` against the system's libc, on random input from a
//! printed seed (`CU_SEED` sets it) and on a table of edges. Where the two are
//! meant to differ, the sign of NaN, the input avoids it.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use cu_shims::format::{__cu_format_float, __cu_format_integer, __cu_format_pointer};
use cu_shims::strtod::__cu_strtod;

const ROUNDS: usize = 200_000;
const BUFFER_BYTES: usize = 600;

/// SplitMix64: small, and good enough to choose test data.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let seed = std::env::var("CU_SEED").map_or(20_240_704, |text| text.parse().expect("CU_SEED is a number"));
        println!("CU_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Any bits, decimal fractions, midpoints of short decimals, integers, edges.
    fn float(&mut self) -> f64 {
        const EDGES: [f64; 14] =
            [0.0, 1.0, 0.5, 2.5, 9.5, 0.1, 99_999.5, 999_999.5, 1e100, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::EPSILON, f64::INFINITY];
        let magnitude = match self.below(6) {
            0 => self.pick(&EDGES),
            1 => self.below(100_000) as f64 / 100.0,
            2 => self.next() as f64 / 8.0,
            3 => self.below(1 << 20) as f64 / 1024.0,
            4 => self.below(10_000) as f64 * 10_f64.powi(self.below(600) as i32 - 300),
            _ => f64::from_bits(self.next()),
        };
        if magnitude.is_nan() {
            f64::NAN
        } else if self.one_in(2) {
            -magnitude
        } else {
            magnitude
        }
    }

    fn integer(&mut self) -> i64 {
        match self.below(4) {
            0 => self.pick(&[0, 1, -1, 7, 8, 9, 10, i64::MAX, i64::MIN]),
            1 => self.below(1000) as i64 - 500,
            _ => (self.next() as i64) >> self.below(64),
        }
    }

    /// A format with some text around, flags, width and precision.
    fn format(&mut self, length: &str, letters: &[char]) -> CString {
        let mut format = String::from(if self.one_in(8) { "<" } else { "" });
        format.push('%');
        for _ in 0..self.below(4) {
            format.push(self.pick(&['-', '+', ' ', '#', '0']));
        }
        if self.one_in(2) {
            format += &self.below(100).to_string();
        }
        if self.one_in(2) {
            format.push('.');
            let limit = self.pick(&[4, 20, 100]);
            format += &self.below(limit).to_string();
        }
        format += length;
        format.push(self.pick(letters));
        format += if self.one_in(8) { ">" } else { "" };
        CString::new(format).expect("no NUL")
    }
}

/// Runs a `snprintf` on a fresh buffer of `size` bytes.
fn printed(size: usize, snprintf: impl FnOnce(*mut c_char, usize) -> c_int) -> (String, c_int) {
    let mut buffer = [0x55_u8; BUFFER_BYTES];
    let length = snprintf(buffer.as_mut_ptr().cast(), size);
    assert_eq!(buffer[size], 0x55, "wrote past the buffer");
    let text = CStr::from_bytes_until_nul(&buffer).expect("terminated");
    (text.to_string_lossy().into_owned(), length)
}

/// glibc (seen with 2.36) forgets the zeros that `%#g` asks for when rounding
/// reaches the next power of ten: `%#g` of 999999.5 is `1.e+06`, where C and we
/// have `1.00000e+06`. It takes a leading 9.
fn glibc_drops_zeros(format: &CStr, value: f64) -> bool {
    let format = format.to_bytes();
    format.contains(&b'#') && (format.contains(&b'g') || format.contains(&b'G')) && format!("{:e}", value.abs()).starts_with('9')
}

#[test]
fn floats_print_as_in_glibc() {
    let mut random = Random::new();
    for _ in 0..ROUNDS {
        let format = random.format("", &['a', 'A', 'e', 'E', 'f', 'F', 'g', 'G']);
        let value = random.float();
        if glibc_drops_zeros(&format, value) {
            continue;
        }
        let size = if random.one_in(20) { random.below(20) + 1 } else { BUFFER_BYTES - 1 };
        // SAFETY: the buffer holds `size` bytes, the format takes one double.
        let ours = printed(size, |buffer, size| unsafe { __cu_format_float(buffer, size, format.as_ptr(), value) });
        // SAFETY: as above.
        let theirs = printed(size, |buffer, size| unsafe { libc::snprintf(buffer, size, format.as_ptr(), value) });
        assert_eq!(ours, theirs, "{format:?} of {value:e}");
    }
}

#[test]
fn integers_print_as_in_glibc() {
    let mut random = Random::new();
    for _ in 0..ROUNDS {
        let format = random.format("ll", &['d', 'i', 'u', 'o', 'x', 'X']);
        let value = random.integer();
        // SAFETY: the buffer holds `size` bytes, the format takes one long long.
        let ours = printed(300, |buffer, size| unsafe { __cu_format_integer(buffer, size, format.as_ptr(), value) });
        // SAFETY: as above.
        let theirs = printed(300, |buffer, size| unsafe { libc::snprintf(buffer, size, format.as_ptr(), value) });
        assert_eq!(ours, theirs, "{format:?} of {value}");
    }
}

#[test]
fn characters_print_as_in_glibc() {
    for value in 0..=255 {
        for format in [c"%c", c"%5c", c"%-5c", c"a%cb"] {
            // SAFETY: the buffer holds `size` bytes, the format takes one int.
            let ours = printed(20, |buffer, size| unsafe { __cu_format_integer(buffer, size, format.as_ptr(), value.into()) });
            // SAFETY: as above.
            let theirs = printed(20, |buffer, size| unsafe { libc::snprintf(buffer, size, format.as_ptr(), value) });
            assert_eq!(ours, theirs, "{format:?} of {value}");
        }
    }
}

#[test]
fn strings_and_pointers_print_as_in_glibc() {
    const TEXT: &CStr = c"the quick brown fox";
    let formats = [c"%s", c"%.0s", c"%.5s", c"%25s", c"%-25s|", c"%30.3s", c"%-30.3s", c"%.99s", c"%p", c"%30p", c"%-30p|"];
    for format in formats {
        let value: *const c_void = TEXT.as_ptr().cast();
        // SAFETY: the buffer holds `size` bytes, the value is a C string.
        let ours = printed(100, |buffer, size| unsafe { __cu_format_pointer(buffer, size, format.as_ptr(), value) });
        // SAFETY: as above.
        let theirs = printed(100, |buffer, size| unsafe { libc::snprintf(buffer, size, format.as_ptr(), value) });
        assert_eq!(ours, theirs, "{format:?}");
    }
}

/// The value's bits and how many bytes were read.
fn parsed(text: &CStr, strtod: unsafe extern "C" fn(*const c_char, *mut *const c_char) -> f64) -> (u64, usize) {
    let mut end = std::ptr::null();
    // SAFETY: `text` is a C string, `end` can be written.
    let value = unsafe { strtod(text.as_ptr(), &mut end) };
    (value.to_bits(), end.addr() - text.as_ptr().addr())
}

/// glibc's `strtod`, with the type of ours.
unsafe extern "C" fn glibc_strtod(text: *const c_char, end: *mut *const c_char) -> f64 {
    // SAFETY: the caller's promise; glibc does not write through the result.
    unsafe { libc::strtod(text, end.cast()) }
}

fn check_strtod(text: &str) {
    let text = CString::new(text).expect("no NUL");
    assert_eq!(parsed(&text, __cu_strtod), parsed(&text, glibc_strtod), "{text:?}");
}

#[test]
fn edges_parse_as_in_glibc() {
    let rows = [
        "",
        " ",
        "+",
        "-",
        ".",
        "-.",
        "e1",
        ".e1",
        "x",
        "0x",
        "0x.",
        "0xg",
        "0xp1",
        "0x.p1",
        "0",
        "-0",
        "00",
        "1",
        "-1",
        "+1",
        "--1",
        "1.",
        ".5",
        "1.5.5",
        "1e",
        "1e+",
        "1e-",
        "1e5",
        "1E5",
        "1e+5x",
        "1e-5",
        "1ee5",
        " \t\n\x0b\x0c\r1",
        "1 ",
        "1_0",
        "1,5",
        "inf",
        "-INF",
        "infinity",
        "infinit",
        "InFiNiTyx",
        "nan",
        "NaNx",
        "na",
        "1e308",
        "1.8e308",
        "1e309",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "4.9e-324",
        "2.4e-324",
        "2.5e-324",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740993.00000000000000000000000000000000000000000001",
        "0x1p-1074",
        "0x1p-1075",
        "0x1.00000000000001p-1075",
        "0x1p-1076",
        "0x1p1023",
        "0x1p1024",
        "0x1.fffffffffffff7p1023",
        "0x1.fffffffffffff8p1023",
        "0x1.00000000000008p0",
        "0x1.00000000000018p0",
        "0x1.000000000000080000000000001p0",
        "0x0.8p-1073",
        "0X.8P1",
        "0x1p",
        "0x1p+",
        "0x1.8p1.5",
        "0xffffffffffffffffffffffff",
        "0x0.0000000000000000000000001p99",
        "0x1p99999999999999999999",
        "0x1p-99999999999999999999",
        "0x0p99999999999999999999",
        "0x3.fffffffffffffp-1024",
        "0x1.fffffffffffffp-1023",
        "0x0.fffffffffffff8p-1022",
        "0x0.fffffffffffff7p-1022",
        "-0x0p0",
    ];
    for row in rows {
        check_strtod(row);
    }
}

#[test]
fn long_numerals_parse_as_in_glibc() {
    let zeros = |count| "0".repeat(count);
    let rows = [
        format!("1{}", zeros(400)),
        format!("1{}e-400", zeros(400)),
        format!("0.{}1e400", zeros(399)),
        format!("0.{}1e200001", zeros(200_000)),
        format!("1{}e-200000", zeros(200_000)),
        format!("0x1{}p-800000", zeros(200_000)),
        format!("0x0.{}1p800004", zeros(200_000)),
        format!("0x1.{}1p0", zeros(100_000)),
        format!("0x1.00000000000008{}1p0", zeros(100_000)),
        format!("9007199254740993.{}", zeros(2000)),
        format!("9007199254740993.{}1", zeros(2000)),
        format!("9007199254740991.5{}1", zeros(2000)),
        format!("{}1", zeros(100_000)),
        "9".repeat(5000),
        format!("0.{}", "9".repeat(5000)),
        format!("{}e-5000", "9".repeat(5000)),
    ];
    for row in rows {
        check_strtod(&row);
    }
}

#[test]
fn midpoints_parse_as_in_glibc() {
    let mut random = Random::new();
    for _ in 0..60 {
        // Odd, with one bit more than a double has: (2n + 1) / 2^k.
        let numerator = random.next() >> 10 | 1 << 53 | 1;
        let power = random.below(1075 + 54);
        let digits = times_power_of_five(numerator, power);
        check_strtod(&format!("{digits}e-{power}"));
        check_strtod(&format!("{digits}{}1e-{}", "0".repeat(50), power + 51));
        let below = format!("{}4999", &digits[..digits.len() - 1]);
        check_strtod(&format!("{below}e-{}", power + 3));
    }
}

/// The decimal digits of `number` · 5^`power`.
fn times_power_of_five(number: u64, power: usize) -> String {
    let mut digits: Vec<u8> = number.to_string().bytes().rev().map(|byte| byte - b'0').collect();
    for _ in 0..power {
        let mut carry = 0;
        for digit in &mut digits {
            carry += *digit * 5;
            *digit = carry % 10;
            carry /= 10;
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

#[test]
fn random_numerals_parse_as_in_glibc() {
    let mut random = Random::new();
    for _ in 0..ROUNDS {
        let value = random.float();
        let text = match random.below(4) {
            0 => format!("{value:e}"),
            1 => format!("{value:.*e}", random.below(30)),
            2 => format!("0x{:x}.{:x}p{}", random.next() >> random.below(64), random.next(), random.below(2300) as i32 - 1200),
            // Grammar, right and wrong.
            _ => (0..random.below(12)).map(|_| random.pick(&["0", "1", "9", ".", "e", "-", "+", "x", "p", "a", "0x"])).collect(),
        };
        check_strtod(&text);
    }
}

#[test]
fn nan_prints_without_sign() {
    let rows = [(c"%f", "nan"), (c"%+f", "+nan"), (c"% G", " NAN"), (c"%08.3e", "     nan"), (c"%-5a|", "nan  |")];
    for (format, expected) in rows {
        for value in [f64::NAN, -f64::NAN] {
            // SAFETY: the buffer holds `size` bytes, the format takes one double.
            let ours = printed(40, |buffer, size| unsafe { __cu_format_float(buffer, size, format.as_ptr(), value) });
            assert_eq!(ours, (expected.to_owned(), expected.len() as c_int), "{format:?}");
        }
    }
}
