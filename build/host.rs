//! Where the host is. The stand-alone module has it outside, behind imports; natively, and in an application of wasm-bindgen, it is a
//! part of the same program (src/native).

use crate::env::Env;

pub fn choose(env: &Env) {
    println!("cargo:rustc-check-cfg=cfg(cu_module, cu_bindgen)");
    if env.is_wasm {
        println!("cargo:rustc-cfg={}", if env.is_bindgen { "cu_bindgen" } else { "cu_module" });
    }
}
