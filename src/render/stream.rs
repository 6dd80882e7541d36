//! Writes the JSON form with releases from an iterator.

use std::{cell::RefCell, io};

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeSeq as _},
};
use serde_json::value::RawValue;

use super::{
    Error,
    json::{NotesView, ReleaseView, view_context, write_json},
    options::Options,
};
use crate::model::{Notes, Release};

/// A serialized release for streamed notes.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Part(Box<RawValue>);

/// Serializes one release in the JSON form.
pub(super) fn part(release: &Release, options: &Options) -> Result<Part, Error> {
    let view = ReleaseView::new(release, view_context(options), None);
    serde_json::value::to_raw_value(&view).map(Part).map_err(|error| Error::Write(error.into()))
}

/// Writes the fields of `head` with these releases, in the same form as [`super::json::write`], up to the first error.
pub(super) fn stream<E: From<Error>>(
    head: &Notes,
    releases: &mut dyn Iterator<Item = Result<Part, E>>,
    out: &mut dyn io::Write,
) -> Result<(), E> {
    let releases = ReleaseIter { releases: RefCell::new(releases), fault: RefCell::new(None) };
    let result = write_json(&NotesView::new(head, &releases), out);
    match releases.fault.into_inner() {
        Some(fault) => Err(fault),
        None => Ok(result?),
    }
}

/// Serializes the items of an iterator. It can only be serialized once.
struct ReleaseIter<'a, E> {
    releases: RefCell<&'a mut dyn Iterator<Item = Result<Part, E>>>,
    /// The error at which serialization stopped.
    fault: RefCell<Option<E>>,
}

impl<E> Serialize for ReleaseIter<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for release in &mut **self.releases.borrow_mut() {
            match release {
                Ok(release) => list.serialize_element(&release)?,
                Err(fault) => {
                    self.fault.replace(Some(fault));
                    return Err(S::Error::custom("a release failed"));
                }
            }
        }
        list.end()
    }
}
