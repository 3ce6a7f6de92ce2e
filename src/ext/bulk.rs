//! Bulk moves between external and plain tables: numbers cross thousands at a time, as doubles.

use core::ffi::c_int;
use core::ptr;

use super::{handles, proxy};
use crate::codec::SAFE_INTEGER_MAX;
use crate::codec::read::{self, Stream};
use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::{limits, running};
use crate::steps;

/// Doubles that fit the buffer.
const NUMBERS_MAX: i64 = (BUFFER_BYTES / size_of::<f64>()) as i64;

// Forms of what READ answers.
const FORM_VALUES: i32 = 0;
const FORM_FLOATS: i32 = CU_NUMBERS_FLOATS;
const FORM_INTEGERS: i32 = CU_NUMBERS_INTEGERS;
const FORM_NUMBERS: i32 = CU_NUMBERS_MIXED;

// Arguments of `copy`.
const FROM: c_int = 1;
const FIRST: c_int = 2;
const LAST: c_int = 3;
const TO: c_int = 4;
const AT: c_int = 5;

/// `ext.copy (a1, f, e, a2 [, t])`: does `a2[t], … = a1[f], …, a1[e]`, as `table.move` does, but in bulk. Either table may be external or
/// plain; plain ones are accessed raw. Returns `a2`.
pub unsafe extern "C-unwind" fn copy(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checktype(L, FROM, LUA_TTABLE);
        let first = luaL_checkinteger(L, FIRST);
        let last = luaL_checkinteger(L, LAST);
        luaL_checktype(L, TO, LUA_TTABLE);
        let at = luaL_optinteger(L, AT, first);
        lua_settop(L, AT);
        if last >= first {
            check_range(L, FIRST, first, last, first);
            check_range(L, if lua_isnil(L, AT) { FIRST } else { AT }, first, last, at);
            copy_range(L, first, last, at);
        }
        lua_pushvalue(L, TO);
    }
    1
}

/// Indices cross as 32 bits.
unsafe fn check_range(L: *mut lua_State, argument: c_int, first: i64, last: i64, at: i64) {
    let end = last.checked_sub(first).and_then(|n| at.checked_add(n));
    if at < 1 || end.is_none_or(|end| end > i64::from(i32::MAX)) {
        // SAFETY: a plain frame.
        unsafe { luaL_argerror(L, argument, c"index out of range".as_ptr()) };
    }
}

unsafe fn copy_range(L: *mut lua_State, first: i64, last: i64, at: i64) {
    let mut from = first;
    // SAFETY: a plain frame.
    unsafe {
        while from <= last {
            let wanted = (last - from + 1).min(NUMBERS_MAX);
            let to = at + (from - first);
            *running() = L;
            handles::sweep_if_due(L);
            limits::step(L);
            let before = from;
            from += if proxy::is(L, FROM) { copy_out(L, from, wanted, to) } else { copy_in(L, from, wanted, to) };
            steps::charge_bytes((from - before) as usize * size_of::<f64>());
        }
    }
}

/// From an external table: how many elements were copied.
unsafe fn copy_out(L: *mut lua_State, from: i64, wanted: i64, to: i64) -> i64 {
    // SAFETY: a plain frame.
    unsafe {
        (*host::cell()).number = wanted as f64;
        let form = host::js_ext_table_op(op::READ, handles::of_proxy(L, FROM), from as i32);
        let got = (*host::cell()).number as i64;
        if form == FAILED {
            proxy::raise_failure(L);
        }
        if got < 1 || got > wanted {
            raise!(L, c"host sent an invalid number of elements");
        }
        match form {
            FORM_VALUES => copy_values(L, got as c_int, to),
            FORM_FLOATS | FORM_INTEGERS if proxy::is(L, TO) => write_numbers(L, form == FORM_FLOATS, got, to),
            FORM_NUMBERS if proxy::is(L, TO) => return write_first(L, to),
            FORM_FLOATS | FORM_INTEGERS | FORM_NUMBERS => copy_numbers(L, form, got, to),
            _ => {
                raise!(L, c"host sent an invalid form (%d)", form);
            }
        }
        got
    }
}

/// Numbers of both types have no bulk form on the way out: just the first is written. How many that is.
unsafe fn write_first(L: *mut lua_State, to: i64) -> i64 {
    // SAFETY: the buffer begins with a double.
    unsafe {
        let number = ptr::read(host::buffer().cast::<f64>());
        let integer = number as i64;
        let is_integer =
            integer as f64 == number && integer.unsigned_abs() <= SAFE_INTEGER_MAX as u64 && (integer != 0 || number.is_sign_positive());
        write_numbers(L, !is_integer, 1, to);
    }
    1
}

