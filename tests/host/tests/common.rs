//! The common scripts on this host: each prints what its .out file says, as it does on the JavaScript host.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use cu_test_host::{Compiled, Options, prelude};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../common");
const SCRIPTS_MIN: usize = 25;
const LINES_MIN: usize = 400;

/// Re-entrance down to Lua's own limit takes the engine's native frames with it.
const STACK_BYTES: usize = 1 << 27;

#[test]
fn scripts_print_what_is_expected() {
    let compiled = Compiled::new(&support::wasm()).expect("the module can be loaded");
    let scripts = scripts();
    let mut lines = 0;
    let mut problems = Vec::new();
    for script in &scripts {
        let expected = fs::read_to_string(script.with_extension("out")).expect("each script has an .out file");
        lines += expected.lines().count();
        let printed = on_large_stack(|| run(&compiled, script));
        problems.extend(difference(&printed, &expected).map(|difference| format!("{}: {difference}", script.display())));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    assert!(scripts.len() >= SCRIPTS_MIN && lines >= LINES_MIN, "{} scripts, {lines} lines", scripts.len());
}

fn scripts() -> Vec<PathBuf> {
    let files = fs::read_dir(FOLDER).expect("the folder is there").map(|file| file.expect("it can be read").path());
    let mut scripts: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "lua")).collect();
    scripts.sort();
    scripts
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        thread.expect("a thread can be made").join().expect("it does not panic")
    })
}

/// What a script prints, and the error that ended it, if one did.
fn run(compiled: &Compiled, script: &Path) -> String {
    let tools = fs::read_to_string(Path::new(FOLDER).join("tools/tools.lua")).expect("it is there");
    let input = fs::read_to_string(Path::new(FOLDER).join("input.json")).expect("it is there");
    let options = Options { seed: 1, modules: prelude::modules(&tools), now: None };
    let mut instance = compiled.instance(options).expect("an instance can be made");
    instance.set_input(prelude::input(&input).expect("it is JSON"));
    let name = format!("={}", script.file_name().expect("a file has a name").to_string_lossy());
    let result = instance.compute(&fs::read(script).expect("it can be read"), &name, &[]);
    let mut printed = String::from_utf8_lossy(&instance.take_printed()).into_owned();
    if let Err(error) = result {
        printed.push_str(&error.to_string());
    }
    printed
}

fn difference(actual: &str, expected: &str) -> Option<String> {
    let (mut actual, mut expected) = (actual.lines(), expected.lines());
    for number in 1.. {
        match (actual.next(), expected.next()) {
            (None, None) => return None,
            (actual, expected) if actual == expected => {}
            (actual, expected) => return Some(format!("line {number} is {actual:?}, not {expected:?}")),
        }
    }
    None
}
