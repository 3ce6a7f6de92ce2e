//! The custom section that says that a module has been through the pass.

use super::UnwindError;
use walrus::{Module, RawCustomSection};

const SECTION: &str = "cu.unwind";
const VERSION: u8 = 1;

/// Whether the module carries this version's mark. Another version is an error: its code cannot be transformed again.
pub fn is_marked(module: &Module) -> Result<bool, UnwindError> {
    let Some((_, section)) = module.customs.iter().find(|(_, s)| s.name() == SECTION) else {
        return Ok(false);
    };
    match &*section.data(&Default::default()) {
        [VERSION] => Ok(true),
        other => Err(UnwindError::Version(other.to_vec())),
    }
}

/// Adds the mark.
pub fn add(module: &mut Module) {
    module.customs.add(RawCustomSection { name: SECTION.into(), data: vec![VERSION] });
}
