//! What errors tell: kind, message, chunk, line, traceback and value.

use cu::{ErrorKind, Table, Value};

use crate::support::{failure, results, run, vm};

#[test]
fn errors_say_what_and_where() {
    let vm = vm();
    let cases = [
        ("error('boom')", ErrorKind::Run, "test:1: boom", Some(1)),
        ("\n\nerror('boom', 0)", ErrorKind::Run, "boom", Some(3)),
        ("local t = nil\nreturn t.x", ErrorKind::Run, "test:2: attempt to index a nil value (local 't')", Some(2)),
        ("\nerror()", ErrorKind::Run, "nil", Some(2)),
        ("error(setmetatable({}, { __tostring = function() return 'shown' end }))", ErrorKind::Run, "shown", Some(1)),
        ("x = = 1", ErrorKind::Syntax, "test:1: unexpected symbol near '='", Some(1)),
        ("\n\n\nx = 'unfinished", ErrorKind::Syntax, "test:4: unfinished string near <eof>", Some(4)),
        ("\u{1b}Lua", ErrorKind::Syntax, "attempt to load a binary chunk (mode is 't')", None),
        ("local s = 'x' while true do s = s .. s end", ErrorKind::Memory, "not enough memory", None),
        ("return coroutine.create(print)", ErrorKind::Result, "a coroutine cannot be passed to the host", None),
        ("return io.stdout", ErrorKind::Result, "a FILE* cannot be passed to the host", None),
        ("_home.x = coroutine.create(print)", ErrorKind::Run, "test:1: a coroutine cannot be stored in an external table", Some(1)),
    ];
    for (source, kind, message, line) in cases {
        let error = failure(&vm, source);
        assert_eq!((error.kind, error.message.as_str(), error.line), (kind, message, line), "{source}");
        assert_eq!(error.to_string(), message);
        assert_eq!(error.chunk.as_deref(), line.map(|_| "test"), "{source}");
        assert_eq!(run(&vm, "return 'alive'"), "alive".into(), "after {source}");
    }
}

#[test]
fn values_of_errors_are_the_very_values() {
    let vm = vm();
    let object = Value::from(Table::new());
    let cases = [Value::Nil, 1.into(), 1.5.into(), false.into(), Value::Null, object];
    for value in cases {
        let error = vm.compute("error(...)", "=test", std::slice::from_ref(&value)).unwrap_err();
        assert_eq!(error.value, value);
    }
    assert_eq!(failure(&vm, "error('m', 0)").value, "m".into());
    // What has no form outside stays in Lua, and comes back as itself.
    let kept = failure(&vm, "thrown = {} error(thrown)").value;
    assert!(matches!(kept, Value::Other(_)));
    assert_eq!(results(&vm, "return rawequal(thrown, (...))", &[kept]), [true.into()]);
}

#[test]
fn tracebacks_name_the_frames() {
    let vm = vm();
    let traceback = failure(&vm, "local function inner() error('x') end\nlocal function outer() inner() end\nouter()").traceback.unwrap();
    for part in ["stack traceback:", "in upvalue 'inner'", "in local 'outer'", "test:3: in main chunk"] {
        assert!(traceback.contains(part), "{part} is not in {traceback}");
    }
}

/// Endings that need care; the state goes on after each.
#[test]
fn recursion_ends() {
    let vm = vm();
    let cases = [
        ("local function f() return 1 + f() end f()", "stack overflow"),
        ("local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x", "C stack overflow"),
        ("local s = ('('):rep(1000) .. '1' .. (')'):rep(1000) return assert(load('return ' .. s))", "C stack overflow"),
        ("local function f(s) return (s:gsub('.', f)) end f('x')", "stack overflow"),
        ("error(setmetatable({}, { __tostring = function() error('in turn') end }))", "error in error handling"),
    ];
    for (source, expected) in cases {
        let error = failure(&vm, source);
        assert!(error.message.contains(expected), "{source}: {error}");
        assert_eq!(run(&vm, "return 'alive'"), "alive".into(), "after {source}");
    }
}

/// Each time as much fits as the first time, but for the gaps between blocks. The blocks are not small: with a full collection at each
/// allocation (`scripts/sanitize memory`) the time grows with the square of their number.
#[test]
fn memory_that_ran_out_comes_back() {
    let vm = vm();
    let fill = || {
        let error = failure(&vm, "local list count = 0 while true do list = { list, ('x'):rep(1000) } count = count + 1 end");
        assert_eq!(error.kind, ErrorKind::Memory);
        let Value::Integer(count) = run(&vm, "return count") else { panic!("no number") };
        count
    };
    let first = fill();
    for _ in 0..20 {
        let count = fill();
        assert!(count * 100 >= first * 99, "{count} blocks after {first}");
    }
}
