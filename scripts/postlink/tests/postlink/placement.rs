//! Where checks are added and where not, and what else of a module stays as it was.

use crate::support::{linked, unwound};
use cu_postlink::unwind::unwind;
use walrus::ir::{GlobalGet, Visitor, dfs_in_order};
use walrus::{GlobalId, Module};

/// How often a function reads the global `unwinding`.
fn checks(wasm: &[u8], function: &str) -> usize {
    struct Reads(GlobalId, usize);
    impl Visitor<'_> for Reads {
        fn visit_global_get(&mut self, get: &GlobalGet) {
            self.1 += usize::from(get.global == self.0);
        }
    }
    let module = Module::from_buffer(wasm).expect("the pass emits a module");
    let unwinding = module.globals.iter().find(|g| g.name.as_deref() == Some("unwinding"));
    let id = module.funcs.by_name(function).unwrap_or_else(|| panic!("no function {function}"));
    let body = module.funcs.get(id).kind.unwrap_local();
    let mut reads = Reads(unwinding.expect("the pass adds the global").id(), 0);
    dfs_in_order(&mut reads, body, body.entry_block());
    reads.1
}

#[test]
fn only_calls_that_may_throw_are_checked() {
    let module = r#"
        (type $unary (func (param i32) (result i32)))
        (type $nullary (func (result i32)))
        (elem (i32.const 0) $thrower $quiet $work)
        (func $thrower (type $unary) (call $throw (i32.const 7)) (unreachable))
        (func $quiet (type $nullary) (i32.const 1))
        (func $alone (result i64) (call $throw (i32.const 7)) (unreachable))
        (func $work (type $body) (drop (call $thrower (local.get 0))) (call $mark (i32.const 1)))
        (func $calls_nothing (result i32) (i32.const 1))
        (func $calls_quiet (call $mark (call $quiet)))
        (func $calls_thrower (call $mark (call $thrower (i32.const 1))))
        (func $calls_both (call $mark (call $thrower (call $quiet))) (call $mark (call $thrower (i32.const 0))))
        (func $indirect_same_type (call $mark (call_indirect (type $unary) (i32.const 1) (i32.const 0))))
        (func $indirect_other_type (call $mark (call_indirect (type $nullary) (i32.const 1))))
        (func $not_in_table (i64.store (i32.const 0) (call_indirect (result i64) (i32.const 1))))
        (func $calls_host (call $mark (call $host (i32.const 1))))
        (func $calls_protect (call $protect (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 7)) (call $mark (i32.const 1)))
        (func $tail (result i32) (call $thrower (i32.const 1)))
        (func $tail_and_not (result i32) (drop (call $thrower (i32.const 1))) (call $mark (i32.const 1)) (call $thrower (i32.const 1)))
        (func $frame (local $sp i32)
          (local.set $sp (global.get $__stack_pointer))
          (drop (call $thrower (i32.const 1)))
          (global.set $__stack_pointer (local.get $sp)))
        (func $other_global (drop (call $thrower (i32.const 1))) (global.set $trace (i32.const 0)))"#;
    let wasm = unwound(module);
    let rows = [
        ("throw", 0),
        // It compares once, and checks no call.
        ("protect", 1),
        ("thrower", 1),
        ("quiet", 0),
        ("alone", 1),
        ("work", 1),
        ("calls_nothing", 0),
        ("calls_quiet", 0),
        ("calls_thrower", 1),
        ("calls_both", 2),
        ("indirect_same_type", 1),
        ("indirect_other_type", 0),
        ("not_in_table", 0),
        ("calls_host", 0),
        ("calls_protect", 1),
        ("tail", 0),
        ("tail_and_not", 1),
        ("frame", 0),
        ("other_global", 1),
    ];
    for (function, expected) in rows {
        assert_eq!(checks(&wasm, function), expected, "{function}");
    }
}

#[test]
fn protection_that_nothing_passes_needs_no_checks() {
    let wasm = unwound(
        r#"(elem (i32.const 0) $work)
           (func $work (type $body))
           (func $throws (call $throw (i32.const 7)) (unreachable))
           (func $run (export "run") (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 1)))"#,
    );
    assert_eq!(checks(&wasm, "run"), 0);
    // At the entry only, because nothing can leave it unwinding.
    assert_eq!(checks(&wasm, "run.guard"), 1);
}

#[test]
fn functions_without_throws_keep_their_code() {
    let module = "(func $plain (export \"plain\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))";
    let size = |wasm: &[u8]| {
        let module = Module::from_buffer(wasm).expect("a module");
        module.funcs.get(module.funcs.by_name("plain").expect("plain")).kind.unwrap_local().size()
    };
    assert_eq!(size(&unwound(module)), size(&linked(module)));
}

#[test]
fn the_imports_of_the_pass_are_gone_and_the_exports_keep_their_names() {
    let wasm = unwound("(func (export \"a\")) (func $b (export \"b\") (export \"c\") (call $throw (i32.const 1)))");
    let module = Module::from_buffer(&wasm).expect("a module");
    let imports: Vec<_> = module.imports.iter().map(|i| i.name.as_str()).collect();
    let exports: Vec<_> = module.exports.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(imports, ["host"]);
    assert_eq!(exports, ["memory", "trace", "a", "b", "c"]);
}

#[test]
fn a_second_application_changes_nothing() {
    let module = r#"(elem (i32.const 0) $work)
        (func $work (type $body) (call $throw (i32.const 7)) (call $mark (i32.const 1)))
        (func (export "run") (call $try (i32.const 0) (i32.const 7)))"#;
    let once = unwound(module);
    assert_eq!(unwind(&once).expect("a second time"), once);
    assert_eq!(unwound(module), once, "the pass is deterministic");
}

#[test]
fn unknown_custom_sections_stay() {
    let wasm = unwound(r#"(@custom "of.someone" "\00\01data") (@custom "cu.other" "x")"#);
    let module = Module::from_buffer(&wasm).expect("a module");
    let found: Vec<_> = module.customs.iter().map(|(_, s)| (s.name().to_owned(), s.data(&Default::default()).into_owned())).collect();
    for (name, data) in [("of.someone", &b"\0\x01data"[..]), ("cu.other", b"x"), ("cu.unwind", &[1])] {
        assert!(found.contains(&(name.to_owned(), data.to_vec())), "{name} in {found:?}");
    }
}

#[test]
fn vectors_have_a_zero_too() {
    // The interpreter of the other tests has no vectors: here it is enough that the module is valid.
    let wasm = unwound(
        "(func $v (result v128) (call $throw (i32.const 7)) (unreachable))
         (func $w (result v128) (call $mark (i32.const 1)) (call $v) (call $mark (i32.const 1)))",
    );
    assert_eq!(checks(&wasm, "w"), 1);
}
