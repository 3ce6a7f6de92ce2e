//! Limits of a computation: how many steps it may take, and until when. The counter (`steps`) is given a slice at a time; when that is
//! spent, the clock is looked at, and either the next slice begins or the computation ends.
//!
//! A computation ends by an error that no protected call keeps: its status lies above Lua's own, so that no message handler runs, and from
//! then on every step raises it again: whatever catches it can take none. Hooks are not touched. A call from the host within another keeps
//! the outer limits.

use core::ffi::c_int;
use core::mem::{self, MaybeUninit};

use super::ffi::*;
use super::place;
use crate::host::{CLOCK_STEADY, js_clock_get};
use crate::local::local;
use crate::steps;

/// Steps between two looks at the clock: some ten microseconds of ordinary work.
const POLL_STEPS: u64 = 10_000;
const SLICE_STEPS_MAX: u64 = i32::MAX as u64;

/// Which limit ended a computation.
#[derive(Clone, Copy, PartialEq)]
pub enum Limit {
    Steps,
    /// The time, or the host said stop.
    Time,
}

/// The limits that hold, those of outer calls included.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// The last step that may be taken, counted from the instance's first.
    steps_end: u64,
    /// What the host set, for the message.
    steps_max: f64,
    /// When to end, by the host's steady clock in milliseconds; NaN: the clock is not looked at.
    deadline: f64,
    millis_max: f64,
}

impl Bounds {
    pub const NONE: Bounds = Bounds { steps_end: u64::MAX, steps_max: f64::NAN, deadline: f64::NAN, millis_max: f64::NAN };

    /// When to end, by the host's steady clock; NaN for never.
    pub fn deadline(&self) -> f64 {
        self.deadline
    }
}

struct State {
    bounds: Bounds,
    /// The step at which the counter reaches 0.
    slice_end: u64,
    ended: Option<Limit>,
    /// Whether the place where it ended is known.
    is_noted: bool,
    /// Of the next call: steps and milliseconds; NaN is no limit.
    next: [f64; 2],
}

const NONE: [f64; 2] = [f64::NAN; 2];

local!(fn state() -> State = State {
    bounds: Bounds::NONE,
    slice_end: SLICE_STEPS_MAX,
    ended: None,
    is_noted: false,
    next: NONE,
});

/// The limits of the next call from the host. What is negative or not a number is no limit.
pub fn set_next(steps: f64, millis: f64) {
    // SAFETY: this instance's own value.
    unsafe { (*state()).next = [steps, millis] };
}

/// A call from the host begins. The limits that held before, for `leave`.
pub fn enter() -> Bounds {
    // SAFETY: this instance's own value; the clock does not come back in.
    unsafe {
        let state = state();
        let outer = (*state).bounds;
        let [steps, millis] = mem::replace(&mut (*state).next, NONE);
        if steps >= 0.0 {
            // A float beyond the integers becomes the largest.
            bound_steps(taken().saturating_add(steps as u64), steps);
        }
        if millis >= 0.0 {
            bound_time(js_clock_get(CLOCK_STEADY) + millis, millis);
        }
        begin_slice(taken());
        outer
    }
}

/// Another bound for steps, which holds if it is the narrower.
fn bound_steps(end: u64, steps: f64) {
    // SAFETY: this instance's own value.
    unsafe {
        let bounds = &mut (*state()).bounds;
        if end < bounds.steps_end {
            (bounds.steps_end, bounds.steps_max) = (end, steps);
        }
    }
}

/// The same for the time.
fn bound_time(deadline: f64, millis: f64) {
    // SAFETY: this instance's own value.
    unsafe {
        let bounds = &mut (*state()).bounds;
        if bounds.deadline.is_nan() || deadline < bounds.deadline {
            (bounds.deadline, bounds.millis_max) = (deadline, millis);
        }
    }
}

