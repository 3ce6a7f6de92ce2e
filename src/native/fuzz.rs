//! Targets of coverage-guided fuzzing (scripts/fuzz --target): bytes decide what the host calls, sends and answers. Whatever they are,
//! nothing but errors may come back, and the state computes on. A crash, a failed assertion and a report of the sanitizers are faults.
//!
//! Code that the bytes make up is loaded, taken apart and let go, never called: what it would do nobody promises (docs/SECURITY.md).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::stream;
use crate::codec::{FLAG_MORE, RECORD_BYTES, tag};
use crate::exports;
use crate::host::{self, BUFFER_BYTES, FAILED, Host, op};

/// A target: its name, what it does with an input, and inputs to begin with.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub const TARGETS: [Target; 3] = [
    Target { name: "codec", run: codec, seeds: codec_seeds },
    Target { name: "functions", run: functions, seeds: functions_seeds },
    Target { name: "exports", run: calls, seeds: calls_seeds },
];

/// Fails in a state that was damaged.
const HEALTHY: &str = "
    for _, value in ipairs({ 1, true, print, coroutine.create(print) }) do assert(debug.getmetatable(value) == nil) end
    local t = {}
    for i = 1, 20 do t[i] = { i, name = 'n' .. i } end
    collectgarbage()
    for i = 1, 20 do assert(#t == 20 and t[i][1] == i and t[i].name == 'n' .. i) end
    assert(select('#', pcall(error)) == 2 and coroutine.wrap(function() return 1 end)() == 1)";

/// A stream read in every place where the module reads one: as arguments, as the answer of each import, in parts.
fn codec(input: &[u8]) {
    let instance = Instance::new(&[]);
    let [count, ref rest @ ..] = *input else { return };
    instance.0.constant.replace(Some(rest.to_vec()));
    let count = i32::from(count % 8);
    instance.0.status.set(count);
    instance.put(&[text("=t"), text("return ...")].concat(), rest);
    exports::cu_chunk_call(count);
    for operation in
        ["return _home.x, _home[1]", "return next(_home)", "_home.x = { 1, {} }", "return #_home, _io.f(1)", "setmetatable(_home, {})"]
    {
        for status in [tag::STREAM, count, FAILED] {
            instance.0.status.set(status);
            instance.compute(operation);
        }
    }
    instance.put(&[], rest);
    exports::cu_function_load();
    instance.put(&[], rest);
    exports::cu_path_call(count, 0);
}

/// Code from anywhere: it is loaded or refused. What was loaded is traversed by the collector, taken apart and given other upvalues.
fn functions(input: &[u8]) {
    let instance = Instance::new(&[]);
    let parts: Vec<&[u8]> = input.chunks(BUFFER_BYTES - RECORD_BYTES).collect();
    let last = parts.len().saturating_sub(1);
    let streams: Vec<Vec<u8>> = parts.iter().enumerate().map(|(i, part)| string_part(part, i < last)).collect();
    instance.0.pulled.replace(streams.iter().skip(1).rev().cloned().collect());
    instance.put(streams.first().map_or(&[], Vec::as_slice), &[]);
    let reference = exports::cu_function_load();
    if reference < 0 {
        return;
    }
    exports::cu_heap_collect();
    let upvalues = exports::cu_function_dump(reference, 0);
    exports::cu_function_dump(reference, 1);
    let nils = [record(tag::NIL, 0, 0), record(tag::TRUE, 0, 0)].concat().repeat(upvalues.max(0) as usize);
    instance.put(&nils[..nils.len().min(BUFFER_BYTES)], &[]);
    exports::cu_function_bind(reference, upvalues);
    exports::cu_upvalue_store(reference, 1, 2);
    instance.put(&reference.to_le_bytes(), &[]);
    exports::cu_functions_sleep(1);
    instance.put(&[reference.to_le_bytes(), 1i32.to_le_bytes()].concat(), &[]);
    exports::cu_reference_release(1);
}

/// Exports in any order with any numbers, and imports that answer anything and call in again.
fn calls(input: &[u8]) {
    // What could be taken for code of Lua's is the other target's.
    if input.windows(4).any(|bytes| bytes == b"\x1bLua") {
        return;
    }
    let instance = Instance::new(input);
    for _ in 0..STEPS_MAX {
        if instance.0.is_spent() {
            break;
        }
        instance.0.step();
    }
}

const STEPS_MAX: usize = 40;
/// Calls of the host into itself, through the module.
const DEPTH_MAX: usize = 3;
/// A string longer than this comes of no input.
const SCRIBBLE_BYTES_MAX: usize = 200;

/// What is computed between the calls, so that they meet the module at work.
const SOURCES: [&str; 18] = [
    "return 1",
    "return _home.x, _io.y, _io.input[1]",
    "_home.t = { 1, 2, { 3, x = {} }, a = 'b' } return _home.t",
    "local a, b = {}, {} a.b, b.a = b, a _io.output = a",
    "for k, v in pairs(_home) do local x = k end for i, v in ipairs(_io) do local x = v end",
    "return next(_home), #_home, rawlen(_io), tostring(_home)",
    "return table.unpack(_home, 1, 20)",
    "local t = ext.table() for i = 1, 50 do t[i] = i end return table.concat(t, ' '), t",
    "local f = function(...) return ... end return f, print, coroutine.wrap(f), { f }",
    "return require('m')",
    "local f = _home.f return pcall(f, 1, 'x', nil, {}, function() end)",
    "local n = 0 _home.f = function() n = n + 1 return _home, n end _home[1.5], _home[true] = 'x', ('y'):rep(70000)",
    "for i = 1, 60 do local t = _home['k' .. i] if type(t) == 'table' then t.x = i end end collectgarbage()",
    "error({ code = 1 })",
    "local C = {} C.__index = C C.__add = function(a) return a end local o = setmetatable({ 1 }, C)
    _home.o, _io.o = setmetatable({}, C), C return o + 1, o.x",
    "local t = _home.t
    return getmetatable(t), #t, t.x, pcall(function() return t + 1, t .. t, t < t, -t, t() end), tostring(t), t == _home.u",
    "setmetatable(_home, { __index = _io, __newindex = _io }) _home.x = _home.y setmetatable(_io, _home) setmetatable(_home, nil)",
    "local t = ext.copy(_home) ext.copy(t, _io)
    return ext.len(_home), ext.string and pcall(ext.string, _home), bigint.new(_home.n or 2) ^ 70",
];

/// A host whose answers are read from the input. When that is used up, all fails, so that every loop ends.
#[derive(Default)]
struct Scripted {
    input: RefCell<Vec<u8>>,
    at: Cell<usize>,
    depth: Cell<usize>,
    /// Each answer, if they are all the same, with the status beside it.
    constant: RefCell<Option<Vec<u8>>>,
    status: Cell<i32>,
    /// What is still to be pulled, the last first.
    pulled: RefCell<Vec<Vec<u8>>>,
}

impl Scripted {
    fn byte(&self) -> u8 {
        let at = self.at.get();
        self.at.set(at + 1);
        self.input.borrow().get(at).copied().unwrap_or(0)
    }

    fn is_spent(&self) -> bool {
        self.at.get() >= self.input.borrow().len()
    }

    /// A small number mostly, any number now and then.
    fn int(&self) -> i32 {
        match self.byte() {
            255 => i32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]),
            254 => i32::MAX,
            253 => i32::MIN,
            252 => -1,
            251 => BUFFER_BYTES as i32,
            small => small.into(),
        }
    }

    fn number(&self) -> f64 {
        match self.byte() {
            255 => f64::from_le_bytes(std::array::from_fn(|_| self.byte())),
            254 => f64::NAN,
            253 => f64::INFINITY,
            252 => 1e300,
            251 => -1.5,
            small => small.into(),
        }
    }

    /// Fills buffer and cell with a few records, or with bytes as they come.
    fn scribble(&self) {
        let mut bytes = Vec::new();
        match self.byte() {
            0 => bytes.extend((0..usize::from(self.byte()).min(SCRIBBLE_BYTES_MAX)).map(|_| self.byte())),
            1 => bytes.extend([text("=fuzz"), text(SOURCES[usize::from(self.byte()) % SOURCES.len()])].concat()),
            records => (1..records % 8).for_each(|_| bytes.extend(self.record())),
        }
        let length = stream::fill_buffer(&bytes);
        stream::set_cell_number(self.number());
        stream::set_cell_int(if self.byte() == 255 { self.int() } else { length });
    }

    fn record(&self) -> Vec<u8> {
        let tag = i32::from(self.byte() % 26);
        match tag {
            tag::STRING | tag::BIGINT => {
                let bytes: Vec<u8> = (0..self.byte() % 24).map(|_| self.byte()).collect();
                let (announced, flags) = (self.int(), self.byte());
                let announced = if flags & 128 == 0 { bytes.len() as i32 } else { announced };
                let mut whole = record(tag, announced, (flags & 3).into());
                whole.extend(&bytes);
                whole.resize(RECORD_BYTES + bytes.len().next_multiple_of(8), 0);
                whole
            }
            tag::INT | tag::FLOAT => {
                let mut whole = record(tag, 0, 0);
                whole[8..].copy_from_slice(&self.number().to_le_bytes());
                whole
            }
            _ => record(tag, self.int(), self.int()),
        }
    }

    /// A call of an export with any numbers.
    fn step(&self) {
        let export = self.byte() % 20;
        self.scribble();
        let (a, b, c) = (self.int(), self.int(), self.int());
        match export {
            0 => _ = exports::cu_vm_create(a),
            1 => _ = exports::cu_chunk_call(a),
            2 => _ = exports::cu_function_call(a, b),
            3 => _ = exports::cu_path_call(a, b),
            4 => exports::cu_reference_release(a),
            5 => exports::cu_heap_collect(),
            6 => _ = exports::cu_heap_get(a),
            7 if self.depth.get() == 0 => exports::cu_vm_close(),
            8 => _ = exports::cu_layout_get(a),
            9 => _ = exports::cu_function_dump(a, b),
            10 => _ = exports::cu_function_load(),
            11 => _ = exports::cu_function_bind(a, b),
            12 => _ = exports::cu_upvalue_store(a, b, c),
            13 => _ = exports::cu_functions_sleep(a),
            14 => exports::cu_limit_set(self.number(), self.number()),
            15 => exports::cu_home_forget(),
            _ => {
                let source = SOURCES[a as u32 as usize % SOURCES.len()];
                stream::set_cell_int(stream::fill_buffer(&[text("=fuzz"), text(source)].concat()));
                exports::cu_chunk_call(0);
            }
        }
    }

    fn answer(&self) -> i32 {
        if let Some(constant) = &*self.constant.borrow() {
            stream::set_cell_int(stream::fill_buffer(&constant[..constant.len().min(BUFFER_BYTES)]));
            return self.status.get();
        }
        if self.is_spent() {
            stream::set_cell_int(stream::fill_buffer(&text("spent")));
            return FAILED;
        }
        if self.depth.get() < DEPTH_MAX && self.byte() > 240 {
            self.depth.set(self.depth.get() + 1);
            self.step();
            self.depth.set(self.depth.get() - 1);
        }
        let status = self.int();
        self.scribble();
        status
    }
}

