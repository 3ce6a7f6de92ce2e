//! usage: cu-test-host MODULE.wasm SCRIPT.lua…
//!
//! Runs each script in an instance of its own, with what the common scripts find (`prelude`), and prints what the script prints.
//! The exit code is 1 if a script fails, 2 if the command line is wrong.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use cu_test_host::{Instance, Options, prelude};

/// Re-entrance down to Lua's own limit takes the engine's native frames with it.
const STACK_BYTES: usize = 1 << 27;
const INPUT: &str = include_str!("../../common/input.json");
const TOOLS: &str = include_str!("../../common/tools/tools.lua");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, scripts @ ..] = &arguments[..] else {
        eprintln!("usage: cu-test-host MODULE.wasm SCRIPT.lua...");
        return ExitCode::from(2);
    };
    std::thread::scope(|scope| {
        let work = || scripts.iter().try_for_each(|script| run(module, script).map_err(|error| format!("{script}: {error}")));
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
            Ok(Ok(Err(message))) => fail(&message),
            Ok(Err(_)) => fail("a bug of this host"),
            Err(error) => fail(&error.to_string()),
        }
    })
}

fn fail(message: &str) -> ExitCode {
    eprintln!("cu-test-host: {message}");
    ExitCode::FAILURE
}

fn run(module: &str, script: &str) -> Result<(), Box<dyn Error>> {
    let options = Options { seed: 1, modules: prelude::modules(TOOLS), now: None };
    let mut instance = Instance::new(&std::fs::read(module)?, options)?;
    instance.set_input(prelude::input(INPUT)?);
    let name = Path::new(script).file_name().unwrap_or_default().to_string_lossy();
    let result = instance.compute(&std::fs::read(script)?, &format!("={name}"), &[]);
    std::io::stdout().write_all(&instance.take_printed())?;
    result?;
    std::io::stdout().write_all(&instance.close()?)?;
    Ok(())
}
