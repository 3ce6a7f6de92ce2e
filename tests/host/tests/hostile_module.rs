//! This host against a hostile module: a puppet that answers every call by calling one import, with any numbers and any stream. The
//! host may answer with −1 or with what it did; it never panics, and its own tables stay as they are.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use cu_test_host::{Error, Function, Instance, Options, Table, Value};
use support::Random;

const SEED: u64 = 0x5EED;
const CALLS: u64 = 20_000;
const TAGS: usize = 24;

/// `cu_chunk_call` takes the source, the second record of its stream, as an order: six numbers (which import, five parameters), the
/// cell's f64 and i32, how many bytes of the buffer to push before, if any, then what to put into the buffer. The first record, the chunk's
/// name, is 24 bytes with its bytes. It answers with what the import answered, as its one result.
const PUPPET: &str = r#"(module
  (import "env" "js_ext_table_get" (func $get (param i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_set" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_next" (func $next (param i32 i32 i32) (result i32)))
  (import "env" "js_ext_table_len" (func $len (param i32) (result f64)))
  (import "env" "js_ext_table_op" (func $op (param i32 i32 i32) (result i32)))
  (import "env" "js_function_call" (func $call (param i32 i32) (result i32)))
  (import "env" "js_stream_push" (func $push (param i32)))
  (import "env" "js_stream_pull" (func $pull (result i32)))
  (import "env" "js_output_write" (func $write (param i32 i32 i32)))
  (import "env" "js_clock_get" (func $clock (param i32) (result f64)))
  (memory (export "memory") 4 4)
  (global $answer (mut f64) (f64.const 0))
  (func $param (param $i i32) (result i32) (i32.load (i32.add (i32.const 131072) (i32.mul (local.get $i) (i32.const 4)))))
  (func (export "cu_abi_version") (result i32) i32.const 1)
  (func (export "cu_layout_get") (param i32) (result i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (return (i32.const 65536))))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (return (i32.const 65536))))
    (if (i32.eq (local.get 0) (i32.const 4)) (then (return (i32.const 2048))))
    i32.const 0)
  (func (export "cu_vm_create") (param i32) (result i32) i32.const 0)
  (func (export "cu_function_call") (param i32 i32) (result i32) i32.const -1)
  (func (export "cu_path_call") (param i32 i32) (result i32) i32.const 2000000000)
  (func (export "cu_reference_release") (param i32))
  (func (export "cu_function_dump") (param i32 i32) (result i32) i32.const 0)
  (func (export "cu_upvalue_store") (param i32 i32 i32) (result i32) i32.const 0)
  (func (export "cu_function_load") (result i32) i32.const 0)
  (func (export "cu_function_bind") (param i32 i32) (result i32) i32.const 0)
  (func (export "cu_functions_sleep") (param i32) (result i32) i32.const 0)
  (func (export "cu_heap_collect"))
  (func (export "cu_heap_get") (param i32) (result i32) i32.const 0)
  (func (export "cu_vm_close"))
  (func (export "cu_limit_set") (param f64 f64))
  (func $dispatch (param $which i32)
    (local $answer f64)
    (if (call $param (i32.const 9)) (then (call $push (call $param (i32.const 9)))))
    (block $done
      (block $9 (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
        (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 $9 (local.get $which)))
        (local.set $answer (f64.convert_i32_s
          (call $get (call $param (i32.const 1)) (call $param (i32.const 2)) (call $param (i32.const 3)))))
        (br $done))
        (local.set $answer (f64.convert_i32_s (call $set
          (call $param (i32.const 1)) (call $param (i32.const 2)) (call $param (i32.const 3))
          (call $param (i32.const 4)) (call $param (i32.const 5)))))
        (br $done))
        (local.set $answer (f64.convert_i32_s
          (call $next (call $param (i32.const 1)) (call $param (i32.const 2)) (call $param (i32.const 3)))))
        (br $done))
        (local.set $answer (call $len (call $param (i32.const 1))))
        (br $done))
        (local.set $answer (f64.convert_i32_s
          (call $op (call $param (i32.const 1)) (call $param (i32.const 2)) (call $param (i32.const 3)))))
        (br $done))
        (local.set $answer (f64.convert_i32_s (call $call (call $param (i32.const 1)) (call $param (i32.const 2)))))
        (br $done))
        (call $push (call $param (i32.const 1)))
        (br $done))
        (local.set $answer (f64.convert_i32_s (call $pull)))
        (br $done))
        (call $write (call $param (i32.const 1)) (call $param (i32.const 2)) (call $param (i32.const 3)))
        (br $done))
      (local.set $answer (call $clock (call $param (i32.const 1)))))
    (global.set $answer (local.get $answer)))
  (func (export "cu_chunk_call") (param i32) (result i32)
    (memory.copy (i32.const 131072) (i32.const 40) (i32.const 65496))
    (f64.store (i32.const 65536) (f64.load (i32.const 131096)))
    (i32.store (i32.const 65544) (i32.load (i32.const 131104)))
    (memory.copy (i32.const 0) (i32.const 131112) (i32.const 65400))
    (call $dispatch (call $param (i32.const 0)))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 16))
    (i32.store (i32.const 0) (i32.const 5))
    (f64.store (i32.const 8) (global.get $answer))
    (i32.store (i32.const 65544) (i32.const 16))
    i32.const 1))"#;

