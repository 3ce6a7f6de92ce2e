//! C libraries of someone else's that are linked into the module, as docs/EXTENDING.md describes: every folder NAME holds C files that
//! define `luaopen_NAME`. Without any there is nothing to compile, and the module is the one that is shipped.

use std::path::Path;

use crate::env::Env;
use crate::lua::Sources;
use crate::shims;

pub fn build(env: &Env, lua: &Sources) -> Result<(), String> {
    println!("cargo:rustc-check-cfg=cfg(cu_c_libraries)");
    if env.c_libraries.is_empty() {
        return Ok(());
    }
    if !env.is_wasm {
        return Err("CU_C_LIBRARIES is for the module alone: build for wasm32-unknown-unknown".to_owned());
    }
    println!("cargo:rustc-cfg=cu_c_libraries");
    let names = env.c_libraries.iter().map(|dir| compile(env, lua, dir)).collect::<Result<Vec<_>, _>>()?;
    std::fs::write(env.out_dir.join("c_libraries.rs"), declarations(&names)).map_err(|e| format!("c_libraries.rs: {e}"))
}

/// Compiles one library and returns its name.
fn compile(env: &Env, lua: &Sources, dir: &Path) -> Result<String, String> {
    println!("cargo:rerun-if-changed={}", dir.display());
    let wrong = |what: &str| format!("CU_C_LIBRARIES: {}: {what}", dir.display());
    if !dir.is_absolute() {
        return Err(wrong("the path must be absolute"));
    }
    let name = dir.file_name().and_then(|name| name.to_str()).filter(|name| is_identifier(name));
    let name = name.ok_or_else(|| wrong("the folder's name must be a name of C: luaopen_NAME is called"))?;
    let files = shims::c_files(dir)?;
    if files.is_empty() {
        return Err(wrong("there is no .c file"));
    }
    let mut build = shims::compiler(env);
    build.include(&lua.dir).opt_level_str("2").files(files);
    build.try_compile(&format!("cu_c_{name}")).map_err(|e| format!("compiling {}: {e}", dir.display()))?;
    Ok(name.to_owned())
}

/// What `src/lua/libs/linked.rs` includes.
fn declarations(names: &[String]) -> String {
    let functions: String = names.iter().map(|name| format!("    fn luaopen_{name}(L: *mut lua_State) -> c_int;\n")).collect();
    let entries: String = names.iter().map(|name| format!("    (c\"{name}\", luaopen_{name}),\n")).collect();
    format!("unsafe extern \"C-unwind\" {{\n{functions}}}\n\nconst LIBRARIES: &Functions = &[\n{entries}];\n")
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
