//! Speaking to registries: addresses, credentials, and what went wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    Credentials, Error, Login, Repository,
    challenge::{self, Challenge},
    realm::{Realm, may_be_asked, may_have_password},
};
use crate::http::{self as web, Elsewhere, Opened, Repeatable, Request, Response, Unmoved};

/// Speaks to registries as the OCI distribution specification 1.1 has it. Cheap to clone; clones share what they were
/// granted.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) web: web::Client,
    options: Arc<Options>,
    state: Arc<Mutex<State>>,
}

/// How registries are spoken to.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Who we are.
    pub credentials: Credentials,
    /// The hosts, with their ports, that are spoken to by http. Registries on this machine may be without being named.
    pub plain_http: Vec<String>,
    /// Those of these hosts that get credentials by http, since the user says so and not a repository's configuration.
    pub plain_credentials: Vec<String>,
    /// Whether every registry is spoken to by http, with credentials.
    pub all_plain: bool,
    /// The hosts, with their ports, to which a registry's password may go for a token, beside the registry's own and those that
    /// are known.
    pub realms: Vec<Realm>,
}

#[derive(Debug, Default)]
struct State {
    /// What was granted, by host and scopes.
    granted: BTreeMap<(String, String), Granted>,
    /// Whether a host on this machine speaks http.
    plain: BTreeMap<String, bool>,
    /// The repositories that are read by the right to write.
    as_writer: BTreeSet<Repository>,
}

/// What opens the door.
#[derive(Debug, Clone)]
pub(super) struct Granted {
    pub(super) header: HeaderValue,
    /// Whether it was granted to somebody, not to anybody.
    is_ours: bool,
    /// The authority that a password was not sent to, so that the grant is anybody's.
    withheld: Option<String>,
}

/// What is to be done in a repository, which decides what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right<'r> {
    /// Reading.
    Pull,
    /// Writing.
    Push,
    /// Deleting.
    Delete,
    /// Writing what is taken from another repository of the same registry.
    Mount(&'r Repository),
}

/// One thing that is asked of a registry.
pub(super) struct Call<'c> {
    pub(super) repository: &'c Repository,
    pub(super) right: Right<'c>,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What is being done, for messages: "read the tags of …".
    pub(super) what: String,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        repository: &'c Repository,
        right: Right<'c>,
        method: Method,
        url: Url,
        what: String,
    ) -> Self {
        Self { repository, right, method, url, headers: HeaderMap::new(), body: Bytes::new(), what }
    }

    fn request(&self, granted: Option<&Granted>) -> Result<Request, Error> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri(&self.url, &self.what)?;
        *request.headers_mut() = self.headers.clone();
        if let Some(granted) = granted {
            request.headers_mut().insert(header::AUTHORIZATION, granted.header.clone());
        }
        // An upload that is begun twice leaves a session that the registry forgets.
        request.extensions_mut().insert(Repeatable);
        Ok(request)
    }

    fn is_at_registry(&self) -> bool {
        let own = Url::parse(&format!("{}://{}", self.url.scheme(), self.repository.api_host()));
        own.is_ok_and(|own| own.origin() == self.url.origin())
    }

    fn scopes(&self, reads_as_writer: bool) -> Vec<String> {
        let own = |actions: &str| format!("repository:{}:{actions}", self.repository.name);
        match self.right {
            Right::Pull if !reads_as_writer => vec![own("pull")],
            Right::Pull | Right::Push => vec![own("pull,push")],
            Right::Delete => vec![own("pull,push,delete")],
            Right::Mount(from) => vec![own("pull,push"), format!("repository:{}:pull", from.name)],
        }
    }

    pub(super) fn failed(&self, source: web::Error) -> Error {
        Error::Http { what: self.what.clone(), source }
    }

    /// The error for an answer that is none of those that were hoped for.
    pub(super) fn refused(&self, response: &Response) -> Error {
        Error::Refused {
            what: self.what.clone(),
            status: response.status().as_u16(),
            said: said(response.body()),
        }
    }

    pub(super) fn malformed(&self, problem: impl Into<String>) -> Error {
        Error::Malformed {
            what: format!("the registry's answer, asked to {},", self.what),
            problem: problem.into(),
        }
    }
}

