//! An application of wasm-bindgen with Lua in it: the rules by which orders are priced are Lua code, the orders are objects of JavaScript.

use cu::bindgen::Vm;
use cu::{Error, Function, Value};
use wasm_bindgen::prelude::*;

/// Orders, and the rules for them.
#[wasm_bindgen]
pub struct Orders {
    vm: Vm,
}

#[wasm_bindgen]
impl Orders {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Orders, JsError> {
        let vm = Vm::new(1).map_err(js_error)?;
        // A function of Rust's, which Lua finds with `require "round"`.
        let round = Function::new(|arguments| match arguments[..] {
            [Value::Float(price)] => Ok(vec![((price * 100.0).round() / 100.0).into()]),
            [Value::Integer(price)] => Ok(vec![price.into()]),
            _ => Err("round takes a number".into()),
        });
        // The module is what its loader returns.
        let loader = Function::new(move |_| Ok(vec![round.clone().into()]));
        let _ = vm.rust().modules().set("round", loader);
        Ok(Orders { vm })
    }

    /// Hands an object to Lua, by reference: `_io.input`.
    #[wasm_bindgen(js_name = setInput)]
    pub fn set_input(&self, input: &JsValue) -> Result<(), JsError> {
        self.vm.set_input(input).map_err(js_error)
    }

    /// Runs Lua code and returns its first result.
    pub fn compute(&self, source: &str) -> Result<JsValue, JsError> {
        self.vm.compute(source).map_err(js_error)
    }

    /// What Lua put into `_io.output`.
    pub fn output(&self) -> Result<JsValue, JsError> {
        self.vm.output().map_err(js_error)
    }

    /// What Lua printed since the last time.
    #[wasm_bindgen(js_name = takePrinted)]
    pub fn take_printed(&self) -> String {
        String::from_utf8_lossy(&self.vm.rust().take_printed()).into_owned()
    }
}

fn js_error(error: Error) -> JsError {
    JsError::new(&error.message)
}
