//! Reading bytes from the front of a text, for formats and numerals.

/// Takes the first byte of `text` if there is one that `accepts`.
pub fn next_if(text: &mut &[u8], accepts: impl FnOnce(u8) -> bool) -> Option<u8> {
    let (&first, rest) = text.split_first()?;
    accepts(first).then(|| {
        *text = rest;
        first
    })
}

/// Takes a sign; true if it is a minus.
pub fn minus(text: &mut &[u8]) -> bool {
    next_if(text, |byte| byte == b'-' || byte == b'+') == Some(b'-')
}

/// Takes the decimal digits at the front, if any. A number too large for the
/// type becomes the largest.
pub fn number(text: &mut &[u8]) -> u32 {
    let mut number = 0_u32;
    while let Some(digit) = next_if(text, |byte| byte.is_ascii_digit()) {
        number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    }
    number
}
