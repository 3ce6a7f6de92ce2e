//! The command line: `cu-postlink build | unwind | verify | report`. It reads arguments and prints; the library works.

use cu_postlink::build::{Build, Checks, build, check, read, write_whole};
use cu_postlink::verify::MEMORY_PAGES;
use cu_postlink::{Error, report, unwind};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cu-postlink: from cargo's linked module to cu.wasm

  cu-postlink build IN.wasm OUT.wasm --wasm-opt PATH [--keep-names] [CHECKS]
      steps and unwind pass, wasm-opt, verification, report; OUT.wasm is written only when it is verified
  cu-postlink unwind IN.wasm OUT.wasm
      the unwind pass alone (docs/UNWIND.md)
  cu-postlink verify FILE.wasm [CHECKS]
      imports, exports, memory, features, sections, sizes
  cu-postlink report FILE.wasm
      bytes by section and, when the file has names, by crate

  --wasm-opt PATH    Binaryen's program, for instance node_modules/.bin/wasm-opt
  --steps FILE       the functions that count steps (docs/LIMITS.md); none unless given
  --keep-names       leave the name section in OUT.wasm
CHECKS
  --lists DIR        imports.txt, exports.txt and budget.toml; tests/artifact unless given
  --memory-pages N   the memory's size; 32 unless given
  CU_BLESS=1         (environment) re-write imports.txt and exports.txt from the module
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(Failure::Usage(what)) => {
            eprintln!("cu-postlink: {what} (--help shows the commands)");
            ExitCode::from(2)
        }
        Err(Failure::Stage(cause)) => {
            eprintln!("cu-postlink: {cause}");
            ExitCode::FAILURE
        }
    }
}

enum Failure {
    Usage(String),
    Stage(Error),
}

impl From<Error> for Failure {
    fn from(cause: Error) -> Failure {
        Failure::Stage(cause)
    }
}

fn run(arguments: &[String]) -> Result<String, Failure> {
    if arguments.iter().any(|a| a == "--help" || a == "-h") {
        return Ok(HELP.to_owned());
    }
    let Options { command, files, wasm_opt, steps, keep_names, checks } = Options::parse(arguments)?;
    match (command.as_str(), &files[..]) {
        ("build", [input, output]) => {
            let wasm_opt = &wasm_opt.ok_or_else(|| Failure::Usage("build needs --wasm-opt".into()))?;
            let (steps, checks) = (steps.as_deref(), &checks);
            Ok(build(&Build { input, output, wasm_opt, steps, keep_names, checks })?)
        }
        ("unwind", [input, output]) => {
            write_whole(output, &unwind::unwind(&read(input)?).map_err(Error::from)?)?;
            Ok(String::new())
        }
        ("verify", [file]) => {
            check(&read(file)?, &checks)?;
            Ok(format!("{}: verified\n", file.display()))
        }
        ("report", [file]) => Ok(report::report(&read(file)?)?),
        (command, files) => {
            let count = files.len();
            Err(Failure::Usage(format!("no command {command:?} with {count} file(s)")))
        }
    }
}

struct Options {
    command: String,
    files: Vec<PathBuf>,
    wasm_opt: Option<PathBuf>,
    steps: Option<PathBuf>,
    keep_names: bool,
    checks: Checks,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options, Failure> {
        let mut rest = arguments.iter();
        let mut options = Options {
            command: rest.next().cloned().unwrap_or_default(),
            files: Vec::new(),
            wasm_opt: None,
            steps: None,
            keep_names: false,
            checks: Checks {
                lists: PathBuf::from("tests/artifact"),
                bless: std::env::var_os("CU_BLESS").is_some_and(|v| v == "1"),
                memory_pages: MEMORY_PAGES,
            },
        };
        while let Some(argument) = rest.next() {
            let wrong = || Failure::Usage(format!("{argument} is not understood, or lacks its value"));
            let mut value = || rest.next().ok_or_else(wrong);
            match argument.as_str() {
                "--wasm-opt" => options.wasm_opt = Some(value()?.into()),
                "--steps" => options.steps = Some(value()?.into()),
                "--lists" => options.checks.lists = value()?.into(),
                "--memory-pages" => {
                    options.checks.memory_pages = value()?.parse().map_err(|_| wrong())?;
                }
                "--keep-names" => options.keep_names = true,
                other if other.starts_with('-') => return Err(wrong()),
                file => options.files.push(file.into()),
            }
        }
        Ok(options)
    }
}
