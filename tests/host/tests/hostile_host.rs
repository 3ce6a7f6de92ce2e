//! The module against a hostile host: exports in any order with any numbers, garbage in buffer and cell, imports that answer anything and
//! call in again. From the module nothing may come back but errors: a trap, or a loop without end, is a failure. Whatever
//! happened, an instance that was not closed computes on.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use support::Random;
use wasmi::{AsContextMut, Caller, Config, Engine, Instance, Linker, Memory, Module, Store, Val, ValType};

const SEED: u64 = 0x00C0_FFEE;
/// CU_LONG makes it so many times as many.
const SEQUENCES: u64 = 500;
const LONG: u64 = 8;
const STEPS_MAX: usize = 16;
/// Calls of the host into itself, through the module.
const DEPTH_MAX: usize = 3;
/// Enough for what a sequence honestly does; a loop without end runs out of it.
const FUEL: u64 = 2_000_000_000;

const BUFFER_BYTES: usize = 65_536;
const TAGS: i32 = 24;
const CREATE: usize = 0;
const CLOSE: usize = 7;
const LIMIT: usize = 15;
const TASK: usize = 17;
const RESUME: usize = 18;
/// The host's own tasks have these numbers.
const TASKS: usize = 3;
/// The answer of a function of the host whose results come later.
const WAITING: i32 = -2;
const FUNCTION: i32 = 10;

/// Name, and number of parameters.
const EXPORTS: [(&str, usize); 19] = [
    ("cu_vm_create", 1),
    ("cu_chunk_call", 1),
    ("cu_function_call", 2),
    ("cu_path_call", 2),
    ("cu_reference_release", 1),
    ("cu_heap_collect", 0),
    ("cu_heap_get", 1),
    ("cu_vm_close", 0),
    ("cu_layout_get", 1),
    ("cu_abi_version", 0),
    ("cu_function_dump", 2),
    ("cu_function_load", 0),
    ("cu_function_bind", 2),
    ("cu_upvalue_store", 3),
    ("cu_functions_sleep", 1),
    ("cu_limit_set", 2),
    ("cu_home_forget", 0),
    ("cu_task_set", 1),
    ("cu_task_resume", 2),
];

/// What is computed between the attacks, so that they meet the module at work.
const SOURCES: [&str; 20] = [
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
    "_home.f = function() return _home end _home[1.5], _home[true] = 'x', ('y'):rep(70000)",
    "for i = 1, 300 do local t = _home['k' .. i] if type(t) == 'table' then t.x = i end end collectgarbage()",
    "error({ code = 1 })",
    "local C = {} C.__index = C C.__add = function(a) return a end local o = setmetatable({ 1 }, C) _home.o, _io.o = setmetatable({}, C), C return o + 1, o.x",
    "local t = _home.t return getmetatable(t), #t, t.x, pcall(function() return t + 1, t .. t, t < t, -t, t() end), tostring(t), t == _home.u",
    "local f = _io.f return type(f) == 'function' and f(1, 'x'), type(_home.f) == 'function' and _home.f()",
    "local function g() local c <close> = setmetatable({}, { __close = _io.f }) return _io.f(1) end local co = coroutine.create(g) f = co return pcall(coroutine.resume, co)",
    "if f then pcall(coroutine.resume, f) pcall(coroutine.close, f) collectgarbage() end return pcall(table.sort, { 3, 2, 1 }, _io.f), pcall(pcall, _io.f, coroutine.running())",
    "setmetatable(_home, { __index = _io, __newindex = _io }) _home.x = _home.y setmetatable(_io, _home) setmetatable(_home, nil)",
];

