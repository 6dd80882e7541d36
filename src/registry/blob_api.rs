//! Blobs: reading, writing, copying. Whatever comes is checked against its digest.

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use url::Url;

use super::{
    Client, Descriptor, Digest, Error, Repository,
    call::{Call, Right, uri},
};
use crate::http::Opened;

/// How often the copy of a blob is tried.
const COPIES: usize = 3;

impl Client {
    /// Whether a repository has a blob.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub async fn has_blob(&self, repository: &Repository, digest: &Digest) -> Result<bool, Error> {
        let url = self.url(repository, &format!("blobs/{digest}")).await?;
        let call =
            Call::new(repository, Right::Pull, Method::HEAD, url, what_of("look for", repository, digest));
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            200 | 307 => Ok(true),
            404 => Ok(false),
            _ => Err(call.refused(&response)),
        }
    }

    /// A blob of at most `limit` bytes, whole.
    ///
    /// # Errors
    /// When it cannot be had, is larger, or is not what it should be.
    pub async fn blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        limit: usize,
    ) -> Result<Bytes, Error> {
        let Descriptor { digest, size, .. } = blob;
        let what = || format!("the blob {digest} of `{repository}`");
        if *size > limit as u64 {
            let problem = format!("it has {size} bytes; at most {limit} are read");
            return Err(Error::Malformed { what: what(), problem });
        }
        let stream = self.open_blob(repository, blob).await?;
        stream.whole(limit).await.map_err(|problem| Error::Malformed { what: what(), problem })
    }

    /// A blob as it arrives, checked on its way.
    async fn open_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
    ) -> Result<crate::http::Stream, Error> {
        if blob.size == 0 {
            // Of nothing no piece ever comes that could be checked.
            blob.digest.verify(b"", || format!("the blob {} of `{repository}`", blob.digest))?;
        }
        let url = self.url(repository, &format!("blobs/{}", blob.digest)).await?;
        let what = what_of("read", repository, &blob.digest);
        let call = Call::new(repository, Right::Pull, Method::GET, url, what);
        match self.open(&call, blob.size).await? {
            Opened::Streaming(stream) => {
                let mut check = blob.digest.check(blob.size);
                Ok(stream.watched(move |piece| check.piece(piece)))
            }
            Opened::Refused(response) => Err(call.refused(&response)),
        }
    }

    /// Writes a small blob, unless it is there.
    ///
    /// # Errors
    /// When the registry cannot be told.
    pub async fn put_blob(&self, repository: &Repository, bytes: &Bytes) -> Result<Digest, Error> {
        let digest = Digest::of(bytes);
        if self.has_blob(repository, &digest).await? {
            return Ok(digest);
        }
        let Begun::Session(session, right) = self.begin(repository, &digest, None).await? else {
            return Ok(digest);
        };
        let what = what_of("write", repository, &digest);
        let mut call = Call::new(repository, right, Method::PUT, end_of(session, &digest), what);
        call.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        call.body = bytes.clone();
        let response = self.send(&call).await?;
        if response.status().is_success() { Ok(digest) } else { Err(call.refused(&response)) }
    }

    /// Brings a blob from one repository to another, unless it is there: within one registry by mounting it, else
    /// streamed, so that it is never held as a whole.
    ///
    /// # Errors
    /// When it cannot be read, written, or is not what it should be.
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
        let mut tries = 0;
        loop {
            tries += 1;
            let Begun::Session(session, right) = self.begin(to, &blob.digest, mount).await? else {
                return Ok(());
            };
            match self.stream_blob((from, to), blob, session, right).await {
                Err(Error::Http { source: crate::http::Error::Broken { .. }, .. }) if tries < COPIES => {}
                Err(Error::Refused { status, .. }) if tries < COPIES && (status >= 500 || status == 429) => {}
                done => return done,
            }
        }
    }

    async fn stream_blob(
        &self,
        (from, to): (&Repository, &Repository),
        blob: &Descriptor,
        session: Url,
        right: Right<'_>,
    ) -> Result<(), Error> {
        let stream = self.open_blob(from, blob).await?;
        let what = format!("copy the blob {} from `{from}` to `{to}`", blob.digest);
        let mut call = Call::new(to, right, Method::PUT, end_of(session, &blob.digest), what);
        call.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        // The session was begun with what was granted; a stream cannot be sent twice to be asked for it.
        if let Some(granted) = self.known(&call) {
            call.headers.insert(header::AUTHORIZATION, granted.header);
        }
        let mut request = http::Request::new(stream);
        *request.method_mut() = Method::PUT;
        *request.uri_mut() = uri(&call.url, &call.what)?;
        *request.headers_mut() = call.headers.clone();
        let response = self.web.upload(request).await.map_err(|error| call.failed(error))?;
        if response.status().is_success() { Ok(()) } else { Err(call.refused(&response)) }
    }

    /// Begins an upload. With a repository to mount from there may be nothing left to do.
    async fn begin<'r>(
        &self,
        to: &Repository,
        digest: &Digest,
        mount: Option<&'r Repository>,
    ) -> Result<Begun<'r>, Error> {
        if let Some(from) = mount {
            match self.begin_once(to, digest, Some(from)).await {
                // Who may not read the other repository by way of this one can still stream.
                Err(Error::Unauthorized { .. } | Error::Refused { .. }) => {}
                begun => return begun,
            }
        }
        self.begin_once(to, digest, None).await
    }

    async fn begin_once<'r>(
        &self,
        to: &Repository,
        digest: &Digest,
        mount: Option<&'r Repository>,
    ) -> Result<Begun<'r>, Error> {
        let mut url = self.url(to, "blobs/uploads/").await?;
        if let Some(from) = mount {
            url.query_pairs_mut().append_pair("mount", digest.as_str()).append_pair("from", &from.name);
        }
        let right = mount.map_or(Right::Push, Right::Mount);
        let call = Call::new(to, right, Method::POST, url, what_of("write", to, digest));
        let response = self.send(&call).await?;
        match response.status().as_u16() {
            201 => Ok(Begun::There),
            202 => {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                let location =
                    location.ok_or_else(|| call.malformed("it does not say where to upload to"))?;
                let session = call.url.join(location).map_err(|error| call.malformed(error.to_string()))?;
                let leaves_tls = call.url.scheme() == "https" && session.scheme() != "https";
                if leaves_tls || !matches!(session.scheme(), "http" | "https") {
                    return Err(call.malformed("it wants an upload that is not by https"));
                }
                Ok(Begun::Session(session, right))
            }
            _ => Err(call.refused(&response)),
        }
    }
}

enum Begun<'r> {
    /// It is there already.
    There,
    /// It is to be uploaded to this address, by what was granted for this.
    Session(Url, Right<'r>),
}

fn end_of(mut session: Url, digest: &Digest) -> Url {
    session.query_pairs_mut().append_pair("digest", digest.as_str());
    session
}

fn what_of(verb: &str, repository: &Repository, digest: &Digest) -> String {
    format!("{verb} the blob {digest} of `{repository}`")
}
