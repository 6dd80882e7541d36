//! Text that must stay text: Markdown, terminals, pipelines' commands.
