//! The only reader of the environment. Everything that can change a build is read here, once, and announced to cargo.

use std::path::PathBuf;

/// What the build depends on.
pub struct Env {
    pub out_dir: PathBuf,
    pub manifest_dir: PathBuf,
    pub cargo: PathBuf,
    /// The triple of the machine that builds.
    pub host: String,
    pub is_wasm: bool,
    /// The feature `wasm-bindgen`.
    pub is_bindgen: bool,
    /// The compiler for C in the module: `CC_wasm32_unknown_unknown`, or the newest clang that is found.
    pub clang: Option<String>,
    /// Bytes of the heap region: `CU_HEAP_BYTES`, or the default module's 1.5 MiB, natively 3 MiB.
    pub heap_bytes: usize,
    /// The macros of Lua's own checks that are turned on: `CU_LUA_CHECKS`, some of api, assert, memory, stack, short, with commas.
    pub lua_checks: Vec<&'static str>,
    /// Natively Lua's memory comes from the system, of which a sanitizer sees every block: `CU_SYSTEM_HEAP=1`.
    pub system_heap: bool,
    /// Folders of C libraries to be linked into the module (docs/EXTENDING.md): `CU_C_LIBRARIES`, separated as in `PATH`.
    pub c_libraries: Vec<PathBuf>,
}

pub const DEFAULT_HEAP_BYTES: usize = 1_572_864;
/// Natively pointers are twice as large, and with them most of what Lua makes: what fits into the module's heap fits here.
const NATIVE_HEAP_BYTES: usize = 2 * DEFAULT_HEAP_BYTES;
const HEAP_BYTES_MIN: usize = 256 * 1024;
const HEAP_BYTES_MAX: usize = 1 << 30;

/// Of the calls of the API; of what must hold inside; a collection at each allocation; a new place for the stack whenever it might move;
/// a stack that ends soon.
const LUA_CHECKS: [(&str, &str); 5] = [
    ("api", "LUA_USE_APICHECK"),
    ("assert", "LUAI_ASSERT"),
    ("memory", "HARDMEMTESTS"),
    ("stack", "HARDSTACKTESTS"),
    ("short", "CU_SHORT_STACK"),
];

impl Env {
    pub fn read() -> Result<Env, String> {
        let is_wasm = required("CARGO_CFG_TARGET_ARCH")? == "wasm32";
        Ok(Env {
            out_dir: required("OUT_DIR")?.into(),
            manifest_dir: required("CARGO_MANIFEST_DIR")?.into(),
            cargo: required("CARGO")?.into(),
            host: required("HOST")?,
            is_wasm,
            is_bindgen: std::env::var_os("CARGO_FEATURE_WASM_BINDGEN").is_some(),
            clang: setting("CC_wasm32_unknown_unknown"),
            heap_bytes: heap_bytes(if is_wasm { DEFAULT_HEAP_BYTES } else { NATIVE_HEAP_BYTES })?,
            lua_checks: lua_checks(&setting("CU_LUA_CHECKS").unwrap_or_default())?,
            system_heap: !is_wasm && setting("CU_SYSTEM_HEAP").as_deref() == Some("1"),
            c_libraries: folders(&setting("CU_C_LIBRARIES").unwrap_or_default()),
        })
    }
}

fn required(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set: run this through cargo"))
}

fn setting(name: &str) -> Option<String> {
    println!("cargo:rerun-if-env-changed={name}");
    std::env::var(name).ok()
}

fn folders(list: &str) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect()
}

fn lua_checks(list: &str) -> Result<Vec<&'static str>, String> {
    let names = list.split(',').filter(|name| !name.is_empty());
    let known = |name| LUA_CHECKS.iter().find(|(known, _)| *known == name).map(|(_, define)| *define);
    names.map(|name| known(name).ok_or(format!("CU_LUA_CHECKS={list}: expected some of api, assert, memory, stack, short"))).collect()
}

fn heap_bytes(default: usize) -> Result<usize, String> {
    let Some(text) = setting("CU_HEAP_BYTES") else { return Ok(default) };
    text.parse()
        .ok()
        .filter(|n| (HEAP_BYTES_MIN..=HEAP_BYTES_MAX).contains(n) && n % 16 == 0)
        .ok_or(format!("CU_HEAP_BYTES={text}: expected a multiple of 16 from {HEAP_BYTES_MIN} to {HEAP_BYTES_MAX}"))
}
