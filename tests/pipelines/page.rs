//! The pipelines and configurations in the documentation.

use serde_json::Value;

const PAGE: &str = include_str!("../../docs/pipelines.md");

/// A section of the page.
pub(crate) struct Section(&'static str);

impl Section {
    /// The section with this heading, up to the next one of its level.
    pub(crate) fn new(heading: &str) -> Self {
        let (_, rest) = PAGE.split_once(&format!("\n### {heading}\n")).expect(heading);
        let end = rest.find("\n### ").or_else(|| rest.find("\n## ")).unwrap_or(rest.len());
        Self(&rest[..end])
    }

    /// The configuration.
    pub(crate) fn config(&self) -> &'static str {
        self.blocks("toml").next().expect("a configuration")
    }

    /// The pipeline that contains a text.
    pub(crate) fn pipeline(&self, with: &str) -> Value {
        let block = self.blocks("yaml").find(|block| block.contains(with)).expect(with);
        serde_saphyr::from_str(block).expect("YAML")
    }

    fn blocks(&self, language: &str) -> impl Iterator<Item = &'static str> {
        let start = format!("\n```{language}\n");
        let blocks: Vec<&'static str> = self.0.split(&start).skip(1).collect();
        blocks.into_iter().map(|rest| rest.split("\n```").next().unwrap_or(rest))
    }
}
