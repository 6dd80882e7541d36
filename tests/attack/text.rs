//! Text that must stay text: Markdown, terminals, pipelines' commands.

mod cmark;
mod markdown;
mod tree;
