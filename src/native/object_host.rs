//! The operations of the host on objects of JavaScript (`object`): what `memory` does for tables.

use super::memory::{Memory, READ_VALUES_MAX, invalid_key};
use super::object::{self, Object};
use super::stream::{self, Reader, Writer};
use super::table::InvalidKey;
use super::value::Value;
use crate::codec::tag;
use crate::host::{FAILED, op};

impl Memory {
    /// The object of a handle, if it names one.
    pub(super) fn object(&self, handle: i32) -> Option<Object> {
        match self.names.handles.borrow().get(handle) {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn object_get(&self, object: &Object, ktag: i32, k: i32) -> i32 {
        self.answer(|reader| {
            let key = self.key(ktag, k, reader)?;
            Ok(self.send_value(&object.get(&key)?)?)
        })
    }

    /// A plain table becomes an object.
    pub(super) fn object_set(&self, object: &Object, (ktag, k): (i32, i32), (vtag, v): (i32, i32)) -> i32 {
        let result = self.answer(|reader| {
            let key = self.key(ktag, k, reader)?;
            match key {
                Value::Nil => return Err(invalid_key(InvalidKey::Nil).into()),
                Value::Float(number) if number.is_nan() => return Err(invalid_key(InvalidKey::NaN).into()),
                _ => {}
            }
            let value = self.new_value(vtag, v, reader)?;
            let nodes = reader.finish()?;
            let objects = object::containers(&nodes)?;
            object.set(&key, &object::to_js(&value, &objects)?)?;
            self.adopted.replace(nodes.iter().map(|node| object::object_of(node, &objects)).collect());
            Ok(0)
        });
        if result != FAILED {
            self.settle();
        }
        result
    }

    pub(super) fn object_next(&self, handle: i32, object: &Object, ktag: i32, k: i32) -> i32 {
        self.answer(|reader| {
            let key = match ktag {
                tag::NIL => Value::Nil,
                tag::SAME if self.last_step.borrow().0 == handle => self.last_step.borrow().1.clone(),
                _ => self.key(ktag, k, reader)?,
            };
            let Some((key, value)) = object.next(&key)? else { return Ok(0) };
            self.send(Writer::of(&self.names, [&key, &value])?);
            self.last_step.replace((handle, key));
            Ok(1)
        })
    }

    /// Whether the first number of an operation names a table.
    pub(super) fn takes_handle(op: i32) -> bool {
        !matches!(op, op::RELEASE | op::NEW | op::ADOPTED | op::TRACE)
    }

    pub(super) fn object_op(&self, object: &Object, op: i32, from: i32) -> i32 {
        self.answer(|_: &mut Reader<'_>| {
            match op {
                op::TOSTRING => self.send(Writer::of(&self.names, [&Value::Nil])?),
                op::READ => {
                    let n = (stream::cell_number() as usize).min(READ_VALUES_MAX);
                    let indices = (i64::from(from)..).take(n);
                    let values = indices.map(|i| object.get(&i.into())).collect::<Result<Vec<Value>, Value>>()?;
                    self.send(Writer::of(&self.names, &values)?);
                    stream::set_cell_number(n as f64);
                }
                op::WRITE_FLOATS | op::WRITE_INTS => {
                    for (i, number) in (i64::from(from)..).zip(stream::numbers()) {
                        object.set(&i.into(), &number.into())?;
                    }
                }
                op::BYTES => return Err("not an array of bytes".into()),
                // Its metatable lives with the table in Lua.
                op::METATABLE => {}
                _ => return Err("this host has no such operation on objects of JavaScript".into()),
            }
            Ok(0)
        })
    }

    pub(super) fn object_call(&self, object: &Object, n: i32) -> i32 {
        self.answer(|reader| {
            let arguments = self.arguments(reader, n)?;
            self.settle();
            let result = object.call(&arguments)?;
            drop(arguments);
            self.send(Writer::of(&self.names, [&result])?);
            Ok(1)
        })
    }
}
