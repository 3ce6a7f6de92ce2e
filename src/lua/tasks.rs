//! Tasks: calls from the host that may wait for something of its own, a promise say, and go on later (docs/AWAIT.md). Each runs on a
//! coroutine of the module's, which looks to Lua code like the main one, and waits by a yield that nobody but the host answers.
//!
//! A coroutine of the user's that waits takes along whoever resumed it: `coroutine.resume` yields in turn, and when the host goes on it
//! runs again from its beginning, which now lets the same coroutine go on. So the wait passes outward through every resume, and comes back.
//! Where something in between cannot yield (a callback of `table.sort`), the wait is refused by an error at its own place.

use core::ffi::{CStr, c_char, c_int};
use core::mem::{self, MaybeUninit};
use core::ptr;

use super::ffi::*;
use super::limits::{self, Bounds};
use super::place;
use super::registry::{self, Slot};
use crate::local::local;
use crate::steps;

/// Tasks that a host may have at once: the heap has no room for more.
const TASKS_MAX: i32 = 4096;
/// The task whose coroutine is kept for the next one.
const KEPT: i32 = 1;
/// Steps that the to-be-closed variables of a task may take which is ended while it waits.
const CLOSING_STEPS: u64 = 100_000;

/// A userdata, whose user value is the coroutine. The extra space of that points here, which tells it from other coroutines.
pub struct Task {
    thread: *mut lua_State,
    /// Its limits while it waits: the steps are those that are left.
    bounds: Bounds,
    /// The status of the error that its function ended with.
    status: c_int,
    is_busy: bool,
}

/// What came of the thing that was waited for.
#[derive(Clone, Copy, PartialEq)]
pub enum Settled {
    /// So many values are in the stream, or the error if there are fewer than 0.
    Count(i32),
    /// The wait cannot be: this coroutine, which is on the way outward, cannot yield.
    #[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "natively the library coroutine is Lua's, and no call is a task"))]
    Refused(*mut lua_State),
}

struct State {
    /// The task that the next call from the host is; 0 for none.
    next: i32,
    /// The yield that is on its way is a wait.
    is_waiting: bool,
    /// The coroutine that is resumed next is one that waits, and goes on.
    goes_on: bool,
    settled: Settled,
    /// Where a function of the host goes on.
    function: Option<KFunction>,
}

type KFunction = unsafe extern "C-unwind" fn(L: *mut lua_State, status: c_int, context: lua_KContext) -> c_int;

local!(fn state() -> State = State { next: 0, is_waiting: false, goes_on: false, settled: Settled::Count(0), function: None });

/// The next call from the host is the task `number`.
pub fn set_next(number: i32) {
    // SAFETY: this instance's own value.
    unsafe { (*state()).next = number };
}

/// The task that the call which begins is; 0 for none.
pub fn take_next() -> i32 {
    // SAFETY: this instance's own value.
    unsafe { mem::take(&mut (*state()).next) }
}

/// Makes the table of tasks. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame; new coroutines get a copy of the main one's extra space.
    unsafe {
        *task_of(L) = ptr::null_mut();
        lua_newtable(L);
        registry::set(L, Slot::Tasks);
    }
}

/// The place before a coroutine that Lua leaves to whoever embeds it.
unsafe fn task_of(L: *mut lua_State) -> *mut *mut Task {
    // SAFETY: `LUA_EXTRASPACE` is the size of a pointer.
    unsafe { L.cast::<*mut Task>().sub(1) }
}

unsafe fn is_task(L: *mut lua_State) -> bool {
    // SAFETY: reading.
    unsafe { !(*task_of(L)).is_null() }
}

/// Whether a coroutine waits for the host, by itself or by one that it resumed.
unsafe fn is_waiting(L: *mut lua_State) -> bool {
    // SAFETY: reading.
    unsafe {
        let Some(goes_on) = cu_continuation_get(L) else { return false };
        ptr::fn_addr_eq(goes_on, resume_again as KFunction) || (*state()).function.is_some_and(|f| ptr::fn_addr_eq(goes_on, f))
    }
}

