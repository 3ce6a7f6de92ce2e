//! The module's interface as committed lists, so that a change of it is seen in review.

use crate::Error;
use std::path::Path;

/// The list of imports.
pub const IMPORTS: &str = "imports.txt";
/// The list of exports.
pub const EXPORTS: &str = "exports.txt";

/// Imports and exports, one line an entry, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// `name signature`.
    pub imports: Vec<String>,
    /// `name kind signature`.
    pub exports: Vec<String>,
}

impl Interface {
    /// Reads both lists.
    pub fn read(folder: &Path) -> Result<Interface, Error> {
        let lines = |list: &str| -> Result<Vec<String>, Error> {
            let path = folder.join(list);
            let text = std::fs::read_to_string(&path).map_err(|cause| Error::File { path, cause })?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        Ok(Interface { imports: lines(IMPORTS)?, exports: lines(EXPORTS)? })
    }

    /// Writes both lists: the act of accepting a changed interface.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        for (list, lines) in [(IMPORTS, &self.imports), (EXPORTS, &self.exports)] {
            let path = folder.join(list);
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            std::fs::write(&path, text).map_err(|cause| Error::File { path, cause })?;
        }
        Ok(())
    }
}
