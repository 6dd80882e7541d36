//! Finds and shortens the reason of a change in prose that people wrote: the body of a commit or a pull request.

mod blocks;
mod find;
mod noise;
mod plain;
mod repetition;
mod sentence;

pub(super) use find::of_change;
