//! The sections of a module, and which custom ones a shipped file keeps. Everything else is copied byte for byte.

use crate::Error;
use std::ops::Range;
use wasmparser::{Parser, Payload};

/// One section with its header, so that a module is its first eight bytes and its sections, without a gap.
#[derive(Debug)]
pub struct Section {
    /// The format's name of it, or a custom section's own.
    pub name: String,
    /// Whether it is a custom section.
    pub custom: bool,
    /// Its place in the file.
    pub range: Range<usize>,
}

/// Lists them in order.
pub fn list(wasm: &[u8]) -> Result<Vec<Section>, Error> {
    let mut sections = Vec::new();
    let mut end_before = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|e| Error::NotWasm(e.to_string()))?;
        if let Payload::Version { range, .. } = &payload {
            end_before = range.end;
        }
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let custom = match &payload {
            Payload::CustomSection(section) => Some(section.name()),
            _ => None,
        };
        sections.push(Section {
            name: custom.unwrap_or_else(|| standard_name(id)).to_owned(),
            custom: custom.is_some(),
            range: end_before..range.end,
        });
        end_before = range.end;
    }
    Ok(sections)
}

/// Whether a shipped file may hold a custom section of this name.
pub fn is_kept(name: &str) -> bool {
    name.starts_with("cu.")
}

/// Drops names, producers and all other custom sections but Cu's own.
pub fn strip(wasm: &[u8]) -> Result<Vec<u8>, Error> {
    let sections = list(wasm)?;
    let header = sections.first().map_or(wasm.len(), |s| s.range.start);
    let mut kept = wasm[..header].to_vec();
    for section in sections.iter().filter(|s| !s.custom || is_kept(&s.name)) {
        kept.extend_from_slice(&wasm[section.range.clone()]);
    }
    Ok(kept)
}

fn standard_name(id: u8) -> &'static str {
    const NAMES: [&str; 13] =
        ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];
    NAMES.get(usize::from(id)).unwrap_or(&"unknown")
}
