//! The module natively, with the targets of src/native/fuzz.rs: CU_FUZZ_TARGET names one. With CU_FUZZ_SEEDS=FOLDER it writes the inputs
//! that the target begins with, and ends.
#![no_main]

use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use cu::fuzz::{TARGETS, Target};

static TARGET: OnceLock<&Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(init: choose(), |input: &[u8]| {
    if let Some(target) = TARGET.get() {
        (target.run)(input);
    }
});

/// Takes the target from the environment, and writes its seeds if that is what was asked for.
fn choose() {
    let name = std::env::var("CU_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("cu-fuzz: CU_FUZZ_TARGET={name}: expected one of {}", names.join(", "));
        exit(2);
    };
    if let Some(folder) = std::env::var_os("CU_FUZZ_SEEDS") {
        for (number, seed) in (target.seeds)().iter().enumerate() {
            if let Err(error) = std::fs::write(Path::new(&folder).join(format!("seed-{number}")), seed) {
                eprintln!("cu-fuzz: {}: {error}", folder.display());
                exit(1);
            }
        }
        exit(0);
    }
    let _ = TARGET.set(target);
}
