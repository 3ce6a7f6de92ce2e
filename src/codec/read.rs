//! From a stream to Lua's stack.
//!
//! Pushing a value may allocate, an allocation may run finalizers, and a finalizer may cross and overwrite the buffer. So values that
//! need no memory are pushed as they come, and so is the last one, of which nothing is left in the buffer by then; all else is read with
//! the collector paused, under protection so that it goes on in any case.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::{ptr, slice};

use super::{FLAG_MORE, FLAG_NEGATIVE, RECORD_BYTES, SAFE_INTEGER_MAX, record_bytes, tag};
use crate::bigint;
use crate::ext::{handles, proxy, reference};
use crate::heap::HEAP_BYTES;
use crate::host::{self, BUFFER_BYTES};
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

/// What a long string is expected to be at least: more than Lua's short ones.
const LONG_STRING_BYTES_MIN: i32 = 64;

/// A position in the stream that the host handed over.
#[derive(Clone, Copy)]
pub struct Stream {
    at: usize,
    end: usize,
}

/// One record, with where its bytes are.
#[derive(Clone, Copy)]
pub struct Record {
    pub tag: i32,
    pub aux: i32,
    pub number: f64,
    pub low: i32,
    pub high: i32,
    pub bytes: *const u8,
}

impl Record {
    fn has_more(&self) -> bool {
        self.low & FLAG_MORE != 0
    }

    /// A value that can be pushed whatever is bound before or after it.
    fn has_place(&self) -> bool {
        self.is_plain() || self.tag == tag::STRING && !self.has_more()
    }

    /// A value of the host's that may need a new proxy.
    fn is_handle(&self) -> bool {
        matches!(self.tag, tag::TABLE | tag::TABLE_WITH_METATABLE | tag::FUNCTION)
    }

    /// A value whose pushing needs no memory.
    fn is_plain(&self) -> bool {
        matches!(
            self.tag,
            tag::NIL | tag::FALSE | tag::TRUE | tag::INT | tag::INT64 | tag::FLOAT | tag::NULL | tag::CLOSURE | tag::REFERENCE
        )
    }
}

impl Stream {
    pub const EMPTY: Stream = Stream { at: 0, end: 0 };

    /// The stream that lies in the buffer now.
    pub fn open() -> Stream {
        // SAFETY: the cell is this instance's own.
        let bytes = unsafe { (*host::cell()).int };
        Stream { at: 0, end: (bytes.max(0) as usize).min(BUFFER_BYTES) }
    }

    /// Gets the next bufferful if this one is used up.
    fn refill(&mut self) {
        if self.at >= self.end {
            let bytes = host::js_stream_pull();
            *self = Stream { at: 0, end: (bytes.max(0) as usize).min(BUFFER_BYTES) };
        }
    }

    /// Takes the next record, with more of the stream from the host when the buffer is used up.
    ///
    /// # Safety
    /// A plain frame: raises when the stream is malformed or ends early.
    pub unsafe fn take(&mut self, L: *mut lua_State) -> Record {
        self.refill();
        // SAFETY: a plain frame.
        unsafe {
            if self.end - self.at < RECORD_BYTES {
                raise!(L, c"host sent an invalid stream: it ends early");
            }
            let start = host::buffer().add(self.at);
            let int = |offset: usize| ptr::read(start.add(offset).cast::<i32>());
            let number = ptr::read(start.add(8).cast::<f64>());
            let record = Record { tag: int(0), aux: int(4), number, low: int(8), high: int(12), bytes: start.add(RECORD_BYTES) };
            let bytes = if matches!(record.tag, tag::STRING | tag::BIGINT) { record.aux } else { 0 };
            if bytes < 0 || record_bytes(bytes as usize) > self.end - self.at {
                raise!(L, c"host sent an invalid stream: bytes beyond the buffer");
            }
            self.at += record_bytes(bytes as usize);
            record
        }
    }
}

