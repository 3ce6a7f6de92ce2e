//! A host that sends nonsense, and calls with nonsense: each must end as an error that says so, with the state whole afterwards.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::stream;
use crate::codec::{FLAG_MORE, RECORD_BYTES, tag};
use crate::host::{self, BUFFER_BYTES, FAILED, Host, op};
use crate::vm;

/// Answers every import with the same status and stream.
#[derive(Default)]
struct Hostile {
    status: Cell<i32>,
    number: Cell<f64>,
    /// What the cell says of the stream's length, if it is not the truth.
    claimed: Cell<Option<i32>>,
    stream: RefCell<Vec<u8>>,
    /// How often `js_stream_pull` answers with the same stream again.
    pulls: Cell<i32>,
    /// What LINKS told, and whether it fails.
    links: RefCell<Vec<[i32; 2]>>,
    refuses_links: Cell<bool>,
}

impl Hostile {
    fn answer(&self) -> i32 {
        let bytes = stream::fill_buffer(&self.stream.borrow());
        stream::set_cell_int(self.claimed.get().unwrap_or(bytes));
        stream::set_cell_number(self.number.get());
        self.status.get()
    }
}

impl Host for Hostile {
    fn table_get(&self, _: i32, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn table_set(&self, _: i32, _: i32, _: i32, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn table_next(&self, _: i32, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn table_len(&self, _: i32) -> f64 {
        self.answer();
        self.number.get()
    }
    fn table_op(&self, operation: i32, count: i32, _: i32) -> i32 {
        if operation == op::LINKS {
            // SAFETY: the module filled the buffer with so many pairs.
            let pairs = unsafe { std::slice::from_raw_parts(host::buffer().cast::<[i32; 2]>(), count as usize) };
            self.links.borrow_mut().extend(pairs);
            if self.refuses_links.get() {
                return FAILED;
            }
        }
        self.answer()
    }
    fn function_call(&self, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn stream_push(&self, _: i32) {}
    fn stream_pull(&self) -> i32 {
        if self.pulls.get() == 0 {
            return FAILED;
        }
        self.pulls.set(self.pulls.get() - 1);
        self.answer();
        stream::cell_int()
    }
    fn output_write(&self, _: i32, _: &[u8]) {}
    fn clock_get(&self, _: i32) -> f64 {
        self.number.get()
    }
}

/// A state with such a host; dropped at the end of a test.
struct Instance(Rc<Hostile>);

impl Instance {
    fn new() -> Instance {
        let instance = Instance::with_unknown_home();
        // `_home` has no metatable.
        instance.0.stream.replace(record(tag::NIL, 0, 0, &[]));
        instance.run("assert(getmetatable(_home) == nil)");
        instance
    }

    /// One whose module has not asked yet whether `_home` has a metatable.
    fn with_unknown_home() -> Instance {
        let hostile = Rc::new(Hostile::default());
        assert!(host::install(hostile.clone()));
        assert!(vm::create(1));
        Instance(hostile)
    }

    /// Runs a chunk that raises nothing.
    fn run(&self, source: &str) {
        assert_eq!(self.call(source), 0, "{source}: {:?}", text(&stream::buffer_start(200)));
    }

    fn call(&self, source: &str) -> i32 {
        let mut bytes = string(b"=t");
        bytes.extend(string(source.as_bytes()));
        open(&bytes);
        vm::call_chunk(0)
    }

    /// The message that the operation in Lua ends with, or how it went on.
    fn outcome(&self, operation: &str) -> String {
        let source =
            format!("local t, keep = _home, keep; local ok, message = pcall(function() {operation} end); error(tostring(message), 0)");
        assert_eq!(self.call(&source), FAILED);
        text(&stream::buffer_start(300))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        vm::close();
        host::uninstall();
    }
}

fn open(bytes: &[u8]) {
    stream::set_cell_int(stream::fill_buffer(bytes));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn record(tag: i32, aux: i32, low: i32, bytes: &[u8]) -> Vec<u8> {
    let mut record: Vec<u8> = [tag, aux, low, 0].iter().flat_map(|int| int.to_le_bytes()).collect();
    record.extend(bytes);
    record.resize(RECORD_BYTES + bytes.len().next_multiple_of(8), 0);
    record
}

fn string(bytes: &[u8]) -> Vec<u8> {
    record(tag::STRING, bytes.len() as i32, 0, bytes)
}

fn number(tag: i32, number: f64) -> Vec<u8> {
    let mut record = record(tag, 0, 0, &[]);
    record[8..].copy_from_slice(&number.to_le_bytes());
    record
}

/// Streams of one value, and what reading them ends with.
fn streams() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    vec![
        ("nothing", vec![], "it ends early"),
        ("half a record", record(tag::TRUE, 0, 0, &[])[..8].to_vec(), "it ends early"),
        ("an unknown tag", record(99, 0, 0, &[]), "invalid value (tag 99)"),
        ("a negative tag", record(-5, 0, 0, &[]), "invalid value (tag -5)"),
        ("a key as a value", record(tag::KEY, 1, 0, &[]), "invalid value (tag 7)"),
        ("a node for Lua", record(tag::NODE, 0, 0, &[]), "invalid value (tag 13)"),
        ("a stream in a stream", record(tag::STREAM, 0, 0, &[]), "invalid value (tag 19)"),
        ("a string of negative length", record(tag::STRING, -1, 0, b"abc"), "bytes beyond the buffer"),
        ("a string beyond the stream", record(tag::STRING, 100, 0, b"abc"), "bytes beyond the buffer"),
        ("a string of the largest length", record(tag::STRING, i32::MAX, 0, b"abc"), "bytes beyond the buffer"),
        ("a string without its end", record(tag::STRING, 3, FLAG_MORE, b"abc"), "it ends early"),
        (
            "a string that goes on as a number",
            [record(tag::STRING, 3, FLAG_MORE, b"abc"), number(tag::INT, 1.0)].concat(),
            "a value without its end",
        ),
        ("a bigint of negative length", record(tag::BIGINT, -1, 0, b"abc"), "bytes beyond the buffer"),
        ("a bigint beyond the stream", record(tag::BIGINT, 100, 0, b"abc"), "bytes beyond the buffer"),
        ("a bigint without its end", record(tag::BIGINT, 3, FLAG_MORE, b"abc"), "it ends early"),
        (
            "a bigint that goes on as a string",
            [record(tag::BIGINT, 3, FLAG_MORE, b"abc"), string(b"abc")].concat(),
            "a value without its end",
        ),
        ("a fraction as an integer", number(tag::INT, 0.5), "invalid integer"),
        ("NaN as an integer", number(tag::INT, f64::NAN), "invalid integer"),
        ("an integer that is not safe", number(tag::INT, 2f64.powi(53)), "invalid integer"),
        ("the handle 0", record(tag::TABLE, 0, 0, &[]), "invalid handle (0)"),
        ("a negative handle", record(tag::TABLE, -1, 0, &[]), "invalid handle (-1)"),
        ("a handle far away", record(tag::TABLE, 1 << 30, 0, &[]), "invalid handle (1073741824)"),
        ("a table's handle for a function", record(tag::FUNCTION, 2, 0, &[]), "invalid handle (2 is of another kind)"),
        ("a reference never given", record(tag::CLOSURE, 5, 0, &[]), "invalid reference (5)"),
        ("the reference 0", record(tag::REFERENCE, 0, 0, &[]), "invalid reference (0)"),
        ("a negative reference", record(tag::CLOSURE, i32::MIN, 0, &[]), "invalid reference (-2147483648)"),
    ]
}

#[test]
fn a_malformed_answer_is_an_error() {
    let instance = Instance::new();
    for (name, stream, expected) in streams() {
        instance.0.stream.replace(stream);
        for (operation, status) in [("return t.x", tag::STREAM), ("return next(t)", 1), ("t.x = 1", FAILED), ("return #t", FAILED)] {
            instance.0.status.set(status);
            instance.0.number.set(status.into());
            let outcome = instance.outcome(operation);
            assert!(outcome.contains(expected), "{name}, {operation}: {outcome:?}");
        }
        instance.run("assert(1 + 1 == 2)");
    }
}

/// Whatever needs the metatable asks for it, and goes on when the answer is nonsense.
#[test]
fn a_malformed_metatable_is_an_error() {
    let instance = Instance::with_unknown_home();
    let others = [
        ("a number", number(tag::INT, 1.0), "invalid metatable"),
        ("a string", string(b"mt"), "invalid metatable"),
        ("a function", record(tag::FUNCTION, 9, 0, &[]), "invalid metatable"),
        ("the handle 0 with a metatable", record(tag::TABLE_WITH_METATABLE, 0, 0, &[]), "invalid handle (0)"),
    ];
    for (name, stream, expected) in streams().into_iter().chain(others) {
        instance.0.stream.replace(stream);
        for operation in [
            "return #t",
            "t.x = 1",
            "return t + 1",
            "return -t",
            "return t < 1",
            "return t == {}",
            "return t()",
            "return t .. t",
            "return getmetatable(t)",
            "setmetatable(t, nil)",
            "return debug.getmetatable(t)",
            "for _ in pairs(t) do end",
            "return tostring(t)",
            "local x <close> = t",
        ] {
            let outcome = instance.outcome(operation);
            assert!(outcome.contains(expected), "{name}, {operation}: {outcome:?}");
        }
        instance.run("assert(1 + 1 == 2)");
    }
}

#[test]
fn a_malformed_argument_is_an_error() {
    let instance = Instance::new();
    for (name, stream, expected) in streams() {
        let mut bytes = string(b"=t");
        bytes.extend(string(b"error('it ran')"));
        bytes.extend(&stream);
        open(&bytes);
        assert_eq!(vm::call_chunk(1), FAILED, "{name}");
        let report = text(&stream::buffer_start(300));
        assert!(report.contains(expected), "{name}: {report:?}");
        instance.run("assert(1 + 1 == 2)");
    }
}

#[test]
fn a_wrong_number_is_an_error() {
    let instance = Instance::new();
    let cases = [
        ("return t.x", tag::STRING, 0.0, Some(-1), "invalid string length (-1)"),
        ("return t.x", tag::STRING, 0.0, Some(BUFFER_BYTES as i32 + 1), "invalid string length (65537)"),
        ("return t.x", tag::STRING, 0.0, Some(i32::MAX), "invalid string length (2147483647)"),
        ("return t.x", tag::INT, 1.5, None, "invalid integer"),
        ("return t.x", tag::INT, f64::INFINITY, None, "invalid integer"),
        ("return t.x", tag::TABLE, 0.0, Some(0), "invalid handle (0)"),
        ("return t.x", tag::CLOSURE, 0.0, Some(7), "invalid reference (7)"),
        ("return t.x", tag::NODE_BEGIN, 0.0, None, "invalid value (tag 14)"),
        ("return t.x", -2, 0.0, None, "invalid value (tag -2)"),
        ("return #t", 0, 0.5, None, "invalid integer"),
        ("return #t", 0, f64::NAN, None, "invalid integer"),
        ("t.x = { 1 }", 0, 0.0, None, "invalid number of adopted tables (0)"),
        ("return ext.table()", 0, 0.0, None, "invalid handle (0)"),
        ("return ext.table()", i32::MAX, 0.0, None, "invalid handle (2147483647)"),
    ];
    for (operation, status, number, claimed, expected) in cases {
        instance.0.status.set(status);
        instance.0.number.set(number);
        instance.0.claimed.set(claimed);
        let outcome = instance.outcome(operation);
        assert!(outcome.contains(expected), "{operation}, {status}, {number}, {claimed:?}: {outcome:?}");
        instance.run("assert(1 + 1 == 2)");
    }
}

#[test]
fn a_call_with_a_wrong_number_is_an_error() {
    let instance = Instance::new();
    let chunk = [string(b"=t"), string(b"return 1")].concat();
    type Call = fn() -> i32;
    let cases: [(&str, Call, &str); 10] = [
        ("fewer arguments than none", || vm::call_chunk(-1), "negative number of values"),
        ("more arguments than there are", || vm::call_chunk(1), "it ends early"),
        ("as many as there are numbers", || vm::call_chunk(i32::MAX), "too many values"),
        ("an unknown function", || vm::call_function(1, 0), "invalid reference (1)"),
        ("a negative function", || vm::call_function(-1, 0), "negative number of values"),
        ("the function 0", || vm::call_function(0, 0), "invalid reference (0)"),
        ("a path shorter than none", || vm::call_path(-1, 0), "negative number of values"),
        ("an empty path", || vm::call_path(0, 0), "attempt to call a table value"),
        ("a path beyond the stream", || vm::call_path(3, 0), "it ends early"),
        ("numbers that overflow", || vm::call_path(i32::MAX, i32::MAX), "too many values"),
    ];
    for (name, call, expected) in cases {
        open(&chunk);
        assert_eq!(call(), FAILED, "{name}");
        let report = text(&stream::buffer_start(300));
        assert!(report.contains(expected), "{name}: {report:?}");
        instance.run("assert(1 + 1 == 2)");
    }
    for bytes in [-1, i32::MIN, BUFFER_BYTES as i32 + 1, i32::MAX] {
        open(&chunk);
        stream::set_cell_int(bytes);
        vm::call_chunk(0);
        instance.run("assert(1 + 1 == 2)");
    }
}

#[test]
fn references_that_were_never_given_are_not_taken_back() {
    let instance = Instance::new();
    vm::release_references(&[[1, 1], [0, 1], [-1, 1], [i32::MAX, i32::MAX], [i32::MIN, i32::MIN], [1, -1]]);
    instance.run("assert(1 + 1 == 2)");
}

/// Each bufferful is a part of a string, and there are more than Lua has memory for.
#[test]
fn an_endless_string_ends() {
    let instance = Instance::new();
    let part = vec![b'x'; BUFFER_BYTES - RECORD_BYTES];
    instance.0.stream.replace(record(tag::STRING, part.len() as i32, FLAG_MORE, &part));
    for (status, operation) in [(tag::STREAM, "return t.x"), (1, "return next(t)"), (FAILED, "t.x = 1")] {
        instance.0.status.set(status);
        instance.0.pulls.set(i32::MAX);
        let outcome = instance.outcome(operation);
        assert!(outcome.contains("not enough memory"), "{operation}: {outcome:?}");
        instance.run("assert(1 + 1 == 2)");
    }
}

/// The host says that there are more entries than there are.
#[test]
fn entries_that_are_missing_are_errors() {
    let instance = Instance::new();
    let loops = "for _ in next, t do end";
    let by_hand = "local k for _ = 1, 5 do k = next(t, k) end";
    let entry = || [string(b"key"), number(tag::INT, 7.0)].concat();
    let rows = [
        ("nothing behind the first", entry(), "ends early"),
        ("a key alone", [entry(), string(b"other")].concat(), "ends early"),
        ("half a record", [entry(), string(b"other")[..8].to_vec()].concat(), "ends early"),
        ("bytes beyond the buffer", [entry(), record(tag::STRING, i32::MAX, 0, &[])].concat(), "beyond the buffer"),
        ("a handle that is none", [entry(), string(b"other"), record(tag::TABLE, -1, 0, &[])].concat(), "invalid handle"),
        ("a value that is none", [entry(), string(b"other"), record(99, 0, 0, &[])].concat(), "invalid value"),
    ];
    for (name, stream, expected) in rows {
        for status in [2, 3, 1000, i32::MAX] {
            instance.0.stream.replace(stream.clone());
            instance.0.status.set(status);
            for operation in [loops, by_hand] {
                let outcome = instance.outcome(operation);
                assert!(outcome.contains(expected), "{name}, {status} entries, {operation}: {outcome:?}");
            }
            instance.run("assert(1 + 1 == 2)");
        }
    }
    instance.0.status.set(-7);
    assert!(instance.outcome("return next(t)").contains("invalid number of entries (-7)"));
}

/// Every prefix of a good stream, and good streams with one byte changed: whatever comes of it, the state goes on.
#[test]
fn altered_streams_leave_the_state_whole() {
    let instance = Instance::new();
    let good = [string(b"a key"), record(tag::STRING, 5, FLAG_MORE, b"parts"), string(b"of one"), number(tag::INT, 7.0)].concat();
    let mut answers: Vec<Vec<u8>> = (0..good.len()).map(|n| good[..n].to_vec()).collect();
    for at in 0..good.len() {
        for byte in [0, 1, 2, 6, 9, 10, 11, 12, 17, 127, 128, 255] {
            let mut altered = good.clone();
            altered[at] = byte;
            answers.push(altered);
        }
    }
    for answer in answers {
        instance.0.stream.replace(answer.clone());
        for status in [tag::STREAM, 1, FAILED] {
            instance.0.status.set(status);
            instance.outcome("return next(t), t.x");
        }
        open(&[string(b"=t"), string(b"return ..."), answer].concat());
        vm::call_chunk(2);
    }
    instance.0.status.set(0);
    instance.run("collectgarbage() collectgarbage() assert(('x'):rep(100000):len() == 100000)");
}

/// A host with a collector that has one function of Lua's: which of its handles are told to be that collector's.
#[test]
fn links_lead_from_a_function_to_what_nothing_else_leads_to() {
    const HANDLE: i32 = 5;
    let rows = [
        ("an upvalue", "local o = _io.x return function() return o end", true),
        ("a table", "local o = { { [_io.x] = 1 } } return function() return o end", true),
        ("a metatable", "local o = setmetatable({}, { __index = _io.x }) return function() return o end", true),
        ("a coroutine", "local o = _io.x return coroutine.wrap(function() coroutine.yield(o) end)", true),
        (
            "a coroutine on its way",
            "local o, co = _io.x co = coroutine.wrap(function(x) coroutine.yield() return x end) co(o) return co",
            true,
        ),
        (
            "an open upvalue",
            "local f local co = coroutine.create(function() local o = _io.x f = function() return o end coroutine.yield() end) \
             coroutine.resume(co) return f",
            true,
        ),
        ("the generational mode", "collectgarbage('generational') local o = _io.x return function() return o end", true),
        ("a global as well", "o = _io.x return function() return o end", false),
        ("a global and an upvalue", "o = _io.x local o = o return function() return o end", false),
        ("a weak table as well", "local o = _io.x weak = setmetatable({ o }, { __mode = 'v' }) return function() return o end", false),
        ("a finalizer", "local o = setmetatable({ _io.x }, { __gc = print }) return function() return o end", false),
        ("nothing", "return function() end", false),
    ];
    for (name, source, is_told) in rows {
        let instance = Instance::new();
        let hostile = &instance.0;
        hostile.status.set(tag::TABLE);
        hostile.claimed.set(Some(HANDLE));
        assert_eq!(instance.call(source), 1, "{name}");
        hostile.claimed.set(None);
        // Twice: the second time all marks have to be gone. A function of another number is nobody's.
        for _ in 0..2 {
            let triples = [[1, 3, 0], [1, 3, 0], [77, 3, 0], [-1, 3, 0]];
            hostile.status.set(triples.len() as i32);
            hostile.stream.replace(triples.as_flattened().iter().flat_map(|&int| number(tag::INT, int.into())).collect());
            hostile.links.take();
            vm::collect();
            assert_eq!(leads_to(&hostile.links.borrow(), -1, -HANDLE), is_told, "{name}: {:?}", hostile.links);
        }
        hostile.status.set(0);
        instance.run("collectgarbage() assert(1 + 1 == 2)");
        open(&[]);
        assert!(vm::call_function(1, 0) >= 0, "{name}");
    }
}

fn leads_to(links: &[[i32; 2]], from: i32, to: i32) -> bool {
    let mut reached = vec![from];
    let mut at = 0;
    while at < reached.len() {
        let next = links.iter().filter(|link| link[0] == reached[at]).map(|link| link[1]);
        let unknown: Vec<i32> = next.filter(|number| !reached.contains(number)).collect();
        reached.extend(unknown);
        at += 1;
    }
    reached.contains(&to)
}

/// A host that refuses them hears no more.
#[test]
fn links_may_be_refused() {
    for (refuses, expected) in [(false, 18_000..19_000), (true, 8_192..8_193)] {
        let instance = Instance::new();
        assert_eq!(instance.call("local t = {} for i = 1, 9000 do t[i] = { t[i - 1] } end return function() return t end"), 1);
        instance.0.stream.replace([1, 3, 0].iter().flat_map(|&int| number(tag::INT, int.into())).collect());
        instance.0.status.set(1);
        instance.0.refuses_links.set(refuses);
        vm::collect();
        let told = instance.0.links.take().len();
        assert!(expected.contains(&told), "{told} links");
        instance.0.status.set(0);
        instance.run("assert(1 + 1 == 2)");
    }
}
