//! One instance of the module: what a program that uses this host begins with. Refuses a module of another version, one whose
//! layout does not lie within its memory, and everything after a trap.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use crate::context::{Boundary, Context, State};
use crate::engine::{self, AsContextMut, Engine, Linker, Module, Store};
use crate::error::Error;
use crate::handles::Handles;
use crate::imports;
use crate::references::{Reference, References};
use crate::table::Table;
use crate::value::Value;

/// The version of the contract that this host was made from.
const ABI_VERSION: i32 = 1;

/// The questions of `cu_layout_get`.
const LAYOUT_BUFFER: i32 = 0;
const LAYOUT_BUFFER_BYTES: i32 = 1;
const LAYOUT_CELL: i32 = 2;
const LAYOUT_KEYS: i32 = 4;
const CELL_BYTES: usize = 16;
/// More keys than this no module of this version interns.
const KEYS_MAX: usize = 1 << 16;

#[derive(Default)]
pub struct Options {
    pub seed: i32,
    /// What `require` finds: source strings and functions, by name.
    pub modules: Table,
    /// Seconds since 1970 for the module's clock; None for the real time.
    pub now: Option<f64>,
}

pub struct Instance {
    store: Store<State>,
    module: engine::Instance,
}

/// A module that is compiled, for any number of instances.
pub struct Compiled {
    engine: Engine,
    module: Module,
}

impl Compiled {
    pub fn new(wasm: &[u8]) -> Result<Compiled, Error> {
        let engine = engine::engine().map_err(dead)?;
        let module = Module::new(&engine, wasm).map_err(dead)?;
        Ok(Compiled { engine, module })
    }

    pub fn instance(&self, options: Options) -> Result<Instance, Error> {
        let seed = options.seed;
        let mut store = Store::new(&self.engine, State::new(options));
        let module = start(self, &mut store).map_err(dead)?;
        let boundary = boundary(&mut store, module).map_err(dead)?;
        store.data_mut().boundary = Some(Rc::new(boundary));
        let create = module.get_typed_func::<i32, i32>(&mut store, "cu_vm_create").map_err(dead)?;
        match create.call(&mut store, seed).map_err(dead)? {
            0 => Ok(Instance { store, module }),
            _ => Err(Error::Dead("the Lua state could not be made".into())),
        }
    }
}

impl Instance {
    pub fn new(wasm: &[u8], options: Options) -> Result<Instance, Error> {
        Compiled::new(wasm)?.instance(options)
    }

    /// The instance as its functions see it.
    pub fn context(&mut self) -> Context<'_> {
        Context::open(self.store.as_context_mut()).expect("set when the instance was made")
    }

    /// Compiles and runs a chunk, and gives its results. `name` as Lua has it: `=name` or `@file`.
    pub fn compute(&mut self, source: &[u8], name: &str, args: &[Value]) -> Result<Vec<Value>, Error> {
        self.context().compute(source, name, args)
    }

    /// Calls what a path of keys leads to, from the globals.
    pub fn call(&mut self, path: &[Value], args: &[Value]) -> Result<Vec<Value>, Error> {
        self.context().call(path, args)
    }

    pub fn call_function(&mut self, function: &Reference, args: &[Value]) -> Result<Vec<Value>, Error> {
        self.context().call_function(function, args)
    }

    pub fn set_input(&mut self, input: Value) {
        self.context().io().set_str("input", input);
    }

    pub fn output(&mut self) -> Value {
        self.context().io().get_str("output")
    }

    /// Takes what Lua has printed so far.
    pub fn take_printed(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.store.data_mut().output)
    }

    /// Ends the instance: pending `__close` and `__gc` run. What they print is returned, after what was printed before.
    pub fn close(mut self) -> Result<Vec<u8>, Error> {
        let close = self.module.get_typed_func::<(), ()>(&mut self.store, "cu_vm_close").map_err(dead)?;
        close.call(&mut self.store, ()).map_err(dead)?;
        Ok(self.take_printed())
    }
}

impl State {
    fn new(options: Options) -> State {
        State {
            boundary: None,
            handles: Handles::new(options.modules),
            references: References::default(),
            keys: Vec::new(),
            kept: Vec::new(),
            to_pull: VecDeque::new(),
            adopted: Vec::new(),
            last_key: None,
            tables: Vec::new(),
            output: Vec::new(),
            now: options.now,
            started: Instant::now(),
            dead: None,
        }
    }
}

fn start(compiled: &Compiled, store: &mut Store<State>) -> Result<engine::Instance, engine::Error> {
    let mut linker = Linker::new(&compiled.engine);
    imports::define(&mut linker)?;
    engine::instantiate(&linker, store, &compiled.module)
}

fn boundary(store: &mut Store<State>, module: engine::Instance) -> Result<Boundary, engine::Error> {
    let version = module.get_typed_func::<(), i32>(&mut *store, "cu_abi_version")?.call(&mut *store, ())?;
    if version != ABI_VERSION {
        return Err(engine::error(format!("the module is of version {version}, this host of {ABI_VERSION}")));
    }
    let layout_get = module.get_typed_func::<i32, i32>(&mut *store, "cu_layout_get")?;
    let mut layout = |which| layout_get.call(&mut *store, which).map(|answer| answer as u32 as usize);
    let (buffer, buffer_bytes, cell) = (layout(LAYOUT_BUFFER)?, layout(LAYOUT_BUFFER_BYTES)?, layout(LAYOUT_CELL)?);
    let keys = layout(LAYOUT_KEYS)?;
    let memory = module.get_memory(&mut *store, "memory").ok_or_else(|| engine::error("the module exports no memory".into()))?;
    if buffer + buffer_bytes > memory.data_size(&*store) || cell + CELL_BYTES > memory.data_size(&*store) || keys > KEYS_MAX {
        return Err(engine::error("the module's layout is not within its memory".into()));
    }
    store.data_mut().keys = vec![None; keys];
    Ok(Boundary {
        memory,
        buffer,
        buffer_bytes,
        cell,
        chunk_call: module.get_typed_func(&mut *store, "cu_chunk_call")?,
        function_call: module.get_typed_func(&mut *store, "cu_function_call")?,
        path_call: module.get_typed_func(&mut *store, "cu_path_call")?,
        limit_set: module.get_typed_func(&mut *store, "cu_limit_set")?,
        reference_release: module.get_typed_func(&mut *store, "cu_reference_release")?,
        function_dump: module.get_typed_func(&mut *store, "cu_function_dump")?,
        function_load: module.get_typed_func(&mut *store, "cu_function_load")?,
        function_bind: module.get_typed_func(&mut *store, "cu_function_bind")?,
        functions_sleep: module.get_typed_func(&mut *store, "cu_functions_sleep")?,
        upvalue_store: module.get_typed_func(&mut *store, "cu_upvalue_store")?,
        heap_collect: module.get_typed_func(&mut *store, "cu_heap_collect")?,
        heap_get: module.get_typed_func(&mut *store, "cu_heap_get")?,
    })
}

fn dead(error: engine::Error) -> Error {
    Error::Dead(engine::describe(&error))
}
