//! What the tests share: where the module is, and random numbers that can be had again.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;

/// The module under test: CU_WASM, or what scripts/build wrote.
pub fn wasm() -> Vec<u8> {
    let path = std::env::var_os("CU_WASM")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist/cu.wasm")), PathBuf::from);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: build the module with scripts/build, or name another one in CU_WASM", path.display());
    })
}

/// The generator xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016).
pub struct Random(u64);

impl Random {
    /// A number of its own for each seed and round. Not zero, from which the generator would not move.
    pub fn new(seed: u64, round: u64) -> Random {
        let mut random = Random((seed ^ round.wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1);
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// A number of the kind that goes wrong.
    pub fn odd_number(&mut self) -> i32 {
        const ODD: [i32; 20] = [0, 1, -1, 2, 3, 4, 5, 7, 16, 20, 100, 255, 2047, 2048, 8192, 8193, 65_536, 1 << 24, i32::MAX, i32::MIN];
        if self.below(4) == 0 { self.next() as i32 } else { self.pick(&ODD) }
    }
}
