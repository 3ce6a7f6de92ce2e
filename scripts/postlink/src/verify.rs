//! What the contract says about the shipped file, proved on the file itself. All broken rules are told at once.

use crate::Error;
use crate::budget::{Budget, gzip_len};
use crate::inspect::{Memory, inspect};
use crate::interface::{EXPORTS, IMPORTS, Interface};
use crate::sections::is_kept;
use std::fmt;
use wasmparser::{Validator, WasmFeatures};

/// Every host has to supply each import: few of them.
pub const IMPORTS_MAX: usize = 12;
/// 2 MiB, the contract's memory. A build with another heap size says so with `--memory-pages`.
pub const MEMORY_PAGES: u64 = 32;
/// What may lie unused between static data and the end of memory.
pub const SLACK_BYTES_MAX: u64 = 8 * 1024;
const PAGE_BYTES: u64 = 65_536;

/// What every engine has; [`crate::optimize`] gives `wasm-opt` the same list. `FLOATS` and `GC_TYPES` are the parser's
/// names for parts of the first version of WebAssembly.
const FEATURES: WasmFeatures = WasmFeatures::FLOATS
    .union(WasmFeatures::GC_TYPES)
    .union(WasmFeatures::MUTABLE_GLOBAL)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY);

/// What a file is compared with.
pub struct Rules {
    /// The committed lists.
    pub interface: Interface,
    /// The sizes allowed.
    pub budget: Budget,
    /// The memory's size, minimum and maximum.
    pub memory_pages: u64,
}

/// A rule that the file breaks.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// Not valid with the allowed features.
    Invalid(String),
    /// An import from elsewhere than `env`.
    ImportModule(String),
    /// More imports than [`IMPORTS_MAX`].
    ImportCount(usize),
    /// Imports or exports are not those of the committed list.
    List {
        /// The list's file name.
        list: &'static str,
        /// Entries of the file that the list lacks.
        unexpected: Vec<String>,
        /// Entries of the list that the file lacks.
        missing: Vec<String>,
    },
    /// Not exactly one memory of the right size, minimum and maximum, unshared.
    Memory {
        /// The pages that it must have.
        pages: u64,
        /// The memories that there are.
        found: Vec<Memory>,
    },
    /// A `memory.grow`, in the function with this index.
    MemoryGrow(u32),
    /// A custom section that is not Cu's.
    Custom(String),
    /// Larger than the budget says.
    Size {
        /// Which size.
        what: &'static str,
        /// The file's.
        bytes: usize,
        /// The budget's.
        limit: usize,
    },
    /// Too much memory belongs to nobody; negative when static data does not fit.
    Slack(i64),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::Invalid(cause) => write!(f, "not valid with the allowed features: {cause}"),
            Violation::ImportModule(module) => write!(f, "import from unknown module {module:?}"),
            Violation::ImportCount(count) => {
                write!(f, "{count} imports, at most {IMPORTS_MAX} are allowed")
            }
            Violation::List { list, unexpected, missing } => {
                write!(f, "differs from {list} (CU_BLESS=1 re-writes it):")?;
                unexpected.iter().try_for_each(|entry| write!(f, "\n    + {entry}"))?;
                missing.iter().try_for_each(|entry| write!(f, "\n    - {entry}"))
            }
            Violation::Memory { pages, found } => {
                write!(f, "there must be one unshared memory of exactly {pages} pages, but there is ")?;
                let found: Vec<_> = found.iter().map(ToString::to_string).collect();
                f.write_str(if found.is_empty() { "none" } else { "" })?;
                f.write_str(&found.join("; "))
            }
            Violation::MemoryGrow(function) => write!(f, "memory.grow in function {function}"),
            Violation::Custom(name) => {
                write!(f, "custom section {name:?} does not belong in the file")
            }
            Violation::Size { what, bytes, limit } => {
                write!(f, "{bytes} bytes {what}, the budget is {limit}")
            }
            Violation::Slack(bytes) => {
                write!(f, "{bytes} bytes lie unused behind static data, 0 to {SLACK_BYTES_MAX} are allowed: mend the stack's size")
            }
        }
    }
}

/// Checks a file against every rule.
pub fn verify(wasm: &[u8], rules: &Rules) -> Result<(), Error> {
    let facts = inspect(wasm)?;
    let mut broken = Vec::new();
    if let Err(cause) = Validator::new_with_features(FEATURES).validate_all(wasm) {
        broken.push(Violation::Invalid(cause.to_string()));
    }
    let foreign = facts.import_modules.into_iter().filter(|module| module != "env");
    broken.extend(foreign.map(Violation::ImportModule));
    if facts.interface.imports.len() > IMPORTS_MAX {
        broken.push(Violation::ImportCount(facts.interface.imports.len()));
    }
    let expected = &rules.interface;
    broken.extend(difference(IMPORTS, &facts.interface.imports, &expected.imports));
    broken.extend(difference(EXPORTS, &facts.interface.exports, &expected.exports));
    if facts.memories != [Memory::fixed(rules.memory_pages)] {
        broken.push(Violation::Memory { pages: rules.memory_pages, found: facts.memories });
    }
    broken.extend(facts.growing.into_iter().map(Violation::MemoryGrow));
    broken.extend(facts.custom.into_iter().filter(|name| !is_kept(name)).map(Violation::Custom));
    broken.extend(over(wasm, rules.budget));
    match broken.is_empty() {
        true => Ok(()),
        false => Err(Error::Verify(broken)),
    }
}

/// Bytes between the end of static data and the end of memory, or the violation when they are too many or too few.
pub fn slack(data_end_bytes: u32, memory_pages: u64) -> Result<u64, Error> {
    let slack = (memory_pages * PAGE_BYTES) as i64 - i64::from(data_end_bytes);
    match u64::try_from(slack) {
        Ok(bytes) if bytes <= SLACK_BYTES_MAX => Ok(bytes),
        _ => Err(Error::Verify(vec![Violation::Slack(slack)])),
    }
}

fn over(wasm: &[u8], budget: Budget) -> impl Iterator<Item = Violation> {
    let sizes = [("raw", wasm.len(), budget.raw_bytes), ("after gzip -9", gzip_len(wasm), budget.gzip_bytes)];
    sizes.into_iter().filter(|(_, bytes, limit)| bytes > limit).map(|(what, bytes, limit)| Violation::Size { what, bytes, limit })
}

fn difference(list: &'static str, found: &[String], expected: &[String]) -> Option<Violation> {
    let lacking = |of: &[String], other: &[String]| -> Vec<String> { of.iter().filter(|entry| !other.contains(entry)).cloned().collect() };
    let (unexpected, missing) = (lacking(found, expected), lacking(expected, found));
    if found == expected {
        return None;
    }
    Some(Violation::List { list, unexpected, missing })
}
