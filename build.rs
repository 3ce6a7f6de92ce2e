//! Conducts the build of Lua for this crate: find and verify the sources, compile them, bind their API, lay out the memory.
//! Each stage lives in a file of its own under `build/`; this one holds only their order.

#[path = "build/bindings.rs"]
mod bindings;
#[path = "build/c_libraries.rs"]
mod c_libraries;
#[path = "build/checksums.rs"]
mod checksums;
#[path = "build/env.rs"]
mod env;
#[path = "build/host.rs"]
mod host;
#[path = "build/lua.rs"]
mod lua;
#[path = "build/memory.rs"]
mod memory;
#[path = "build/profile.rs"]
mod profile;
#[path = "build/shims.rs"]
mod shims;

fn main() {
    if let Err(message) = build() {
        // A panic would bury the one line that matters under a backtrace.
        eprintln!("error: {message}");
        std::process::exit(1);
    }
}

fn build() -> Result<(), String> {
    let env = env::Env::read()?;
    let lua = lua::Sources::find(&env)?;
    host::choose(&env);
    lua.verify(&env)?;
    lua.compile(&env)?;
    if env.is_wasm {
        shims::compile(&env)?;
    }
    c_libraries::build(&env, &lua)?;
    bindings::generate(&env, &lua)?;
    memory::lay_out(&env)
}
