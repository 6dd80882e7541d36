//! `tidings site`: the pages, feeds and data scripts, and the folder that they are written to.

mod feeds;
mod folder;
mod pages;
mod since;
mod support;
