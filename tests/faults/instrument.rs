//! Lets a test make allocations fail: `instrument IN.wasm OUT.wasm`. IN is the module as it ships but with its names; OUT is the same with a
//! counter in front of the two functions of `src/heap/` through which all memory is got.
//!
//! OUT exports four globals more, each a mutable `i32`: `fault_attempts` counts the requests for a block, or for a larger one, that were made
//! so far, and those from number `fault_from` on fail, `fault_count` of them. A block that becomes smaller never fails, as in the module.
//! The fourth, `fault_stack`, is the module's stack pointer, so that a test can bring its end near.
//!
//! Refused: a module in which one of the two functions is missing, because it was compiled into its callers.

use cu_postlink::Error;
use cu_postlink::build::{read, write_whole};
use walrus::ir::{BinaryOp, Value};
use walrus::{ConstExpr, FunctionId, GlobalId, InstrSeqBuilder, LocalId, Module, ValType};

/// The ends of the names that Rust's compiler gives `heap::allocate(bytes, align)` and `heap::resize(block, old_bytes, align, bytes)`.
const ALLOCATE: &str = "2cu4heap8allocate";
const RESIZE: &str = "2cu4heap6resize";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = &arguments[..] else { return Err("usage: instrument IN.wasm OUT.wasm".into()) };
    let mut module = Module::from_buffer(&read(input.as_ref())?).map_err(|e| format!("{input}: {e:#}"))?;
    let stack =
        module.globals.iter().find(|g| g.name.as_deref() == Some("__stack_pointer")).ok_or("no global is called __stack_pointer")?.id();
    module.exports.add("fault_stack", stack);
    let faults = Faults::add(&mut module);
    let allocate = named(&module, ALLOCATE)?;
    faults.insert(&mut module, allocate, |_, _| {});
    let resize = named(&module, RESIZE)?;
    faults.insert(&mut module, resize, |code, args| {
        code.local_get(args[3]).local_get(args[1]).binop(BinaryOp::I32GtU);
    });
    write_whole(output.as_ref(), &module.emit_wasm()).map_err(Error::into)
}

fn named(module: &Module, end: &str) -> Result<FunctionId, String> {
    let found = module.funcs.iter().find(|f| f.name.as_deref().is_some_and(|name| name.ends_with(end)));
    found.map(|f| f.id()).ok_or(format!("no function's name ends with {end}: is it compiled into its callers?"))
}

struct Faults {
    attempts: GlobalId,
    from: GlobalId,
    count: GlobalId,
}

impl Faults {
    fn add(module: &mut Module) -> Faults {
        let mut global = |name: &str| {
            let id = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
            module.exports.add(name, id);
            id
        };
        Faults { attempts: global("fault_attempts"), from: global("fault_from"), count: global("fault_count") }
    }

    /// At the function's head: if (condition) { attempts += 1; if (attempts - from < count) return 0 }. No condition holds always.
    fn insert(&self, module: &mut Module, function: FunctionId, condition: impl Fn(&mut InstrSeqBuilder, &[LocalId])) {
        let body = module.funcs.get_mut(function).kind.unwrap_local_mut();
        let args = body.args.clone();
        let mut entry = body.builder_mut().func_body();
        let rest = std::mem::take(entry.instrs_mut());
        condition(&mut entry, &args);
        if entry.instrs().is_empty() {
            entry.i32_const(1);
        }
        entry.if_else(
            None,
            |then| {
                then.global_get(self.attempts).i32_const(1).binop(BinaryOp::I32Add).global_set(self.attempts);
                then.global_get(self.attempts).global_get(self.from).binop(BinaryOp::I32Sub);
                then.global_get(self.count).binop(BinaryOp::I32LtU);
                then.if_else(
                    None,
                    |fail| {
                        fail.i32_const(0).return_();
                    },
                    |_| {},
                );
            },
            |_| {},
        );
        entry.instrs_mut().extend(rest);
    }
}
