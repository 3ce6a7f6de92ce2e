//! Where the bytes are: by section, and by crate as the name section tells them apart.
//!
//! `wasm-opt` inlines, so a function's bytes count for the function that they ended up in. The report informs; nothing is
//! decided by it.

use crate::budget::gzip_len;
use crate::{Error, sections};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// C functions that Lua needs and that have C's own names. The other ones of the shims begin with two underscores.
const LIBC: [&str; 9] = ["bcmp", "free", "malloc", "memcmp", "memcpy", "memmove", "memset", "realloc", "strlen"];

/// The tables for a module. Custom sections that a shipped file does not have are left out of every figure.
pub fn report(wasm: &[u8]) -> Result<String, Error> {
    let shipped = sections::strip(wasm)?;
    let mut text = String::new();
    writeln!(text, "{:<18}{:>9}", "section", "bytes").expect(IN_MEMORY);
    for section in sections::list(&shipped)? {
        row(&mut text, &section.name, section.range.len(), "");
    }
    row(&mut text, "total", shipped.len(), "");
    row(&mut text, "total, gzip -9", gzip_len(&shipped), "");
    text.push('\n');

    let functions = functions(wasm)?;
    let code_bytes: usize = functions.iter().map(|f| f.bytes).sum();
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for function in &functions {
        let (bytes, count) = groups.entry(function.group.clone()).or_default();
        *bytes += function.bytes;
        *count += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(name, (bytes, _))| (std::cmp::Reverse(*bytes), name.clone()));
    writeln!(text, "{:<18}{:>9}{:>11}{:>8}", "code of", "bytes", "functions", "share").expect(IN_MEMORY);
    for (name, (bytes, count)) in groups {
        let permille = bytes * 1000 / code_bytes.max(1);
        let rest = format!("{count:>11}{:>6}.{}%", permille / 10, permille % 10);
        row(&mut text, &name, bytes, &rest);
    }
    Ok(text)
}

const IN_MEMORY: &str = "writing to a string does not fail";

fn row(text: &mut String, name: &str, bytes: usize, rest: &str) {
    writeln!(text, "{name:<18}{bytes:>9}{rest}").expect(IN_MEMORY);
}

struct Function {
    bytes: usize,
    group: String,
}

fn functions(wasm: &[u8]) -> Result<Vec<Function>, Error> {
    let not_wasm = |e: wasmparser::BinaryReaderError| Error::NotWasm(e.to_string());
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut exports = BTreeSet::new();
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(not_wasm)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import.map_err(not_wasm)?.ty, TypeRef::Func(_)));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    exports.insert(export.map_err(not_wasm)?.name.to_owned());
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        if let Name::Function(map) = subsection.map_err(not_wasm)? {
                            for naming in map {
                                let naming = naming.map_err(not_wasm)?;
                                names.insert(naming.index, naming.name.to_owned());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(sizes
        .into_iter()
        .zip(imported..)
        .map(|(bytes, index)| {
            let name = names.get(&index).map_or("", String::as_str);
            Function { bytes, group: group(name, &exports) }
        })
        .collect())
}

/// Rust functions go by their crate. What is left is C: the module's exports, the shims, and Lua.
fn group(name: &str, exports: &BTreeSet<String>) -> String {
    if let Ok(path) = rustc_demangle::try_demangle(name) {
        let path = format!("{path:#}");
        // A library of its own within the crate, with a limit of its own.
        return if path.starts_with("cu::bigint::") { "cu::bigint" } else { crate_of(&path) }.to_owned();
    }
    let exported = exports.contains(name.strip_suffix(".guard").unwrap_or(name));
    let group = match name {
        "" => "(no name)",
        _ if exported => "(exports)",
        "cu_throw" | "cu_protect" => "(unwinding)",
        _ if name.starts_with("__") || LIBC.contains(&name) => "shims",
        _ if name.starts_with("cu_") => "cu",
        _ => "lua",
    };
    group.to_owned()
}

/// The crate in a path such as `core::fmt::write` or `<u32 as core::fmt::Display>::fmt`: the head of its first `::`.
fn crate_of(path: &str) -> &str {
    path.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter_map(|word| word.split_once("::"))
        .map(|(head, _)| head)
        .find(|head| !head.is_empty())
        .unwrap_or("(other Rust)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_grouped_by_name() {
        let exports = BTreeSet::from(["cu_vm_new".to_owned()]);
        let rows = [
            ("", "(no name)"),
            ("luaV_execute", "lua"),
            ("str_find_aux", "lua"),
            ("cu_vm_new", "(exports)"),
            ("cu_vm_new.guard", "(exports)"),
            ("__cu_strtod", "shims"),
            ("cu_gc_pause", "cu"),
            ("_ZN2cu6bigint4text5parse17h0123456789abcdefE", "cu::bigint"),
            ("memcpy", "shims"),
            ("cu_protect", "(unwinding)"),
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            ("_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE", "core"),
            ("_ZN52_$LT$cu..vm..Vm$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0123456789abcdefE", "cu"),
            ("_RNvNtCs1234_7mycrate3foo3bar", "mycrate"),
            ("_RNvCskwGfYPst2Cb_3foo16example_function", "foo"),
        ];
        for (name, expected) in rows {
            assert_eq!(group(name, &exports), expected, "{name}");
        }
    }
}