impl Client {
    /// A client over this HTTP client.
    #[must_use]
    pub fn new(web: web::Client, options: Options) -> Self {
        Self { web, options: Arc::new(options), state: Arc::default() }
    }

    /// The address of something below a repository: `manifests/v1.0.0`.
    pub(super) async fn url(&self, repository: &Repository, below: &str) -> Result<Url, Error> {
        let scheme = if self.is_plain(repository).await? { "http" } else { "https" };
        let text = format!("{scheme}://{}/v2/{}/{below}", repository.api_host(), repository.name);
        Url::parse(&text).map_err(|error| Error::Malformed { what: text, problem: error.to_string() })
    }

    /// Sends; where the registry asks who we are, tells it and sends again. The answer may have any other status.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Response, Error> {
        let known = self.known(call);
        let response =
            self.web.send(call.request(known.as_ref())?).await.map_err(|error| call.failed(error))?;
        if !is_challenge(call, &response) {
            return denied(call, known.as_ref(), response);
        }
        let granted = self.authorize(call, &response).await?;
        let again = self.web.send(call.request(Some(&granted))?).await;
        denied(call, Some(&granted), again.map_err(|error| call.failed(error))?)
    }

    /// As [`Client::send`], for something of this many bytes that is read as it arrives.
    pub(super) async fn open(&self, call: &Call<'_>, length: u64) -> Result<Opened, Error> {
        let known = self.known(call);
        let opened = self.web.open(call.request(known.as_ref())?, length).await;
        match opened.map_err(|error| call.failed(error))? {
            Opened::Refused(response) if is_challenge(call, &response) => {
                let granted = self.authorize(call, &response).await?;
                let again = self.web.open(call.request(Some(&granted))?, length).await;
                match again.map_err(|error| call.failed(error))? {
                    Opened::Refused(response) => denied(call, Some(&granted), response).map(Opened::Refused),
                    opened => Ok(opened),
                }
            }
            Opened::Refused(response) => denied(call, known.as_ref(), response).map(Opened::Refused),
            opened => Ok(opened),
        }
    }

    /// What was granted before for such a call. It goes to the registry alone: an upload may be sent elsewhere.
    pub(super) fn known(&self, call: &Call<'_>) -> Option<Granted> {
        if !call.is_at_registry() {
            return None;
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.granted.get(&state.key(call)).cloned()
    }

    /// From here on a repository is read by the right to write to it.
    pub(super) fn read_as_writer(&self, repository: &Repository) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_writer.insert(repository.clone());
    }

    async fn authorize(&self, call: &Call<'_>, response: &Response) -> Result<Granted, Error> {
        let is_told = self.may_have_credentials(call);
        let mut login = if is_told { self.options.credentials.find(call.repository)? } else { None };
        let told = |error: Error| match error {
            Error::Unauthorized { what, host, .. } if !is_told => Error::Plain { what, host },
            error => error,
        };
        if let Some(Login::Basic { secret, .. } | Login::Identity(secret)) = &login {
            self.web.secrets().add(&format!("the password for {}", call.repository.host), secret.expose());
        }
        let asked = challenge::challenge(response.headers());
        let mut withheld = None;
        if let Some(Challenge::Bearer { realm, .. }) = &asked
            && login.is_some()
            && !may_have_password(call.repository, &call.url, realm, &self.options.realms)
        {
            login = None;
            withheld = realm.host_str().map(|host| match realm.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            });
        }
        let value = match (asked, &login) {
            (Some(Challenge::Bearer { realm, service }), _) => {
                let token = self.token(call, realm, service.as_deref(), login.as_ref()).await;
                match (token, &withheld) {
                    // Nobody may: that it was asked without a password is what has to be told.
                    (Err(_), Some(realm)) => return Err(foreign(call, realm)),
                    (token, _) => token.map_err(told)?,
                }
            }
            (Some(Challenge::Basic), Some(login @ Login::Basic { .. })) => challenge::basic(login),
            _ => None,
        };
        let refused = || told(unauthorized(call, login.is_some(), said(response.body())));
        let granted = Granted { header: value.ok_or_else(refused)?, is_ours: login.is_some(), withheld };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = state.key(call);
        state.granted.insert(key, granted.clone());
        Ok(granted)
    }

    /// Whether a registry may be told who we are: over TLS, on this machine, or where the user lets it be told by http.
    fn may_have_credentials(&self, call: &Call<'_>) -> bool {
        let host = &call.repository.host;
        call.url.scheme() == "https"
            || call.repository.is_loopback()
            || self.options.all_plain
            || self.options.plain_credentials.contains(host)
    }

    async fn token(
        &self,
        call: &Call<'_>,
        mut realm: Url,
        service: Option<&str>,
        login: Option<&Login>,
    ) -> Result<Option<HeaderValue>, Error> {
        let authority = realm.host_str().unwrap_or("its authority").to_owned();
        if realm.scheme() != "https" && call.url.scheme() == "https" {
            return Err(
                call.malformed(format!("it sends us to {authority} for a token, which is not by https"))
            );
        }
        if !may_be_asked(&call.url, &realm) {
            return Err(
                call.malformed(format!("it sends us to {authority} for a token, which is in this network"))
            );
        }
        let what = format!("get a token for {} from {authority}", call.repository);
        let scopes = self.state.lock().unwrap_or_else(PoisonError::into_inner).scopes(call);
        let mut pairs: Vec<(&str, &str)> = service.map(|service| ("service", service)).into_iter().collect();
        let mut asking = Call::new(call.repository, call.right, Method::GET, realm.clone(), what);
        let mut authorization = None;
        if let Some(Login::Identity(secret)) = login {
            let scope = scopes.join(" ");
            pairs.extend([("scope", &*scope), ("client_id", "tidings"), ("grant_type", "refresh_token")]);
            pairs.push(("refresh_token", secret.expose()));
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            asking.method = Method::POST;
            asking
                .headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            asking.body = form.into();
        } else {
            pairs.extend(scopes.iter().map(|scope| ("scope", scope.as_str())));
            realm.query_pairs_mut().extend_pairs(pairs);
            asking.url = realm;
            authorization = login.and_then(challenge::basic).map(|header| Granted {
                header,
                is_ours: true,
                withheld: None,
            });
        }
        let mut request = asking.request(authorization.as_ref())?;
        if login.is_some() {
            // A refresh token is in the body, which a redirect would carry on.
            request.extensions_mut().insert(Unmoved);
        }
        let response = self.web.send(request).await.map_err(|error| asking.failed(error))?;
        match response.status().as_u16() {
            200 => match challenge::token(response.body()) {
                Some(token) => {
                    // What has a space is no token, and could be our own words in a message.
                    if token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                        self.web.secrets().add(&format!("the token of {authority}"), token.expose());
                    }
                    Ok(challenge::bearer(&token))
                }
                None => Err(asking.malformed("it holds no token")),
            },
            401 | 403 => Err(unauthorized(&asking, login.is_some(), said(response.body()))),
            _ => Err(asking.refused(&response)),
        }
    }

    /// Whether a registry is spoken to by http: where that was said, or where it runs on this machine and does.
    async fn is_plain(&self, repository: &Repository) -> Result<bool, Error> {
        if self.options.all_plain || self.options.plain_http.contains(&repository.host) {
            return Ok(true);
        }
        if !repository.is_loopback() {
            return Ok(false);
        }
        let known =
            self.state.lock().unwrap_or_else(PoisonError::into_inner).plain.get(&repository.host).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let what = format!("reach the registry at {}", repository.host);
        let text = format!("http://{}/v2/", repository.host);
        let url =
            Url::parse(&text).map_err(|error| Error::Malformed { what: text, problem: error.to_string() })?;
        let call = Call::new(repository, Right::Pull, Method::GET, url, what);
        let is_plain = match self.web.send(call.request(None)?).await {
            // What a server that wants TLS answers to one who speaks without.
            Ok(response) => response.status() != StatusCode::BAD_REQUEST,
            Err(web::Error::Broken { sent: true, .. }) => false,
            Err(error) => return Err(call.failed(error)),
        };
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .plain
            .insert(repository.host.clone(), is_plain);
        Ok(is_plain)
    }
}

