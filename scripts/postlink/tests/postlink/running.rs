//! What transformed modules do when they run.

use crate::support::{Running, unwound};

/// One call of an export, and its result; `None` is a trap.
type Call<'a> = (&'a str, &'a [i32], Option<i32>);

fn check(module: &str, calls: &[Call]) {
    let mut running = Running::start(&unwound(module)).unwrap_or_else(|e| panic!("{e}\n{module}"));
    for (export, arguments, expected) in calls {
        let found = running.call(export, arguments);
        assert_eq!(found, *expected, "{export}{arguments:?} of\n{module}");
    }
}

#[test]
fn a_direct_throw_is_caught() {
    check(
        r#"(elem (i32.const 0) $work)
           (func $work (type $body)
             (call $mark (i32.const 1)) (call $throw (i32.const 7)) (call $mark (i32.const 2)))
           (func (export "run") (result i32)
             (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 3)) (global.get $trace))"#,
        &[("run", &[], Some(13)), ("run", &[], Some(1313))],
    );
}

#[test]
fn without_a_throw_nothing_changes() {
    check(
        r#"(elem (i32.const 0) $work)
           (func $work (type $body)
             (if (local.get 0) (then (call $mark (i32.const 1))) (else (call $throw (i32.const 7))))
             (call $mark (i32.const 2)))
           (func (export "run") (result i32)
             (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 3)) (global.get $trace))"#,
        &[("run", &[], Some(123))],
    );
}

#[test]
fn the_protected_function_gets_its_two_arguments() {
    check(
        r#"(elem (i32.const 3) $work)
           (func $work (type $body)
             (i32.store (i32.const 0) (i32.sub (local.get 0) (local.get 1))) (call $throw (i32.const 1)))
           (func (export "run") (result i32)
             (call $protect (i32.const 3) (i32.const 50) (i32.const 8) (i32.const 1)) (i32.load (i32.const 0)))"#,
        &[("run", &[], Some(42))],
    );
}

#[test]
fn a_throw_passes_through_several_frames() {
    check(
        r#"(elem (i32.const 0) $work)
           (func $deep (param i32) (result i32)
             (if (i32.eqz (local.get 0)) (then (call $throw (i32.const 7)) (unreachable)))
             (call $mark (i32.const 1))
             (i32.store (i32.const 0) (call $deep (i32.sub (local.get 0) (i32.const 1))))
             (call $mark (i32.const 9))
             (i32.const 5))
           (func $work (type $body) (drop (call $deep (i32.const 4))) (call $mark (i32.const 9)))
           (func (export "run") (result i32)
             (i32.store (i32.const 0) (i32.const 77))
             (call $try (i32.const 0) (i32.const 7))
             (i32.add (global.get $trace) (i32.load (i32.const 0))))"#,
        &[("run", &[], Some(1111 + 77))],
    );
}

#[test]
fn indirect_calls_unwind() {
    check(
        r#"(type $unary (func (param i32) (result i32)))
           (elem (i32.const 0) $work $thrower $other)
           (func $thrower (type $unary) (call $throw (i32.const 7)) (i32.const 1))
           (func $other (type $unary) (i32.const 6))
           (func $work (type $body)
             (call $mark (call_indirect (type $unary) (i32.const 0) (i32.const 2)))
             (call $mark (call_indirect (type $unary) (i32.const 0) (i32.const 1)))
             (call $mark (i32.const 2)))
           (func (export "run") (result i32)
             (call $try (i32.const 0) (i32.const 7)) (global.get $trace))"#,
        &[("run", &[], Some(6))],
    );
}

#[test]
fn throw_and_protect_can_be_called_through_the_table() {
    check(
        r#"(type $t (func (param i32)))
           (type $p (func (param i32 i32 i32 i32)))
           (elem (i32.const 0) $work $throw $protect)
           (func $work (type $body) (call_indirect (type $t) (i32.const 7) (i32.const 1)) (call $mark (i32.const 2)))
           (func (export "run") (result i32)
             (call_indirect (type $p) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 2))
             (call $mark (i32.const 3)) (global.get $trace))"#,
        &[("run", &[], Some(3))],
    );
}