/// Fails in an instance that was damaged.
const HEALTHY: &str = "
    for _, value in ipairs({ 1, true, print, coroutine.create(print) }) do assert(debug.getmetatable(value) == nil) end
    assert(debug.getmetatable(nil) == nil and getmetatable('').__index == string and getmetatable({}) == nil)
    local t = {}
    for i = 1, 100 do t[i] = { i, name = 'n' .. i } end
    collectgarbage()
    for i = 1, 100 do assert(#t == 100 and t[i][1] == i and t[i].name == 'n' .. i) end
    assert(select('#', pcall(error)) == 2 and coroutine.wrap(function() return 1 end)() == 1)
    return #t";

/// The host's state.
struct Attack {
    random: Random,
    /// One answer in so many is anything at all; the others could be those of a host that means well. 0: all fail, with a message.
    hostile_of: usize,
    depth: usize,
    /// Each import closes the instance.
    closes: bool,
    /// Every field is a function of the host, and waits.
    waits: bool,
    module: Option<Exports>,
}

#[derive(Clone, Copy)]
struct Exports {
    instance: Instance,
    memory: Memory,
    buffer: usize,
    cell: usize,
}

impl Attack {
    fn is_hostile(&mut self) -> bool {
        self.hostile_of > 0 && self.random.below(self.hostile_of) == 0
    }
}

type Host<'a> = Caller<'a, Attack>;

fn define(linker: &mut Linker<Attack>) {
    linker.func_wrap("env", "js_ext_table_get", |host: Host, _: i32, _: i32, _: i32| answer(host, put_entry)).expect("new");
    linker.func_wrap("env", "js_ext_table_set", |host: Host, _: i32, _: i32, _: i32, _: i32, _: i32| answer(host, |_| 0)).expect("new");
    linker.func_wrap("env", "js_ext_table_next", |host: Host, _: i32, _: i32, _: i32| answer(host, put_pair)).expect("new");
    linker.func_wrap("env", "js_ext_table_len", |host: Host, _: i32| answer_number(host)).expect("new");
    linker.func_wrap("env", "js_ext_table_op", |host: Host, op: i32, _: i32, _: i32| answer(host, |host| put_op(host, op))).expect("new");
    linker.func_wrap("env", "js_function_call", |host: Host, _: i32, _: i32| answer(host, put_results)).expect("new");
    linker.func_wrap("env", "js_stream_push", |_: Host, _: i32| ()).expect("new");
    linker.func_wrap("env", "js_stream_pull", |host: Host| pull(host)).expect("new");
    linker.func_wrap("env", "js_output_write", |_: Host, _: i32, _: i32, _: i32| ()).expect("new");
    linker.func_wrap("env", "js_clock_get", |host: Host, _: i32| answer_number(host)).expect("new");
}

/// An import's answer: a failure, what `plausible` makes of it, or anything.
fn answer(mut host: Host, plausible: impl FnOnce(&mut Host) -> i32) -> Result<i32, wasmi::Error> {
    if host.data().waits {
        return Ok(plausible(&mut host));
    }
    if host.data().closes {
        call(&mut host, CLOSE, &[])?;
    }
    if host.data().hostile_of == 0 {
        put(&mut host, &text_record("no"));
        return Ok(-1);
    }
    attack_inside(&mut host)?;
    if !host.data_mut().is_hostile() {
        return Ok(plausible(&mut host));
    }
    scribble(&mut host);
    let random = &mut host.data_mut().random;
    Ok(match random.below(4) {
        0 => -1,
        1 => random.below(TAGS as usize) as i32,
        2 => random.below(3) as i32,
        _ => random.odd_number(),
    })
}

/// Results of a function, which may come later.
fn put_results(host: &mut Host) -> i32 {
    if host.data().waits || host.data_mut().random.below(2) == 0 { WAITING } else { put_values(host, 3) }
}

/// A tag, with number and handle in the cell, a string in the buffer, or a value in the stream.
fn put_entry(host: &mut Host) -> i32 {
    if host.data().waits {
        set_cell(host, 7.0, 7);
        return FUNCTION;
    }
    let random = &mut host.data_mut().random;
    let (tag, number) = (random.pick(&[0, 1, 2, 3, 5, 6, 9, 9, 9, 10, 10, 16, 19, 21, 21]), 1 + random.below(12) as i32);
    put_values(host, 1);
    if tag != 19 {
        set_cell(host, number.into(), number);
    }
    tag
}

fn put_pair(host: &mut Host) -> i32 {
    if host.data_mut().random.below(5) == 0 {
        return 0;
    }
    let bytes: Vec<u8> = (0..2).flat_map(|_| plausible_value(&mut host.data_mut().random)).collect();
    put(host, &bytes);
    1
}

/// Up to so many values in the stream, at least one.
fn put_values(host: &mut Host, max: usize) -> i32 {
    let random = &mut host.data_mut().random;
    let count = 1 + random.below(max);
    let bytes: Vec<u8> = (0..count).flat_map(|_| plausible_value(random)).collect();
    put(host, &bytes);
    count as i32
}

fn plausible_value(random: &mut Random) -> Vec<u8> {
    let number = 1 + random.below(12) as i32;
    match random.below(7) {
        0 => record(9, number, [0; 8]).to_vec(),
        1 => record(10, number, [0; 8]).to_vec(),
        2 => record(3, 0, f64::from(number).to_le_bytes()).to_vec(),
        3 => record(5, 0, 0.5f64.to_le_bytes()).to_vec(),
        4 => record(2, 0, [0; 8]).to_vec(),
        5 => record(21, number, [0; 8]).to_vec(),
        _ => text_record("text"),
    }
}

/// `js_ext_table_op`, by the numbers of docs/ABI.md.
fn put_op(host: &mut Host, op: i32) -> i32 {
    let number = 1 + host.data_mut().random.below(12) as i32;
    let ints = |ints: &[i32]| ints.iter().flat_map(|int| int.to_le_bytes()).collect::<Vec<u8>>();
    match op {
        2 => 3 + number,
        3 => {
            put(host, &ints(&[4, 5, 6, 7, 8, number]));
            host.data_mut().random.pick(&[1, 1, 2, 3, number])
        }
        4 => {
            put(host, &text_record("an object"));
            0
        }
        5 => {
            put(host, &[0; 256]);
            set_cell(host, number.into(), 256);
            1
        }
        // Triples of small numbers: tables, kinds and references.
        9 => {
            let random = &mut host.data_mut().random;
            let triples = random.below(8);
            let numbers = (0..triples).flat_map(|_| [random.below(10), random.below(3), 1 + random.below(10)]).collect::<Vec<_>>();
            let bytes: Vec<u8> = numbers.iter().flat_map(|&number| record(3, 0, (number as f64).to_le_bytes())).collect();
            put(host, &bytes);
            triples as i32
        }
        // METATABLE: kept by either side. GET_METATABLE: mostly a table.
        10 => number % 2,
        12 => {
            let bytes = record(host.data_mut().random.pick(&[0, 9, 21, 21, 3]), number, [0; 8]);
            put(host, &bytes);
            0
        }
        _ => 0,
    }
}

fn answer_number(mut host: Host) -> f64 {
    const NUMBERS: [f64; 12] =
        [0.0, 1.0, -1.0, 2.5, 1e300, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 9.3e18, 4_294_967_296.0, 3.0];
    if host.data_mut().is_hostile() { host.data_mut().random.pick(&NUMBERS) } else { 3.0 }
}

fn pull(mut host: Host) -> i32 {
    if !host.data_mut().is_hostile() || host.data_mut().random.below(3) == 0 {
        return -1;
    }
    scribble(&mut host);
    let random = &mut host.data_mut().random;
    random.pick(&[-1, 0, 16, 32, 4096, 65_520, 65_536, 65_537, i32::MAX, i32::MIN])
}

/// A call of an export while an import runs. It never closes the instance: that is tested on its own.
fn attack_inside(host: &mut Host) -> Result<(), wasmi::Error> {
    if host.data().depth >= DEPTH_MAX || host.data_mut().random.below(6) > 0 {
        return Ok(());
    }
    host.data_mut().depth += 1;
    let result = step(host, false);
    host.data_mut().depth -= 1;
    result
}

/// One random call, with random preparations.
fn step(store: &mut impl AsContextMut<Data = Attack>, may_close: bool) -> Result<(), wasmi::Error> {
    let mut context = store.as_context_mut();
    let random = &mut context.data_mut().random;
    let (mut export, kind) = (random.below(EXPORTS.len()), random.below(4));
    if export == CLOSE && (!may_close || random.below(4) > 0) {
        export = CREATE;
    }
    // Half of all calls are computations: what follows is more interesting then.
    if kind == 0 {
        scribble(&mut context);
    } else if kind > 1 {
        export = 1;
        let source = context.data_mut().random.pick(&SOURCES);
        put(&mut context, &chunk(source));
    }
    // Many of them may wait, and what waits goes on.
    let random = &mut context.data_mut().random;
    let task = 1 + random.below(TASKS) as i32;
    match random.below(8) {
        0 | 1 => {
            call(&mut context, TASK, &[task])?;
        }
        2 => {
            let bytes = plausible_value(&mut context.data_mut().random);
            put(&mut context, &bytes);
            let count = context.data_mut().random.pick(&[1, 1, 1, 0, -1, -2, 2]);
            call(&mut context, RESUME, &[task, count])?;
            if kind > 1 {
                let source = context.data_mut().random.pick(&SOURCES);
                put(&mut context, &chunk(source));
            }
        }
        _ => {}
    }
    let random = &mut context.data_mut().random;
    let mut numbers: Vec<i32> = (0..EXPORTS[export].1).map(|_| random.odd_number()).collect();
    if kind > 1 && random.below(8) > 0 {
        numbers[0] = 0;
    }
    call(&mut context, export, &numbers).map(|_| ())
}

fn call(store: &mut impl AsContextMut<Data = Attack>, export: usize, numbers: &[i32]) -> Result<Option<i32>, wasmi::Error> {
    let mut context = store.as_context_mut();
    let function = module(&mut context).instance.get_func(&context, EXPORTS[export].0).expect("the module exports it");
    let mut results = vec![Val::I32(0); function.ty(&context).results().len()];
    let types = function.ty(&context);
    let numbers: Vec<Val> = numbers.iter().zip(types.params()).map(|(&number, ty)| value(number, *ty)).collect();
    function.call(&mut context, &numbers, &mut results)?;
    Ok(results.first().and_then(Val::i32))
}

/// Puts garbage into buffer and cell: random records, or random bytes.
fn scribble(store: &mut impl AsContextMut<Data = Attack>) {
    let mut context = store.as_context_mut();
    let random = &mut context.data_mut().random;
    let mut bytes = Vec::new();
    if random.below(4) == 0 {
        bytes.extend((0..random.below(40)).flat_map(|_| random.next().to_le_bytes()));
    } else {
        let records = if random.below(10) == 0 { BUFFER_BYTES / 16 } else { random.below(12) };
        (0..records).for_each(|_| bytes.extend(random_record(random)));
    }
    bytes.truncate(BUFFER_BYTES);
    put(&mut context, &bytes);
    let random = &mut context.data_mut().random;
    if random.below(4) == 0 {
        let (number, int) = (f64::from_bits(random.next()), random.odd_number());
        set_cell(&mut context, number, int);
    }
}

/// A record that might be one, with the bytes that it announces, or fewer.
fn random_record(random: &mut Random) -> Vec<u8> {
    const PAYLOADS: [[u8; 8]; 7] = [
        [0; 8],
        [1, 0, 0, 0, 0, 0, 0, 0],
        [2, 0, 0, 0, 0, 0, 0, 0],
        [255; 8],
        1.0f64.to_le_bytes(),
        1e300f64.to_le_bytes(),
        f64::NAN.to_le_bytes(),
    ];
    let tag = if random.below(20) == 0 { random.odd_number() } else { random.below(TAGS as usize) as i32 };
    let payload = random.pick(&PAYLOADS);
    if ![6, 12].contains(&tag) {
        let aux = random.odd_number();
        return record(tag, aux, payload).to_vec();
    }
    let length = random.below(40);
    let announced = if random.below(10) == 0 { random.odd_number() } else { length as i32 };
    let mut bytes = record(tag, announced, payload).to_vec();
    bytes.resize(16 + length.next_multiple_of(8), b'x');
    bytes
}

fn record(tag: i32, aux: i32, payload: [u8; 8]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&tag.to_le_bytes());
    bytes[4..8].copy_from_slice(&aux.to_le_bytes());
    bytes[8..].copy_from_slice(&payload);
    bytes
}

