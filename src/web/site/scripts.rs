//! The data of the search and of the comparison, as scripts: a page that was opened from a file may load scripts, but
//! no other files. They are loaded when they are first needed, in parts, newest first.

use serde_json::{Value, json};

use crate::rules;

use super::{
    content::{Content, SiteLine},
    folder::SiteFile,
    release_view::ReleaseView,
    site_release::Ranges,
    upgrade_data::{LackedIn, encoded},
};

/// The size at which a part ends, in bytes.
const PART_BYTES: usize = 256 << 10;

/// The scripts of one language. `views` are those of all releases.
pub(super) fn scripts(
    content: &Content,
    views: &[ReleaseView<'_>],
    sections: &[(String, String)],
) -> Vec<SiteFile> {
    let mut parts = Parts::new(content);
    for (at, view) in views.iter().enumerate() {
        parts.add(at, view, content, sections);
    }
    let (mut scripts, lines) = parts.end();
    let versions: Vec<Value> =
        views.iter().map(|view| json!([view.name, view.path, view.date, view.package])).collect();
    let lines: Vec<Value> = content
        .lines
        .iter()
        .zip(lines)
        .map(|(line, last)| json!({"package": line.package, "newest": line.newest, "from": line.from, "last": last}))
        .collect();
    let index = json!({"versions": versions, "sections": sections, "lines": lines, "parts": scripts.len()});
    scripts.push(("data/index.js".to_owned(), format!("tidings.index({index});\n")));
    scripts
}

/// The parts, while they are filled.
struct Parts<'a> {
    lines: Vec<&'a SiteLine>,
    done: Vec<SiteFile>,
    entries: Vec<Value>,
    attention: Vec<Value>,
    bytes: usize,
    /// What is lacked in the current part, by line.
    lacked: Vec<LackedIn>,
    /// For each line, for each lower version, the number of parts that a comparison needs.
    last: Vec<Vec<usize>>,
}

impl<'a> Parts<'a> {
    fn new(content: &'a Content) -> Self {
        let lines: Vec<&SiteLine> = content.lines.iter().collect();
        Self {
            done: Vec::new(),
            entries: Vec::new(),
            attention: Vec::new(),
            bytes: 0,
            lacked: lines.iter().map(|line| LackedIn::new(line.from.len())).collect(),
            last: lines.iter().map(|line| vec![0; line.from.len()]).collect(),
            lines,
        }
    }

    /// Adds the entries of a release.
    fn add(&mut self, at: usize, view: &ReleaseView<'_>, content: &Content, sections: &[(String, String)]) {
        let Some(page) = content.releases.get(at) else { return };
        let package = page.release.package.as_deref();
        let line = self.lines.iter().position(|line| line.package.as_deref() == package);
        let count = line.and_then(|line| self.lines.get(line)).map_or(0, |line| line.from.len());
        let own = page.release.sections.iter().zip(&view.sections).zip(&page.lacking.changes);
        for ((section, shown), lacking) in own {
            let number = sections.iter().position(|(id, _)| *id == section.id).unwrap_or_default();
            for ((change, entry), lacking) in section.changes.iter().zip(&shown.entries).zip(lacking) {
                let ranges = encoded(&lacking.ranges, count);
                let mut item = vec![
                    json!(at),
                    json!(number),
                    json!(entry.anchor),
                    json!(entry.html),
                    json!(change.components),
                    ranges,
                ];
                if let Some(joined) = lacking.joined {
                    item.extend([json!(joined), json!(rules::updated_from(change))]);
                }
                self.bytes += entry.html.len() + 60;
                self.entries.push(Value::Array(item));
                self.note(line, &lacking.ranges);
            }
            if self.bytes > PART_BYTES {
                self.finish();
            }
        }
        for item in &view.attention {
            let lacking = encoded(&page.lacking.release, count);
            self.attention.push(json!([at, item.kind, item.title, item.paths, item.more, lacking]));
            self.note(line, &page.lacking.release);
        }
    }

    fn note(&mut self, line: Option<usize>, ranges: &Ranges) {
        if let Some(lacked) = line.and_then(|line| self.lacked.get_mut(line)) {
            lacked.add(ranges);
        }
    }

    /// Ends the current part.
    fn finish(&mut self) {
        let number = self.done.len() + 1;
        for (line, (lacked, last)) in self.lines.iter().zip(self.lacked.iter_mut().zip(&mut self.last)) {
            for position in lacked.positions() {
                last.get_mut(position).into_iter().for_each(|slot| *slot = number);
            }
            *lacked = LackedIn::new(line.from.len());
        }
        let (entries, attention) = (std::mem::take(&mut self.entries), std::mem::take(&mut self.attention));
        let text = format!("tidings.part({number},{},{});\n", Value::Array(entries), Value::Array(attention));
        self.done.push((format!("data/changes-{number}.js"), text));
        self.bytes = 0;
    }

    fn end(mut self) -> (Vec<SiteFile>, Vec<Vec<usize>>) {
        if !self.entries.is_empty() || !self.attention.is_empty() {
            self.finish();
        }
        (self.done, self.last)
    }
}
