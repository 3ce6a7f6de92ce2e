//! Lua's sources: where they are, that they are the official ones, and how they are compiled. They come from the package
//! `lua-src` and are never changed; all adaptation happens through headers and macros.

use std::path::PathBuf;

use crate::checksums;
use crate::env::Env;
use crate::profile;
use crate::shims;

/// Every translation unit of the module. Left out: `linit`, `liolib`, `loslib`, `loadlib` (a sandbox has its own, `src/lua/libs`).
const UNITS: [&str; 28] = [
    "lapi", "lauxlib", "lbaselib", "lcode", "lcorolib", "lctype", "ldblib", "ldebug", "ldo", "ldump", "lfunc", "lgc", "llex", "lmathlib",
    "lmem", "lobject", "lopcodes", "lparser", "lstate", "lstring", "lstrlib", "ltable", "ltablib", "ltm", "lundump", "lutf8lib", "lvm",
    "lzio",
];

/// The units where most time goes are optimised for speed, those where the least goes for nothing but size, all others for size, with what
/// the profile says of their hot parts (docs/ARCHITECTURE.md, "Size and speed").
const HOT_UNITS: [&str; 2] = ["lapi", "lvm"];
const COLD_UNITS: [&str; 13] =
    ["lcode", "lcorolib", "lctype", "ldblib", "ldebug", "ldump", "llex", "lmathlib", "lopcodes", "lparser", "lundump", "lutf8lib", "lzio"];

/// The units of src/lua, and how each is optimised.
const OWN_UNITS: [(&str, &str); 2] = [("internals", "s"), ("links", "z")];

/// The interpreter's one function came out slower with a profile.
const UNPROFILED_UNITS: [&str; 1] = ["lvm"];

/// The unit that does without LLVM's CodeGenPrepare. That pass moves addresses and comparisons of the interpreter to where the engine has
/// more to keep than registers: measured, as much here is (docs/ARCHITECTURE.md, "Size and speed").
const UNPREPARED_UNITS: [&str; 1] = ["lvm"];

/// Headers of src/lua/include that a unit is given.
const PRELUDES: [(&str, &[&str]); 5] = [
    ("ldo", &["calls.h"]),
    ("lvm", &["access.h", "fields.h", "interpreter.h"]),
    ("lcorolib", &["coroutines.h"]),
    ("lbaselib", &["protected.h"]),
    ("lstrlib", &["patterns.h", "positions.h"]),
];

/// Natively nothing counts steps.
const NATIVE_PRELUDES: [(&str, &[&str]); 1] = [("lvm", &["access.h", "fields.h"])];

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
        let package = metadata.packages.iter().find(|p| p.name == "lua-src").ok_or("the package lua-src is not among the dependencies")?;
        let dir = package.manifest_path.parent().ok_or("lua-src has no folder")?.join("lua-5.4.7");
        Ok(Sources { dir: dir.into() })
    }

    /// Compares every file with `lua-5.4.7/SHA256SUMS`.
    pub fn verify(&self, env: &Env) -> Result<(), String> {
        let list = env.manifest_dir.join("lua-5.4.7/SHA256SUMS");
        println!("cargo:rerun-if-changed={}", list.display());
        println!("cargo:rerun-if-changed={}", self.dir.display());
        checksums::verify(&self.dir, &std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?)
    }

    /// Compiles all units, each into a library of its own.
    pub fn compile(&self, env: &Env) -> Result<(), String> {
        let profile = profile::indexed(env)?;
        for unit in UNITS {
            let mut build = self.compiler(env, opt_level(unit));
            let preludes = if env.is_wasm { &PRELUDES[..] } else { &NATIVE_PRELUDES };
            for header in preludes.iter().filter(|(with, _)| *with == unit).flat_map(|(_, headers)| *headers) {
                let header = env.manifest_dir.join("src/lua/include").join(header);
                println!("cargo:rerun-if-changed={}", header.display());
                build.flag("-include").flag(header);
            }
            if env.is_wasm && UNPREPARED_UNITS.contains(&unit) {
                build.flag("-mllvm").flag("-disable-cgp");
            }
            if let Some(profile) = profile.as_ref().filter(|_| !UNPROFILED_UNITS.contains(&unit)) {
                build.flag(format!("-fprofile-instr-use={}", profile.display()));
            }
            build.file(self.dir.join(unit).with_extension("c"));
            compile(&build, &format!("lua_{unit}"))?;
        }
        for (unit, opt_level) in OWN_UNITS {
            let file = env.manifest_dir.join("src/lua").join(unit).with_extension("c");
            println!("cargo:rerun-if-changed={}", file.display());
            compile(self.compiler(env, opt_level).file(file), &format!("lua_{unit}"))?;
        }
        Ok(())
    }

    fn compiler(&self, env: &Env, opt_level: &str) -> cc::Build {
        let mut build = shims::compiler(env);
        let threads = env.manifest_dir.join("src/lua/threads.h");
        println!("cargo:rerun-if-changed={}", threads.display());
        build.include(&self.dir).opt_level_str(opt_level).flag("-include").flag(threads);
        for check in &env.lua_checks {
            build.define(check, None);
        }
        build
    }
}

fn opt_level(unit: &str) -> &'static str {
    if HOT_UNITS.contains(&unit) {
        "2"
    } else if COLD_UNITS.contains(&unit) {
        "z"
    } else {
        "s"
    }
}

fn compile(build: &cc::Build, library: &str) -> Result<(), String> {
    build.try_compile(library).map_err(|e| format!("compiling Lua: {e}"))
}
