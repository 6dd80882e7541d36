//! The client against real registries.

use bytes::Bytes;
use serde_json::json;
use tidings::{
    http,
    registry::{Annotations, Artifact, Descriptor, Digest, Error, Layer, Manifest, Options},
};

use crate::support::{
    Kind, Server, USER, client, client_as, client_with, image, index, on_each, repository, run,
};

fn artifact(artifact_type: &str, text: &str) -> Artifact {
    Artifact {
        artifact_type: artifact_type.to_owned(),
        layers: vec![Layer {
            media_type: "text/plain".to_owned(),
            title: "x.txt".to_owned(),
            bytes: Bytes::from(text.to_owned()),
        }],
        annotations: Annotations::from([("k".to_owned(), "v".to_owned())]),
        replaces_others: true,
    }
}

fn texts(all: &[Descriptor]) -> Vec<String> {
    let mut types: Vec<_> = all.iter().filter_map(|one| one.artifact_type.clone()).collect();
    types.sort();
    types
}

#[test]
fn written_artifacts_are_read_back() {
    on_each(|server, _| {
        run(async {
            let (client, repository) = (client(), repository(&server.image("team/app")));
            let manifest = image(&client, &repository, "one", json!({}), &["v1.0.0", "latest"]).await;
            assert_eq!(client.manifest(&repository, "v1.0.0").await.unwrap().unwrap(), manifest);
            assert_eq!(client.digest(&repository, "latest").await.unwrap().unwrap(), manifest.digest);
            assert_eq!(client.digest(&repository, "none").await.unwrap(), None);
            assert_eq!(client.manifest(&repository, Digest::of(b"none").as_str()).await.unwrap(), None);
            assert_eq!(client.tags(&repository).await.unwrap(), ["latest", "v1.0.0"]);
            let layer = crate::support::layer_of(&manifest);
            assert_eq!(client.blob(&repository, &layer, 3).await.unwrap(), "one");
            assert!(client.blob(&repository, &layer, 2).await.is_err());
            let none = crate::support::repository(&server.image("none"));
            assert_eq!(client.tags(&none).await.unwrap(), [""; 0]);
        });
    });
}

#[test]
fn artifact_is_attached_once_and_replaced_separately() {
    on_each(|server, kind| {
        run(async {
            let (client, repository) = (client(), repository(&server.image("app")));
            let manifest = image(&client, &repository, "one", json!({}), &["v1"]).await;
            let subject = manifest.descriptor();
            let mut signature = artifact("application/x.signature", "signed");
            signature.replaces_others = false;
            client.attach(&repository, &subject, &signature).await.unwrap();
            let first =
                client.attach(&repository, &subject, &artifact("application/x.notes", "a")).await.unwrap();
            assert!(!first.is_unchanged);
            let again =
                client.attach(&repository, &subject, &artifact("application/x.notes", "a")).await.unwrap();
            assert!(again.is_unchanged && again.digest == first.digest);
            let second =
                client.attach(&repository, &subject, &artifact("application/x.notes", "b")).await.unwrap();
            assert_eq!((second.is_unchanged, second.replaced), (false, 1));
            let again =
                client.attach(&repository, &subject, &artifact("application/x.notes", "b")).await.unwrap();
            assert!(again.is_unchanged && again.digest == second.digest);
            let back =
                client.attach(&repository, &subject, &artifact("application/x.notes", "a")).await.unwrap();
            assert!(!back.is_unchanged);

            let referrers = client.referrers(&repository, &manifest.digest).await.unwrap();
            assert_eq!(referrers.from_api, kind == Kind::Ferro);
            assert_eq!(texts(&referrers.all), ["application/x.notes", "application/x.signature"]);
            let ours = client.artifacts(&repository, &manifest.digest, "application/x.notes").await.unwrap();
            assert_eq!(ours.len(), 1);
            assert_eq!(ours[0].0.digest, back.digest);
            assert_eq!(client.blob(&repository, &ours[0].1.layers[0], 10).await.unwrap(), "a");
        });
    });
}

#[test]
fn concurrent_attachments_lose_nothing() {
    on_each(|server, _| {
        let name = server.image("app");
        let manifest = run(async {
            let (client, repository) = (client(), repository(&name));
            image(&client, &repository, "one", json!({}), &["v1"]).await
        });
        let attach = |number: usize| {
            let (name, subject) = (name.clone(), manifest.descriptor());
            std::thread::spawn(move || {
                let what = artifact(&format!("application/x.{number}"), &number.to_string());
                run(async { client().attach(&repository(&name), &subject, &what).await.unwrap() })
            })
        };
        let all: Vec<_> = (0..6).map(attach).collect();
        all.into_iter().for_each(|one| drop(one.join().unwrap()));
        let found = run(async { client().referrers(&repository(&name), &manifest.digest).await.unwrap() });
        assert_eq!(
            texts(&found.all),
            (0..6).map(|number| format!("application/x.{number}")).collect::<Vec<_>>()
        );
    });
}

