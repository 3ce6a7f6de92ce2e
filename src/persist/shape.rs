//! What a binary chunk has to look like before Lua's own reader sees it (ldump.c, lundump.c). That one believes what it reads: functions
//! within functions go as deep as the stack, whose end is a trap, and a closure may have fewer upvalues than its function, so that a later
//! access goes beyond it. This follows the bytes as they come and refuses that, lengths beyond the memory, constants of no kind, and
//! what follows the end. It knows nothing of what the instructions do.

use core::ffi::CStr;

use crate::heap::HEAP_BYTES;

/// Signature, version, format, check data, three sizes, an integer, a float.
const HEADER_BYTES: usize = 4 + 1 + 1 + 6 + 3 + 8 + 8;
/// Functions within functions: Lua's compiler refuses more (`LUAI_MAXCCALLS`).
const DEPTH_MAX: usize = 200;
/// Lua's `int`.
const NUMBER_MAX: usize = i32::MAX as usize;

const INSTRUCTION_BYTES: usize = 4;
const UPVALUE_BYTES: usize = 3;
/// Numbers of parameters and of registers, and whether there are varargs.
const FRAME_BYTES: usize = 3;
const NUMERAL_BYTES: usize = 8;

/// The tags of constants (lobject.h).
const NIL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 1 | 1 << 4;
const INTEGER: u8 = 3;
const FLOAT: u8 = 3 | 1 << 4;
const SHORT_STRING: u8 = 4;
const LONG_STRING: u8 = 4 | 1 << 4;

/// What is wrong with it.
type Problem = &'static CStr;

const TOO_LONG: Problem = c"a length beyond the memory";
const TOO_DEEP: Problem = c"functions nested too deeply";
const BAD_CONSTANT: Problem = c"an unknown constant";
const BAD_UPVALUES: Problem = c"two numbers of upvalues";
const BAD_END: Problem = c"bytes after the end";

/// What comes next, after the bytes that are skipped.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// The number of upvalues of the outermost function: a byte.
    Closure,
    /// The tag of a constant: a byte.
    Constant,
    // All others begin with a number in the variable length of ldump.c; a string is its length + 1, and its bytes.
    Source,
    Lines,
    Code,
    Constants,
    ConstantString,
    Upvalues,
    Functions,
    LineInfo,
    AbsoluteLines,
    AbsoluteLine,
    Variables,
    VariableName,
    VariableBegin,
    VariableEnd,
    UpvalueNames,
    UpvalueName,
    End,
}

/// One function among those that are not read to their end yet.
#[derive(Clone, Copy)]
struct Level {
    upvalues: usize,
    /// Functions within it that are still to come.
    functions: usize,
}

/// How far it was followed.
pub struct Shape {
    place: Place,
    /// Bytes before that.
    skip: usize,
    /// What was read of a number.
    number: usize,
    /// Items of the present list that are still to come.
    left: usize,
    upvalues: usize,
    depth: usize,
    levels: [Level; DEPTH_MAX],
}

impl Shape {
    pub fn new() -> Shape {
        let levels = [Level { upvalues: 0, functions: 0 }; DEPTH_MAX];
        Shape { place: Place::Closure, skip: HEADER_BYTES, number: 0, left: 0, upvalues: 0, depth: 0, levels }
    }

