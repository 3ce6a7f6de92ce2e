//! What the tests share: a `Vm`, and chunks that must end well.

use cu::{Error, Table, Value, Vm};

/// The same seed in every run.
pub const SEED: u32 = 20_250_101;

pub fn vm() -> Vm {
    Vm::new(SEED).expect("a thread of a test has no other Vm")
}

/// All results of a chunk.
pub fn results(vm: &Vm, source: &str, arguments: &[Value]) -> Vec<Value> {
    vm.compute(source, "=test", arguments).unwrap_or_else(|error| panic!("{source}\n{error}\n{:?}", error.traceback))
}

/// Runs a chunk and takes its first result.
pub fn run(vm: &Vm, source: &str) -> Value {
    results(vm, source, &[]).into_iter().next().unwrap_or_default()
}

/// Runs a chunk that must fail.
pub fn failure(vm: &Vm, source: &str) -> Error {
    vm.compute(source, "=test", &[]).expect_err(source)
}

/// The table that a value is.
pub fn table(value: Value) -> Table {
    if let Value::Table(table) = value { table } else { panic!("{value:?} is no table") }
}

/// Each source returns something true.
pub fn check_true(vm: &Vm, sources: &[&str]) {
    for source in sources {
        assert_eq!(run(vm, source), Value::Boolean(true), "{source}");
    }
}
