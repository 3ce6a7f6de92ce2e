//! Formatting and `strtod` on a few rows with their results, without a libc to compare with: for Miri, which cannot call one.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use cu_shims::format::{__cu_format_float, __cu_format_integer, __cu_format_pointer};
use cu_shims::strtod::__cu_strtod;

/// Runs a `snprintf` on a buffer of exactly the bytes that it is told, from none to enough.
fn check(expected: &str, print: impl Fn(*mut c_char, usize) -> c_int) {
    let length = expected.len();
    for size in [0, length / 2, length + 1] {
        let mut buffer = vec![0x55_u8; size];
        assert_eq!(print(buffer.as_mut_ptr().cast(), size), expected.len() as c_int, "{expected}");
        if size > 0 {
            let text = CStr::from_bytes_until_nul(&buffer).expect("terminated").to_str();
            assert_eq!(text, Ok(&expected[..expected.len().min(size - 1)]));
        }
    }
}

#[test]
fn floats_print_as_they_should() {
    let rows = [
        (c"%.14g", 0.1, "0.1"),
        (c"%.17g", 0.1, "0.10000000000000001"),
        (c"%.3f", -2.0005, "-2.001"),
        (c"%10.2e|", 12345.678, "  1.23e+04|"),
        (c"%a", 1.0, "0x1p+0"),
        (c"%-8.1f|", f64::INFINITY, "inf     |"),
        (c"%+g", f64::NAN, "+nan"),
        (c"%#.0f", 5e-324, "0."),
        (c"%.30f", 0.1, "0.100000000000000005551115123126"),
        (c"%.0f", 1e23, "99999999999999991611392"),
        (c"%.0f", 999_999_999.5, "1000000000"),
        (c"%.25e", f64::MAX, "1.7976931348623157081452742e+308"),
        (c"%.20e", 1e-30, "1.00000000000000008334e-30"),
    ];
    for (format, value, expected) in rows {
        // SAFETY: the buffer has the size; the format has one conversion.
        check(expected, |buffer, size| unsafe { __cu_format_float(buffer, size, format.as_ptr(), value) });
    }
}

#[test]
fn integers_and_strings_print_as_they_should() {
    let rows = [
        (c"%d", i64::MIN, "-9223372036854775808"),
        (c"%#x", 255, "0xff"),
        (c"%05d|", -42, "-0042|"),
        (c"%c", 65, "A"),
        (c"%+.3i", 7, "+007"),
    ];
    for (format, value, expected) in rows {
        // SAFETY: the buffer has the size; the format has one conversion.
        check(expected, |buffer, size| unsafe { __cu_format_integer(buffer, size, format.as_ptr(), value) });
    }
    for (format, value, expected) in [(c"%s", c"text", "text"), (c"<%.2s>", c"text", "<te>"), (c"%6s|", c"", "      |")] {
        // SAFETY: likewise, and the value is a C string.
        check(expected, |buffer, size| unsafe { __cu_format_pointer(buffer, size, format.as_ptr(), value.as_ptr().cast()) });
    }
}

#[test]
fn numerals_are_read_to_their_end() {
    let rows = [
        ("0.1x", 0.1, 3),
        ("  -2.5e3", -2500.0, 8),
        ("0x1.8p3", 12.0, 7),
        ("1e400", f64::INFINITY, 5),
        ("5e-324", 5e-324, 6),
        ("", 0.0, 0),
        ("-", 0.0, 0),
        ("0x", 0.0, 1),
        ("inf", f64::INFINITY, 3),
        ("1e", 1.0, 1),
        ("9007199254740993", 9_007_199_254_740_992.0, 16),
        (".", 0.0, 0),
    ];
    for (numeral, expected, bytes) in rows {
        let text = CString::new(numeral).expect("no NUL");
        let mut end = ptr::null();
        // SAFETY: a C string, and a place for its end.
        let value = unsafe { __cu_strtod(text.as_ptr(), &mut end) };
        assert_eq!((value.to_bits(), end.addr() - text.as_ptr().addr()), (f64::to_bits(expected), bytes), "{numeral:?}");
    }
    let long = CString::new(format!("1{}.5", "0".repeat(900))).expect("no NUL");
    // SAFETY: a C string; the end is not asked for.
    assert_eq!(unsafe { __cu_strtod(long.as_ptr(), ptr::null_mut()) }, f64::INFINITY);
}
