//! The imports of docs/ABI.md §4. None of them fails into the module: what goes wrong is answered with −1 and a value in the stream. Only
//! when a nested call trapped, and the instance is over, does the trap go on outward.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::codec::{integer, is_safe};
use crate::context::{Context, FAILED, State};
use crate::cycles;
use crate::engine::{self, AsContextMut, Caller, Linker};
use crate::error::Failure;
use crate::handles::Object;
use crate::stream::{Reader, Writer, malformed, tag};
use crate::table::Table;
use crate::value::Value;

/// The operations of `js_ext_table_op`.
const RELEASE: i32 = 1;
const NEW: i32 = 2;
const ADOPTED: i32 = 3;
const TOSTRING: i32 = 4;
const READ: i32 = 5;
const WRITE_FLOATS: i32 = 6;
const WRITE_INTS: i32 = 7;
const BYTES: i32 = 8;
const TRACE: i32 = 9;
const METATABLE: i32 = 10;
const SET_METATABLE: i32 = 11;
const GET_METATABLE: i32 = 12;
/// The answer of METATABLE: all tables here keep theirs.
const KEPT: i32 = 1;

/// READ, WRITE_FLOATS and WRITE_INTS move no more elements at once; in a stream READ moves fewer.
const ELEMENTS_MAX: usize = 8_192;
const STREAM_ELEMENTS_MAX: usize = 256;
/// The answers of READ.
const AS_STREAM: i32 = 0;
const AS_FLOATS: i32 = 1;
const AS_INTS: i32 = 2;

/// What `js_output_write` and `js_clock_get` are asked for.
const STANDARD_STREAMS: [i32; 2] = [1, 2];
const CLOCK_UTC: i32 = 0;
const CLOCK_STEADY: i32 = 2;

type Answer<T> = Result<T, engine::Error>;

pub fn define(linker: &mut Linker<State>) -> Result<(), engine::Error> {
    linker.func_wrap("env", "js_ext_table_get", table_get)?;
    linker.func_wrap("env", "js_ext_table_set", table_set)?;
    linker.func_wrap("env", "js_ext_table_next", table_next)?;
    linker.func_wrap("env", "js_ext_table_len", table_len)?;
    linker.func_wrap("env", "js_ext_table_op", table_op)?;
    linker.func_wrap("env", "js_function_call", function_call)?;
    linker.func_wrap("env", "js_stream_push", stream_push)?;
    linker.func_wrap("env", "js_stream_pull", stream_pull)?;
    linker.func_wrap("env", "js_output_write", output_write)?;
    linker.func_wrap("env", "js_clock_get", clock_get)?;
    Ok(())
}

/// Runs the work of an import and turns its failure into the answer.
fn answer<T: From<i8>>(caller: &mut Caller<'_, State>, work: impl FnOnce(&mut Context<'_>) -> Result<T, Failure>) -> Answer<T> {
    let Some(mut context) = Context::open(caller.as_context_mut()) else { return Ok(FAILED.into()) };
    context.state().to_pull.clear();
    let result = work(&mut context).or_else(|failure| put_failure(&mut context, &failure).map(|()| FAILED.into()));
    context.state().kept.clear();
    match &context.state().dead {
        Some(reason) => Err(engine::error(reason.clone())),
        None => Ok(result.unwrap_or(FAILED.into())),
    }
}

fn put_failure(context: &mut Context<'_>, failure: &Failure) -> Result<(), Failure> {
    let mut stream = Writer::new(context.buffer_bytes());
    if let Err(other) = context.names().write_failure(failure, &mut stream) {
        context.names().write_failure(&other, &mut stream)?;
    }
    context.hand_over(stream);
    Ok(())
}

fn table_get(mut caller: Caller<'_, State>, handle: i32, ktag: i32, k: i32) -> Answer<i32> {
    answer(&mut caller, |context| {
        let mut stream = key_stream(context, ktag)?;
        let key = key(context, ktag, k, &mut stream)?;
        let value = context.names().table(handle)?.get(&key);
        put_result(context, &value)
    })
}