#[test]
fn the_innermost_protection_with_the_right_aim_catches() {
    let module = r#"
        (elem (i32.const 0) $outer $middle $inner)
        (global $aim (mut i32) (i32.const 0))
        (func $inner (type $body) (call $throw (global.get $aim)) (call $mark (i32.const 9)))
        (func $middle (type $body)
          (call $try (i32.const 2) (i32.const 3)) (call $mark (i32.const 3)))
        (func $outer (type $body)
          (call $try (i32.const 1) (i32.const 2)) (call $mark (i32.const 2)))
        (func (export "run") (param i32) (result i32)
          (global.set $aim (local.get 0))
          (global.set $trace (i32.const 0))
          (call $try (i32.const 0) (i32.const 1)) (call $mark (i32.const 1)) (global.get $trace))"#;
    check(
        module,
        &[
            ("run", &[3], Some(321)),
            ("run", &[2], Some(21)),
            ("run", &[1], Some(1)),
            ("run", &[3], Some(321)),
            // Nobody has this aim: the export would be left while unwinding, and the instance is lost.
            ("run", &[4], None),
            ("run", &[3], None),
        ],
    );
}

#[test]
fn a_throw_from_a_handler_reaches_the_outer_protection() {
    check(
        r#"(elem (i32.const 0) $outer $inner)
           (func $inner (type $body) (call $throw (i32.const 2)))
           (func $outer (type $body)
             (call $try (i32.const 1) (i32.const 2)) (call $mark (i32.const 2))
             (call $throw (i32.const 1)) (call $mark (i32.const 9)))
           (func (export "run") (result i32)
             (call $try (i32.const 0) (i32.const 1)) (call $mark (i32.const 1)) (global.get $trace))"#,
        &[("run", &[], Some(21))],
    );
}

#[test]
fn results_of_every_type() {
    // Each row: result types, and how `$work` consumes them.
    let rows = [
        ("i32", "(drop)"),
        ("i64", "(local.set $v) (i64.store (i32.const 0) (local.get $v))"),
        ("f32", "(drop)"),
        ("f64", "(drop)"),
        ("funcref", "(drop)"),
        ("externref", "(drop)"),
        ("i32 f64", "(drop) (drop)"),
        ("i64 i64 f32 i32", "(drop) (drop) (drop) (drop)"),
    ];
    for (types, consume) in rows {
        check(
            &format!(
                r#"(elem (i32.const 0) $work)
                   (func $value (result {types}) (call $throw (i32.const 7)) (unreachable))
                   (func $between (result {types})
                     (call $value) (call $mark (i32.const 9)))
                   (func $work (type $body) (local $v i64)
                     (call $between) {consume} (call $mark (i32.const 9)))
                   (func (export "run") (result i32)
                     (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 1)) (global.get $trace))"#
            ),
            &[("run", &[], Some(1))],
        );
    }
}

#[test]
fn the_stack_pointer_is_restored() {
    let module = r#"
        (elem (i32.const 0) $work)
        (func $frame (param $throws i32)
          (local $sp i32)
          (global.set $__stack_pointer
            (local.tee $sp (i32.sub (global.get $__stack_pointer) (i32.const 64))))
          (if (local.get $throws) (then (call $throw (i32.const 7))))
          (global.set $__stack_pointer (i32.add (local.get $sp) (i32.const 64))))
        (func $work (type $body)
          (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 16)))
          (call $frame (i32.load (i32.const 0)))
          (call $mark (i32.const 2))
          (global.set $__stack_pointer (i32.add (global.get $__stack_pointer) (i32.const 16))))
        (func (export "run") (param $throws i32) (result i32)
          (i32.store (i32.const 0) (local.get $throws))
          (call $try (i32.const 0) (i32.const 7)) (global.get $__stack_pointer))"#;
    check(module, &[("run", &[0], Some(4096)), ("trace", &[], Some(2)), ("run", &[1], Some(4096)), ("trace", &[], Some(2))]);
}

