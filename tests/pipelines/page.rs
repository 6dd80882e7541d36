//! The pipelines and configurations in the documentation.

use serde_json::Value;

const PAGE: &str = include_str!("../../docs/pipelines.md");

/// A section of the page.
pub(crate) struct Section(&'static str);

impl Section {
    /// A whole page.
    pub(crate) fn page(text: &'static str) -> Self {
        Self(text)
    }

    /// The section with this heading, up to the next one of its level.
    pub(crate) fn new(heading: &str) -> Self {
        let (_, rest) = PAGE.split_once(&format!("\n### {heading}\n")).expect(heading);
        let ends = ["\n### ", "\n## "].map(|level| rest.find(level).unwrap_or(rest.len()));
        let end = ends.into_iter().min().unwrap_or_default();
        Self(&rest[..end])
    }

    /// The configuration.
    pub(crate) fn config(&self) -> &'static str {
        self.block("toml")
    }

    /// The pipeline that contains a text.
    pub(crate) fn pipeline(&self, with: &str) -> Value {
        let block = self.blocks("yaml").find(|block| block.contains(with)).expect(with);
        serde_saphyr::from_str(block).expect("YAML")
    }

    /// The only block in a language.
    pub(crate) fn block(&self, language: &str) -> &'static str {
        self.blocks(language).next().expect(language)
    }

    fn blocks(&self, language: &str) -> impl Iterator<Item = &'static str> {
        let start = format!("\n```{language}\n");
        let blocks: Vec<&'static str> = self.0.split(&start).skip(1).collect();
        blocks.into_iter().map(|rest| rest.split("\n```").next().unwrap_or(rest))
    }
}