/// The limits that hold, for a computation that waits: other steps than its own do not count.
pub fn pause() -> Bounds {
    // SAFETY: this instance's own value.
    let mut bounds = unsafe { (*state()).bounds };
    if bounds.steps_end != u64::MAX {
        bounds.steps_end = bounds.steps_end.saturating_sub(taken());
    }
    bounds
}

/// A computation goes on that waited: its limits hold besides those of the call from the host in which it does.
pub fn go_on(paused: &Bounds) {
    if paused.steps_end != u64::MAX {
        bound_steps(taken().saturating_add(paused.steps_end), paused.steps_max);
    }
    if !paused.deadline.is_nan() {
        bound_time(paused.deadline, paused.millis_max);
    }
    // SAFETY: this instance's own value.
    unsafe { begin_slice(taken()) };
}

/// Instead of all limits so many steps, for what remains to be done of a computation that has ended. For `end_closing`.
pub fn begin_closing(steps: u64) -> (Bounds, Option<Limit>) {
    // SAFETY: this instance's own value.
    unsafe {
        let state = state();
        let taken = taken();
        let before = ((*state).bounds, (*state).ended.take());
        (*state).bounds = Bounds { steps_end: taken.saturating_add(steps), ..Bounds::NONE };
        begin_slice(taken);
        before
    }
}

/// The computation has ended by the limit that `begin_closing` found, or by the host.
pub fn end_closing((mut bounds, ended): (Bounds, Option<Limit>)) {
    if bounds.deadline.is_nan() {
        bounds.millis_max = f64::INFINITY;
    }
    // SAFETY: this instance's own value.
    unsafe {
        let taken = taken();
        (*state()).bounds = bounds;
        (*state()).ended = ended.or(Some(Limit::Time));
        begin_slice(taken);
    }
}

/// Whether the computation has ended, by which limit. At its end: what is spent by now counts too.
pub fn finish() -> Option<Limit> {
    // SAFETY: this instance's own values.
    unsafe {
        if (*steps::counter()).left <= 0 {
            must_end();
        }
        (*state()).ended
    }
}

/// The call has ended: what held before it holds again.
pub fn leave(outer: Bounds) {
    // SAFETY: this instance's own values.
    unsafe {
        let taken = taken();
        (*state()).ended = None;
        (*state()).is_noted = false;
        (*state()).bounds = outer;
        begin_slice(taken);
    }
    look_soon();
}

/// A function of the host has returned, which may have taken long, or decided to stop.
pub fn look_soon() {
    // SAFETY: this instance's own values.
    unsafe {
        if !(*state()).bounds.deadline.is_nan() {
            (*state()).slice_end = taken();
            (*steps::counter()).left = 0;
        }
    }
}

/// Counts one step, where an error may be raised.
///
/// # Safety
/// A plain frame: raises.
#[inline(always)]
pub unsafe fn step(L: *mut lua_State) {
    if steps::take() {
        // SAFETY: a plain frame.
        unsafe { __cu_steps_spent(L) };
    }
}

/// What whoever counts calls when the counter is spent: C, the post-link tool's code, and `step`.
///
/// # Safety
/// A plain frame: raises.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C-unwind" fn __cu_steps_spent(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        if must_end() {
            end(L);
        }
    }
}

/// Raises the error that ends a computation, once `must_end` has said that it does.
///
/// # Safety
/// A plain frame: raises.
#[cold]
pub unsafe fn end(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        if !mem::replace(&mut (*state()).is_noted, true) {
            note_place(L);
        }
        // Every further step comes back here.
        (*steps::counter()).left = -1;
        cu_limit_throw(L);
    }
}

/// Whether the computation has to end. If not, the next slice begins.
pub fn must_end() -> bool {
    // SAFETY: this instance's own value; the clock does not come back in.
    unsafe {
        let state = state();
        if (*state).ended.is_none() {
            let taken = taken();
            if taken > (*state).bounds.steps_end {
                (*state).ended = Some(Limit::Steps);
            } else if js_deadline_passed(&(*state).bounds) {
                (*state).ended = Some(Limit::Time);
            } else {
                begin_slice(taken);
            }
        }
        (*state).ended.is_some()
    }
}

