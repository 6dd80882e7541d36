//! A misbehaving registry: every response gives an error message, never a panic and never wrong content.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use tidings::{
    http,
    registry::{Client, Content, Descriptor, Digest, Error, INDEX, MANIFEST, Manifest, Options},
};

use crate::support::{Fake, Response, client_as, client_with, repository, run};

/// A client with few retries.
fn hasty() -> Client {
    let timeout = std::time::Duration::from_secs(2);
    client_with(http::Options { tries: 2, timeout, ..http::Options::default() }, Options::default())
}

fn blob(text: &str) -> Descriptor {
    let manifest = Manifest::new(Bytes::from(text.to_owned()), "m".to_owned());
    manifest.descriptor()
}

fn is_ping(line: &str) -> bool {
    line == "GET /v2/"
}

#[test]
fn upload_without_location_is_an_error() {
    let fake = Fake::start(|line, _| match line {
        line if line.starts_with("POST") => Response::of(202, ""),
        line if line.starts_with("HEAD") => Response::of(404, ""),
        _ => Response::of(200, "{}"),
    });
    let put = hasty();
    let error = run(put.put_blob(&repository(&format!("{}/app", fake.host)), &Bytes::from("x"))).unwrap_err();
    assert!(error.to_string().contains("has no Location header"), "{error}");
}

#[test]
fn manifest_upload_needs_no_location() {
    // The response of Amazon ECR.
    let fake = Fake::start(|_, _| Response::of(201, ""));
    let manifest = Manifest::new("{}".into(), MANIFEST.to_owned());
    let stated = run(hasty().put_manifest(
        &repository(&format!("{}/app", fake.host)),
        manifest.digest.as_str(),
        &manifest,
    ));
    assert!(!stated.unwrap());
}

#[test]
fn invalid_locations_are_not_followed() {
    for location in ["ftp://elsewhere.example/x", "http://[", "file:///etc/passwd", "\u{7f}"] {
        let fake = Fake::start(move |line, _| match line {
            line if line.starts_with("POST") => Response::of(202, "").header("Location", location),
            line if line.starts_with("HEAD") => Response::of(404, ""),
            _ => Response::of(200, "{}"),
        });
        let error = run(hasty().put_blob(&repository(&format!("{}/app", fake.host)), &Bytes::from("x")));
        assert!(error.is_err(), "{location:?}");
    }
}

