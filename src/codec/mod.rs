//! Values as records (docs/ABI.md §2): the tags, reading a stream onto Lua's stack, writing values of Lua's stack as a stream.
//! Nothing that the host sends is trusted: what is malformed becomes a Lua error.

pub mod ahead;
pub mod graph;
pub mod read;
pub mod write;

/// Bytes of a record without what follows it.
pub const RECORD_BYTES: usize = 16;

/// STRING and BIGINT: another part follows.
pub const FLAG_MORE: i32 = 1;
/// STRING as an error: it has its position already.
pub const FLAG_POSITIONED: i32 = 2;
/// STRING: no bytes follow, the payload says where they are.
pub const FLAG_LENT: i32 = 4;
/// BIGINT: the number is negative.
pub const FLAG_NEGATIVE: i32 = 2;

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

/// The largest integer that crosses as a double: 2^53 − 1.
pub const SAFE_INTEGER_MAX: i64 = (1 << 53) - 1;

/// Bytes of a record with `bytes` bytes after it.
const fn record_bytes(bytes: usize) -> usize {
    RECORD_BYTES + bytes.next_multiple_of(8)
}
