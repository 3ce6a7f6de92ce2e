//! usage: CU_FUZZ_TARGET=NAME cu-fuzz CORPUS [option of libFuzzer…]
//!        CU_FUZZ_TARGET=NAME CU_FUZZ_SEEDS=FOLDER cu-fuzz
//!
//! Runs a target until libFuzzer ends, or writes the inputs that it begins with into a folder. Built by scripts/fuzz alone, with
//! coverage; otherwise this is an empty program.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod fuzzing;

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("cu-fuzz: built without coverage: run scripts/fuzz --target NAME");
    std::process::exit(2);
}
