//! `Vm::compute` and `Vm::call`: sources, arguments, results, output, and one `Vm` a thread.

use cu::{ErrorKind, Value, Vm};

use crate::support::{SEED, failure, results, run, vm};

#[test]
fn chunks_give_all_their_results() {
    let vm = vm();
    let cases: [(&str, &[Value]); 8] = [
        ("", &[]),
        ("return", &[]),
        ("return nil", &[Value::Nil]),
        ("return nil, nil", &[Value::Nil, Value::Nil]),
        ("return 1, 1.0, '1', true", &[Value::Integer(1), Value::Float(1.0), "1".into(), true.into()]),
        ("return _VERSION", &["Lua 5.4".into()]),
        ("return select('#', ...), ...", &[0.into()]),
        ("#!a first line\nreturn 2", &[]),
    ];
    for (source, expected) in &cases[..7] {
        assert_eq!(results(&vm, source, &[]), *expected, "{source}");
    }
    // Only a file may begin with such a line.
    assert_eq!(failure(&vm, cases[7].0).kind, ErrorKind::Syntax);
}

#[test]
fn many_arguments_and_results_cross() {
    let vm = vm();
    for n in [0, 1, 255, 256, 4095, 4096, 4097, 6_000] {
        let arguments: Vec<Value> = (0..n).map(Value::from).collect();
        assert_eq!(results(&vm, "return ...", &arguments), arguments, "{n}");
    }
    let error = vm.compute("return ...", "=test", &vec![Value::Nil; 30_000]).unwrap_err();
    assert!(error.message.contains("too many values"), "{error}");
    assert_eq!(run(&vm, "return 1"), 1.into());
}

#[test]
fn a_source_may_be_longer_than_the_heap() {
    let vm = vm();
    let mut source = b"local n = 0\n".to_vec();
    while source.len() < 10_000_000 {
        source.extend(b"-- a line of a program that is made of nothing but comments\n");
    }
    let lines = source.iter().filter(|&&byte| byte == b'\n').count();
    source.extend(b"error('at the end')");
    let error = vm.compute(&source, "=long", &[]).unwrap_err();
    assert_eq!(error.message, format!("long:{}: at the end", lines + 1));
    assert_eq!(error.line, u32::try_from(lines + 1).ok());
}

#[test]
fn paths_lead_to_functions() {
    let vm = vm();
    run(
        &vm,
        "_home.calc = { add = function(a, b) return a + b end } callable = setmetatable({}, { __call = function(_, x) return x end })",
    );
    type Outcome = Result<Value, &'static str>;
    let cases: [(&[&str], &[Value], Outcome); 6] = [
        (&["_home", "calc", "add"], &[1.into(), 2.into()], Ok(3.into())),
        (&["string", "rep"], &["ab".into(), 3.into()], Ok("ababab".into())),
        (&["callable"], &[5.into()], Ok(5.into())),
        (&["_home", "nothing"], &[], Err("attempt to call a nil value ('_home.nothing')")),
        (&["_home", "calc", "add", "deeper"], &[], Err("attempt to call a function value ('_home.calc.add')")),
        (&[], &[], Err("attempt to call a table value ('')")),
    ];
    for (path, arguments, expected) in cases {
        let result = vm.call(path, arguments).map(|results| results[0].clone());
        assert_eq!(result.map_err(|error| error.message), expected.map_err(str::to_owned), "{path:?}");
    }
}

#[test]
fn output_is_captured() {
    let vm = vm();
    run(&vm, "print('a', 1, nil) io.write('b', 2, '\\n') io.stderr:write('c') warn('@on') warn('d')");
    assert_eq!(vm.take_printed(), b"a\t1\tnil\nb2\n");
    assert_eq!(vm.take_errors(), b"cLua warning: d\n");
    assert_eq!(vm.take_printed(), b"");
}

#[test]
fn modules_come_from_the_program() {
    let vm = vm();
    vm.modules().set("answer", "return { value = 42 }").unwrap();
    assert_eq!(run(&vm, "return require('answer').value"), 42.into());
    assert!(failure(&vm, "require 'nothing'").message.contains("no host module 'nothing'"));
}

#[test]
fn a_thread_has_one_vm_at_a_time() {
    for i in 0..3 {
        let vm = vm();
        assert_eq!(Vm::new(SEED).err().map(|error| error.kind), Some(ErrorKind::Busy));
        assert_eq!(run(&vm, "count = (count or 0) + 1 return count"), 1.into(), "{i}");
    }
    let threads: Vec<_> = (0..4)
        .map(|i| {
            std::thread::spawn(move || {
                let vm = vm();
                run(&vm, &format!("n = {i} for _ = 1, 1000 do _home[#_home + 1] = n end return #_home + n")) == Value::Integer(1000 + i)
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}

#[test]
fn closing_runs_what_is_pending() {
    let printed = {
        let vm = vm();
        let last = vm.home().clone();
        run(&vm, "setmetatable({}, { __gc = function() _home.closed = 'yes' end })");
        drop(vm);
        last.get("closed")
    };
    assert_eq!(printed, "yes".into());
}

/// The state keeps nothing of one call to the next.
#[test]
fn many_calls_leave_nothing_behind() {
    let vm = vm();
    let used = |vm: &Vm| {
        vm.collect();
        if let Value::Float(kilobytes) = run(vm, "collectgarbage() return collectgarbage('count')") { kilobytes } else { f64::NAN }
    };
    let before = used(&vm);
    for i in 0..20_000 {
        assert_eq!(results(&vm, "return ... + 1", &[i.into()]), [(i + 1).into()]);
        if i % 10 == 0 {
            failure(&vm, "error({})");
            failure(&vm, "x =");
        }
    }
    let grown = used(&vm) - before;
    assert!(grown < 4.0, "{grown} KB");
}
