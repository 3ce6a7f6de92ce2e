//! An instance as its functions see it, also while Lua runs: the store, and where things lie in the module's memory. Whatever crosses
//! passes through here, taken out of the buffer at once on the way in, put into it last on the way out.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use crate::codec::{Decoder, Names};
use crate::engine::{self, Memory, StoreContextMut, TypedFunc};
use crate::error::{Error, ErrorKind, Failure, LuaError};
use crate::handles::{HOME, Handles, IO};
use crate::references::{Reference, References};
use crate::stream::{Reader, Writer};
use crate::table::{Table, WeakTable};
use crate::value::Value;

/// What an import or an export answers when it failed.
pub const FAILED: i8 = -1;
/// The error of a failed call is six values.
const ERROR_VALUES: i32 = 6;
/// `cu_reference_release` takes no more pairs at once.
const GIVEN_BACK_MAX: usize = 8_192;

/// What belongs to an instance on the host's side.
pub struct State {
    /// None until the module is instantiated.
    pub boundary: Option<Rc<Boundary>>,
    pub handles: Handles,
    pub references: References,
    /// The strings of the key ids.
    pub keys: Vec<Option<Rc<[u8]>>>,
    /// What the module pushed ahead of the operation to come.
    pub kept: Vec<u8>,
    /// What the module has still to pull.
    pub to_pull: VecDeque<Vec<u8>>,
    /// What the last assignment made of plain tables.
    pub adopted: Vec<Table>,
    /// The key that `js_ext_table_next` gave last, and the handle of its table.
    pub last_key: Option<(i32, Value)>,
    /// All tables that were made for the module.
    pub tables: Vec<WeakTable>,
    pub output: Vec<u8>,
    /// Seconds since 1970, if the clock stands still.
    pub now: Option<f64>,
    pub started: Instant,
    /// Why nothing may be called any more.
    pub dead: Option<String>,
}

/// The module's exports and layout, checked when it was instantiated: buffer and cell lie within the memory.
pub struct Boundary {
    pub memory: Memory,
    pub buffer: usize,
    pub buffer_bytes: usize,
    pub cell: usize,
    pub chunk_call: TypedFunc<i32, i32>,
    pub function_call: TypedFunc<(i32, i32), i32>,
    pub path_call: TypedFunc<(i32, i32), i32>,
    pub limit_set: TypedFunc<(f64, f64), ()>,
    pub reference_release: TypedFunc<i32, ()>,
    pub function_dump: TypedFunc<(i32, i32), i32>,
    pub function_load: TypedFunc<(), i32>,
    pub function_bind: TypedFunc<(i32, i32), i32>,
    pub functions_sleep: TypedFunc<i32, i32>,
    pub upvalue_store: TypedFunc<(i32, i32, i32), i32>,
    pub heap_collect: TypedFunc<(), ()>,
    pub heap_get: TypedFunc<i32, i32>,
}

/// A running or resting instance. A function of the host gets one, to call in again.
pub struct Context<'a> {
    store: StoreContextMut<'a, State>,
    boundary: Rc<Boundary>,
}