fn text_record(text: &str) -> Vec<u8> {
    let mut bytes = record(6, text.len() as i32, [0; 8]).to_vec();
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// The stream of `cu_chunk_call`.
fn chunk(source: &str) -> Vec<u8> {
    [text_record("=attack"), text_record(source)].concat()
}

fn put(store: &mut impl AsContextMut<Data = Attack>, bytes: &[u8]) {
    let module = module(store);
    module.memory.write(&mut *store, module.buffer, bytes).expect("the buffer is in the memory");
    set_cell(store, bytes.len() as f64, bytes.len() as i32);
}

fn set_cell(store: &mut impl AsContextMut<Data = Attack>, number: f64, int: i32) {
    let module = module(store);
    module.memory.write(&mut *store, module.cell, &number.to_le_bytes()).expect("the cell is in the memory");
    module.memory.write(&mut *store, module.cell + 8, &int.to_le_bytes()).expect("the cell is in the memory");
}

fn module(store: &mut impl AsContextMut<Data = Attack>) -> Exports {
    store.as_context().data().module.expect("it is set before anything is called")
}

fn exports(store: &mut Store<Attack>, instance: Instance) -> Exports {
    let memory = instance.get_memory(&*store, "memory").expect("the module exports it");
    let layout_get = instance.get_typed_func::<i32, i32>(&*store, "cu_layout_get").expect("the module exports it");
    let mut layout = |which| layout_get.call(&mut *store, which).expect("it never fails") as u32 as usize;
    Exports { instance, memory, buffer: layout(0), cell: layout(2) }
}

struct Bench {
    engine: Engine,
    module: Module,
}

impl Bench {
    fn new() -> Bench {
        let mut config = Config::default();
        config.consume_fuel(true).set_max_recursion_depth(100_000).set_max_stack_height(1 << 26);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, support::wasm()).expect("the module is valid");
        Bench { engine, module }
    }

    fn store(&self, random: Random, hostile_of: usize) -> Store<Attack> {
        let mut store = Store::new(&self.engine, Attack { random, hostile_of, depth: 0, closes: false, waits: false, module: None });
        store.set_fuel(FUEL).expect("fuel is on");
        let mut linker = Linker::new(&self.engine);
        define(&mut linker);
        let instance = linker.instantiate_and_start(&mut store, &self.module).expect("the imports are all there");
        store.data_mut().module = Some(exports(&mut store, instance));
        store
    }
}

