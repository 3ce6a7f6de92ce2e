//! The steps pass: it lets a linked module count what its compiler does not see, calls and loops of functions that a list names.
//!
//! The module exports the address of its counter, `__cu_steps`, an `i32` of steps left and behind it the address of the running thread, and
//! a function `__cu_steps_spent(thread)`, which is called when the count falls below 0 and may throw. The pass therefore runs before the
//! unwind pass.
//! docs/LIMITS.md explains what is counted and why.
//!
//! Refused: a name that no function has, a function of the wrong shape, a function without a loop where one is to be counted.

mod code;
mod error;
mod list;

pub use error::StepsError;
pub use list::{Kind, List};

use code::Counter;
use std::collections::BTreeSet;
use walrus::ir::{Instr, InstrSeqId, Loop, Visitor, dfs_in_order};
use walrus::{ExportItem, FunctionId, FunctionKind, GlobalKind, Module, RawCustomSection, ValType};

/// Says that a module has been through the pass.
const SECTION: &str = "cu.steps";

/// Applies the pass and returns the new module. One that has been through it, and any with an empty list, is returned as it is.
pub fn count(wasm: &[u8], list: &List) -> Result<Vec<u8>, StepsError> {
    let mut module = Module::from_buffer(wasm).map_err(|e| StepsError::Parse(format!("{e:#}")))?;
    if list.entries.is_empty() || module.customs.iter().any(|(_, section)| section.name() == SECTION) {
        return Ok(wasm.to_vec());
    }
    let counter = Counter { address: address(&module)?, memory: memory(&module)?, spent: spent(&module)? };
    for (kind, name) in &list.entries {
        for function in named(&module, name)? {
            add(&mut module, function, *kind, name, &counter)?;
        }
    }
    module.customs.add(RawCustomSection { name: SECTION.into(), data: vec![1] });
    Ok(module.emit_wasm())
}

fn add(module: &mut Module, function: FunctionId, kind: Kind, name: &str, counter: &Counter) -> Result<(), StepsError> {
    let wrong = |what| StepsError::Shape { function: name.to_owned(), what };
    let body = module.funcs.get(function).kind.unwrap_local();
    let (entry, args) = (body.entry_block(), body.args.clone());
    let is_i32 = |index: usize| args.get(index).is_some_and(|arg| module.locals.get(*arg).ty() == ValType::I32);
    match kind {
        Kind::Call if !is_i32(0) => Err(wrong("its first parameter is no i32")),
        Kind::Bytes if !is_i32(2) => Err(wrong("its third parameter is no i32")),
        Kind::Call => {
            let code = [counter.set_thread(args[0]), counter.step(module, function)].concat();
            insert(module, function, entry, code);
            Ok(())
        }
        Kind::Bytes => {
            insert(module, function, entry, counter.charge_bytes(args[2]));
            Ok(())
        }
        Kind::Loop | Kind::Count => {
            let loops = loops(module, function);
            for seq in &loops {
                let code = if kind == Kind::Loop { counter.step(module, function) } else { counter.charge_one() };
                insert(module, function, *seq, code);
            }
            if loops.is_empty() { Err(wrong("it has no loop")) } else { Ok(()) }
        }
    }
}

fn insert(module: &mut Module, function: FunctionId, seq: InstrSeqId, code: Vec<Instr>) {
    let body = module.funcs.get_mut(function).kind.unwrap_local_mut();
    body.block_mut(seq).splice(0..0, code.into_iter().map(|instr| (instr, Default::default())));
}

fn loops(module: &Module, function: FunctionId) -> BTreeSet<InstrSeqId> {
    struct Loops(BTreeSet<InstrSeqId>);
    impl Visitor<'_> for Loops {
        fn visit_loop(&mut self, found: &Loop) {
            self.0.insert(found.seq);
        }
    }
    let body = module.funcs.get(function).kind.unwrap_local();
    let mut found = Loops(BTreeSet::new());
    dfs_in_order(&mut found, body, body.entry_block());
    found.0
}

/// Functions of one name: C's static ones may share it.
fn named(module: &Module, name: &str) -> Result<Vec<FunctionId>, StepsError> {
    let is_it = |f: &&walrus::Function| f.name.as_deref() == Some(name) && matches!(f.kind, FunctionKind::Local(_));
    let found: Vec<_> = module.funcs.iter().filter(is_it).map(|f| f.id()).collect();
    if found.is_empty() { Err(StepsError::Missing(name.to_owned())) } else { Ok(found) }
}

fn address(module: &Module) -> Result<i32, StepsError> {
    let export = module.exports.iter().find(|e| e.name == "__cu_steps").map(|e| &e.item);
    let Some(ExportItem::Global(global)) = export else { return Err(StepsError::NoCounter) };
    match module.globals.get(*global).kind {
        GlobalKind::Local(walrus::ConstExpr::Value(walrus::ir::Value::I32(address))) => Ok(address),
        _ => Err(StepsError::NoCounter),
    }
}

fn spent(module: &Module) -> Result<FunctionId, StepsError> {
    let function = module.exports.get_func("__cu_steps_spent").map_err(|_| StepsError::NoSpent)?;
    let ty = module.types.get(module.funcs.get(function).ty());
    let fits = ty.params() == [ValType::I32] && ty.results().is_empty();
    if fits { Ok(function) } else { Err(StepsError::NoSpent) }
}

fn memory(module: &Module) -> Result<walrus::MemoryId, StepsError> {
    module.memories.iter().next().map(|memory| memory.id()).ok_or(StepsError::NoCounter)
}
