//! How large the module may be: `budget.toml` in the artifact's folder, one `name = bytes` a line.

use crate::Error;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;

/// The limits. They are a person's decision, so nothing re-writes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The file as it is.
    pub raw_bytes: usize,
    /// The file through gzip -9.
    pub gzip_bytes: usize,
}

impl Budget {
    /// Reads `budget.toml` from the folder.
    pub fn read(folder: &Path) -> Result<Budget, Error> {
        let path = folder.join("budget.toml");
        let text = std::fs::read_to_string(&path).map_err(|cause| Error::File { path, cause })?;
        Budget::parse(&text)
    }

    /// Reads the text of `budget.toml`.
    pub fn parse(text: &str) -> Result<Budget, Error> {
        let (mut raw, mut gzip) = (None, None);
        for line in text.lines().map(|l| l.split('#').next().unwrap_or("").trim()) {
            if line.is_empty() {
                continue;
            }
            let wrong = || Error::Budget(format!("not understood: {line:?}"));
            let (key, value) = line.split_once('=').ok_or_else(wrong)?;
            let value = value.trim().parse().map_err(|_| wrong())?;
            match key.trim() {
                "raw_bytes" => raw = Some(value),
                "gzip_bytes" => gzip = Some(value),
                _ => return Err(wrong()),
            }
        }
        let missing = |name: &str| Error::Budget(format!("{name} is missing"));
        Ok(Budget { raw_bytes: raw.ok_or_else(|| missing("raw_bytes"))?, gzip_bytes: gzip.ok_or_else(|| missing("gzip_bytes"))? })
    }
}

/// The size after gzip -9.
pub fn gzip_len(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail").len()
}
