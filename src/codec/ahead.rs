//! What the host gave of a traversal beyond the entry that was asked for. It lies in the buffer, and is good until the next crossing: as
//! long as nothing crosses, the host's tables cannot change.

use super::read::Stream;
use crate::local::local;

#[derive(Clone, Copy)]
struct Ahead {
    /// Entries that can still be had.
    left: i32,
    /// Entries of the last answer that were taken.
    taken: i32,
    /// Where the next one begins.
    stream: Stream,
}

local!(fn ahead() -> Ahead = Ahead { left: 0, taken: 0, stream: Stream::EMPTY });

/// Something crosses, or the buffer is written to.
#[inline(always)]
pub fn forget() {
    // SAFETY: this instance's own value.
    unsafe { (*ahead()).left = 0 };
}

/// The host gave `n` entries, at least one.
pub fn begin(n: i32) -> Stream {
    let stream = Stream::open();
    // SAFETY: as above.
    unsafe { *ahead() = Ahead { left: n, taken: 0, stream } };
    stream
}

/// The entry that comes next, if there is one.
#[inline(always)]
pub fn next() -> Option<Stream> {
    // SAFETY: as above.
    let Ahead { left, stream, .. } = unsafe { *ahead() };
    (left > 0).then_some(stream)
}

/// One was taken; the next one begins at `stream`.
#[inline(always)]
pub fn advance(stream: Stream) {
    // SAFETY: as above; no more are taken than there were.
    unsafe {
        let Ahead { left, taken, .. } = *ahead();
        *ahead() = Ahead { left: left - 1, taken: taken + 1, stream };
    }
}

/// How many entries of the last answer were taken.
pub fn taken() -> i32 {
    // SAFETY: as above.
    unsafe { (*ahead()).taken }
}
