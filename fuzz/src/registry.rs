//! Fuzzes the responses of a registry, and image names. The first byte chooses the request, the second the credentials;
//! the rest is the responses (see `server`), or a string.

use std::hint::black_box;

use bytes::Bytes;
use tidings::{
    http::Secret,
    registry::{
        Client, Content, Credentials, Descriptor, Digest, Error, ExplicitCredentials, INDEX, Login, MANIFEST,
        Manifest, Options, Reference, Repository, is_tag,
    },
};

use super::server::{self, SECRET, USER};

/// The registry that the credentials are for, and another.
const HOST: &str = "r.example:5000";
const OTHER: &str = "other.example";

pub(super) fn target(data: &[u8]) {
    let [choice, who, rest @ ..] = data else { return };
    match choice % 16 {
        choice @ ..12 => {
            server::with_responses(rest, &[HOST], async |web| {
                let client = Client::new(web, options(*who));
                if let Err(error) = ask(&client, choice, rest).await {
                    assert!(!format!("{error} {error:?} {:?}", error.hint()).contains(SECRET), "{error}");
                }
            });
        }
        12 | 13 => name(&String::from_utf8_lossy(rest)),
        _ => content(rest),
    }
}

fn options(who: u8) -> Options {
    let secret = Secret::new(SECRET);
    let login = secret.map(|secret| match who & 3 {
        0 => Login::Identity(secret),
        _ => Login::Basic { user: USER.to_owned(), secret },
    });
    let explicit = login
        .filter(|_| who & 3 != 3)
        .map(|login| ExplicitCredentials { hosts: vec![HOST.to_owned()], login });
    Options {
        credentials: Credentials { explicit, files: Vec::new() },
        all_plain: true,
        ..Options::default()
    }
}

fn repository(host: &str) -> Repository {
    Repository { host: host.to_owned(), name: "team/app".to_owned() }
}

async fn ask(client: &Client, choice: u8, rest: &[u8]) -> Result<(), Error> {
    let own = repository(HOST);
    let body = server::first_body(rest);
    let digest = Digest::of(&body);
    match choice {
        0 => drop(client.manifest(&own, "v1.0.0").await?.map(|manifest| manifest.content())),
        1 => {
            if let Some(manifest) = client.manifest(&own, digest.as_str()).await? {
                assert_eq!(manifest.digest, Digest::of(&manifest.bytes), "a manifest that was not requested");
                assert_eq!(manifest.digest, digest);
            }
        }
        2 => drop(client.digest(&own, "v1.0.0").await?),
        3 => {
            let tags = client.tags(&own).await?;
            assert!(tags.iter().all(|tag| is_tag(tag)), "{tags:?}");
        }
        4 => drop(client.tags_to_write(&own).await?),
        5 => drop(client.referrers(&own, &digest).await?),
        6 => drop(client.artifacts(&own, &digest, "application/vnd.tidings.notes.v1").await?),
        7 => {
            let size = body.len() as u64;
            let blob = Descriptor {
                media_type: "application/octet-stream".to_owned(),
                digest: digest.clone(),
                size,
                artifact_type: None,
                annotations: Default::default(),
            };
            let bytes = client.blob(&own, &blob, 1 << 16).await?;
            assert_eq!(Digest::of(&bytes), digest, "a blob that was not requested");
        }
        8 => drop(client.put_blob(&own, &Bytes::from_static(b"{}")).await?),
        9 => drop(client.delete_manifest(&own, &digest).await?),
        10 | 11 => {
            let to = repository(if choice == 10 { OTHER } else { HOST });
            let to = Repository { name: "other/app".to_owned(), ..to };
            let kind = if body.windows(11).any(|text| text == b"\"manifests\"") { INDEX } else { MANIFEST };
            client.copy(&own, &to, &Manifest::new(body.into(), kind.to_owned())).await?;
        }
        _ => {}
    }
    Ok(())
}

/// A valid image name is unchanged after formatting and parsing it again.
fn name(text: &str) {
    for line in text.lines() {
        match Reference::parse(line) {
            Ok(reference) => {
                let written = reference.to_string();
                assert_eq!(
                    Reference::parse(&written).ok().as_ref(),
                    Some(&reference),
                    "{line:?} was written {written:?}"
                );
                let address = format!(
                    "https://{}/v2/{}/manifests/{}",
                    reference.repository.host,
                    reference.repository.name,
                    reference.tag_or_digest()
                );
                assert!(address.parse::<::http::Uri>().is_ok(), "{line:?} makes no address: {address}");
                black_box(reference.repository.is_loopback());
            }
            Err(error) => drop(error.to_string()),
        }
        if let Some(digest) = Digest::parse(line) {
            assert!(is_tag(&digest.referrers_tag()));
        }
    }
}

/// A manifest is unchanged after serialising and parsing it again.
fn content(text: &[u8]) {
    let manifest = Manifest::new(Bytes::copy_from_slice(text), MANIFEST.to_owned());
    let Ok(content) = manifest.content() else { return };
    let again = Manifest::of(&content, MANIFEST).and_then(|manifest| manifest.content());
    assert_eq!(again.ok().as_ref().map(debug), Some(debug(&content)), "the manifest changed in a roundtrip");
}

fn debug(content: &Content) -> String {
    format!("{content:?}")
}