impl<'a> Context<'a> {
    /// None if the module is not instantiated yet.
    pub(crate) fn open(store: StoreContextMut<'a, State>) -> Option<Context<'a>> {
        let boundary = store.data().boundary.clone()?;
        Some(Context { store, boundary })
    }

    /// Compiles and runs a chunk, and gives its results.
    pub fn compute(&mut self, source: &[u8], name: &str, args: &[Value]) -> Result<Vec<Value>, Error> {
        let mut values = vec![Value::from(name), Value::Str(source.into())];
        values.extend_from_slice(args);
        self.enter(&values, |boundary, store| boundary.chunk_call.call(store, args.len() as i32))
    }

    /// Calls what a path of keys leads to, from the globals.
    pub fn call(&mut self, path: &[Value], args: &[Value]) -> Result<Vec<Value>, Error> {
        self.enter(&[path, args].concat(), |boundary, store| boundary.path_call.call(store, (path.len() as i32, args.len() as i32)))
    }

    /// Calls a function of Lua's.
    pub fn call_function(&mut self, function: &Reference, args: &[Value]) -> Result<Vec<Value>, Error> {
        let number = self.number(function)?;
        self.enter(args, |boundary, store| boundary.function_call.call(store, (number, args.len() as i32)))
    }

    /// The number of a function of this instance.
    pub(crate) fn number(&self, function: &Reference) -> Result<i32, Error> {
        let number = self.store.data().references.number(function);
        number.ok_or_else(|| Error::Boundary("a function of another instance".into()))
    }

    /// Limits the next call: the steps that it may take, and milliseconds; None is no limit.
    pub fn limit(&mut self, steps: Option<u32>, millis: Option<u32>) -> Result<(), Error> {
        let number = |limit: Option<u32>| limit.map_or(f64::NAN, f64::from);
        self.run(|boundary, store| boundary.limit_set.call(store, (number(steps), number(millis))))
    }

    /// A full collection; what Lua held of the host's is released.
    pub fn collect(&mut self) -> Result<(), Error> {
        self.give_back_references()?;
        self.run(|boundary, store| boundary.heap_collect.call(store, ()))
    }

    /// One of the numbers of `cu_heap_get`.
    pub fn heap(&mut self, which: i32) -> Result<i32, Error> {
        self.run(|boundary, store| boundary.heap_get.call(store, which))
    }

    /// How many handles are given out, by the host's own count.
    pub fn handle_count(&self) -> usize {
        self.store.data().handles.count()
    }

    pub fn home(&self) -> Table {
        self.fixed_table(HOME)
    }

    pub fn io(&self) -> Table {
        self.fixed_table(IO)
    }

    fn fixed_table(&self, handle: i32) -> Table {
        self.store.data().handles.table(handle).expect("it exists from the start")
    }

    pub(crate) fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    pub(crate) fn buffer_bytes(&self) -> usize {
        self.boundary.buffer_bytes
    }

    /// Bytes of the module's memory, if they lie in it.
    pub(crate) fn memory(&self, address: i32, bytes: i32) -> Option<&[u8]> {
        let start = address as u32 as usize;
        let end = start.checked_add(usize::try_from(bytes).ok()?)?;
        self.boundary.memory.data(&self.store).get(start..end)
    }

    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        let Boundary { buffer, buffer_bytes, .. } = *self.boundary;
        &mut self.boundary.memory.data_mut(&mut self.store)[buffer..buffer + buffer_bytes]
    }

    /// The first `count` numbers of the buffer.
    pub(crate) fn buffer_ints(&mut self, count: i32) -> Option<Vec<i32>> {
        let bytes = usize::try_from(count).ok()?.checked_mul(4)?;
        let ints = self.buffer().get(..bytes)?.chunks_exact(4);
        Some(ints.map(|int| i32::from_le_bytes([int[0], int[1], int[2], int[3]])).collect())
    }

    pub(crate) fn cell_number(&mut self) -> f64 {
        f64::from_le_bytes(*self.cell())
    }

    pub(crate) fn set_cell_number(&mut self, number: f64) {
        *self.cell() = number.to_le_bytes();
    }

    fn cell(&mut self) -> &mut [u8; 8] {
        let at = self.boundary.cell;
        let cell = self.boundary.memory.data_mut(&mut self.store)[at..].first_chunk_mut();
        cell.expect("the layout was checked")
    }

    fn cell_int(&mut self) -> i32 {
        let at = self.boundary.cell + 8;
        let int = self.boundary.memory.data(&self.store)[at..].first_chunk();
        i32::from_le_bytes(*int.expect("the layout was checked"))
    }

    pub(crate) fn set_cell_int(&mut self, int: i32) {
        let at = self.boundary.cell + 8;
        let cell = self.boundary.memory.data_mut(&mut self.store)[at..].first_chunk_mut();
        *cell.expect("the layout was checked") = int.to_le_bytes();
    }

    /// Takes the module's stream in: what was kept, then what is in the buffer.
    pub(crate) fn take_stream(&mut self) -> Result<Reader, Failure> {
        let mut bytes = std::mem::take(&mut self.state().kept);
        let last = self.cell_int();
        let last = usize::try_from(last).ok().and_then(|last| self.buffer().get(..last));
        bytes.extend(last.ok_or_else(|| Failure::new("module sent an invalid number of bytes"))?);
        Ok(Reader::new(&bytes, self.boundary.memory.data(&self.store)))
    }

    pub(crate) fn decoder<'b>(&'b mut self, stream: &'b mut Reader) -> Decoder<'b> {
        Decoder::new(self.names(), stream)
    }

