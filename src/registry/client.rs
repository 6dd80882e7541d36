//! Speaking to registries: addresses, credentials, and what went wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use http::{HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    Credentials, Error, Login, Repository,
    call::{Call, Granted, Right, said},
    challenge::{self, Challenge},
    realm::{Realm, may_be_asked, may_have_password},
};
use crate::http::{self as web, Opened, RedirectedTo, Response, Unmoved};

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
        && response.extensions().get::<RedirectedTo>().is_none()
}

fn denied(call: &Call<'_>, granted: Option<&Granted>, response: Response) -> Result<Response, Error> {
    if !matches!(response.status().as_u16(), 401 | 403) {
        return Ok(response);
    }
    if let Some(RedirectedTo { host }) = response.extensions().get::<RedirectedTo>() {
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