    /// Follows the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let skipped = self.skip.min(bytes.len());
                self.skip -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            bytes = rest;
            match self.place {
                Place::Closure => {
                    self.upvalues = byte.into();
                    self.place = Place::Source;
                }
                Place::Constant => self.constant(byte)?,
                Place::End => return Err(BAD_END),
                _ => self.digit(byte)?,
            }
        }
        Ok(())
    }

    /// Whether it ends here.
    pub fn is_whole(&self) -> bool {
        self.place == Place::End && self.skip == 0
    }

    fn constant(&mut self, tag: u8) -> Result<(), Problem> {
        match tag {
            NIL | FALSE | TRUE => {}
            INTEGER | FLOAT => self.skip = NUMERAL_BYTES,
            SHORT_STRING | LONG_STRING => {
                self.place = Place::ConstantString;
                return Ok(());
            }
            _ => return Err(BAD_CONSTANT),
        }
        self.next_of(Place::Constant, Place::Upvalues);
        Ok(())
    }

    /// Seven bits of a number, the last ones with a mark.
    fn digit(&mut self, byte: u8) -> Result<(), Problem> {
        if self.number > NUMBER_MAX >> 7 {
            return Err(TOO_LONG);
        }
        self.number = self.number << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Ok(());
        }
        let number = core::mem::take(&mut self.number);
        self.take_number(number)
    }

    fn take_number(&mut self, number: usize) -> Result<(), Problem> {
        let is_line = matches!(self.place, Place::Lines | Place::AbsoluteLine | Place::VariableBegin | Place::VariableEnd);
        // A length: as many bytes at least have to fit into the memory.
        if !is_line && number > HEAP_BYTES {
            return Err(TOO_LONG);
        }
        match self.place {
            Place::Source => {
                self.skip_string(number);
                self.list(2, Place::Lines, Place::Lines);
            }
            Place::Lines => {
                self.next_of(Place::Lines, Place::Code);
                if self.place == Place::Code {
                    self.skip = FRAME_BYTES;
                }
            }
            Place::Code => {
                self.skip = number * INSTRUCTION_BYTES;
                self.place = Place::Constants;
            }
            Place::Constants => self.list(number, Place::Constant, Place::Upvalues),
            Place::ConstantString => {
                self.skip_string(number);
                self.next_of(Place::Constant, Place::Upvalues);
            }
            Place::Upvalues => return self.take_upvalues(number),
            Place::Functions => {
                self.levels[self.depth].functions = number;
                return self.next_function();
            }
            Place::LineInfo => {
                self.skip = number;
                self.place = Place::AbsoluteLines;
            }
            Place::AbsoluteLines => self.list(2 * number, Place::AbsoluteLine, Place::Variables),
            Place::AbsoluteLine => self.next_of(Place::AbsoluteLine, Place::Variables),
            Place::Variables => self.list(number, Place::VariableName, Place::UpvalueNames),
            Place::VariableName => {
                self.skip_string(number);
                self.place = Place::VariableBegin;
            }
            Place::VariableBegin => self.place = Place::VariableEnd,
            Place::VariableEnd => self.next_of(Place::VariableName, Place::UpvalueNames),
            Place::UpvalueNames => {
                // Whatever the number is, there are as many as upvalues, or none.
                let names = if number == 0 { 0 } else { self.levels[self.depth].upvalues };
                self.list(names, Place::UpvalueName, Place::End);
                return self.end_if_last();
            }
            Place::UpvalueName => {
                self.skip_string(number);
                self.next_of(Place::UpvalueName, Place::End);
                return self.end_if_last();
            }
            Place::Closure | Place::Constant | Place::End => {}
        }
        Ok(())
    }

    fn skip_string(&mut self, length_and_1: usize) {
        self.skip = length_and_1.saturating_sub(1);
    }

    /// A list of so many items begins, each at the place `item`; after it comes `then`.
    fn list(&mut self, items: usize, item: Place, then: Place) {
        self.left = items;
        self.place = if items > 0 { item } else { then };
    }

    /// An item of a list was read.
    fn next_of(&mut self, item: Place, then: Place) {
        self.list(self.left - 1, item, then);
    }

    fn take_upvalues(&mut self, number: usize) -> Result<(), Problem> {
        // The closure has room for as many as it was made for.
        if self.depth == 0 && number != self.upvalues {
            return Err(BAD_UPVALUES);
        }
        self.levels[self.depth].upvalues = number;
        self.skip = number * UPVALUE_BYTES;
        self.place = Place::Functions;
        Ok(())
    }

    /// Goes on with the next function within the present one, or with what comes after them.
    fn next_function(&mut self) -> Result<(), Problem> {
        if self.levels[self.depth].functions == 0 {
            self.place = Place::LineInfo;
            return Ok(());
        }
        if self.depth + 1 == DEPTH_MAX {
            return Err(TOO_DEEP);
        }
        self.levels[self.depth].functions -= 1;
        self.depth += 1;
        self.place = Place::Source;
        Ok(())
    }

    /// After the last name of an upvalue the function is at its end.
    fn end_if_last(&mut self) -> Result<(), Problem> {
        if self.place != Place::End || self.depth == 0 {
            return Ok(());
        }
        self.depth -= 1;
        self.next_function()
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES, Shape};

    /// `function(x) return x end` without debug information, after the header.
    const FUNCTION: [u8; 17] = [0, 0x80, 0x80, 0x80, 1, 0, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0];

    fn follow(body: &[u8]) -> Result<bool, String> {
        let mut shape = Shape::new();
        shape.feed(&[0; HEADER_BYTES]).and_then(|()| shape.feed(body)).map_err(|problem| problem.to_string_lossy().into_owned())?;
        Ok(shape.is_whole())
    }

    #[test]
    fn lengths_are_looked_at() {
        let whole = &FUNCTION[..15];
        let with = |at: usize, bytes: &[u8]| [&whole[..at], bytes, &whole[at + 1..]].concat();
        let deep = [&[0][..], &[0x80, 0x80, 0x80, 1, 0, 2, 0x80, 0x80, 0x80, 0x81].repeat(300)].concat();
        let rows: [(&str, Vec<u8>, Result<bool, &str>); 9] = [
            ("whole", whole.to_vec(), Ok(true)),
            ("truncated", whole[..14].to_vec(), Ok(false)),
            ("longer", FUNCTION.to_vec(), Err("bytes after the end")),
            ("source of 2^32 bytes", with(1, &[0x0F, 0x7F, 0x7F, 0x7F, 0xFF]), Err("a length beyond the memory")),
            ("source of 16 MiB", with(1, &[0x08, 0x00, 0x00, 0x80]), Err("a length beyond the memory")),
            ("line 2^24", with(2, &[0x08, 0x00, 0x00, 0x80]), Ok(true)),
            ("upvalues", with(9, &[0x81, 0, 0, 0]), Err("two numbers of upvalues")),
            ("constant", with(8, &[0x81, 7]), Err("an unknown constant")),
            ("deep", deep, Err("functions nested too deeply")),
        ];
        for (name, bytes, expected) in rows {
            assert_eq!(follow(&bytes), expected.map_err(str::to_owned), "{name}");
        }
    }
}
