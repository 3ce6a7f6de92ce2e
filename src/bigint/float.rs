//! Between floats and digits: what a finite float is as an integer and a rest, and the float nearest to an integer.

/// Digits of the largest float.
const DIGITS_MAX: usize = 33;

const MANTISSA_BITS: u32 = 52;
/// What the exponent of a float is more than that of its mantissa's last bit.
const EXPONENT_BIAS: i32 = 1075;

/// A finite float without its sign.
pub struct Parts {
    digits: [u32; DIGITS_MAX],
    pub has_fraction: bool,
}

impl Parts {
    /// `value` is finite.
    pub fn of(value: f64) -> Parts {
        let bits = value.to_bits();
        let exponent = (bits >> MANTISSA_BITS) as i32 & 0x7ff;
        let fraction = bits & ((1 << MANTISSA_BITS) - 1);
        // Numbers without the hidden bit are far below 1.
        let mantissa = if exponent == 0 { fraction } else { fraction | 1 << MANTISSA_BITS };
        let shift = exponent.max(1) - EXPONENT_BIAS;
        let mut digits = [0; DIGITS_MAX];
        if shift < 0 {
            let whole = mantissa.checked_shr(shift.unsigned_abs()).unwrap_or(0);
            digits[0] = whole as u32;
            digits[1] = (whole >> 32) as u32;
            let has_fraction = shift.unsigned_abs() >= 64 && mantissa != 0 || whole.wrapping_shl(shift.unsigned_abs()) != mantissa;
            return Parts { digits, has_fraction };
        }
        let shift = shift as usize;
        let shifted = u128::from(mantissa) << (shift % 32);
        for (index, place) in digits.iter_mut().skip(shift / 32).take(3).enumerate() {
            *place = (shifted >> (32 * index)) as u32;
        }
        Parts { digits, has_fraction: false }
    }

    /// The integral part, least significant digit first, without leading zeros.
    pub fn digits(&self) -> &[u32] {
        let length = self.digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1);
        &self.digits[..length]
    }
}

/// The float nearest to the number, ties to even; infinite beyond the largest.
pub fn nearest(negative: bool, digits: &[u32]) -> f64 {
    let digit = |i: usize| u64::from(digits.len().checked_sub(i).map_or(0, |at| digits[at]));
    let zeros = digits.last().map_or(0, |last| last.leading_zeros());
    // The highest 64 bits, and in the lowest of them whether anything follows: the conversion rounds that as it would round all.
    let mut high = digit(1) << 32 | digit(2);
    let mut follows = digit(3) << 32;
    if zeros > 0 {
        high = high << zeros | digit(3) >> (32 - zeros);
        follows <<= zeros;
    }
    let follows = follows & u64::from(u32::MAX) << 32 != 0 || digits.iter().rev().skip(3).any(|&digit| digit != 0);
    let scale = 32 * digits.len() as i64 - i64::from(zeros) - 64;
    let magnitude = (high | u64::from(follows)) as f64 * power_of_two(scale);
    if negative { -magnitude } else { magnitude }
}

/// Infinite beyond the largest float; the exponents of integers are not too small.
fn power_of_two(exponent: i64) -> f64 {
    if exponent > 1023 { f64::INFINITY } else { f64::from_bits(((exponent + 1023) as u64) << MANTISSA_BITS) }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn parts_are_exact() {
        let cases: [(f64, &[u32], bool); 14] = [
            (0.0, &[], false),
            (-0.0, &[], false),
            (1.0, &[1], false),
            (-1.5, &[1], true),
            (0.5, &[], true),
            (5e-324, &[], true),
            (2.2250738585072014e-308, &[], true),
            (4294967295.0, &[u32::MAX], false),
            (4294967296.0, &[0, 1], false),
            (9007199254740991.0, &[u32::MAX, 0x1f_ffff], false),
            (9007199254740992.0, &[0, 0x20_0000], false),
            (4503599627370495.5, &[u32::MAX, 0xf_ffff], true),
            (18446744073709551616.0, &[0, 0, 1], false),
            (3e10, &[4230196224, 6], false),
        ];
        for (value, digits, has_fraction) in cases {
            let parts = Parts::of(value);
            assert_eq!((parts.digits(), parts.has_fraction), (digits, has_fraction), "{value}");
        }
        let largest = Parts::of(f64::MAX);
        assert_eq!(largest.digits().len(), 32);
        assert_eq!(&largest.digits()[30..], [0xffff_f800, 0xffff_ffff]);
    }
}
