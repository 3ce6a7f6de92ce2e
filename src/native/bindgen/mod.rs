//! `bindgen::Vm`: a `Vm` as an application of wasm-bindgen has it, with JavaScript's values instead of Rust's. Under `_io` lie objects of
//! JavaScript, by reference, of which Lua sees own properties and nothing else.
//!
//! `host`, which `memory` asks, stands on `drafts`, `traversal` and `access`, and these on `object` and `values`; what JavaScript is asked
//! by stands in `intrinsics`.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;

mod access;
mod drafts;
mod elements;
mod errors;
mod exposed;
mod functions;
mod host;
mod intrinsics;
mod object;
mod text;
mod traversal;
mod values;

pub(super) use object::Object;

use super::error::{Error, ErrorKind, Failure};
use super::value::Value;
use errors::Answer;
use object::note_look;
use values::{copies, from_js, to_js};

/// A Lua state whose values are those of JavaScript. Arrays, plain objects, Map, Set, typed arrays, buffers, errors and instances of
/// classes are external tables, by reference; functions go both ways.
pub struct Vm {
    vm: super::Vm,
    io: Object,
}

impl Vm {
    /// Makes a state. `seed` is what string hashes are drawn from. Fails when there is one already.
    pub fn new(seed: u32) -> Result<Vm, Error> {
        let vm = super::Vm::new(seed)?;
        let io = Object::new_plain();
        vm.memory.set_io(&io);
        functions::open(&vm.memory);
        exposed::reset().map_err(|failure| error(ErrorKind::Boundary, &failure))?;
        Ok(Vm { vm, io })
    }

    /// Compiles and runs Lua source, and gives its first result: plain tables and tables of `_home` as copies, objects of JavaScript as
    /// themselves, functions as functions, integers beyond 2^53 as BigInt, strings that are no text as Uint8Array. Fails as `Error` says,
    /// with `ErrorKind::Result` when the result has no form in JavaScript.
    pub fn compute(&self, source: &str) -> Result<JsValue, Error> {
        self.call_with(|vm| vm.compute(source, "=compute", &[]))
    }

    /// Calls what a path leads to from the globals, `["_home", "calc"]`, with values of JavaScript, and gives the first result. Fails like
    /// `compute`, with `ErrorKind::Argument` when an argument has no form in Lua.
    pub fn call(&self, path: &[&str], arguments: &[JsValue]) -> Result<JsValue, Error> {
        let arguments = arguments.iter().map(from_js).collect::<Answer<Vec<Value>>>();
        let arguments = arguments.map_err(|failure| error(ErrorKind::Argument, &failure))?;
        self.call_with(|vm| vm.call(path, &arguments))
    }

    fn call_with(&self, call: impl FnOnce(&super::Vm) -> Result<Vec<Value>, Error>) -> Result<JsValue, Error> {
        note_look();
        let results = call(&self.vm);
        note_look();
        js(results?.into_iter().next().unwrap_or_default())
    }

    /// Sets `_io.input`: objects and functions by reference, all else as a value. Fails with `ErrorKind::Argument` when it has no form in
    /// Lua.
    pub fn set_input(&self, value: &JsValue) -> Result<(), Error> {
        let set = from_js(value).and_then(|_| Reflect::set(&self.io.js(), &"input".into(), value).map_err(errors::raised));
        set.map(|_| ()).map_err(|failure| error(ErrorKind::Argument, &failure))
    }

    /// What Lua put into `_io.output`: not a copy, but what Lua goes on seeing there. Undefined if there is none.
    pub fn output(&self) -> JsValue {
        note_look();
        Reflect::get(&self.io.js(), &"output".into()).unwrap_or_default()
    }

    /// Lets Lua use methods and getters of a class: `expose(&class, &["deposit", "balance"])`. Those of Date that read are exposed from the
    /// start. Fails with `ErrorKind::Argument` when the class has none of that name.
    pub fn expose(&self, class: &Function, names: &[&str]) -> Result<(), Error> {
        exposed::expose(class, names).map_err(|failure| error(ErrorKind::Argument, &failure))
    }

    /// Releases a function of Lua's or of Rust's that JavaScript holds: from then on it cannot be called. Where JavaScript has
    /// `Symbol.dispose`, the function has a method of that name that does the same. No: it was not Lua's, or had been released.
    pub fn release(&self, function: &Function) -> bool {
        functions::release(function)
    }

    /// The same state with Rust's values: its modules, `_home`, what it printed, calls by path.
    pub fn rust(&self) -> &super::Vm {
        &self.vm
    }
}

fn js(value: Value) -> Result<JsValue, Error> {
    let result = copies(std::slice::from_ref(&value)).and_then(|copies| to_js(&value, &copies));
    result.map_err(|failure| error(ErrorKind::Result, &failure))
}

fn error(kind: ErrorKind, failure: &Failure) -> Error {
    Error::new(kind, failure.value.as_str().unwrap_or("JavaScript threw what is no message"))
}
