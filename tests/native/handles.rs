//! Handles and references are given back: loops of any length keep neither side's memory growing.

use std::rc::Rc;

use cu::{Function, Table, Value, Vm};

use crate::support::{results, run, table, vm};

/// Handles that exist from the start.
const FIXED: usize = 3;

#[test]
fn handles_are_released() {
    let vm = vm();
    let records: Table = (0..1000).map(|i| [i].into_iter().collect::<Table>()).collect();
    vm.set_input(records);
    let loops = [
        "for i = 1, 100000 do ext.table() end",
        "for i = 1, 100000 do local t = ext.table() t.x = t end",
        "for i = 1, 30000 do local t = ext.table() t[t] = i end",
        "for i = 1, 30000 do local t = ext.table() t[t] = i t[t] = nil end",
        "for i = 1, 3000 do local t = ext.table() t.f = function() return t end end",
        "for i = 1, 3000 do local t = ext.table() t[function() return t end] = i end",
        "for i = 1, 100000 do local _ = _io.input[i % 1000 + 1][1] end",
        "for i = 1, 30000 do _home.t = { { i } } end _home.t = nil",
        "for i = 1, 300 do _home.t = {} for j = 1, 100 do _home.t[j] = { j } end end _home.t = nil",
    ];
    for source in loops {
        run(&vm, source);
        let (handles, _) = vm.held();
        assert!(handles < 20_000, "{source}: {handles} before a collection");
        vm.collect();
        // The table at `_io.input` may have been looked at.
        let (handles, references) = vm.held();
        assert!(handles <= FIXED + 1 && references == 0, "{source}: {handles} and {references}");
    }
}

#[test]
fn what_lua_holds_is_kept() {
    let vm = vm();
    run(&vm, "kept = {} for i = 1, 3000 do kept[i] = ext.table() kept[i].i = i end for i = 1, 100000 do ext.table() end");
    vm.collect();
    assert!((3000 + FIXED..3010 + FIXED).contains(&vm.held().0), "{:?}", vm.held());
    run(&vm, "for i = 1, 3000 do assert(kept[i].i == i) end kept = nil");
    vm.collect();
    assert!(vm.held().0 <= FIXED + 1);
}

#[test]
fn functions_of_lua_are_released() {
    let vm = vm();
    let references = |vm: &Vm| {
        vm.collect();
        vm.held().1
    };
    run(&vm, "for i = 1, 50000 do _home.f = function() return i end end");
    assert_eq!(references(&vm), 1);
    run(&vm, "_home.f = nil");
    assert_eq!(references(&vm), 0);
    let functions: Vec<Value> = (0..100).flat_map(|_| results(&vm, "local function f() end return f, f, print", &[])).collect();
    assert_eq!(references(&vm), 101, "print is always the same");
    drop(functions);
    assert_eq!(references(&vm), 0);
    for _ in 0..2000 {
        assert!(vm.compute("error({})", "=test", &[]).is_err());
    }
    assert_eq!(references(&vm), 0);
}

/// More keys than can be interned at once, again and again.
#[test]
fn keys_are_evicted() {
    let vm = vm();
    run(
        &vm,
        "for round = 1, 3 do
           local t = ext.table()
           for i = 1, 10000 do t['key' .. i] = i end
           for i = 10000, 1, -7 do assert(t['key' .. i] == i) end
           local n = 0
           for k, v in pairs(t) do n = n + 1 assert(k == 'key' .. v) end
           assert(n == 10000)
         end",
    );
}

#[test]
fn weak_tables_and_finalizers_see_proxies() {
    let vm = vm();
    run(
        &vm,
        "local weak = setmetatable({}, { __mode = 'k' })
         for i = 1, 1000 do weak[ext.table()] = i end
         collectgarbage() collectgarbage()
         assert(next(weak) == nil)
         local n = 0
         for i = 1, 1000 do setmetatable({}, { __gc = function() _home.n = (_home.n or 0) + 1 local t = ext.table() t[1] = { i } end }) end
         collectgarbage() collectgarbage()
         assert(_home.n == 1000)",
    );
}

#[test]
fn tables_that_lead_to_each_other_end_with_their_vm() {
    let sources = [
        "_home.t = {} _home.t.t = _home.t _home.t.f = _io.input",
        "_home.a, _home.b = {}, {} _home.a.b, _home.b.a, _home.a.f = _home.b, _home.a, _io.input _home.a, _home.b = nil, nil",
        "local t = ext.table() t.t, t.f = t, _io.input",
        "local t = {} t[t], t.f = _io.input, t _home.t = t",
        "local t = ext.table() t[t], t.f = true, _io.input t[t] = nil",
        "_home.home, _home.f = _home, _io.input",
        "_io.output = { _io, _io.input, _home } _home.io = _io",
        "_io.m = setmetatable({ _io.input }, _io)",
    ];
    for source in sources {
        let vm = vm();
        let token = Rc::new(());
        let held = token.clone();
        vm.set_input(Function::new(move |args| {
            let _ = &held;
            Ok(args)
        }));
        run(&vm, source);
        drop(vm);
        assert_eq!(Rc::strong_count(&token), 1, "{source}");
    }
}

#[test]
fn tables_that_the_program_holds_outlive_their_vm() {
    let vm = vm();
    let home = vm.home().clone();
    run(&vm, "_home.t = { x = 1 } _home.t.t = _home.t");
    drop(vm);
    let held = table(home.get("t"));
    assert_eq!(table(held.get("t")).get("x"), Value::Integer(1));
    // What leads to itself is the program's to take apart.
    held.set("t", Value::Nil).unwrap();
}
