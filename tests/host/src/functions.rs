//! Functions that outlive their instance: taking one apart into code and upvalues, and making it anew, here or elsewhere. What is done with
//! the parts is the program's business.

use crate::context::{Context, boundary_error};
use crate::error::{Error, Failure};
use crate::handles::Object;
use crate::references::Reference;
use crate::stream::{Reader, Record, Writer, malformed, tag};
use crate::value::Value;

/// The key under which `store_upvalue` puts the value.
const CELL_KEY: i64 = 1;

/// A function of Lua's in its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    pub code: Code,
    pub upvalues: Vec<Upvalue>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Code {
    Binary(Vec<u8>),
    /// A function of a library.
    Name(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Upvalue {
    pub name: Option<String>,
    /// Equal for upvalues that are the same, while one of the functions lives.
    pub identity: i64,
    pub value: Kept,
}

/// A value as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    Value(Value),
    /// Something of a library.
    Name(String),
    /// A value without a form outside: its type.
    Opaque(String),
}

/// What an upvalue becomes.
#[derive(Clone, Debug)]
pub enum Binding {
    Value(Value),
    Name(String),
    /// The same one as that upvalue, counted from 1, of another function.
    Shared(Reference, i32),
}

impl Context<'_> {
    /// Takes a function apart.
    pub fn dump(&mut self, function: &Reference) -> Result<Description, Error> {
        let number = self.number(function)?;
        let empty = Writer::new(self.buffer_bytes());
        let count = self.enter_with(empty, |boundary, store| boundary.function_dump.call(store, (number, 0)))?;
        let mut stream = self.take_stream().map_err(boundary_error)?;
        let code = read_code(&mut stream).map_err(boundary_error)?;
        let upvalues = self.upvalues(count, &mut stream).map_err(boundary_error)?;
        Ok(Description { code, upvalues })
    }

    /// The upvalues of a function as they are now.
    pub fn dump_upvalues(&mut self, function: &Reference) -> Result<Vec<Upvalue>, Error> {
        let number = self.number(function)?;
        let empty = Writer::new(self.buffer_bytes());
        let count = self.enter_with(empty, |boundary, store| boundary.function_dump.call(store, (number, 1)))?;
        let mut stream = self.take_stream().map_err(boundary_error)?;
        self.upvalues(count, &mut stream).map_err(boundary_error)
    }

    /// Takes the value of an upvalue, counted from 1. A plain table of Lua's becomes one of the host's.
    pub fn store_upvalue(&mut self, function: &Reference, index: i32) -> Result<Value, Error> {
        let number = self.number(function)?;
        let cell = self.names().new_table();
        let handle = self.state().handles.give(Object::Table(cell.clone()));
        let empty = Writer::new(self.buffer_bytes());
        let result = self.enter_with(empty, |boundary, store| boundary.upvalue_store.call(store, (number, index, handle)));
        self.state().handles.release(handle);
        result.map(|_| cell.get(&Value::Int(CELL_KEY)))
    }

    /// Makes a function from its code. All its upvalues are nil.
    pub fn load(&mut self, code: &[u8]) -> Result<Reference, Error> {
        let mut stream = Writer::new(self.buffer_bytes());
        stream.bytes(tag::STRING, 0, code);
        let number = self.enter_with(stream, |boundary, store| boundary.function_load.call(store, ()))?;
        Ok(self.state().references.receive(number))
    }

    /// Binds all upvalues of a function.
    pub fn bind(&mut self, function: &Reference, bindings: &[Binding]) -> Result<(), Error> {
        let number = self.number(function)?;
        let mut stream = Writer::new(self.buffer_bytes());
        for binding in bindings {
            self.write_binding(binding, &mut stream)?;
        }
        let count = bindings.len() as i32;
        self.enter_with(stream, |boundary, store| boundary.function_bind.call(store, (number, count))).map(|_| ())
    }

    /// Lets go of those of the functions that the module needs no longer, and says which. Only what the program can make again may be among
    /// the functions, and what it called nowhere else: a function that was let go cannot be called any more.
    pub fn sleep(&mut self, functions: &[Reference]) -> Result<Vec<Reference>, Error> {
        let numbers = functions.iter().map(|function| self.number(function)).collect::<Result<Vec<i32>, Error>>()?;
        self.give_back_references()?;
        for (number, place) in numbers.iter().zip(self.buffer().chunks_exact_mut(size_of::<i32>())) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let count = self.run(|boundary, store| boundary.functions_sleep.call(store, numbers.len() as i32))?;
        let asleep = usize::try_from(count).ok().filter(|&count| count <= functions.len()).and_then(|_| self.buffer_ints(count));
        let asleep = asleep.ok_or_else(|| Error::Boundary("module sent an invalid number of functions".into()))?;
        let of_number = |number: &i32| numbers.iter().position(|other| other == number).map(|at| functions[at].clone());
        asleep.iter().map(of_number).collect::<Option<_>>().ok_or_else(|| Error::Boundary("module sent an invalid reference".into()))
    }

    fn write_binding(&mut self, binding: &Binding, stream: &mut Writer) -> Result<(), Error> {
        match binding {
            Binding::Value(value) => {
                stream.record(Record::new(tag::NIL, 0));
                self.names().write(value, stream).map_err(boundary_error)?;
            }
            Binding::Name(name) => {
                stream.record(Record::new(tag::NIL, 0));
                stream.record(Record::new(tag::NAMED, 0));
                stream.bytes(tag::STRING, 0, name.as_bytes());
            }
            Binding::Shared(function, index) => {
                stream.record(Record::number(tag::INT, self.number(function)?.into()));
                stream.record(Record::number(tag::INT, (*index).into()));
            }
        }
        Ok(())
    }

    fn upvalues(&mut self, count: i32, stream: &mut Reader) -> Result<Vec<Upvalue>, Failure> {
        (0..count).map(|_| self.upvalue(stream)).collect()
    }

    fn upvalue(&mut self, stream: &mut Reader) -> Result<Upvalue, Failure> {
        let mut decoder = self.decoder(stream);
        let name = match decoder.value()? {
            Value::Nil => None,
            Value::Str(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            _ => return Err(malformed("a name of an upvalue")),
        };
        let Value::Int(identity) = decoder.value()? else { return Err(malformed("an identity of an upvalue")) };
        let record = stream.record()?;
        let value = match record.tag {
            tag::NAMED => Kept::Name(string(stream)?),
            tag::OPAQUE => Kept::Opaque(string(stream)?),
            _ => Kept::Value(self.decoder(stream).value_of(record)?),
        };
        Ok(Upvalue { name, identity, value })
    }
}

fn read_code(stream: &mut Reader) -> Result<Code, Failure> {
    let record = stream.record()?;
    match record.tag {
        tag::STRING => Ok(Code::Binary(stream.bytes_of(record)?)),
        tag::NAMED => Ok(Code::Name(string(stream)?)),
        _ => Err(malformed("neither code nor a name")),
    }
}

fn string(stream: &mut Reader) -> Result<String, Failure> {
    let record = stream.record()?;
    if record.tag != tag::STRING {
        return Err(malformed("no string where one belongs"));
    }
    text(&stream.bytes_of(record)?)
}

fn text(bytes: &[u8]) -> Result<String, Failure> {
    String::from_utf8(bytes.to_vec()).map_err(|_| malformed("a name that is no text"))
}
