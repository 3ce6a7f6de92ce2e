//! The operations of num-bigint that are used, each once: its operators exist for every combination of owned and borrowed operands, and
//! each combination would be compiled into every place that uses it. All of them allocate, and so run in a scope only.

use num_bigint::BigUint;
use num_integer::Integer as _;
use num_traits::One;

use super::scope::{charge, tick};
use crate::lua::ffi::lua_State;

/// What is longer is cut by num-bigint: it costs less than every digit by every digit.
const PLAIN_DIGITS: usize = 256;

fn digits(a: &BigUint) -> usize {
    a.bits().div_ceil(u32::BITS.into()) as usize
}

#[inline(never)]
pub fn multiply(a: &BigUint, b: &BigUint) -> BigUint {
    charge(digits(a).max(digits(b)) * digits(a).min(digits(b)).min(PLAIN_DIGITS));
    a * b
}

/// Quotient and remainder; `b` is not zero.
#[inline(never)]
pub fn divide(a: &BigUint, b: &BigUint) -> (BigUint, BigUint) {
    charge(digits(a).saturating_sub(digits(b)) * digits(b).min(PLAIN_DIGITS));
    a.div_rem(b)
}

pub fn remainder(a: &BigUint, b: &BigUint) -> BigUint {
    divide(a, b).1
}

#[inline(never)]
pub fn add(a: BigUint, b: &BigUint) -> BigUint {
    a + b
}

/// `b` is not greater.
#[inline(never)]
pub fn subtract(a: BigUint, b: &BigUint) -> BigUint {
    a - b
}

#[inline(never)]
pub fn shift_left(a: BigUint, bits: u64) -> BigUint {
    a << bits
}

#[inline(never)]
pub fn shift_right(a: BigUint, bits: u64) -> BigUint {
    a >> bits
}

/// By squaring, from the exponent's highest bit on.
#[inline(never)]
pub fn power(L: *mut lua_State, base: &BigUint, exponent: u32) -> BigUint {
    let mut power = BigUint::one();
    for bit in (0..u32::BITS - exponent.leading_zeros()).rev() {
        tick(L);
        power = multiply(&power, &power);
        if exponent >> bit & 1 == 1 {
            power = multiply(&power, base);
        }
    }
    power
}

/// The power modulo `modulus`, which is not zero.
pub fn power_modulo(L: *mut lua_State, base: &BigUint, exponent: &BigUint, modulus: &BigUint) -> BigUint {
    let mut power = remainder(&BigUint::one(), modulus);
    for bit in (0..exponent.bits()).rev() {
        tick(L);
        power = remainder(&multiply(&power, &power), modulus);
        if exponent.bit(bit) {
            power = remainder(&multiply(&power, base), modulus);
        }
    }
    power
}

/// The greatest common divisor: Stein's algorithm (Knuth, TAOCP vol. 2, 4.5.2 B), as num-bigint has it, with ticks, and after one step of
/// Euclid's, which makes the numbers equally long.
#[inline(never)]
pub fn gcd(L: *mut lua_State, mut a: BigUint, mut b: BigUint) -> BigUint {
    if a < b {
        core::mem::swap(&mut a, &mut b);
    }
    let Some(twos_b) = b.trailing_zeros() else { return a };
    a = remainder(&a, &b);
    let Some(twos_a) = a.trailing_zeros() else { return b };
    b = shift_right(b, twos_b);
    while let Some(twos) = a.trailing_zeros() {
        tick(L);
        charge(2 * digits(&a));
        a = shift_right(a, twos);
        if a < b {
            core::mem::swap(&mut a, &mut b);
        }
        a = subtract(a, &b);
    }
    shift_left(b, twos_a.min(twos_b))
}

/// The square root, rounded down: that of the upper half of the bits first, then Newton's method from above (Brent & Zimmermann, Modern
/// Computer Arithmetic, 1.13).
pub fn square_root(L: *mut lua_State, a: &BigUint) -> BigUint {
    tick(L);
    let bits = a.bits();
    if bits < 4 {
        // 0, 1, 1, 1, 2, 2, 2, 2.
        return BigUint::from(bits.div_ceil(2) as u32);
    }
    let half = bits / 4;
    let upper = square_root(L, &shift_right(a.clone(), 2 * half));
    let mut root = shift_left(add(upper, &BigUint::ONE), half);
    loop {
        let next = shift_right(add(divide(a, &root).0, &root), 1);
        if next >= root {
            return root;
        }
        root = next;
    }
}
