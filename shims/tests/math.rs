//! `frexp` and `ldexp`, which no result of a Lua program shows. The other functions are compared by tests/differential.

use cu_shims::math::{__cu_frexp, __cu_ldexp};

#[test]
fn frexp_splits_and_ldexp_joins() {
    let rows = [
        (1.0, 0.5, 1),
        (-1.0, -0.5, 1),
        (0.75, 0.75, 0),
        (8.0, 0.5, 4),
        (f64::MAX, 1.0 - f64::EPSILON / 2.0, 1024),
        (f64::MIN_POSITIVE, 0.5, -1021),
        (5e-324, 0.5, -1073),
        (0.0, 0.0, 0),
        (-0.0, -0.0, 0),
    ];
    for (x, fraction, exponent) in rows {
        let mut power = 77;
        // SAFETY: `power` can be written.
        let part = unsafe { __cu_frexp(x, &mut power) };
        assert_eq!((part.to_bits(), power), (f64::to_bits(fraction), exponent), "frexp({x:e})");
        assert_eq!(__cu_ldexp(fraction, exponent).to_bits(), f64::to_bits(x), "ldexp({fraction}, {exponent})");
    }
}

#[test]
fn ldexp_ends_at_infinity_and_zero() {
    let rows = [(1.0, 1024, f64::INFINITY), (-1.0, 5000, f64::NEG_INFINITY), (1.0, -1075, 0.0), (1.5, -1075, 5e-324), (0.0, 9, 0.0)];
    for (x, exponent, expected) in rows {
        assert_eq!(__cu_ldexp(x, exponent).to_bits(), f64::to_bits(expected), "ldexp({x}, {exponent})");
    }
}
