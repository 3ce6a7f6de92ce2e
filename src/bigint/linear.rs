//! What takes one pass over the digits: sums, bits and shifts. It goes straight from the operands into the result's userdata, without the
//! allocations and copies that num-bigint would need.

use core::mem::MaybeUninit;

use super::userdata::{DIGIT_BITS, Place};

/// What a combination of bits is made of: digits in two's complement.
pub type Combine = fn(u32, u32) -> u32;

/// `a` + `b`, or `a` − `b`; `a` has at least as many digits, and is not less than what is subtracted.
#[inline(never)]
pub fn add(place: Place, negative: bool, a: &[u32], b: &[u32], subtract: bool) {
    // To subtract is to add the complement, and one.
    let mask = if subtract { u32::MAX } else { 0 };
    let mut carry = u64::from(subtract);
    let mut step = |slot: &mut MaybeUninit<u32>, x: u32, y: u32| {
        let sum = carry + u64::from(x) + u64::from(y ^ mask);
        slot.write(sum as u32);
        carry = sum >> DIGIT_BITS;
    };
    let (low, high) = a.split_at(b.len());
    let (slots, rest) = place.slots().split_at_mut(b.len());
    for ((slot, &x), &y) in slots.iter_mut().zip(low).zip(b) {
        step(slot, x, y);
    }
    for (slot, x) in rest.iter_mut().zip(high.iter().copied().chain([0])) {
        step(slot, x, 0);
    }
    place.set(negative, a.len() + 1);
}

/// A magnitude, or its two's complement, digit by digit, with as many more as are asked for.
struct Complement<'a> {
    digits: &'a [u32],
    negative: bool,
    carry: bool,
}

impl Complement<'_> {
    fn new(digits: &[u32], negative: bool) -> Complement<'_> {
        Complement { digits, negative, carry: negative }
    }

    fn next(&mut self) -> u32 {
        let digit = match self.digits {
            [digit, rest @ ..] => {
                self.digits = rest;
                *digit
            }
            [] => 0,
        };
        self.turn(digit)
    }

    /// The digit in the other form.
    fn turn(&mut self, digit: u32) -> u32 {
        if !self.negative {
            return digit;
        }
        let (turned, carry) = (!digit).overflowing_add(self.carry.into());
        self.carry = carry;
        turned
    }
}

/// Combines two numbers bit by bit, as if they had infinitely many in two's complement.
#[inline(never)]
pub fn combine(place: Place, a: (&[u32], bool), b: (&[u32], bool), combine: Combine) {
    let length = a.0.len().max(b.0.len()) + 1;
    let (mut a, mut b) = (Complement::new(a.0, a.1), Complement::new(b.0, b.1));
    let sign = |negative: bool| if negative { u32::MAX } else { 0 };
    let negative = combine(sign(a.negative), sign(b.negative)) != 0;
    let mut result = Complement::new(&[], negative);
    for slot in &mut place.slots()[..length] {
        slot.write(result.turn(combine(a.next(), b.next())));
    }
    place.set(negative, length);
}

/// `digits` · 2^`distance`.
pub fn shift_left(place: Place, negative: bool, digits: &[u32], distance: u64) {
    let (whole, bits) = ((distance / DIGIT_BITS) as usize, distance % DIGIT_BITS);
    let (zeros, slots) = place.slots().split_at_mut(whole);
    for slot in zeros {
        slot.write(0);
    }
    let mut carry = 0;
    for (slot, digit) in slots.iter_mut().zip(digits.iter().copied().chain([0])) {
        let shifted = u64::from(digit) << bits | carry;
        slot.write(shifted as u32);
        carry = shifted >> DIGIT_BITS;
    }
    place.set(negative, whole + digits.len() + 1);
}

/// The number divided by 2^`distance`, rounded down, which for a negative one is away from zero. Some digits are left.
pub fn shift_right(place: Place, negative: bool, digits: &[u32], distance: u64) {
    let (whole, bits) = ((distance / DIGIT_BITS) as usize, distance % DIGIT_BITS);
    let (dropped, kept) = digits.split_at(whole);
    let rest = u64::from(kept[0]) & ((1 << bits) - 1);
    let mut carry = u64::from(negative && (rest != 0 || dropped.iter().any(|&digit| digit != 0)));
    let above = kept[1..].iter().copied().chain([0, 0]);
    let slots = &mut place.slots()[..=kept.len()];
    for ((slot, digit), above) in slots.iter_mut().zip(kept.iter().copied().chain([0])).zip(above) {
        let sum = (u64::from(above) << DIGIT_BITS | u64::from(digit)) >> bits & u64::from(u32::MAX);
        let sum = sum + carry;
        slot.write(sum as u32);
        carry = sum >> DIGIT_BITS;
    }
    place.set(negative, kept.len() + 1);
}
