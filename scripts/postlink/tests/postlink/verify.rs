//! Each rule about the shipped file, with a module that breaks it and what is then said.

use crate::support::assemble;
use cu_postlink::Error;
use cu_postlink::budget::{Budget, gzip_len};
use cu_postlink::interface::Interface;
use cu_postlink::verify::{Rules, slack, verify};

const MEMORY: &str = r#"(memory (export "memory") 32 32)"#;

fn rules() -> Rules {
    Rules {
        interface: Interface {
            imports: vec!["host (i32) -> (f64)".into()],
            exports: vec!["memory memory".into(), "run func (i32, i64) -> (f32)".into()],
        },
        budget: Budget { raw_bytes: 1000, gzip_bytes: 1000 },
        memory_pages: 32,
    }
}

/// A module that keeps every rule, but for `memory` and `rest`.
fn module(memory: &str, rest: &str) -> Vec<u8> {
    assemble(&format!(
        r#"(module
             (import "env" "host" (func (param i32) (result f64)))
             {memory}
             (func (export "run") (param i32 i64) (result f32) (f32.const 0))
             {rest})"#
    ))
}

fn message(wasm: &[u8], rules: &Rules) -> String {
    match verify(wasm, rules) {
        Ok(()) => "fine".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_module_that_keeps_the_rules_passes() {
    let rows = [
        "",
        r#"(@custom "cu.unwind" "\01")"#,
        // One of each feature that is allowed.
        "(func (param i32) (result i32) (i32.extend8_s (local.get 0)))",
        "(func (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))",
        "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(data \"x\") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(global (mut i32) (i32.const 0))",
    ];
    for rest in rows {
        assert_eq!(message(&module(MEMORY, rest), &rules()), "fine", "{rest}");
    }
}

#[test]
fn each_rule_is_checked() {
    let not_valid = "not valid with the allowed features";
    let rows = [
        // Features.
        (MEMORY, "(func (result i32 i32) (i32.const 0) (i32.const 0))", not_valid),
        (MEMORY, "(func (result v128) (v128.const i64x2 0 0))", not_valid),
        (MEMORY, "(table 1 externref)", not_valid),
        (MEMORY, "(table 1 funcref) (table 1 funcref)", not_valid),
        (MEMORY, "(func $f (return_call $f))", not_valid),
        (MEMORY, "(tag)", not_valid),
        (MEMORY, "(memory 32 32)", not_valid),
        (MEMORY, "(global i32 (i32.add (i32.const 1) (i32.const 2)))", not_valid),
        // Valid, but not well-typed, is the validator's as well.
        (MEMORY, "(func (result i32))", not_valid),
        // The memory.
        ("(memory (export \"memory\") 31 32)", "", "exactly 32 pages, but there is 31 to 32 pages"),
        ("(memory (export \"memory\") 32 33)", "", "exactly 32 pages, but there is 32 to 33 pages"),
        ("(memory (export \"memory\") 32)", "", "exactly 32 pages, but there is 32 pages and more"),
        ("(memory (export \"memory\") 32 32 shared)", "", "but there is 32 to 32 pages, shared"),
        ("", "", "but there is none"),
        (MEMORY, "(func (drop (memory.grow (i32.const 0))))", "memory.grow in function 2"),
        // The interface.
        (MEMORY, "(func (export \"more\"))", "differs from exports.txt (CU_BLESS=1 re-writes it):\n    + more func () -> ()"),
        (MEMORY, "(global (export \"g\") i32 (i32.const 0))", "    + g global"),
        (MEMORY, "(table (export \"t\") 1 funcref)", "    + t table"),
        ("(memory 32 32)", "", "    - memory memory"),
        // Custom sections.
        (MEMORY, "(func $named)", "custom section \"name\" does not belong in the file"),
        (MEMORY, "(@custom \"producers\" \"\\00\")", "custom section \"producers\""),
        (MEMORY, "(@custom \"target_features\" \"\\00\")", "custom section \"target_features\""),
        (MEMORY, "(@custom \"cupboard\" \"\")", "custom section \"cupboard\""),
    ];
    for (memory, rest, expected) in rows {
        let found = message(&module(memory, rest), &rules());
        assert!(found.contains(expected), "{memory} {rest}: {found:?} should contain {expected:?}");
    }
}

#[test]
fn imports_are_few_listed_and_from_env() {
    let import = |module: &str, name: &str| format!(r#"(import "{module}" "{name}" (func))"#);
    let thirteen: String = (0..13).map(|i| import("env", &format!("f{i}"))).collect();
    let rows = [
        (import("wasi_snapshot_preview1", "fd_write"), "import from unknown module \"wasi_snapshot_preview1\""),
        (import("env", "extra"), "differs from imports.txt (CU_BLESS=1 re-writes it):\n    + extra () -> ()\n    - host (i32) -> (f64)"),
        (thirteen, "13 imports, at most 12 are allowed"),
        (r#"(import "env" "m" (memory 32 32))"#.to_owned(), "    + m memory"),
        (r#"(import "env" "host" (func (param i32) (result f32)))"#.to_owned(), "    + host (i32) -> (f32)"),
        // The same import twice is one too many.
        (r#"(import "env" "host" (func (param i32) (result f64)))"#.repeat(2), "differs from imports.txt"),
    ];
    for (imports, expected) in rows {
        let found = message(&assemble(&format!("(module {imports})")), &rules());
        assert!(found.contains(expected), "{imports}: {found:?} should contain {expected:?}");
    }
}

#[test]
fn both_sizes_are_limited() {
    let wasm = module(MEMORY, "");
    let (raw, gzip) = (wasm.len(), gzip_len(&wasm));
    let rows = [
        (raw, gzip, "fine".to_owned()),
        (raw - 1, gzip, format!("{raw} bytes raw, the budget is {}", raw - 1)),
        (raw, gzip - 1, format!("{gzip} bytes after gzip -9, the budget is {}", gzip - 1)),
    ];
    for (raw_bytes, gzip_bytes, expected) in rows {
        let budget = Budget { raw_bytes, gzip_bytes };
        let found = message(&wasm, &Rules { budget, ..rules() });
        assert!(found.contains(&expected), "{found:?} should contain {expected:?}");
    }
}

#[test]
fn all_broken_rules_are_told_at_once() {
    let found = message(&module("", "(func $named (export \"more\"))"), &rules());
    assert!(found.starts_with("the module breaks 3 rule(s):"), "{found}");
}

#[test]
fn another_memory_size_is_possible() {
    let wasm = module("(memory (export \"memory\") 40 40)", "");
    assert_eq!(message(&wasm, &Rules { memory_pages: 40, ..rules() }), "fine");
}

#[test]
fn truncated_and_foreign_files_are_refused() {
    let whole = module(MEMORY, "");
    for length in 0..whole.len() {
        assert_ne!(message(&whole[..length], &rules()), "fine", "the first {length} bytes");
    }
    assert!(message(b"\x7fELF and so on", &rules()).contains("not a valid WebAssembly module"));
}

#[test]
fn unused_memory_is_limited() {
    let rows = [
        (2_097_152, Ok(0)),
        (2_097_152 - 8192, Ok(8192)),
        (2_097_152 - 8193, Err("8193 bytes lie unused behind static data")),
        (2_097_153, Err("-1 bytes lie unused behind static data")),
    ];
    for (data_end_bytes, expected) in rows {
        match (slack(data_end_bytes, 32), expected) {
            (Ok(bytes), Ok(expected)) => assert_eq!(bytes, expected),
            (Err(error @ Error::Verify(_)), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, _) => panic!("{data_end_bytes}: {found:?}"),
        }
    }
}

#[test]
fn the_budget_file_is_read_strictly() {
    let rows = [
        ("raw_bytes = 10\ngzip_bytes = 5\n", Ok((10, 5))),
        ("# why\n\ngzip_bytes=5 # now\nraw_bytes =10", Ok((10, 5))),
        ("raw_bytes = 10", Err("gzip_bytes is missing")),
        ("raw_bytes = ten\ngzip_bytes = 5", Err("not understood: \"raw_bytes = ten\"")),
        ("raw_bytes = 10\ngzip_bytes = 5\nbrotli_bytes = 4", Err("not understood: \"brotli_bytes = 4\"")),
        ("raw_bytes", Err("not understood: \"raw_bytes\"")),
        ("raw_bytes = -1\ngzip_bytes = 5", Err("not understood: \"raw_bytes = -1\"")),
    ];
    for (text, expected) in rows {
        match (Budget::parse(text), expected) {
            (Ok(found), Ok((raw_bytes, gzip_bytes))) => {
                assert_eq!(found, Budget { raw_bytes, gzip_bytes });
            }
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, _) => panic!("{text:?}: {found:?}"),
        }
    }
}