/// The value as a tag and, where one is needed, cell or buffer.
fn put_result(context: &mut Context<'_>, value: &Value) -> Result<i32, Failure> {
    match value {
        Value::Nil => Ok(tag::NIL),
        Value::Bool(boolean) => Ok(if *boolean { tag::TRUE } else { tag::FALSE }),
        Value::Null => Ok(tag::NULL),
        Value::Int(integer) if is_safe(*integer) => {
            context.set_cell_number(*integer as f64);
            Ok(tag::INT)
        }
        Value::Float(number) => {
            context.set_cell_number(*number);
            Ok(tag::FLOAT)
        }
        Value::Str(bytes) if bytes.len() <= context.buffer_bytes() => {
            context.buffer()[..bytes.len()].copy_from_slice(bytes);
            context.set_cell_int(bytes.len() as i32);
            Ok(tag::STRING)
        }
        Value::Table(_) | Value::Function(_) | Value::Closure(_) => {
            let (tag, number) = context.names().number(value)?;
            context.set_cell_int(number);
            Ok(tag)
        }
        _ => {
            context.put_values(std::slice::from_ref(value))?;
            Ok(tag::STREAM)
        }
    }
}

fn table_set(mut caller: Caller<'_, State>, handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> Answer<i32> {
    answer(&mut caller, |context| {
        context.state().adopted.clear();
        let mut stream = if vtag == tag::STREAM { context.take_stream()? } else { key_stream(context, ktag)? };
        let (key, value, adopted) = match (ktag, vtag) {
            (tag::STREAM, tag::STREAM) => entry_with_nodes(context, &mut stream)?,
            (_, tag::STREAM) => {
                let key = key(context, ktag, k, &mut stream)?;
                let (value, adopted) = value_with_nodes(context, &mut stream)?;
                (key, value, adopted)
            }
            _ => (key(context, ktag, k, &mut stream)?, direct_value(context, vtag, v)?, Vec::new()),
        };
        context.names().table(handle)?.set(&key, value)?;
        context.state().adopted = adopted;
        Ok(0)
    })
}

fn direct_value(context: &mut Context<'_>, vtag: i32, v: i32) -> Result<Value, Failure> {
    Ok(match vtag {
        tag::NIL => Value::Nil,
        tag::FALSE => Value::Bool(false),
        tag::TRUE => Value::Bool(true),
        tag::INT => Value::Int(v.into()),
        tag::FLOAT => Value::Float(context.cell_number()),
        tag::STRING => {
            let bytes = usize::try_from(v).ok().and_then(|bytes| context.buffer().get(..bytes));
            Value::Str(bytes.ok_or_else(|| malformed("a string beyond the buffer"))?.into())
        }
        other => return Err(malformed(&format!("value tag {other}"))),
    })
}

/// A key and a value, of which each may be a plain table or hold some.
fn entry_with_nodes(context: &mut Context<'_>, stream: &mut Reader) -> Result<(Value, Value, Vec<Table>), Failure> {
    let mut decoder = context.decoder(stream);
    let (key, value) = (decoder.value()?, decoder.value()?);
    Ok((key, value, decoder.finish()?))
}

fn value_with_nodes(context: &mut Context<'_>, stream: &mut Reader) -> Result<(Value, Vec<Table>), Failure> {
    let mut decoder = context.decoder(stream);
    let value = decoder.value()?;
    Ok((value, decoder.finish()?))
}

fn table_next(mut caller: Caller<'_, State>, handle: i32, ktag: i32, k: i32) -> Answer<i32> {
    answer(&mut caller, |context| {
        let mut stream = key_stream(context, ktag)?;
        let key = match ktag {
            tag::NIL => Value::Nil,
            tag::SAME => match &context.state().last_key {
                Some((of, key)) if *of == handle => key.clone(),
                _ => return Err(malformed("SAME before any key")),
            },
            _ => key(context, ktag, k, &mut stream)?,
        };
        let Some((key, value)) = context.names().table(handle)?.next(&key)? else { return Ok(0) };
        context.state().last_key = Some((handle, key.clone()));
        context.put_values(&[key, value]).map(|()| 1)
    })
}

fn table_len(mut caller: Caller<'_, State>, handle: i32) -> Answer<f64> {
    answer(&mut caller, |context| Ok(context.names().table(handle)?.length() as f64))
}

/// The stream that a key parameter needs, if it needs one.
fn key_stream(context: &mut Context<'_>, ktag: i32) -> Result<Reader, Failure> {
    match ktag {
        tag::KEY_NEW | tag::STREAM => context.take_stream(),
        _ => Ok(Reader::empty()),
    }
}

