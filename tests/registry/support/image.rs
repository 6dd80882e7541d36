//! Builds images with the library's client.

use bytes::Bytes;
use serde_json::{Value, json};
use tidings::registry::{Client, INDEX, MANIFEST, Manifest, Repository};

/// Writes an image of one layer with these labels, under these tags, and returns its manifest.
pub(crate) async fn image(
    client: &Client,
    repository: &Repository,
    content: &str,
    labels: Value,
    tags: &[&str],
) -> Manifest {
    let config = json!({ "architecture": "amd64", "os": "linux", "config": { "Labels": labels },
        "rootfs": { "type": "layers", "diff_ids": [] } });
    let (config, layer) = (Bytes::from(config.to_string()), Bytes::from(content.to_owned()));
    let text = json!({ "schemaVersion": 2, "mediaType": MANIFEST,
        "config": part(client, repository, "application/vnd.oci.image.config.v1+json", &config).await,
        "layers": [part(client, repository, "application/vnd.oci.image.layer.v1.tar", &layer).await] });
    put(client, repository, &text, MANIFEST, tags).await
}

/// Writes an index of these manifests under these tags.
pub(crate) async fn index(
    client: &Client,
    repository: &Repository,
    manifests: &[&Manifest],
    tags: &[&str],
) -> Manifest {
    let list: Vec<Value> =
        manifests.iter().map(|one| serde_json::to_value(one.descriptor()).unwrap()).collect();
    let text = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": list });
    put(client, repository, &text, INDEX, tags).await
}

/// The digest of an image's only layer.
pub(crate) fn layer_of(manifest: &Manifest) -> tidings::registry::Descriptor {
    manifest.content().unwrap().layers.remove(0)
}

async fn part(client: &Client, repository: &Repository, media_type: &str, bytes: &Bytes) -> Value {
    let digest = client.put_blob(repository, bytes).await.unwrap();
    json!({ "mediaType": media_type, "digest": digest.as_str(), "size": bytes.len() })
}

async fn put(
    client: &Client,
    repository: &Repository,
    text: &Value,
    media_type: &str,
    tags: &[&str],
) -> Manifest {
    let manifest = Manifest::new(text.to_string().into(), media_type.to_owned());
    client.put_manifest(repository, manifest.digest.as_str(), &manifest).await.unwrap();
    for tag in tags {
        client.put_manifest(repository, tag, &manifest).await.unwrap();
    }
    manifest
}
