//! Parses Markdown with GitHub's own parser, `cmark-gfm`, if installed: the result must contain only our own elements.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    sync::OnceLock,
};

/// The elements that notes may contain.
const OURS: [&str; 10] = ["h2", "h3", "ul", "ol", "li", "p", "pre", "code", "strong", "br"];

/// The first foreign element; `None` if there is none or the parser is not installed.
pub(super) fn fault(source: &str) -> Option<String> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    let is_installed = || Command::new("cmark-gfm").arg("--version").output().is_ok();
    if !*INSTALLED.get_or_init(is_installed) {
        return None;
    }
    let mut command = Command::new("cmark-gfm");
    for extension in ["table", "autolink", "strikethrough", "tasklist", "tagfilter", "footnotes"] {
        command.args(["-e", extension]);
    }
    command.arg("--unsafe").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    child.stdin.take()?.write_all(source.as_bytes()).ok()?;
    let page = String::from_utf8_lossy(&child.wait_with_output().ok()?.stdout).into_owned();
    foreign(&page).map(|element| format!("{element} in {page}"))
}

fn foreign(page: &str) -> Option<&str> {
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag.trim_start_matches('/');
        // A list may start at any number.
        let name = name.split_once(" start=").map_or(name, |(name, _)| name);
        if !OURS.contains(&name) {
            return Some(tag);
        }
        rest = after;
    }
    None
}

#[test]
fn foreign_element_is_found() {
    assert_eq!(foreign("<h2>x</h2>\n<ol start=\"2\">\n<li>y</li></ol>"), None);
    assert_eq!(foreign("<p><a href=\"x\">y</a></p>"), Some("a href=\"x\""));
    assert_eq!(foreign("<pre lang=\"x\">"), Some("pre lang=\"x\""));
}
