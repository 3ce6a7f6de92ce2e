//! From Lua's stack to a stream.
//!
//! Values that need no memory to be written are written as they come. At the first one that does (a plain table, a Lua
//! function), the rest is written with the collector paused, so that no finalizer crosses in between, and under protection,
//! so that a stream that was begun is taken back when it fails.

use core::ffi::{CStr, c_char, c_int};
use core::mem::MaybeUninit;
use core::ptr;

use super::{FLAG_LENT, FLAG_MORE, FLAG_NEGATIVE, RECORD_BYTES, SAFE_INTEGER_MAX, ahead, graph, record_bytes, tag};
use crate::bigint;
use crate::ext::{adoption, handles, null, reference};
use crate::host::{self, BUFFER_BYTES};
use crate::lua::ffi::*;
use crate::steps;

/// What to do with a value that has no form outside: a coroutine, a userdata.
#[derive(Clone, Copy, PartialEq)]
pub enum Opaque {
    /// Raise an error that names its type.
    Refuse,
    /// Name its type to the host, which knows the path to it.
    Name,
    /// Keep it for the host and send a reference.
    Keep,
}

/// What a stream belongs to.
#[derive(Clone, Copy, PartialEq)]
pub enum Crossing {
    /// The host reads it while its import runs, and what is written stays on Lua's stack meanwhile: long strings are lent.
    Import,
    /// The host reads it when Lua's stack has been emptied.
    Export,
}

/// From so many bytes on lending costs the host less than the copy.
const LENT_BYTES_MIN: usize = 1024;

/// Whether a string of `n` bytes is lent to an import. The host must be outside, where an address has 32 bits.
pub fn is_lent(n: usize) -> bool {
    cfg!(cu_module) && n >= LENT_BYTES_MIN
}

/// A stream that is being written. It has no destructor: an error may pass over it.
pub struct Writer {
    at: usize,
    pushed: bool,
    crossing: Crossing,
    policy: Opaque,
}

impl Writer {
    pub fn new(crossing: Crossing, policy: Opaque) -> Writer {
        reference::begin_stream();
        ahead::forget();
        Writer { at: 0, pushed: false, crossing, policy }
    }

    /// Tells the host how many bytes of the stream are in the buffer.
    pub fn close(&self) {
        // SAFETY: the cell is this instance's own.
        unsafe { (*host::cell()).int = self.at as i32 };
    }

    /// Makes the host forget what was pushed, after an error, and takes back what was counted for it.
    ///
    /// # Safety
    /// Four stack slots are free. Never raises.
    pub unsafe fn abandon(&self, L: *mut lua_State) {
        if self.pushed {
            host::js_stream_push(0);
        }
        // SAFETY: the caller's.
        unsafe { reference::take_back(L) };
    }

    /// Writes the head of a record, after which `bytes` bytes follow that fit, and returns where they go.
    fn begin(&mut self, tag: i32, aux: i32, bytes: usize) -> *mut u8 {
        if self.at + record_bytes(bytes) > BUFFER_BYTES {
            host::js_stream_push(self.at as i32);
            steps::charge_bytes(self.at);
            self.pushed = true;
            self.at = 0;
        }
        // SAFETY: the record lies within the buffer.
        unsafe {
            let start = host::buffer().add(self.at);
            ptr::write(start.cast(), tag);
            ptr::write(start.add(4).cast(), aux);
            self.at += record_bytes(bytes);
            start.add(8)
        }
    }

    /// A record without payload.
    pub fn mark(&mut self, tag: i32, aux: i32) {
        self.pair(tag, aux, 0, 0);
    }

    /// A record with two numbers as payload.
    pub fn pair(&mut self, tag: i32, aux: i32, low: i32, high: i32) {
        let payload = self.begin(tag, aux, 0);
        // SAFETY: the payload is 8 bytes.
        unsafe {
            ptr::write(payload.cast(), low);
            ptr::write(payload.add(4).cast(), high);
        }
    }

    /// A record with a double as payload.
    pub fn number(&mut self, tag: i32, number: f64) {
        let payload = self.begin(tag, 0, 0);
        // SAFETY: the payload is 8 bytes.
        unsafe { ptr::write(payload.cast(), number) };
    }

