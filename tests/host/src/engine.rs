//! The engine that runs the module: wasmi, an interpreter, or with the feature `wasmtime` that one, a compiler. Their interfaces have the same
//! names; the three things in which they differ are here.

#[cfg(not(feature = "wasmtime"))]
pub use wasmi::{AsContextMut, Caller, Engine, Error, Instance, Linker, Memory, Module, Store, StoreContextMut, TypedFunc};
#[cfg(feature = "wasmtime")]
pub use wasmtime::{AsContextMut, Caller, Engine, Error, Instance, Linker, Memory, Module, Store, StoreContextMut, TypedFunc};

/// Lua bounds its own recursion; the engine's bounds must lie beyond, or they would end in a trap.
const STACK_BYTES_MAX: usize = 1 << 26;

#[cfg(not(feature = "wasmtime"))]
pub fn engine() -> Result<Engine, Error> {
    const RECURSION_DEPTH_MAX: usize = 100_000;
    let mut config = wasmi::Config::default();
    config.set_max_recursion_depth(RECURSION_DEPTH_MAX).set_max_stack_height(STACK_BYTES_MAX);
    Ok(Engine::new(&config))
}

/// The module runs on the stack of the thread that calls it, which must be larger than the bound.
#[cfg(feature = "wasmtime")]
pub fn engine() -> Result<Engine, Error> {
    let mut config = wasmtime::Config::new();
    config.max_wasm_stack(STACK_BYTES_MAX);
    Engine::new(&config)
}

pub fn instantiate<T: 'static>(linker: &Linker<T>, store: &mut Store<T>, module: &Module) -> Result<Instance, Error> {
    #[cfg(not(feature = "wasmtime"))]
    return linker.instantiate_and_start(store, module);
    #[cfg(feature = "wasmtime")]
    return linker.instantiate(store, module);
}

/// The error of a host function that ends the call into the module.
pub fn error(message: String) -> Error {
    #[cfg(not(feature = "wasmtime"))]
    return Error::new(message);
    #[cfg(feature = "wasmtime")]
    return Error::msg(message);
}

/// What an engine says of an error, the innermost cause included.
pub fn describe(error: &Error) -> String {
    #[cfg(not(feature = "wasmtime"))]
    return error.to_string();
    #[cfg(feature = "wasmtime")]
    return format!("{error:#}");
}