impl Host for Scripted {
    fn table_get(&self, _: i32, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn table_set(&self, _: i32, _: i32, _: i32, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn table_next(&self, _: i32, _: i32, _: i32) -> i32 {
        // A traversal over the same answer for ever would have no end.
        if self.constant.borrow().is_some() && self.status.get() > 0 { self.answer().min(1) } else { self.answer() }
    }
    fn table_len(&self, _: i32) -> f64 {
        self.answer();
        // What has no end takes its time, and nobody counts steps here.
        stream::cell_number().min(f64::from(u8::MAX))
    }
    fn table_op(&self, op: i32, _: i32, _: i32) -> i32 {
        let status = self.answer();
        // As above: an endless array of floats.
        if op == op::READ && self.is_spent() { FAILED } else { status }
    }
    fn function_call(&self, _: i32, _: i32) -> i32 {
        self.answer()
    }
    fn stream_push(&self, _: i32) {}
    fn stream_pull(&self) -> i32 {
        if let Some(bytes) = self.pulled.borrow_mut().pop() {
            let length = stream::fill_buffer(&bytes);
            stream::set_cell_int(length);
            return length;
        }
        if self.is_spent() {
            return FAILED;
        }
        self.scribble();
        self.int()
    }
    fn output_write(&self, _: i32, _: &[u8]) {}
    fn clock_get(&self, _: i32) -> f64 {
        0.0
    }
}

/// A state with such a host. Its end is the test that it was whole.
struct Instance(Rc<Scripted>);

impl Instance {
    fn new(input: &[u8]) -> Instance {
        let scripted = Rc::new(Scripted { input: RefCell::new(input.to_vec()), ..Scripted::default() });
        assert!(host::install(scripted.clone()), "the thread has no other host");
        assert_eq!(exports::cu_vm_create(1), 0, "there is memory for a state");
        Instance(scripted)
    }

    /// Puts two parts of a stream into the buffer, as much of them as has room.
    fn put(&self, first: &[u8], second: &[u8]) {
        let bytes = [first, second].concat();
        stream::set_cell_int(stream::fill_buffer(&bytes[..bytes.len().min(BUFFER_BYTES)]));
    }

    fn compute(&self, source: &str) -> i32 {
        self.put(&[text("=t"), text(source)].concat(), &[]);
        exports::cu_chunk_call(0)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.0.constant.take();
        self.0.input.take();
        exports::cu_limit_set(f64::NAN, f64::NAN);
        // The input may have closed it.
        exports::cu_vm_create(1);
        let status = self.compute(HEALTHY);
        let report = stream::buffer_start(200);
        exports::cu_vm_close();
        host::uninstall();
        assert!(status == 0, "the state is damaged: {}", String::from_utf8_lossy(&report));
    }
}

fn record(tag: i32, aux: i32, low: i32) -> Vec<u8> {
    [tag, aux, low, 0].iter().flat_map(|int| int.to_le_bytes()).collect()
}

fn text(text: &str) -> Vec<u8> {
    string_part(text.as_bytes(), false)
}

fn string_part(bytes: &[u8], more: bool) -> Vec<u8> {
    let mut whole = record(tag::STRING, bytes.len() as i32, if more { FLAG_MORE } else { 0 });
    whole.extend(bytes);
    whole.resize(whole.len().next_multiple_of(8), 0);
    whole
}

fn codec_seeds() -> Vec<Vec<u8>> {
    let float = |number: f64| [record(tag::FLOAT, 0, 0)[..8].to_vec(), number.to_le_bytes().to_vec()].concat();
    let values = [
        record(tag::TRUE, 0, 0),
        float(0.5),
        text("a string"),
        [string_part(b"in ", true), text("parts")].concat(),
        [record(tag::BIGINT, 16, 2), vec![7; 16]].concat(),
        record(tag::TABLE, 1, 0),
        record(tag::FUNCTION, 3, 0),
        record(tag::CLOSURE, 1, 0),
        record(tag::REFERENCE, 1, 0),
        [record(tag::NAMED, 0, 0), text("string.format")].concat(),
        [record(tag::INT64, 0, 5), record(tag::NULL, 0, 0), record(tag::NIL, 0, 0)].concat(),
        // The first tables of the host that the module asks about.
        record(tag::TABLE, 9, 0),
    ];
    // Its own metatable: a call of it goes on to the end of Lua's stack, which only a build with a short one meets quickly.
    let cyclic = cfg!(fuzzing).then(|| record(tag::TABLE_WITH_METATABLE, 2, 0));
    let each = values.iter().chain(&cyclic).map(|value| [vec![1], value.clone()].concat());
    each.chain([[vec![7], values.concat()].concat()]).collect()
}

fn functions_seeds() -> Vec<Vec<u8>> {
    const CHUNKS: [&str; 6] = [
        "return 1",
        "local a, b = ... return function(x) a = b + x return a end, { a, 'text', 1.5, 1 << 40, true, nil }",
        "for i = 1, 10 do if i % 2 == 0 then goto continue end print(i) ::continue:: end",
        "local t <close> = setmetatable({}, { __close = print }) local c <const> = 5 return t.x.y, c, ...",
        "local function f(n) return n < 2 and 1 or n * f(n - 1) end return f, [[a string of more than forty bytes, which is long]]",
        "return function() return function() return function() return _ENV end end end",
    ];
    let instance = Instance::new(&[]);
    let strip = ["", ", true"];
    let dumped = CHUNKS.iter().flat_map(|chunk| strip.map(|strip| format!("error(string.dump(load([====[{chunk}]====]){strip}))")));
    let seeds = dumped.map(|source| {
        assert_eq!(instance.compute(&source), FAILED);
        code_of_error()
    });
    seeds.collect()
}

/// The message of the error that is in the buffer: the second record of its six, a string.
fn code_of_error() -> Vec<u8> {
    let length =
        stream::buffer_start((2 * RECORD_BYTES) as i32)[RECORD_BYTES + 4..].first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes));
    stream::buffer_start((2 * RECORD_BYTES) as i32 + length).split_off(2 * RECORD_BYTES)
}

