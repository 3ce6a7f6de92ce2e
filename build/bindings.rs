//! Lua's C API as Rust declarations, made by bindgen from Lua's own headers.

use crate::env::Env;
use crate::lua::Sources;
use crate::shims;

pub fn generate(env: &Env, lua: &Sources) -> Result<(), String> {
    let header = env.manifest_dir.join("src/lua/internals.h");
    println!("cargo:rerun-if-changed={}", header.display());
    let mut builder = bindgen::builder()
        .header(header.display().to_string())
        .clang_arg(format!("-I{}", lua.dir.display()))
        .clang_arg("-DLUA_USER_H=\"cu_user.h\"")
        // Some change what the headers say: with a short stack the registry has another index.
        .clang_args(env.lua_checks.iter().map(|check| format!("-D{check}")))
        .use_core()
        .allowlist_function("(lua|luaL|luaopen|cu)_.*")
        .allowlist_type("(lua|luaL)_.*")
        .allowlist_var("(LUA|LUAI|CU)_.*")
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        // Lua's errors pass through Rust's frames: by return in the module, by longjmp natively.
        .override_abi(bindgen::Abi::CUnwind, ".*")
        .layout_tests(false)
        .formatter(bindgen::Formatter::None);
    if env.is_wasm {
        builder = builder.clang_args(shims::WASM_FLAGS).clang_args(["-isystem", &shims::include_dir(env)]);
    } else {
        builder = builder.clang_arg(format!("-I{}", env.manifest_dir.join("shims/user").display()));
    }
    let bindings = builder.generate().map_err(|e| format!("bindgen: {e}"))?;
    bindings.write_to_file(env.out_dir.join("bindings.rs")).map_err(|e| format!("bindings.rs: {e}"))
}
