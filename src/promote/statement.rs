//! The record of a promotion as an in-toto statement, for tools that sign it: `cosign attest --statement FILE`.
//!
//! The form is that of <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>. It is not signed here.

use serde_json::{Value, json};

use super::{ImagePlan, Plan};

/// The type of the predicate, which is the record.
const PREDICATE: &str = "urn:tidings:promotion:v1";

/// The statement about the promoted images, as indented JSON with a final newline; `None` if the plan has no record.
#[must_use]
pub fn statement(plan: &Plan) -> Option<String> {
    let record: Value = serde_json::from_slice(plan.record.as_deref()?).ok()?;
    let subject = |image: &ImagePlan| {
        let (algorithm, hex) = image.manifest.digest.as_str().split_once(':')?;
        Some(json!({ "name": image.to.repository.to_string(), "digest": { algorithm: hex } }))
    };
    let subjects = plan.images.iter().map(subject).collect::<Option<Vec<Value>>>()?;
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": PREDICATE,
        "predicate": record,
    });
    serde_json::to_string_pretty(&statement).ok().map(|text| text + "\n")
}
