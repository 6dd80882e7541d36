//! Sends requests, with retries, redirects, the cache and recordings.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use backon::Retryable;
use bytes::{Bytes, BytesMut};

use super::{
    Cache, Error, Stream, StreamedResponse, credentials,
    message::{Cacheable, Idempotent, NoRedirect, RedirectedTo, Request, Response, SecretUrl},
    options::{Notice, Options, Proxies},
    redirect::Redirects,
    retry::{self, Decision},
};
use crate::redact::Redactor;

/// The slowest transfer of a large body before it times out, in bytes per second.
const MIN_SPEED: u64 = 128 << 10;

/// An HTTP client. Cheap to clone; clones share connections, the cache and the recording.
#[derive(Clone)]
pub struct Client {
    web: reqwest::Client,
    options: Arc<Options>,
    requests: Arc<AtomicUsize>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("requests", &self.request_count()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with these options. Use it in a tokio runtime with time and I/O enabled.
    ///
    /// # Errors
    /// If a proxy's URL or the certificate file is not valid, or TLS cannot be set up.
    pub fn new(options: Options) -> Result<Self, Error> {
        // An error means that it is already installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.agent)
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(15)))
            .redirect(reqwest::redirect::Policy::none())
            // A `Referer` would pass the URL, and with it a webhook's secret, to the next server.
            .referer(false)
            .no_proxy();
        let Proxies { https, http, no_proxy } = &options.proxies;
        let no_proxy = no_proxy.as_deref().and_then(reqwest::NoProxy::from_string);
        for (address, proxy) in [
            (https, reqwest::Proxy::https as fn(String) -> reqwest::Result<reqwest::Proxy>),
            (http, reqwest::Proxy::http),
        ] {
            if let Some(address) = address {
                builder =
                    builder.proxy(proxy(address.clone()).map_err(Error::Proxy)?.no_proxy(no_proxy.clone()));
            }
        }
        if let Some(path) = &options.ca_file {
            let fail = |source| Error::Certificates { path: path.clone(), source };
            let pem = std::fs::read(path).map_err(|error| fail(error.into()))?;
            let certificates =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| fail(error.into()))?;
            if certificates.is_empty() {
                return Err(fail("it contains no certificate".into()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let web = builder.build().map_err(Error::Setup)?;
        let cache = options.cache.map(|cache| cache.excluding(options.secrets.clone()));
        let options = Options { cache, ..options };
        Ok(Self { web, options: Arc::new(options), requests: Arc::default() })
    }

    /// The number of requests sent, including retries.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// The cache; `None` while recording or replaying.
    #[must_use]
    pub fn cache(&self) -> Option<&Cache> {
        self.options.cache.as_ref().filter(|_| self.options.recording.is_none())
    }

    /// The secret values of this run.
    #[must_use]
    pub fn secrets(&self) -> &Redactor {
        &self.options.secrets
    }

    /// Writes the recording, if one is being recorded.
    ///
    /// # Errors
    /// If its file cannot be written.
    pub fn finish(&self) -> Result<(), Error> {
        let secrets = &self.options.secrets;
        self.options.recording.as_ref().map_or(Ok(()), |recording| Ok(recording.finish(secrets)?))
    }

    /// Sends a request and returns the response, whatever its status. Retries idempotent requests after connection and
    /// server errors, and any request after the wait that a rate limit asks for.
    ///
    /// # Errors
    /// If there is no response within the limits.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let secrets = &self.options.secrets;
        let recorded = self
            .options
            .recording
            .as_ref()
            .and_then(|recording| recording.replay_response(&request, secrets));
        if let Some(recorded) = recorded {
            return Ok(recorded?);
        }
        let cache = self.cache().filter(|_| request.extensions().get::<Cacheable>().is_some());
        let Some(cache) = cache else {
            let response = self.send_with_retry(&request).await?;
            if let Some(recording) = &self.options.recording {
                recording.record(&request, &response, secrets);
            }
            return Ok(response);
        };
        self.send_cached(cache, request).await
    }

    /// Returns a fresh cached response, or sends the request; a stale response is revalidated by its ETag.
    async fn send_cached(&self, cache: &Cache, mut request: Request) -> Result<Response, Error> {
        // Responses depend on the credentials.
        let header_name = credentials::credential_header(request.headers()).unwrap_or_default();
        let key = format!("{} {} {header_name}", request.method(), request.uri());
        let cached = cache.get(&key);
        if let Some(cached) = &cached {
            if cached.is_fresh {
                return Ok(cached_response(&cached.body, cached.link.as_deref()));
            }
            if let Some(Ok(etag)) = cached.etag.as_deref().map(http::HeaderValue::from_str) {
                request.headers_mut().insert(http::header::IF_NONE_MATCH, etag);
            }
        }
        let response = self.send_with_retry(&request).await?;
        let header =
            |name| response.headers().get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        match (response.status().as_u16(), cached) {
            (304, Some(cached)) => {
                cache.put(&key, &cached.body, cached.etag.as_deref(), cached.link.as_deref());
                Ok(cached_response(&cached.body, cached.link.as_deref()))
            }
            (200, _) => {
                if let Ok(body) = std::str::from_utf8(response.body()) {
                    cache.put(&key, body, header(http::header::ETAG), header(http::header::LINK));
                }
                Ok(response)
            }
            _ => Ok(response),
        }
    }

    /// Sends a request for a body of `length` bytes and streams the body. Retries as [`Client::send`] does until the
    /// body starts. Uses neither the cache nor a recording.
    ///
    /// # Errors
    /// If there is no response within the limits.
    pub async fn open(&self, request: Request, length: u64) -> Result<StreamedResponse, Error> {
        let attempt = || async {
            let response = self.execute(&request, None, Some(length)).await?;
            if response.status().is_success() {
                return Ok(Ok(Stream::new(response.into(), length)));
            }
            self.read_body(&request, response).await.map(Err)
        };
        let outcome = self.retry(&request, attempt).await?;
        Ok(outcome.map_or_else(StreamedResponse::Refused, StreamedResponse::Streaming))
    }

    /// Streams a body to the server and returns the response, whatever its status. No retries: the body can be read
    /// only once.
    ///
    /// # Errors
    /// If the body is interrupted, or there is no response within the limits.
    pub async fn upload(&self, request: http::Request<Stream>) -> Result<Response, Error> {
        let (parts, body) = request.into_parts();
        let bare = http::Request::from_parts(parts, Bytes::new());
        let length = body.length();
        let response = self.execute(&bare, Some(body), Some(length)).await?;
        self.read_body(&bare, response).await
    }

    async fn send_with_retry(&self, request: &Request) -> Result<Response, Error> {
        let attempt = || async {
            let response = self.execute(request, None, None).await?;
            self.read_body(request, response).await.map(Err::<Response, _>)
        };
        let (Ok(response) | Err(response)) = self.retry(request, attempt).await?;
        Ok(response)
    }

    /// Repeats `once` until it returns `Ok`, or a response that a retry would not improve.
    async fn retry<T, F>(&self, request: &Request, once: impl Fn() -> F) -> Result<Result<T, Response>, Error>
    where
        F: Future<Output = Result<Result<T, Response>, Error>>,
    {
        let is_idempotent = request.method().is_idempotent() || request.method() == http::Method::PATCH || {
            request.extensions().get::<Idempotent>().is_some()
        };
        let allowed = self.options.max_wait;
        let attempt = || async {
            let response = match once().await.map_err(Failure::Error)? {
                Ok(started) => return Ok(Ok(started)),
                Err(response) => response,
            };
            match retry::decide(&response) {
                Decision::Final => Ok(Err(response)),
                Decision::Retry => Err(Failure::Response(response, None)),
                Decision::RetryAfter(wait) => Err(Failure::Response(response, Some(wait))),
            }
        };
        let may_help = |failure: &Failure| match failure {
            // A certificate does not become valid within seconds.
            Failure::Error(Error::Transport { problem, .. }) if problem.contains("certificate") => false,
            Failure::Error(Error::Transport { sent, .. }) => is_idempotent || !sent,
            Failure::Error(_) => false,
            Failure::Response(_, Some(wait)) => *wait <= allowed,
            Failure::Response(response, None) => is_idempotent || response.status().as_u16() == 429,
        };
        let requested_wait = |failure: &Failure, delay: Option<Duration>| match failure {
            Failure::Response(_, Some(wait)) => delay.map(|_| *wait),
            _ => delay,
        };
        let outcome = attempt
            .retry(retry::backoff(self.options.tries))
            .sleep(tokio::time::sleep)
            .when(may_help)
            .adjust(requested_wait)
            .notify(|_, wait| (self.options.notice)(Notice::Waiting(wait)))
            .await;
        match outcome {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Error(error)) => Err(error),
            Err(Failure::Response(_, Some(wait))) if wait > allowed => {
                Err(Error::RateLimited { url: display_url(request), wait, allowed })
            }
            Err(Failure::Response(response, _)) => Ok(Err(response)),
        }
    }

