//! A text of bounded length, for a number in the making. What does not fit is
//! dropped; the users assert that everything fits.

use core::mem::MaybeUninit;

/// One size for all, so that the code exists once: the longest numeral of strtod.rs.
pub const BYTES_MAX: usize = 777;

pub struct Text {
    /// Those before `length` are set.
    bytes: [MaybeUninit<u8>; BYTES_MAX],
    length: usize,
}

impl Text {
    pub fn new() -> Self {
        Self { bytes: [MaybeUninit::uninit(); BYTES_MAX], length: 0 }
    }

    pub fn put(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            slot.write(byte);
            self.length += 1;
        }
    }

    // Many callers.
    #[inline(never)]
    pub fn put_all(&mut self, bytes: &[u8]) {
        put(&mut self.bytes, self.length, bytes);
        self.length = (self.length + bytes.len()).min(BYTES_MAX);
    }

    /// Adds an integer in a base from 8 to 16, with zeros before it up to so many digits.
    pub fn put_integer(&mut self, value: u64, base: u32, digits_min: usize) {
        let mut digits = [b'0'; u64::BITS as usize / 3 + 1];
        let mut place = digits.len();
        let mut put = |digit: u32| {
            place -= 1;
            if let Some(slot) = digits.get_mut(place) {
                *slot = if digit < 10 { b'0' + digit as u8 } else { b'a' + (digit - 10) as u8 };
            }
        };
        // Divisions of 32 bits are several times as fast.
        let mut large = value;
        while large > u64::from(u32::MAX) {
            put((large % u64::from(base)) as u32);
            large /= u64::from(base);
        }
        let mut small = large as u32;
        while small > 0 {
            // A division by a constant is a multiplication.
            let rest = if base == 10 { small / 10 } else { small / base };
            put(small - rest * base);
            small = rest;
        }
        let start = place.min(digits.len().saturating_sub(digits_min));
        self.put_all(digits.get(start..).unwrap_or_default());
    }

    pub fn as_bytes(&self) -> &[u8] {
        let bytes: *const [MaybeUninit<u8>] = self.bytes.get(..self.length).unwrap_or_default();
        // SAFETY: the bytes before `length` are set.
        unsafe { &*(bytes as *const [u8]) }
    }

    pub fn make_ascii_uppercase(&mut self) {
        let bytes: *mut [MaybeUninit<u8>] = self.bytes.get_mut(..self.length).unwrap_or_default();
        // SAFETY: as above.
        unsafe { (*(bytes as *mut [u8])).make_ascii_uppercase() }
    }
}

/// Puts as many of `bytes` as there is room for into `target` from `at` on.
pub fn put(target: &mut [MaybeUninit<u8>], at: usize, bytes: &[u8]) {
    let Some(room) = target.get_mut(at..) else { return };
    let n = bytes.len().min(room.len());
    // SAFETY: both have that many; one is borrowed alone. Iterators over both would be calls here, where little is inlined.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), room.as_mut_ptr().cast(), n) };
}
