//! An application of wasm-bindgen with Lua in it: the rules by which orders are priced are Lua code, the orders are objects of JavaScript.

use cu::bindgen::Vm;
use cu::{Function, Value};
use wasm_bindgen::prelude::*;

/// Orders, and the rules for them.
#[wasm_bindgen]
pub struct Orders {
    vm: Vm,
}

#[wasm_bindgen]
impl Orders {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Orders, JsValue> {
        let vm = Vm::new(1)?;
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
    pub fn set_input(&self, input: &JsValue) -> Result<(), JsValue> {
        Ok(self.vm.set_input(input)?)
    }

    /// Runs Lua code and returns its first result.
    pub fn compute(&self, source: &str) -> Result<JsValue, JsValue> {
        Ok(self.vm.compute(source)?)
    }

    /// What Lua put into `_io.output`.
    pub fn output(&self) -> JsValue {
        self.vm.output()
    }

    /// Lets Lua use methods and getters of a class.
    pub fn expose(&self, class: &js_sys::Function, names: Vec<String>) -> Result<(), JsValue> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.vm.expose(class, &names)?)
    }

    /// What Lua printed since the last time.
    #[wasm_bindgen(js_name = takePrinted)]
    pub fn take_printed(&self) -> String {
        String::from_utf8_lossy(&self.vm.rust().take_printed()).into_owned()
    }
}