fn calls_seeds() -> Vec<Vec<u8>> {
    // Two computations and a call of each export, with answers of one kind.
    (0u8..20)
        .flat_map(|export| {
            [[3u8, 9, 1, 2], [21, 2, 6, 3], [19, 6, 3, 200], [9, 5, 0, 1]].map(|answers| {
                let mut input = vec![17, 0, 0, 0, export % 18, 0, 0];
                input.extend([export, 2, 6, 4, b'_', b'i', b'o', b'x', 0, 0, 0, 0, 1, 1, 0]);
                input.extend(answers.repeat(12));
                input
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{TARGETS, Target};

    const SEED: u64 = 0x5EED_0001;
    /// CU_LONG makes it so many times as many.
    const ROUNDS: usize = 100;
    const LONG: usize = 20;

    /// The seeds, and what a few changes at random make of them: without coverage, but in every run of the tests.
    #[test]
    fn seeds_and_their_likes_end_in_errors_at_worst() {
        for Target { name, run, seeds } in TARGETS {
            let seeds = seeds();
            assert!(seeds.len() > 5, "{name}");
            seeds.iter().for_each(|seed| run(seed));
            let mut state = SEED;
            let mut below = |bound: usize| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 16) as usize % bound
            };
            for round in 0..ROUNDS * std::env::var_os("CU_LONG").map_or(1, |_| LONG) {
                let mut input = seeds[below(seeds.len())].clone();
                for _ in 0..=below(4) {
                    let at = below(input.len());
                    match below(4) {
                        0 => input.truncate(at + 1),
                        1 => input.insert(at, below(256) as u8),
                        _ => input[at] = below(256) as u8,
                    }
                }
                println!("{name}, round {round}: {input:?}");
                run(&input);
            }
        }
    }
}