/// The numbers of the imports in the puppet.
const GET: i32 = 0;
const SET: i32 = 1;
const NEXT: i32 = 2;
const LEN: i32 = 3;
const OP: i32 = 4;
const CALL: i32 = 5;

const HOME: i32 = 2;
const STREAM: i32 = 19;

struct Order {
    import: i32,
    params: [i32; 5],
    cell: f64,
    bytes: i32,
    pushed: i32,
    stream: Vec<u8>,
}

impl Order {
    /// With a stream whose length is told truly.
    fn new(import: i32, params: &[i32], stream: &[u8]) -> Order {
        let mut padded = [0; 5];
        padded[..params.len()].copy_from_slice(params);
        Order { import, params: padded, cell: 0.0, bytes: stream.len() as i32, pushed: 0, stream: stream.to_vec() }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.import.to_le_bytes().to_vec();
        self.params.iter().for_each(|param| bytes.extend(param.to_le_bytes()));
        bytes.extend(self.cell.to_le_bytes());
        bytes.extend(self.bytes.to_le_bytes());
        bytes.extend(self.pushed.to_le_bytes());
        bytes.extend(&self.stream);
        bytes
    }
}

fn puppet() -> Instance {
    let wasm = wat::parse_str(PUPPET).expect("it is valid");
    let modules = Table::new();
    modules.set_str("f", Value::Function(Function::new(|_, args| Ok(args))));
    Instance::new(&wasm, Options { modules, ..Options::default() }).expect("it has all that is needed")
}

fn give(instance: &mut Instance, order: &Order) -> f64 {
    match instance.compute(&order.to_bytes(), "=x", &[]).expect("the puppet always succeeds")[..] {
        [Value::Float(answer)] => answer,
        ref other => panic!("the puppet answered {other:?}"),
    }
}

fn record(tag: i32, aux: i32, low: i32, high: i32) -> Vec<u8> {
    [tag, aux, low, high].iter().flat_map(|int| int.to_le_bytes()).collect()
}

