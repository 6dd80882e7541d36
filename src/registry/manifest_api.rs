//! Reads, writes and deletes manifests, verified against their digests.

use http::{HeaderValue, Method, header};

use super::{
    Client, Digest, Error, Manifest, Repository,
    call::{Call, Permission},
    manifest::{ACCEPTED, MANIFEST},
};
use crate::http::Response;

impl Client {
    /// The manifest or index with a tag or digest; `None` if there is none.
    ///
    /// # Errors
    /// If the request fails, or the manifest does not match its digest.
    pub async fn manifest(
        &self,
        repository: &Repository,
        tag_or_digest: &str,
    ) -> Result<Option<Manifest>, Error> {
        let call =
            self.manifest_call(repository, Permission::Pull, Method::GET, tag_or_digest, "read").await?;
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            200 => {
                let (media_type, digest) = (media_type(&response), digest_header(&response));
                let mut manifest = Manifest::new(response.into_body(), media_type);
                if !ACCEPTED.contains(&&*manifest.media_type) {
                    // A static file server sends `application/json`; use the manifest's own field then.
                    manifest.media_type =
                        manifest.content()?.media_type.unwrap_or_else(|| MANIFEST.to_owned());
                }
                for expected in Digest::parse(tag_or_digest).into_iter().chain(digest) {
                    expected.verify(&manifest.bytes, || {
                        format!("the manifest of `{}`", repository.image(tag_or_digest))
                    })?;
                    // Report the digest that was requested, whatever its algorithm.
                    if expected.as_str() == tag_or_digest {
                        return Ok(Some(Manifest { digest: expected, ..manifest }));
                    }
                }
                Ok(Some(manifest))
            }
            404 => Ok(None),
            _ => Err(call.refused(&response)),
        }
    }

    /// The digest that a tag points to; `None` if there is no such tag.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn digest(&self, repository: &Repository, tag: &str) -> Result<Option<Digest>, Error> {
        let call = self.manifest_call(repository, Permission::Pull, Method::HEAD, tag, "read").await?;
        let response = self.send(&call).await?;
        match (response.status().as_u16(), digest_header(&response)) {
            (200, Some(digest)) => Ok(Some(digest)),
            (404, _) => Ok(None),
            // Not every registry sends the digest header or supports HEAD.
            _ => Ok(self.manifest(repository, tag).await?.map(|manifest| manifest.digest)),
        }
    }

    /// Writes a manifest under a tag or its digest. Returns whether the registry confirmed the manifest's subject, that
    /// is, maintains the referrers itself (`OCI-Subject` header).
    ///
    /// # Errors
    /// If the request fails, or the registry reports another digest.
    pub async fn put_manifest(
        &self,
        repository: &Repository,
        name: &str,
        manifest: &Manifest,
    ) -> Result<bool, Error> {
        let mut call = self.manifest_call(repository, Permission::Push, Method::PUT, name, "write").await?;
        let media_type = HeaderValue::from_str(&manifest.media_type);
        call.headers.insert(header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static(MANIFEST)));
        call.body = manifest.bytes.clone();
        let response = self.send(&call).await?;
        if !response.status().is_success() {
            return Err(call.refused(&response));
        }
        match digest_header(&response) {
            Some(reported)
                if reported.as_str().starts_with("sha256:") && reported != Digest::of(&manifest.bytes) =>
            {
                Err(call.malformed(format!(
                    "it reports the digest {reported}, which is not that of the manifest"
                )))
            }
            _ => Ok(response.headers().contains_key("oci-subject")),
        }
    }

    /// Deletes a manifest. Returns whether the registry did: many do not support it.
    ///
    /// # Errors
    /// If the registry cannot be reached.
    pub async fn delete_manifest(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let call = self
            .manifest_call(repository, Permission::Delete, Method::DELETE, digest.as_str(), "delete")
            .await?;
        match self.send(&call).await {
            Ok(response) => Ok(response.status().is_success()),
            Err(Error::Unauthorized { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn manifest_call<'c>(
        &self,
        repository: &'c Repository,
        permission: Permission<'c>,
        method: Method,
        name: &str,
        verb: &str,
    ) -> Result<Call<'c>, Error> {
        let url = self.url(repository, &format!("manifests/{name}")).await?;
        let mut call =
            Call::new(repository, permission, method, url, format!("{verb} `{}`", repository.image(name)));
        call.headers.insert(header::ACCEPT, HeaderValue::from_static(accepted()));
        Ok(call)
    }
}

fn media_type(response: &Response) -> String {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = value.unwrap_or(MANIFEST).split(';').next().unwrap_or_default();
    bare.trim().to_owned()
}

fn digest_header(response: &Response) -> Option<Digest> {
    Digest::parse(response.headers().get("docker-content-digest")?.to_str().ok()?.trim())
}

fn accepted() -> &'static str {
    static ALL: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    ALL.get_or_init(|| ACCEPTED.join(", "))
}
