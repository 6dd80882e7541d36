//! Text that must be escaped: for Markdown, terminals and pipeline commands.

mod cmark;
mod json;
mod markdown;
mod tree;