/// Pushes the `n` values of the stream. Uses up to n + 3 stack slots, and checks for them.
///
/// # Safety
/// A plain frame: raises when the stream is malformed or memory is short.
pub unsafe fn push_values(L: *mut lua_State, stream: &mut Stream, n: c_int) {
    // SAFETY: a plain frame; `stream` is a copyable position.
    unsafe {
        if lua_checkstack(L, n.saturating_add(8)) == 0 {
            handles::note_lost();
            raise!(L, c"stack overflow (too many values from the host)");
        }
        let numbers = push_numbers(L, stream, n);
        for left in (1..=n - numbers).rev() {
            stream.refill();
            let before = *stream;
            let record = stream.take(L);
            if record.is_plain() {
                push_record(L, stream, record);
            } else if left == 1 && !record.has_more() {
                push_record(L, stream, record);
                cu_gc_step(L);
            } else {
                *stream = before;
                return push_paused(L, stream, left);
            }
        }
    }
}

/// Pushes the numbers that the rest of the bufferful begins with, `n` at most, and says how many. They are most of what functions take
/// and give.
///
/// # Safety
/// As for `push_values`; there is room for them on the stack.
unsafe fn push_numbers(L: *mut lua_State, stream: &mut Stream, n: c_int) -> c_int {
    let mut pushed = 0;
    while pushed < n && stream.end - stream.at >= RECORD_BYTES {
        // SAFETY: the record lies within the stream.
        unsafe {
            let record = host::buffer().add(stream.at);
            let number = || ptr::read(record.add(8).cast::<f64>());
            match ptr::read(record.cast::<i32>()) {
                tag::INT => push_int(L, number()),
                tag::FLOAT => lua_pushnumber(L, number()),
                _ => break,
            }
        }
        stream.at += RECORD_BYTES;
        pushed += 1;
    }
    pushed
}

/// Pushes two values of the stream, key and value of a traversal. Says whether no code of Lua's ran, which is so unless both are handles
/// or one is in parts: then `cu_gc_step` has to follow.
///
/// # Safety
/// As for `push_values`.
pub unsafe fn push_pair(L: *mut lua_State, stream: &mut Stream) -> bool {
    stream.refill();
    let mut ahead = *stream;
    // SAFETY: a plain frame. A handle is bound first.
    unsafe {
        let key = ahead.take(L);
        if (key.has_place() || key.is_handle()) && ahead.at < ahead.end {
            let value = ahead.take(L);
            let is_value_first = value.is_handle() && key.has_place();
            if is_value_first || value.has_place() {
                let (first, second) = if is_value_first { (value, key) } else { (key, value) };
                push_without_step(L, first);
                push_without_step(L, second);
                if is_value_first {
                    lua_rotate(L, -2, 1);
                }
                *stream = ahead;
                return true;
            }
        }
        // Nothing was pulled: the stream is still where it was.
        push_values(L, stream, 2);
        false
    }
}

/// A record without parts.
unsafe fn push_without_step(L: *mut lua_State, record: Record) {
    let mut rest = Stream::EMPTY;
    // SAFETY: as for `push_record`.
    unsafe {
        match record.tag {
            tag::STRING => cu_string_push(L, record.bytes.cast(), record.aux as usize),
            _ => push_record(L, &mut rest, record),
        }
    }
}

/// The careful way of `push_values`: the collector does not run in between. Also for values behind which there are more in the stream.
///
/// # Safety
/// As for `push_values`. Eight stack slots are free.
pub unsafe fn push_paused(L: *mut lua_State, stream: &mut Stream, n: c_int) {
    // SAFETY: a plain frame; the collector's state is restored before an error goes on.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        lua_pushcfunction(L, push_all);
        lua_pushlightuserdata(L, (&raw mut *stream).cast());
        lua_pushinteger(L, n.into());
        let status = lua_pcall(L, 2, n, 0);
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            handles::note_lost();
            lua_error(L);
        }
    }
}

