//! The profile: how often each part of Lua's code ran in the programs of `scripts/training`. It is kept as text, `build/lua.proftext`,
//! which `scripts/profile` renews. clang wants it indexed, and then makes hot parts fast and cold ones small.

use std::path::PathBuf;
use std::process::Command;

use crate::env::Env;
use crate::shims;

/// The indexed profile; none for a native target, which is no product.
pub fn indexed(env: &Env) -> Result<Option<PathBuf>, String> {
    if !env.is_wasm {
        return Ok(None);
    }
    let text = env.manifest_dir.join("build/lua.proftext");
    println!("cargo:rerun-if-changed={}", text.display());
    let result = env.out_dir.join("lua.profdata");
    let tool = tool(env)?;
    let done = Command::new(&tool).arg("merge").arg(&text).arg("-o").arg(&result).output();
    let done = done.map_err(|e| format!("{}: {e}: install the rest of LLVM beside clang (Debian: llvm-22)", tool.display()))?;
    if !done.status.success() {
        return Err(format!("{}: {}", tool.display(), String::from_utf8_lossy(&done.stderr).trim()));
    }
    Ok(Some(result))
}

/// `llvm-profdata` of the same version as clang, which reads what it writes.
fn tool(env: &Env) -> Result<PathBuf, String> {
    let clang = shims::clang(env);
    let asked = Command::new(&clang).arg("--print-prog-name=llvm-profdata").output().map_err(|e| format!("{clang}: {e}"))?;
    Ok(String::from_utf8_lossy(&asked.stdout).trim().into())
}
