//! The exact decimal digits of a double, and their rounding, halves to even. core's own code for that is four times as long and brings
//! tables; this one needs none, and is the faster one where numbers have a usual size.
//!
//! A double is an integer times a power of two. It is written in base 10^9 and doubled or halved until the power is used up, nine bits
//! at a time: 10^9 can be halved nine times without a rest.

use core::mem::MaybeUninit;

use crate::text::Text;

const BASE: u32 = 1_000_000_000;
const BASE_DIGITS: usize = 9;
/// Limbs before the point: the largest double has 309 digits, and rounding may add one.
const POINT: usize = 36;
/// Limbs behind it: a double has at most 1074 digits there.
const LIMBS: usize = POINT + 120;

/// A number that is not negative. Its limbs are those of `first..end`, the more significant ones first; all others are 0.
pub struct Decimal {
    limbs: [MaybeUninit<u32>; LIMBS],
    first: usize,
    end: usize,
}

impl Decimal {
    /// The number `magnitude`, which is finite and not negative.
    pub fn new(magnitude: f64) -> Self {
        const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
        let bits = magnitude.to_bits();
        let biased = (bits >> FRACTION_BITS) as i32;
        let fraction = bits & ((1 << FRACTION_BITS) - 1);
        let mantissa = if biased == 0 { fraction } else { fraction | 1 << FRACTION_BITS };
        let mut this = Self { limbs: [MaybeUninit::uninit(); LIMBS], first: POINT - 2, end: POINT };
        this.set(POINT - 2, (mantissa / u64::from(BASE)) as u32);
        this.set(POINT - 1, (mantissa % u64::from(BASE)) as u32);
        let exponent = biased.max(1) - (f64::MAX_EXP - 1) - FRACTION_BITS as i32;
        if exponent > 0 {
            this.double(exponent as u32)
        } else {
            this.halve(exponent.unsigned_abs())
        }
        this
    }

    /// The power of ten of the first digit; 0 for the number 0.
    pub fn exponent(&self) -> i32 {
        if self.first == self.end {
            return 0;
        }
        (POINT as i32 - 1 - self.first as i32) * BASE_DIGITS as i32 + self.get(self.first).ilog10() as i32
    }

    /// Rounds to so many digits behind the point, before it if negative.
    pub fn round(&mut self, decimals: i32) {
        let digits = decimals.rem_euclid(BASE_DIGITS as i32) as u32;
        let cut = POINT as i32 + decimals.div_euclid(BASE_DIGITS as i32);
        if cut >= self.end as i32 {
            return;
        }
        // Less than a tenth of what the last digit is worth.
        if cut < self.first as i32 {
            self.end = self.first;
            return;
        }
        let cut = cut as usize;
        let unit = 10u32.pow(BASE_DIGITS as u32 - digits);
        let rest = self.get(cut) % unit;
        let is_odd = if digits == 0 { self.get(cut - 1) } else { self.get(cut) / unit } & 1 == 1;
        let up = rest > unit / 2 || rest == unit / 2 && (is_odd || (cut + 1..self.end).any(|i| self.get(i) != 0));
        self.reach(cut);
        self.set(cut, self.get(cut) - rest);
        self.end = cut + 1;
        if up {
            self.add(cut, unit);
        }
        self.trim();
    }

    /// Writes so many digits, from the one that is worth 10^`power`: zeros where the number has none.
    pub fn write(&self, text: &mut Text, power: i32, count: usize) {
        let position = (POINT * BASE_DIGITS) as i32 - 1 - power;
        let mut limb = position.div_euclid(BASE_DIGITS as i32);
        let mut skip = position.rem_euclid(BASE_DIGITS as i32) as usize;
        let mut left = count;
        while left > 0 {
            let mut digits = [0; BASE_DIGITS];
            let mut rest = usize::try_from(limb).map_or(0, |limb| self.get(limb));
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            let taken = left.min(BASE_DIGITS - skip);
            text.put_all(digits.get(skip..skip + taken).unwrap_or_default());
            left -= taken;
            skip = 0;
            limb += 1;
        }
    }

    fn get(&self, limb: usize) -> u32 {
        if !(self.first..self.end).contains(&limb) {
            return 0;
        }
        // SAFETY: every limb of the range was set before the range had it.
        self.limbs.get(limb).map_or(0, |limb| unsafe { limb.assume_init() })
    }

    fn set(&mut self, limb: usize, value: u32) {
        if let Some(slot) = self.limbs.get_mut(limb) {
            slot.write(value);
        }
    }

    /// Makes `limb` one of the range, if it lies before it.
    fn reach(&mut self, limb: usize) {
        while self.first > limb {
            self.set(self.first - 1, 0);
            self.first -= 1;
        }
        self.end = self.end.max(limb + 1);
    }

    fn double(&mut self, times: u32) {
        const BITS_MAX: u32 = 29;
        let mut left = times;
        while left > 0 {
            let bits = left.min(BITS_MAX);
            let mut carry = 0;
            for i in (self.first..self.end).rev() {
                let wide = (u64::from(self.get(i)) << bits) + carry;
                self.set(i, (wide % u64::from(BASE)) as u32);
                carry = wide / u64::from(BASE);
            }
            if carry != 0 {
                self.set(self.first - 1, carry as u32);
                self.first -= 1;
            }
            left -= bits;
        }
        self.trim();
    }

    fn halve(&mut self, times: u32) {
        let mut left = times;
        self.trim();
        while left > 0 {
            let bits = left.min(BASE_DIGITS as u32);
            let mut carry = 0;
            for i in self.first..self.end {
                let limb = self.get(i);
                self.set(i, (limb >> bits) + carry);
                carry = (limb & ((1 << bits) - 1)) * (BASE >> bits);
            }
            if carry != 0 {
                self.set(self.end, carry);
                self.end += 1;
            }
            self.trim();
            left -= bits;
        }
    }

    fn add(&mut self, limb: usize, amount: u32) {
        let mut limb = limb;
        let mut sum = self.get(limb) + amount;
        while sum >= BASE {
            self.set(limb, sum - BASE);
            limb -= 1;
            sum = self.get(limb) + 1;
            self.reach(limb);
        }
        self.set(limb, sum);
    }

    /// Drops zeros before the number.
    fn trim(&mut self) {
        while self.first < self.end && self.get(self.first) == 0 {
            self.first += 1;
        }
    }
}
