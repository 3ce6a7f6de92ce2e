//! The only import block of the module: docs/ABI.md §4.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    pub safe fn js_ext_table_get(handle: i32, ktag: i32, k: i32) -> i32;
    pub safe fn js_ext_table_set(handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> i32;
    pub safe fn js_ext_table_next(handle: i32, ktag: i32, k: i32) -> i32;
    pub safe fn js_ext_table_len(handle: i32) -> f64;
    pub safe fn js_ext_table_op(op: i32, a: i32, b: i32) -> i32;
    pub safe fn js_function_call(handle: i32, n: i32) -> i32;
    pub safe fn js_stream_push(bytes: i32);
    pub safe fn js_stream_pull() -> i32;
    pub safe fn js_output_write(stream: i32, address: *const u8, bytes: usize);
    pub safe fn js_clock_get(which: i32) -> f64;
}
