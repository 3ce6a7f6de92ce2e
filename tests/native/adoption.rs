//! Adoption: a plain table that is assigned into an external one moves out, and its old name stands for the new one.

use cu::Value;

use crate::support::{check_true, failure, run, table, vm};

#[test]
fn adopted_tables_are_the_same_for_both() {
    let vm = vm();
    check_true(
        &vm,
        &[
            "local t = { 1, 2, x = 'y' } _home.t = t t.z = 3 t[3] = 4 return _home.t == t and _home.t.z == 3 and #_home.t == 3 and ext.is(t)",
            "local s = {} _home.a = { s, s, { s } } return _home.a[1] == s and _home.a[2] == s and _home.a[3][1] == s",
            "local t = {} t.self = t t[t] = t _home.t = t return _home.t.self == t and t.self.self == t and t[t] == t",
            "local t = { ext.table() } t[1].x = t _home.t = t return _home.t[1].x == t",
            "local t = {} for i = 1, 8000 do t[i] = { i } end _home.t = t return #t == 8000 and t[8000][1] == 8000",
            "local t = {} for i = 1, 5000 do t['k' .. i] = ('v'):rep(i % 100) end _home.t = t return #t.k99 == 99 and #t.k4999 == 99",
            "_home.x = { { {} } } local inner = _home.x[1] _home.y = inner return _home.y == _home.x[1] and _home.y[1] == inner[1]",
            "local n = 0 local t = { a = 1, b = 2, c = 3 } for k in pairs(t) do n = n + 1 if n == 1 then _home.t = t end end return n == 3",
        ],
    );
    let kept = table(vm.home().get("x"));
    assert_eq!(table(kept.get(1)), table(vm.home().get("y")));
}

#[test]
fn depth_has_no_limit_but_memory() {
    let vm = vm();
    run(&vm, "local t = {} for i = 1, 10000 do t = { t } end _home.deep = t");
    let (mut depth, mut value) = (0, vm.home().get("deep"));
    while let Value::Table(table) = value {
        value = table.get(1);
        depth += 1;
    }
    assert_eq!(depth, 10_001);
    run(&vm, "_home.deep = nil collectgarbage()");
}

#[test]
fn what_cannot_be_stored_changes_nothing() {
    let vm = vm();
    run(&vm, "kept = { 'before' } _home.kept = kept");
    let cases = [
        ("coroutine.create(print)", "a coroutine cannot be stored in an external table"),
        ("{ { coroutine.create(print) } }", "a coroutine cannot be stored in an external table"),
        ("{ [coroutine.create(print)] = 1 }", "a coroutine cannot be stored in an external table"),
        ("io.stdout", "a FILE* cannot be stored in an external table"),
        ("_G", "a table of globals cannot be stored in an external table"),
        ("{ string }", "a library 'string' cannot be stored in an external table"),
        ("setmetatable({}, { __gc = print })", "a metatable with __gc cannot be stored in an external table"),
        ("setmetatable({}, string)", "a library 'string' cannot be stored in an external table"),
    ];
    for (value, expected) in cases {
        let message = failure(&vm, &format!("local v = {value} _home.kept = v")).message;
        assert!(message.ends_with(expected), "{value}: {message}");
        check_true(&vm, &["return _home.kept == kept and kept[1] == 'before'", "return not ext.is(_G) and not ext.is(string)"]);
    }
    let source = "local t = { {}, coroutine.create(print) } pcall(function() _home.t = t end) return not ext.is(t) and not ext.is(t[1]) and _home.t == nil";
    check_true(&vm, &[source]);
}

#[test]
fn output_is_a_table_of_the_program() {
    let vm = vm();
    run(&vm, "_io.output = { total = 3, rows = { { 'a', 1 }, { 'b', 2 } } }");
    let output = table(vm.output());
    assert_eq!(output.get("total"), 3.into());
    let rows: Vec<Value> = table(output.get("rows")).entries().into_iter().map(|(_, row)| table(row).get(1)).collect();
    assert_eq!(rows, ["a".into(), "b".into()]);
    output.set("total", 4).unwrap();
    assert_eq!(run(&vm, "return _io.output.total"), 4.into());
}

/// At every size of a graph memory may run out in the middle; then all is as before. What has no room as a plain table already has been
/// tried: with a full collection at each allocation (`scripts/sanitize memory`) larger ones take the longer, and show nothing new.
#[test]
fn running_out_of_memory_changes_nothing() {
    let vm = vm();
    let mut outcomes = Vec::new();
    for length in (1000..60_000).step_by(3_700) {
        let source = format!(
            "local t = {{}}
             if not pcall(function() for i = 1, {length} do t[i] = {{ i }} end end) then return 'no room' end
             local ok = pcall(function() _home.t = t end)
             local whole = ext.is(t) == ok and #t == {length} and t[{length}][1] == {length} and ext.is(t[1]) == ok
             _home.t = nil
             return whole and (ok and 'adopted' or 'as before')"
        );
        outcomes.push(run(&vm, &source));
        if outcomes.last() == Some(&"no room".into()) {
            break;
        }
    }
    let mut kinds = outcomes.clone();
    kinds.dedup();
    assert_eq!(kinds, ["adopted".into(), "as before".into(), "no room".into()], "{outcomes:?}");
}
