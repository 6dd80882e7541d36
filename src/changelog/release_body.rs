//! Finds the text of a version's section, for the body of a release: as it is in the file, also if people edited it.

use pulldown_cmark::{BrokenLink, Options as Syntax, Parser};

use super::{
    blocks::{bom, line_number},
    document::{Document, Segment},
    heading::Title,
    options::Options,
    section,
    unreleased::{without_marker, written_by_hand},
};
use crate::model::Version;

/// Why a changelog has no text for the body of a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The file has no release headings.
    #[error("no heading has a version")]
    NoSections,
    /// No section is the version's.
    #[error("there is no section for {version}{}", may_be(*unclear))]
    Missing {
        /// The version.
        version: Box<Version>,
        /// The line of the first heading that may be a release but was not understood.
        unclear: Option<usize>,
        /// The line of a heading "Unreleased" with text that was written by hand.
        unreleased: Option<usize>,
    },
    /// Several sections are the version's.
    #[error("there are {} sections for {version}, at lines {}", lines.len(), listed(lines))]
    Several {
        /// The version.
        version: Box<Version>,
        /// The lines of their headings, from 1.
        lines: Vec<usize>,
    },
    /// The section has nothing but headings, comments and link definitions.
    #[error("the section for {version} has no text (line {line})")]
    Empty {
        /// The version.
        version: Box<Version>,
        /// The line of its heading, from 1.
        line: usize,
    },
    /// A file without sections has nothing but headings, comments and link definitions.
    #[error("the file has no text")]
    EmptyFile,
}

impl BodyError {
    /// What to do next. `typed` is the version as it is typed in a command.
    #[must_use]
    pub fn hint(&self, typed: &str) -> String {
        match self {
            Self::Missing { unreleased: Some(line), .. } => {
                format!("if it is the text under [Unreleased] (line {line}): give that heading the version")
            }
            Self::Missing { unclear: Some(_), .. } => {
                "write a heading with the version as in `## 1.2.0`".to_owned()
            }
            Self::NoSections | Self::Missing { .. } => {
                format!("write the section: tidings changelog --as {typed} --write")
            }
            Self::Several { .. } => "keep only one of them".to_owned(),
            Self::Empty { .. } | Self::EmptyFile => {
                "write the text there, or omit --body-from (`body_from` under [publish]) to generate the body"
                    .to_owned()
            }
        }
    }
}

fn may_be(unclear: Option<usize>) -> String {
    unclear.map(|line| format!(", but line {line} may be its heading")).unwrap_or_default()
}

fn listed(lines: &[usize]) -> String {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    match lines.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => lines.concat(),
    }
}

/// The text of a version's section, byte for byte: without its heading, the marker of tidings, and blank lines around
/// it. Link definitions of other parts of the file that it uses follow after a blank line.
///
/// A heading without a package is that of any package.
///
/// # Errors
/// If the file has no section for the version or several, or the section has no text.
pub fn release_body(
    text: &str,
    version: &Version,
    package: Option<&str>,
    options: &Options,
) -> Result<String, BodyError> {
    let document = Document::parse(text, &options.scheme);
    let of_version = || Box::new(version.clone());
    let is_own = |segment: &&Segment| match &segment.title {
        Title::Version(release) => release.version == *version && release.same_package(package),
        Title::Unreleased | Title::Other => false,
    };
    let line = |segment: &Segment| line_number(text, segment.heading);
    let own: Vec<_> = document.segments.iter().filter(is_own).collect();
    let segment = match own.as_slice() {
        [segment] => segment,
        [] if !document.segments.iter().any(|it| matches!(it.title, Title::Version(_))) => {
            return Err(BodyError::NoSections);
        }
        [] => {
            let unclear = document.unclear.iter().min().map(|offset| line_number(text, *offset));
            let unreleased = written_by_hand(&document).map(line);
            return Err(BodyError::Missing { version: of_version(), unclear, unreleased });
        }
        several => {
            let lines = several.iter().map(|segment| line(segment)).collect();
            return Err(BodyError::Several { version: of_version(), lines });
        }
    };
    let whole = without_marker(&document, segment);
    let heading_end = section::headings(&whole).first().map_or(0, |(_, range)| range.end);
    let body = trim_blank_lines(whole.get(heading_end..).unwrap_or(""));
    if !section::has_text(body) {
        return Err(BodyError::Empty { version: of_version(), line: line(segment) });
    }
    Ok(with_definitions(body, text))
}

/// The text of a file without release headings, byte for byte: without a byte order mark and blank lines around it.
///
/// # Errors
/// If it has no text.
pub fn whole_body(text: &str) -> Result<String, BodyError> {
    let body = trim_blank_lines(text.get(bom(text)..).unwrap_or(""));
    if section::has_text(body) { Ok(body.to_owned()) } else { Err(BodyError::EmptyFile) }
}

/// The text without blank lines at its start and end. Other white space in its lines stays.
#[must_use]
pub fn trim_blank_lines(text: &str) -> &str {
    let blank =
        text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum::<usize>();
    let text = text.get(blank..).unwrap_or("");
    let end = text.trim_end().len();
    let rest = text.get(end..).unwrap_or("");
    text.get(..end + rest.find(['\r', '\n']).unwrap_or(rest.len())).unwrap_or("")
}

