//! The stages together, with a stand-in for `wasm-opt`: what is written when, and what is not.

use crate::support::{PRELUDE, assemble};
use cu_postlink::Error;
use cu_postlink::build::{Build, Checks, build};
use std::path::{Path, PathBuf};

/// A folder of its own for a test, with a `wasm-opt` that copies and a budget that is generous.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        // What an earlier run left must not help this one.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the target folder can be written to");
        let folder = Folder(folder);
        // The options come first, then input, "-o", output.
        folder.program("wasm-opt", "while [ $# -gt 3 ]; do shift; done\ncp \"$1\" \"$3\"\n");
        folder.write("budget.toml", "raw_bytes = 10000\ngzip_bytes = 10000\n");
        folder.write("imports.txt", "host (i32) -> (i32)\n");
        folder.write("exports.txt", "memory memory\nrun func () -> ()\ntrace func () -> (i32)\n");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, format!("#!/bin/sh\n{text}"));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path(name), mode).expect("made executable");
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("listed");
        let mut names: Vec<_> = entries.map(|e| e.expect("listed").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    fn build(&self, wasm: &[u8], bless: bool, keep_names: bool) -> Result<String, Error> {
        self.write("in.wasm", wasm);
        let checks = Checks { lists: self.0.clone(), bless, memory_pages: 1 };
        build(&Build {
            input: &self.path("in.wasm"),
            output: &self.path("out.wasm"),
            wasm_opt: &self.path("wasm-opt"),
            steps: None,
            keep_names,
            checks: &checks,
        })
    }
}

const BEFORE: [&str; 5] = ["budget.toml", "exports.txt", "imports.txt", "in.wasm", "wasm-opt"];

/// As cargo leaves it: names, a linker's exports, and sections that nobody needs later.
fn linked(heap_base: &str) -> Vec<u8> {
    let prelude = PRELUDE.replace("(memory (export \"memory\") 1)", "(memory (export \"memory\") 1 1)");
    assemble(&format!(
        r#"(module {prelude}
             {heap_base}
             (global (export "__data_end") i32 (i32.const 64000))
             (func (export "__of_rust_for_c"))
             (@custom "producers" "\00")
             (@custom "target_features" "\00")
             (elem (i32.const 0) $work)
             (func $work (type $body) (call $throw (i32.const 7)) (call $mark (i32.const 1)))
             (func (export "run") (call $try (i32.const 0) (i32.const 7))))"#
    ))
}

const HEAP_BASE: &str = r#"(global (export "__heap_base") i32 (i32.const 65000))"#;

fn sections(path: &Path) -> Vec<String> {
    let wasm = std::fs::read(path).expect("read");
    let custom = cu_postlink::sections::list(&wasm).expect("a module").into_iter().filter(|s| s.custom);
    custom.map(|s| s.name).collect()
}

#[test]
fn a_verified_module_is_written_and_nothing_else() {
    let folder = Folder::new("written");
    let report = folder.build(&linked(HEAP_BASE), false, false).expect("built");
    assert!(report.contains("unused behind static data: 536 bytes"), "{report}");
    for group in ["code ", "total, gzip -9", "lua ", "(exports)"] {
        assert!(report.contains(group), "{group} in {report}");
    }
    let mut expected = BEFORE.to_vec();
    expected.insert(4, "out.wasm");
    assert_eq!(folder.files(), expected);
    assert_eq!(sections(&folder.path("out.wasm")), ["cu.unwind"]);
}

#[test]
fn names_can_be_kept() {
    let folder = Folder::new("named");
    folder.build(&linked(HEAP_BASE), false, true).expect("built");
    assert!(sections(&folder.path("out.wasm")).contains(&"name".to_owned()));
}

#[test]
fn a_build_is_repeatable() {
    let folder = Folder::new("repeatable");
    let mut outputs = (0..2).map(|_| {
        folder.build(&linked(HEAP_BASE), false, false).expect("built");
        std::fs::read(folder.path("out.wasm")).expect("read")
    });
    assert_eq!(outputs.next(), outputs.next());
}

#[test]
fn a_failure_leaves_what_was_there() {
    let no_global = r#"(func (export "__heap_base"))"#;
    let far = r#"(global (export "__heap_base") i32 (i32.const 50000))"#;
    let rows = [
        ("budget.toml", "raw_bytes = 10\ngzip_bytes = 10000\n", HEAP_BASE, "bytes raw, the budget is 10"),
        ("budget.toml", "gzip_bytes = 10\n", HEAP_BASE, "budget.toml: raw_bytes is missing"),
        ("exports.txt", "memory memory\n", HEAP_BASE, "+ run func () -> ()"),
        ("imports.txt", "", HEAP_BASE, "+ host (i32) -> (i32)"),
        ("wasm-opt", "#!/bin/sh\necho out of luck >&2\nexit 3\n", HEAP_BASE, "exit status: 3: out of luck"),
        ("in.wasm", "", "", "link with --export=__heap_base"),
        ("in.wasm", "", no_global, "link with --export=__heap_base"),
        ("in.wasm", "", far, "15536 bytes lie unused behind static data"),
    ];
    for (file, content, heap_base, expected) in rows {
        let folder = Folder::new("failing");
        folder.write("out.wasm", "the one before");
        folder.write(file, content);
        let message = folder.build(&linked(heap_base), false, false).expect_err(expected).to_string();
        assert!(message.contains(expected), "{message:?} should contain {expected:?}");
        assert_eq!(std::fs::read(folder.path("out.wasm")).expect("read"), b"the one before");
        assert!(!folder.files().iter().any(|f| f.starts_with("out.wasm.")), "{:?}", folder.files());
    }
}

#[test]
fn a_missing_file_is_named() {
    for missing in ["wasm-opt", "budget.toml", "imports.txt", "exports.txt"] {
        let folder = Folder::new("missing");
        std::fs::remove_file(folder.path(missing)).expect("removed");
        let message = folder.build(&linked(HEAP_BASE), false, false).expect_err(missing).to_string();
        assert!(message.contains(missing) && message.contains("No such file"), "{message}");
    }
}

#[test]
fn blessing_rewrites_the_lists_and_not_the_budget() {
    let folder = Folder::new("blessed");
    for list in ["imports.txt", "exports.txt"] {
        folder.write(list, "of long ago\n");
    }
    folder.build(&linked(HEAP_BASE), true, false).expect("built");
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).expect("read");
    assert_eq!(read("imports.txt"), "host (i32) -> (i32)\n");
    assert_eq!(read("exports.txt"), "memory memory\nrun func () -> ()\ntrace func () -> (i32)\n");
    assert_eq!(read("budget.toml"), "raw_bytes = 10000\ngzip_bytes = 10000\n");
}
