//! Calls from the host: what they have in common, and the three things that can be called.

use core::ffi::{c_char, c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use super::{forget_host, report};
use crate::codec::ahead;
use crate::codec::read::{self, Parts, Stream};
use crate::codec::write::{self, Crossing, Opaque};
use crate::ext::{handles, reference};
use crate::host::{self, FAILED, WAITING};
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::tasks::{self, Outcome, Task};
use crate::lua::{limits, place, running};

/// Stack slots that a call needs before it can even fail.
const CALL_SLOTS: c_int = 12;

local!(
    /// Calls from the host that are under way, one within the other.
    fn depth() -> usize = 0
);

/// Whether a call from the host is under way.
pub fn is_running() -> bool {
    // SAFETY: this instance's own value.
    unsafe { *depth() > 0 }
}

/// A call under way: what is called, and how far it came.
pub struct Call {
    pub stream: Stream,
    /// A reference, or a number of keys.
    pub subject: i32,
    /// A number of values, or the number of one.
    pub arguments: i32,
    /// A handle, where one is needed.
    pub handle: i32,
    /// Whether hooks may run.
    pub hooks: c_int,
    /// The collector rests until the body begins: a finalizer could cross before the arguments are read.
    pause: MaybeUninit<cu_Pause>,
    is_paused: bool,
    pub results: c_int,
    /// The number of the task that it is, or 0; and that, once it runs.
    pub number: i32,
    pub task: *mut Task,
    /// The status of the error that a task's function ended with, which is the body's result then.
    pub status: c_int,
    /// How the failure, if there is one, is to be called.
    pub stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Stage {
    Arguments,
    Compile,
    Run,
    Results,
}

/// Compiles and calls a chunk: the stream holds name, source, arguments.
pub fn call_chunk(arguments: i32) -> i32 {
    call(run_chunk, 0, arguments, 0)
}

/// Calls a function that the host holds: the stream holds the arguments.
pub fn call_function(number: i32, arguments: i32) -> i32 {
    call(run_function, number, arguments, 0)
}

/// Calls what a path leads to, from the globals: the stream holds keys and arguments.
pub fn call_path(keys: i32, arguments: i32) -> i32 {
    call(run_path, keys, arguments, 0)
}

/// Goes on with a task that waits: the stream holds so many values, or the error if there are -1. With fewer it ends.
pub fn resume_task(number: i32, values: i32) -> i32 {
    tasks::set_next(0);
    call(run_task, number, values, 0)
}

/// Runs `body` under protection on the running coroutine. The number of results, which are then in the stream, or `FAILED`, with the
/// error in the stream.
pub fn call(body: CFunction, subject: i32, arguments: i32, handle: i32) -> i32 {
    // SAFETY: everything that can raise runs inside `lua_pcall`.
    unsafe {
        let L = *running();
        if L.is_null() {
            return FAILED;
        }
        if lua_checkstack(L, CALL_SLOTS) == 0 {
            report::overflow();
            return FAILED;
        }
        forget_host(L);
        // A hook of Lua's could cross before the arguments are read.
        let hooks = cu_hooks_allow(L, 0);
        let mut call = Call {
            stream: Stream::open(),
            subject,
            arguments,
            handle,
            hooks,
            pause: MaybeUninit::uninit(),
            is_paused: true,
            results: 0,
            number: tasks::take_next(),
            task: ptr::null_mut(),
            status: LUA_OK as c_int,
            stage: Stage::Arguments,
        };
        let top = lua_gettop(L);
        lua_pushcfunction(L, place::note);
        lua_pushcfunction(L, body);
        lua_pushlightuserdata(L, (&raw mut call).cast());
        reference::begin_stream();
        let outer = limits::enter();
        *depth() += 1;
        cu_gc_pause(L, call.pause.as_mut_ptr());
        let mut status = lua_pcall(L, 1, 1, top + 1);
        end_pause(L, &raw mut call);
        *depth() -= 1;
        *running() = L;
        if status == LUA_OK as c_int {
            status = call.status;
        } else if !call.task.is_null() {
            tasks::forget(L, call.number);
        }
        cu_hooks_allow(L, hooks);
        if status != LUA_OK as c_int && matches!(call.stage, Stage::Arguments | Stage::Compile) {
            // What comes behind in the stream was not read.
            handles::note_lost();
        }
        let mut result = if status == LUA_OK as c_int { call.results } else { report::failure(L, status, &call) };
        if let Some(limit) = limits::finish() {
            // What was written does not get to the host.
            reference::take_back(L);
            lua_settop(L, top);
            result = report::limited(L, limit);
        }
        lua_settop(L, top);
        limits::leave(outer);
        ahead::forget();
        result
    }
}

/// The call that a body was given, which is taken from its stack.
///
/// # Safety
/// A plain frame: raises when a number is negative.
pub unsafe fn begin(L: *mut lua_State) -> *mut Call {
    // SAFETY: the first argument is the call.
    unsafe {
        let call = own_argument::<Call>(L);
        end_pause(L, call);
        lua_settop(L, 0);
        if (*call).arguments < 0 || (*call).subject < 0 {
            raise!(L, c"host sent a negative number of values");
        }
        call
    }
}

/// The collector may run again. Calling Lua's protected call and the body can grow the stack, where Lua collects.
unsafe fn end_pause(L: *mut lua_State, call: *mut Call) {
    // SAFETY: the call began with a pause, which ends once.
    unsafe {
        if core::mem::replace(&mut (*call).is_paused, false) {
            cu_gc_resume(L, (*call).pause.as_ptr());
        }
    }
}

/// Calls the function at index 1 with what is above it, and writes its results.
unsafe fn finish(L: *mut lua_State, call: *mut Call) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        (*call).stage = Stage::Run;
        cu_hooks_allow(L, (*call).hooks);
        let n = lua_gettop(L);
        if (*call).number != 0 {
            (*call).task = tasks::start(L, (*call).number);
            return resume(L, call, n);
        }
        lua_call(L, n - 1, LUA_MULTRET as c_int);
        write_results(L, call)
    }
}

