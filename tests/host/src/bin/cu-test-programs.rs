//! usage: cu-test-programs MODULE.wasm < PROGRAMS > RESULTS
//!
//! Runs programs for tests/determinism, each in an instance of its own with a given seed and clock. PROGRAMS is a line of JSON for each,
//! `{ "seed", "now", "chunks": [[name, source], …] }`, RESULTS a line for each: `{ "output", "memory", "functions" }`, that is what the
//! chunks printed or failed with, the answers of `cu_heap_get` after each chunk and after a collection, and the code of the functions that lie in `_home`,
//! in hexadecimal digits.

use std::error::Error;
use std::io::{BufRead, Write};
use std::process::ExitCode;

use cu_test_host::{Code, Compiled, Instance, Options, Table, Value};
use serde_json::json;

/// Re-entrance down to Lua's own limit takes the engine's native frames with it.
const STACK_BYTES: usize = 1 << 27;
/// The questions of `cu_heap_get`: bytes used, their peak, handles.
const HEAP_NUMBERS: std::ops::RangeInclusive<i32> = 1..=3;

fn main() -> ExitCode {
    let Some(module) = std::env::args().nth(1) else {
        eprintln!("usage: cu-test-programs MODULE.wasm < PROGRAMS");
        return ExitCode::from(2);
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run_all(&module).map_err(|error| error.to_string()));
    match thread.map(|thread| thread.join()) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        failure => {
            eprintln!("cu-test-programs: {failure:?}");
            ExitCode::FAILURE
        }
    }
}

fn run_all(module: &str) -> Result<(), Box<dyn Error>> {
    let compiled = Compiled::new(&std::fs::read(module)?)?;
    let mut results = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        writeln!(results, "{}", run(&compiled, &serde_json::from_str(&line?)?)?)?;
    }
    Ok(())
}

fn run(compiled: &Compiled, program: &serde_json::Value) -> Result<serde_json::Value, Box<dyn Error>> {
    let seed = program["seed"].as_i64().ok_or("no seed")? as i32;
    let now = program["now"].as_f64().ok_or("no clock")? / 1000.0;
    let mut instance = compiled.instance(Options { seed, modules: Table::new(), now: Some(now) })?;
    let mut output = Vec::new();
    let mut memory = Vec::new();
    // Held to the end, as the other host holds them: what an error refers to stays in the module.
    let mut errors = Vec::new();
    for chunk in program["chunks"].as_array().ok_or("no chunks")? {
        let (name, source) = (chunk[0].as_str().ok_or("no name")?, chunk[1].as_str().ok_or("no source")?);
        let result = instance.compute(source.as_bytes(), &format!("={name}"), &[]);
        output.push(String::from_utf8_lossy(&instance.take_printed()).into_owned());
        match result {
            Err(cu_test_host::Error::Lua(error)) => {
                output.push(format!("{}\n{}\n", error.message, error.traceback.as_deref().unwrap_or_default()));
                errors.push(error);
            }
            other => drop(other?),
        }
        memory.push(heap_numbers(&mut instance)?);
    }
    instance.context().collect()?;
    output.push(String::from_utf8_lossy(&instance.take_printed()).into_owned());
    memory.push(heap_numbers(&mut instance)?);
    let functions = stored_functions(&mut instance)?;
    output.push(String::from_utf8_lossy(&instance.close()?).into_owned());
    Ok(json!({ "output": output, "memory": memory, "functions": functions }))
}

fn heap_numbers(instance: &mut Instance) -> Result<Vec<i32>, cu_test_host::Error> {
    HEAP_NUMBERS.map(|which| instance.context().heap(which)).collect()
}

/// What the module writes for the functions right under `_home`, in the order of their keys there.
fn stored_functions(instance: &mut Instance) -> Result<Vec<String>, Box<dyn Error>> {
    let mut context = instance.context();
    let home = context.home();
    let mut key = Value::Nil;
    let mut codes = Vec::new();
    while let Some((next, value)) = home.next(&key).map_err(|failure| format!("{failure:?}"))? {
        if let Value::Closure(function) = &value
            && let Code::Binary(code) = context.dump(function)?.code
        {
            codes.push(code.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        key = next;
    }
    Ok(codes)
}
