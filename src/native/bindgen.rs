//! `bindgen::Vm`: a `Vm` as an application of wasm-bindgen has it, with JavaScript's values instead of Rust's.

use js_sys::wasm_bindgen::JsValue;

use super::error::{Error, ErrorKind};
use super::object::{copies, from_js, to_js};
use super::value::Value;

/// A Lua state whose values are those of JavaScript. Plain objects and arrays are external tables, by reference; functions of JavaScript
/// can be called. What is of another class, and a function of Lua's as a result, is refused by name.
pub struct Vm(super::Vm);

impl Vm {
    /// Makes a state. `seed` is what string hashes are drawn from. Fails when there is one already.
    pub fn new(seed: u32) -> Result<Vm, Error> {
        super::Vm::new(seed).map(Vm)
    }

    /// Compiles and runs Lua source, and gives its first result: tables as copies, objects of JavaScript as themselves, integers beyond
    /// 2^53 as BigInt, strings that are not UTF-8 as Uint8Array. Fails as `Error` says, with `ErrorKind::Result` when the result has no
    /// form in JavaScript.
    pub fn compute(&self, source: &str) -> Result<JsValue, Error> {
        let results = self.0.compute(source, "=compute", &[])?;
        js(results.into_iter().next().unwrap_or_default())
    }

    /// Sets `_io.input`: a plain object, an array or a function by reference, all else as a value. Fails with `ErrorKind::Argument` when
    /// it has no form in Lua.
    pub fn set_input(&self, value: &JsValue) -> Result<(), Error> {
        let value = from_js(value).map_err(|message| Error::new(ErrorKind::Argument, message.as_str().unwrap_or_default()))?;
        self.0.set_input(value);
        Ok(())
    }

    /// What Lua put into `_io.output`: a copy, as of a result. Fails like `compute` for a result.
    pub fn output(&self) -> Result<JsValue, Error> {
        js(self.0.output())
    }

    /// The same state with Rust's values: its modules, what it printed, calls by path.
    pub fn rust(&self) -> &super::Vm {
        &self.0
    }
}

fn js(value: Value) -> Result<JsValue, Error> {
    let result = copies(std::slice::from_ref(&value)).and_then(|copies| to_js(&value, &copies));
    result.map_err(|message| Error::new(ErrorKind::Result, message.as_str().unwrap_or_default()))
}
