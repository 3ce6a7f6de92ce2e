//! External tables: tables whose contents live in the host. Lua holds proxies, empty tables with one common metatable; which
//! handle a proxy stands for is kept outside Lua's reach (`handles`).

pub mod adoption;
#[cfg(cu_c_libraries)]
mod api;
mod bulk;
pub mod cycles;
pub mod handles;
pub mod home;
pub mod keys;
pub mod library;
pub mod links;
pub mod metamethods;
pub mod metatable;
pub mod null;
pub mod proxy;
pub mod raw;
pub mod reference;
pub mod stand_in;
pub mod unknown;
