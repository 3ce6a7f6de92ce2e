//! The proof that Lua's sources are the official ones: build/checksums.rs, which the build runs, on a copy of the sources and on copies
//! that were tampered with.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../build/checksums.rs"]
mod proof;

/// A folder of this test alone, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn copy_of(sources: &Path, name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("cu-checksums-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(sources).unwrap() {
            let path = entry.unwrap().path();
            fs::write(folder.join(path.file_name().unwrap()), fs::read(&path).unwrap()).unwrap();
        }
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo keeps the package, as build/lua.rs asks.
fn sources() -> PathBuf {
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        // Packages for other systems need not be there.
        .other_options(["--offline", "--locked", "--filter-platform", &machine()].map(str::to_owned))
        .exec()
        .expect("cargo metadata");
    let package = metadata.packages.iter().find(|package| package.name == "lua-src").expect("lua-src");
    package.manifest_path.parent().unwrap().join("lua-5.4.7").into()
}

/// The triple of this machine, as cargo tells it.
fn machine() -> String {
    let output = std::process::Command::new(env!("CARGO")).arg("-vV").output().expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("it is text");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host").to_owned()
}

/// A name, what is done to a copy, and what the check says of it.
type Tampering = (&'static str, fn(&Path), Result<(), &'static str>);

#[test]
fn a_changed_missing_or_extra_file_is_named() {
    let cases: [Tampering; 7] = [
        ("unchanged", |_| {}, Ok(())),
        ("changed", |dir| change(&dir.join("lvm.c"), |bytes| bytes.push(b'\n')), Err("lvm.c: differs from Lua 5.4.7")),
        ("one-bit", |dir| change(&dir.join("lua.h"), |bytes| bytes[1000] ^= 1), Err("lua.h: differs from Lua 5.4.7")),
        ("emptied", |dir| change(&dir.join("lzio.c"), Vec::clear), Err("lzio.c: differs from Lua 5.4.7")),
        ("missing", |dir| fs::remove_file(dir.join("lgc.c")).unwrap(), Err("lgc.c: missing from Lua 5.4.7")),
        ("extra", |dir| fs::write(dir.join("extra.c"), "").unwrap(), Err("extra.c: not a file of Lua 5.4.7")),
        ("renamed", |dir| fs::rename(dir.join("lapi.c"), dir.join("lapi2.c")).unwrap(), Err("lapi2.c: not a file of Lua 5.4.7")),
    ];
    let (sources, sums) = (sources(), fs::read_to_string(root().join("lua-5.4.7/SHA256SUMS")).unwrap());
    for (name, tamper, expected) in cases {
        let folder = Folder::copy_of(&sources, name);
        tamper(&folder.0);
        let result = proof::verify(&folder.0, &sums);
        match expected {
            Ok(()) => assert_eq!(result, Ok(()), "{name}"),
            Err(start) => assert!(result.as_ref().is_err_and(|message| message.starts_with(start)), "{name}: {result:?}"),
        }
    }
}

fn change(file: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).unwrap();
    how(&mut bytes);
    fs::write(file, bytes).unwrap();
}
