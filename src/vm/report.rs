//! What the host learns of an error: the six values of docs/ABI.md §5.

use core::ffi::{CStr, c_int};
use core::ptr;

use super::call::{Call, Stage};
use crate::codec::tag;
use crate::codec::write::{self, Crossing, Opaque, Writer};
use crate::host::{self, FAILED};
use crate::lua::ffi::*;
use crate::lua::limits::{self, Limit};
use crate::lua::place;

const KIND_RUN: i32 = 1;
const KIND_SYNTAX: i32 = 2;
const KIND_MEMORY: i32 = 3;
const KIND_HANDLING: i32 = 4;
const KIND_RESULT: i32 = 5;
const KIND_STEPS: i32 = 6;
const KIND_TIME: i32 = 7;

/// Values in a report.
const REPORT_VALUES: c_int = 6;

/// Puts the error on the top of the stack into the stream. When there is no memory to keep the error value, it goes without.
///
/// # Safety
/// Four stack slots are free. Never raises.
pub unsafe fn failure(L: *mut lua_State, status: c_int, call: &Call) -> i32 {
    // SAFETY: what can raise runs protected.
    unsafe {
        let mut outcome = LUA_OK as c_int;
        for with_value in [true, false] {
            lua_pushcfunction(L, write_report);
            lua_pushvalue(L, -2);
            lua_pushinteger(L, kind(status, call.stage).into());
            lua_pushboolean(L, with_value.into());
            outcome = lua_pcall(L, 3, 0, 0);
            // The value alone may be what there is no memory for.
            if outcome == LUA_OK as c_int {
                break;
            }
            lua_pop(L, 1);
            // What it pushed.
            host::js_stream_push(0);
        }
        match outcome {
            LUA_OK => {}
            LUA_ERRMEM => fallback(KIND_MEMORY, c"not enough memory"),
            _ => fallback(KIND_HANDLING, c"error in error handling"),
        }
        lua_pop(L, 1);
    }
    FAILED
}

fn kind(status: c_int, stage: Stage) -> i32 {
    match (status, stage) {
        (LUA_ERRMEM, _) => KIND_MEMORY,
        (LUA_ERRERR, _) => KIND_HANDLING,
        (_, Stage::Compile) => KIND_SYNTAX,
        (_, Stage::Results) => KIND_RESULT,
        _ => KIND_RUN,
    }
}

/// The report of a call that a limit ended, whatever came of it besides.
///
/// # Safety
/// Four stack slots are free. Never raises.
pub unsafe fn limited(L: *mut lua_State, limit: Limit) -> i32 {
    let kind = if limit == Limit::Steps { KIND_STEPS } else { KIND_TIME };
    // Results may be on their way already.
    host::js_stream_push(0);
    // SAFETY: what can raise runs protected.
    unsafe {
        lua_pushcfunction(L, write_limit);
        lua_pushinteger(L, kind.into());
        if limits::call_unlimited(L, 1) != LUA_OK as c_int {
            fallback(kind, c"limit reached");
        }
    }
    FAILED
}

/// Argument: the kind.
unsafe extern "C-unwind" fn write_limit(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let limit = if lua_tointegerx(L, 1, ptr::null_mut()) == KIND_STEPS.into() { Limit::Steps } else { Limit::Time };
        lua_settop(L, 1);
        limits::push_message(L, limit);
        place::push(L);
        lua_pushvalue(L, 2);
        write::values(L, 1, REPORT_VALUES, Crossing::Export, Opaque::Keep);
    }
    0
}

/// The report of a call for which Lua's stack has no room.
pub fn overflow() {
    fallback(KIND_RUN, c"stack overflow");
}

/// Needs no memory. The value is the message.
fn fallback(kind: i32, message: &CStr) {
    let mut writer = Writer::new(Crossing::Export, Opaque::Keep);
    writer.number(tag::INT, kind.into());
    // SAFETY: the message lies outside the buffer.
    let write_message = |writer: &mut Writer| unsafe { writer.string(message.as_ptr().cast(), message.count_bytes()) };
    write_message(&mut writer);
    for _ in 3..REPORT_VALUES {
        writer.mark(tag::NIL, 0);
    }
    write_message(&mut writer);
    writer.close();
}

/// Arguments: the error value, the kind, whether the value goes along.
unsafe extern "C-unwind" fn write_report(L: *mut lua_State) -> c_int {
    const VALUE: c_int = 1;
    const KIND: c_int = 2;
    // SAFETY: a plain frame.
    unsafe {
        let kind = lua_tointegerx(L, KIND, ptr::null_mut()) as i32;
        let with_value = lua_toboolean(L, KIND + 1) != 0;
        lua_settop(L, KIND);
        luaL_tolstring(L, VALUE, ptr::null_mut());
        match kind {
            KIND_SYNTAX => push_syntax_position(L),
            KIND_MEMORY | KIND_HANDLING => lua_settop(L, 6),
            _ => place::push(L),
        }
        if with_value {
            lua_pushvalue(L, VALUE);
        } else {
            lua_pushnil(L);
        }
        write::values(L, KIND, REPORT_VALUES, Crossing::Export, Opaque::Keep);
    }
    0
}

/// Pushes chunk, line and no traceback of a syntax error, whose message (on the top) starts with `chunk:line:`.
unsafe fn push_syntax_position(L: *mut lua_State) {
    // SAFETY: the message stays on the stack while it is looked at.
    unsafe {
        let mut n = 0;
        let start = lua_tolstring(L, -1, &mut n).cast::<u8>();
        let message = core::slice::from_raw_parts(start, n);
        let (chunk, line) = syntax_position(message).unwrap_or((0, 0));
        if line > 0 {
            push_bytes(L, start, chunk);
            lua_pushinteger(L, line);
        } else {
            lua_pushnil(L);
            lua_pushnil(L);
        }
        lua_pushnil(L);
    }
}

/// The length of the chunk's name and the line, from `chunk:line: …`.
fn syntax_position(message: &[u8]) -> Option<(usize, i64)> {
    let mut from = 0;
    while let Some(colon) = message[from..].iter().position(|&b| b == b':').map(|at| at + from) {
        let digits = message[colon + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 && message.get(colon + 1 + digits) == Some(&b':') {
            let line = message[colon + 1..colon + 1 + digits].iter().fold(0, |line: i64, b| line.wrapping_mul(10) + i64::from(b - b'0'));
            return Some((colon, line));
        }
        from = colon + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::syntax_position;

    #[test]
    fn finds_chunk_and_line() {
        let cases: [(&str, Option<(usize, i64)>); 5] = [
            ("compute:70000: unexpected symbol", Some((7, 70_000))),
            ("[string \"a:b\"]:1: x", Some((14, 1))),
            ("no position", None),
            ("a: b: 3: c", None),
            ("", None),
        ];
        for (message, expected) in cases {
            assert_eq!(syntax_position(message.as_bytes()), expected, "{message}");
        }
    }
}
