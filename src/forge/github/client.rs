//! Runs octocrab over [`crate::http::Client`]: octocrab implements GitHub's API and errors, the HTTP client sends.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder, service::middleware::base_uri::BaseUriLayer};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    http::{Cacheable, Client, Idempotent, Request},
    model::ForgeKind,
};

use crate::forge::{Access, Attachment, Credentials, Error, rest::error_message};

/// A client for GitHub's API.
#[derive(Debug, Clone)]
pub(super) struct Octo {
    octocrab: Octocrab,
    /// The prefix of REST paths: empty on github.com, `/v3` on GitHub Enterprise Server.
    rest: &'static str,
    pub(super) http: Client,
    access: Access,
}

impl Octo {
    pub(super) fn new(client: Client, access: &Access) -> Result<Self, Error> {
        // GraphQL is at `/api/graphql`, next to `/api/v3`.
        let (base, rest) = match access.api.strip_suffix("/v3") {
            Some(base) => (base, "/v3"),
            None => (access.api.as_str(), ""),
        };
        let base: ::http::Uri = base.parse().map_err(|_| Error::Url(access.api.clone()))?;
        if base.authority().is_none() {
            return Err(Error::Url(access.api.clone()));
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
        Ok(Self { octocrab, rest, http: client, access: access.clone() })
    }

    /// Sends a GraphQL query. The response may contain both data and errors.
    pub(super) async fn graphql<T: DeserializeOwned>(
        &self,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        self.octocrab.post("/graphql", Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// Gets a REST resource; `None` if it does not exist.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, doing: &str) -> Result<Option<T>, Error> {
        let path = format!("{}{path}", self.rest);
        match self.octocrab.get(&path, None::<&()>).await {
            Ok(resource) => Ok(Some(resource)),
            Err(error) => match failed(error, doing) {
                Error::Refused { status: 404, .. } => Ok(None),
                error => Err(error),
            },
        }
    }

    /// Creates a REST resource.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        let path = format!("{}{path}", self.rest);
        self.octocrab.post(&path, Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// Updates a REST resource.
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        let path = format!("{}{path}", self.rest);
        self.octocrab.patch(&path, Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// Posts a request whose response has no content of interest, and may be empty.
    pub(super) async fn send(&self, path: &str, body: &impl Serialize, doing: &str) -> Result<(), Error> {
        let path = format!("{}{path}", self.rest);
        let sent = async {
            let response = self.octocrab._post(path.as_str(), Some(body)).await?;
            octocrab::map_github_error(response).await
        };
        sent.await.map(drop).map_err(|error| failed(error, doing))
    }

    /// Deletes a REST resource. No error if it does not exist.
    pub(super) async fn delete(&self, path: &str, doing: &str) -> Result<(), Error> {
        let path = format!("{}{path}", self.rest);
        let deleted = async {
            let response = self.octocrab._delete(path.as_str(), None::<&()>).await?;
            octocrab::map_github_error(response).await
        };
        match deleted.await.map_err(|error| failed(error, doing)) {
            Ok(_) | Err(Error::Refused { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Uploads a file to a URL from a response, which must be on GitHub's own hosts.
    pub(super) async fn upload(&self, url: &str, file: &Attachment, doing: &str) -> Result<(), Error> {
        let request = ::http::Request::post(url)
            .header(::http::header::ACCEPT, "application/vnd.github+json")
            .header(::http::header::CONTENT_TYPE, &file.content_type)
            .body(file.content.clone());
        self.send_directly(url, request, doing).await.map(drop)
    }

    /// Downloads a file; GitHub redirects to its storage.
    pub(super) async fn download(&self, url: &str, doing: &str) -> Result<Bytes, Error> {
        let request = ::http::Request::get(url)
            .header(::http::header::ACCEPT, "application/octet-stream")
            .body(Bytes::new());
        self.send_directly(url, request, doing).await
    }

    /// Sends a request that octocrab does not support.
    async fn send_directly(
        &self,
        url: &str,
        request: ::http::Result<Request>,
        doing: &str,
    ) -> Result<Bytes, Error> {
        let invalid = || Error::Url(url.to_owned());
        let mut request = request.map_err(|_| invalid())?;
        if !may_have_token(&self.access.api, request.uri()) {
            return Err(invalid());
        }
        if let Credentials::Token(token) = &self.access.credentials {
            let value = ::http::HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut value = value.map_err(|_| invalid())?;
            value.set_sensitive(true);
            request.headers_mut().insert(::http::header::AUTHORIZATION, value);
        }
        let response = self.http.send(request).await?;
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        Err(Error::Refused {
            forge: ForgeKind::GitHub,
            doing: doing.to_owned(),
            status: response.status().as_u16(),
            message: detailed_message(response.body()),
        })
    }
}

/// The message in an error response, with the error of each field.
fn detailed_message(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = json.get("errors").and_then(serde_json::Value::as_array);
    join_errors(&error_message(body), errors.map_or(&[], Vec::as_slice))
}

/// Whether a URL is on the API's host, or on `uploads.` for an API on `api.`.
fn may_have_token(api: &str, uri: &::http::Uri) -> bool {
    let Ok(api) = api.parse::<::http::Uri>() else { return false };
    let (Some(own), Some(other)) = (api.authority(), uri.authority()) else { return false };
    let uploads = own.as_str().strip_prefix("api.").map(|domain| format!("uploads.{domain}"));
    uri.scheme() == api.scheme() && (own == other || uploads.is_some_and(|uploads| other.as_str() == uploads))
}

async fn send(
    client: Client,
    request: ::http::Request<OctoBody>,
) -> Result<::http::Response<Full<bytes::Bytes>>, tower::BoxError> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut request = ::http::Request::from_parts(parts, body);
    // All GraphQL requests are queries, never mutations.
    if request.uri().path().ends_with("/graphql") {
        request.extensions_mut().insert(Idempotent);
    } else if request.method() == ::http::Method::GET {
        request.extensions_mut().insert(Cacheable);
    }
    Ok(client.send(request).await?.map(Full::new))
}

fn failed(error: octocrab::Error, doing: &str) -> Error {
    let malformed =
        |problem: String| Error::Malformed { forge: ForgeKind::GitHub, doing: doing.to_owned(), problem };
    match error {
        octocrab::Error::GitHub { source, .. } => Error::Refused {
            forge: ForgeKind::GitHub,
            doing: doing.to_owned(),
            status: source.status_code.as_u16(),
            message: join_errors(&source.message, source.errors.as_deref().unwrap_or_default()),
        },
        octocrab::Error::Service { source, .. } => unwrapped(source, doing),
        octocrab::Error::Json { source, .. } => malformed(source.inner().to_string()),
        octocrab::Error::Serde { source, .. } => malformed(source.to_string()),
        other => malformed(other.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

/// A message with the field and code of each error (docs.github.com, "Troubleshooting the REST API").
fn join_errors(message: &str, errors: &[serde_json::Value]) -> String {
    let describe = |error: &serde_json::Value| {
        let text =
            |name: &str| error.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let own = error.as_str().map_or_else(|| text("message"), str::to_owned);
        if own.is_empty() { format!("{} {}", text("field"), text("code")) } else { own }
    };
    let errors: Vec<String> = errors.iter().map(describe).collect();
    let all =
        if errors.is_empty() { message.to_owned() } else { format!("{message}: {}", errors.join(", ")) };
    all.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The HTTP client's error, without octocrab's wrappers.
fn unwrapped(source: tower::BoxError, doing: &str) -> Error {
    match source.downcast::<crate::http::Error>() {
        Ok(own) => Error::Http(*own),
        Err(source) => Error::Malformed {
            forge: ForgeKind::GitHub,
            doing: doing.to_owned(),
            problem: source.to_string().lines().next().unwrap_or_default().to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_sent_with_files_only_to_githubs_own_hosts() {
        let may = |api: &str, url: &str| may_have_token(api, &url.parse().unwrap());
        assert!(may("https://api.github.com", "https://uploads.github.com/repos/o/r/releases/1/assets"));
        assert!(may(
            "https://ghe.example/api/v3",
            "https://ghe.example/api/uploads/repos/o/r/releases/1/assets"
        ));
        assert!(!may("https://api.github.com", "https://uploads.github.com.evil.example/x"));
        assert!(!may("https://api.github.com", "http://uploads.github.com/x"));
        assert!(!may("https://ghe.example/api/v3", "https://evil.example/x"));
        assert!(!may("https://ghe.example/api/v3", "/x"));
    }

    #[test]
    fn error_messages_contain_field_errors() {
        let taken =
            serde_json::json!({ "resource": "Release", "code": "already_exists", "field": "tag_name" });
        assert_eq!(join_errors("Validation Failed", &[taken]), "Validation Failed: tag_name already_exists");
        assert_eq!(join_errors("Not Found", &[]), "Not Found");
        let body = br#"{"message":"Validation Failed","errors":[{"code":"already_exists","field":"name"}]}"#;
        assert_eq!(detailed_message(body), "Validation Failed: name already_exists");
        assert_eq!(detailed_message(b"<html>"), "");
    }
}
