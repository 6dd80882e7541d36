//! The two ends of a deployment: what runs, and what will run.
//!
//! `compare`, `promote`, `notify` and `publish` name the same two ends because they resolve them here. An **end** is an
//! environment, an image, a version or a revision, with what is known of it: version, commit, digest, date, and how it
//! was found. What runs in an environment is read from its registry if it has an image, else from the tags of the git
//! repository. This module resolves ends; `compare/` builds the notes between them.

mod claims;
mod deploy_tag;
mod end;
mod image;
mod plan;
mod recorded;
mod resolve;
mod running;
mod since;
mod sources;

pub use claims::{Contradictions, commit_of_image, contradictions, refusal};
pub use deploy_tag::DeployRecord;
pub use end::{DeploymentEnd, DeploymentEnds};
pub use image::{Image, commit_of_tag};
pub use plan::of_plan;
pub use recorded::{of_record, read_record};
pub use resolve::{after, before, both, resolve};
pub use running::{in_git, running, versions_run};
pub use since::running_since;
pub use sources::Sources;
