//! The C symbols at the border between Lua and this folder, against the golden
//! list symbols.txt: which Lua file uses what a C file here defines, and what
//! is left for Rust, the linker and the unwind pass. `CU_BLESS=1` rewrites the
//! list. It needs clang and llvm-nm of one version, 19 or later.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lua's files that the module replaces: a sandbox has its own.
const LEFT_OUT: [&str; 4] = ["linit", "liolib", "loslib", "loadlib"];

/// As in build/shims.rs of the root package.
const FLAGS: [&str; 13] = [
    "--target=wasm32-unknown-unknown",
    "-mcpu=mvp",
    "-mbulk-memory",
    "-msign-ext",
    "-mnontrapping-fptoint",
    "-mmutable-globals",
    "-nostdlibinc",
    "-fvisibility=default",
    "-DLUA_USER_H=\"cu_user.h\"",
    "-include",
    "cu_config.h",
    "-O2",
    // A header that lacks something must not pass as a warning.
    "-Werror",
];

#[test]
fn symbols_are_those_of_the_golden_list() {
    let shims = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suffix = tool_suffix();
    let lua = lua_folder();
    let objects = tempdir();
    let mut files: Vec<PathBuf> = c_files(&lua);
    files.retain(|file| !LEFT_OUT.contains(&stem(file).as_str()));
    files.extend(c_files(shims));

    let (mut definers, mut users) = (BTreeMap::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for file in files {
        let (unit, object) = (stem(&file), objects.join(stem(&file)));
        let mut clang = Command::new(format!("clang{suffix}"));
        clang.args(FLAGS).arg("-isystem").arg(shims.join("include")).arg("-c").arg(&file).arg("-o").arg(&object);
        run(&mut clang);
        for line in run(Command::new(format!("llvm-nm{suffix}")).arg("--format=posix").arg("--extern-only").arg(&object)).lines() {
            let mut fields = line.split(' ');
            let (name, kind) = (fields.next().expect("a name").to_owned(), fields.next().expect("a kind"));
            if kind == "U" {
                users.entry(name).or_default().insert(unit.clone());
            } else if let Some(other) = definers.insert(name.clone(), unit.clone()) {
                panic!("{name} is defined in {other} and in {unit}");
            }
        }
    }
    std::fs::remove_dir_all(&objects).expect("removing the objects");

    let defined = definers.iter().filter(|(_, unit)| shims.join(format!("{unit}.c")).exists());
    let defined = defined.map(|(name, unit)| {
        let users = users.get(name).unwrap_or_else(|| panic!("{name} of {unit}.c is used by nobody"));
        format!("D {name} {unit}.c: {}\n", join(users))
    });
    let undefined = users.iter().filter(|(name, _)| !definers.contains_key(*name) && !name.starts_with("__"));
    let undefined = undefined.map(|(name, users)| format!("U {name}: {}\n", join(users)));
    check_golden(&shims.join("symbols.txt"), &defined.chain(undefined).collect::<String>());
}

fn check_golden(golden: &Path, found: &str) {
    if std::env::var_os("CU_BLESS").is_some() {
        std::fs::write(golden, found).expect("writing the golden list");
    }
    let expected = std::fs::read_to_string(golden).expect("reading the golden list");
    assert!(expected == found, "symbols.txt (CU_BLESS=1 renews it) has\n{expected}\nbut the objects have\n{found}");
}

/// "-22" or the like; nothing where the tools have no number.
fn tool_suffix() -> String {
    let mut suffixes = (19..=30).rev().map(|version| format!("-{version}")).chain([String::new()]);
    let runs = |program: String| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    suffixes
        .find(|suffix| runs(format!("clang{suffix}")) && runs(format!("llvm-nm{suffix}")))
        .expect("clang and llvm-nm of one version, 19 or later (Debian: clang-22 llvm-22)")
}

/// The sources in the package `lua-src`, wherever cargo keeps it.
fn lua_folder() -> PathBuf {
    // Packages for other platforms need not have been fetched.
    let version = run(Command::new("rustc").arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc says its host");
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(["--offline", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo metadata");
    let package = metadata.packages.iter().find(|package| package.name == "lua-src").expect("lua-src is a dependency");
    package.manifest_path.with_file_name("lua-5.4.7").into()
}

fn c_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder with C files");
    let files = entries.map(|entry| entry.expect("an entry").path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "c")).collect()
}

fn stem(file: &Path) -> String {
    file.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn tempdir() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("symbols-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the objects");
    folder
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