/// One sequence of calls. What went wrong, if anything did.
fn sequence(bench: &Bench, round: u64) -> Result<(), String> {
    let mut random = Random::new(SEED, round);
    let (hostile_of, early, steps) = (random.pick(&[0, 1, 2, 4, 8, 8, 16, 32]), random.below(16) == 0, 1 + random.below(STEPS_MAX));
    let mut store = bench.store(random, hostile_of);
    let mut run = || {
        // Some begin without a Lua state.
        if !early {
            call(&mut store, CREATE, &[1])?;
        }
        (0..steps).try_for_each(|_| step(&mut store, true))?;
        finish(&mut store)
    };
    match catch_unwind(AssertUnwindSafe(&mut run)) {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err("the instance computes no longer".into()),
        Ok(Err(trap)) => Err(format!("trap: {trap}")),
        Err(_) => Err("the host panicked".into()),
    }
}

/// Whether the instance computes, unless it is closed or was never made.
fn finish(store: &mut Store<Attack>) -> Result<bool, wasmi::Error> {
    store.data_mut().hostile_of = 0;
    if call(store, 6, &[0])? == Some(0) {
        return Ok(true);
    }
    // A limit that was set holds for the next call, and so does a task.
    call(store, LIMIT, &[-1, -1])?;
    call(store, TASK, &[0])?;
    put(store, &chunk(HEALTHY));
    Ok(call(store, 1, &[0])? == Some(1))
}