    pub(crate) fn names(&mut self) -> Names<'_> {
        let State { handles, references, tables, .. } = self.store.data_mut();
        Names { handles, references, tables }
    }

    /// Takes `count` values out of the module's stream, plain tables as new tables.
    pub(crate) fn take_values(&mut self, count: i32) -> Result<Vec<Value>, Failure> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut stream = self.take_stream()?;
        let mut decoder = self.decoder(&mut stream);
        let values = (0..count).map(|_| decoder.value()).collect::<Result<_, _>>()?;
        decoder.finish()?;
        Ok(values)
    }

    /// Puts values into the stream, for the module to read.
    pub(crate) fn put_values(&mut self, values: &[Value]) -> Result<(), Failure> {
        let mut stream = Writer::new(self.boundary.buffer_bytes);
        for value in values {
            self.names().write(value, &mut stream)?;
        }
        self.hand_over(stream);
        Ok(())
    }

    /// The first bufferful into the buffer, the others to be pulled.
    pub(crate) fn hand_over(&mut self, stream: Writer) {
        self.state().to_pull = stream.into_bufferfuls().into();
        let first = self.pull().unwrap_or_default();
        self.set_cell_int(first);
    }

    /// The next bufferful into the buffer; its bytes.
    pub(crate) fn pull(&mut self) -> Option<i32> {
        let next = self.state().to_pull.pop_front()?;
        self.buffer()[..next.len()].copy_from_slice(&next);
        Some(next.len() as i32)
    }

    /// Calls an export that takes a stream, and takes its results or its error.
    fn enter(
        &mut self,
        values: &[Value],
        call: impl FnOnce(&Boundary, &mut StoreContextMut<'a, State>) -> Result<i32, engine::Error>,
    ) -> Result<Vec<Value>, Error> {
        let mut stream = Writer::new(self.boundary.buffer_bytes);
        for value in values {
            self.names().write(value, &mut stream).map_err(boundary_error)?;
        }
        let count = self.enter_with(stream, call)?;
        self.take_values(count).map_err(boundary_error)
    }

    /// Calls an export that takes a stream, and returns its result, or takes its error.
    pub(crate) fn enter_with(
        &mut self,
        stream: Writer,
        call: impl FnOnce(&Boundary, &mut StoreContextMut<'a, State>) -> Result<i32, engine::Error>,
    ) -> Result<i32, Error> {
        self.give_back_references()?;
        self.hand_over(stream);
        let result = self.run(call)?;
        if result >= 0 {
            return Ok(result);
        }
        let values = self.take_values(ERROR_VALUES).map_err(boundary_error)?;
        Err(Error::Lua(Box::new(lua_error(values).ok_or_else(|| Error::Boundary("module sent an invalid error".into()))?)))
    }

    /// Calls an export. A trap ends the instance.
    pub(crate) fn run<T>(
        &mut self,
        call: impl FnOnce(&Boundary, &mut StoreContextMut<'a, State>) -> Result<T, engine::Error>,
    ) -> Result<T, Error> {
        if let Some(reason) = &self.store.data().dead {
            return Err(Error::Dead(reason.clone()));
        }
        self.state().kept.clear();
        let result = call(&self.boundary, &mut self.store);
        self.state().to_pull.clear();
        result.map_err(|trap| {
            let reason = format!("the module trapped: {}", engine::describe(&trap));
            self.state().dead = Some(reason.clone());
            Error::Dead(reason)
        })
    }

    pub(crate) fn give_back_references(&mut self) -> Result<(), Error> {
        loop {
            let pairs = self.state().references.take_given_back(GIVEN_BACK_MAX);
            if pairs.is_empty() {
                return Ok(());
            }
            for (pair, place) in pairs.iter().zip(self.buffer().chunks_exact_mut(8)) {
                place[..4].copy_from_slice(&pair.0.to_le_bytes());
                place[4..].copy_from_slice(&pair.1.to_le_bytes());
            }
            self.run(|boundary, store| boundary.reference_release.call(store, pairs.len() as i32))?;
        }
    }
}

pub(crate) fn boundary_error(failure: Failure) -> Error {
    Error::Boundary(failure.value.as_str().unwrap_or("a value cannot cross").to_owned())
}

fn lua_error(values: Vec<Value>) -> Option<LuaError> {
    let [kind, message, chunk, line, traceback, value] = <[Value; 6]>::try_from(values).ok()?;
    let kind = match kind {
        Value::Int(1) => ErrorKind::Runtime,
        Value::Int(2) => ErrorKind::Syntax,
        Value::Int(3) => ErrorKind::Memory,
        Value::Int(4) => ErrorKind::Handler,
        Value::Int(5) => ErrorKind::Result,
        Value::Int(6) => ErrorKind::Steps,
        Value::Int(7) => ErrorKind::Time,
        _ => return None,
    };
    let line = if let Value::Int(line) = line { Some(line) } else { None };
    Some(LuaError { kind, message: text(&message)?, chunk: text(&chunk), line, traceback: text(&traceback), value })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Str(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}
