//! Lua's sources: where they are, that they are the official ones, and how they are compiled. They come from the package
//! `lua-src` and are never changed; all adaptation happens through headers and macros.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::env::Env;
use crate::shims;

/// Every translation unit of the module. Left out: `linit`, `liolib`, `loslib`, `loadlib` (a sandbox has its own, `src/lua/libs`).
const UNITS: [&str; 28] = [
    "lapi", "lauxlib", "lbaselib", "lcode", "lcorolib", "lctype", "ldblib", "ldebug", "ldo", "ldump", "lfunc", "lgc", "llex", "lmathlib",
    "lmem", "lobject", "lopcodes", "lparser", "lstate", "lstring", "lstrlib", "ltable", "ltablib", "ltm", "lundump", "lutf8lib", "lvm",
    "lzio",
];

/// The folder with Lua's official source files.
pub struct Sources {
    pub dir: PathBuf,
}

impl Sources {
    /// Asks cargo where the package is, which also works with vendored or offline registries.
    pub fn find(env: &Env) -> Result<Sources, String> {
        let metadata = cargo_metadata::MetadataCommand::new()
            .cargo_path(&env.cargo)
            .manifest_path(env.manifest_dir.join("Cargo.toml"))
            // Packages for other systems need not be there.
            .other_options(["--filter-platform".to_owned(), env.host.clone()])
            .exec()
            .map_err(|e| format!("cargo metadata: {e}"))?;
        let package = metadata
            .packages
            .iter()
            .find(|p| p.name == "lua-src")
            .ok_or("the package lua-src is not among the dependencies")?;
        let dir = package.manifest_path.parent().ok_or("lua-src has no folder")?.join("lua-5.4.7");
        Ok(Sources { dir: dir.into() })
    }

    /// Compares every file with `lua-5.4.7/SHA256SUMS`.
    pub fn verify(&self, env: &Env) -> Result<(), String> {
        let list = env.manifest_dir.join("lua-5.4.7/SHA256SUMS");
        println!("cargo:rerun-if-changed={}", list.display());
        println!("cargo:rerun-if-changed={}", self.dir.display());
        verify(&self.dir, &std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?)
    }

    /// Compiles all units into one static library.
    pub fn compile(&self, env: &Env) -> Result<(), String> {
        let mut build = shims::compiler(env);
        build.include(&self.dir);
        if env.apicheck {
            build.define("LUA_USE_APICHECK", None);
        }
        for unit in UNITS {
            build.file(self.dir.join(unit).with_extension("c"));
        }
        let internals = env.manifest_dir.join("src/lua/internals.c");
        println!("cargo:rerun-if-changed={}", internals.display());
        build.file(internals);
        build.try_compile("lua").map_err(|e| format!("compiling Lua: {e}"))
    }
}

/// Fails with the name of the first file in `dir` that is changed, missing or not on the list `sums` (`sha256sum` format).
fn verify(dir: &Path, sums: &str) -> Result<(), String> {
    let mut expected: BTreeMap<&str, &str> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(sum, name)| (name, sum)).collect();
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