/// Tasks of a host that means well, and one that does not: in order, with the answer and what the buffer says then.
#[test]
fn tasks_wait_and_go_on() {
    const CHUNK: usize = 1;
    let waits = chunk("local ok, x = pcall(_io.f) return x");
    let text = |text| text_record(text);
    let rows: Vec<Row> = vec![
        (RESUME, &[1, 1], text("x"), -1, "host sent an invalid task (1)"),
        (RESUME, &[0, -2], vec![], -1, "host sent an invalid task (0)"),
        (RESUME, &[i32::MIN, i32::MIN], vec![], -1, "host sent an invalid task"),
        (TASK, &[0], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), 1, "attempt to await across a C-call boundary"),
        (TASK, &[-1], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), -1, "host sent an invalid task (-1)"),
        (TASK, &[4097], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), -1, "host sent an invalid task (4097)"),
        (TASK, &[2], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), WAITING, ""),
        (TASK, &[2], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), -1, "host sent an invalid task (2)"),
        (TASK, &[1], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), WAITING, ""),
        (RESUME, &[1, 1], text("through"), 1, "through"),
        (RESUME, &[1, 1], text("again"), -1, "host sent an invalid task (1)"),
        (RESUME, &[2, -1], text("failed"), 1, "failed"),
        (TASK, &[2], vec![], 0, ""),
        (CHUNK, &[0], waits.clone(), WAITING, ""),
        (RESUME, &[2, -2], vec![], -1, "stopped by the host"),
        (TASK, &[2], vec![], 0, ""),
        (CHUNK, &[0], waits, WAITING, ""),
        (RESUME, &[2, 3], text("too few"), 1, "host sent an invalid stream"),
    ];
    let bench = Bench::new();
    let mut store = bench.store(Random::new(SEED, 0), 0);
    store.data_mut().waits = true;
    call(&mut store, CREATE, &[1]).expect("a state is made");
    check_rows(&mut store, rows);
}

