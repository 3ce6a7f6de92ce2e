//! The C compiler's settings, for Lua, for the shims and for the bindings alike, and the compilation of `shims/*.c`.

use std::path::{Path, PathBuf};

use crate::env::Env;

/// Flags of the wasm target. Only features that every engine has: docs/ARCHITECTURE.md, "Engines".
pub const WASM_FLAGS: [&str; 8] = [
    "--target=wasm32-unknown-unknown",
    "-mcpu=mvp",
    "-mbulk-memory",
    "-msign-ext",
    "-mnontrapping-fptoint",
    "-mmutable-globals",
    "-nostdlibinc",
    // bindgen emits no functions that are hidden.
    "-fvisibility=default",
];

/// A compiler for C that belongs to the module: the shims' headers for wasm, the system's for a native target.
pub fn compiler(env: &Env) -> cc::Build {
    let mut build = cc::Build::new();
    build.warnings(false).define("LUA_USER_H", "\"cu_user.h\"");
    // Error messages and asserts must not carry the folder of the build: it would not be reproducible.
    build.flag_if_supported(format!("-ffile-prefix-map={}=.", env.manifest_dir.display()));
    if !env.is_wasm {
        // The headers that both sides share; the others would hide the system's.
        build.include(env.manifest_dir.join("shims/user")).define("LUA_USE_POSIX", None);
        return build.flag("-include").flag("cu_services.h").to_owned();
    }
    build.compiler(clang(env)).opt_level_str("s").flags(WASM_FLAGS);
    build.flag("-ffunction-sections").flag("-fdata-sections");
    build.flag("-isystem").flag(include_dir(env)).flag("-include").flag("cu_config.h");
    build
}

/// The folder of the shims' headers.
pub fn include_dir(env: &Env) -> String {
    env.manifest_dir.join("shims/include").display().to_string()
}

/// Compiles every C file of the shims into one static library.
pub fn compile(env: &Env) -> Result<(), String> {
    let dir = env.manifest_dir.join("shims");
    println!("cargo:rerun-if-changed={}", dir.display());
    let mut build = compiler(env);
    build.files(c_files(&dir)?).try_compile("shims").map_err(|e| format!("compiling the shims: {e}"))
}

/// The C files of a folder, in one order: that of a folder is not the same everywhere, and that of a link must be.
pub fn c_files(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut files: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|x| x == "c")).collect();
    files.sort();
    Ok(files)
}

/// The first clang of a supported version, newest first, unless `CC_wasm32_unknown_unknown` names one.
pub fn clang(env: &Env) -> String {
    if let Some(clang) = &env.clang {
        return clang.clone();
    }
    let names = (19..=30).rev().map(|v| format!("clang-{v}")).chain(["clang".to_owned()]);
    names.into_iter().find(|name| runs(name)).unwrap_or_else(|| "clang".to_owned())
}

fn runs(program: &str) -> bool {
    std::process::Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}
