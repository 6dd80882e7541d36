//! A Markdown document as parsed by two parsers, in one form: `comrak`, which follows cmark-gfm with GitHub's
//! extensions, and `pulldown-cmark`.

use comrak::nodes::{AstNode, ListType, NodeValue};
use pulldown_cmark::{Event, Parser, Tag};

/// A node, as far as notes may contain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Document(Vec<Node>),
    Heading(u8, Vec<Node>),
    Paragraph(Vec<Node>),
    List(Vec<Node>),
    Item(Vec<Node>),
    CodeBlock(String),
    Text(String),
    Code(String),
    Strong(Vec<Node>),
    Link(String, Vec<Node>),
    Break,
    /// A node that untrusted text must not create.
    Other(String),
}

impl Node {
    pub(super) fn children(&self) -> &[Self] {
        match self {
            Self::Document(nodes)
            | Self::Heading(_, nodes)
            | Self::Paragraph(nodes)
            | Self::List(nodes)
            | Self::Item(nodes)
            | Self::Strong(nodes)
            | Self::Link(_, nodes) => nodes,
            Self::CodeBlock(_) | Self::Text(_) | Self::Code(_) | Self::Break | Self::Other(_) => &[],
        }
    }

    /// The text below the node, without line breaks.
    pub(super) fn text(&self) -> String {
        match self {
            Self::CodeBlock(text) | Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Break => " ".to_owned(),
            node => node.children().iter().map(Self::text).collect(),
        }
    }

    /// The node and all its descendants.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let mut at = 0;
        while let Some(node) = all.get(at).copied() {
            all.extend(node.children());
            at += 1;
        }
        all
    }

    /// The document's blocks, one letter each: `2` a heading of that level, `p` a paragraph, `l` a list, `c` code.
    pub(super) fn shape(&self) -> String {
        let letter = |node: &Self| match node {
            Self::Heading(level, _) => level.to_string(),
            Self::Paragraph(_) => "p".to_owned(),
            Self::List(_) => "l".to_owned(),
            Self::CodeBlock(_) => "c".to_owned(),
            other => format!("{other:?}"),
        };
        self.children().iter().map(letter).collect()
    }
}

/// Parses like GitHub, with every extension that some forge supports.
pub(super) fn comrak(source: &str) -> Node {
    let mut options = comrak::Options::default();
    let on = &mut options.extension;
    for flag in [
        &mut on.strikethrough,
        &mut on.table,
        &mut on.autolink,
        &mut on.tasklist,
        &mut on.footnotes,
        &mut on.inline_footnotes,
        &mut on.alerts,
        &mut on.math_dollars,
        &mut on.math_code,
        &mut on.multiline_block_quotes,
        &mut on.wikilinks_title_after_pipe,
    ] {
        *flag = true;
    }
    let arena = comrak::Arena::new();
    converted(comrak::parse_document(&arena, source, &options))
}

fn converted<'a>(node: &'a AstNode<'a>) -> Node {
    let below = || merged(node.children().map(converted).collect());
    match &node.data.borrow().value {
        NodeValue::Document => Node::Document(below()),
        NodeValue::Heading(heading) if !heading.setext => Node::Heading(heading.level, below()),
        NodeValue::Paragraph => Node::Paragraph(below()),
        NodeValue::List(list) if matches!(list.list_type, ListType::Bullet | ListType::Ordered) => {
            Node::List(below())
        }
        NodeValue::Item(_) => Node::Item(below()),
        NodeValue::CodeBlock(code) if code.fenced && code.info.is_empty() => {
            Node::CodeBlock(code.literal.clone())
        }
        NodeValue::Text(text) => Node::Text(text.to_string()),
        NodeValue::Code(code) => Node::Code(code.literal.clone()),
        NodeValue::Strong => Node::Strong(below()),
        NodeValue::Link(link) => Node::Link(link.url.clone(), below()),
        NodeValue::SoftBreak => Node::Break,
        other => Node::Other(format!("{other:?}")),
    }
}

/// Parses with `pulldown-cmark`. A tight item gets the paragraph that `comrak` has.
pub(super) fn pulldown(source: &str) -> Node {
    use pulldown_cmark::Options;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut open: Vec<(Option<Tag<'_>>, Vec<Node>)> = vec![(None, Vec::new())];
    for event in Parser::new_ext(source, options) {
        let node = match event {
            Event::Start(tag) => {
                open.push((Some(tag), Vec::new()));
                continue;
            }
            Event::End(_) => {
                let (tag, nodes) = open.pop().expect("an open element");
                closed(&tag.expect("a tag"), merged(nodes))
            }
            Event::Text(text) => Node::Text(text.to_string()),
            Event::Code(code) => Node::Code(code.to_string()),
            Event::SoftBreak => Node::Break,
            other => Node::Other(format!("{other:?}")),
        };
        open.last_mut().expect("the document").1.push(node);
    }
    Node::Document(open.pop().expect("the document").1)
}

fn closed(tag: &Tag<'_>, nodes: Vec<Node>) -> Node {
    let text = || nodes.iter().map(Node::text).collect();
    match tag {
        Tag::Heading { level, .. } => Node::Heading(*level as u8, nodes),
        Tag::Paragraph => Node::Paragraph(nodes),
        Tag::List(_) => Node::List(nodes),
        Tag::Item => Node::Item(with_paragraphs(nodes)),
        Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(info)) if info.is_empty() => {
            Node::CodeBlock(text())
        }
        Tag::Strong => Node::Strong(nodes),
        Tag::Link { dest_url, .. } => Node::Link(dest_url.to_string(), nodes),
        other => Node::Other(format!("{other:?}")),
    }
}

fn with_paragraphs(nodes: Vec<Node>) -> Vec<Node> {
    let mut blocks: Vec<Node> = Vec::new();
    for node in nodes {
        let is_inline =
            matches!(node, Node::Text(_) | Node::Code(_) | Node::Strong(_) | Node::Link(..) | Node::Break);
        match (is_inline, blocks.last_mut()) {
            (true, Some(Node::Paragraph(inline))) => inline.push(node),
            (true, _) => blocks.push(Node::Paragraph(vec![node])),
            (false, _) => blocks.push(node),
        }
    }
    blocks
}

fn merged(nodes: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (merged.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => merged.push(node),
        }
    }
    merged
}
