//! Sends requests to registries: URLs, authentication, errors.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use http::{HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    Credentials, Error, Login, Repository,
    call::{Authorization, Call, Permission, error_message},
    challenge::{self, Challenge},
    realm::{Realm, may_get_password, may_request_token},
};
use crate::http::{self as web, NoRedirect, RedirectedTo, Response, StreamedResponse};

/// A client of the OCI distribution specification 1.1. Cheap to clone; clones share their tokens.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) web: web::Client,
    options: Arc<Options>,
    state: Arc<Mutex<State>>,
}

/// Options of the client.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where to find credentials.
    pub credentials: Credentials,
    /// The hosts, with ports, to use http for. On loopback, http is detected.
    pub plain_http: Vec<String>,
    /// The hosts of `plain_http` that get credentials over http: those that the user named, not a repository's
    /// configuration.
    pub plain_credentials: Vec<String>,
    /// Whether to use http for every registry, with credentials.
    pub all_plain: bool,
    /// Token servers, as hosts with ports, that may get a registry's password, in addition to the registry's own host
    /// and known ones.
    pub realms: Vec<Realm>,
}

#[derive(Debug, Default)]
struct State {
    /// Authorizations, by host and scopes.
    authorizations: BTreeMap<(String, String), Authorization>,
    /// Whether a loopback host uses http.
    plain: BTreeMap<String, bool>,
    /// The repositories to read with push scope.
    push_scope: BTreeSet<Repository>,
}

impl Client {
    /// A client that sends requests with this HTTP client.
    #[must_use]
    pub fn new(web: web::Client, options: Options) -> Self {
        Self { web, options: Arc::new(options), state: Arc::default() }
    }

    /// The URL of a path in a repository, such as `manifests/v1.0.0`.
    pub(super) async fn url(&self, repository: &Repository, path: &str) -> Result<Url, Error> {
        let scheme = if self.is_plain(repository).await? { "http" } else { "https" };
        let text = format!("{scheme}://{}/v2/{}/{path}", repository.api_host(), repository.name);
        Url::parse(&text).map_err(|error| Error::Malformed { what: text, problem: error.to_string() })
    }

