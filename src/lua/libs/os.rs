//! The library `os` of a sandbox: time and dates. The clocks are the host's, and local time is UTC, so that the same input gives
//! the same output everywhere. Processes, files and locales are absent; no variable of the environment is set.

use core::ffi::{CStr, c_int};
use core::mem::MaybeUninit;
use core::{ptr, slice};

use super::super::ffi::*;
use super::date::{self, Date};
use super::{Functions, set_functions};
use crate::host;

const FUNCTIONS: &Functions = &[(c"clock", clock), (c"date", date), (c"difftime", difftime), (c"getenv", getenv), (c"time", time)];

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: called by `luaL_requiref`.
    unsafe {
        lua_newtable(L);
        set_functions(L, FUNCTIONS);
    }
    1
}

unsafe extern "C-unwind" fn clock(L: *mut lua_State) -> c_int {
    // SAFETY: one slot.
    unsafe { lua_pushnumber(L, host::js_clock_get(host::CLOCK_CPU)) };
    1
}

unsafe extern "C-unwind" fn getenv(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        luaL_checklstring(L, 1, ptr::null_mut());
        lua_pushnil(L);
    }
    1
}

unsafe extern "C-unwind" fn difftime(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        let later = luaL_checkinteger(L, 1);
        let earlier = luaL_checkinteger(L, 2);
        // The difference of two times need not be a time.
        let distance = later.abs_diff(earlier) as f64;
        lua_pushnumber(L, if later < earlier { -distance } else { distance });
    }
    1
}

/// Seconds since 1970-01-01, rounded down.
fn now() -> i64 {
    let seconds = host::js_clock_get(host::CLOCK_WALL);
    let whole = seconds as i64;
    if whole as f64 > seconds { whole - 1 } else { whole }
}

/// The fields that make a time: name, value if absent, and what C's `struct tm` subtracts, which decides what is out of bounds.
const TIME_FIELDS: [(&CStr, Option<i64>, i64); 6] =
    [(c"year", None, 1900), (c"month", None, 1), (c"day", None, 0), (c"hour", Some(12), 0), (c"min", Some(0), 0), (c"sec", Some(0), 0)];

/// What glibc takes off a time that claims to be in a summer time which UTC does not have.
const SUMMER_TIME_SECONDS: i64 = 3600;

/// `os.time ([table])`. As in C, the second before 1970 is taken for a failure.
unsafe extern "C-unwind" fn time(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua; two slots above the table.
    unsafe {
        if lua_type(L, 1) <= LUA_TNIL {
            lua_pushinteger(L, now());
            return 1;
        }
        luaL_checktype(L, 1, LUA_TTABLE);
        lua_settop(L, 1);
        // No iterator by value: those have destructors, and a field may raise.
        let mut fields = [0; TIME_FIELDS.len()];
        for (value, field) in fields.iter_mut().zip(&TIME_FIELDS) {
            *value = time_field(L, field);
        }
        let [year, month, day, hour, min, sec] = fields;
        lua_getfield(L, 1, c"isdst".as_ptr());
        let summer = i64::from(lua_toboolean(L, -1)) * SUMMER_TIME_SECONDS;
        lua_settop(L, 1);
        let seconds = date::seconds_to(year, month, day, hour, min, sec) - summer;
        let date = Date::from_seconds(seconds);
        if let Some(date) = date {
            set_fields(L, &date);
        }
        if date.is_none() || seconds == -1 {
            return raise!(L, c"time result cannot be represented in this installation");
        }
        lua_pushinteger(L, seconds);
    }
    1
}