#[test]
fn the_aim_may_be_an_address_on_the_stack() {
    // As Lua does it: the handler's own frame is what a throw aims at.
    check(
        r#"(elem (i32.const 0) $work)
           (func $work (type $body) (call $throw (local.get 1)) (call $mark (i32.const 9)))
           (func $guarded (param $n i32) (local $frame i32)
             (global.set $__stack_pointer
               (local.tee $frame (i32.sub (global.get $__stack_pointer) (i32.const 16))))
             (if (local.get $n) (then (call $guarded (i32.sub (local.get $n) (i32.const 1)))))
             (call $protect (i32.const 0) (i32.const 0) (local.get $frame) (local.get $frame))
             (call $mark (i32.const 1))
             (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 16))))
           (func (export "run") (result i32) (call $guarded (i32.const 3)) (global.get $trace))"#,
        &[("run", &[], Some(1111))],
    );
}

#[test]
fn nothing_happens_after_a_call_that_throws() {
    // Each row is what follows the throwing call in one function; the memory must stay as it was.
    let rows = [
        "(call $thrower) (i32.store (i32.const 0) (i32.const 9))",
        "(i32.store (i32.const 0) (call $value))",
        "(call $thrower) (memory.fill (i32.const 0) (i32.const 9) (i32.const 4))",
        "(local.set $x (call $value)) (i32.store (i32.const 0) (local.get $x))",
        "(i32.store (i32.add (i32.const 0) (call $value)) (i32.const 9))",
        // Operands below the call on the stack.
        "(i32.store (i32.const 0) (i32.add (i32.const 40) (call $value)))",
        // The second of two arguments throws: the function that takes them is not called.
        "(call $store (i32.const 0) (call $value))",
        "(call $store (call $value) (call $value))",
        "(block (br_if 0 (call $value)) (i32.store (i32.const 0) (i32.const 9)))",
        "(if (call $value) (then (nop)) (else (i32.store (i32.const 0) (i32.const 9))))",
        "(if (i32.const 1) (then (call $thrower))) (i32.store (i32.const 0) (i32.const 9))",
        "(if (i32.const 0) (then (nop)) (else (call $thrower))) (i32.store (i32.const 0) (i32.const 9))",
        "(block (block (call $thrower) (br 1))) (i32.store (i32.const 0) (i32.const 9))",
        "(block (loop (call $thrower) (br 1))) (i32.store (i32.const 0) (i32.const 9))",
        "(i32.store (i32.const 0) (block (result i32) (call $value)))",
        "(i32.store (i32.const 0) (block (result i32) (i32.const 1) (call $thrower)))",
        "(i32.store (i32.const 0) (if (result i32) (i32.const 1) (then (call $value)) (else (i32.const 3))))",
        "(i32.store (i32.const 0) (select (call $value) (i32.const 4) (i32.const 1)))",
        "(call $two) (local.set $x) (i32.store (i32.const 0) (local.get $x)) (drop)",
        "(block $a (block $b (block $c (br_table $c $b $a (call $value))) (i32.store (i32.const 0) (i32.const 9))))",
        "(i32.store (i32.const 0) (call_indirect (type $giving) (i32.const 1)))",
        "(call_indirect (type $taking) (call $value) (i32.const 2))",
        "(memory.copy (i32.const 0) (i32.const 16) (call $value))",
        "(local.set $x (call $value)) (loop $l (i32.store (i32.const 0) (i32.const 9)))",
        // A division by the zero that comes back must not trap.
        "(drop (i32.div_u (i32.const 1) (call $value)))",
        "(call $thrower) (unreachable)",
    ];
    for row in rows {
        let module = format!(
            r#"(type $giving (func (result i32)))
               (type $taking (func (param i32)))
               (elem (i32.const 0) $work $value $keep)
               (func $thrower (call $throw (i32.const 7)))
               (func $value (type $giving) (call $thrower) (i32.const 9))
               (func $two (result i32 i32) (call $thrower) (i32.const 8) (i32.const 9))
               (func $keep (type $taking) (i32.store (i32.const 0) (i32.const 9)))
               (func $store (param i32 i32) (i32.store (local.get 0) (local.get 1)))
               (func $body (local $x i32) {row} (i32.store (i32.const 0) (i32.const 8)))
               (func $work (type $body) (call $body) (i32.store (i32.const 0) (i32.const 7)))
               (func (export "run") (result i32)
                 (i32.store (i32.const 0) (i32.const 5))
                 (call $try (i32.const 0) (i32.const 7)) (i32.load (i32.const 0)))"#
        );
        check(&module, &[("run", &[], Some(5)), ("run", &[], Some(5))]);
    }
}