/// Copies the buffer's doubles to a plain table. Its memory comes without finalizers, so that the buffer stays as it is.
unsafe fn copy_numbers(L: *mut lua_State, form: i32, got: i64, to: i64) {
    // SAFETY: a plain frame; the buffer has as many doubles as were wanted at most.
    unsafe {
        if i64::from(cu_numbers_set(L, TO, to, got as u32, host::buffer().cast(), form)) != got {
            raise!(L, c"host sent an invalid integer");
        }
    }
}

unsafe fn copy_values(L: *mut lua_State, n: c_int, to: i64) {
    // SAFETY: a plain frame.
    unsafe {
        read::push_values(L, &mut Stream::open(), n);
        for i in (0..i64::from(n)).rev() {
            set(L, to + i);
        }
    }
}

/// Pops a value into the target.
unsafe fn set(L: *mut lua_State, index: i64) {
    // SAFETY: a plain frame.
    unsafe {
        if proxy::is(L, TO) {
            lua_seti(L, TO, index);
        } else {
            lua_rawseti(L, TO, index);
        }
    }
}

unsafe fn write_numbers(L: *mut lua_State, floats: bool, n: i64, to: i64) {
    // SAFETY: a plain frame.
    unsafe {
        (*host::cell()).number = n as f64;
        let op = if floats { op::WRITE_FLOATS } else { op::WRITE_INTS };
        if host::js_ext_table_op(op, handles::of_proxy(L, TO), to as i32) == FAILED {
            proxy::raise_failure(L);
        }
    }
}

/// From a plain table: a run of numbers of one type at once, or one other value.
unsafe fn copy_in(L: *mut lua_State, from: i64, wanted: i64, to: i64) -> i64 {
    let mut floats = 0;
    // SAFETY: a plain frame; the buffer has room for as many doubles as are wanted.
    unsafe {
        if proxy::is(L, TO) {
            let n = cu_numbers_get(L, FROM, from, wanted as u32, host::buffer().cast(), &mut floats);
            if n > 0 {
                write_numbers(L, floats != 0, n.into(), to);
                return n.into();
            }
        }
        lua_rawgeti(L, FROM, from);
        set(L, to);
        1
    }
}

/// `ext.string (t [, i [, j]])`: the bytes from `i` (1 unless given) to `j` (the last unless given) of an ArrayBuffer or a typed array.
pub unsafe extern "C-unwind" fn string(L: *mut lua_State) -> c_int {
    let mut gathered = core::mem::MaybeUninit::<luaL_Buffer>::uninit();
    let gathered = gathered.as_mut_ptr();
    // SAFETY: a plain frame; the buffer is Lua's to initialise.
    unsafe {
        if !proxy::is(L, 1) {
            return luaL_typeerror(L, 1, c"external table".as_ptr());
        }
        let first = luaL_optinteger(L, 2, 1);
        let last = luaL_optinteger(L, 3, i64::from(i32::MAX));
        luaL_argcheck(L, first >= 1, 2, c"index out of range");
        luaL_argcheck(L, last <= i64::from(i32::MAX), 3, c"index out of range");
        lua_settop(L, 1);
        *running() = L;
        handles::sweep_if_due(L);
        luaL_buffinit(L, gathered);
        let mut at = first;
        while at <= last {
            limits::step(L);
            let wanted = (last - at + 1).min(BUFFER_BYTES as i64) as usize;
            let got = read_bytes(L, gathered, at as i32, wanted);
            if got == 0 {
                break;
            }
            at += got;
        }
        luaL_pushresult(gathered);
    }
    1
}

unsafe fn luaL_argcheck(L: *mut lua_State, holds: bool, argument: c_int, message: &core::ffi::CStr) {
    if !holds {
        // SAFETY: a plain frame.
        unsafe { luaL_argerror(L, argument, message.as_ptr()) };
    }
}

/// Adds the next bytes. Room is made before they are asked for: making it could run a finalizer that crosses.
unsafe fn read_bytes(L: *mut lua_State, gathered: *mut luaL_Buffer, at: i32, wanted: usize) -> i64 {
    // SAFETY: a plain frame.
    unsafe {
        let room = luaL_prepbuffsize(gathered, wanted);
        (*host::cell()).number = wanted as f64;
        let got = host::js_ext_table_op(op::BYTES, handles::of_proxy(L, 1), at);
        if got == FAILED {
            return proxy::raise_failure(L).into();
        }
        if got < 0 || got as usize > wanted {
            return raise!(L, c"host sent an invalid number of bytes (%d)", got).into();
        }
        ptr::copy_nonoverlapping(host::buffer(), room.cast(), got as usize);
        (*gathered).n += got as usize;
        got.into()
    }
}
