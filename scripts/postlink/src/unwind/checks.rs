//! The code behind a call: if unwinding, return zeros.
//!
//! The check is an `if` with the return inside, wherever the call is: what lies below on the operand stack goes with the
//! frame. (A branch to one common exit is shorter before `wasm-opt`, but longer after it; docs/UNWIND.md has figures.)

use super::UnwindError;
use super::analysis::{Throwing, name};
use super::runtime::Runtime;
use std::collections::HashSet;
use walrus::ir::{BinaryOp, Const, GlobalGet, IfElse, Instr, InstrSeq, InstrSeqId, RefNull, Return, UnaryOp, Value, Visitor, dfs_in_order};
use walrus::{FunctionId, LocalFunction, Module, ValType};

/// Adds the checks to one function that may throw.
pub fn add(module: &mut Module, id: FunctionId, throwing: &Throwing, runtime: &Runtime) -> Result<(), UnwindError> {
    if id == runtime.throw || id == runtime.protect {
        return Ok(());
    }
    let sites = sites(module, id, throwing, runtime);
    if sites.is_empty() {
        return Ok(());
    }
    let leave = return_zeros(module, id)?;
    let body = module.funcs.get_mut(id).kind.unwrap_local_mut();
    // From the last to the first, so that the places still to come stay right.
    for (seq, index) in sites.into_iter().rev() {
        insert(body, seq, index, &leave, runtime);
    }
    Ok(())
}

fn insert(body: &mut LocalFunction, seq: InstrSeqId, index: usize, leave: &[Instr], runtime: &Runtime) {
    let leave = leave.iter().map(|i| (i.clone(), Default::default()));
    let builder = body.builder_mut();
    let alternative = builder.dangling_instr_seq(None).id();
    let mut then = builder.dangling_instr_seq(None);
    then.instrs_mut().extend(leave);
    let consequent = then.id();
    let global = runtime.unwinding;
    let check: [Instr; 2] = [GlobalGet { global }.into(), IfElse { consequent, alternative }.into()];
    let check = check.map(|instr| (instr, Default::default()));
    body.block_mut(seq).splice(index + 1..index + 1, check);
}

fn return_zeros(module: &Module, id: FunctionId) -> Result<Vec<Instr>, UnwindError> {
    let results = module.types.results(module.funcs.get(id).ty());
    let zeros: Option<Vec<Instr>> = results.iter().map(|ty| zero(*ty)).collect();
    let mut leave = zeros.ok_or_else(|| UnwindError::NoZero { function: name(module, id) })?;
    leave.push(Return {}.into());
    Ok(leave)
}

fn zero(ty: ValType) -> Option<Instr> {
    let value = match ty {
        ValType::I32 => Value::I32(0),
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0.0),
        ValType::F64 => Value::F64(0.0),
        ValType::V128 => Value::V128(0),
        ValType::Ref(ty) => return ty.nullable.then(|| RefNull { ty }.into()),
    };
    Some(Const { value }.into())
}

/// The calls of a function that need a check, in order of instruction within each sequence.
fn sites(module: &Module, id: FunctionId, throwing: &Throwing, runtime: &Runtime) -> Vec<(InstrSeqId, usize)> {
    let body = module.funcs.get(id).kind.unwrap_local();
    let tails = Tails::of(body, runtime);
    let mut all = Sequences::default();
    dfs_in_order(&mut all, body, body.entry_block());
    let mut sites = Vec::new();
    for seq in all.0.into_iter().map(|id| body.block(id)) {
        for (index, (instr, _)) in seq.iter().enumerate() {
            let may_throw = match instr {
                Instr::Call(call) => throwing.function(call.func),
                Instr::CallIndirect(call) => throwing.signature(module, call.ty),
                _ => false,
            };
            if may_throw && !tails.returns_after(seq, index) {
                sites.push((seq.id(), index));
            }
        }
    }
    sites
}

#[derive(Default)]
struct Sequences(Vec<InstrSeqId>);

impl<'instr> Visitor<'instr> for Sequences {
    fn start_instr_seq(&mut self, seq: &'instr InstrSeq) {
        self.0.push(seq.id());
    }
}

/// Places from which a function does nothing but return: a call there needs no check, because its caller has one.
struct Tails<'a> {
    runtime: &'a Runtime,
    /// Sequences behind whose end only the return follows.
    ends: HashSet<InstrSeqId>,
    /// Those of them that a branch leaves by their end (a branch to a loop goes back to its head).
    labels: HashSet<InstrSeqId>,
}

impl<'a> Tails<'a> {
    fn of(body: &LocalFunction, runtime: &'a Runtime) -> Tails<'a> {
        let entry = body.entry_block();
        let mut tails = Tails { runtime, ends: HashSet::from([entry]), labels: HashSet::from([entry]) };
        // Outer sequences come first, so that an inner one finds its parent's answer.
        let mut open = vec![entry];
        while let Some(id) = open.pop() {
            let seq = body.block(id);
            for (index, (instr, _)) in seq.iter().enumerate() {
                let (inner, is_loop) = match instr {
                    Instr::Block(b) => (vec![b.seq], false),
                    Instr::Loop(l) => (vec![l.seq], true),
                    Instr::IfElse(i) => (vec![i.consequent, i.alternative], false),
                    _ => continue,
                };
                if tails.returns_after(seq, index) {
                    tails.ends.extend(&inner);
                    if !is_loop {
                        tails.labels.extend(&inner);
                    }
                }
                open.extend(inner);
            }
        }
        tails
    }

    /// Whether only harmless instructions lie between this one and the function's return.
    fn returns_after(&self, seq: &InstrSeq, index: usize) -> bool {
        for (instr, _) in &seq.instrs[index + 1..] {
            match instr {
                Instr::Return(_) => return true,
                Instr::Br(br) => return self.labels.contains(&br.block),
                other if self.is_harmless(other) => {}
                _ => return false,
            }
        }
        self.ends.contains(&seq.id())
    }

    /// Seen by nobody when the function then returns while unwinding: `cu_protect` restores the stack pointer anyway.
    fn is_harmless(&self, instr: &Instr) -> bool {
        match instr {
            Instr::GlobalSet(set) => set.global == self.runtime.stack_pointer,
            Instr::Binop(op) => matches!(op.op, BinaryOp::I32Add | BinaryOp::I32Sub | BinaryOp::I32Ne | BinaryOp::I32Eq),
            Instr::Unop(op) => matches!(op.op, UnaryOp::I32Eqz),
            Instr::LocalGet(_) | Instr::LocalSet(_) | Instr::LocalTee(_) => true,
            Instr::GlobalGet(_) | Instr::Const(_) | Instr::Drop(_) => true,
            _ => false,
        }
    }
}
