//! A text of bounded length, for a number in the making. What does not fit is
//! dropped; the users assert that everything fits.

use core::fmt::{Arguments, Result, Write};

/// One size for all, so that the code exists once: the longest numeral of strtod.rs.
pub const BYTES_MAX: usize = 777;

pub struct Text {
    bytes: [u8; BYTES_MAX],
    length: usize,
}

impl Text {
    pub fn new() -> Self {
        Self { bytes: [0; BYTES_MAX], length: 0 }
    }

    pub fn put(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    // Many callers, none of them hot.
    #[inline(never)]
    pub fn put_all(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.put(byte);
        }
    }

    /// Adds what core's formatting makes of `arguments`.
    pub fn format(&mut self, arguments: Arguments) {
        // Writing a byte never fails, nor does formatting a number.
        let _ = self.write_fmt(arguments);
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub fn make_ascii_uppercase(&mut self) {
        self.bytes.make_ascii_uppercase();
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> Result {
        self.put_all(text.as_bytes());
        Ok(())
    }
}