/// The key of the parameters `ktag` and `k`. A key that is defined here stays defined, whatever comes of the operation.
fn key(context: &mut Context<'_>, ktag: i32, k: i32, stream: &mut Reader) -> Result<Value, Failure> {
    match ktag {
        tag::INT => Ok(Value::Int(k.into())),
        tag::KEY => {
            let known = usize::try_from(k).ok().and_then(|id| context.state().keys.get(id)?.clone());
            known.map(Value::Str).ok_or_else(|| Failure::new("module used a key that it did not define"))
        }
        tag::KEY_NEW => {
            let Value::Str(bytes) = context.decoder(stream).key()? else { return Err(malformed("a key that is no string")) };
            let place = usize::try_from(k).ok().and_then(|id| context.state().keys.get_mut(id));
            *place.ok_or_else(|| malformed("an invalid key id"))? = Some(bytes.clone());
            Ok(Value::Str(bytes))
        }
        tag::STREAM => context.decoder(stream).key(),
        other => Err(malformed(&format!("key tag {other}"))),
    }
}

fn table_op(mut caller: Caller<'_, State>, op: i32, a: i32, b: i32) -> Answer<i32> {
    // Only asked about the kind, in the middle of a stream that is being written: nothing is touched.
    if op == METATABLE && b == 1 {
        return Ok(KEPT);
    }
    answer(&mut caller, |context| match op {
        RELEASE => release(context, a, b),
        // Both kinds keep Lua's types here.
        NEW => {
            let table = context.names().new_table();
            Ok(context.state().handles.give(Object::Table(table)))
        }
        ADOPTED => put_adopted(context, a),
        TOSTRING => {
            context.names().table(a)?;
            context.put_values(&[Value::Nil]).map(|()| 0)
        }
        READ => read(context, a, b),
        WRITE_FLOATS => write(context, a, b, |number| Ok(Value::Float(number))),
        WRITE_INTS => write(context, a, b, integer),
        BYTES => Err(Failure::new("not an object of bytes")),
        TRACE => put_trace(context),
        METATABLE => context.names().table(a).map(|_| KEPT),
        SET_METATABLE => set_metatable(context, a),
        GET_METATABLE => {
            let metatable = context.names().table(a)?.metatable();
            context.put_values(&[metatable]).map(|()| 0)
        }
        other => Err(Failure::new(format!("module asked for an unknown operation ({other}, {a}, {b})"))),
    })
}

fn release(context: &mut Context<'_>, count: i32, end: i32) -> Result<i32, Failure> {
    let mut handles = context.buffer_ints(count).ok_or_else(|| malformed("too many handles"))?;
    let state = context.state();
    if end > 0 {
        handles.extend(end..=state.handles.highest());
    }
    for handle in handles {
        state.handles.release(handle);
        state.last_key.take_if(|(of, _)| *of == handle);
    }
    Ok(state.handles.count() as i32)
}

fn set_metatable(context: &mut Context<'_>, handle: i32) -> Result<i32, Failure> {
    context.state().adopted.clear();
    let table = context.names().table(handle)?;
    let mut stream = context.take_stream()?;
    let mut decoder = context.decoder(&mut stream);
    let metatable = decoder.metatable()?;
    let adopted = decoder.finish()?;
    table.set_metatable(metatable);
    context.state().adopted = adopted;
    Ok(0)
}

fn put_trace(context: &mut Context<'_>) -> Result<i32, Failure> {
    let triples = cycles::trace(context.state());
    let numbers: Vec<Value> = triples.iter().flatten().map(|&number| Value::Int(number.into())).collect();
    context.put_values(&numbers)?;
    Ok(triples.len() as i32)
}

/// Elements from `from` on: as many of the same kind of number as there are, or else what comes, as values.
fn read(context: &mut Context<'_>, handle: i32, from: i32) -> Result<i32, Failure> {
    let table = context.names().table(handle)?;
    // The conversion saturates.
    let wanted = (context.cell_number() as usize).min(ELEMENTS_MAX);
    let element = |i: usize| table.get(&Value::Int(i64::from(from) + i as i64));
    let floats: Vec<f64> = (0..wanted).map_while(|i| if let Value::Float(x) = element(i) { Some(x) } else { None }).collect();
    if !floats.is_empty() {
        return Ok(put_numbers(context, &floats, AS_FLOATS));
    }
    let safe = |value| if let Value::Int(x) = value { is_safe(x).then_some(x as f64) } else { None };
    let ints: Vec<f64> = (0..wanted).map_while(|i| safe(element(i))).collect();
    if !ints.is_empty() {
        return Ok(put_numbers(context, &ints, AS_INTS));
    }
    let values: Vec<Value> = (0..wanted.min(STREAM_ELEMENTS_MAX)).map(element).collect();
    context.put_values(&values)?;
    context.set_cell_number(values.len() as f64);
    Ok(AS_STREAM)
}

