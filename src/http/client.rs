//! The client: a request in, an answer out.

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
    Cache, Error, Opened, Stream, credentials,
    message::{Cacheable, Private, RedirectedTo, Repeatable, Request, Response, Unmoved},
    options::{Notice, Options, Proxies},
    redirect::Followed,
    retry::{self, Verdict},
};
use crate::redact::Redactor;

/// Something large may take a second longer for every so many bytes; a slower connection is given up.
const SLOWEST: u64 = 128 << 10;

/// Speaks HTTP. Cheap to clone; clones share connections, the cache and the recording.
#[derive(Clone)]
pub struct Client {
    web: reqwest::Client,
    options: Arc<Options>,
    sent: Arc<AtomicUsize>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("sent", &self.sent()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client. It is used within a tokio runtime that has time and I/O.
    ///
    /// # Errors
    /// When a proxy's address or a file of certificates cannot be used, or TLS cannot be set up.
    pub fn new(options: Options) -> Result<Self, Error> {
        // A second call finds it installed; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.agent)
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(15)))
            .redirect(reqwest::redirect::Policy::none())
            // It would tell the next server the whole address of the last one, and with it that of a web hook.
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
                return Err(fail("it holds no certificate".into()));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let web = builder.build().map_err(Error::Setup)?;
        let cache = options.cache.map(|cache| cache.without(options.secrets.clone()));
        let options = Options { cache, ..options };
        Ok(Self { web, options: Arc::new(options), sent: Arc::default() })
    }

    /// How many requests went out, tries after a failure too.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// The cache, where there is one and nothing is recorded or played.
    #[must_use]
    pub fn cache(&self) -> Option<&Cache> {
        self.options.cache.as_ref().filter(|_| self.options.recording.is_none())
    }

    /// The values that are secret in this run.
    #[must_use]
    pub fn secrets(&self) -> &Redactor {
        &self.options.secrets
    }

    /// Ends a recording that is being made.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn finish(&self) -> Result<(), Error> {
        let secrets = &self.options.secrets;
        self.options.recording.as_ref().map_or(Ok(()), |recording| Ok(recording.finish(secrets)?))
    }

    /// Sends a request, and again where that may help: after a broken connection or a failure of the server where the request can be
    /// repeated, and after the wait that a limit asks for. The answer may have any status.
    ///
    /// # Errors
    /// When no answer was had, or none within the bounds.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let secrets = &self.options.secrets;
        let recorded = self.options.recording.as_ref().and_then(|tape| tape.answer(&request, secrets));
        if let Some(recorded) = recorded {
            return Ok(recorded?);
        }
        let cache = self.cache().filter(|_| request.extensions().get::<Cacheable>().is_some());
        let Some(cache) = cache else {
            let response = self.tried(&request).await?;
            if let Some(recording) = &self.options.recording {
                recording.keep(&request, &response, secrets);
            }
            return Ok(response);
        };
        self.kept(cache, request).await
    }

    /// Asks the cache first, and the server whether what is kept still holds.
    async fn kept(&self, cache: &Cache, mut request: Request) -> Result<Response, Error> {
        // A server shows some more than others.
        let shown_to = credentials::credentials(request.headers()).unwrap_or_default();
        let key = format!("{} {} {shown_to}", request.method(), request.uri());
        let known = cache.get(&key);
        if let Some(cached) = &known {
            if cached.is_fresh {
                return Ok(answer(&cached.body, cached.link.as_deref()));
            }
            if let Some(Ok(etag)) = cached.etag.as_deref().map(http::HeaderValue::from_str) {
                request.headers_mut().insert(http::header::IF_NONE_MATCH, etag);
            }
        }
        let response = self.tried(&request).await?;
        let header =
            |name| response.headers().get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        match (response.status().as_u16(), known) {
            (304, Some(cached)) => {
                cache.put(&key, &cached.body, cached.etag.as_deref(), cached.link.as_deref());
                Ok(answer(&cached.body, cached.link.as_deref()))
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

    /// Asks for something of this many bytes that is read as it arrives, and asks again as [`Client::send`] does until it
    /// begins to come. Neither the cache nor a recording knows of it.
    ///
    /// # Errors
    /// When no answer was had, or none within the bounds.
    pub async fn open(&self, request: Request, length: u64) -> Result<Opened, Error> {
        let begin = || async {
            let answer = self.execute(&request, None, Some(length)).await?;
            if answer.status().is_success() {
                return Ok(Ok(Stream::new(answer.into(), length)));
            }
            self.whole(&request, answer).await.map(Err)
        };
        Ok(self.again(&request, begin).await?.map_or_else(Opened::Refused, Opened::Streaming))
    }

    /// Sends a body as it is read, once: what has gone out cannot be sent again. The answer may have any status.
    ///
    /// # Errors
    /// When the body breaks off, no answer was had, or none within the bounds.
    pub async fn upload(&self, request: http::Request<Stream>) -> Result<Response, Error> {
        let (parts, body) = request.into_parts();
        let bare = http::Request::from_parts(parts, Bytes::new());
        let length = body.length();
        let answer = self.execute(&bare, Some(body), Some(length)).await?;
        self.whole(&bare, answer).await
    }

    async fn tried(&self, request: &Request) -> Result<Response, Error> {
        let once = || async {
            let answer = self.execute(request, None, None).await?;
            self.whole(request, answer).await.map(Err::<Response, _>)
        };
        let (Ok(response) | Err(response)) = self.again(request, once).await?;
        Ok(response)
    }

    /// Tries until there is what was asked for, or an answer that no other try would better.
    async fn again<T, F>(&self, request: &Request, once: impl Fn() -> F) -> Result<Result<T, Response>, Error>
    where
        F: Future<Output = Result<Result<T, Response>, Error>>,
    {
        let is_repeatable = request.method().is_idempotent() || request.method() == http::Method::PATCH || {
            request.extensions().get::<Repeatable>().is_some()
        };
        let allowed = self.options.max_wait;
        let attempt = || async {
            let response = match once().await.map_err(Failure::Broken)? {
                Ok(begun) => return Ok(Ok(begun)),
                Err(response) => response,
            };
            match retry::verdict(&response) {
                Verdict::Final => Ok(Err(response)),
                Verdict::Failed => Err(Failure::Answer(response, None)),
                Verdict::Wait(wait) => Err(Failure::Answer(response, Some(wait))),
            }
        };
        let may_help = |failure: &Failure| match failure {
            // Whom we do not trust now we will not trust in a second.
            Failure::Broken(Error::Broken { problem, .. }) if problem.contains("certificate") => false,
            Failure::Broken(Error::Broken { sent, .. }) => is_repeatable || !sent,
            Failure::Broken(_) => false,
            Failure::Answer(_, Some(wait)) => *wait <= allowed,
            Failure::Answer(response, None) => is_repeatable || response.status().as_u16() == 429,
        };
        let asked_wait = |failure: &Failure, usual: Option<Duration>| match failure {
            Failure::Answer(_, Some(wait)) => usual.map(|_| *wait),
            _ => usual,
        };
        let done = attempt
            .retry(retry::waits(self.options.tries))
            .sleep(tokio::time::sleep)
            .when(may_help)
            .adjust(asked_wait)
            .notify(|_, wait| (self.options.notice)(Notice::Waiting(wait)))
            .await;
        match done {
            Ok(answered) => Ok(answered),
            Err(Failure::Broken(error)) => Err(error),
            Err(Failure::Answer(_, Some(wait))) if wait > allowed => {
                Err(Error::Limited { address: shown(request), wait, allowed })
            }
            Err(Failure::Answer(response, _)) => Ok(Err(response)),
        }
    }

    /// Sends once and gives the beginning of the answer. `length` is that of something large, if that comes or goes.
    async fn execute(
        &self,
        request: &Request,
        body: Option<Stream>,
        length: Option<u64>,
    ) -> Result<reqwest::Response, Error> {
        let count = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        (self.options.notice)(Notice::Request(count));
        let mut outgoing = reqwest::Request::try_from(request.clone()).map_err(broken(request))?;
        if let Some(length) = length {
            *outgoing.timeout_mut() = Some(self.options.timeout + Duration::from_secs(length / SLOWEST));
        }
        if let Some(body) = body {
            // Told before, since a registry may take no body of an unknown length.
            outgoing.headers_mut().insert(http::header::CONTENT_LENGTH, body.length().into());
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
        }
        credentials::learn(&self.options.secrets, request);
        let is_movable = request.extensions().get::<Unmoved>().is_none();
        let mut followed = Followed::default();
        loop {
            // What is read as it goes out cannot go out again.
            let again = outgoing.try_clone().filter(|_| is_movable);
            let mut answer = self.web.execute(outgoing).await.map_err(broken(request))?;
            let Some(next) = again.and_then(|again| followed.next(&answer, again)) else {
                if followed.is_elsewhere() {
                    let host = answer.url().host_str().unwrap_or_default().to_owned();
                    answer.extensions_mut().insert(RedirectedTo { host });
                }
                return Ok(answer);
            };
            outgoing = next;
        }
    }

    async fn whole(&self, request: &Request, mut incoming: reqwest::Response) -> Result<Response, Error> {
        let limit = self.options.max_bytes;
        let mut body = BytesMut::new();
        while let Some(chunk) = incoming.chunk().await.map_err(broken(request))? {
            if body.len() + chunk.len() > limit {
                return Err(Error::TooLarge { address: shown(request), limit });
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(self.without_secrets(incoming.status(), body.freeze()));
        *response.status_mut() = incoming.status();
        if let Some(elsewhere) = incoming.extensions().get::<RedirectedTo>() {
            response.extensions_mut().insert(elsewhere.clone());
        }
        *response.headers_mut() = std::mem::take(incoming.headers_mut());
        Ok(response)
    }
}

impl Client {
    /// What a server says of a failure is told, and may be cut first: a part of a secret would not be found any more.
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

fn broken(request: &Request) -> impl Fn(reqwest::Error) -> Error {
    |error| Error::Broken {
        method: request.method().to_string(),
        address: shown(request),
        problem: problem(&error),
        sent: !error.is_connect() && !error.is_builder(),
    }
}

enum Failure {
    Broken(Error),
    Answer(Response, Option<Duration>),
}

fn answer(body: &str, link: Option<&str>) -> Response {
    let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    if let Some(Ok(link)) = link.map(http::HeaderValue::from_str) {
        response.headers_mut().insert(http::header::LINK, link);
    }
    response
}

/// The address for a message: no user, no query, and of a private one the host alone.
fn shown(request: &Request) -> String {
    let uri = request.uri();
    let host = uri.host().unwrap_or("the server");
    let port = uri.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    if request.extensions().get::<Private>().is_some() {
        return format!("{host}{port}");
    }
    format!("{}://{host}{port}{}", uri.scheme_str().unwrap_or("http"), uri.path())
}

/// The innermost cause, in words: the outer ones say only that sending failed, and may name the whole address.
fn problem(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if cause.is::<reqwest::Error>() {
        return if error.is_connect() { "cannot connect" } else { "the connection broke off" }.to_owned();
    }
    cause.to_string()
}