/// Appends the link definitions of the file that the body uses but does not contain.
fn with_definitions(body: &str, file: &str) -> String {
    let mut labels = Vec::<String>::new();
    let mut collect = |link: BrokenLink<'_>| {
        labels.push(link.reference.to_string());
        None
    };
    // Parsing calls the function for each reference without a definition.
    Parser::new_with_broken_link_callback(body, Syntax::empty(), Some(&mut collect)).for_each(drop);
    let file = file.get(bom(file)..).unwrap_or("");
    let parser = Parser::new_ext(file, Syntax::empty());
    let all = parser.reference_definitions();
    let mut used = Vec::new();
    for label in labels {
        let source = all.get(&label).and_then(|definition| file.get(definition.span.clone()));
        used.extend(source.map(str::trim_end).filter(|source| !used.contains(source)));
    }
    if used.is_empty() {
        return body.to_owned();
    }
    let line_end =
        if body.contains("\r\n") || !body.contains('\n') && file.contains("\r\n") { "\r\n" } else { "\n" };
    format!("{body}{line_end}{line_end}{}", used.join(line_end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scheme;

    fn body(text: &str, version: &str) -> Result<String, String> {
        let version = Version::parse(version, &Scheme::SemVer).unwrap();
        release_body(text, &version, None, &Options::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn edited_headings_are_found() {
        for heading in [
            "## [1.2.0](https://example.org/compare) - 2026-01-01",
            "## v1.2.0",
            "## 1.2.0 (the big one) - 2026-01-02",
            "# Version 1.2.0",
            "1.2.0 / 2026-01-01\n------------------",
            "<a name=\"1.2.0\"></a>\n## [1.2.0]",
        ] {
            let text = format!("\n{heading}\n\n- a\n\n## 1.1.0\n\n- b\n");
            assert_eq!(body(&text, "1.2.0").as_deref(), Ok("- a"), "{heading}");
        }
    }

    #[test]
    fn text_is_byte_for_byte() {
        let section = "    code  \r\n\r\n### Added\r\n\r\n* a @ada  \r\n\ttab\u{a0}\r\n\r\n\r\n1) <b>b</b>  ";
        let text = format!(
            "\u{feff}# Changes\r\n\r\n## 1.2.0\r\n\r\n \r\n{section}\r\n\r\n<!-- tidings 00000000000000ff -->\r\n\r\n## 1.1.0\r\n"
        );
        assert_eq!(body(&text, "1.2.0").as_deref(), Ok(section));
    }

    #[test]
    fn used_definitions_of_the_file_are_appended() {
        let text = "## [1.2.0]\n\n- see [#12], [the Guide][] and [x][own], [not a link]\n\n[own]: https://own\n\n\
                    ## [1.1.0]\n\n- [#11]\n\n[1.2.0]: https://compare\n[#12]: https://twelve 'a title'\n\
                    [#11]: https://eleven\n[the guide]:\n  https://guide\n";
        let expected = "- see [#12], [the Guide][] and [x][own], [not a link]\n\n[own]: https://own\n\n\
                        [#12]: https://twelve 'a title'\n[the guide]:\n  https://guide";
        assert_eq!(body(text, "1.2.0").as_deref(), Ok(expected));
        assert_eq!(body(text, "1.1.0").as_deref(), Ok("- [#11]\n\n[#11]: https://eleven"));
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(body(&crlf, "1.1.0").as_deref(), Ok("- [#11]\r\n\r\n[#11]: https://eleven"));
    }

    #[test]
    fn missing_empty_and_doubled_sections_are_errors() {
        let text = "# Changes\n\n## 1.2.0\n\n### Added\n\n<!-- write it -->\n\n[a]: https://a\n\n## 1.1.0\n\n- a\n\n\
                    ## v1.1.0\n\n- b\n\n## 1.0.0\n\n- c\n";
        assert_eq!(body(text, "1.2.0"), Err("the section for 1.2.0 has no text (line 3)".to_owned()));
        assert_eq!(body(text, "1.1.0"), Err("there are 2 sections for 1.1.0, at lines 11 and 15".to_owned()));
        assert_eq!(body(text, "9.9.9"), Err("there is no section for 9.9.9".to_owned()));
        assert_eq!(body("# Changes\n\n- a\n", "1.0.0"), Err("no heading has a version".to_owned()));
        let fenced = "## 1.1.0\n\n```\n## 1.2.0\n```\n";
        assert_eq!(body(fenced, "1.2.0"), Err("there is no section for 1.2.0".to_owned()));
    }

    #[test]
    fn heading_of_another_package_does_not_count() {
        let text = "## shop@1.2.0\n\n- a\n\n## api@1.2.0\n\n- b\n";
        let version = Version::parse("1.2.0", &Scheme::SemVer).unwrap();
        let of = |package| release_body(text, &version, Some(package), &Options::default());
        assert_eq!(of("api").as_deref(), Ok("- b"));
        assert!(matches!(of("web"), Err(BodyError::Missing { .. })));
    }

    #[test]
    fn file_without_sections_is_taken_whole() {
        assert_eq!(whole_body("\u{feff}\n\n  Hello \n\n").as_deref(), Ok("  Hello "));
        assert_eq!(whole_body("# Title\n<!-- x -->\n"), Err(BodyError::EmptyFile));
    }
}