/// Moves the function and its arguments, all that is on the stack, to the coroutine of a new task, for `resume`.
///
/// # Safety
/// A plain frame: raises when there can be no such task.
pub unsafe fn start(L: *mut lua_State, number: i32) -> *mut Task {
    // SAFETY: a plain frame.
    unsafe {
        let n = lua_gettop(L);
        luaL_checkstack(L, 4, c"task".as_ptr());
        let mut task = find(L, number);
        if task.is_null() && (1..=TASKS_MAX).contains(&number) {
            task = make(L, number);
        }
        if task.is_null() || (*task).is_busy || lua_checkstack((*task).thread, n + 4) == 0 {
            invalid(L, number);
        }
        (*task).is_busy = true;
        lua_pushcfunction((*task).thread, run);
        lua_xmove(L, (*task).thread, n);
        task
    }
}

/// A task that waits, under its limits again, for `resume`; the stream has what was waited for.
///
/// # Safety
/// A plain frame: raises when there is no such task.
pub unsafe fn go_on(L: *mut lua_State, number: i32, count: i32) -> *mut Task {
    // SAFETY: a plain frame.
    unsafe {
        let task = find(L, number);
        if task.is_null() || !is_waiting((*task).thread) {
            invalid(L, number);
        }
        limits::go_on(&(*task).bounds);
        (*state()).settled = Settled::Count(count);
        task
    }
}

/// Runs a task's coroutine until it ends or waits. The status is for `conclude`.
///
/// # Safety
/// A plain frame: raises. `start` or `go_on` gave the task, and `n` values for its coroutine are on the stack of that.
pub unsafe fn resume(L: *mut lua_State, task: *mut Task, n: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        (*task).status = LUA_OK as c_int;
        let mut results = 0;
        let status = lua_resume((*task).thread, L, n, &mut results);
        limits::note_running(L);
        status
    }
}

/// How a task stands when its coroutine has returned.
pub enum Outcome {
    /// Until then at most, by the host's steady clock; NaN for no end.
    Waits(f64),
    /// The results are on the stack.
    Done,
    /// The error is on the top of the stack.
    Failed(c_int),
}

/// Takes what a task's coroutine left, unless it waits.
///
/// # Safety
/// A plain frame: raises when there are too many results.
pub unsafe fn conclude(L: *mut lua_State, number: i32, task: *mut Task, status: c_int) -> Outcome {
    // SAFETY: a plain frame.
    unsafe {
        if mem::take(&mut (*state()).is_waiting) {
            if limits::finish().is_some() {
                end(L, number, task);
                return Outcome::Done;
            }
            (*task).bounds = limits::pause();
            return Outcome::Waits((*task).bounds.deadline());
        }
        let failed = if status == LUA_OK as c_int { (*task).status } else { status };
        // An error that the coroutine ended by lies above what it was doing.
        let n = if failed == LUA_OK as c_int { lua_gettop((*task).thread) } else { 1 };
        luaL_checkstack(L, n + 4, c"too many results".as_ptr());
        lua_xmove((*task).thread, L, n);
        close(L, number, task);
        if failed == LUA_OK as c_int { Outcome::Done } else { Outcome::Failed(failed) }
    }
}

/// The task is over: its coroutine is free for the next, or goes.
unsafe fn close(L: *mut lua_State, number: i32, task: *mut Task) {
    // SAFETY: closing does not raise.
    unsafe {
        clear(L, (*task).thread);
        (*task).is_busy = false;
        if number != KEPT {
            forget(L, number);
        }
    }
}

/// Closes a coroutine and leaves nothing on its stack.
unsafe fn clear(L: *mut lua_State, thread: *mut lua_State) {
    // SAFETY: closing does not raise.
    unsafe {
        if lua_status(thread) != LUA_OK as c_int {
            lua_closethread(thread, L);
            // An error in a hook leaves hooks forbidden; Lua does not expect that such a coroutine is used again.
            cu_hooks_allow(thread, 1);
        }
        lua_settop(thread, 0);
    }
}

/// Lets go of a task. Never raises.
///
/// # Safety
/// Two stack slots are free; its coroutine is not running.
pub unsafe fn forget(L: *mut lua_State, number: i32) {
    // SAFETY: an existing entry is changed.
    unsafe {
        lua_pushnil(L);
        registry::set_element(L, Slot::Tasks, number);
        lua_pop(L, 1);
    }
}

