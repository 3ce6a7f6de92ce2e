//! Cycles through both heaps by way of the host's own objects (docs/ABI.md §7): a function that such an object holds, and that holds the
//! proxy of that object. They are for the host's collector to find, if it has one. It is told what those of Lua's objects lead to that
//! nothing leads to but values of its own, so that it can hold its objects just as long as one of those values or of its own things does.
//!
//! Whatever Lua code can get at otherwise is not among them: it could use it at any time, without a word to the host. That includes what is
//! in weak tables, and what a finalizer could see.

use core::ffi::c_int;

use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

/// What leads to what, in the buffer.
struct Links {
    count: usize,
    /// The host does not want to hear more.
    refused: bool,
}

const PAIRS_MAX: usize = BUFFER_BYTES / size_of::<[i32; 2]>();

local!(fn links() -> Links = Links { count: 0, refused: false });

/// What `cu_links_tell` is given.
const TABLES: [Slot; 4] = [Slot::Proxies, Slot::ReferenceIds, Slot::ReferenceValues, Slot::ReferenceUses];

/// Tells the host what the references that are its collector's alone lead to.
///
/// # Safety
/// The collector has just ended a cycle and is stopped; the buffer is free; six stack slots are free. Never raises.
pub unsafe fn tell(L: *mut lua_State) {
    // SAFETY: nothing is allocated, and nothing of Lua's runs.
    unsafe {
        *links() = Links { count: 0, refused: false };
        let idx = lua_gettop(L) + 1;
        for slot in TABLES {
            registry::push(L, slot);
        }
        cu_links_tell(L, idx);
        lua_settop(L, idx - 1);
        send(1);
    }
}

/// Something leads to something else: a number of an object of Lua's, or below zero of a reference or a handle.
#[unsafe(no_mangle)]
extern "C" fn __cu_link_tell(from: c_int, to: c_int) {
    // SAFETY: this instance's own value, and the buffer is free and has room.
    unsafe {
        if (*links()).count == PAIRS_MAX {
            send(0);
        }
        *host::buffer().cast::<[i32; 2]>().add((*links()).count) = [from, to];
        (*links()).count += 1;
    }
}

unsafe fn send(is_last: i32) {
    // SAFETY: this instance's own value.
    unsafe {
        let count = core::mem::take(&mut (*links()).count) as i32;
        (*links()).refused = (*links()).refused || host::js_ext_table_op(op::LINKS, count, is_last) == FAILED;
    }
}
