//! JavaScript's own functions, by which objects are asked: never a method that an object or its class may have put in place of them. Each
//! catches what it throws: an exception would pass over Lua's frames.

use js_sys::{Array, Function, Object as JsObject, Reflect, Symbol, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    pub fn has_own(object: &JsValue, property: &JsValue) -> Result<bool, JsValue>;
    /// Names of the properties that are the object's own and enumerable.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    pub fn own_names(object: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "propertyIsEnumerable"], js_name = call)]
    pub fn is_enumerable(object: &JsValue, property: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Object", "prototype", "isPrototypeOf"], js_name = call)]
    pub fn is_prototype_of(prototype: &JsValue, object: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_name = Number)]
    pub fn number_of(value: &JsValue) -> Result<f64, JsValue>;
    /// Undefined in an engine that has none.
    #[wasm_bindgen(thread_local_v2, js_namespace = Symbol, js_name = dispose)]
    pub static DISPOSE: JsValue;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    pub fn is_array(value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    pub fn list_of(iterator: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["Map", "prototype", "get"], js_name = call)]
    pub fn map_get(map: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Map", "prototype", "set"], js_name = call)]
    pub fn map_set(map: &JsValue, key: &JsValue, value: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Map", "prototype", "delete"], js_name = call)]
    pub fn map_delete(map: &JsValue, key: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Map", "prototype", "keys"], js_name = call)]
    pub fn map_keys(map: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type Bytes;
    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn of_buffer(buffer: &JsValue) -> Result<Bytes, JsValue>;
    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn of_part(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Result<Bytes, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["Set", "prototype", "has"], js_name = call)]
    pub fn set_has(set: &JsValue, key: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Set", "prototype", "add"], js_name = call)]
    pub fn set_add(set: &JsValue, key: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Set", "prototype", "delete"], js_name = call)]
    pub fn set_delete(set: &JsValue, key: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["Set", "prototype", "values"], js_name = call)]
    pub fn set_values(set: &JsValue) -> Result<JsValue, JsValue>;
}

/// The getters that typed arrays of every kind inherit.
struct TypedGetters {
    name: Function,
    length: Function,
    buffer: Function,
    byte_offset: Function,
    byte_length: Function,
}

thread_local!(static TYPED: TypedGetters = TypedGetters::find());

impl TypedGetters {
    fn find() -> TypedGetters {
        let prototype = |object: &JsValue| Reflect::get_prototype_of(object).unwrap_or_default();
        let typed = prototype(&prototype(&Uint8Array::new_with_length(0)));
        TypedGetters {
            name: getter(&typed, &Symbol::to_string_tag()),
            length: getter(&typed, &"length".into()),
            buffer: getter(&typed, &"buffer".into()),
            byte_offset: getter(&typed, &"byteOffset".into()),
            byte_length: getter(&typed, &"byteLength".into()),
        }
    }
}

/// An engine without one of these getters has no typed arrays, and no WebAssembly either.
fn getter(prototype: &JsObject, property: &JsValue) -> Function {
    let descriptor = Reflect::get_own_property_descriptor(prototype, property).unwrap_or_default();
    Reflect::get(&descriptor, &"get".into()).unwrap_or_default().unchecked_into()
}

fn typed(array: &JsValue, which: fn(&TypedGetters) -> &Function) -> Result<JsValue, JsValue> {
    TYPED.with(|getters| Reflect::apply(which(getters), array, &Array::new()))
}

/// The name of the class of built-in arrays that a typed array is of.
pub fn typed_name(array: &JsValue) -> Result<String, JsValue> {
    typed(array, |getters| &getters.name).map(|name| name.as_string().unwrap_or_default())
}

pub fn typed_length(array: &JsValue) -> Result<f64, JsValue> {
    typed(array, |getters| &getters.length).map(|length| length.as_f64().unwrap_or_default())
}

/// All bytes of a typed array, in place. Of a buffer that was transferred away there are none.
pub fn typed_bytes(array: &JsValue) -> Result<Uint8Array, JsValue> {
    let (offset, length) = (typed(array, |getters| &getters.byte_offset)?, typed(array, |getters| &getters.byte_length)?);
    let buffer = typed(array, |getters| &getters.buffer)?;
    Ok(Bytes::of_part(&buffer, &offset, &length).map_or_else(|_| Uint8Array::new_with_length(0), JsCast::unchecked_into))
}

/// The same for a buffer.
pub fn buffer_bytes(buffer: &JsValue) -> Uint8Array {
    Bytes::of_buffer(buffer).map_or_else(|_| Uint8Array::new_with_length(0), JsCast::unchecked_into)
}
