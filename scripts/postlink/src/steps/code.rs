//! The code that counts.

use walrus::ir::{BinaryOp, Binop, Call, Const, IfElse, Instr, Load, LoadKind, LocalGet, LocalTee, MemArg, Store, StoreKind, Value};
use walrus::{FunctionId, LocalId, MemoryId, Module, ValType};

/// Behind the steps left: the running thread.
const THREAD_OFFSET: u64 = 4;
/// A step is 64 bytes.
const STEP_BYTES_LOG2: i32 = 6;

/// Where the counter is, and what to call when it is spent.
pub struct Counter {
    pub address: i32,
    pub memory: MemoryId,
    pub spent: FunctionId,
}

impl Counter {
    /// thread = local
    pub fn set_thread(&self, local: LocalId) -> Vec<Instr> {
        vec![self.base(), LocalGet { local }.into(), self.store(THREAD_OFFSET)]
    }

    /// if (--left < 0) spent(thread)
    pub fn step(&self, module: &mut Module, function: FunctionId) -> Vec<Instr> {
        let local = module.locals.add(ValType::I32);
        let call = [self.base(), self.load(THREAD_OFFSET), Call { func: self.spent }.into()];
        let builder = module.funcs.get_mut(function).kind.unwrap_local_mut().builder_mut();
        let alternative = builder.dangling_instr_seq(None).id();
        let mut then = builder.dangling_instr_seq(None);
        then.instrs_mut().extend(call.map(|instr| (instr, Default::default())));
        let consequent = then.id();
        let mut code = self.subtract(vec![number(1)]);
        let store = code.pop();
        code.push(LocalTee { local }.into());
        code.extend(store);
        code.extend([LocalGet { local }.into(), number(0), binary(BinaryOp::I32LtS), IfElse { consequent, alternative }.into()]);
        code
    }

    /// left -= 1
    pub fn charge_one(&self) -> Vec<Instr> {
        self.subtract(vec![number(1)])
    }

    /// left -= local / 64
    pub fn charge_bytes(&self, local: LocalId) -> Vec<Instr> {
        self.subtract(vec![LocalGet { local }.into(), number(STEP_BYTES_LOG2), binary(BinaryOp::I32ShrU)])
    }

    fn subtract(&self, amount: Vec<Instr>) -> Vec<Instr> {
        let mut code = vec![self.base(), self.base(), self.load(0)];
        code.extend(amount);
        code.extend([binary(BinaryOp::I32Sub), self.store(0)]);
        code
    }

    fn base(&self) -> Instr {
        number(self.address)
    }

    fn load(&self, offset: u64) -> Instr {
        Load { memory: self.memory, kind: LoadKind::I32 { atomic: false }, arg: MemArg { align: 4, offset } }.into()
    }

    fn store(&self, offset: u64) -> Instr {
        Store { memory: self.memory, kind: StoreKind::I32 { atomic: false }, arg: MemArg { align: 4, offset } }.into()
    }
}

fn number(value: i32) -> Instr {
    Const { value: Value::I32(value) }.into()
}

fn binary(op: BinaryOp) -> Instr {
    Binop { op }.into()
}
