//! The imports where the host is in the same program (natively, and in an application of wasm-bindgen): whoever runs Lua there installs a
//! `Host` for the thread, and these functions, of the same shape as those of `wasm.rs`, pass each call on to it. Without a host every
//! import fails.

use std::cell::RefCell;
use std::rc::Rc;

use super::FAILED;
use crate::codec::ahead;

/// docs/ABI.md §4, one function for each import. What a host answers is not trusted.
pub trait Host {
    fn table_get(&self, handle: i32, ktag: i32, k: i32) -> i32;
    fn table_set(&self, handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> i32;
    fn table_next(&self, handle: i32, ktag: i32, k: i32) -> i32;
    fn table_len(&self, handle: i32) -> f64;
    fn table_op(&self, op: i32, a: i32, b: i32) -> i32;
    fn function_call(&self, handle: i32, n: i32) -> i32;
    fn stream_push(&self, bytes: i32);
    fn stream_pull(&self) -> i32;
    fn output_write(&self, stream: i32, bytes: &[u8]);
    fn clock_get(&self, which: i32) -> f64;
}

thread_local!(static HOST: RefCell<Option<Rc<dyn Host>>> = const { RefCell::new(None) });

/// Makes `host` the one of this thread. No: there is one already.
pub fn install(host: Rc<dyn Host>) -> bool {
    HOST.with_borrow_mut(|current| {
        let vacant = current.is_none();
        if vacant {
            *current = Some(host);
        }
        vacant
    })
}

/// Takes the host of this thread away.
pub fn uninstall() {
    // It is dropped when the borrow has ended: what it holds may be anything.
    drop(HOST.with_borrow_mut(Option::take));
}

/// Runs `call` on the host of this thread; no borrow lasts meanwhile, because the call may come back.
fn with<T>(otherwise: T, call: impl FnOnce(&dyn Host) -> T) -> T {
    ahead::forget();
    let result = match HOST.with_borrow(Clone::clone) {
        Some(host) => call(&*host),
        None => otherwise,
    };
    // The host may have called back, and Lua code may have begun a traversal then.
    ahead::forget();
    result
}

pub fn js_ext_table_get(handle: i32, ktag: i32, k: i32) -> i32 {
    with(FAILED, |host| host.table_get(handle, ktag, k))
}

pub fn js_ext_table_set(handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> i32 {
    with(FAILED, |host| host.table_set(handle, ktag, k, vtag, v))
}

pub fn js_ext_table_next(handle: i32, ktag: i32, k: i32) -> i32 {
    with(FAILED, |host| host.table_next(handle, ktag, k))
}

pub fn js_ext_table_len(handle: i32) -> f64 {
    with(FAILED.into(), |host| host.table_len(handle))
}

pub fn js_ext_table_op(op: i32, a: i32, b: i32) -> i32 {
    with(FAILED, |host| host.table_op(op, a, b))
}

pub fn js_function_call(handle: i32, n: i32) -> i32 {
    with(FAILED, |host| host.function_call(handle, n))
}

pub fn js_stream_push(bytes: i32) {
    with((), |host| host.stream_push(bytes));
}

pub fn js_stream_pull() -> i32 {
    with(FAILED, |host| host.stream_pull())
}

pub fn js_output_write(stream: i32, address: *const u8, bytes: usize) {
    // SAFETY: the module writes bytes of its own, which no host changes.
    let bytes = unsafe { core::slice::from_raw_parts(address, bytes) };
    with((), |host| host.output_write(stream, bytes));
}

pub fn js_clock_get(which: i32) -> f64 {
    with(0.0, |host| host.clock_get(which))
}
