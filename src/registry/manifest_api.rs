//! Manifests: reading, writing, deleting. Whatever comes is checked against its digest.

use http::{HeaderValue, Method, header};

use super::{
    Client, Digest, Error, Manifest, Repository,
    call::{Call, Right},
    manifest::{ACCEPTED, MANIFEST},
};
use crate::http::Response;

impl Client {
    /// The manifest or index that a tag or digest names; `None` where there is none.
    ///
    /// # Errors
    /// When the registry cannot be asked, or gives something else.
    pub async fn manifest(&self, repository: &Repository, wanted: &str) -> Result<Option<Manifest>, Error> {
        let call = self.manifest_call(repository, Right::Pull, Method::GET, wanted, "read").await?;
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            200 => {
                let (media_type, digest) = (media_type(&response), told_digest(&response));
                let mut manifest = Manifest::new(response.into_body(), media_type);
                if !ACCEPTED.contains(&&*manifest.media_type) {
                    // A plain file server tells `application/json`; what the manifest says of itself counts then.
                    manifest.media_type =
                        manifest.content()?.media_type.unwrap_or_else(|| MANIFEST.to_owned());
                }
                for expected in Digest::parse(wanted).into_iter().chain(digest) {
                    expected.verify(&manifest.bytes, || {
                        format!("the manifest of `{}`", repository.image(wanted))
                    })?;
                    // It is called by what it was asked for by, in whatever algorithm.
                    if expected.as_str() == wanted {
                        return Ok(Some(Manifest { digest: expected, ..manifest }));
                    }
                }
                Ok(Some(manifest))
            }
            404 => Ok(None),
            _ => Err(call.refused(&response)),
        }
    }

    /// The digest that a tag stands on; `None` where there is no such tag.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub async fn digest(&self, repository: &Repository, tag: &str) -> Result<Option<Digest>, Error> {
        let call = self.manifest_call(repository, Right::Pull, Method::HEAD, tag, "read").await?;
        let response = self.send(&call).await?;
        match (response.status().as_u16(), told_digest(&response)) {
            (200, Some(digest)) => Ok(Some(digest)),
            (404, _) => Ok(None),
            // Not every registry tells the digest, or answers HEAD.
            _ => Ok(self.manifest(repository, tag).await?.map(|manifest| manifest.digest)),
        }
    }

    /// Writes a manifest under a tag or its digest. Whether the registry says that it keeps the list of referrers of
    /// what the manifest refers to.
    ///
    /// # Errors
    /// When the registry cannot be told, or takes it for something else.
    pub async fn put_manifest(
        &self,
        repository: &Repository,
        name: &str,
        manifest: &Manifest,
    ) -> Result<bool, Error> {
        let mut call = self.manifest_call(repository, Right::Push, Method::PUT, name, "write").await?;
        let media_type = HeaderValue::from_str(&manifest.media_type);
        call.headers.insert(header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static(MANIFEST)));
        call.body = manifest.bytes.clone();
        let response = self.send(&call).await?;
        if !response.status().is_success() {
            return Err(call.refused(&response));
        }
        match told_digest(&response) {
            Some(told) if told.as_str().starts_with("sha256:") && told != Digest::of(&manifest.bytes) => {
                Err(call.malformed(format!("it calls what was written {told}, which is not its digest")))
            }
            _ => Ok(response.headers().contains_key("oci-subject")),
        }
    }

    /// Deletes a manifest. Whether the registry did: many do not let one delete.
    ///
    /// # Errors
    /// When the registry cannot be reached.
    pub async fn delete_manifest(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let call =
            self.manifest_call(repository, Right::Delete, Method::DELETE, digest.as_str(), "delete").await?;
        match self.send(&call).await {
            Ok(response) => Ok(response.status().is_success()),
            Err(Error::Unauthorized { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn manifest_call<'c>(
        &self,
        repository: &'c Repository,
        right: Right<'c>,
        method: Method,
        name: &str,
        verb: &str,
    ) -> Result<Call<'c>, Error> {
        let url = self.url(repository, &format!("manifests/{name}")).await?;
        let mut call =
            Call::new(repository, right, method, url, format!("{verb} `{}`", repository.image(name)));
        call.headers.insert(header::ACCEPT, HeaderValue::from_static(accepted()));
        Ok(call)
    }
}

fn media_type(response: &Response) -> String {
    let value = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = value.unwrap_or(MANIFEST).split(';').next().unwrap_or_default();
    bare.trim().to_owned()
}

fn told_digest(response: &Response) -> Option<Digest> {
    Digest::parse(response.headers().get("docker-content-digest")?.to_str().ok()?.trim())
}

fn accepted() -> &'static str {
    static ALL: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    ALL.get_or_init(|| ACCEPTED.join(", "))
}
