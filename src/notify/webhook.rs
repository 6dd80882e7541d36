//! Webhook payloads: JSON, and their signature.

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::announcement::Announcement;

/// The payload. `facts` have their keys instead of translated labels; `notes` are in the JSON form.
#[must_use]
pub fn webhook(announcement: &Announcement, facts: &[(&str, Option<&str>)], notes: &Value) -> Value {
    let mut message = json!({ "schema": 1, "generator": concat!("tidings ", env!("CARGO_PKG_VERSION")),
        "title": announcement.title, "link": announcement.link.as_ref().map(|(_, url)| url) });
    if let Value::Object(map) = &mut message {
        map.extend(facts.iter().map(|(key, value)| ((*key).to_owned(), json!(value))));
        map.insert("notes".to_owned(), notes.clone());
    }
    message
}

/// The signature of a body: `v1=` and the HMAC-SHA256, in hex digits, of the timestamp (seconds since 1970), a period
/// and the body. The timestamp prevents replays of old messages.
#[must_use]
pub fn sign(key: &[u8], timestamp: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC accepts keys of any length")
    };
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    digest.iter().fold(String::from("v1="), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::announcement::sample;

    #[test]
    fn signature_matches_openssl() {
        // printf '1772323200.{"a":1}' | openssl dgst -sha256 -hmac key
        let signature = sign(b"key", 1_772_323_200, br#"{"a":1}"#);
        assert_eq!(signature, OPENSSL);
        assert_ne!(sign(b"other", 1_772_323_200, br#"{"a":1}"#), signature);
        assert_ne!(sign(b"key", 1_772_323_201, br#"{"a":1}"#), signature);
    }

    const OPENSSL: &str = "v1=7a4894845c3f25c023620fe40830b4cd215e984cd5ecdf088fbf0d1ce4bceea6";

    #[test]
    fn payload_has_all_keys() {
        let message =
            webhook(&sample(), &[("phase", Some("before")), ("duration", None)], &json!({ "schema": 1 }));
        assert_eq!((&message["phase"], &message["duration"]), (&json!("before"), &Value::Null));
        assert_eq!(message["link"], "https://example.com/r?a=1&b=2");
        assert_eq!(message["notes"]["schema"], 1);
    }
}
