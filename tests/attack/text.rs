//! Text that must stay text: Markdown, terminals, pipelines' commands.

mod cmark;
mod json;
mod markdown;
mod tree;