/// The instance is its owner's to close, not while Lua runs in it.
#[test]
fn closing_while_lua_runs_is_refused() {
    let bench = Bench::new();
    for source in ["return _home.x", "_home.x = {}", "for k in pairs(_home) do local x = k end", "return #_home", "return tostring(_home)"]
    {
        let mut store = bench.store(Random::new(SEED, 0), 0);
        store.data_mut().closes = true;
        call(&mut store, CREATE, &[1]).expect("a state is made");
        put(&mut store, &chunk(source));
        call(&mut store, 1, &[0]).unwrap_or_else(|trap| panic!("{source}: {trap}"));
        store.data_mut().closes = false;
        assert!(finish(&mut store).unwrap_or_else(|trap| panic!("after {source}: {trap}")), "after {source}");
        call(&mut store, CLOSE, &[]).expect("it can be closed now");
    }
}

fn int(number: f64) -> Vec<u8> {
    record(3, 0, number.to_le_bytes()).to_vec()
}

/// An export by its place in `EXPORTS`, its numbers and its stream; the answer, and what the buffer says then.
type Row = (usize, &'static [i32], Vec<u8>, i32, &'static str);

/// What has no result answers 0. Afterwards the instance computes.
fn check_rows(store: &mut Store<Attack>, rows: Vec<Row>) {
    for (export, numbers, stream, expected, text) in rows {
        let row = format!("{}{numbers:?} {text:?}", EXPORTS[export].0);
        put(store, &stream);
        let result = call(store, export, numbers).unwrap_or_else(|trap| panic!("{row}: {trap}"));
        let module = module(store);
        let said = String::from_utf8_lossy(&module.memory.data(&*store)[module.buffer..module.buffer + 4096]).into_owned();
        assert!(result.unwrap_or(0) == expected && said.contains(text), "{row}: {result:?} {said}");
    }
    store.data_mut().waits = false;
    assert!(finish(store).expect("it computes"));
}

