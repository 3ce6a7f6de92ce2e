//! The passes after the link, on any bytes: an error, never a panic; and from a valid module comes a valid module.

use cu::fuzz::Target;
use cu_postlink::steps::{self, List};
use cu_postlink::{inspect, layout, report, sections, unwind};

pub const TARGET: Target = Target { name: "postlink", run, seeds };

/// Names that the seeds have.
const STEPS: &str = "call work\nloop turn\ncount turn\nbytes compare";

fn run(wasm: &[u8]) {
    let is_valid = wasmparser::Validator::new().validate_all(wasm).is_ok();
    let _ = inspect::inspect(wasm);
    let _ = sections::strip(wasm);
    let _ = report::report(wasm);
    let _ = layout::take(wasm);
    let list = List::parse(STEPS).unwrap_or_default();
    for made in [unwind::unwind(wasm).ok(), steps::count(wasm, &list).ok(), counted(wasm, &list)].into_iter().flatten() {
        let valid = wasmparser::Validator::new().validate_all(&made);
        assert!(!is_valid || valid.is_ok(), "a valid module became an invalid one: {valid:?}");
    }
    if let Ok(once) = unwind::unwind(wasm) {
        assert!(unwind::unwind(&once).is_ok_and(|twice| twice == once), "the pass changes what it made");
    }
}

fn counted(wasm: &[u8], list: &List) -> Option<Vec<u8>> {
    unwind::unwind(&steps::count(wasm, list).ok()?).ok()
}

/// What the linker delivers, in small.
const PRELUDE: &str = r#"
    (type $body (func (param i32 i32)))
    (import "env" "cu_throw" (func $throw (param i32)))
    (import "env" "cu_protect" (func $protect (param i32 i32 i32 i32)))
    (import "env" "host" (func $host (param i32) (result i32)))
    (memory (export "memory") 1)
    (table $table 16 funcref)
    (global $__stack_pointer (mut i32) (i32.const 4096))
    (global (export "__heap_base") i32 (i32.const 8192))
    (global (export "__cu_steps") i32 (i32.const 64))
    (func (export "__cu_steps_spent") (param $thread i32) (call $throw (i32.const 99)))"#;

const MODULES: [&str; 6] = [
    "",
    r#"(func $work (type $body) (call $throw (i32.const 5))) (elem (i32.const 0) $work)
       (func (export "run") (param i32) (result i32) (call $protect (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 5)) (i32.const 1))"#,
    r#"(func $turn (param $i i32) (result i64) (loop $again (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $again (i32.lt_u (local.get $i) (i32.const 5)))) (call $throw (local.get $i)) (i64.const 2))
       (func $work (type $body) (drop (call $turn (local.get 0))) (call_indirect (type $body) (local.get 0) (local.get 1) (i32.const 0)))
       (func $compare (param i32 i32 i32) (result i32) (local.get 2)) (elem (i32.const 0) $work $compare)"#,
    r#"(func $work (type $body) (block $a (block $b (br_table $a $b (local.get 0))) (call $throw (i32.const 1))) (if (local.get 1) (then (return))))
       (func (export "f") (result f64 i32) (call $work (i32.const 1) (i32.const 2)) (f64.const 1) (i32.const 2)) (start 4)"#,
    r#"(func $work (param i32 i32) (result funcref) (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
         (drop (call $host (local.get 0))) (call $throw (local.get 1)) (ref.null func)) (elem declare func $work)
       (data (i32.const 16) "some data") (func (export "g") (drop (call $work (i32.const 1) (i32.const 1))))"#,
    r#"(func $compare (param i32 i32 i32) (result i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)) (call $host (i32.const 1)))
       (func $turn (loop $l (br_if $l (call $compare (i32.const 1) (i32.const 2) (i32.const 3))))) (func $work (param i32) (call $turn))"#,
];

fn seeds() -> Vec<Vec<u8>> {
    let assembled = MODULES.iter().filter_map(|module| wat::parse_str(format!("(module {PRELUDE} {module})")).ok());
    let seeds: Vec<Vec<u8>> = assembled.collect();
    assert_eq!(seeds.len(), MODULES.len(), "each of the modules is one");
    let unwound: Vec<Vec<u8>> = seeds.iter().filter_map(|seed| unwind::unwind(seed).ok()).collect();
    seeds.into_iter().chain(unwound).collect()
}
