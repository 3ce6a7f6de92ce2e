//! What the tests share: modules from text, and running them on an interpreter that knows nothing of the pass.

use cu_postlink::unwind::unwind;
use wasmi::{Caller, Config, Engine, Error, Instance, Linker, Module, Store, Val};

/// What nearly every module here begins with. `$mark` appends a digit to a trace, so that a number tells which places were
/// passed and in which order; `$try` calls table entry `$f` under protection.
pub const PRELUDE: &str = r#"
    (type $body (func (param i32 i32)))
    (import "env" "cu_throw" (func $throw (param i32)))
    (import "env" "cu_protect" (func $protect (param i32 i32 i32 i32)))
    (import "env" "host" (func $host (param i32) (result i32)))
    (memory (export "memory") 1)
    (table $table 16 funcref)
    (global $__stack_pointer (mut i32) (i32.const 4096))
    (global $trace (mut i32) (i32.const 0))
    (func $mark (param i32)
      (global.set $trace
        (i32.add (i32.mul (global.get $trace) (i32.const 10)) (local.get 0))))
    (func $try (param $f i32) (param $c i32)
      (call $protect (local.get $f) (i32.const 11) (i32.const 22) (local.get $c)))
    (func (export "trace") (result i32) (global.get $trace))
"#;

/// A module of the prelude and `rest`, as the linker would deliver it.
pub fn linked(rest: &str) -> Vec<u8> {
    assemble(&format!("(module {PRELUDE} {rest})"))
}

/// A module from text.
pub fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// A module that has been through the pass, checked to be valid.
pub fn unwound(rest: &str) -> Vec<u8> {
    let wasm = unwind(&linked(rest)).unwrap_or_else(|e| panic!("{e}\n{rest}"));
    let valid = wasmparser::Validator::new().validate_all(&wasm);
    assert!(valid.is_ok(), "{:?}\n{rest}", valid.err());
    wasm
}

/// Instructions that one instance may execute, far more than any test needs.
const FUEL: u64 = 10_000_000;

/// A running module. Its host function `env.host(n)` calls the export `inner(n)`: re-entrance.
pub struct Running {
    store: Store<()>,
    instance: Instance,
}

impl Running {
    /// Instantiates it; a start function that traps is an error.
    pub fn start(wasm: &[u8]) -> Result<Running, Error> {
        let engine = Engine::new(Config::default().consume_fuel(true));
        let module = Module::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        linker.func_wrap("env", "host", reenter)?;
        let mut store = Store::new(&engine, ());
        // A loop that should have been left ends as a failure, not as a test that hangs.
        store.set_fuel(FUEL)?;
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        Ok(Running { store, instance })
    }

    /// Calls an export that takes integers and returns one. `None` is a trap by `unreachable`, the only one intended here.
    pub fn call(&mut self, export: &str, arguments: &[i32]) -> Option<i32> {
        let function = self.instance.get_func(&self.store, export);
        let function = function.unwrap_or_else(|| panic!("no export {export}"));
        let arguments: Vec<Val> = arguments.iter().map(|n| Val::I32(*n)).collect();
        let mut result = [Val::I32(0)];
        match function.call(&mut self.store, &arguments, &mut result) {
            Ok(()) => result[0].i32(),
            Err(trap) => {
                assert_eq!(trap.as_trap_code(), Some(wasmi::TrapCode::UnreachableCodeReached), "{trap}");
                None
            }
        }
    }
}

fn reenter(mut caller: Caller<()>, n: i32) -> Result<i32, Error> {
    let inner = caller.get_export("inner").and_then(|e| e.into_func());
    let inner = inner.expect("a module that calls host() exports inner()");
    inner.typed::<i32, i32>(&caller)?.call(&mut caller, n)
}