    /// Sends once and returns the response before its body is read. `length` is that of a streamed request or response
    /// body.
    async fn execute(
        &self,
        request: &Request,
        body: Option<Stream>,
        length: Option<u64>,
    ) -> Result<reqwest::Response, Error> {
        let count = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        (self.options.notice)(Notice::Request(count));
        let mut outgoing = reqwest::Request::try_from(request.clone()).map_err(transport_error(request))?;
        if let Some(length) = length {
            *outgoing.timeout_mut() = Some(self.options.timeout + Duration::from_secs(length / MIN_SPEED));
        }
        if let Some(body) = body {
            // Registries may reject a body without a length.
            outgoing.headers_mut().insert(http::header::CONTENT_LENGTH, body.length().into());
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
        }
        credentials::register(&self.options.secrets, request);
        let follows_redirects = request.extensions().get::<NoRedirect>().is_none();
        let mut redirects = Redirects::default();
        loop {
            // `None` for a streamed body, which can be read only once.
            let copy = outgoing.try_clone().filter(|_| follows_redirects);
            let mut response = self.web.execute(outgoing).await.map_err(transport_error(request))?;
            let Some(next) = copy.and_then(|copy| redirects.next(&response, copy)) else {
                if redirects.left_origin() {
                    let host = response.url().host_str().unwrap_or_default().to_owned();
                    response.extensions_mut().insert(RedirectedTo { host });
                }
                return Ok(response);
            };
            outgoing = next;
        }
    }

