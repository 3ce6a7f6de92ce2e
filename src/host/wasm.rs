//! The only import block of the module: docs/ABI.md §4.

use crate::codec::ahead;

/// Declares the imports, and for each a function that calls it.
macro_rules! imports {
    ($(fn $name:ident($($parameter:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        mod env {
            #[link(wasm_import_module = "env")]
            unsafe extern "C" {
                $(pub safe fn $name($($parameter: $type),*) $(-> $result)?;)*
            }
        }
        $(
            #[inline(always)]
            pub fn $name($($parameter: $type),*) $(-> $result)? {
                ahead::forget();
                let result = env::$name($($parameter),*);
                // The host may have called back, and Lua code may have begun a traversal then.
                ahead::forget();
                result
            }
        )*
    };
}

imports! {
    fn js_ext_table_get(handle: i32, ktag: i32, k: i32) -> i32;
    fn js_ext_table_set(handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> i32;
    fn js_ext_table_next(handle: i32, ktag: i32, k: i32) -> i32;
    fn js_ext_table_len(handle: i32) -> f64;
    fn js_ext_table_op(op: i32, a: i32, b: i32) -> i32;
    fn js_function_call(handle: i32, n: i32) -> i32;
    fn js_stream_push(bytes: i32);
    fn js_stream_pull() -> i32;
    fn js_output_write(stream: i32, address: *const u8, bytes: usize);
    fn js_clock_get(which: i32) -> f64;
}
