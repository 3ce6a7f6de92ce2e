//! The proof that Lua's sources are the official ones: every file against a list of SHA-256 sums. It knows nothing of this build, so that
//! a test can use it on folders of its own.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Fails with the name of the first file in `dir` that is changed, missing or not on the list `sums` (`sha256sum` format).
pub fn verify(dir: &Path, sums: &str) -> Result<(), String> {
    let mut expected: BTreeMap<&str, &str> = sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let sum = expected.remove(name.as_str()).ok_or(format!("{name}: not a file of Lua 5.4.7 (in {})", dir.display()))?;
        let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        if hex(&Sha256::digest(&bytes)) != sum {
            return Err(format!("{name}: differs from Lua 5.4.7 (in {})", dir.display()));
        }
    }
    match expected.keys().next() {
        Some(name) => Err(format!("{name}: missing from Lua 5.4.7 (in {})", dir.display())),
        None => Ok(()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