    /// Sends a request; after an authentication challenge, sends it again with credentials. Returns any other status as
    /// it is.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Response, Error> {
        let authorization = self.authorization(call);
        let response =
            self.web.send(call.request(authorization.as_ref())?).await.map_err(|error| call.failed(error))?;
        if !is_challenge(call, &response) {
            return check_denied(call, authorization.as_ref(), response);
        }
        let authorization = self.authorize(call, &response).await?;
        let again = self.web.send(call.request(Some(&authorization))?).await;
        check_denied(call, Some(&authorization), again.map_err(|error| call.failed(error))?)
    }

    /// Like [`Client::send`], but streams a body of `length` bytes.
    pub(super) async fn open(&self, call: &Call<'_>, length: u64) -> Result<StreamedResponse, Error> {
        let authorization = self.authorization(call);
        let opened = self.web.open(call.request(authorization.as_ref())?, length).await;
        match opened.map_err(|error| call.failed(error))? {
            StreamedResponse::Refused(response) if is_challenge(call, &response) => {
                let authorization = self.authorize(call, &response).await?;
                let again = self.web.open(call.request(Some(&authorization))?, length).await;
                match again.map_err(|error| call.failed(error))? {
                    StreamedResponse::Refused(response) => {
                        check_denied(call, Some(&authorization), response).map(StreamedResponse::Refused)
                    }
                    opened => Ok(opened),
                }
            }
            StreamedResponse::Refused(response) => {
                check_denied(call, authorization.as_ref(), response).map(StreamedResponse::Refused)
            }
            opened => Ok(opened),
        }
    }

    /// The authorization from an earlier call with the same scopes. Only for the registry's own host: an upload may go
    /// elsewhere.
    pub(super) fn authorization(&self, call: &Call<'_>) -> Option<Authorization> {
        if !call.is_at_registry() {
            return None;
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.authorizations.get(&state.key(call)).cloned()
    }

    /// Reads a repository with push scope from now on.
    pub(super) fn use_push_scope(&self, repository: &Repository) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.push_scope.insert(repository.clone());
    }

    async fn authorize(&self, call: &Call<'_>, response: &Response) -> Result<Authorization, Error> {
        let may_login = self.may_send_credentials(call);
        let mut login = if may_login { self.options.credentials.find(call.repository)? } else { None };
        let explain = |error: Error| match error {
            Error::Unauthorized { what, host, .. } if !may_login => Error::Plain { what, host },
            error => error,
        };
        if let Some(Login::Basic { secret, .. } | Login::Identity(secret)) = &login {
            self.web.secrets().add(&format!("the password for {}", call.repository.host), secret.expose());
        }
        let challenge = challenge::challenge(response.headers());
        let mut withheld = None;
        if let Some(Challenge::Bearer { realm, .. }) = &challenge
            && login.is_some()
            && !may_get_password(call.repository, &call.url, realm, &self.options.realms)
        {
            login = None;
            withheld = realm.host_str().map(|host| match realm.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            });
        }
        let value = match (challenge, &login) {
            (Some(Challenge::Bearer { realm, service }), _) => {
                let token = self.token(call, realm, service.as_deref(), login.as_ref()).await;
                match (token, &withheld) {
                    // The cause is that the password was withheld.
                    (Err(_), Some(realm)) => return Err(foreign_realm(call, realm)),
                    (token, _) => token.map_err(explain)?,
                }
            }
            (Some(Challenge::Basic), Some(login @ Login::Basic { .. })) => challenge::basic(login),
            _ => None,
        };
        let refused = || explain(unauthorized(call, login.is_some(), error_message(response.body())));
        let header = value.ok_or_else(refused)?;
        let authorization = Authorization { header, has_credentials: login.is_some(), withheld };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = state.key(call);
        state.authorizations.insert(key, authorization.clone());
        Ok(authorization)
    }

    /// Whether the registry may get credentials: over TLS, on loopback, or where the user allows it over http.
    fn may_send_credentials(&self, call: &Call<'_>) -> bool {
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
        let server = realm.host_str().unwrap_or("the token server").to_owned();
        if realm.scheme() != "https" && call.url.scheme() == "https" {
            return Err(call.malformed(format!("its token server {server} does not use https")));
        }
        if !may_request_token(&call.url, &realm) {
            return Err(call.malformed(format!("its token server {server} is on the local network")));
        }
        let what = format!("get a token for {} from {server}", call.repository);
        let scopes = self.state.lock().unwrap_or_else(PoisonError::into_inner).scopes(call);
        let mut pairs: Vec<(&str, &str)> = service.map(|service| ("service", service)).into_iter().collect();
        let mut token_call = Call::new(call.repository, call.permission, Method::GET, realm.clone(), what);
        let mut authorization = None;
        if let Some(Login::Identity(secret)) = login {
            let scope = scopes.join(" ");
            pairs.extend([("scope", &*scope), ("client_id", "tidings"), ("grant_type", "refresh_token")]);
            pairs.push(("refresh_token", secret.expose()));
            let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            token_call.method = Method::POST;
            token_call
                .headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            token_call.body = form.into();
        } else {
            pairs.extend(scopes.iter().map(|scope| ("scope", scope.as_str())));
            realm.query_pairs_mut().extend_pairs(pairs);
            token_call.url = realm;
            authorization = login.and_then(challenge::basic).map(|header| Authorization {
                header,
                has_credentials: true,
                withheld: None,
            });
        }
        let mut request = token_call.request(authorization.as_ref())?;
        if login.is_some() {
            // The body contains a refresh token, which a redirect would pass on.
            request.extensions_mut().insert(NoRedirect);
        }
        let response = self.web.send(request).await.map_err(|error| token_call.failed(error))?;
        match response.status().as_u16() {
            200 => match challenge::token(response.body()) {
                Some(token) => {
                    // A value with a space is not a token, and could match ordinary text in a message.
                    if token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                        self.web.secrets().add(&format!("the token of {server}"), token.expose());
                    }
                    Ok(challenge::bearer(&token))
                }
                None => Err(token_call.malformed("it contains no token")),
            },
            401 | 403 => Err(unauthorized(&token_call, login.is_some(), error_message(response.body()))),
            _ => Err(token_call.refused(&response)),
        }
    }

    /// Whether to use http for a registry: if the options say so, or a loopback registry responds to it.
    async fn is_plain(&self, repository: &Repository) -> Result<bool, Error> {
        if self.options.all_plain || self.options.plain_http.contains(&repository.host) {
            return Ok(true);
        }
        if !repository.is_loopback() {
            return Ok(false);
        }
        let detected =
            self.state.lock().unwrap_or_else(PoisonError::into_inner).plain.get(&repository.host).copied();
        if let Some(detected) = detected {
            return Ok(detected);
        }
        let what = format!("reach the registry at {}", repository.host);
        let text = format!("http://{}/v2/", repository.host);
        let url =
            Url::parse(&text).map_err(|error| Error::Malformed { what: text, problem: error.to_string() })?;
        let call = Call::new(repository, Permission::Pull, Method::GET, url, what);
        let is_plain = match self.web.send(call.request(None)?).await {
            // A TLS server responds with 400 to plain http.
            Ok(response) => response.status() != StatusCode::BAD_REQUEST,
            Err(web::Error::Transport { sent: true, .. }) => false,
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
        call.scopes(self.push_scope.contains(call.repository))
    }

    fn key(&self, call: &Call<'_>) -> (String, String) {
        (call.repository.host.clone(), self.scopes(call).join(" "))
    }
}

/// Whether the registry itself requires authentication. Challenges from a redirect's target are ignored.
fn is_challenge(call: &Call<'_>, response: &Response) -> bool {
    response.status() == StatusCode::UNAUTHORIZED
        && call.is_at_registry()
        && response.extensions().get::<RedirectedTo>().is_none()
}

fn check_denied(
    call: &Call<'_>,
    authorization: Option<&Authorization>,
    response: Response,
) -> Result<Response, Error> {
    if !matches!(response.status().as_u16(), 401 | 403) {
        return Ok(response);
    }
    if let Some(RedirectedTo { host }) = response.extensions().get::<RedirectedTo>() {
        let status = response.status().as_u16();
        return Err(Error::Redirected { what: call.what.clone(), host: host.clone(), status });
    }
    match authorization.and_then(|authorization| authorization.withheld.as_ref()) {
        Some(realm) => Err(foreign_realm(call, realm)),
        None => {
            let had_credentials = authorization.is_some_and(|authorization| authorization.has_credentials);
            Err(unauthorized(call, had_credentials, error_message(response.body())))
        }
    }
}

fn foreign_realm(call: &Call<'_>, realm: &str) -> Error {
    let (what, host) = (call.what.clone(), call.repository.host.clone());
    Error::ForeignRealm { what, host, realm: realm.to_owned() }
}

fn unauthorized(call: &Call<'_>, had_credentials: bool, detail: String) -> Error {
    Error::Unauthorized {
        what: call.what.clone(),
        host: call.repository.host.clone(),
        had_credentials,
        detail,
    }
}
