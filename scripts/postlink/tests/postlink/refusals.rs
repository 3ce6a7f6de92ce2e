//! What the pass refuses, and what it says.

use crate::support::{assemble, linked};
use cu_postlink::unwind::unwind;

const THROW: &str = r#"(import "env" "cu_throw" (func (param i32)))"#;
const PROTECT: &str = r#"(import "env" "cu_protect" (func (param i32 i32 i32 i32)))"#;
const TABLE: &str = "(table 1 funcref)";
const STACK: &str = "(global $__stack_pointer (mut i32) (i32.const 64))";

fn check(wasm: &[u8], message: &str) {
    let refusal = unwind(wasm).expect_err(message).to_string();
    assert!(refusal.contains(message), "{refusal:?} should contain {message:?}");
}

#[test]
fn a_missing_or_wrong_part_is_named() {
    let rows = [
        ([THROW, PROTECT, TABLE, ""], "no global is named \"__stack_pointer\""),
        (["", PROTECT, TABLE, STACK], "does not import \"env.cu_throw\""),
        ([THROW, "", TABLE, STACK], "does not import \"env.cu_protect\""),
        ([THROW, PROTECT, "", STACK], "no function table"),
        (
            [r#"(import "env" "cu_throw" (func (param i64)))"#, PROTECT, TABLE, STACK],
            "\"env.cu_throw\" must be (i32) -> (), but is (i64) -> ()",
        ),
        (
            [THROW, r#"(import "env" "cu_protect" (func (param i32) (result i32)))"#, TABLE, STACK],
            "\"env.cu_protect\" must be (i32, i32, i32, i32) -> (), but is (i32) -> (i32)",
        ),
        ([r#"(import "other" "cu_throw" (func (param i32)))"#, PROTECT, TABLE, STACK], "does not import \"env.cu_throw\""),
        ([THROW, PROTECT, TABLE, "(global $__stack_pointer i32 (i32.const 64))"], "must be a mutable i32"),
        ([THROW, PROTECT, TABLE, "(global $__stack_pointer (mut i64) (i64.const 64))"], "must be a mutable i32"),
    ];
    for (parts, message) in rows {
        check(&assemble(&format!("(module {})", parts.concat())), message);
    }
}

#[test]
fn instructions_that_cannot_be_followed_are_named() {
    let rows = [
        ("(tag $t) (func $f (throw $t))", "throw in function f"),
        ("(tag $t) (func $f (try_table (nop)))", "try_table in function f"),
        ("(type $v (func)) (func $f (call_ref $v (ref.null $v)))", "call_ref in function f"),
        ("(type $v (func)) (func $f (return_call_ref $v (ref.null $v)))", "return_call_ref in function f"),
        (
            "(type $v (func)) (elem declare func $g) (func $g (type $v))
             (func $f (result (ref $v)) (call $throw (i32.const 1)) (call $mark (i32.const 1)) (ref.func $g))",
            "function f may throw, and has a result",
        ),
    ];
    for (module, message) in rows {
        check(&linked(module), message);
    }
}

#[test]
fn other_bytes_are_refused() {
    let whole = linked("");
    let foreign = linked(r#"(@custom "cu.unwind" "\02")"#);
    let rows: [(&[u8], &str); 4] = [
        (b"", "not a WebAssembly module"),
        (b"\x7fELF and so on", "not a WebAssembly module"),
        (&whole[..whole.len() / 2], "not a WebAssembly module"),
        (&foreign, "another version of this pass: section \"cu.unwind\" holds [2]"),
    ];
    for (wasm, message) in rows {
        check(wasm, message);
    }
}
