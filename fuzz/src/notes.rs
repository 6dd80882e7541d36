//! Fuzzes the JSON form of notes, read from a file or a registry and rendered in every format.

use serde_json::Value;
use tidings::{
    changelog,
    model::{ComponentDisplay, Detail, Notes},
    render::{self, Format, Options},
};

pub(super) fn target(data: &[u8]) {
    let Ok(notes) = render::read(data) else { return };
    rendered(&notes, Format::ALL.iter().copied());
    roundtrip(&notes);
}

/// Renders in these formats. For every input the result is valid in its format, and no title breaks out of its line.
pub(super) fn rendered(notes: &Notes, formats: impl IntoIterator<Item = Format>) {
    for format in formats {
        let text = written(notes, format);
        match format {
            Format::Json | Format::Slack => {
                let value: Result<Value, _> = serde_json::from_str(&text);
                assert!(value.is_ok(), "{}: {text}", format.name());
            }
            // No title creates a heading that a changelog parser would read as a version.
            Format::Markdown | Format::KeepAChangelog => {
                let headings = changelog::versions(&text, &changelog::Options::default()).len();
                assert!(headings <= notes.releases.len(), "{headings} headings in\n{text}");
            }
            Format::Html => assert!(!text.contains("<script") && !text.contains("<img"), "{text}"),
            _ => {}
        }
    }
}

/// The JSON form is unchanged after parsing and serialising it again.
fn roundtrip(notes: &Notes) {
    let json = written(notes, Format::Json);
    match render::read(json.as_bytes()) {
        Ok(roundtrip) => {
            assert_eq!(written(&roundtrip, Format::Json), json, "read again, the JSON form is another")
        }
        Err(error) => panic!("our own JSON form cannot be read: {error}"),
    }
}

fn written(notes: &Notes, format: Format) -> String {
    let mut out = Vec::new();
    let options =
        Options { detail: Detail::Full, component_display: ComponentDisplay::Group, ..Options::new(format) };
    if let Err(error) = render::render(notes, &options, &mut out) {
        panic!("{} cannot be written: {error}", format.name());
    }
    String::from_utf8(out).unwrap_or_else(|error| panic!("{} is not UTF-8: {error}", format.name()))
}
