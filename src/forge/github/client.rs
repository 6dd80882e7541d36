//! octocrab over our own HTTP client: octocrab knows GitHub's interface and its errors, [`http::Client`] knows how to send.

use http_body_util::{BodyExt, Full};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder, service::middleware::base_uri::BaseUriLayer};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    http::{Cacheable, Client, Repeatable},
    model::ForgeKind,
};

use super::super::{Access, Credentials, Error};

/// Speaks to GitHub.
#[derive(Debug, Clone)]
pub(super) struct Octo {
    octocrab: Octocrab,
    /// What stands before a REST path: nothing on github.com, `/v3` on GitHub Enterprise Server.
    rest: &'static str,
    pub(super) http: Client,
}

impl Octo {
    pub(super) fn new(client: Client, access: &Access) -> Result<Self, Error> {
        // GraphQL stands beside `/api/v3`, not below it.
        let (base, rest) = match access.api.strip_suffix("/v3") {
            Some(base) => (base, "/v3"),
            None => (access.api.as_str(), ""),
        };
        let base: ::http::Uri = base.parse().map_err(|_| Error::Address(access.api.clone()))?;
        if base.authority().is_none() {
            return Err(Error::Address(access.api.clone()));
        }
        let auth = match &access.credentials {
            Credentials::None => AuthState::None,
            Credentials::Token(token) | Credentials::Job(token) | Credentials::Basic(_, token) => {
                AuthState::AccessToken { token: token.expose().to_owned().into() }
            }
        };
        let sender = client.clone();
        let service = tower::service_fn(move |request| send(sender.clone(), request));
        let layered = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_layer(&BaseUriLayer::new(base))
            .with_auth(auth);
        let octocrab = match layered.build() {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        Ok(Self { octocrab, rest, http: client })
    }

    /// Sends a GraphQL query. What comes back may hold data and errors side by side.
    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        self.octocrab.post("/graphql", Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// What stands at a REST path; `None` where there is nothing.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Option<T>, Error> {
        let path = format!("{}{path}", self.rest);
        match self.octocrab.get(&path, None::<&()>).await {
            Ok(found) => Ok(Some(found)),
            Err(error) => match failed(error, doing) {
                Error::Refused { status: 404, .. } => Ok(None),
                error => Err(error),
            },
        }
    }
}

async fn send(
    client: Client,
    request: ::http::Request<OctoBody>,
) -> Result<::http::Response<Full<bytes::Bytes>>, tower::BoxError> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut request = ::http::Request::from_parts(parts, body);
    // Every GraphQL document that is sent is a query, never a mutation.
    if request.uri().path().ends_with("/graphql") {
        request.extensions_mut().insert(Repeatable);
    } else if request.method() == ::http::Method::GET {
        request.extensions_mut().insert(Cacheable);
    }
    Ok(client.send(request).await?.map(Full::new))
}

fn failed(error: octocrab::Error, doing: &str) -> Error {
    let form = |problem: String| Error::Form { forge: ForgeKind::GitHub, doing: doing.to_owned(), problem };
    match error {
        octocrab::Error::GitHub { source, .. } => Error::Refused {
            forge: ForgeKind::GitHub,
            doing: doing.to_owned(),
            status: source.status_code.as_u16(),
            message: source.message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect(),
        },
        octocrab::Error::Service { source, .. } => unwrapped(source, doing),
        octocrab::Error::Json { source, .. } => form(source.inner().to_string()),
        octocrab::Error::Serde { source, .. } => form(source.to_string()),
        other => form(other.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

/// Our own error, out of the layers that octocrab put around it.
fn unwrapped(source: tower::BoxError, doing: &str) -> Error {
    match source.downcast::<crate::http::Error>() {
        Ok(own) => Error::Http(*own),
        Err(source) => Error::Form {
            forge: ForgeKind::GitHub,
            doing: doing.to_owned(),
            problem: source.to_string().lines().next().unwrap_or_default().to_owned(),
        },
    }
}
