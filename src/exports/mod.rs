//! Every function that the module exports: docs/ABI.md §5. Each checks its numbers, then calls `vm`.

use crate::ext::{handles, keys, reference};
use crate::host::{self, ABI_VERSION, BUFFER_BYTES};
use crate::{heap, vm};

#[unsafe(no_mangle)]
pub extern "C" fn cu_abi_version() -> i32 {
    ABI_VERSION
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_layout_get(which: i32) -> usize {
    match which {
        0 => host::buffer() as usize,
        1 => BUFFER_BYTES,
        2 => host::cell() as usize,
        3 => heap::HEAP_BYTES,
        4 => keys::KEYS_MAX,
        _ => 0,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_vm_create(seed: i32) -> i32 {
    if vm::create(seed as u32) { 0 } else { host::FAILED }
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_limit_set(steps: f64, millis: f64) {
    vm::set_limits(steps, millis);
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_vm_close() {
    vm::close();
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_chunk_call(arguments: i32) -> i32 {
    vm::call_chunk(arguments)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_function_call(reference: i32, arguments: i32) -> i32 {
    vm::call_function(reference, arguments)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_path_call(keys: i32, arguments: i32) -> i32 {
    vm::call_path(keys, arguments)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_task_set(task: i32) {
    vm::set_task(task);
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_task_resume(task: i32, values: i32) -> i32 {
    vm::resume_task(task, values)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_function_dump(reference: i32, what: i32) -> i32 {
    vm::dump_function(reference, what == 0)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_upvalue_store(reference: i32, index: i32, handle: i32) -> i32 {
    vm::store_upvalue(reference, index, handle)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_function_load() -> i32 {
    vm::load_function()
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_function_bind(reference: i32, n: i32) -> i32 {
    vm::bind_function(reference, n)
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_functions_sleep(n: i32) -> i32 {
    const FUNCTIONS_MAX: usize = 8_192;
    let n = (n.max(0) as usize).min(FUNCTIONS_MAX);
    // SAFETY: the buffer is aligned to 8 and has room for so many; nothing crosses meanwhile, and nothing else writes to it.
    vm::sleep_functions(unsafe { core::slice::from_raw_parts_mut(host::buffer().cast(), n) }) as i32
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_reference_release(n: i32) {
    const PAIRS_MAX: usize = BUFFER_BYTES / size_of::<[i32; 2]>();
    let n = (n.max(0) as usize).min(PAIRS_MAX);
    // SAFETY: the buffer is aligned to 8 and holds that many pairs; releasing runs no Lua that could write to it.
    vm::release_references(unsafe { core::slice::from_raw_parts(host::buffer().cast(), n) });
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_heap_collect() {
    vm::collect();
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_home_forget() {
    vm::forget_home();
}

#[unsafe(no_mangle)]
pub extern "C" fn cu_heap_get(which: i32) -> i32 {
    match which {
        0 => vm::lua_bytes(),
        1 => heap::used_bytes() as i32,
        2 => heap::peak_bytes() as i32,
        3 => handles::live() as i32,
        4 => reference::live() as i32,
        _ => 0,
    }
}