/// Ends a task that waits: notes where it was, and closes its coroutine and those that wait with it, the innermost first. The limit that
/// ended it is the time, unless it is another.
///
/// # Safety
/// Called where the stack is empty. Never raises.
pub unsafe fn end(L: *mut lua_State, number: i32, task: *mut Task) {
    // SAFETY: closing does not raise, and a C function has room for what is pushed.
    unsafe {
        let mut closed = resumed_by((*task).thread, ptr::null_mut());
        limits::note_place_of(L, closed);
        place::push(L);
        let ended = limits::begin_closing(CLOSING_STEPS);
        loop {
            clear(L, closed);
            if closed == (*task).thread {
                break;
            }
            closed = resumed_by((*task).thread, closed);
        }
        limits::note_running(L);
        limits::end_closing(ended);
        // What closing did may have noted places of its own.
        place::restore(L);
        close(L, number, task);
    }
}

/// Of the coroutines that wait with `T`, the one that resumed `inner`; the innermost for null. The one that a coroutine resumed is on its
/// stack.
unsafe fn resumed_by(T: *mut lua_State, inner: *mut lua_State) -> *mut lua_State {
    // SAFETY: reading; each of them is kept by the one before.
    unsafe {
        let mut thread = T;
        loop {
            let next = if lua_gettop(thread) > 0 { lua_tothread(thread, -1) } else { ptr::null_mut() };
            if next == inner || next.is_null() {
                return thread;
            }
            thread = next;
        }
    }
}

/// A task that there is, or null.
unsafe fn find(L: *mut lua_State, number: i32) -> *mut Task {
    // SAFETY: one slot; the table has userdata of this kind alone.
    unsafe {
        registry::push_element(L, Slot::Tasks, number);
        let task = lua_touserdata(L, -1).cast();
        lua_pop(L, 1);
        task
    }
}

unsafe fn make(L: *mut lua_State, number: i32) -> *mut Task {
    // SAFETY: a plain frame; two slots.
    unsafe {
        let task: *mut Task = lua_newuserdatauv(L, size_of::<Task>(), 1).cast();
        let thread = lua_newthread(L);
        ptr::write(task, Task { thread, bounds: Bounds::NONE, status: LUA_OK as c_int, is_busy: false });
        lua_setiuservalue(L, -2, 1);
        registry::set_element(L, Slot::Tasks, number);
        *task_of(thread) = task;
        lua_pop(L, 1);
        task
    }
}

unsafe fn invalid(L: *mut lua_State, number: i32) {
    // SAFETY: a plain frame.
    unsafe {
        raise!(L, c"host sent an invalid task (%d)", number);
    }
}

/// What a task's coroutine runs: the function at index 1 with what is above it, under the handler that notes where an error was.
unsafe extern "C-unwind" fn run(T: *mut lua_State) -> c_int {
    // A call that is no task does without this function: it is no step.
    steps::give_back();
    // SAFETY: a plain frame.
    unsafe {
        lua_pushcfunction(T, place::note);
        lua_insert(T, 1);
        let status = lua_pcallk(T, lua_gettop(T) - 2, LUA_MULTRET as c_int, 1, 0, Some(ran));
        ran(T, status, 0)
    }
}

/// The results are all that is above the handler; or else the error.
unsafe extern "C-unwind" fn ran(T: *mut lua_State, status: c_int, _: lua_KContext) -> c_int {
    // SAFETY: a plain frame. Lua code can come by `run`, through a hook, and call it on a coroutine of its own.
    unsafe {
        let failed = status != LUA_OK as c_int && status != LUA_YIELD as c_int;
        if failed && is_task(T) {
            (**task_of(T)).status = status;
        }
        if failed { 1 } else { lua_gettop(T) - 1 }
    }
}

/// A function of the host has answered that its results come later: waits for them. `function` goes on then, and learns by `settled` how.
///
/// # Safety
/// A plain frame: raises, returns in no other way.
pub unsafe fn wait(L: *mut lua_State, function: KFunction) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if lua_isyieldable(L) == 0 {
            return refuse(L, L);
        }
        lua_settop(L, 0);
        (*state()).function = Some(function);
        (*state()).is_waiting = true;
        lua_yieldk(L, 0, 0, Some(function))
    }
}

/// What came of the wait of the function that goes on.
pub fn settled(L: *mut lua_State) -> Settled {
    limits::note_running(L);
    // SAFETY: this instance's own value.
    unsafe { (*state()).settled }
}