fn put_numbers(context: &mut Context<'_>, numbers: &[f64], answer: i32) -> i32 {
    for (number, place) in numbers.iter().zip(context.buffer().chunks_exact_mut(size_of::<f64>())) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    context.set_cell_number(numbers.len() as f64);
    answer
}

/// The doubles in the buffer become elements, from `from` on.
fn write(context: &mut Context<'_>, handle: i32, from: i32, value: impl Fn(f64) -> Result<Value, Failure>) -> Result<i32, Failure> {
    let table = context.names().table(handle)?;
    let count = (context.cell_number() as usize).min(ELEMENTS_MAX);
    let doubles = context.buffer().chunks_exact(size_of::<f64>()).take(count);
    let numbers = doubles.filter_map(|bytes| bytes.first_chunk().map(|bytes| f64::from_le_bytes(*bytes)));
    let values = numbers.map(value).collect::<Result<Vec<_>, _>>()?;
    for (i, value) in values.into_iter().enumerate() {
        table.set(&Value::Int(i64::from(from) + i as i64), value)?;
    }
    Ok(0)
}

fn put_adopted(context: &mut Context<'_>, from: i32) -> Result<i32, Failure> {
    let room = context.buffer_bytes() / size_of::<i32>();
    let State { handles, adopted, .. } = context.state();
    let rest = usize::try_from(from).ok().and_then(|from| adopted.get(from..)).unwrap_or_default();
    let given: Vec<i32> = rest.iter().take(room).map(|table| handles.give(Object::Table(table.clone()))).collect();
    for (handle, place) in given.iter().zip(context.buffer().chunks_exact_mut(size_of::<i32>())) {
        place.copy_from_slice(&handle.to_le_bytes());
    }
    Ok(given.len() as i32)
}

fn function_call(mut caller: Caller<'_, State>, handle: i32, n: i32) -> Answer<i32> {
    answer(&mut caller, |context| {
        if n < 0 {
            return Err(malformed("a negative number of values"));
        }
        let args = context.take_values(n)?;
        let function = context.state().handles.function(handle).ok_or_else(|| Failure::new("stale function"))?;
        let results = function.call(context, args)?;
        context.give_back_references()?;
        context.put_values(&results)?;
        Ok(results.len() as i32)
    })
}

/// It has no answer: a number that cannot be ends in a stream that ends early.
fn stream_push(mut caller: Caller<'_, State>, bytes: i32) {
    let Some(mut context) = Context::open(caller.as_context_mut()) else { return };
    context.state().to_pull.clear();
    let part = usize::try_from(bytes).ok().and_then(|bytes| context.buffer().get(..bytes)).unwrap_or_default().to_vec();
    if bytes == 0 {
        context.state().kept.clear();
    }
    context.state().kept.extend(part);
}

fn stream_pull(mut caller: Caller<'_, State>) -> i32 {
    let pulled = Context::open(caller.as_context_mut()).and_then(|mut context| context.pull());
    pulled.unwrap_or(FAILED.into())
}

fn output_write(mut caller: Caller<'_, State>, stream: i32, address: i32, bytes: i32) {
    let Some(mut context) = Context::open(caller.as_context_mut()) else { return };
    let Some(written) = context.memory(address, bytes).map(<[u8]>::to_vec) else { return };
    if STANDARD_STREAMS.contains(&stream) {
        context.state().output.extend(written);
    }
}

fn clock_get(mut caller: Caller<'_, State>, which: i32) -> f64 {
    let Some(mut context) = Context::open(caller.as_context_mut()) else { return 0.0 };
    let State { now, started, .. } = context.state();
    match (which, now) {
        (CLOCK_UTC, Some(now)) => *now,
        (CLOCK_UTC, None) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()),
        (CLOCK_STEADY, _) => started.elapsed().as_secs_f64() * 1000.0,
        // Computing time: a clock that stands still measures none.
        (_, Some(_)) => 0.0,
        (_, None) => started.elapsed().as_secs_f64(),
    }
}