fn js_deadline_passed(bounds: &Bounds) -> bool {
    !bounds.deadline.is_nan() && js_clock_get(CLOCK_STEADY) >= bounds.deadline
}

/// Keeps what is known of the place where the computation ends. Nothing runs on its own meanwhile; that it fails is no matter.
unsafe fn note_place(L: *mut lua_State) {
    // SAFETY: room is made first, and the call is protected.
    unsafe {
        if lua_checkstack(L, 8) == 0 {
            return;
        }
        lua_pushcfunction(L, place::note);
        if call_unlimited(L, 0) != LUA_OK as c_int {
            lua_pop(L, 1);
        }
    }
}

/// The same for another coroutine, which waits.
///
/// # Safety
/// Eight stack slots are free, two on the other.
pub unsafe fn note_place_of(L: *mut lua_State, waiting: *mut lua_State) {
    // SAFETY: as above.
    unsafe {
        lua_pushcfunction(L, place::note_of);
        lua_pushthread(waiting);
        lua_xmove(waiting, L, 1);
        if call_unlimited(L, 1) != LUA_OK as c_int {
            lua_pop(L, 1);
        }
    }
}

/// A protected call without results of the module's own function, without limits, collector and hooks.
///
/// # Safety
/// The function is on the stack with its arguments, and no Lua code can come of it.
pub unsafe fn call_unlimited(L: *mut lua_State, nargs: c_int) -> c_int {
    // SAFETY: the caller vouches for the stack.
    unsafe {
        let taken = taken();
        (*steps::counter()).left = i32::MAX;
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        let status = lua_pcall(L, nargs, 0, 0);
        cu_gc_resume(L, pause.as_ptr());
        (*state()).slice_end = taken;
        (*steps::counter()).left = 0;
        status
    }
}

/// Pushes the message that says which limit it was.
///
/// # Safety
/// A plain frame: raises a memory error. One stack slot is free.
pub unsafe fn push_message(L: *mut lua_State, limit: Limit) {
    // SAFETY: a plain frame.
    unsafe {
        let Bounds { steps_max, millis_max, .. } = (*state()).bounds;
        match limit {
            Limit::Steps => lua_pushfstring(L, c"instruction limit reached (%I)".as_ptr(), steps_max as i64),
            Limit::Time if millis_max.is_infinite() => lua_pushstring(L, c"stopped by the host".as_ptr()),
            Limit::Time if millis_max == (millis_max as i64) as f64 => {
                lua_pushfstring(L, c"time limit reached (%I ms)".as_ptr(), millis_max as i64)
            }
            Limit::Time => lua_pushfstring(L, c"time limit reached (%f ms)".as_ptr(), millis_max),
        };
    }
}

/// Steps that the instance has taken.
fn taken() -> u64 {
    // SAFETY: this instance's own values.
    unsafe { (*state()).slice_end.wrapping_add_signed(-i64::from((*steps::counter()).left)) }
}

/// Begins a slice at the step `taken`.
unsafe fn begin_slice(taken: u64) {
    // SAFETY: this instance's own values.
    unsafe {
        let bounds = &(*state()).bounds;
        let most = if bounds.deadline.is_nan() { SLICE_STEPS_MAX } else { POLL_STEPS };
        let slice = bounds.steps_end.saturating_sub(taken).min(most);
        (*state()).slice_end = taken + slice;
        (*steps::counter()).left = slice as i32;
    }
}

/// A coroutine goes on behind a call of `coroutine.resume` or its kin: a step, where an error may be raised.
///
/// # Safety
/// A plain frame: raises.
#[cfg(target_arch = "wasm32")]
pub unsafe fn went_on(L: *mut lua_State) {
    note_running(L);
    // SAFETY: a plain frame.
    unsafe { step(L) };
}

/// Says which coroutine the running one is.
pub fn note_running(L: *mut lua_State) {
    // SAFETY: this instance's own value.
    unsafe { (*steps::counter()).thread = L.cast() };
}