/// Raises the error of a wait that `blocked`, which this coroutine runs in, cannot let pass.
///
/// # Safety
/// A plain frame.
pub unsafe fn refuse(L: *mut lua_State, blocked: *mut lua_State) -> c_int {
    // SAFETY: a plain frame. The names that Lua gives live as long as the functions on the stack.
    unsafe {
        let name = blocking_name(blocked);
        if name.is_null() {
            return raise!(L, c"attempt to await across a C-call boundary");
        }
        raise!(L, c"attempt to await across '%s', which cannot wait", name)
    }
}

/// The name of the innermost function in C behind the running one that cannot let a yield pass, or of a finalizer; null for none.
unsafe fn blocking_name(L: *mut lua_State) -> *const c_char {
    let mut ar = MaybeUninit::<lua_Debug>::zeroed();
    let ar = ar.as_mut_ptr();
    // SAFETY: Lua fills what is asked for; none of it is on the stack.
    unsafe {
        let mut level = 1;
        while lua_getstack(L, level, ar) != 0 {
            lua_getinfo(L, c"Sn".as_ptr(), ar);
            let name = if (*ar).name.is_null() { c"" } else { CStr::from_ptr((*ar).name) };
            let is_c = *(*ar).what == b'C' as c_char && name != c"pcall" && name != c"xpcall";
            if is_c || name == c"__gc" {
                return if name.is_empty() { ptr::null() } else { (*ar).name };
            }
            level += 1;
        }
        ptr::null()
    }
}

/// `lua_resume`, for the library `coroutine` (src/lua/include/coroutines.h): the coroutine that goes on is the running one again, one that
/// ended by a limit takes the others with it, and one that waits for the host makes those that resumed it wait as well.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_thread_resume(L: *mut lua_State, from: *mut lua_State, nargs: c_int, results: *mut c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let state = state();
        let mut nargs = nargs;
        if !mem::take(&mut (*state).goes_on) && is_waiting(L) {
            lua_pop(L, nargs);
            push_str(L, "cannot resume non-suspended coroutine");
            return LUA_ERRRUN as c_int;
        }
        loop {
            let status = lua_resume(L, from, nargs, results);
            if !mem::take(&mut (*state).is_waiting) {
                limits::went_on(from);
                return status;
            }
            if lua_isyieldable(from) != 0 {
                (*state).is_waiting = true;
                let arguments = lua_gettop(from);
                lua_pushthread(L);
                lua_xmove(L, from, 1);
                return lua_yieldk(from, 1, arguments as lua_KContext, Some(resume_again));
            }
            (*state).settled = Settled::Refused(from);
            nargs = 0;
        }
    }
}

/// Runs the function of the library that had resumed a coroutine which waited, once more: without what the coroutine was given then, and
/// what is on the stack for `resumed_by`.
unsafe extern "C-unwind" fn resume_again(L: *mut lua_State, _: c_int, arguments: lua_KContext) -> c_int {
    // SAFETY: the function is one of the library's, which finds its stack as it was when it called `lua_resume`.
    unsafe {
        lua_settop(L, arguments as c_int);
        (*state()).goes_on = true;
        match cu_function_running(L) {
            Some(function) => function(L),
            None => 0,
        }
    }
}

/// `lua_closethread`, likewise.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_thread_close(L: *mut lua_State, from: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let status = lua_closethread(L, from);
        limits::went_on(from);
        status
    }
}

/// `lua_status`: one that waits counts as one that has resumed another.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C" fn __cu_thread_status(L: *mut lua_State) -> c_int {
    // SAFETY: reading.
    unsafe { if is_waiting(L) { LUA_OK as c_int } else { lua_status(L) } }
}

/// `lua_isyieldable`: a task's coroutine looks like the main one.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C" fn __cu_thread_is_yieldable(L: *mut lua_State) -> c_int {
    // SAFETY: reading.
    unsafe { if is_task(L) { 0 } else { lua_isyieldable(L) } }
}

/// `lua_pushthread`, likewise.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C" fn __cu_thread_push(L: *mut lua_State) -> c_int {
    // SAFETY: the caller made room.
    unsafe { lua_pushthread(L) | c_int::from(is_task(L)) }
}

/// `lua_yieldk`, likewise.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_thread_yield(L: *mut lua_State, n: c_int, context: lua_KContext, function: lua_KFunction) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if is_task(L) {
            push_str(L, "attempt to yield from outside a coroutine");
            return lua_error(L);
        }
        lua_yieldk(L, n, context, function)
    }
}
