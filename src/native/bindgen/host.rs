//! The operations of the host on objects of JavaScript: what `memory` does for tables. What crossed is taken out of buffer and cell before
//! an object is touched, since a getter may cross.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::access;
use super::drafts::store;
use super::errors::{Answer, raised};
use super::intrinsics::typed_bytes;
use super::object::{Kind, Object, note_look};
use super::traversal;
use super::values::{containers, copied, copies, from_js, to_js};
use crate::codec::tag;
use crate::host::{BUFFER_BYTES, FAILED, op};
use crate::native::memory::{Memory, READ_VALUES_MAX};
use crate::native::stream::{self, Writer};
use crate::native::value::Value;

impl Memory {
    /// The object of a handle, if it names one.
    pub(in crate::native) fn object(&self, handle: i32) -> Option<Object> {
        match self.names.handles.borrow().get(handle) {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(in crate::native) fn object_get(&self, object: &Object, ktag: i32, k: i32) -> i32 {
        self.answer(|reader| {
            let key = self.key(ktag, k, reader)?;
            Ok(self.send_value(&access::get(object, &key)?)?)
        })
    }

    /// Plain tables become objects.
    pub(in crate::native) fn object_set(&self, object: &Object, (ktag, k): (i32, i32), (vtag, v): (i32, i32)) -> i32 {
        let result = self.answer(|reader| {
            let key = self.key(ktag, k, reader)?;
            let value = self.new_value(vtag, v, reader)?;
            let nodes = reader.finish()?;
            access::check_key(&key)?;
            nodes.iter().flat_map(|node| node.entries()).try_for_each(|(key, _)| access::check_key(&key))?;
            let objects = containers(&nodes)?;
            let (key, value) = (copied(key, &objects), copied(value, &objects));
            store(object, &key, &value, &to_js(&value, &objects)?)?;
            self.adopted.replace(nodes.into_iter().map(|node| copied(Value::Table(node), &objects)).collect());
            Ok(0)
        });
        if result != FAILED {
            self.settle();
        }
        result
    }

    pub(in crate::native) fn object_next(&self, handle: i32, object: &Object, ktag: i32, k: i32) -> i32 {
        self.answer(|reader| {
            let key = match ktag {
                tag::NIL => Value::Nil,
                tag::SAME if self.last_step.borrow().0 == handle => self.last_step.borrow().1.clone(),
                _ => self.key(ktag, k, reader)?,
            };
            let Some((key, value)) = traversal::next(object, &key)? else { return Ok(0) };
            self.send(Writer::of(&self.names, [&key, &value])?);
            self.last_step.replace((handle, key));
            Ok(1)
        })
    }

    pub(in crate::native) fn object_length(&self, object: &Object) -> f64 {
        let mut length = f64::from(FAILED);
        self.answer(|_| {
            length = access::length(object)?;
            Ok(0)
        });
        length
    }

    /// Whether the first number of an operation names a table.
    pub(in crate::native) fn takes_handle(op: i32) -> bool {
        !matches!(op, op::RELEASE | op::NEW | op::ADOPTED | op::TRACE)
    }

    pub(in crate::native) fn object_op(&self, object: &Object, op: i32, from: i32) -> i32 {
        self.answer(|_| {
            match op {
                op::TOSTRING => self.send(Writer::of(&self.names, [&access::represent(object)?])?),
                op::READ => self.read_elements(object, from)?,
                op::WRITE_FLOATS => self.write_elements(object, from, Value::Float)?,
                op::WRITE_INTS => self.write_elements(object, from, |number| Value::Integer(number as i64))?,
                op::BYTES => return self.read_bytes(object, from),
                // Its metatable lives with the table in Lua.
                op::METATABLE => {}
                _ => return Err("this host has no such operation on objects of JavaScript".into()),
            }
            Ok(0)
        })
    }

    fn read_elements(&self, object: &Object, from: i32) -> Answer<()> {
        let n = (stream::cell_number() as usize).min(READ_VALUES_MAX);
        let indices = (i64::from(from)..).take(n);
        let values = indices.map(|i| access::get(object, &i.into())).collect::<Answer<Vec<Value>>>()?;
        self.send(Writer::of(&self.names, &values)?);
        stream::set_cell_number(n as f64);
        Ok(())
    }

    fn write_elements(&self, object: &Object, from: i32, value: fn(f64) -> Value) -> Answer<()> {
        (i64::from(from)..).zip(stream::numbers()).try_for_each(|(i, number)| store(object, &i.into(), &value(number), &number.into()))
    }

    fn read_bytes(&self, object: &Object, from: i32) -> Answer<i32> {
        let wanted = (stream::cell_number().clamp(0.0, BUFFER_BYTES as f64)) as u32;
        let from = u32::try_from(from).ok().and_then(|from| from.checked_sub(1)).ok_or("the module sent an invalid index")?;
        if !matches!(object.kind(), Kind::Floats | Kind::Integers | Kind::BigInt64 | Kind::BigUint64) {
            return Err("only an ArrayBuffer or a typed array has bytes".into());
        }
        let bytes = typed_bytes(&object.target()).map_err(raised)?;
        Ok(stream::fill_buffer(&bytes.subarray(from, from.saturating_add(wanted)).to_vec()))
    }

    /// Calls it, without `this`. Plain tables among the arguments are copied.
    pub(in crate::native) fn object_call(&self, function: &Object, n: i32) -> i32 {
        self.answer(|reader| {
            let arguments = self.arguments(reader, n)?;
            self.settle();
            let copies = copies(&arguments)?;
            let list = arguments.iter().map(|argument| to_js(argument, &copies)).collect::<Answer<Array>>()?;
            drop((arguments, copies));
            note_look();
            let result = Reflect::apply(&function.js().unchecked_into::<Function>(), &JsValue::UNDEFINED, &list).map_err(raised)?;
            self.send(Writer::of(&self.names, [&from_js(&result)?])?);
            Ok(1)
        })
    }
}