unsafe fn time_field(L: *mut lua_State, &(name, default, delta): &(&CStr, Option<i64>, i64)) -> i64 {
    // SAFETY: the table is at index 1; one slot, given back.
    unsafe {
        let type_ = lua_getfield(L, 1, name.as_ptr());
        let mut is_number = 0;
        let value = lua_tointegerx(L, -1, &mut is_number);
        lua_pop(L, 1);
        if is_number != 0 {
            let in_bounds = match value.checked_sub(delta) {
                Some(value) => i32::try_from(value).is_ok(),
                None => false,
            };
            if !in_bounds {
                raise!(L, c"field '%s' is out-of-bound", name.as_ptr());
            }
            return value;
        }
        if type_ != LUA_TNIL {
            raise!(L, c"field '%s' is not an integer", name.as_ptr());
        }
        match default {
            Some(value) => value,
            None => {
                raise!(L, c"field '%s' missing in date table", name.as_ptr());
                0
            }
        }
    }
}

/// Sets all fields of the table on top of the stack.
unsafe fn set_fields(L: *mut lua_State, date: &Date) {
    let fields = [
        (c"year", date.year),
        (c"month", date.month),
        (c"day", date.day),
        (c"hour", date.hour),
        (c"min", date.min),
        (c"sec", date.sec),
        (c"yday", date.yday),
        (c"wday", date.wday),
    ];
    // SAFETY: the table is there; one slot.
    unsafe {
        for &(name, value) in &fields {
            lua_pushinteger(L, value);
            lua_setfield(L, -2, name.as_ptr());
        }
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, c"isdst".as_ptr());
    }
}

/// `os.date ([format [, time]])`.
unsafe extern "C-unwind" fn date(L: *mut lua_State) -> c_int {
    // SAFETY: the format stays at index 1, or is a literal.
    unsafe {
        let mut length = 0;
        let format = luaL_optlstring(L, 1, c"%c".as_ptr(), &mut length);
        let seconds = if lua_type(L, 2) <= LUA_TNIL { now() } else { luaL_checkinteger(L, 2) };
        let Some(date) = Date::from_seconds(seconds) else {
            return raise!(L, c"date result cannot be represented in this installation");
        };
        let format = slice::from_raw_parts(format.cast::<u8>(), length);
        let (format, zone) = match format {
            [b'!', rest @ ..] => (rest, "GMT"),
            all => (all, "UTC"),
        };
        if let [b'*', b't'] | [b'*', b't', 0, ..] = format {
            lua_createtable(L, 0, 9);
            set_fields(L, &date);
        } else {
            push_formatted(L, format, &date, zone);
        }
    }
    1
}

/// Pushes the date as `format` says.
unsafe fn push_formatted(L: *mut lua_State, format: &[u8], date: &Date, zone: &str) {
    let mut buffer = MaybeUninit::<luaL_Buffer>::uninit();
    let buffer = buffer.as_mut_ptr();
    let mut rest = format;
    // SAFETY: the buffer owns the top of the stack until its result is pushed.
    unsafe {
        luaL_buffinit(L, buffer);
        while let [byte, tail @ ..] = rest {
            rest = tail;
            if *byte != b'%' {
                luaL_addlstring(buffer, ptr::from_ref(byte).cast(), 1);
                continue;
            }
            let Some((conversion, tail)) = next_conversion(rest) else {
                // A string of Lua ends with a zero.
                luaL_argerror(L, 1, lua_pushfstring(L, c"invalid conversion specifier '%%%s'".as_ptr(), rest.as_ptr()));
                return;
            };
            rest = tail;
            let text = date::format(date, conversion, zone);
            luaL_addlstring(buffer, text.as_bytes().as_ptr().cast(), text.as_bytes().len());
        }
        luaL_pushresult(buffer);
    }
}

/// The conversion at the start of `text`, and what follows. The modifiers of C99 ask for other calendars and digits, which the
/// "C" locale does not have.
fn next_conversion(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [c, rest @ ..] if b"aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%".contains(c) => Some((*c, rest)),
        [b'E', c, rest @ ..] if b"cCxXyY".contains(c) => Some((*c, rest)),
        [b'O', c, rest @ ..] if b"deHImMSuUVwWy".contains(c) => Some((*c, rest)),
        _ => None,
    }
}