    pub fn integer(&mut self, integer: i64) {
        if integer.unsigned_abs() <= SAFE_INTEGER_MAX as u64 {
            self.number(tag::INT, integer as f64);
        } else {
            self.pair(tag::INT64, 0, integer as i32, (integer >> 32) as i32);
        }
    }

    /// A string, in as many parts as it needs.
    ///
    /// # Safety
    /// `bytes` points at `n` bytes outside the buffer.
    pub unsafe fn string(&mut self, bytes: *const u8, n: usize) {
        // SAFETY: as above.
        unsafe { self.parts(tag::STRING, 0, bytes, n) };
    }

    /// Records with bytes, as many as are needed.
    unsafe fn parts(&mut self, tag: i32, flags: i32, mut bytes: *const u8, mut n: usize) {
        loop {
            let room = BUFFER_BYTES.saturating_sub(self.at + RECORD_BYTES) & !7;
            // A part that would be tiny waits for the next bufferful.
            let room = if room < n.min(1024) { BUFFER_BYTES - RECORD_BYTES } else { room };
            let part = n.min(room);
            let payload = self.begin(tag, part as i32, part);
            // SAFETY: `begin` made room for the part.
            unsafe {
                ptr::write(payload.cast(), if part < n { flags | FLAG_MORE } else { flags });
                ptr::write(payload.add(4).cast(), n as i32);
                ptr::copy_nonoverlapping(bytes, payload.add(8), part);
                bytes = bytes.add(part);
            }
            n -= part;
            if n == 0 {
                return;
            }
        }
    }

    /// The string at `idx`, which stays anchored until the stream was read. Never raises.
    ///
    /// # Safety
    /// There is a string at `idx`.
    pub unsafe fn lua_string(&mut self, L: *mut lua_State, idx: c_int) {
        let mut n = 0;
        // SAFETY: a string is returned as it is, without conversion.
        unsafe {
            let bytes = lua_tolstring(L, idx, &mut n);
            if is_lent(n) && self.crossing == Crossing::Import {
                self.pair(tag::STRING, n as i32, FLAG_LENT, bytes as usize as i32);
                // The host reads it all the same.
                steps::charge_bytes(n);
            } else {
                self.string(bytes.cast(), n);
            }
        }
    }

    /// Writes the value at `idx` if that needs no memory; says whether it did.
    ///
    /// # Safety
    /// `idx` is valid. Never raises.
    pub unsafe fn plain(&mut self, L: *mut lua_State, idx: c_int) -> bool {
        let mut number = 0.0;
        // SAFETY: the types are looked at before the values.
        unsafe {
            match cu_value_get(L, idx, &mut number) {
                CU_VALUE_INTEGER => self.number(tag::INT, number),
                CU_VALUE_FLOAT => self.number(tag::FLOAT, number),
                CU_VALUE_NIL => self.mark(tag::NIL, 0),
                CU_VALUE_FALSE => self.mark(tag::FALSE, 0),
                CU_VALUE_TRUE => self.mark(tag::TRUE, 0),
                _ => return self.plain_other(L, idx),
            }
            true
        }
    }

    unsafe fn plain_other(&mut self, L: *mut lua_State, idx: c_int) -> bool {
        // SAFETY: called by `plain`.
        unsafe {
            match lua_type(L, idx) {
                LUA_TNUMBER => self.integer(lua_tointegerx(L, idx, ptr::null_mut())),
                LUA_TSTRING => self.lua_string(L, idx),
                LUA_TTABLE | LUA_TFUNCTION => {
                    let kind = if lua_type(L, idx) == LUA_TTABLE { tag::TABLE } else { tag::FUNCTION };
                    let handle = handles::of(L, idx);
                    if handle != 0 {
                        self.mark(kind, handle);
                    }
                    return handle != 0;
                }
                LUA_TUSERDATA => return self.plain_userdata(L, lua_absindex(L, idx)),
                _ => return false,
            }
            true
        }
    }

