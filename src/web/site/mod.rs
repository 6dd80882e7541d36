//! Writes a static site of all versions.
//!
//! In: a session and a [`SiteRequest`]. Out: pages, feeds and data scripts in a folder. `content` reads the notes,
//! the other files turn them into pages: `pages` with the templates in `templates/web/site/`, `scripts` into the
//! data of the search and of the comparison, `feeds` into Atom, JSON Feed and the sitemap. All files are made in
//! memory before `folder` writes the first one. The HTML of entries comes from `render`; nothing here escapes text.

mod anchors;
mod assets;
mod build;
mod charts;
mod content;
mod feeds;
mod file_names;
mod folder;
mod language;
mod lead_time;
mod page_frame;
mod pages;
mod periods;
mod release_view;
mod request;
mod scripts;
mod site_release;
mod statistics;
mod upgrade_data;

pub use build::{SiteReport, build};
pub use language::Language;
pub use request::SiteRequest;