unsafe extern "C-unwind" fn push_all(L: *mut lua_State) -> c_int {
    // SAFETY: called by `push_paused` alone, whose stream outlives the call.
    unsafe {
        let stream = own_argument::<Stream>(L);
        let n = lua_tointegerx(L, 2, ptr::null_mut()) as c_int;
        luaL_checkstack(L, n.saturating_add(8), c"too many values from the host".as_ptr());
        for _ in 0..n {
            let record = (*stream).take(L);
            push_record(L, stream, record);
        }
        n
    }
}

/// Pushes the value that starts with `record`. For a handle `cu_gc_step` has to follow.
///
/// # Safety
/// A plain frame: raises. Four stack slots are free. If the value has parts, the collector is paused.
pub unsafe fn push_record(L: *mut lua_State, stream: *mut Stream, record: Record) {
    // SAFETY: a plain frame.
    unsafe {
        match record.tag {
            tag::NIL => lua_pushnil(L),
            tag::FALSE | tag::TRUE => lua_pushboolean(L, (record.tag == tag::TRUE).into()),
            tag::INT => push_int(L, record.number),
            tag::INT64 => lua_pushinteger(L, (i64::from(record.high) << 32) | i64::from(record.low as u32)),
            tag::FLOAT => lua_pushnumber(L, record.number),
            tag::STRING if record.has_more() => push_long_string(L, stream, record),
            tag::STRING => push_bytes(L, record.bytes, record.aux as usize),
            tag::BIGINT => push_bigint(L, stream, record),
            tag::NULL => registry::push(L, Slot::Null),
            tag::TABLE | tag::TABLE_WITH_METATABLE | tag::FUNCTION | tag::CLOSURE | tag::REFERENCE => {
                push_named(L, record.tag, record.aux);
            }
            _ => drop_result(raise!(L, c"host sent an invalid value (tag %d)", record.tag)),
        }
    }
}

/// Pushes the number that crossed as INT. Rust's conversion saturates, so that no number from the host can trap.
///
/// # Safety
/// A plain frame: raises when it is not such a number. One stack slot is free.
pub unsafe fn push_int(L: *mut lua_State, number: f64) {
    let integer = number as i64;
    // SAFETY: a plain frame.
    unsafe {
        if integer as f64 != number || integer.unsigned_abs() > SAFE_INTEGER_MAX as u64 {
            raise!(L, c"host sent an invalid integer");
        } else {
            lua_pushinteger(L, integer);
        }
    }
}

/// Pushes what a handle or a reference names. `cu_gc_step` has to follow.
///
/// # Safety
/// A plain frame: raises when the number names nothing, or memory is short. Three stack slots are free.
pub unsafe fn push_named(L: *mut lua_State, kind: i32, number: i32) {
    // SAFETY: a plain frame.
    unsafe {
        match kind {
            tag::TABLE => proxy::push_table(L, number),
            tag::TABLE_WITH_METATABLE => proxy::push_table_with_metatable(L, number),
            tag::FUNCTION => proxy::push_function(L, number),
            _ => reference::push(L, number),
        }
    }
}

/// A string of the stream, taken part by part where it lies: for what is too long to be gathered.
pub struct Parts {
    stream: *mut Stream,
    more: bool,
}

impl Parts {
    /// The string that comes next in `stream`.
    pub fn new(stream: *mut Stream) -> Parts {
        Parts { stream, more: true }
    }

    /// The next part, empty at the end. It lies in the buffer, until the next one is asked for.
    ///
    /// # Safety
    /// A plain frame: raises when the stream is malformed. The stream given to `new` is still there.
    pub unsafe fn next(&mut self, L: *mut lua_State) -> *const [u8] {
        while self.more {
            // SAFETY: a plain frame.
            let record = unsafe { (*self.stream).take(L) };
            self.more = record.tag == tag::STRING && record.has_more();
            if record.tag == tag::STRING && record.aux > 0 {
                return ptr::slice_from_raw_parts(record.bytes, record.aux as usize);
            }
        }
        &[]
    }
}

