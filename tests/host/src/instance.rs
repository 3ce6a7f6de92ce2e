//! One instance of the module: what a program that uses this host begins with. Refuses a module of another version, one whose
//! layout does not lie within its memory, and everything after a trap.

use std::time::{Instant as Clock, SystemTime, UNIX_EPOCH};

use wasmi::{AsContextMut, Config, Engine, Linker, Module, Store, WasmParams, WasmResults};

use crate::context::{Boundary, Context, State};
use crate::error::Error;
use crate::handles::Handles;
use crate::imports;
use crate::references::{Reference, References};
use crate::table::Table;
use crate::value::Value;

/// The version of the contract that this host was made from.
const ABI_VERSION: i32 = 1;
/// Lua bounds its own recursion; the engine's bounds must lie beyond, or they would end in a trap.
const RECURSION_DEPTH_MAX: usize = 100_000;
const STACK_BYTES_MAX: usize = 1 << 26;

/// The questions of `cu_layout_get`.
const LAYOUT_BUFFER: i32 = 0;
const LAYOUT_BUFFER_BYTES: i32 = 1;
const LAYOUT_CELL: i32 = 2;
const LAYOUT_KEYS: i32 = 4;
const CELL_BYTES: usize = 16;

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
}

impl Instance {
    pub fn new(wasm: &[u8], options: Options) -> Result<Instance, Error> {
        let mut config = Config::default();
        config.set_max_recursion_depth(RECURSION_DEPTH_MAX).set_max_stack_height(STACK_BYTES_MAX);
        let engine = Engine::new(&config);
        let seed = options.seed;
        let mut store = Store::new(&engine, State::new(options));
        let boundary = instantiate(&engine, &mut store, wasm).map_err(|error| Error::Dead(error.to_string()))?;
        let create = export::<i32, i32>(&store, boundary.1, "cu_vm_create").map_err(|error| Error::Dead(error.to_string()))?;
        store.data_mut().boundary = Some(boundary.0);
        match create.call(&mut store, seed) {
            Ok(0) => Ok(Instance { store }),
            Ok(_) => Err(Error::Dead("the Lua state could not be made".into())),
            Err(trap) => Err(Error::Dead(trap.to_string())),
        }
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
}