#[test]
fn a_loop_ends_in_the_turn_that_throws() {
    check(
        r#"(elem (i32.const 0) $work)
           (func $turn (param i32)
             (call $mark (local.get 0))
             (if (i32.eq (local.get 0) (i32.const 4)) (then (call $throw (i32.const 7)))))
           (func $work (type $body) (local $i i32)
             (loop $next
               (local.set $i (i32.add (local.get $i) (i32.const 1)))
               (call $turn (local.get $i))
               (br_if $next (i32.lt_u (local.get $i) (i32.const 8))))
             (call $mark (i32.const 9)))
           (func (export "run") (result i32) (call $try (i32.const 0) (i32.const 7)) (global.get $trace))"#,
        &[("run", &[], Some(1234))],
    );
}

#[test]
fn a_call_at_the_end_of_a_loop_does_not_go_round_again() {
    // A branch to a loop goes to its head: the call before it is not in tail position.
    check(
        r#"(elem (i32.const 0) $work)
           (func $turn (call $mark (i32.const 1)) (call $throw (i32.const 7)))
           (func $work (type $body) (loop $again (call $turn) (br $again)))
           (func (export "run") (result i32) (call $try (i32.const 0) (i32.const 7)) (global.get $trace))"#,
        &[("run", &[], Some(1))],
    );
}

#[test]
fn calls_in_tail_position_still_unwind() {
    // Each row ends a function that returns i32; its caller must not go on.
    let rows = [
        "(call $value)",
        "(return (call $value))",
        "(block (result i32) (call $value))",
        "(block (br 1 (call $value))) (i32.const 9)",
        "(if (result i32) (i32.const 1) (then (call $value)) (else (i32.const 2)))",
        "(loop (result i32) (call $value))",
        "(local.set $x (call $value)) (global.set $__stack_pointer (i32.const 4000)) (local.get $x)",
        "(i32.eqz (call $value))",
        "(drop (call $value)) (i32.const 3)",
        "(return_call $value)",
        "(return_call_indirect (type $giving) (i32.const 1))",
    ];
    for row in rows {
        let module = format!(
            r#"(type $giving (func (result i32)))
               (elem (i32.const 0) $work $value)
               (func $value (type $giving) (call $throw (i32.const 7)) (call $mark (i32.const 9)) (i32.const 1))
               (func $tail (result i32) (local $x i32) {row})
               (func $work (type $body) (drop (call $tail)) (call $mark (i32.const 8)))
               (func (export "run") (result i32)
                 (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 1))
                 (i32.add (global.get $trace) (global.get $__stack_pointer)))"#
        );
        check(&module, &[("run", &[], Some(4097))]);
    }
}

#[test]
fn exports_trap_when_entered_or_left_while_unwinding() {
    check(
        r#"(func (export "harmless") (result i32) (i32.const 5))
           (func (export "run") (param i32) (result i32)
             (if (local.get 0) (then (call $throw (i32.const 7)))) (i32.const 6))"#,
        &[
            ("harmless", &[], Some(5)),
            ("run", &[0], Some(6)),
            // Left.
            ("run", &[1], None),
            // Entered, whether it may throw or not.
            ("run", &[0], None),
            ("harmless", &[], None),
            ("trace", &[], None),
        ],
    );
}