/// Puts a string together that comes in parts. Mostly the host knows how long it will be: then every part goes to its place at once.
unsafe fn push_long_string(L: *mut lua_State, stream: *mut Stream, first: Record) {
    let expected = first.high.clamp(LONG_STRING_BYTES_MIN, HEAP_BYTES as i32) as usize;
    // SAFETY: a plain frame; the string stays on the stack and is not seen before it is whole.
    unsafe {
        let string = cu_string_new(L, expected).cast::<u8>();
        let mut length = 0;
        let mut part = first;
        loop {
            let bytes = part.aux as usize;
            if bytes > expected - length {
                return push_unexpected(L, stream, part, length);
            }
            ptr::copy_nonoverlapping(part.bytes, string.add(length), bytes);
            length += bytes;
            if !part.has_more() {
                break;
            }
            part = next_part(L, stream, part);
        }
        if length < expected {
            push_bytes(L, string, length);
            lua_remove(L, -2);
        }
    }
}

/// Goes on where the string on the top is longer than it was expected to be: it has `length` bytes, and `part` is the next one.
#[cold]
unsafe fn push_unexpected(L: *mut lua_State, stream: *mut Stream, mut part: Record, length: usize) {
    let mut gathered = MaybeUninit::<luaL_Buffer>::uninit();
    let gathered = gathered.as_mut_ptr();
    // SAFETY: a plain frame; the buffer is Lua's to initialise.
    unsafe {
        let before = lua_tolstring(L, -1, ptr::null_mut());
        luaL_buffinitsize(L, gathered, length + part.aux as usize);
        luaL_addlstring(gathered, before, length);
        loop {
            luaL_addlstring(gathered, part.bytes.cast(), part.aux as usize);
            if !part.has_more() {
                break;
            }
            part = next_part(L, stream, part);
        }
        luaL_pushresult(gathered);
        lua_remove(L, -2);
    }
}

unsafe fn next_part(L: *mut lua_State, stream: *mut Stream, part: Record) -> Record {
    // SAFETY: a plain frame.
    unsafe {
        let next = (*stream).take(L);
        if next.tag != part.tag {
            raise!(L, c"host sent an invalid stream: a value without its end");
        }
        next
    }
}

unsafe fn push_bigint(L: *mut lua_State, stream: *mut Stream, first: Record) {
    let negative = first.low & FLAG_NEGATIVE != 0;
    // SAFETY: a plain frame; no finalizer runs before the bytes are copied.
    unsafe {
        if first.has_more() {
            return push_long_bigint(L, stream, first, negative);
        }
        let bytes = slice::from_raw_parts(first.bytes, first.aux as usize);
        bigint::push_magnitude(L, negative, bytes.len(), |place| {
            place.write_copy_of_slice(bytes);
        });
        cu_gc_step(L);
    }
}

/// The parts lie on the stack until their number is known: that needs less memory at once than a string that grows.
unsafe fn push_long_bigint(L: *mut lua_State, stream: *mut Stream, first: Record, negative: bool) {
    // SAFETY: a plain frame; the parts stay on the stack until they are copied.
    unsafe {
        let bottom = lua_gettop(L) + 1;
        let mut length = 0;
        let mut part = first;
        loop {
            luaL_checkstack(L, 4, c"too many parts of a bigint".as_ptr());
            push_bytes(L, part.bytes, part.aux as usize);
            length += part.aux as usize;
            if !part.has_more() {
                break;
            }
            part = next_part(L, stream, part);
        }
        let top = lua_gettop(L);
        bigint::push_magnitude(L, negative, length, |mut place| {
            for idx in bottom..=top {
                let mut n = 0;
                let bytes = lua_tolstring(L, idx, &mut n);
                let (here, rest) = place.split_at_mut(n);
                here.write_copy_of_slice(slice::from_raw_parts(bytes.cast(), n));
                place = rest;
            }
        });
        lua_replace(L, bottom);
        lua_settop(L, bottom);
    }
}

/// `luaL_error` returns only while unwinding; its result has no meaning then.
fn drop_result(_: c_int) {}
