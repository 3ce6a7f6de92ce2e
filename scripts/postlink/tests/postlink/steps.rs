//! The steps pass: what counts how much, where the end is raised, and which lists and modules it refuses.

use crate::support::{Running, assemble, linked};
use cu_postlink::steps::{List, StepsError, count};
use cu_postlink::unwind::unwind;

/// A counter at 64, and what is called when it is spent: it marks that, and throws. `left` reads the counter, `run` sets it and calls
/// table entry 0 under protection with 7 as the running thread.
const COUNTER: &str = r#"
    (global (export "__cu_steps") i32 (i32.const 64))
    (func (export "__cu_steps_spent") (param $thread i32)
      (call $mark (local.get $thread))
      (call $throw (i32.const 99)))
    (func (export "left") (result i32) (i32.load (i32.const 64)))
    (func (export "thread") (result i32) (i32.load (i32.const 68)))
    (func (export "run") (param $steps i32) (result i32)
      (i32.store (i32.const 64) (local.get $steps))
      (i32.store (i32.const 68) (i32.const 7))
      (call $try (i32.const 0) (i32.const 99))
      (global.get $trace))
    (elem (i32.const 0) $work)"#;

/// Turns its loop five times.
const FIVE: &str = r#"
    (func $work (type $body) (local $i i32)
      (loop $again
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $i) (i32.const 5))))
      (call $mark (i32.const 1)))"#;

fn list(text: &str) -> List {
    List::parse(text).expect("a list")
}

fn counted(text: &str, module: &str) -> Running {
    let wasm = count(&linked(&format!("{COUNTER} {module}")), &list(text)).unwrap_or_else(|e| panic!("{e}"));
    let wasm = unwind(&wasm).expect("unwound");
    let valid = wasmparser::Validator::new().validate_all(&wasm);
    assert!(valid.is_ok(), "{:?}", valid.err());
    Running::start(&wasm).expect("started")
}

#[test]
fn each_kind_counts_what_it_says() {
    let calls = "(func $work (type $body) (call $inner (i32.const 5)) (call $inner (i32.const 6)) (call $mark (i32.const 1)))
        (func $inner (param i32))";
    let bytes = "(func $work (type $body) (drop (call $compare (i32.const 0) (i32.const 0) (i32.const 640))) (call $mark (i32.const 1)))
        (func $compare (param i32 i32 i32) (result i32) (i32.const 0))";
    let nested = r#"(func $work (type $body) (local $i i32) (local $j i32)
        (loop $outer
          (local.set $j (i32.const 0))
          (loop $inner
            (local.set $j (i32.add (local.get $j) (i32.const 1)))
            (br_if $inner (i32.lt_u (local.get $j) (i32.const 3))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $outer (i32.lt_u (local.get $i) (i32.const 2))))
        (call $mark (i32.const 1)))"#;
    // The list, the module, what is taken of 100, and the running thread afterwards.
    let rows = [
        ("loop work", FIVE, 5, 7),
        ("count work", FIVE, 5, 7),
        ("call work", FIVE, 1, 11),
        ("call work\nloop work", FIVE, 6, 11),
        ("call inner", calls, 2, 6),
        ("bytes compare", bytes, 10, 7),
        ("loop work # both loops", nested, 2 + 6, 7),
    ];
    for (text, module, taken, thread) in rows {
        let mut running = counted(text, module);
        assert_eq!(running.call("run", &[100]), Some(1), "{text}");
        assert_eq!(running.call("left", &[]), Some(100 - taken), "{text}");
        assert_eq!(running.call("thread", &[]), Some(thread), "{text}");
    }
}

#[test]
fn the_end_is_raised_below_zero_and_not_before() {
    // The list, and for each number of steps the marks: 1 is the end of the work, 7 the thread that is told of the end.
    let rows = [
        ("loop work", [(5, 1), (4, 7), (0, 7)]),
        // It only counts: the work is done.
        ("count work", [(5, 1), (4, 1), (0, 1)]),
        ("call work", [(1, 1), (0, 11), (-1, 11)]),
    ];
    for (text, turns) in rows {
        for (steps, marks) in turns {
            assert_eq!(counted(text, FIVE).call("run", &[steps]), Some(marks), "{text} with {steps}");
        }
    }
}

#[test]
fn functions_that_share_a_name_all_count() {
    let module = "(func $work (type $body) (call $a) (call $b))
        (func $a (loop (call $mark (i32.const 1)))) (func $b (loop (call $mark (i32.const 2))))";
    let wasm = linked(&format!("{COUNTER} {module}"));
    let mut parsed = walrus::Module::from_buffer(&wasm).expect("a module");
    let b = parsed.funcs.by_name("b").expect("it is there");
    parsed.funcs.get_mut(b).name = Some("a".into());
    let wasm = count(&parsed.emit_wasm(), &list("loop a")).expect("counted");
    let mut running = Running::start(&unwind(&wasm).expect("unwound")).expect("started");
    assert_eq!(running.call("run", &[100]), Some(12));
    assert_eq!(running.call("left", &[]), Some(98));
}

#[test]
fn a_second_application_changes_nothing() {
    let wasm = linked(&format!("{COUNTER} {FIVE}"));
    let once = count(&wasm, &list("loop work")).expect("counted");
    assert_ne!(once, wasm);
    assert_eq!(count(&once, &list("loop work")).expect("a second time"), once);
    assert_eq!(count(&wasm, &list("loop work")).expect("again"), once, "the pass is deterministic");
    assert_eq!(count(&wasm, &List::default()).expect("an empty list"), wasm);
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let missing = |name: &str| StepsError::Missing(name.into());
    let shape = |function: &str, what| StepsError::Shape { function: function.into(), what };
    let module = format!("{COUNTER} {FIVE} (func $flat) (func $long (param i64 i32 i64))");
    let without = |part: &str| {
        let at = module.find(part).unwrap_or_else(|| panic!("no {part}"));
        module[..at].to_owned() + "__other" + &module[at + part.len()..]
    };
    let rows = [
        (module.clone(), "loop nothing", missing("nothing")),
        // An import has no body.
        (module.clone(), "call host", missing("host")),
        (module.clone(), "loop work\ncount flat", shape("flat", "it has no loop")),
        (module.clone(), "loop flat", shape("flat", "it has no loop")),
        (module.clone(), "call flat", shape("flat", "its first parameter is no i32")),
        (module.clone(), "call long", shape("long", "its first parameter is no i32")),
        (module.clone(), "bytes long", shape("long", "its third parameter is no i32")),
        (without("__cu_steps_spent"), "loop work", StepsError::NoSpent),
        (without("__cu_steps"), "loop work", StepsError::NoCounter),
    ];
    for (module, text, expected) in rows {
        assert_eq!(count(&linked(&module), &list(text)), Err(expected), "{text}");
    }
    let no_module = count(b"no module", &list("loop work"));
    assert!(matches!(no_module, Err(StepsError::Parse(_))), "{no_module:?}");
    let no_counter = count(&assemble("(module (memory 1) (func $work))"), &list("call work"));
    assert_eq!(no_counter, Err(StepsError::NoCounter));
}

#[test]
fn a_line_that_is_not_understood_is_refused() {
    for line in ["loop", "loops work", "work", "LOOP work"] {
        assert_eq!(List::parse(line), Err(StepsError::Line(line.into())));
    }
    assert_eq!(List::parse("# nothing\n\n   \n"), Ok(List::default()));
}

#[test]
fn the_list_of_the_module_can_be_read() {
    let text = include_str!("../../steps.txt");
    assert!(list(text).entries.len() > 20);
}
