//! REST client for forges: URLs, authorization headers, JSON, pagination, and concurrent or batched requests.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    http::{Cache, Cacheable, Client, Request, Response},
    model::ForgeKind,
};

use super::{Access, Asset, Comment, Credentials, Error, Identity};

/// Number of concurrent requests.
const CONCURRENCY: usize = 3;
/// Stop after this many consecutive failures.
const MAX_FAILURES: usize = 3;
/// How often a failing batch is split in half: enough to get from a hundred numbers to one.
const MAX_SPLITS: usize = 7;
/// Maximum number of pages to read, of up to 100 entries each.
const MAX_PAGES: usize = 50;

/// A client for one forge's API.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    client: Client,
    kind: ForgeKind,
    api: String,
    credentials: Credentials,
}

impl Rest {
    pub(super) fn new(client: Client, access: &Access) -> Self {
        Self { client, kind: access.kind, api: access.api.clone(), credentials: access.credentials.clone() }
    }

    /// The cache, if there is one.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.client.cache()
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    /// Gets a resource; `None` if it does not exist. `doing` describes the request in messages.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Option<T>, Error> {
        let response = self.request_path(path).await?;
        if response.status() == 404 {
            return Ok(None);
        }
        self.parse(&response, doing).map(Some)
    }

    /// Gets all entries of a list, following the pages in the `Link` header.
    pub(super) async fn pages<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Vec<T>, Error> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        for _ in 0..MAX_PAGES {
            let Some(path) = next else { break };
            let response = self.request_path(&path).await?;
            all.append(&mut self.parse::<Vec<T>>(&response, doing)?);
            next = next_page(&response).and_then(|url| with_query_of(&path, &url));
        }
        Ok(all)
    }

    /// Looks up numbers in batches of `size`, with a request that returns a list of entries. The field `key` of an
    /// entry is its number. If a request fails on the server, the batch is split in half; an entry that cannot be
    /// parsed loses only itself.
    pub(super) async fn batched<T: DeserializeOwned>(
        &self,
        numbers: &[u64],
        size: usize,
        key: &str,
        ask: impl AsyncFn(&[u64]) -> Result<Vec<Value>, Error>,
    ) -> Batched<T> {
        let batches: Vec<&[u64]> = numbers.chunks(size).collect();
        let (results, missing) = each(&batches, |batch| split(batch, &ask)).await;
        let mut all = Batched { entries: Vec::new(), absent: Vec::new(), missing };
        for (_, BatchResult { requested, entries, missing }) in results {
            all.missing.extend(missing);
            let mut unseen: BTreeSet<u64> = requested.into_iter().collect();
            for entry in entries {
                let number = entry.get(key).and_then(Value::as_u64);
                // Ignore entries that were not requested.
                let Some(number) = number.filter(|number| unseen.remove(number)) else { continue };
                match serde_json::from_value(entry) {
                    Ok(entry) => all.entries.push((number, entry)),
                    Err(error) => {
                        all.missing.push(self.malformed(&format!("number {number}"), error).to_string())
                    }
                }
            }
            all.absent.extend(unseen);
        }
        all
    }

    /// Sends a cacheable `GET` and returns the response, whatever its status.
    pub(super) async fn request_path(&self, path: &str) -> Result<Response, Error> {
        let mut request = self.request(Method::GET, path, Bytes::new())?;
        request.extensions_mut().insert(Cacheable);
        Ok(self.client.send(request).await?)
    }

    /// A request with a JSON body.
    pub(super) fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Request, Error> {
        let body = serde_json::to_vec(body).map_err(|error| self.malformed(path, error))?;
        self.request(method, path, body.into())
    }

    /// A request with a body of this media type.
    pub(super) fn bytes(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Request, Error> {
        let mut request = self.request(method, path, body)?;
        let kind = HeaderValue::try_from(kind).map_err(|error| self.malformed(path, error))?;
        request.headers_mut().insert(http::header::CONTENT_TYPE, kind);
        Ok(request)
    }

    /// Sends a request and parses the response.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: Request, doing: &str) -> Result<T, Error> {
        let response = self.client.send(request).await?;
        self.parse(&response, doing)
    }

    /// Downloads from a URL in a response. The token is sent only to the forge's own host.
    async fn download(&self, url: &str, doing: &str) -> Result<Bytes, Error> {
        let invalid = || Error::Url(url.to_owned());
        let api = self.api.parse::<http::Uri>().map_err(|_| invalid())?;
        let mut request = http::Request::get(url).body(Bytes::new()).map_err(|_| invalid())?;
        let is_own = request.uri().scheme() == api.scheme() && request.uri().authority() == api.authority();
        if !is_own && request.uri().scheme_str() != Some("https") {
            return Err(invalid());
        }
        if let Some((name, mut value)) = self.authorization().filter(|_| is_own) {
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        let response = self.client.send(request).await?;
        self.check_status(&response, doing)?;
        Ok(response.into_body())
    }

    /// Downloads a file of a release.
    pub(super) async fn asset(&self, asset: &Asset) -> Result<Bytes, Error> {
        let url = asset.url.as_deref().unwrap_or_default();
        self.download(url, &format!("downloading the file {}", asset.name)).await
    }

    /// Deletes a resource. No error if it does not exist.
    pub(super) async fn delete(&self, path: &str, doing: &str) -> Result<(), Error> {
        let request = self.bytes(Method::DELETE, path, "application/json", Bytes::new())?;
        match self.send::<Value>(request, doing).await {
            Ok(_) | Err(Error::Refused { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request, Error> {
        let url = self.url(path);
        let has_body = !body.is_empty();
        let request = http::Request::builder().method(method).uri(&url).body(body);
        let mut request = request.map_err(|_| Error::Url(url.clone()))?;
        if request.uri().authority().is_none() {
            return Err(Error::Url(url));
        }
        let headers = request.headers_mut();
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
        if has_body {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some((name, mut value)) = self.authorization() {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(request)
    }

    /// GitLab accepts tokens as bearer tokens, except job tokens.
    fn authorization(&self) -> Option<(HeaderName, HeaderValue)> {
        let value = |text: String| HeaderValue::try_from(text).ok();
        let own = http::header::AUTHORIZATION;
        match &self.credentials {
            Credentials::None => None,
            Credentials::Token(token) => {
                let scheme = self.kind.profile().api.authorization;
                Some((own, value(format!("{scheme} {}", token.expose()))?))
            }
            Credentials::Job(token) => {
                Some((HeaderName::from_static("job-token"), value(token.expose().to_owned())?))
            }
            Credentials::Basic(user, password) => {
                use base64::Engine as _;
                let pair =
                    base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", password.expose()));
                Some((own, value(format!("Basic {pair}"))?))
            }
        }
    }

    /// Parses a successful response.
    pub(super) fn parse<T: DeserializeOwned>(&self, response: &Response, doing: &str) -> Result<T, Error> {
        self.check_status(response, doing)?;
        // An empty body (204) parses as `null`.
        let body = if response.body().is_empty() { b"null" } else { response.body().as_ref() };
        serde_json::from_slice(body).map_err(|error| self.malformed(doing, error))
    }

    fn check_status(&self, response: &Response, doing: &str) -> Result<(), Error> {
        if response.status().is_success() {
            return Ok(());
        }
        Err(Error::Refused {
            forge: self.kind,
            doing: doing.to_owned(),
            status: response.status().as_u16(),
            message: error_message(response.body()),
        })
    }

    fn malformed(&self, doing: &str, error: impl ToString) -> Error {
        Error::Malformed { forge: self.kind, doing: doing.to_owned(), problem: error.to_string() }
    }
}

/// A comment, in the JSON format that all forges share.
#[derive(Deserialize)]
pub(super) struct RestComment {
    id: u64,
    body: Option<String>,
    #[serde(alias = "author")]
    user: Option<RestAccount>,
}

impl RestComment {
    pub(super) fn into_model(self) -> Comment {
        Comment {
            id: self.id.to_string(),
            body: self.body.unwrap_or_default(),
            author: self.user.map(RestAccount::into_model),
        }
    }
}

/// An account, in the JSON format that all forges but Bitbucket share.
#[derive(Deserialize)]
pub(super) struct RestAccount {
    id: Option<i64>,
    #[serde(alias = "username")]
    login: Option<String>,
}

impl RestAccount {
    pub(super) fn into_model(self) -> Identity {
        Identity { id: self.id.map(|id| id.to_string()), login: self.login }
    }
}

/// Sends one request per query, a few concurrently, and returns the results in order, and error messages. Stops after a
/// persistent error or several consecutive failures; the message then contains the number of remaining queries.
pub(super) async fn each<Q, A, F>(queries: &[Q], send: impl Fn(Q) -> F) -> (Vec<(Q, A)>, Vec<String>)
where
    Q: Copy,
    F: Future<Output = Result<A, Error>>,
{
    let send = &send;
    let mut outcomes = stream::iter(queries.iter().copied())
        .map(|query| async move { (query, send(query).await) })
        .buffered(CONCURRENCY);
    let (mut results, mut missing, mut failures) = (Vec::new(), Vec::new(), 0);
    while let Some((query, outcome)) = outcomes.next().await {
        let error = match outcome {
            Ok(result) => {
                failures = 0;
                results.push((query, result));
                continue;
            }
            Err(error) => error,
        };
        failures += 1;
        let stops = error.is_persistent() || failures == MAX_FAILURES;
        let remaining = queries.len() - results.len() - missing.len() - 1;
        if stops && remaining > 0 {
            missing.push(format!("{error}; {remaining} more not requested"));
        } else {
            missing.push(error.to_string());
        }
        if stops {
            break;
        }
    }
    (results, missing)
}

/// The results of a batched lookup of numbers.
pub(super) struct Batched<T> {
    /// The entries with their numbers.
    pub(super) entries: Vec<(u64, T)>,
    /// The numbers without an entry.
    pub(super) absent: Vec<u64>,
    /// Messages about requests that failed.
    pub(super) missing: Vec<String>,
}

/// The results of one batch.
#[derive(Default)]
struct BatchResult {
    requested: Vec<u64>,
    entries: Vec<Value>,
    missing: Vec<String>,
}

/// Requests a batch, splitting it in half after server errors.
async fn split(
    batch: &[u64],
    send: &impl AsyncFn(&[u64]) -> Result<Vec<Value>, Error>,
) -> Result<BatchResult, Error> {
    let (mut open, mut result, mut failures) = (vec![batch], BatchResult::default(), 0);
    while let Some(part) = open.pop() {
        let error = match send(part).await {
            Ok(entries) => {
                failures = 0;
                result.requested.extend(part);
                result.entries.extend(entries);
                continue;
            }
            Err(error) => error,
        };
        failures += 1;
        let is_server_error = matches!(error, Error::Refused { status: 500..=599, .. });
        let (first, second) = part.split_at(part.len() / 2);
        if !is_server_error || failures > MAX_SPLITS {
            if result.requested.is_empty() {
                return Err(error);
            }
            result.missing.push(error.to_string());
            break;
        } else if first.is_empty() {
            result.missing.push(error.to_string());
        } else {
            open.extend([second, first]);
        }
    }
    Ok(result)
}

/// The message in an error response; each forge has it in another field.
pub(super) fn error_message(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let pointers = ["/message", "/error/message", "/error_description", "/error"];
    let message = pointers.iter().find_map(|pointer| json.pointer(pointer));
    let text = match message {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    // One short line, whatever the server sent.
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The path of another page of a list. Uses only the query of the page's URL: a forge behind a proxy may return another
/// host, and a response must not redirect the token.
pub(super) fn with_query_of(path: &str, url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let own = path.split_once('?').map_or(path, |(own, _)| own);
    Some(format!("{own}?{query}"))
}

/// The URL of the next page in the `Link` header.
fn next_page(response: &Response) -> Option<String> {
    let link = response.headers().get(http::header::LINK)?.to_str().ok()?;
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    Some(next.split_once('<')?.1.split_once('>')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_messages_are_short_lines() {
        assert_eq!(error_message(br#"{"message":"404 Project Not Found"}"#), "404 Project Not Found");
        assert_eq!(error_message(br#"{"type":"error","error":{"message":"No such\nrepo"}}"#), "No such repo");
        assert_eq!(
            error_message(br#"{"message":{"tag_name":["is missing"]}}"#),
            r#"{"tag_name":["is missing"]}"#
        );
        assert_eq!(error_message(b"<html>"), "");
    }

    fn rest(kind: ForgeKind, credentials: Credentials) -> Rest {
        let (owner, name) = ("o".to_owned(), "r".to_owned());
        let access = Access { kind, api: "https://f/api".to_owned(), owner, name, credentials };
        Rest::new(Client::new(crate::http::Options::default()).unwrap(), &access)
    }

    #[test]
    fn next_page_stays_on_the_forge() {
        let link = |text: &str| {
            let response = http::Response::builder().header("link", text).body(Bytes::new()).unwrap();
            next_page(&response).and_then(|url| with_query_of("/x?page=2", &url))
        };
        let both = "<https://f/api/x?page=1>; rel=\"prev\", <https://f/api/x?a=b&page=3>; rel=\"next\"";
        assert_eq!(link(both).as_deref(), Some("/x?a=b&page=3"));
        assert_eq!(link("<https://evil/api/y?page=3>; rel=\"next\"").as_deref(), Some("/x?page=3"));
        assert_eq!(link("<https://f/api/x>; rel=\"next\""), None);
        assert_eq!(link("<https://f/api/x?page=1>; rel=\"prev\""), None);
        assert_eq!(link("nonsense"), None);
    }

    #[test]
    fn token_is_in_the_forges_header_and_never_shown() {
        let secret = || crate::http::Secret::new("hidden").unwrap();
        let header = |kind, credentials| {
            let request = rest(kind, credentials).request(Method::GET, "/x", Bytes::new()).unwrap();
            assert!(!format!("{request:?}").contains("hidden"), "{request:?}");
            let found = request.headers().iter().find(|(name, _)| *name != "accept");
            found.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).unwrap_or_default()
        };
        assert_eq!(header(ForgeKind::GitLab, Credentials::Token(secret())), "authorization: Bearer hidden");
        assert_eq!(header(ForgeKind::GitLab, Credentials::Job(secret())), "job-token: hidden");
        assert_eq!(header(ForgeKind::Gitea, Credentials::Token(secret())), "authorization: token hidden");
        assert_eq!(
            header(ForgeKind::Bitbucket, Credentials::Token(secret())),
            "authorization: Bearer hidden"
        );
        let basic = Credentials::Basic("ada".to_owned(), secret());
        assert_eq!(header(ForgeKind::Bitbucket, basic), "authorization: Basic YWRhOmhpZGRlbg==");
        assert_eq!(header(ForgeKind::Gitea, Credentials::None), "");
    }
}
