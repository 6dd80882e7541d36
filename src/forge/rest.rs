//! What the forges with a plain REST interface have in common: addresses, a header for the token, JSON, pages, and many questions
//! at a time.

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

use super::{Access, Asset, Comment, Credentials, Error};

/// How many requests are on their way at once.
const AT_ONCE: usize = 3;
/// After this many failures in a row the rest is not asked for.
const GIVE_UP: usize = 3;
/// How often a question is halved before it is given up: a hundred numbers come down to one.
const MOST_HALVINGS: usize = 7;
/// The most pages that are followed, of up to 100 entries each.
const MOST_PAGES: usize = 50;

/// Speaks to one forge's interface.
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

    /// The cache, where there is one.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.client.cache()
    }

    /// The whole address of a path.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.api)
    }

    /// What stands at a path; `None` where there is nothing. `doing` is named in messages.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Option<T>, Error> {
        let response = self.ask(path).await?;
        if response.status() == 404 {
            return Ok(None);
        }
        self.read(&response, doing).map(Some)
    }

    /// All entries of a list, page after page, as the `Link` header tells.
    pub(super) async fn pages<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Vec<T>, Error> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        for _ in 0..MOST_PAGES {
            let Some(path) = next else { break };
            let response = self.ask(&path).await?;
            all.append(&mut self.read::<Vec<T>>(&response, doing)?);
            next = next_page(&response).and_then(|address| beside(&path, &address));
        }
        Ok(all)
    }

    /// Asks about numbers, up to `size` at once, with a question whose answer is a list of entries. The field `key` of an entry is its number.
    /// Where the forge fails over a question, each half of it is asked; an entry that cannot be read loses only itself.
    pub(super) async fn batched<T: DeserializeOwned>(
        &self,
        numbers: &[u64],
        size: usize,
        key: &str,
        ask: impl AsyncFn(&[u64]) -> Result<Vec<Value>, Error>,
    ) -> Batched<T> {
        let batches: Vec<&[u64]> = numbers.chunks(size).collect();
        let (answers, missing) = each(&batches, |batch| halved(batch, &ask)).await;
        let mut all = Batched { entries: Vec::new(), absent: Vec::new(), missing };
        for (_, Halved { answered, entries, missing }) in answers {
            all.missing.extend(missing);
            let mut unseen: BTreeSet<u64> = answered.into_iter().collect();
            for entry in entries {
                let number = entry.get(key).and_then(Value::as_u64);
                // What was not asked for is not taken, whatever the forge sends.
                let Some(number) = number.filter(|number| unseen.remove(number)) else { continue };
                match serde_json::from_value(entry) {
                    Ok(entry) => all.entries.push((number, entry)),
                    Err(error) => all.missing.push(self.form(&format!("number {number}"), error).to_string()),
                }
            }
            all.absent.extend(unseen);
        }
        all
    }

    /// The answer of any status to a `GET`.
    pub(super) async fn ask(&self, path: &str) -> Result<Response, Error> {
        let mut request = self.request(Method::GET, path, Bytes::new())?;
        request.extensions_mut().insert(Cacheable);
        Ok(self.client.send(request).await?)
    }

    /// A request that carries JSON.
    pub(super) fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Request, Error> {
        let body = serde_json::to_vec(body).map_err(|error| self.form(path, error))?;
        self.request(method, path, body.into())
    }

    /// A request that carries bytes of this media type.
    pub(super) fn bytes(
        &self,
        method: Method,
        path: &str,
        kind: &str,
        body: Bytes,
    ) -> Result<Request, Error> {
        let mut request = self.request(method, path, body)?;
        let kind = HeaderValue::try_from(kind).map_err(|error| self.form(path, error))?;
        request.headers_mut().insert(http::header::CONTENT_TYPE, kind);
        Ok(request)
    }

    /// Sends a request and reads what comes back.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: Request, doing: &str) -> Result<T, Error> {
        let response = self.client.send(request).await?;
        self.read(&response, doing)
    }

    /// The bytes at an address that an answer gave. The token goes along to the forge's own host alone.
    async fn download(&self, address: &str, doing: &str) -> Result<Bytes, Error> {
        let invalid = || Error::Address(address.to_owned());
        let api = self.api.parse::<http::Uri>().map_err(|_| invalid())?;
        let mut request = http::Request::get(address).body(Bytes::new()).map_err(|_| invalid())?;
        let is_own = request.uri().scheme() == api.scheme() && request.uri().authority() == api.authority();
        if !is_own && request.uri().scheme_str() != Some("https") {
            return Err(invalid());
        }
        if let Some((name, mut value)) = self.authorization().filter(|_| is_own) {
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        let response = self.client.send(request).await?;
        self.succeeded(&response, doing)?;
        Ok(response.into_body())
    }

    /// The bytes of a file of a release.
    pub(super) async fn asset(&self, asset: &Asset) -> Result<Bytes, Error> {
        let address = asset.url.as_deref().unwrap_or_default();
        self.download(address, &format!("the file {}", asset.name)).await
    }

    /// Deletes what stands at a path. That it is gone already is as good.
    pub(super) async fn delete(&self, path: &str, doing: &str) -> Result<(), Error> {
        let request = self.bytes(Method::DELETE, path, "application/json", Bytes::new())?;
        match self.send::<Value>(request, doing).await {
            Ok(_) | Err(Error::Refused { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request, Error> {
        let address = self.address(path);
        let has_body = !body.is_empty();
        let request = http::Request::builder().method(method).uri(&address).body(body);
        let mut request = request.map_err(|_| Error::Address(address.clone()))?;
        if request.uri().authority().is_none() {
            return Err(Error::Address(address));
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

    /// GitLab takes its tokens as bearers too, but not those of jobs.
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

    /// Reads an answer, which must be a success.
    pub(super) fn read<T: DeserializeOwned>(&self, response: &Response, doing: &str) -> Result<T, Error> {
        self.succeeded(response, doing)?;
        // Where nothing comes back (204), `null` stands for it.
        let body = if response.body().is_empty() { b"null" } else { response.body().as_ref() };
        serde_json::from_slice(body).map_err(|error| self.form(doing, error))
    }

    fn succeeded(&self, response: &Response, doing: &str) -> Result<(), Error> {
        if response.status().is_success() {
            return Ok(());
        }
        Err(Error::Refused {
            forge: self.kind,
            doing: doing.to_owned(),
            status: response.status().as_u16(),
            message: refusal(response.body()),
        })
    }

    fn form(&self, doing: &str, error: impl ToString) -> Error {
        Error::Form { forge: self.kind, doing: doing.to_owned(), problem: error.to_string() }
    }
}

/// A comment, in the form that all forges share.
#[derive(Deserialize)]
pub(super) struct RestComment {
    id: u64,
    body: Option<String>,
}

impl RestComment {
    pub(super) fn into_model(self) -> Comment {
        Comment { id: self.id.to_string(), body: self.body.unwrap_or_default() }
    }
}

/// Asks many questions, a few at once, and gives the answers in their order. The rest is not asked for where the forge would say
/// the same to all, or has failed several times in a row; that is told once.
pub(super) async fn each<Q, A, F>(questions: &[Q], ask: impl Fn(Q) -> F) -> (Vec<(Q, A)>, Vec<String>)
where
    Q: Copy,
    F: Future<Output = Result<A, Error>>,
{
    let ask = &ask;
    let mut asked = stream::iter(questions.iter().copied())
        .map(|question| async move { (question, ask(question).await) })
        .buffered(AT_ONCE);
    let (mut answers, mut missing, mut in_a_row) = (Vec::new(), Vec::new(), 0);
    while let Some((question, answer)) = asked.next().await {
        let error = match answer {
            Ok(answer) => {
                in_a_row = 0;
                answers.push((question, answer));
                continue;
            }
            Err(error) => error,
        };
        in_a_row += 1;
        let is_over = error.is_for_all() || in_a_row == GIVE_UP;
        let left = questions.len() - answers.len() - missing.len() - 1;
        if is_over && left > 0 {
            missing.push(format!("{error}; {left} more not asked for"));
        } else {
            missing.push(error.to_string());
        }
        if is_over {
            break;
        }
    }
    (answers, missing)
}

/// What was had of a list of numbers.
pub(super) struct Batched<T> {
    /// The entries with their numbers.
    pub(super) entries: Vec<(u64, T)>,
    /// The numbers that nothing has.
    pub(super) absent: Vec<u64>,
    /// What could not be had.
    pub(super) missing: Vec<String>,
}

/// What was had of one batch.
#[derive(Default)]
struct Halved {
    answered: Vec<u64>,
    entries: Vec<Value>,
    missing: Vec<String>,
}

async fn halved(
    batch: &[u64],
    ask: &impl AsyncFn(&[u64]) -> Result<Vec<Value>, Error>,
) -> Result<Halved, Error> {
    let (mut open, mut had, mut in_a_row) = (vec![batch], Halved::default(), 0);
    while let Some(part) = open.pop() {
        let error = match ask(part).await {
            Ok(entries) => {
                in_a_row = 0;
                had.answered.extend(part);
                had.entries.extend(entries);
                continue;
            }
            Err(error) => error,
        };
        in_a_row += 1;
        let is_failure = matches!(error, Error::Refused { status: 500..=599, .. });
        let (first, second) = part.split_at(part.len() / 2);
        if !is_failure || in_a_row > MOST_HALVINGS {
            if had.answered.is_empty() {
                return Err(error);
            }
            had.missing.push(error.to_string());
            break;
        } else if first.is_empty() {
            had.missing.push(error.to_string());
        } else {
            open.extend([second, first]);
        }
    }
    Ok(had)
}

/// The words of a refusal: each forge has its own place for them.
pub(super) fn refusal(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let places = ["/message", "/error/message", "/error_description", "/error"];
    let found = places.iter().find_map(|place| json.pointer(place));
    let text = match found {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    // Whatever a server says, it stays a short line.
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The path of another page of a list. Of its address only the query is taken: a forge behind a proxy may tell another host than the
/// one that is asked, and whatever an answer says, no token goes elsewhere.
pub(super) fn beside(path: &str, address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let own = path.split_once('?').map_or(path, |(own, _)| own);
    Some(format!("{own}?{query}"))
}

/// The address of the next page, where the `Link` header names one.
fn next_page(response: &Response) -> Option<String> {
    let link = response.headers().get(http::header::LINK)?.to_str().ok()?;
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    Some(next.split_once('<')?.1.split_once('>')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_short_lines() {
        assert_eq!(refusal(br#"{"message":"404 Project Not Found"}"#), "404 Project Not Found");
        assert_eq!(refusal(br#"{"type":"error","error":{"message":"No such\nrepo"}}"#), "No such repo");
        assert_eq!(refusal(br#"{"message":{"tag_name":["is missing"]}}"#), r#"{"tag_name":["is missing"]}"#);
        assert_eq!(refusal(b"<html>"), "");
    }

    fn rest(kind: ForgeKind, credentials: Credentials) -> Rest {
        let (owner, name) = ("o".to_owned(), "r".to_owned());
        let access = Access { kind, api: "https://f/api".to_owned(), owner, name, credentials };
        Rest::new(Client::new(crate::http::Options::default()).unwrap(), &access)
    }

    #[test]
    fn pitfall_30_the_next_page_stays_on_the_forge() {
        let link = |text: &str| {
            let response = http::Response::builder().header("link", text).body(Bytes::new()).unwrap();
            next_page(&response).and_then(|address| beside("/x?page=2", &address))
        };
        let both = "<https://f/api/x?page=1>; rel=\"prev\", <https://f/api/x?a=b&page=3>; rel=\"next\"";
        assert_eq!(link(both).as_deref(), Some("/x?a=b&page=3"));
        assert_eq!(link("<https://evil/api/y?page=3>; rel=\"next\"").as_deref(), Some("/x?page=3"));
        assert_eq!(link("<https://f/api/x>; rel=\"next\""), None);
        assert_eq!(link("<https://f/api/x?page=1>; rel=\"prev\""), None);
        assert_eq!(link("nonsense"), None);
    }

    #[test]
    fn pitfall_30_a_token_goes_into_its_forges_header_and_is_never_shown() {
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
