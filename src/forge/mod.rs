//! The forges: where a repository lives, and the addresses of its pages.

mod address;
mod links;

pub use address::locate;
pub use links::Links;
