//! A page of the documentation as its headings with their tables.

use std::{fs, path::Path};

use comrak::{
    Arena, Options,
    nodes::{AstNode, NodeValue},
};

/// What stands between a heading and the next one.
#[derive(Debug)]
pub(super) struct PageSection {
    /// The heading, with code in backquotes.
    pub(super) heading: String,
    /// The first paragraph, without line breaks; empty if a table or a list follows the heading.
    pub(super) introduction: String,
    /// The tables.
    tables: Vec<Table>,
    /// The code blocks, each with its language.
    pub(super) blocks: Vec<(String, String)>,
}

#[derive(Debug)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Its text, with code in backquotes.
    pub(super) text: String,
    /// The same with links, as in `[change](#a-change)`.
    pub(super) linked: String,
}

/// A row of a table that describes keys or fields.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) kind: Cell,
    /// Empty if the table has no such column.
    pub(super) default: Cell,
    pub(super) meaning: Cell,
}

impl PageSection {
    /// The rows of the tables whose first column is `key` or `field`.
    pub(super) fn rows(&self) -> Vec<Row> {
        let describes =
            |table: &&Table| matches!(table.columns.first().map(String::as_str), Some("key" | "field"));
        self.tables.iter().filter(describes).flat_map(Table::described).collect()
    }

    /// The anchor of the heading without its article: `change` for `## A change`.
    pub(super) fn name(&self) -> String {
        definition(&self.heading.to_lowercase().replace(' ', "-"))
    }
}

/// The name of the definition that an anchor stands for.
pub(super) fn definition(anchor: &str) -> String {
    let name =
        ["a-", "an-", "the-"].iter().find_map(|article| anchor.strip_prefix(article)).unwrap_or(anchor);
    name.replace('-', "_")
}

impl Table {
    fn described(&self) -> Vec<Row> {
        let column = |row: &[Cell], name: &str| {
            let at = self.columns.iter().position(|column| column == name);
            at.map(|at| row[at].clone()).unwrap_or_default()
        };
        let row = |row: &Vec<Cell>| Row {
            name: row[0].text.trim_matches('`').to_owned(),
            kind: column(row, "type"),
            default: column(row, "default"),
            meaning: column(row, "meaning"),
        };
        self.rows.iter().map(row).collect()
    }
}

/// The sections of a page in `docs/`.
pub(super) fn read(name: &str) -> Vec<PageSection> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut options = Options::default();
    options.extension.table = true;
    let arena = Arena::new();
    let mut sections = Vec::<PageSection>::new();
    for node in comrak::parse_document(&arena, &text, &options).children() {
        let value = &node.data.borrow().value;
        if let NodeValue::Heading(_) = value {
            let heading = content(node).text;
            sections.push(PageSection {
                heading,
                introduction: String::new(),
                tables: Vec::new(),
                blocks: Vec::new(),
            });
        }
        let Some(section) = sections.last_mut() else { continue };
        match value {
            NodeValue::Paragraph if section.introduction.is_empty() && section.tables.is_empty() => {
                section.introduction = content(node).text;
            }
            NodeValue::Table(_) => section.tables.push(table(node)),
            NodeValue::CodeBlock(block) => section.blocks.push((block.info.clone(), block.literal.clone())),
            _ => {}
        }
    }
    sections
}

fn table<'a>(node: &'a AstNode<'a>) -> Table {
    let mut rows = node.children().map(|row| row.children().map(content).collect::<Vec<_>>());
    let columns = rows.next().unwrap_or_default().into_iter().map(|cell| cell.text).collect();
    Table { columns, rows: rows.collect() }
}

/// The text below a node, on one line.
fn content<'a>(node: &'a AstNode<'a>) -> Cell {
    let mut cell = Cell::default();
    for child in node.children() {
        let (text, linked) = match &child.data.borrow().value {
            NodeValue::Text(text) => (text.to_string(), text.to_string()),
            NodeValue::Code(code) => (format!("`{}`", code.literal), format!("`{}`", code.literal)),
            NodeValue::SoftBreak | NodeValue::LineBreak => (" ".to_owned(), " ".to_owned()),
            NodeValue::Link(link) => {
                let inner = content(child);
                (inner.text, format!("[{}]({})", inner.linked, link.url))
            }
            _ => {
                let inner = content(child);
                (inner.text, inner.linked)
            }
        };
        cell.text += &text;
        cell.linked += &linked;
    }
    cell
}
