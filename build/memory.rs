//! The layout of the linear memory (docs/ARCHITECTURE.md, "Memory"): the C stack first, so that an overflow traps instead of
//! overwriting data, then static data, which includes the heap region and the I/O buffer.

use crate::env::{DEFAULT_HEAP_BYTES, Env};

const PAGE_BYTES: usize = 65_536;
/// The default module's memory.
const MEMORY_BYTES: usize = 2_097_152;
/// What static data leaves of the default memory. The check on the artifact fails when more than 8 KiB stay unused,
/// and the linker when static data needs more than is left.
const STACK_BYTES: usize = 432_128;

pub fn lay_out(env: &Env) -> Result<(), String> {
    let constants = format!("/// Bytes of the heap region.\npub const HEAP_BYTES: usize = {};\n", env.heap_bytes);
    std::fs::write(env.out_dir.join("memory.rs"), constants).map_err(|e| format!("memory.rs: {e}"))?;
    println!("cargo:rustc-check-cfg=cfg(cu_system_heap)");
    if env.system_heap {
        println!("cargo:rustc-cfg=cu_system_heap");
    }
    // Cargo hands these on to what links this crate; the memory of an application is its own affair.
    if env.is_wasm && !env.is_bindgen {
        let memory = (MEMORY_BYTES - DEFAULT_HEAP_BYTES + env.heap_bytes).next_multiple_of(PAGE_BYTES);
        for argument in [
            "--stack-first".to_owned(),
            format!("-zstack-size={STACK_BYTES}"),
            format!("--initial-memory={memory}"),
            format!("--max-memory={memory}"),
            "--export=__heap_base".to_owned(),
        ] {
            println!("cargo:rustc-link-arg-cdylib={argument}");
        }
    }
    Ok(())
}