    unsafe fn plain_userdata(&mut self, L: *mut lua_State, idx: c_int) -> bool {
        // SAFETY: called by `plain`; the digits stay on the stack.
        unsafe {
            if let Some((negative, magnitude)) = bigint::magnitude(L, idx) {
                let flags = if negative { FLAG_NEGATIVE } else { 0 };
                self.parts(tag::BIGINT, flags, magnitude.as_ptr(), magnitude.len());
            } else if null::is(L, idx) {
                self.mark(tag::NULL, 0);
            } else {
                return false;
            }
            true
        }
    }

    /// Writes any value. Plain tables become NODEs of the graph at the stack index `nodes`.
    ///
    /// # Safety
    /// A plain frame: raises. The collector is paused. Twelve stack slots are free.
    pub unsafe fn value(&mut self, L: *mut lua_State, idx: c_int, nodes: c_int) {
        // SAFETY: as above.
        unsafe {
            if self.plain(L, idx) {
                return;
            }
            let top = lua_gettop(L);
            match lua_type(L, idx) {
                LUA_TTABLE if self.policy == Opaque::Name && adoption::push_refusal(L, lua_absindex(L, idx)) => {
                    self.opaque(L);
                    lua_settop(L, top);
                }
                LUA_TTABLE if self.policy != Opaque::Keep => {
                    let node = graph::index(L, nodes, idx);
                    self.mark(tag::NODE, node);
                }
                LUA_TFUNCTION => {
                    let number = reference::send(L, idx);
                    self.mark(tag::CLOSURE, number);
                }
                _ => self.opaque_value(L, idx),
            }
        }
    }

    /// Writes a value without a form outside as `opaque` says.
    ///
    /// # Safety
    /// A plain frame: raises. The collector is paused. Four stack slots are free.
    pub unsafe fn opaque_value(&mut self, L: *mut lua_State, idx: c_int) {
        // SAFETY: as above.
        unsafe {
            if self.policy == Opaque::Keep {
                let number = reference::send(L, idx);
                return self.mark(tag::REFERENCE, number);
            }
            let name = opaque_name(L, idx);
            if self.policy == Opaque::Refuse {
                raise!(L, c"a %s cannot be passed to the host", name);
            }
            self.opaque(L);
            lua_pop(L, 1);
        }
    }

    /// What the host refuses: the name on the top of the stack says what it is.
    ///
    /// # Safety
    /// It is a string. Never raises.
    pub unsafe fn opaque(&mut self, L: *mut lua_State) {
        self.mark(tag::OPAQUE, 0);
        let mut n = 0;
        // SAFETY: it is there, but may be popped before the stream is read.
        unsafe {
            let bytes = lua_tolstring(L, -1, &mut n);
            self.string(bytes.cast(), n);
        }
    }

    /// Tells the type of a value in its place.
    ///
    /// # Safety
    /// The name ends with a zero.
    pub unsafe fn opaque_type(&mut self, name: *const c_char) {
        self.mark(tag::OPAQUE, 0);
        // SAFETY: as above; the name lies outside the buffer.
        unsafe { self.string(name.cast(), CStr::from_ptr(name).count_bytes()) };
    }
}

/// A string that is written piece by piece, because its length is known only at its end.
pub struct Pieces {
    writer: *mut Writer,
    /// Where the record of the present part begins.
    start: usize,
}

impl Pieces {
    /// Begins one in a stream, to which nothing else is written until `end`.
    ///
    /// # Safety
    /// `writer` outlives the string.
    pub unsafe fn begin(writer: *mut Writer) -> Pieces {
        // SAFETY: as above.
        unsafe {
            (*writer).mark(tag::STRING, 0);
            Pieces { writer, start: (*writer).at - RECORD_BYTES }
        }
    }

