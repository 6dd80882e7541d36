//! The JSON Schemas in `schemas/`: they follow from the tables of the documentation, and what the program accepts and
//! prints is valid.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test schemas` writes them.

#[cfg(test)]
mod configuration;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod page;
#[cfg(test)]
#[path = "../cli/support/schema.rs"]
#[expect(dead_code, reason = "this suite runs no program")]
mod schema;