fn string(text: &str) -> Vec<u8> {
    let mut bytes = record(6, text.len() as i32, 0, 0);
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

#[test]
fn the_puppet_does_what_it_is_told() {
    let mut instance = puppet();
    let entry = [string("key"), string("value")].concat();
    assert_eq!(give(&mut instance, &Order::new(SET, &[HOME, 8, 0, STREAM, 0], &entry)), 0.0);
    assert_eq!(instance.context().home().get_str("key"), Value::from("value"));
    assert_eq!(give(&mut instance, &Order::new(GET, &[HOME, 7, 0], &[])), 6.0);
    // The same bytes pushed before and in the buffer: key and value are in what was pushed, what follows is not looked at.
    let twice = Order { pushed: entry.len() as i32, ..Order::new(SET, &[HOME, 8, 1, STREAM, 0], &entry) };
    assert_eq!(give(&mut instance, &twice), 0.0);
    assert_eq!(give(&mut instance, &Order::new(NEXT, &[HOME, 0, 0], &[])), 1.0);
    assert_eq!(give(&mut instance, &Order::new(LEN, &[HOME], &[])), 0.0);
}

#[test]
fn what_cannot_be_is_refused() {
    let one = |tag, aux, low| record(tag, aux, low, 0);
    let rows: Vec<(&str, Order)> = vec![
        ("handle 0", Order::new(GET, &[0, 3, 1], &[])),
        ("a negative handle", Order::new(LEN, &[-1], &[])),
        ("a handle never given", Order::new(SET, &[77, 3, 1, 2, 0], &[])),
        ("the largest handle", Order::new(NEXT, &[i32::MAX, 0, 0], &[])),
        ("a function as a table", Order::new(GET, &[4, 3, 1], &[])),
        ("a table as a function", Order::new(CALL, &[HOME, 0], &[])),
        ("a negative count", Order::new(CALL, &[4, -1], &[])),
        ("more values than there are", Order::new(CALL, &[4, i32::MAX], &one(1, 0, 0))),
        ("an unknown key tag", Order::new(GET, &[HOME, 99, 1], &[])),
        ("a key never defined", Order::new(GET, &[HOME, 7, 5], &[])),
        ("a negative key id", Order::new(GET, &[HOME, 7, -1], &[])),
        ("a key id too large", Order::new(GET, &[HOME, 8, 2048], &string("x"))),
        ("a new key without its string", Order::new(GET, &[HOME, 8, 1], &[])),
        ("a new key that is a number", Order::new(GET, &[HOME, 8, 1], &one(5, 0, 0))),
        ("SAME at the beginning", Order::new(NEXT, &[HOME, 20, 0], &[])),
        ("an unknown value tag", Order::new(SET, &[HOME, 3, 1, 99, 0], &[])),
        ("a string beyond the buffer", Order::new(SET, &[HOME, 3, 1, 6, 65_537], &[])),
        ("a string of negative length", Order::new(SET, &[HOME, 3, 1, 6, -1], &[])),
        ("no value", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[])),
        ("half a record", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[0; 8])),
        ("a record that ends early", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(6, 100, 0))),
        ("a record of negative length", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(6, -1, 0))),
        ("a record of the largest length", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(6, i32::MAX, 0))),
        ("a lent string beyond the memory", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &record(6, 16, 4, 0x7fff_fff0))),
        ("a lent string at a negative address", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &record(6, 16, 4, -1))),
        ("a lent string of negative length", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &record(6, -1, 4, 0))),
        ("a part without the next", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(6, 0, 1))),
        ("a part of another kind", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(6, 0, 1), one(12, 0, 0)].concat())),
        ("a node without description", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(13, 0, 0))),
        ("a negative node", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(13, -1, 0))),
        ("a node far away", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(13, i32::MAX, 0))),
        ("another node's description", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(13, 0, 0), one(14, 1, 0), one(15, 0, 0)].concat())),
        ("a node that never ends", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(13, 0, 0), one(14, 0, 0)].concat())),
        (
            "a node with the key nil",
            Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(13, 0, 0), one(14, 0, 0), one(0, 0, 0), one(1, 0, 0), one(15, 0, 0)].concat()),
        ),
        ("a plain table as a key", Order::new(SET, &[HOME, STREAM, 0, STREAM, 0], &[one(13, 0, 0), one(1, 0, 0)].concat())),
        ("an opaque value", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(18, 0, 0), string("coroutine")].concat())),
        ("an opaque value without a name", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(18, 0, 0))),
        ("reference 0", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(11, 0, 0))),
        ("a stale table", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(9, 50, 0))),
        ("a stale function", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(10, 50, 0))),
        ("a half integer", Order::new(SET, &[HOME, 3, 1, STREAM, 0], &record(3, 0, 0, 0x3FE0_0000))),
        ("the key nil", Order::new(SET, &[HOME, STREAM, 0, 2, 0], &one(0, 0, 0))),
        ("the key NaN", Order::new(SET, &[HOME, STREAM, 0, 2, 0], &record(5, 0, 0, 0x7FF8_0000))),
        ("an unknown operation", Order::new(OP, &[99, 0, 0], &[])),
        ("too many handles", Order::new(OP, &[1, 16_385, 0], &[])),
        ("a negative number of handles", Order::new(OP, &[1, -1, 0], &[])),
        ("bytes of a table", Order::new(OP, &[8, HOME, 1], &[])),
        ("a metatable that is no table", Order::new(OP, &[11, HOME, 0], &one(2, 0, 0))),
        ("a metatable that is not there", Order::new(OP, &[11, HOME, 0], &[])),
        ("a metatable for a stale table", Order::new(OP, &[11, 50, 0], &one(0, 0, 0))),
        ("a stale table's metatable", Order::new(OP, &[12, 50, 0], &[])),
        (
            "a node whose metatable is no table",
            Order::new(SET, &[HOME, 3, 1, STREAM, 0], &[one(13, 0, 0), record(14, 0, 0, 2), one(2, 0, 0), one(15, 0, 0)].concat()),
        ),
        ("a stale table's elements", Order::new(OP, &[5, 50, 1], &[])),
        ("a number of bytes beyond the buffer", Order { bytes: 65_537, ..Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(2, 0, 0)) }),
        ("a negative number of bytes", Order { bytes: -1, ..Order::new(SET, &[HOME, 3, 1, STREAM, 0], &one(2, 0, 0)) }),
    ];
    for (name, order) in rows {
        let mut instance = puppet();
        // The function of the modules gets the handle 4.
        assert_eq!(give(&mut instance, &Order::new(GET, &[3, STREAM, 0], &string("f"))), 10.0);
        assert_eq!(give(&mut instance, &order), -1.0, "{name}");
        assert_eq!(instance.context().home().entries(), [], "{name}");
        assert_eq!(instance.context().handle_count(), 4, "{name}");
    }
}

