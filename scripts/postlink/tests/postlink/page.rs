//! The two modules in docs/UNWIND.md: the pass makes the second from the first.

use crate::support::assemble;
use cu_postlink::unwind::unwind;
use std::collections::BTreeMap;
use walrus::Module;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/UNWIND.md");

const AROUND: &str = "(memory 1) (table 4 funcref) (global $__stack_pointer (mut i32) (i32.const 4096))";
const IMPORTS: &str = r#"
    (import "env" "cu_throw" (func $cu_throw (param i32)))
    (import "env" "cu_protect" (func $cu_protect (param i32 i32 i32 i32)))"#;
const UNWINDING: &str = "(global $unwinding (mut i32) (i32.const 0))";

/// The text between ```` ```wat WHICH ```` and the next fence.
fn block(page: &str, which: &str) -> String {
    let start = format!("```wat {which}\n");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no block {start:?}"));
    rest.split_once("```").expect("a closing fence").0.to_owned()
}

/// Instructions of each function that has a name.
fn sizes(wasm: &[u8]) -> BTreeMap<String, u64> {
    let module = Module::from_buffer(wasm).expect("a module");
    let named = |(id, body): (walrus::FunctionId, &walrus::LocalFunction)| Some((module.funcs.get(id).name.clone()?, body.size()));
    module.funcs.iter_local().filter_map(named).collect()
}

#[test]
fn the_page_shows_what_the_pass_does() {
    let page = std::fs::read_to_string(PAGE).expect("docs/UNWIND.md is there");
    let (before, after) = (block(&page, "before"), block(&page, "after"));
    let before = assemble(&format!("(module {IMPORTS} {AROUND} {before})"));
    let mut shown = sizes(&assemble(&format!("(module {AROUND} {UNWINDING} {after})")));
    // The exported function has no name of its own in the first module.
    shown.remove("run");
    assert!(shown.len() >= 7, "{shown:?}");
    assert_eq!(sizes(&unwind(&before).expect("the first module is accepted")), shown);
}