#[test]
fn index_is_copied_with_its_manifests_and_referrers() {
    on_each(|server, kind| {
        run(async {
            let (client, from) = (client(), repository(&server.image("staging/app")));
            // Larger than any buffer on the path.
            let large = "x".repeat(3 << 20);
            let one = image(&client, &from, &large, json!({}), &[]).await;
            let two = image(&client, &from, "two", json!({}), &[]).await;
            let whole = index(&client, &from, &[&one, &two], &["v1"]).await;
            client.attach(&from, &whole.descriptor(), &artifact("application/x.notes", "a")).await.unwrap();
            client.attach(&from, &whole.descriptor(), &artifact("application/x.other", "b")).await.unwrap();
            let near = repository(&server.image("production/app"));
            let other = Server::start(kind).unwrap();
            let far = repository(&other.image("app"));
            for to in [&near, &far] {
                client.copy(&from, to, &whole).await.unwrap();
                assert_eq!(client.manifest(to, whole.digest.as_str()).await.unwrap().unwrap(), whole);
                let layer = crate::support::layer_of(&one);
                assert_eq!(client.blob(to, &layer, 4 << 20).await.unwrap(), large);
                let notes = |one: &Descriptor| one.artifact_type.as_deref() == Some("application/x.notes");
                assert_eq!(client.copy_referrers(&from, to, &whole.digest, notes).await.unwrap(), 1);
                let found = client.referrers(to, &whole.digest).await.unwrap();
                assert_eq!(texts(&found.all), ["application/x.notes"]);
                client.copy_referrers(&from, to, &whole.digest, |_| true).await.unwrap();
                assert_eq!(client.copy_referrers(&from, to, &whole.digest, |_| true).await.unwrap(), 0);
                assert_eq!(client.referrers(to, &whole.digest).await.unwrap().all.len(), 2);
            }
        });
    });
}

#[test]
fn registry_with_password_needs_credentials() {
    let Some(server) = Server::with_password() else { return };
    run(async {
        let repository = repository(&server.image("app"));
        let named = client_as(&server.host, USER.0, USER.1);
        let manifest = image(&named, &repository, "one", json!({}), &["v1"]).await;
        assert_eq!(named.digest(&repository, "v1").await.unwrap(), Some(manifest.digest.clone()));
        let error = client().digest(&repository, "v1").await.unwrap_err();
        assert!(matches!(&error, Error::Unauthorized { had_credentials: false, .. }), "{error}");
        assert!(error.hint().unwrap().contains(&format!("docker login {}", server.host)));
        let error =
            client_as(&server.host, "ada", "wrong-password").digest(&repository, "v1").await.unwrap_err();
        assert!(matches!(&error, Error::Unauthorized { had_credentials: true, .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains("wrong-password"));
        // A stream cannot be sent twice, so it must be authorised at once.
        let other = Server::start(Kind::Distribution).unwrap();
        let open = crate::support::repository(&other.image("app"));
        let there = image(&client(), &open, "two", json!({}), &["v2"]).await;
        client_as(&server.host, USER.0, USER.1).copy(&open, &repository, &there).await.unwrap();
        assert!(named.digest(&repository, there.digest.as_str()).await.unwrap().is_some());
    });
}

#[test]
fn tls_needs_a_trusted_certificate() {
    let Some((server, certificate)) = Server::with_tls() else { return };
    run(async {
        let repository = repository(&server.image("app"));
        let web = http::Options { ca_file: Some(certificate), ..http::Options::default() };
        let trusting = client_with(web, Options::default());
        let manifest = image(&trusting, &repository, "one", json!({}), &["v1"]).await;
        assert_eq!(trusting.digest(&repository, "v1").await.unwrap(), Some(manifest.digest));
        let error = client_with(http::Options { tries: 1, ..http::Options::default() }, Options::default())
            .digest(&repository, "v1")
            .await;
        let error = error.unwrap_err();
        assert!(error.hint().unwrap().contains("ca_file"), "{error:?}");
    });
}

#[test]
fn skopeo_reads_attached_artifacts() {
    let is_there = std::process::Command::new("skopeo").arg("--version").output().is_ok();
    if !is_there {
        crate::required::missing("skopeo");
        return;
    }
    on_each(|server, _| {
        let (name, digest, attached) = run(async {
            let (client, repository) = (client(), repository(&server.image("app")));
            let manifest = image(&client, &repository, "one", json!({}), &["v1"]).await;
            let attached = client
                .attach(&repository, &manifest.descriptor(), &artifact("application/x.notes", "a"))
                .await
                .unwrap();
            (repository.to_string(), manifest.digest, attached.digest)
        });
        let raw = std::process::Command::new("skopeo")
            .args(["inspect", "--raw", "--tls-verify=false", &format!("docker://{name}@{attached}")])
            .output()
            .unwrap();
        assert!(raw.status.success(), "{}", String::from_utf8_lossy(&raw.stderr));
        assert_eq!(Manifest::new(raw.stdout.clone().into(), String::new()).digest, attached);
        let value: serde_json::Value = serde_json::from_slice(&raw.stdout).unwrap();
        assert_eq!(value["subject"]["digest"], digest.as_str());
        assert_eq!(value["artifactType"], "application/x.notes");
    });
}
