//! Reads, writes and copies blobs, verified against their digests.

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use url::Url;

use super::{
    Client, Descriptor, Digest, Error, Repository,
    call::{Call, Permission, uri},
};
use crate::http::StreamedResponse;

/// Maximum number of attempts to copy a blob.
const COPY_ATTEMPTS: usize = 3;

impl Client {
    /// Whether a repository has a blob.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn has_blob(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let url = self.url(repository, &format!("blobs/{digest}")).await?;
        let call = Call::new(
            repository,
            Permission::Pull,
            Method::HEAD,
            url,
            blob_action("look for", repository, digest),
        );
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            200 | 307 => Ok(true),
            404 => Ok(false),
            _ => Err(call.refused(&response)),
        }
    }

    /// Reads a whole blob of at most `limit` bytes.
    ///
    /// # Errors
    /// If the request fails, or the blob is larger or does not match its digest.
    pub async fn blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: usize,
    ) -> Result<Bytes, Error> {
        let Descriptor { digest, size, .. } = blob;
        let what = || format!("the blob {digest} of `{repository}`");
        if *size > limit as u64 {
            let problem = format!("it has {size} bytes; the limit is {limit}");
            return Err(Error::Malformed { what: what(), problem });
        }
        let stream = self.open_blob(repository, blob).await?;
        stream.read(limit).await.map_err(|problem| Error::Malformed { what: what(), problem })
    }

    /// Streams a blob, verifying it.
    async fn open_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
    ) -> Result<crate::http::Stream, Error> {
        if blob.size == 0 {
            // An empty blob has no chunk to verify.
            blob.digest.verify(b"", || format!("the blob {} of `{repository}`", blob.digest))?;
        }
        let url = self.url(repository, &format!("blobs/{}", blob.digest)).await?;
        let what = blob_action("read", repository, &blob.digest);
        let call = Call::new(repository, Permission::Pull, Method::GET, url, what);
        match self.open(&call, blob.size).await? {
            StreamedResponse::Streaming(stream) => {
                let mut verifier = blob.digest.verifier(blob.size);
                Ok(stream.watched(move |chunk| verifier.update(chunk)))
            }
            StreamedResponse::Refused(response) => Err(call.refused(&response)),
        }
    }

    /// Writes a small blob, unless it exists.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn put_blob(&self, repository: &Repository, bytes: &Bytes) -> Result<Digest, Error> {
        let digest = Digest::of(bytes);
        if self.has_blob(repository, &digest).await? {
            return Ok(digest);
        }
        let Upload::Session(session, permission) = self.start_upload(repository, &digest, None).await? else {
            return Ok(digest);
        };
        let what = blob_action("write", repository, &digest);
        let mut call = Call::new(repository, permission, Method::PUT, upload_url(session, &digest), what);
        call.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        call.body = bytes.clone();
        let response = self.send(&call).await?;
        if response.status().is_success() { Ok(digest) } else { Err(call.refused(&response)) }
    }

    /// Copies a blob to another repository, unless it exists there: mounts it within one registry, else streams it
    /// without holding it in memory.
    ///
    /// # Errors
    /// If the blob cannot be read or written, or does not match its digest.
    pub async fn copy_blob(
        &self,
        from: &Repository,
        to: &Repository,
        blob: &Descriptor,
    ) -> Result<(), Error> {
        if self.has_blob(to, &blob.digest).await? {
            return Ok(());
        }
        let mount = (from.host == to.host).then_some(from);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let Upload::Session(session, permission) = self.start_upload(to, &blob.digest, mount).await?
            else {
                return Ok(());
            };
            match self.stream_blob((from, to), blob, session, permission).await {
                Err(Error::Http { source: crate::http::Error::Transport { .. }, .. })
                    if attempts < COPY_ATTEMPTS => {}
                Err(Error::Refused { status, .. })
                    if attempts < COPY_ATTEMPTS && (status >= 500 || status == 429) => {}
                done => return done,
            }
        }
    }

    async fn stream_blob(
        &self,
        (from, to): (&Repository, &Repository),
        blob: &Descriptor,
        session: Url,
        permission: Permission<'_>,
    ) -> Result<(), Error> {
        let stream = self.open_blob(from, blob).await?;
        let what = format!("copy the blob {} from `{from}` to `{to}`", blob.digest);
        let mut call = Call::new(to, permission, Method::PUT, upload_url(session, &blob.digest), what);
        call.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        // Authorize up front: a stream cannot be sent again after a challenge.
        if let Some(authorization) = self.authorization(&call) {
            call.headers.insert(header::AUTHORIZATION, authorization.header);
        }
        let mut request = http::Request::new(stream);
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri(&call.url, &call.what)?;
        *request.headers_mut() = call.headers.clone();
        let response = self.web.upload(request).await.map_err(|error| call.failed(error))?;
        if response.status().is_success() { Ok(()) } else { Err(call.refused(&response)) }
    }

    /// Starts an upload. Mounting the blob may complete it at once.
    async fn start_upload<'r>(
        &self,
        to: &Repository,
        digest: &Digest,
        mount: Option<&'r Repository>,
    ) -> Result<Upload<'r>, Error> {
        if let Some(from) = mount {
            match self.try_start_upload(to, digest, Some(from)).await {
                // Without permission to mount, the blob can still be streamed.
                Err(Error::Unauthorized { .. } | Error::Refused { .. }) => {}
                upload => return upload,
            }
        }
        self.try_start_upload(to, digest, None).await
    }

    async fn try_start_upload<'r>(
        &self,
        to: &Repository,
        digest: &Digest,
        mount: Option<&'r Repository>,
    ) -> Result<Upload<'r>, Error> {
        let mut url = self.url(to, "blobs/uploads/").await?;
        if let Some(from) = mount {
            url.query_pairs_mut().append_pair("mount", digest.as_str()).append_pair("from", &from.name);
        }
        let permission = mount.map_or(Permission::Push, Permission::Mount);
        let call = Call::new(to, permission, Method::POST, url, blob_action("write", to, digest));
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            201 => Ok(Upload::Exists),
            202 => {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                let location = location.ok_or_else(|| call.malformed("it has no Location header"))?;
                let session = call.url.join(location).map_err(|error| call.malformed(error.to_string()))?;
                let leaves_tls = call.url.scheme() == "https" && session.scheme() != "https";
                if leaves_tls || !matches!(session.scheme(), "http" | "https") {
                    return Err(call.malformed("its upload URL does not use https"));
                }
                Ok(Upload::Session(session, permission))
            }
            _ => Err(call.refused(&response)),
        }
    }
}

enum Upload<'r> {
    /// The blob exists.
    Exists,
    /// Upload the blob to this URL, with the authorization for this permission.
    Session(Url, Permission<'r>),
}

fn upload_url(mut session: Url, digest: &Digest) -> Url {
    session.query_pairs_mut().append_pair("digest", digest.as_str());
    session
}

fn blob_action(verb: &str, repository: &Repository, digest: &Digest) -> String {
    format!("{verb} the blob {digest} of `{repository}`")
}
