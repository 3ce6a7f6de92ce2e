//! The border with the host: no export is entered or left while unwinding.
//!
//! A host cannot take part in the unwinding, so code behind an export must run under `cu_protect`. The guard is the net
//! below that rule: it traps, which ends the instance, instead of running on with a frame half left. The start function
//! gets the same guard. A function that is also in the table stays as it is there; only the export is guarded.

use super::analysis::Throwing;
use super::runtime::Runtime;
use std::collections::BTreeMap;
use walrus::{ExportItem, FunctionBuilder, FunctionId, InstrSeqBuilder, Module};

/// Replaces every exported function, and the start function, by a guarded one.
pub fn add(module: &mut Module, throwing: &Throwing, runtime: &Runtime) {
    let exported: Vec<_> = module
        .exports
        .iter()
        .filter_map(|e| match e.item {
            ExportItem::Function(f) => Some((e.id(), e.name.clone(), f)),
            _ => None,
        })
        .collect();
    let mut guards = BTreeMap::new();
    for (export, name, function) in exported {
        let guard = *guards.entry(function).or_insert_with(|| guard(module, &name, function, throwing, runtime));
        module.exports.get_mut(export).item = ExportItem::Function(guard);
    }
    if let Some(start) = module.start {
        module.start = Some(guard(module, "start", start, throwing, runtime));
    }
}

/// A function that checks, calls, and, where the callee may throw, checks again.
fn guard(module: &mut Module, name: &str, function: FunctionId, throwing: &Throwing, runtime: &Runtime) -> FunctionId {
    let (params, results) = module.types.params_results(module.funcs.get(function).ty());
    let (params, results) = (params.to_vec(), results.to_vec());
    let args: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.name(format!("{name}.guard"));
    let mut body = builder.func_body();
    trap_if_unwinding(&mut body, runtime);
    for arg in &args {
        body.local_get(*arg);
    }
    body.call(function);
    if throwing.function(function) {
        trap_if_unwinding(&mut body, runtime);
    }
    builder.finish(args, &mut module.funcs)
}

fn trap_if_unwinding(body: &mut InstrSeqBuilder, runtime: &Runtime) {
    body.global_get(runtime.unwinding).if_else(
        None,
        |trap| {
            trap.unreachable();
        },
        |_| {},
    );
}