#[test]
fn a_throw_at_nobody_traps_at_once() {
    check(
        r#"(elem (i32.const 0) $work)
           (func $work (type $body) (call $throw (i32.const 0)))
           (func (export "run") (result i32) (call $try (i32.const 0) (i32.const 7)) (i32.const 1))"#,
        &[("run", &[], None), ("trace", &[], Some(0))],
    );
}

#[test]
fn an_exported_function_can_be_called_inside_and_through_the_table() {
    // Only the export is guarded: inside, `$both` throws like any other function.
    check(
        r#"(elem (i32.const 0) $work $both)
           (type $unary (func (param i32) (result i32)))
           (func $both (export "both") (export "again") (type $unary)
             (if (local.get 0) (then (call $throw (i32.const 7)))) (i32.const 4))
           (func $work (type $body)
             (call $mark (call $both (i32.const 0)))
             (call $mark (call_indirect (type $unary) (i32.load (i32.const 0)) (i32.const 1)))
             (call $mark (i32.const 9)))
           (func (export "run") (param i32) (result i32)
             (i32.store (i32.const 0) (local.get 0)) (global.set $trace (i32.const 0))
             (call $try (i32.const 0) (i32.const 7)) (global.get $trace))"#,
        &[("both", &[0], Some(4)), ("again", &[0], Some(4)), ("run", &[1], Some(4)), ("run", &[0], Some(449)), ("again", &[1], None)],
    );
}

#[test]
fn the_host_may_call_in_while_a_protected_function_calls_out() {
    let module = r#"
        (elem (i32.const 0) $work $innerwork)
        (func $innerwork (type $body)
          (call $mark (i32.const 2)) (call $throw (i32.load (i32.const 0))) (call $mark (i32.const 9)))
        (func $inner (export "inner") (param i32) (result i32)
          (i32.store (i32.const 0) (local.get 0))
          (call $try (i32.const 1) (i32.const 5)) (call $mark (i32.const 3)) (i32.const 4))
        (func $work (type $body)
          (call $mark (i32.const 1)) (call $mark (call $host (i32.load (i32.const 4))))
          (call $throw (i32.const 7)) (call $mark (i32.const 9)))
        (func (export "run") (param i32) (result i32)
          (i32.store (i32.const 4) (local.get 0))
          (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 6)) (global.get $trace))"#;
    // The inner throw is caught inside; the outer one still finds its handler.
    check(module, &[("run", &[5], Some(12346)), ("run", &[5], Some(1234612346))]);
    // An inner throw at the outer handler would have to unwind the host: it traps, and the instance is lost.
    check(module, &[("run", &[7], None), ("run", &[5], None)]);
}

#[test]
fn a_start_function_is_guarded_like_an_export() {
    let caught = r#"(elem (i32.const 0) $work)
        (func $work (type $body) (call $throw (i32.const 7)))
        (func $start (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 8)))
        (start $start)"#;
    check(caught, &[("trace", &[], Some(8))]);
    let thrown = "(func $start (call $throw (i32.const 7))) (start $start)";
    assert!(Running::start(&unwound(thrown)).is_err());
}

#[test]
fn a_function_referenced_by_a_global_counts_as_reachable() {
    check(
        r#"(type $giving (func (result i32)))
           (elem (i32.const 0) $work)
           (global $g funcref (ref.func $value))
           (func $value (type $giving) (call $throw (i32.const 7)) (i32.const 1))
           (func $work (type $body)
             (table.set $table (i32.const 3) (global.get $g))
             (call $mark (call_indirect (type $giving) (i32.const 3))))
           (func (export "run") (result i32)
             (call $try (i32.const 0) (i32.const 7)) (call $mark (i32.const 2)) (global.get $trace))"#,
        &[("run", &[], Some(2))],
    );
}