#[test]
fn failures_are_retried_then_reported() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let fake = Fake::start(move |line, _| {
        if is_ping(line) {
            return Response::of(200, "{}");
        }
        match counted.fetch_add(1, Ordering::Relaxed) {
            0 => Response::of(502, "<html>"),
            1 => Response::of(429, "").header("Retry-After", "0"),
            _ => Response::of(200, r#"{"tags":["v1"]}"#),
        }
    });
    let patient = client_with(http::Options::default(), Options::default());
    assert_eq!(run(patient.tags(&repository(&format!("{}/app", fake.host)))).unwrap(), ["v1"]);
    assert_eq!(count.load(Ordering::Relaxed), 3);

    let fake = Fake::start(|line, _| {
        if is_ping(line) {
            Response::of(200, "")
        } else {
            Response::of(500, r#"{"errors":[{"message":"broken \u001b[2J"}]}"#)
        }
    });
    let error = run(hasty().tags(&repository(&format!("{}/app", fake.host)))).unwrap_err();
    assert!(error.to_string().ends_with("the registry responded with 500: broken [2J"), "{error}");
}

#[test]
fn content_with_a_wrong_digest_is_rejected() {
    let digest = Digest::of(b"right");
    let stated = digest.to_string();
    let fake = Fake::start(move |line, _| match line {
        line if line.contains("/blobs/") => Response::of(200, "wrong"),
        _ => Response::of(200, "{}").header("Docker-Content-Digest", stated.clone()),
    });
    let here = repository(&format!("{}/app", fake.host));
    for wanted in ["v1", digest.as_str(), Digest::of(b"other").as_str()] {
        let error = run(hasty().manifest(&here, wanted)).unwrap_err();
        assert!(error.to_string().contains("its digest is sha256:44136fa"), "{error}");
    }
    let error = run(hasty().blob(&here, &blob("right"), 100)).unwrap_err();
    assert!(error.to_string().contains("its digest is"), "{error}");
    let error = run(hasty().blob(&here, &blob("r"), 100)).unwrap_err();
    assert!(error.to_string().contains("longer than expected"), "{error}");
}

#[test]
fn truncated_blob_is_rejected_and_not_copied() {
    let fake = Fake::start(|line, _| match line {
        line if is_ping(line) => Response::of(200, ""),
        line if line.starts_with("GET") => Response { content_length: Some(5), ..Response::of(200, "rig") },
        line if line.starts_with("HEAD") => Response::of(404, ""),
        line if line.starts_with("POST") => {
            Response::of(202, "").header("Location", "/v2/to/blobs/uploads/1?state=x")
        }
        _ => Response::of(201, ""),
    });
    let (from, to) = (repository(&format!("{}/from", fake.host)), repository(&format!("{}/to", fake.host)));
    assert!(run(hasty().blob(&from, &blob("right"), 100)).is_err());
    assert!(run(hasty().copy_blob(&from, &to, &blob("right"))).is_err());

    let fake = Fake::start(|line, _| match line {
        line if is_ping(line) => Response::of(200, ""),
        line if line.starts_with("GET") => Response::of(200, "wrong"),
        line if line.starts_with("HEAD") => Response::of(404, ""),
        line if line.starts_with("POST") => {
            Response::of(202, "").header("Location", "/v2/to/blobs/uploads/1?state=x")
        }
        _ => Response::of(201, ""),
    });
    let (from, to) = (repository(&format!("{}/from", fake.host)), repository(&format!("{}/to", fake.host)));
    let error = run(hasty().copy_blob(&from, &to, &blob("right"))).unwrap_err();
    let stated = format!("{error:?}");
    assert!(stated.contains("its digest is"), "{stated}");
}

#[test]
fn impossible_sizes_are_errors() {
    let fake = Fake::start(|line, _| match line {
        line if line.starts_with("GET") => Response::of(200, "right"),
        line if line.starts_with("HEAD") => Response::of(404, ""),
        line if line.starts_with("POST") => {
            Response::of(202, "").header("Location", "/v2/to/blobs/uploads/1?state=x")
        }
        _ => Response::of(201, ""),
    });
    let (from, to) = (repository(&format!("{}/from", fake.host)), repository(&format!("{}/to", fake.host)));
    for size in [0, 1, 6, u64::MAX] {
        let odd = Descriptor { size, ..blob("right") };
        assert!(run(hasty().copy_blob(&from, &to, &odd)).is_err(), "{size}");
        assert!(run(hasty().blob(&from, &odd, 100)).is_err(), "{size}");
    }
}

#[test]
fn endless_lists_are_given_up() {
    let page = Arc::new(AtomicUsize::new(0));
    let fake = Fake::start(move |line, _| {
        if is_ping(line) {
            return Response::of(200, "");
        }
        let number = page.fetch_add(1, Ordering::Relaxed);
        Response::of(200, r#"{"tags":["v1"]}"#)
            .header("Link", format!("</v2/app/tags/list?last={number}>; rel=\"next\""))
    });
    let error = run(hasty().tags(&repository(&format!("{}/app", fake.host)))).unwrap_err();
    assert!(matches!(error, Error::Endless { .. }), "{error}");
    assert_eq!(fake.requests().len(), 1_001);

    for link in ["</v2/app/tags/list?n=1000>; rel=next", "<?n=1000>;rel=\"next\""] {
        let circle = Fake::start(move |_, _| Response::of(200, r#"{"tags":["v1"]}"#).header("Link", link));
        let error = run(hasty().tags(&repository(&format!("{}/app", circle.host)))).unwrap_err();
        assert!(matches!(error, Error::Endless { .. }), "{error}");
    }
    let away = Fake::start(|_, _| {
        Response::of(200, r#"{"tags":["v1"]}"#).header("Link", "<http://other.example/>; rel=next")
    });
    assert!(run(hasty().tags(&repository(&format!("{}/app", away.host)))).is_err());
}

#[test]
fn list_that_is_cut_without_a_link_is_read_on() {
    let all: Vec<String> = (100..135).map(|patch| format!("v0.1.{patch}")).collect();
    for reads_last in [true, false] {
        let served = all.clone();
        let fake = Fake::start(move |line, _| {
            let last = line.split("last=").nth(1).filter(|_| reads_last).unwrap_or_default();
            let page: Vec<&String> = served.iter().filter(|tag| tag.as_str() > last).take(10).collect();
            Response::of(200, serde_json::json!({ "tags": page }).to_string())
        });
        let tags = run(hasty().tags(&repository(&format!("{}/app", fake.host)))).unwrap();
        let expected = if reads_last { &all[..] } else { &all[..10] };
        assert_eq!(tags, expected, "{:?}", fake.requests());
    }
}

#[test]
fn repeated_manifest_in_an_index_is_copied_once() {
    let child = Manifest::new(r#"{"schemaVersion":2}"#.into(), MANIFEST.to_owned());
    let index = |child: &Manifest| {
        let content = Content { manifests: vec![child.descriptor(); 50], ..Content::default() };
        Manifest::of(&content, INDEX).unwrap()
    };
    let middle = index(&child);
    let outer = index(&middle);
    let served = [child, middle];
    let fake = Fake::start(move |line, _| {
        let named = served.iter().find(|one| line.contains("/from/") && line.ends_with(one.digest.as_str()));
        match named.filter(|_| line.starts_with("GET")) {
            Some(one) => Response::of(200, one.bytes.to_vec()).header("Content-Type", &*one.media_type),
            None if line.starts_with("PUT") => Response::of(201, ""),
            None if is_ping(line) => Response::of(200, ""),
            None => Response::of(404, ""),
        }
    });
    let (from, to) = (repository(&format!("{}/from", fake.host)), repository(&format!("{}/to", fake.host)));
    run(hasty().copy(&from, &to, &outer)).unwrap();
    let read = fake.requests().iter().filter(|line| line.starts_with("GET /v2/from/")).count();
    assert_eq!(read, 2, "{:?}", fake.requests());
}

#[test]
fn total_size_of_list_pages_is_bounded() {
    let page = Arc::new(AtomicUsize::new(0));
    let long = format!(r#"{{"tags":["v1"],"more":"{}"}}"#, "a".repeat(16 << 20));
    let fake = Fake::start(move |line, _| {
        if is_ping(line) {
            return Response::of(200, "");
        }
        let number = page.fetch_add(1, Ordering::Relaxed);
        Response::of(200, long.clone())
            .header("Link", format!("</v2/app/tags/list?last={number}>; rel=\"next\""))
    });
    let error = run(hasty().tags(&repository(&format!("{}/app", fake.host)))).unwrap_err();
    assert!(matches!(error, Error::Endless { .. }), "{error}");
    assert_eq!(fake.requests().len(), 5, "three pages fit, the fourth does not");
}

#[test]
fn malformed_responses_are_errors() {
    for body in
        ["", "[]", "null", "{\"tags\":1}", "<html>", "{\"tags\":[1]}", "{\"manifests\":[{}]}", "\u{0}"]
    {
        let fake =
            Fake::start(move |_, _| Response::of(200, body).header("Docker-Content-Digest", "sha256:zz"));
        let here = repository(&format!("{}/app", fake.host));
        assert!(run(hasty().tags(&here)).is_err() || body == "{\"manifests\":[{}]}", "{body}");
        let is_not_empty =
            |manifest: Option<Manifest>| manifest.is_some_and(|manifest| manifest.content().is_ok());
        let manifest = run(hasty().manifest(&here, "v1"));
        assert!(
            !manifest.is_ok_and(is_not_empty) || body == "{\"tags\":1}" || body == "{\"tags\":[1]}",
            "{body}"
        );
        // A response that is not a list counts as none: a web server may respond to any path.
        drop(run(hasty().referrers(&here, &Digest::of(b"x"))));
    }
    // A tag becomes part of a URL, so an invalid tag is skipped.
    let fake = Fake::start(|_, _| Response::of(200, r#"{"tags":["../../x","v1","a b","","v2"]}"#));
    assert_eq!(run(hasty().tags(&repository(&format!("{}/app", fake.host)))).unwrap(), ["v1", "v2"]);
}

#[test]
fn token_is_requested_once_and_sent_to_no_other_host() {
    let elsewhere = Fake::start(|line, who| {
        assert_eq!(who, None, "{line}");
        Response::of(201, "")
    });
    let upload = format!("http://{}/upload", elsewhere.host);
    let fake = Fake::with_host(|host| {
        move |line: &str, who: Option<&str>| match line {
            line if is_ping(line) => Response::of(200, ""),
            line if line.starts_with("GET /token") => {
                // `ada:secret`
                let is_known = who == Some("Basic YWRhOnNlY3JldA==") && line.contains("service=a+b");
                if is_known { Response::of(200, r#"{"token":"granted"}"#) } else { Response::of(401, "") }
            }
            _ if who != Some("Bearer granted") => Response::of(401, "").header(
                "WWW-Authenticate",
                format!("Bearer realm=\"http://{host}/token?x=y\",service=\"a b\""),
            ),
            line if line.starts_with("HEAD") => Response::of(404, ""),
            line if line.ends_with("tags/list?n=1000") => Response::of(200, r#"{"tags":["v1"]}"#),
            _ => Response::of(202, "").header("Location", upload.clone()),
        }
    });
    let here = repository(&format!("{}/app", fake.host));
    let user = client_as(&fake.host, "ada", "secret");
    assert_eq!(run(user.tags(&here)).unwrap(), ["v1"]);
    assert_eq!(run(user.tags(&here)).unwrap(), ["v1"]);
    run(user.put_blob(&here, &Bytes::from("x"))).unwrap();
    assert_eq!(elsewhere.requests().len(), 1);
    let tokens: Vec<_> = fake.requests().into_iter().filter(|line| line.starts_with("GET /token")).collect();
    assert_eq!(tokens.len(), 2, "{tokens:#?}");
    assert!(tokens[0].ends_with("x=y&service=a+b&scope=repository%3Aapp%3Apull"), "{tokens:#?}");
    let error = run(client_as(&fake.host, "eve", "guess").tags(&here)).unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { had_credentials: true, .. }), "{error}");
}

/// GitHub's registry, as reported by users: a package that does not exist yet may not be read, but may be created.
/// `is_there` is for one that exists, and that may be written but not read.
fn github(host: &str, is_there: bool) -> impl Fn(&str, Option<&str>) -> Response + Send + use<> {
    let realm = format!("Bearer realm=\"http://{host}/token\",service=\"ghcr.io\"");
    let denied = |status| {
        Response::of(
            status,
            r#"{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}"#,
        )
    };
    move |line, who| match (line, who) {
        (line, _) if line.starts_with("GET /token") => match line.contains("pull%2Cpush") {
            true => Response::of(200, r#"{"token":"may-make-it"}"#),
            false => denied(403),
        },
        (_, None) => denied(401).header("WWW-Authenticate", realm.clone()),
        _ if is_there => denied(403),
        _ => Response::of(404, r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#),
    }
}

#[test]
fn missing_repository_hidden_from_readers_is_retried_with_push_scope() {
    let fake = Fake::with_host(|host| github(&host, false));
    let (client, app) = (client_as(&fake.host, "ada", "secret"), repository(&format!("{}/app", fake.host)));
    let refused = run(client.tags(&app)).unwrap_err();
    assert!(matches!(refused, Error::Unauthorized { .. }), "{refused}");
    assert_eq!(run(client.tags_to_write(&app)).unwrap(), [""; 0]);
    // Later reads use the same scope.
    assert_eq!(run(client.digest(&app, "prod")).unwrap(), None);
    let tokens = fake.requests().iter().filter(|line| line.starts_with("GET /token")).count();
    assert_eq!(tokens, 3, "{:#?}", fake.requests());
}

#[test]
fn unreadable_repository_is_not_treated_as_empty() {
    // Otherwise an environment could be downgraded without permission.
    let fake = Fake::with_host(|host| github(&host, true));
    let (client, app) = (client_as(&fake.host, "ada", "secret"), repository(&format!("{}/app", fake.host)));
    let refused = run(client.tags_to_write(&app)).unwrap_err();
    assert!(matches!(refused, Error::Unauthorized { had_credentials: true, .. }), "{refused}");
    assert!(refused.hint().unwrap().contains("does not exist yet"), "{:?}", refused.hint());
}
