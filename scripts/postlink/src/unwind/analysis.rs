//! Which functions may throw.
//!
//! A function may throw when it calls `cu_throw`, or a function that may throw, or when it makes an indirect call whose
//! signature is that of a function that may throw and whose address is taken. Everything else gets no code added.

use super::UnwindError;
use super::runtime::Runtime;
use std::collections::{BTreeSet, HashSet};
use walrus::ir::{Call, CallIndirect, Instr, InstrLocId, RefFunc, ReturnCall, ReturnCallIndirect, Visitor, dfs_in_order};
use walrus::{ConstExpr, ConstOp, ElementItems, FunctionId, FunctionKind, GlobalKind, Module, TypeId, ValType};

/// The functions that may throw, with the indirect signatures under which one of them can be reached.
#[derive(Default)]
pub struct Throwing {
    functions: BTreeSet<FunctionId>,
    signatures: HashSet<Signature>,
}

type Signature = (Vec<ValType>, Vec<ValType>);

impl Throwing {
    /// Whether a direct call of the function may come back unwinding.
    pub fn function(&self, id: FunctionId) -> bool {
        self.functions.contains(&id)
    }

    /// Whether an indirect call with this signature may come back unwinding.
    pub fn signature(&self, module: &Module, ty: TypeId) -> bool {
        self.signatures.contains(&signature(module, ty))
    }
}

impl<'a> IntoIterator for &'a Throwing {
    type Item = &'a FunctionId;
    type IntoIter = std::collections::btree_set::Iter<'a, FunctionId>;
    fn into_iter(self) -> Self::IntoIter {
        self.functions.iter()
    }
}

/// Finds them: a fixed point, reached in a few rounds over all functions.
pub fn throwing_functions(module: &Module, runtime: &Runtime) -> Result<Throwing, UnwindError> {
    let bodies = local_calls(module)?;
    let taken = address_taken(module, &bodies);
    let mut throwing = Throwing::default();
    add(module, &mut throwing, &taken, runtime.throw);
    loop {
        let before = throwing.functions.len();
        for (id, calls) in &bodies {
            let may = calls.direct.iter().any(|f| throwing.function(*f)) || calls.indirect.iter().any(|t| throwing.signature(module, *t));
            if may {
                add(module, &mut throwing, &taken, *id);
            }
        }
        if throwing.functions.len() == before {
            return Ok(throwing);
        }
    }
}

fn add(module: &Module, throwing: &mut Throwing, taken: &HashSet<FunctionId>, id: FunctionId) {
    if throwing.functions.insert(id) && taken.contains(&id) {
        throwing.signatures.insert(signature(module, module.funcs.get(id).ty()));
    }
}

fn signature(module: &Module, ty: TypeId) -> Signature {
    let ty = module.types.get(ty);
    (ty.params().to_vec(), ty.results().to_vec())
}

/// What one body calls and refers to, and the first instruction in it that the pass cannot follow.
#[derive(Default)]
struct Calls {
    direct: HashSet<FunctionId>,
    indirect: HashSet<TypeId>,
    referenced: HashSet<FunctionId>,
    unsupported: Option<&'static str>,
}

impl<'instr> Visitor<'instr> for Calls {
    fn visit_instr(&mut self, instr: &'instr Instr, _: &'instr InstrLocId) {
        let unsupported = match instr {
            Instr::CallRef(_) => "call_ref",
            Instr::ReturnCallRef(_) => "return_call_ref",
            Instr::TryTable(_) => "try_table",
            Instr::Try(_) => "try",
            Instr::Throw(_) => "throw",
            Instr::ThrowRef(_) => "throw_ref",
            _ => return,
        };
        self.unsupported.get_or_insert(unsupported);
    }
    fn visit_call(&mut self, call: &Call) {
        self.direct.insert(call.func);
    }
    fn visit_return_call(&mut self, call: &ReturnCall) {
        self.direct.insert(call.func);
    }
    fn visit_call_indirect(&mut self, call: &CallIndirect) {
        self.indirect.insert(call.ty);
    }
    fn visit_return_call_indirect(&mut self, call: &ReturnCallIndirect) {
        self.indirect.insert(call.ty);
    }
    fn visit_ref_func(&mut self, reference: &RefFunc) {
        self.referenced.insert(reference.func);
    }
}

fn local_calls(module: &Module) -> Result<Vec<(FunctionId, Calls)>, UnwindError> {
    module
        .funcs
        .iter_local()
        .map(|(id, body)| {
            let mut calls = Calls::default();
            dfs_in_order(&mut calls, body, body.entry_block());
            match calls.unsupported {
                None => Ok((id, calls)),
                Some(instruction) => Err(UnwindError::Unsupported { function: name(module, id), instruction }),
            }
        })
        .collect()
}

/// Functions that an indirect call can reach: named by an element segment, a `ref.func`, a global or a table's default.
fn address_taken(module: &Module, bodies: &[(FunctionId, Calls)]) -> HashSet<FunctionId> {
    let mut taken: HashSet<FunctionId> = bodies.iter().flat_map(|(_, calls)| calls.referenced.iter().copied()).collect();
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(functions) => taken.extend(functions),
            ElementItems::Expressions(_, items) => items.iter().for_each(|e| refer(&mut taken, e)),
        }
    }
    for global in module.globals.iter() {
        if let GlobalKind::Local(init) = &global.kind {
            refer(&mut taken, init);
        }
    }
    for init in module.tables.iter().filter_map(|t| t.init.as_ref()) {
        refer(&mut taken, init);
    }
    taken
}

fn refer(taken: &mut HashSet<FunctionId>, expression: &ConstExpr) {
    match expression {
        ConstExpr::RefFunc(f) => {
            taken.insert(*f);
        }
        ConstExpr::Extended(ops) => taken.extend(ops.iter().filter_map(|op| match op {
            ConstOp::RefFunc(f) => Some(*f),
            _ => None,
        })),
        _ => {}
    }
}

/// A function's name for messages; imports that carry none go by the name that they are imported under.
pub fn name(module: &Module, id: FunctionId) -> String {
    let function = module.funcs.get(id);
    match (&function.name, &function.kind) {
        (Some(name), _) => name.clone(),
        (None, FunctionKind::Import(i)) => module.imports.get(i.import).name.clone(),
        (None, _) => format!("#{}", id.index()),
    }
}
