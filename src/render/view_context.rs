//! What the views of the JSON form and of templates depend on.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::Person;

use super::{Locale, style};

/// The context of the views.
#[derive(Clone, Copy)]
pub(super) struct ViewContext<'a> {
    pub(super) locale: &'a Locale,
    /// The style of `entry`; `None` in the JSON form, which has no entries.
    pub(super) style: Option<&'a style::Style<'a>>,
    /// Whether `commits` is filled; it is empty otherwise.
    pub(super) commits: bool,
    /// Whether the release is a rollback.
    pub(super) rollback: bool,
    /// Whether `reason` is filled; it is null otherwise.
    pub(super) reasons: bool,
    /// Whether the release has a single section.
    pub(super) only_section: bool,
}

/// The logins of people, if they are known.
pub(super) type Logins<'a> = Arc<BTreeMap<&'a Person, &'a str>>;