/// The exports for functions with numbers and streams that are wrong. The reference 1 is a function with one upvalue.
#[test]
fn functions_are_not_made_of_nonsense() {
    const DUMP: usize = 10;
    const LOAD: usize = 11;
    const BIND: usize = 12;
    const STORE: usize = 13;
    const SLEEP: usize = 14;
    let empty = |tag| record(tag, 0, [0; 8]).to_vec();
    let nil = || empty(0);
    let long = |text: &str| {
        let mut bytes = text_record(text);
        bytes[8] = 1;
        bytes
    };
    let ints = |ints: &[i32]| ints.iter().flat_map(|int| int.to_le_bytes()).collect::<Vec<u8>>();
    let rows: Vec<Row> = vec![
        (DUMP, &[77, 0], vec![], -1, "host sent an invalid reference (77)"),
        (DUMP, &[0, 0], vec![], -1, "host sent an invalid reference (0)"),
        (DUMP, &[-1, 0], vec![], -1, "negative"),
        (DUMP, &[1, -1], vec![], 1, "v"),
        (LOAD, &[], vec![], -1, "it ends early"),
        (LOAD, &[], int(1.0), -1, "attempt to load a text chunk"),
        (LOAD, &[], text_record("\x1bLua"), -1, "truncated"),
        (LOAD, &[], long("\x1bLua"), -1, "it ends early"),
        (LOAD, &[], record(6, i32::MAX, [0; 8]).to_vec(), -1, "bytes beyond the buffer"),
        (BIND, &[1, -1], vec![], -1, "negative"),
        (BIND, &[1, i32::MAX], vec![], -1, "invalid number of upvalues"),
        (BIND, &[2, 0], vec![], -1, "invalid reference (2)"),
        (BIND, &[1, 1], vec![], -1, "it ends early"),
        (BIND, &[1, 1], nil(), -1, "it ends early"),
        (BIND, &[1, 1], [empty(2), nil()].concat(), -1, "invalid upvalue (tag 2)"),
        (BIND, &[1, 1], [nil(), empty(18)].concat(), -1, "invalid value (tag 18)"),
        (BIND, &[1, 1], [nil(), empty(13)].concat(), -1, "invalid value (tag 13)"),
        (BIND, &[1, 1], [nil(), empty(22)].concat(), -1, "it ends early"),
        (BIND, &[1, 1], [nil(), empty(22), int(1.0)].concat(), -1, "invalid name (tag 3)"),
        (BIND, &[1, 1], [nil(), empty(22), text_record("x.y")].concat(), -1, "\"x.y\" is not there"),
        (BIND, &[1, 1], [nil(), record(9, -1, [0; 8]).to_vec()].concat(), -1, "invalid handle (-1)"),
        (BIND, &[1, 1], [int(99.0), int(1.0)].concat(), -1, "invalid reference (99)"),
        (BIND, &[1, 1], [int(4_294_967_297.0), int(1.0)].concat(), -1, "invalid reference (0)"),
        (BIND, &[1, 1], [int(1.5), int(1.0)].concat(), -1, "invalid integer"),
        (BIND, &[1, 1], [int(1.0), int(0.0)].concat(), -1, "invalid upvalue to share"),
        (BIND, &[1, 1], [int(1.0), int(2.0)].concat(), -1, "invalid upvalue to share"),
        (BIND, &[1, 1], [int(1.0), int(1e300)].concat(), -1, "invalid upvalue to share"),
        (BIND, &[1, 1], [int(1.0), int(f64::NAN)].concat(), -1, "invalid upvalue to share"),
        (BIND, &[1, 1], [int(1.0), nil()].concat(), -1, "invalid upvalue to share"),
        (BIND, &[1, 1], [int(1.0), int(1.0)].concat(), 0, ""),
        (STORE, &[1, 1, 0], vec![], -1, "invalid upvalue (1)"),
        (STORE, &[1, 1, i32::MIN], vec![], -1, "invalid upvalue (1)"),
        (STORE, &[1, 0, 5], vec![], -1, "invalid upvalue (0)"),
        (STORE, &[1, 2, 5], vec![], -1, "invalid upvalue (2)"),
        (STORE, &[9, 1, 5], vec![], -1, "invalid reference (9)"),
        (STORE, &[1, 1, 5], vec![], -1, "no"),
        (SLEEP, &[-1], vec![], 0, ""),
        (SLEEP, &[i32::MAX], ints(&[0, -1, 99, i32::MAX, i32::MIN]), 0, ""),
        (SLEEP, &[3], ints(&[99, 1, 1]), 1, ""),
        (SLEEP, &[3], ints(&[99, 1, 1]), 0, ""),
        (DUMP, &[1, 0], vec![], -1, "host sent an invalid reference (1)"),
    ];
    let bench = Bench::new();
    let mut store = bench.store(Random::new(SEED, 0), 0);
    call(&mut store, CREATE, &[1]).expect("a state is made");
    put(&mut store, &chunk("local v = 'v' return function() return v end"));
    assert_eq!(call(&mut store, 1, &[0]).expect("it works"), Some(1));
    check_rows(&mut store, rows);
}

#[test]
fn nothing_but_errors_comes_back() {
    let count = SEQUENCES * std::env::var_os("CU_LONG").map_or(1, |_| LONG);
    println!("seed {SEED:#x}, {count} sequences");
    let bench = Bench::new();
    let problems: Vec<String> =
        (0..count).filter_map(|round| sequence(&bench, round).err().map(|problem| format!("round {round}: {problem}"))).collect();
    assert!(problems.is_empty(), "{} of {count}:\n{}", problems.len(), problems.join("\n"));
}

fn value(number: i32, ty: ValType) -> Val {
    if ty == ValType::F64 { Val::F64(f64::from(number).into()) } else { Val::I32(number) }
}
