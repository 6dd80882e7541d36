//! Manifests, blobs and tags: reading, writing, copying. Whatever comes is checked against its digest.

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use url::Url;

use super::{
    Client, Descriptor, Digest, Error, Manifest, Repository,
    client::{Call, Right, uri},
    manifest::{ACCEPTED, MANIFEST},
};
use crate::http::{Opened, Response};

/// How many pages of a list are read.
const PAGES: usize = 1_000;
/// How many bytes of a list are read, of all its pages together.
const LIST: usize = 64 << 20;
/// How often the copy of a blob is tried.
const COPIES: usize = 3;

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

    /// All tags of a repository, in the registry's order; none where there is no such repository.
    ///
    /// # Errors
    /// When the registry cannot be asked, or its list does not end.
    pub async fn tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        #[derive(serde::Deserialize)]
        struct Page {
            tags: Option<Vec<String>>,
        }
        let url = self.url(repository, "tags/list?n=1000").await?;
        let mut all = Vec::new();
        let pages = self.pages(repository, url, format!("read the tags of `{repository}`"), |body| {
            let page: Page = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            let tags = page.tags.unwrap_or_default();
            let count = tags.len();
            // A tag goes into an address; what is no tag could lead elsewhere.
            all.extend(tags.into_iter().filter(|tag| super::is_tag(tag)));
            Ok(count)
        });
        match pages.await? {
            Ok(()) => Ok(all),
            Err(response) if response.status() == 404 => Ok(Vec::new()),
            Err(response) => Err(Error::Refused {
                what: format!("read the tags of `{repository}`"),
                status: response.status().as_u16(),
                said: super::client::said(response.body()),
            }),
        }
    }

    /// The tags of a repository that is about to be written to, which need not be there yet. Some registries refuse to read what is not there
    /// (GitHub's does) but say so to who may make it: where reading is refused, it is asked for, now and from here on, by the right to write.
    ///
    /// # Errors
    /// As [`Client::tags`]. What is refused then, too, is never taken for a repository without tags: who may write there and not read
    /// could else move an environment back without noticing.
    pub async fn tags_to_write(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        match self.tags(repository).await {
            Err(Error::Unauthorized { .. }) => {
                self.read_as_writer(repository);
                self.tags(repository).await
            }
            tags => tags,
        }
    }

    /// Reads a list page by page. What is told each page says how much was on it; the answer to the first page is given
    /// back where it is not 200.
    pub(super) async fn pages(
        &self,
        repository: &Repository,
        first: Url,
        what: String,
        mut page: impl FnMut(&[u8]) -> Result<usize, String>,
    ) -> Result<Result<(), Response>, Error> {
        let mut call = Call::new(repository, Right::Pull, Method::GET, first, what);
        let mut seen = std::collections::BTreeSet::new();
        let mut length = 0;
        for number in 0..PAGES {
            let response = self.send(&call).await?;
            if response.status() != 200 {
                return if number == 0 { Ok(Err(response)) } else { Err(call.refused(&response)) };
            }
            length += response.body().len();
            if length > LIST {
                return Err(Error::Endless { what: call.what, limit: format!("{LIST} bytes") });
            }
            let count = page(response.body()).map_err(|problem| call.malformed(problem))?;
            seen.insert(call.url.clone());
            let Some(next) = next_page(&response, &call)? else { return Ok(Ok(())) };
            if count == 0 || seen.contains(&next) {
                let limit =
                    format!("{} pages, the last of which leads in a circle or holds nothing", number + 1);
                return Err(Error::Endless { what: call.what, limit });
            }
            call.url = next;
        }
        Err(Error::Endless { what: call.what, limit: format!("{PAGES} pages") })
    }
}

enum Begun<'r> {
    /// It is there already.
    There,
    /// It is to be uploaded to this address, by what was granted for this.
    Session(Url, Right<'r>),
}

/// The address of the next page, which must be the same server's (RFC 8288).
fn next_page(response: &Response, call: &Call<'_>) -> Result<Option<Url>, Error> {
    let links = response.headers().get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    for link in links {
        let Some((address, parameters)) = link.trim().strip_prefix('<').and_then(|rest| rest.split_once('>'))
        else {
            continue;
        };
        let is_next = parameters.split(';').any(|parameter| {
            let parameter = parameter.trim().to_ascii_lowercase();
            parameter == "rel=\"next\"" || parameter == "rel=next"
        });
        if is_next {
            let next = call.url.join(address).map_err(|error| call.malformed(error.to_string()))?;
            if next.origin() != call.url.origin() {
                return Err(call.malformed("its next page is on another server"));
            }
            return Ok(Some(next));
        }
    }
    Ok(None)
}

fn end_of(mut session: Url, digest: &Digest) -> Url {
    session.query_pairs_mut().append_pair("digest", digest.as_str());
    session
}

fn what_of(verb: &str, repository: &Repository, digest: &Digest) -> String {
    format!("{verb} the blob {digest} of `{repository}`")
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
