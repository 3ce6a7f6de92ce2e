//! The global `unwinding`, and the bodies of `cu_throw` and `cu_protect`.

use super::UnwindError;
use walrus::ir::{BinaryOp, Value};
use walrus::{ConstExpr, FunctionId, GlobalId, GlobalKind, InstrSeqBuilder, LocalId, Module, TableId, ValType};

/// What the rest of the pass needs to know of the generated code.
pub struct Runtime {
    /// 0, or the `c` of the handler that a throw is meant for.
    pub unwinding: GlobalId,
    /// C's stack pointer, from the linker.
    pub stack_pointer: GlobalId,
    /// Sets `unwinding`.
    pub throw: FunctionId,
    /// The handler: the only function whose calls are not followed by a check.
    pub protect: FunctionId,
}

/// Replaces the two imports by functions of the module.
pub fn install(module: &mut Module) -> Result<Runtime, UnwindError> {
    let throw = import(module, "cu_throw", 1, "(i32) -> ()")?;
    let protect = import(module, "cu_protect", 4, "(i32, i32, i32, i32) -> ()")?;
    let stack_pointer = stack_pointer(module)?;
    let table = function_table(module)?;
    let unwinding = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    module.globals.get_mut(unwinding).name = Some("unwinding".into());

    replace(module, throw, |body, args| throw_body(body, args, unwinding));
    let target = module.types.add(&[ValType::I32, ValType::I32], &[]);
    let saved = module.locals.add(ValType::I32);
    replace(module, protect, |body, args| {
        let [f, l, ud, c] = args[..] else { unreachable!("the signature was checked") };
        body.global_get(stack_pointer).local_set(saved);
        body.local_get(l).local_get(ud).local_get(f);
        body.call_indirect(target, table);
        body.local_get(saved).global_set(stack_pointer);
        body.global_get(unwinding).local_get(c).binop(BinaryOp::I32Eq);
        body.if_else(
            None,
            |mine| {
                mine.i32_const(0).global_set(unwinding);
            },
            |_| {},
        );
    });
    Ok(Runtime { unwinding, stack_pointer, throw, protect })
}

/// A throw at nobody traps: 0 would read as "not unwinding", and execution would go on behind the throw.
fn throw_body(body: &mut InstrSeqBuilder, args: &[LocalId], unwinding: GlobalId) {
    body.local_get(args[0]).if_else(
        None,
        |_| {},
        |nobody| {
            nobody.unreachable();
        },
    );
    body.local_get(args[0]).global_set(unwinding);
}

fn replace(module: &mut Module, function: FunctionId, build: impl FnOnce(&mut InstrSeqBuilder, &[LocalId])) {
    module.replace_imported_func(function, |(body, args)| build(body, args)).expect("the function was found among the imports");
}

fn import(module: &Module, name: &'static str, params: usize, expected: &'static str) -> Result<FunctionId, UnwindError> {
    let function = module.imports.get_func("env", name).map_err(|_| UnwindError::MissingImport(name))?;
    let ty = module.types.get(module.funcs.get(function).ty());
    if ty.params() != vec![ValType::I32; params] || !ty.results().is_empty() {
        let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let found = format!("({}) -> ({})", list(ty.params()), list(ty.results()));
        return Err(UnwindError::ImportType { name, expected, found });
    }
    Ok(function)
}

fn stack_pointer(module: &Module) -> Result<GlobalId, UnwindError> {
    let global = module.globals.iter().find(|g| g.name.as_deref() == Some("__stack_pointer")).ok_or(UnwindError::MissingStackPointer)?;
    let local = matches!(global.kind, GlobalKind::Local(_));
    if !(local && global.mutable && global.ty == ValType::I32) {
        return Err(UnwindError::StackPointerType);
    }
    Ok(global.id())
}

fn function_table(module: &Module) -> Result<TableId, UnwindError> {
    module.tables.main_function_table().ok().flatten().ok_or(UnwindError::MissingTable)
}
