//! Splits prose into blocks, by lines: headings, paragraphs, lists and everything else.
//!
//! This is not a parser of Markdown: bodies of commits are plain text as often, where a lone `Motivation:` is a heading
//! and a `#12` at the start of a line is not.

/// A block.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// A heading, without its marks.
    Heading(&'a str),
    /// The lines of a paragraph.
    Paragraph(Vec<&'a str>),
    /// The first lines of the items of a list, without their bullets.
    List(Vec<&'a str>),
    /// Code, a quotation, a table, or folded text.
    Other,
}

/// The blocks of a text without HTML comments.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut state = State::default();
    for line in text.lines() {
        match state.kind(line, paragraph.is_empty()) {
            Kind::Blank => close(&mut paragraph, &mut blocks),
            Kind::Prose => match bold(line.trim()).filter(|_| paragraph.is_empty()) {
                Some(heading) => blocks.push(Block::Heading(heading)),
                None => paragraph.push(line.trim()),
            },
            Kind::Heading(heading) => {
                close(&mut paragraph, &mut blocks);
                blocks.push(Block::Heading(heading));
            }
            Kind::Underline if paragraph.len() == 1 => {
                blocks.extend(paragraph.pop().map(Block::Heading));
            }
            Kind::Item(item) => {
                close(&mut paragraph, &mut blocks);
                match blocks.last_mut() {
                    Some(Block::List(items)) => items.push(item),
                    _ => blocks.push(Block::List(vec![item])),
                }
            }
            Kind::InItem => {}
            Kind::Underline | Kind::Other => {
                close(&mut paragraph, &mut blocks);
                if blocks.last() != Some(&Block::Other) {
                    blocks.push(Block::Other);
                }
            }
        }
    }
    close(&mut paragraph, &mut blocks);
    blocks
}

fn close<'a>(paragraph: &mut Vec<&'a str>, blocks: &mut Vec<Block<'a>>) {
    if !paragraph.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(paragraph)));
    }
}

/// The text of a line that is bold as a whole, which people write for a heading.
fn bold(line: &str) -> Option<&str> {
    let mark = ["**", "__"].into_iter().find(|mark| line.starts_with(mark))?;
    let inner = line
        .strip_prefix(mark)?
        .trim_end_matches([':', '：'])
        .strip_suffix(mark)?
        .trim_end_matches([':', '：']);
    (!inner.contains(mark) && !inner.trim().is_empty()).then_some(inner)
}

enum Kind<'a> {
    Blank,
    Prose,
    Heading(&'a str),
    /// A line of `=` or `-`.
    Underline,
    Item(&'a str),
    /// A line of an item after its first.
    InItem,
    Other,
}

/// What is open at a line.
#[derive(Default)]
struct State {
    fence: Option<char>,
    folded: usize,
    in_list: bool,
    after_blank: bool,
}

impl State {
    fn kind<'a>(&mut self, line: &'a str, starts_block: bool) -> Kind<'a> {
        let text = line.trim();
        let after_blank = std::mem::replace(&mut self.after_blank, text.is_empty());
        let mark = ['`', '~'].into_iter().find(|mark| text.chars().take_while(|c| c == mark).count() >= 3);
        match (self.fence, mark) {
            (Some(open), Some(mark)) if open == mark => self.fence = None,
            (None, Some(mark)) if text.trim_matches(mark).is_empty() || !text.ends_with(mark) => {
                self.fence = Some(mark);
            }
            (Some(_), _) => {}
            (None, _) => return self.kind_outside_code(line, text, starts_block, after_blank),
        }
        self.in_list &= line.starts_with([' ', '\t']);
        if self.in_list { Kind::InItem } else { Kind::Other }
    }

    fn kind_outside_code<'a>(
        &mut self,
        line: &'a str,
        text: &'a str,
        starts_block: bool,
        after_blank: bool,
    ) -> Kind<'a> {
        self.folded += usize::from(text.starts_with("<details"));
        if self.folded > 0 {
            self.folded -= usize::from(text.contains("</details>"));
            return Kind::Other;
        }
        if text.is_empty() {
            return Kind::Blank;
        }
        if let Some(item) = item(text) {
            self.in_list = true;
            return Kind::Item(item);
        }
        let is_indented = line.starts_with([' ', '\t']);
        if self.in_list && (is_indented || !after_blank) {
            return Kind::InItem;
        }
        self.in_list = false;
        if starts_block && (line.starts_with("    ") || line.starts_with('\t')) {
            return Kind::Other;
        }
        if let Some(heading) = heading(text) {
            return Kind::Heading(heading);
        }
        if text.len() >= 2
            && ["=", "-", "_", "*"].iter().any(|mark| text.trim_matches(|c| mark.contains(c)).is_empty())
        {
            return Kind::Underline;
        }
        if text.starts_with(['>', '|']) {
            return Kind::Other;
        }
        Kind::Prose
    }
}

fn heading(text: &str) -> Option<&str> {
    let heading = text.trim_start_matches('#');
    let level = text.len() - heading.len();
    ((1..=6).contains(&level) && heading.starts_with([' ', '\t']))
        .then(|| heading.trim_end_matches('#').trim())
}

/// The text of a list item without its bullet.
fn item(text: &str) -> Option<&str> {
    let bullet = ["- ", "* ", "+ ", "• ", "・", "● ", "– "];
    if let Some(item) = bullet.iter().find_map(|bullet| text.strip_prefix(bullet)) {
        return Some(item.trim());
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let tight = rest.strip_prefix('.').filter(|item| item.starts_with(char::is_alphabetic));
    let spaced = [". ", ") "].iter().find_map(|mark| rest.strip_prefix(mark)).or(tight);
    spaced.or_else(|| ["、", "）", "．"].iter().find_map(|mark| rest.strip_prefix(mark))).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_to_blocks() {
        let text = "One\ntwo.\n\n# Why\nThree.\n* a\n  more\nlazy\n\n  and\n* b\n\nFour\n----\n**Bold:**\n\n1、甲\n```\ncode\n```\n> q\n    code\n| t |";
        assert_eq!(
            blocks(text),
            [
                Block::Paragraph(vec!["One", "two."]),
                Block::Heading("Why"),
                Block::Paragraph(vec!["Three."]),
                Block::List(vec!["a", "b"]),
                Block::Heading("Four"),
                Block::Heading("Bold"),
                Block::List(vec!["甲"]),
                Block::Other,
            ]
        );
        assert_eq!(blocks("#12 is gone\n#hash"), [Block::Paragraph(vec!["#12 is gone", "#hash"])]);
        assert_eq!(blocks("<details>\na\n</details>\nb"), [Block::Other, Block::Paragraph(vec!["b"])]);
        assert_eq!(blocks("**a** and **b**"), [Block::Paragraph(vec!["**a** and **b**"])]);
    }
}