    /// # Safety
    /// As for `begin`; `bytes` points at `n` bytes outside the buffer.
    pub unsafe fn add(&mut self, mut bytes: *const u8, mut n: usize) {
        // SAFETY: what is copied fits into the rest of the buffer.
        unsafe {
            while n > 0 {
                if (*self.writer).at == BUFFER_BYTES {
                    self.close_part(FLAG_MORE);
                    *self = Pieces::begin(self.writer);
                }
                let at = (*self.writer).at;
                let piece = n.min(BUFFER_BYTES - at);
                ptr::copy_nonoverlapping(bytes, host::buffer().add(at), piece);
                (*self.writer).at = at + piece;
                bytes = bytes.add(piece);
                n -= piece;
            }
        }
    }

    /// # Safety
    /// As for `begin`.
    pub unsafe fn end(self) {
        // SAFETY: as above.
        unsafe { self.close_part(0) };
    }

    /// Completes the record of the present part, whose length is known now.
    unsafe fn close_part(&self, flags: i32) {
        // SAFETY: the record lies within the buffer.
        unsafe {
            let writer = &mut *self.writer;
            let record = host::buffer().add(self.start);
            ptr::write(record.add(4).cast(), (writer.at - self.start - RECORD_BYTES) as i32);
            ptr::write(record.add(8).cast(), flags);
            writer.at = writer.at.next_multiple_of(8);
        }
    }
}

/// Pushes and returns the name of the type of a value without a form outside.
unsafe fn opaque_name(L: *mut lua_State, idx: c_int) -> *const c_char {
    // SAFETY: two slots; the name is anchored by the stack.
    unsafe {
        if lua_type(L, idx) == LUA_TTHREAD {
            return lua_pushstring(L, c"coroutine".as_ptr());
        }
        if luaL_getmetafield(L, idx, c"__name".as_ptr()) == LUA_TSTRING {
            return lua_tolstring(L, -1, ptr::null_mut());
        }
        lua_pushstring(L, lua_typename(L, lua_type(L, idx)))
    }
}

/// Writes the `n` values from the stack index `first` on as a whole stream, plain tables described after them, and closes it. In a
/// crossing to an import they stay where they are until it returns.
///
/// # Safety
/// A plain frame: raises. `first` is absolute.
pub unsafe fn values(L: *mut lua_State, first: c_int, n: c_int, crossing: Crossing, opaque: Opaque) {
    let mut writer = Writer::new(crossing, opaque);
    // SAFETY: a plain frame.
    unsafe {
        for idx in first..first + n {
            if !writer.plain(L, idx) {
                return values_paused(L, idx, first + n - idx, &mut writer);
            }
        }
    }
    writer.close();
}

unsafe fn values_paused(L: *mut lua_State, first: c_int, n: c_int, writer: &mut Writer) {
    // SAFETY: a plain frame; the writer outlives the protected call.
    unsafe {
        if lua_checkstack(L, n.saturating_add(8)) == 0 {
            writer.abandon(L);
            raise!(L, c"stack overflow (too many values for the host)");
        }
        lua_pushcfunction(L, write_all);
        lua_pushlightuserdata(L, ptr::from_mut(writer).cast());
        for idx in first..first + n {
            lua_pushvalue(L, idx);
        }
        paused_call(L, n + 1, writer);
    }
}

/// Calls what is on the stack with `nargs` arguments and no results, the collector paused; when it fails, the stream is taken back and
/// the error goes on.
///
/// # Safety
/// A plain frame: raises. Function and arguments are on the stack.
pub unsafe fn paused_call(L: *mut lua_State, nargs: c_int, writer: *const Writer) {
    // SAFETY: a plain frame.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        let status = lua_pcall(L, nargs, 0, 0);
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            (*writer).abandon(L);
            lua_error(L);
        }
    }
}

/// Arguments: the writer, then the values.
unsafe extern "C-unwind" fn write_all(L: *mut lua_State) -> c_int {
    // SAFETY: called by `values_paused` alone.
    unsafe {
        let writer = own_argument::<Writer>(L);
        let n = lua_gettop(L);
        luaL_checkstack(L, 20, c"too many values for the host".as_ptr());
        lua_newtable(L);
        for idx in 2..=n {
            (*writer).value(L, idx, n + 1);
        }
        graph::describe(L, n + 1, &mut *writer, graph::Purpose::Copy);
        (*writer).close();
    }
    0
}
