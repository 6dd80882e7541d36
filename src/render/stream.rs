//! The JSON form of notes whose releases come one by one.

use std::{cell::RefCell, io};

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeSeq as _},
};
use serde_json::value::RawValue;

use super::{
    Error, Locale,
    json::{NotesView, ReleaseView, scene, written},
};
use crate::model::{Notes, Release};

/// A release as it stands in streamed notes.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Part(Box<RawValue>);

/// One release in the JSON form.
pub(super) fn part(release: &Release, locale: &Locale) -> Result<Part, Error> {
    let view = ReleaseView::new(release, scene(locale), None);
    serde_json::value::to_raw_value(&view).map(Part).map_err(|error| Error::Write(error.into()))
}

/// Writes the head of some notes with releases that come one by one, in the same form as [`super::json::write`], as far as the first
/// that cannot be made.
pub(super) fn stream<E: From<Error>>(
    head: &Notes,
    releases: &mut dyn Iterator<Item = Result<Part, E>>,
    out: &mut dyn io::Write,
) -> Result<(), E> {
    let releases = Coming { releases: RefCell::new(releases), fault: RefCell::new(None) };
    let done = written(&NotesView::new(head, &releases), out);
    match releases.fault.into_inner() {
        Some(fault) => Err(fault),
        None => Ok(done?),
    }
}

/// Releases that are made while they are written, which can be done once.
struct Coming<'a, E> {
    releases: RefCell<&'a mut dyn Iterator<Item = Result<Part, E>>>,
    /// Why no more could be made.
    fault: RefCell<Option<E>>,
}

impl<E> Serialize for Coming<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for release in &mut **self.releases.borrow_mut() {
            match release {
                Ok(release) => list.serialize_element(&release)?,
                Err(fault) => {
                    self.fault.replace(Some(fault));
                    return Err(S::Error::custom("a release cannot be made"));
                }
            }
        }
        list.end()
    }
}
