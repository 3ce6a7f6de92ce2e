//! The example of docs/RUST.md, as it stands there: tests/tidy.mjs compares the two.

use cu::bindgen::Vm;
use wasm_bindgen::prelude::*;

/// What an order costs, by rules that are Lua code. They see the order itself, and call its functions.
#[wasm_bindgen]
pub fn price(order: &JsValue, rules: &str) -> Result<JsValue, JsValue> {
    let vm = Vm::new(1)?;
    vm.set_input(order)?;
    Ok(vm.compute(rules)?)
}

/// A function of JavaScript's that is Lua code, in a state that lives on.
#[wasm_bindgen]
pub struct Rule {
    vm: Vm,
}

#[wasm_bindgen]
impl Rule {
    #[wasm_bindgen(constructor)]
    pub fn new(source: &str) -> Result<Rule, JsValue> {
        let vm = Vm::new(1)?;
        vm.compute(&format!("function rule(...) {source} end"))?;
        Ok(Rule { vm })
    }

    pub fn apply(&self, argument: JsValue) -> Result<JsValue, JsValue> {
        Ok(self.vm.call(&["rule"], &[argument])?)
    }
}

#[wasm_bindgen_test::wasm_bindgen_test]
fn works() {
    use crate::support::{js, message, show};

    let order = js("{ items: new Map([['tea', 2]]), prices: { tea: 2.5 }, round: (price) => Math.round(price) }");
    let rules = "local order, sum = _io.input, 0
        for name, n in pairs(order.items) do sum = sum + n * order.prices[name] end
        order.history = { sum }
        return order.round(sum)";
    assert_eq!(show(&price(&order, rules).unwrap()), "5");
    assert_eq!(show(&order), "{items:Map{\"tea\":2},prices:{tea:2.5},round:function,history:[5]}");
    assert_eq!(message(&price(&js("Symbol('s')"), rules).unwrap_err()), "a symbol of JavaScript has no form in Lua");

    let rule = Rule::new("local order = ... order.seen = true return #order").unwrap();
    let list = js("['a', 'b']");
    assert_eq!(message(&rule.apply(list).unwrap_err()), "compute:1: \"seen\" cannot be a key of an array of JavaScript");
    assert_eq!(show(&rule.apply(js("{ 1: 'a' }")).unwrap()), "1");
}
