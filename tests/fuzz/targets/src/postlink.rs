//! The passes after the link, on any bytes: an error, never a panic; and from a valid module comes a valid module. They are Rust without
//! unsafe code, so that this program needs no sanitizer.
#![no_main]

use cu_postlink::steps::{self, List};
use cu_postlink::{inspect, layout, report, sections, unwind};

/// Names that the seeds (seeds/*.wat) have.
const STEPS: &str = "call work\nloop turn\ncount turn\nbytes compare";

libfuzzer_sys::fuzz_target!(|wasm: &[u8]| {
    run(wasm);
});

fn run(wasm: &[u8]) {
    let is_valid = wasmparser::Validator::new().validate_all(wasm).is_ok();
    let _ = inspect::inspect(wasm);
    let _ = sections::strip(wasm);
    let _ = report::report(wasm);
    let _ = layout::take(wasm);
    let list = List::parse(STEPS).unwrap_or_default();
    for made in [unwind::unwind(wasm).ok(), steps::count(wasm, &list).ok(), counted(wasm, &list)].into_iter().flatten() {
        let valid = wasmparser::Validator::new().validate_all(&made).map(|_| ());
        assert!(!is_valid || valid.is_ok(), "a valid module became an invalid one: {valid:?}");
    }
    if let Ok(once) = unwind::unwind(wasm) {
        assert!(unwind::unwind(&once).is_ok_and(|twice| twice == once), "the pass changes what it made");
    }
}

fn counted(wasm: &[u8], list: &List) -> Option<Vec<u8>> {
    unwind::unwind(&steps::count(wasm, list).ok()?).ok()
}
