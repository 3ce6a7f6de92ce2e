//! The whole way from the linked module to the shipped file.

use crate::budget::Budget;
use crate::inspect::inspect;
use crate::interface::Interface;
use crate::verify::{Rules, slack, verify};
use crate::{Error, layout, optimize, report, sections, steps, unwind};
use std::path::{Path, PathBuf};

/// What a finished file is checked against.
pub struct Checks {
    /// The folder of the committed lists and the budget.
    pub lists: PathBuf,
    /// Re-write the lists from the file before comparing with them.
    pub bless: bool,
    /// The memory's size.
    pub memory_pages: u64,
}

/// What to make of what.
pub struct Build<'a> {
    /// Cargo's output.
    pub input: &'a Path,
    /// Where the file goes once it is verified.
    pub output: &'a Path,
    /// Binaryen's program.
    pub wasm_opt: &'a Path,
    /// The list of functions that count steps, if some do.
    pub steps: Option<&'a Path>,
    /// Leave the name section in the file, for profilers. What is verified is the file without it.
    pub keep_names: bool,
    /// What has to hold.
    pub checks: &'a Checks,
}

/// Runs all stages and returns the report. The output appears whole, by a rename, or not at all.
pub fn build(job: &Build) -> Result<String, Error> {
    let linked = layout::take(&counting(job)?)?;
    let slack_bytes = slack(linked.data_end_bytes, job.checks.memory_pages)?;
    let named = optimized(job, &unwind::unwind(&linked.wasm)?)?;
    let shipped = sections::strip(&named)?;
    check(&shipped, job.checks)?;
    let report = report::report(&named)?;
    write_whole(job.output, if job.keep_names { &named } else { &shipped })?;
    Ok(format!("{report}\nunused behind static data: {slack_bytes} bytes\n"))
}

/// Verifies a finished file.
pub fn check(wasm: &[u8], checks: &Checks) -> Result<(), Error> {
    if checks.bless {
        inspect(wasm)?.interface.write(&checks.lists)?;
    }
    let rules =
        Rules { interface: Interface::read(&checks.lists)?, budget: Budget::read(&checks.lists)?, memory_pages: checks.memory_pages };
    verify(wasm, &rules)
}

/// Reads a file; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|cause| file_error(path, cause))
}

/// Writes a file beside its place and renames it there, so that no reader ever sees half of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let part = beside(path, "part");
    std::fs::write(&part, bytes).map_err(|cause| file_error(&part, cause))?;
    std::fs::rename(&part, path).map_err(|cause| file_error(path, cause))
}

fn counting(job: &Build) -> Result<Vec<u8>, Error> {
    let wasm = read(job.input)?;
    let Some(path) = job.steps else { return Ok(wasm) };
    let text = std::fs::read_to_string(path).map_err(|cause| file_error(path, cause))?;
    Ok(steps::count(&wasm, &steps::List::parse(&text)?)?)
}

fn optimized(job: &Build, wasm: &[u8]) -> Result<Vec<u8>, Error> {
    let (from, to) = (beside(job.output, "unwound"), beside(job.output, "optimized"));
    write_whole(&from, wasm)?;
    let result = optimize::run(job.wasm_opt, &from, &to).and_then(|()| read(&to));
    for scratch in [from, to] {
        // The second one does not exist when wasm-opt failed.
        let _ = std::fs::remove_file(scratch);
    }
    result
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn file_error(path: &Path, cause: std::io::Error) -> Error {
    Error::File { path: path.to_owned(), cause }
}