#[test]
fn exports_that_answer_nonsense_are_errors() {
    let mut instance = puppet();
    assert!(matches!(instance.call(&[], &[]), Err(Error::Boundary(_))));
    instance.context().home().set_str("x", Value::Int(1));
    assert_eq!(instance.context().home().get_str("x"), Value::Int(1));
}

#[test]
fn no_order_ends_in_a_panic() {
    println!("seed {SEED:#x}, {CALLS} calls");
    let called = Rc::new(Cell::new(0));
    for round in 0..CALLS / 100 {
        let mut instance = puppet();
        let counter = called.clone();
        let count = Function::new(move |_, args| {
            counter.set(counter.get() + args.len());
            Ok(args)
        });
        instance.context().io().push(Value::Function(count));
        give(&mut instance, &Order::new(GET, &[1, 3, 1], &[]));
        let mut random = Random::new(SEED, round);
        for _ in 0..100 {
            // What a push leaves behind may make nonsense of the answer: that is an error, too.
            let result = instance.compute(&random_order(&mut random).to_bytes(), "=x", &[]);
            assert!(matches!(result, Ok(_) | Err(Error::Boundary(_))), "round {round}: {result:?}");
        }
    }
    assert!(called.get() > 0, "no function was ever called");
}

fn random_order(random: &mut Random) -> Order {
    let params = [0; 5].map(|_| if random.below(2) == 0 { random.odd_number() } else { random.below(TAGS) as i32 });
    let mut stream = Vec::new();
    for _ in 0..random.below(10) {
        stream.extend(random_record(random));
    }
    let bytes = if random.below(8) == 0 { random.odd_number() } else { stream.len() as i32 };
    let pushed = if random.below(8) == 0 { random.pick(&[bytes, 16, 65_536, 65_537, -1]) } else { 0 };
    Order { import: random.below(10) as i32, params, cell: f64::from(random.odd_number()), bytes, pushed, stream }
}

fn random_record(random: &mut Random) -> Vec<u8> {
    match random.below(6) {
        0 => string("some text"),
        1 => record(9 + random.below(2) as i32, 1 + random.below(6) as i32, 0, 0),
        2 => record(13 + random.below(3) as i32, random.below(3) as i32, 0, 0),
        _ => record(random.below(TAGS) as i32, random.odd_number(), random.below(8) as i32, random.next() as i32),
    }
}
