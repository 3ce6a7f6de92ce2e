//! Tests of the post-link tool: small modules in text form in, what they do or which message comes out.

mod build;
mod differential;
mod page;
mod placement;
mod refusals;
mod running;
mod steps;
mod support;
mod verify;
