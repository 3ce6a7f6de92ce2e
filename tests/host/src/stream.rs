//! Streams as bytes: records of 16 bytes, each followed by the bytes that it carries. A writer splits what it is given into
//! bufferfuls; a reader refuses whatever is cut short.

use crate::error::Failure;

pub const RECORD_BYTES: usize = 16;
/// Flags in the payload of STRING and BIGINT.
pub const FLAG_MORE: i32 = 1;
pub const FLAG_HAS_POSITION: i32 = 2;
pub const FLAG_NEGATIVE: i32 = 2;
/// STRING: no bytes follow; the second half of the payload is their address.
pub const FLAG_LENT: i32 = 4;
/// A flag of NODE_BEGIN, in the second half of the payload: the metatable follows.
pub const FLAG_METATABLE_FOLLOWS: i32 = 2;

/// The tags of docs/ABI.md §2.
pub mod tag {
    pub const NIL: i32 = 0;
    pub const FALSE: i32 = 1;
    pub const TRUE: i32 = 2;
    pub const INT: i32 = 3;
    pub const INT64: i32 = 4;
    pub const FLOAT: i32 = 5;
    pub const STRING: i32 = 6;
    pub const KEY: i32 = 7;
    pub const KEY_NEW: i32 = 8;
    pub const TABLE: i32 = 9;
    pub const FUNCTION: i32 = 10;
    pub const CLOSURE: i32 = 11;
    pub const BIGINT: i32 = 12;
    pub const NODE: i32 = 13;
    pub const NODE_BEGIN: i32 = 14;
    pub const NODE_END: i32 = 15;
    pub const NULL: i32 = 16;
    pub const REFERENCE: i32 = 17;
    pub const OPAQUE: i32 = 18;
    pub const STREAM: i32 = 19;
    pub const SAME: i32 = 20;
    pub const TABLE_WITH_METATABLE: i32 = 21;
    pub const NAMED: i32 = 22;
}

#[derive(Clone, Copy)]
pub struct Record {
    pub tag: i32,
    pub aux: i32,
    pub payload: [u8; 8],
}

impl Record {
    pub fn new(tag: i32, aux: i32) -> Record {
        Record { tag, aux, payload: [0; 8] }
    }

    pub fn pair(tag: i32, low: i32, high: i32) -> Record {
        Record { payload: (i64::from(high) << 32 | i64::from(low as u32)).to_le_bytes(), ..Record::new(tag, 0) }
    }

    pub fn number(tag: i32, number: f64) -> Record {
        Record { payload: number.to_le_bytes(), ..Record::new(tag, 0) }
    }

    pub fn as_number(&self) -> f64 {
        f64::from_le_bytes(self.payload)
    }

    pub fn as_integer(&self) -> i64 {
        i64::from_le_bytes(self.payload)
    }

    /// The first half of the payload.
    pub fn flags(&self) -> i32 {
        self.as_integer() as i32
    }

    pub fn is_lent(&self) -> bool {
        self.tag == tag::STRING && self.flags() & FLAG_LENT != 0
    }

    /// The second half of the payload.
    pub fn high(&self) -> i32 {
        (self.as_integer() >> 32) as i32
    }
}

/// A stream that is being written.
pub struct Writer {
    buffer_bytes: usize,
    bufferfuls: Vec<Vec<u8>>,
}

impl Writer {
    pub fn new(buffer_bytes: usize) -> Writer {
        Writer { buffer_bytes, bufferfuls: vec![Vec::new()] }
    }

    pub fn record(&mut self, record: Record) {
        self.room(RECORD_BYTES);
        self.append(record, &[]);
    }

    /// STRING or BIGINT: a record and its bytes, in as many parts as the bufferfuls ask for.
    pub fn bytes(&mut self, tag: i32, flags: i32, mut bytes: &[u8]) {
        loop {
            let room = self.room(RECORD_BYTES) - RECORD_BYTES;
            let (part, rest) = bytes.split_at(bytes.len().min(room));
            let more = if rest.is_empty() { 0 } else { FLAG_MORE };
            let record = Record { aux: part.len() as i32, ..Record::pair(tag, flags | more, 0) };
            self.append(record, part);
            if rest.is_empty() {
                return;
            }
            bytes = rest;
        }
    }