impl State {
    fn scopes(&self, call: &Call<'_>) -> Vec<String> {
        call.scopes(self.as_writer.contains(call.repository))
    }

    fn key(&self, call: &Call<'_>) -> (String, String) {
        (call.repository.host.clone(), self.scopes(call).join(" "))
    }
}

/// Whether the registry itself asks who we are. What a redirect led to is a stranger's, and gets no answer.
fn is_challenge(call: &Call<'_>, response: &Response) -> bool {
    response.status() == StatusCode::UNAUTHORIZED
        && call.is_at_registry()
        && response.extensions().get::<Elsewhere>().is_none()
}

fn denied(call: &Call<'_>, granted: Option<&Granted>, response: Response) -> Result<Response, Error> {
    if !matches!(response.status().as_u16(), 401 | 403) {
        return Ok(response);
    }
    if let Some(Elsewhere { host }) = response.extensions().get::<Elsewhere>() {
        let status = response.status().as_u16();
        return Err(Error::Redirected { what: call.what.clone(), host: host.clone(), status });
    }
    match granted.and_then(|granted| granted.withheld.as_ref()) {
        Some(realm) => Err(foreign(call, realm)),
        None => {
            Err(unauthorized(call, granted.is_some_and(|granted| granted.is_ours), said(response.body())))
        }
    }
}

