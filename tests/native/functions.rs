//! Functions of the program that Lua calls, functions of Lua that the program calls, and both inside each other.

use std::cell::RefCell;
use std::rc::Rc;

use cu::{ErrorKind, Function, Table, Value, Vm};

use crate::support::{failure, results, run, vm};

/// A `Vm` with the global `host`, and a function `again(source, ...)` that computes a chunk in the same state.
fn vm_with_host() -> Rc<Vm> {
    let vm = Rc::new(vm());
    let host = Table::new();
    let functions: [(&str, Function); 6] = [
        ("id", Function::new(Ok)),
        ("none", Function::new(|_| Ok(Vec::new()))),
        ("fail", Function::new(|arguments| Err(arguments.into_iter().next().unwrap_or_default().into()))),
        ("refuse", Function::new(|_| Err("refused".into()))),
        ("panic", Function::new(|arguments| panic!("with {} arguments", arguments.len()))),
        ("many", Function::new(|_| Ok(vec!["x".repeat(1000).into(); 500]))),
    ];
    for (name, function) in functions {
        host.set(name, function).unwrap();
    }
    let shared = Rc::downgrade(&vm);
    let again = move |arguments: Vec<Value>| {
        let Some(Value::String(source)) = arguments.first() else { return Err("a source expected".into()) };
        Ok(shared.upgrade().unwrap().compute(source, "=again", &arguments[1..])?)
    };
    host.set("again", Function::new(again)).unwrap();
    results(&vm, "host = ...", &[host.into()]);
    vm
}

#[test]
fn lua_calls_functions_of_the_program() {
    let vm = vm_with_host();
    let cases: [(&str, &str); 10] = [
        ("host.id()", ""),
        ("host.none(1, 2)", ""),
        ("host.id(1, nil, 'x', nil)", "1 nil x nil"),
        ("select('#', host.many())", "500"),
        ("#table.concat({ host.many() })", "500000"),
        ("pcall(host.refuse)", "false refused"),
        ("pcall(function() host.refuse() end)", "false test:1: refused"),
        ("pcall(host.panic, 1, 2)", "false host function panicked: with 2 arguments"),
        ("select('#', pcall(host.fail, nil))", "2"),
        ("pcall(host.id, coroutine.create(print))", "false a coroutine cannot be passed to the host"),
    ];
    for (call, expected) in cases {
        let source = format!("local r = table.pack({call}) for i = 1, r.n do r[i] = tostring(r[i]) end return table.concat(r, ' ')");
        assert_eq!(run(&vm, &source), expected.into(), "{call}");
    }
    let thrown = Value::from(Table::new());
    assert_eq!(results(&vm, "return select(2, pcall(host.fail, ...))", std::slice::from_ref(&thrown)), [thrown]);
}

#[test]
fn the_program_calls_functions_of_lua() {
    let vm = vm_with_host();
    let Value::LuaFunction(add) = run(&vm, "local n = 0 return function(x) n = n + x if n > 10 then error('enough') end return n, x end")
    else {
        panic!()
    };
    assert_eq!(vm.call_function(&add, &[4.into()]).unwrap(), [4.into(), 4.into()]);
    assert_eq!(vm.call_function(&add, &[5.into()]).unwrap(), [9.into(), 5.into()]);
    assert_eq!(vm.call_function(&add, &[5.into()]).unwrap_err().message, "test:1: enough");
    vm.collect();
    assert_eq!(vm.call_function(&add, &[(-10).into()]).unwrap()[0], 4.into());
}

#[test]
fn calls_nest() {
    let vm = vm_with_host();
    assert_eq!(run(&vm, "return host.again('return host.again([[return host.id(7)]]) + 1') + 1"), 9.into());
    // An error keeps its position on the way through both.
    assert_eq!(failure(&vm, "host.again('\\nerror([[deep]])')").message, "again:2: deep");
    let endless = "local function f() return host.again('return f()') end _G.f = f return f()";
    let error = failure(&vm, endless);
    assert!(error.message.contains("stack overflow"), "{error}");
    assert_eq!(run(&vm, "return 'alive'"), "alive".into());
}

/// Streams of both sides that are longer than the buffer, while another call comes in between.
#[test]
fn nested_calls_do_not_mix_their_streams() {
    let vm = vm_with_host();
    run(
        &vm,
        r#"
        local long = ("x"):rep(150000)
        local a, b, c = host.again("local s = ... return host.id(s, s .. 'y'), ('z'):rep(100000), #s", long)
        assert(a == long and b == ("z"):rep(100000) and c == 150000)
        local t = {}
        for i = 1, 5000 do t[i] = { i, tostring(i) } end
        host.again("_home.kept = ...", t)
        assert(#_home.kept == 5000 and _home.kept[5000][2] == "5000" and t[1][1] == 1)"#,
    );
}

#[test]
fn functions_of_another_vm_are_refused() {
    let before = vm();
    let Value::LuaFunction(function) = run(&before, "return function() end") else { panic!() };
    drop(before);
    let after = vm();
    assert_eq!(after.call_function(&function, &[]).unwrap_err().kind, ErrorKind::Argument);
    let value = Value::LuaFunction(function);
    assert_eq!(after.compute("return ...", "=test", std::slice::from_ref(&value)).unwrap_err().kind, ErrorKind::Argument);
    after.home().set("f", value).unwrap();
    let message = failure(&after, "return _home.f").message;
    assert_eq!(message, "test:1: a value of another instance cannot be used");
}

/// What a function holds may do anything when it is dropped, even call into the state that dropped it.
#[test]
fn dropping_a_function_may_call_back() {
    struct CallsBack(std::rc::Weak<Vm>, Rc<RefCell<Vec<Value>>>);
    impl Drop for CallsBack {
        fn drop(&mut self) {
            if let Some(vm) = self.0.upgrade() {
                self.1.borrow_mut().extend(vm.compute("return #('x'):rep(70000)", "=drop", &[]).unwrap());
            }
        }
    }
    let vm = Rc::new(vm());
    let seen = Rc::new(RefCell::new(Vec::new()));
    for i in 0..3 {
        let held = CallsBack(Rc::downgrade(&vm), seen.clone());
        vm.home().set("f", Function::new(move |_| Ok(vec![Rc::strong_count(&held.1).to_string().into()]))).unwrap();
        let source = ["_home.f = 1", "_home.f() _home.f = nil collectgarbage() ext.table()", "_home.f = { ('y'):rep(100000) }"][i];
        run(&vm, source);
        vm.collect();
        assert_eq!(seen.borrow().len(), i + 1, "{source}");
    }
    assert_eq!(run(&vm, "return #_home.f[1]"), 100_000.into());
}
