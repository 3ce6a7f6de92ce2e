//! Coroutines: yields and errors beside the boundary, calls of the host from inside them.

use std::rc::Rc;

use cu::{Function, Table, Value};

use crate::support::{failure, results, run, vm};

#[test]
fn coroutines_work_beside_the_boundary() {
    let vm = Rc::new(vm());
    let shared = Rc::downgrade(&vm);
    let host = Table::new();
    host.set("id", Function::new(Ok)).unwrap();
    let call = move |arguments: Vec<Value>| match &arguments[..] {
        [Value::LuaFunction(function), rest @ ..] => Ok(shared.upgrade().unwrap().call_function(function, rest)?),
        _ => Err("a function expected".into()),
    };
    host.set("call", Function::new(call)).unwrap();
    vm.set_input((1..=100).collect::<Table>());
    results(&vm, "host = ...", &[host.into()]);
    let cases = [
        (
            "local co = coroutine.wrap(function(...) for i, x in ipairs(_io.input) do coroutine.yield(x) end end) local s = 0 for x in co do s = s + x end return s",
            "5050",
        ),
        (
            "local co = coroutine.wrap(function(a) while true do a = coroutine.yield(host.id(a) * 2) end end) return co(1) + co(2) + co(3)",
            "12",
        ),
        ("return coroutine.wrap(function() return host.call(function(x) return host.id(x) + 1 end, 1) end)()", "2"),
        ("return coroutine.resume(coroutine.create(function() error('in it') end))", "false test:1: in it"),
        (
            "return coroutine.resume(coroutine.create(function() _home.x = coroutine.running() end))",
            "false test:1: a coroutine cannot be stored in an external table",
        ),
        (
            "return coroutine.wrap(function() return pcall(host.call, function() coroutine.yield(1) end) end)()",
            "false attempt to yield across a C-call boundary",
        ),
        ("local co = coroutine.create(function() host.call(error, 'out') end) return coroutine.resume(co)", "false out"),
        ("return select(2, coroutine.resume(coroutine.create(function() return host.call(coroutine.isyieldable) end)))", "false"),
        (
            "local co co = coroutine.create(function() return coroutine.resume(co) end) return select(2, coroutine.resume(co))",
            "false cannot resume non-suspended coroutine",
        ),
        (
            "local t = setmetatable({}, { __index = function(_, k) return coroutine.yield(k) end }) local co = coroutine.wrap(function() return t.key .. '!' end) return co() .. co('value')",
            "keyvalue!",
        ),
        (
            "local co = coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function() _home.closed = 1 end }) coroutine.yield() end) co() co() return _home.closed",
            "1",
        ),
        ("return coroutine.close(coroutine.create(print)), _home == _home", "true true"),
    ];
    for (source, expected) in cases {
        let texts: Vec<String> =
            results(&vm, source, &[]).iter().map(|value| value.as_str().map_or(format!("{value:?}"), str::to_owned)).collect();
        assert_eq!(texts.join(" "), expected, "{source}");
    }
}

#[test]
fn an_error_leaves_no_coroutine_running() {
    let vm = vm();
    for _ in 0..100 {
        failure(&vm, "coroutine.wrap(function() coroutine.wrap(function() _home.x.y = 1 end)() end)()");
        assert_eq!(results(&vm, "return coroutine.isyieldable(), (select(2, coroutine.running()))", &[]), [false.into(), true.into()]);
    }
    run(&vm, "for i = 1, 10000 do coroutine.wrap(function() _home[i % 10] = i coroutine.yield() end)() end");
}