    async fn read_body(&self, request: &Request, mut incoming: reqwest::Response) -> Result<Response, Error> {
        let limit = self.options.max_bytes;
        let mut body = BytesMut::new();
        while let Some(chunk) = incoming.chunk().await.map_err(transport_error(request))? {
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge { url: display_url(request), limit });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(self.without_secrets(incoming.status(), body.freeze()));
        *response.status_mut() = incoming.status();
        if let Some(redirected) = incoming.extensions().get::<RedirectedTo>() {
            response.extensions_mut().insert(redirected.clone());
        }
        *response.headers_mut() = std::mem::take(incoming.headers_mut());
        Ok(response)
    }
}

impl Client {
    /// Redacts the body of an error before it is quoted in a message: once truncated, a secret would not be recognized.
    fn without_secrets(&self, status: http::StatusCode, body: Bytes) -> Bytes {
        if status.is_success() {
            return body;
        }
        match self.options.secrets.redact(&String::from_utf8_lossy(&body)) {
            std::borrow::Cow::Owned(redacted) => redacted.into(),
            std::borrow::Cow::Borrowed(_) => body,
        }
    }
}

fn transport_error(request: &Request) -> impl Fn(reqwest::Error) -> Error {
    |error| Error::Transport {
        method: request.method().to_string(),
        url: display_url(request),
        problem: root_cause(&error),
        sent: !error.is_connect() && !error.is_builder(),
    }
}

enum Failure {
    Error(Error),
    Response(Response, Option<Duration>),
}

fn cached_response(body: &str, link: Option<&str>) -> Response {
    let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    if let Some(Ok(link)) = link.map(http::HeaderValue::from_str) {
        response.headers_mut().insert(http::header::LINK, link);
    }
    response
}

/// The URL for messages: without user and query, and of a secret URL only the host.
fn display_url(request: &Request) -> String {
    let uri = request.uri();
    let host = uri.host().unwrap_or("the server");
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    if request.extensions().get::<SecretUrl>().is_some() {
        return format!("{host}{port}");
    }
    format!("{}://{host}{port}{}", uri.scheme_str().unwrap_or("http"), uri.path())
}

/// The innermost cause: the outer ones only report that sending failed, and may contain the whole URL.
fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if cause.is::<reqwest::Error>() {
        return if error.is_connect() { "cannot connect" } else { "the connection was interrupted" }
            .to_owned();
    }
    cause.to_string()
}