fn foreign(call: &Call<'_>, realm: &str) -> Error {
    let (what, host) = (call.what.clone(), call.repository.host.clone());
    Error::ForeignRealm { what, host, realm: realm.to_owned() }
}

fn unauthorized(call: &Call<'_>, known: bool, said: String) -> Error {
    Error::Unauthorized { what: call.what.clone(), host: call.repository.host.clone(), known, said }
}

pub(super) fn uri(url: &Url, what: &str) -> Result<http::Uri, Error> {
    url.as_str().parse().map_err(|error: http::uri::InvalidUri| Error::Malformed {
        what: format!("an address, asked to {what},"),
        problem: error.to_string(),
    })
}

/// What a registry says about its refusal, with `: ` before it: the codes and messages of the specification's error
/// form, kept short, and nothing else.
pub(super) fn said(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(serde::Deserialize)]
    struct One {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let Ok(errors) = serde_json::from_slice::<Errors>(body) else { return String::new() };
    let one = |error: &One| if error.message.is_empty() { error.code.clone() } else { error.message.clone() };
    let text = errors.errors.iter().map(one).collect::<Vec<_>>().join("; ");
    let clean: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    if clean.is_empty() { clean } else { format!(": {clean}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_says_is_kept_short() {
        let body = r#"{"errors":[{"code":"DENIED","message":"no \u001b[31m access"},{"code":"X"}]}"#;
        assert_eq!(said(body.as_bytes()), ": no [31m access; X");
        let long = format!(r#"{{"errors":[{{"message":"{}"}}]}}"#, "x".repeat(1000));
        assert_eq!(said(long.as_bytes()).len(), 302);
        for odd in ["", "{}", "<html>", "{\"errors\":[]}", "{\"errors\":null}"] {
            assert_eq!(said(odd.as_bytes()), "", "{odd}");
        }
    }
}