    pub fn into_bufferfuls(self) -> Vec<Vec<u8>> {
        self.bufferfuls
    }

    /// How much room the present bufferful has: at least `bytes`. A multiple of 8, as everything is.
    fn room(&mut self, bytes: usize) -> usize {
        let free = self.buffer_bytes - self.present().len();
        if free >= bytes {
            return free;
        }
        self.bufferfuls.push(Vec::new());
        self.buffer_bytes
    }

    fn append(&mut self, record: Record, bytes: &[u8]) {
        append(self.present(), record, bytes);
    }

    fn present(&mut self) -> &mut Vec<u8> {
        self.bufferfuls.last_mut().expect("there is one from the start")
    }
}

/// A stream that is being read: all its bufferfuls, one after the other.
pub struct Reader {
    bytes: Vec<u8>,
    at: usize,
}

impl Reader {
    /// A stream of the module's. What it lends is fetched from its `memory` at once, and stands in the stream like any other bytes; from the
    /// first record on that cannot be, the stream stays what it is, for whoever reads so far.
    pub fn new(stream: &[u8], memory: &[u8]) -> Reader {
        let mut bytes = Vec::with_capacity(stream.len());
        let mut rest = Reader { bytes: stream.to_vec(), at: 0 };
        let mut done = 0;
        while let Ok(record) = rest.record() {
            if record.is_lent() {
                let Ok(lent) = lent(record, memory) else { break };
                append(&mut bytes, Record { payload: [0; 8], ..record }, lent);
            } else {
                let carries_bytes = matches!(record.tag, tag::STRING | tag::BIGINT);
                if carries_bytes && length(record).and_then(|length| rest.take(length.next_multiple_of(8)).map(drop)).is_err() {
                    break;
                }
                bytes.extend(&stream[done..rest.at]);
            }
            done = rest.at;
        }
        bytes.extend(&stream[done..]);
        Reader { bytes, at: 0 }
    }

    pub fn empty() -> Reader {
        Reader { bytes: Vec::new(), at: 0 }
    }

    /// More records than this no stream of these bytes can have.
    pub fn records_max(&self) -> usize {
        self.bytes.len() / RECORD_BYTES
    }

    pub fn record(&mut self) -> Result<Record, Failure> {
        let bytes = self.take(RECORD_BYTES)?;
        let int = |at: usize| i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut payload = [0; 8];
        payload.copy_from_slice(&bytes[8..]);
        Ok(Record { tag: int(0), aux: int(4), payload })
    }

    /// The bytes that `first` begins, with all parts that follow.
    pub fn bytes_of(&mut self, first: Record) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut part = first;
        loop {
            if part.is_lent() {
                return Err(malformed("a string is lent that cannot be"));
            }
            let count = length(part)?;
            let start = self.at;
            self.take(count.next_multiple_of(8))?;
            bytes.extend(&self.bytes[start..start + count]);
            if part.flags() & FLAG_MORE == 0 {
                return Ok(bytes);
            }
            part = self.record()?;
            if part.tag != first.tag {
                return Err(malformed("a part is missing"));
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<&[u8], Failure> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len()).ok_or_else(|| malformed("it ends early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }
}

fn append(stream: &mut Vec<u8>, record: Record, bytes: &[u8]) {
    stream.extend(record.tag.to_le_bytes());
    stream.extend(record.aux.to_le_bytes());
    stream.extend(record.payload);
    stream.extend(bytes);
    stream.resize(stream.len().next_multiple_of(8), 0);
}

/// How many bytes a record carries.
fn length(record: Record) -> Result<usize, Failure> {
    usize::try_from(record.aux).map_err(|_| malformed("a negative length"))
}

fn lent(record: Record, memory: &[u8]) -> Result<&[u8], Failure> {
    let start = usize::try_from(record.high()).map_err(|_| malformed("a negative address"))?;
    memory.get(start..start + length(record)?).ok_or_else(|| malformed("a string beyond the memory"))
}

pub fn malformed(what: &str) -> Failure {
    Failure::new(format!("module sent an invalid stream: {what}"))
}
