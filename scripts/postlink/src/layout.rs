//! What the linker leaves for tools: where static data ends. It is read, and then removed from the exports.
//!
//! Stack and static data come first in memory and the linker is told its size, so bytes behind the end of static data
//! are lost to everyone. A few are padding; more is a mistake in the link's arithmetic.

use crate::Error;
use walrus::ir::Value;
use walrus::{ConstExpr, ExportItem, GlobalKind, Module};

/// Exports that serve the link alone begin with this: the linker's own, and the functions that Rust has for C, which cargo
/// exports together with the module's.
const INTERNAL_PREFIX: &str = "__";

/// A linked module without the linker's leftovers, and where its static data ends.
pub struct Linked {
    /// The module.
    pub wasm: Vec<u8>,
    /// The first byte that neither stack nor static data uses.
    pub data_end_bytes: u32,
}

/// Reads `__heap_base` and removes what only the link needed. `target_features` goes too: it names what the compilers
/// knew, not what the module uses, and would switch those features on in `wasm-opt`.
pub fn take(wasm: &[u8]) -> Result<Linked, Error> {
    let mut module = Module::from_buffer(wasm).map_err(|e| Error::NotWasm(format!("{e:#}")))?;
    let data_end_bytes = heap_base(&module).ok_or(Error::NoHeapBase)?;
    let internal: Vec<_> = module.exports.iter().filter(|e| e.name.starts_with(INTERNAL_PREFIX)).map(|e| e.id()).collect();
    for export in internal {
        module.exports.delete(export);
    }
    module.customs.remove_raw("target_features");
    let wasm = module.emit_wasm();
    Ok(Linked { wasm, data_end_bytes })
}

fn heap_base(module: &Module) -> Option<u32> {
    let export = module.exports.iter().find(|e| e.name == "__heap_base")?;
    let ExportItem::Global(global) = export.item else {
        return None;
    };
    match module.globals.get(global).kind {
        GlobalKind::Local(ConstExpr::Value(Value::I32(address))) => Some(address as u32),
        _ => None,
    }
}