/// What is on the stack are the results.
unsafe fn write_results(L: *mut lua_State, call: *mut Call) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        (*call).stage = Stage::Results;
        *running() = L;
        luaL_checkstack(L, CALL_SLOTS, c"too many results".as_ptr());
        handles::sweep_if_due(L);
        let n = lua_gettop(L);
        write::values(L, 1, n, Crossing::Export, Opaque::Refuse);
        (*call).results = n;
    }
    0
}

/// Runs a task until it ends or waits.
unsafe fn resume(L: *mut lua_State, call: *mut Call, n: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let status = tasks::resume(L, (*call).task, n);
        *running() = L;
        match tasks::conclude(L, (*call).number, (*call).task, status) {
            Outcome::Waits(deadline) => {
                (*call).results = WAITING;
                (*host::cell()).number = deadline;
                0
            }
            Outcome::Done => write_results(L, call),
            Outcome::Failed(status) => {
                (*call).status = status;
                1
            }
        }
    }
}

unsafe extern "C-unwind" fn run_task(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = own_argument::<Call>(L);
        end_pause(L, call);
        lua_settop(L, 0);
        (*call).stage = Stage::Run;
        cu_hooks_allow(L, (*call).hooks);
        (*call).number = (*call).subject;
        (*call).task = tasks::go_on(L, (*call).number, (*call).arguments);
        if (*call).arguments < FAILED || limits::must_end() {
            tasks::end(L, (*call).number, (*call).task);
            return 0;
        }
        resume(L, call, 0)
    }
}

unsafe extern "C-unwind" fn run_function(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        reference::push(L, (*call).subject);
        read::push_values(L, &mut (*call).stream, (*call).arguments);
        finish(L, call)
    }
}

unsafe extern "C-unwind" fn run_path(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        // The keys first: indexing crosses, and the stream must be read by then.
        let Some(values) = (*call).subject.checked_add((*call).arguments) else {
            return raise!(L, c"host sent too many values");
        };
        read::push_values(L, &mut (*call).stream, values);
        lua_rawgeti(L, CU_REGISTRYINDEX, LUA_RIDX_GLOBALS.into());
        for key in 1..=(*call).subject {
            if lua_type(L, -1) != LUA_TTABLE {
                return no_path(L, key - 1);
            }
            lua_pushvalue(L, key);
            lua_gettable(L, -2);
            lua_remove(L, -2);
        }
        if lua_type(L, -1) != LUA_TFUNCTION && luaL_getmetafield(L, -1, c"__call".as_ptr()) == LUA_TNIL {
            return no_path(L, (*call).subject);
        }
        lua_settop(L, values + 1);
        // The function goes below the arguments, in place of the keys.
        lua_insert(L, (*call).subject + 1);
        for _ in 0..(*call).subject {
            lua_remove(L, 1);
        }
        finish(L, call)
    }
}

/// Raises an error that names the path of the first `keys` keys, which are at the bottom of the stack; what was found is on the top.
unsafe fn no_path(L: *mut lua_State, keys: i32) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let found = lua_typename(L, lua_type(L, -1));
        luaL_checkstack(L, 2 * keys + 4, c"path too long".as_ptr());
        let before = lua_gettop(L);
        for key in 1..=keys {
            if key > 1 {
                push_str(L, ".");
            }
            luaL_tolstring(L, key, ptr::null_mut());
        }
        lua_concat(L, lua_gettop(L) - before);
        raise!(L, c"attempt to call a %s value ('%s')", found, lua_tolstring(L, -1, ptr::null_mut()))
    }
}

unsafe extern "C-unwind" fn run_chunk(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        // The source comes behind it.
        read::push_paused(L, &mut (*call).stream, 1);
        let name = luaL_checklstring(L, 1, ptr::null_mut());
        (*call).stage = Stage::Compile;
        compile(L, &mut (*call).stream, name);
        (*call).stage = Stage::Arguments;
        lua_remove(L, 1);
        read::push_values(L, &mut (*call).stream, (*call).arguments);
        finish(L, call)
    }
}

/// Pushes the compiled chunk. The collector does not run meanwhile: a finalizer could cross and overwrite what was not read yet.
unsafe fn compile(L: *mut lua_State, stream: *mut Stream, name: *const c_char) {
    let mut source = Parts::new(stream);
    // SAFETY: the source outlives the protected call.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        let status = lua_load(L, Some(read_source), (&raw mut source).cast(), name, c"t".as_ptr());
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            lua_error(L);
        }
    }
}

/// What `lua_load` reads: part by part, straight from the buffer.
unsafe extern "C-unwind" fn read_source(L: *mut lua_State, source: *mut c_void, bytes: *mut usize) -> *const c_char {
    // SAFETY: `compile` passes its source.
    unsafe {
        let part = (*source.cast::<Parts>()).next(L);
        *bytes = part.len();
        part.cast()
    }
}
