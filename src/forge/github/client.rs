//! octocrab over our own HTTP client: octocrab knows GitHub's interface and its errors, [`http::Client`] knows how to send.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder, service::middleware::base_uri::BaseUriLayer};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    http::{Cacheable, Client, Repeatable, Request},
    model::ForgeKind,
};

use crate::forge::{Access, Attachment, Credentials, Error, rest::refusal};

/// Speaks to GitHub.
#[derive(Debug, Clone)]
pub(super) struct Octo {
    octocrab: Octocrab,
    /// What stands before a REST path: nothing on github.com, `/v3` on GitHub Enterprise Server.
    rest: &'static str,
    pub(super) http: Client,
    access: Access,
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
        Ok(Self { octocrab, rest, http: client, access: access.clone() })
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

    /// Makes something at a REST path.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        let path = format!("{}{path}", self.rest);
        self.octocrab.post(&path, Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// Changes what stands at a REST path.
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        doing: &str,
    ) -> Result<T, Error> {
        let path = format!("{}{path}", self.rest);
        self.octocrab.patch(&path, Some(body)).await.map_err(|error| failed(error, doing))
    }

    /// Deletes what stands at a REST path. That it is gone already is as good.
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

    /// Sends a file to an address that an answer gave. The token goes along only where that is GitHub's own.
    pub(super) async fn upload(&self, address: &str, file: &Attachment, doing: &str) -> Result<(), Error> {
        let request = ::http::Request::post(address)
            .header(::http::header::ACCEPT, "application/vnd.github+json")
            .header(::http::header::CONTENT_TYPE, &file.content_type)
            .body(file.content.clone());
        self.beside(address, request, doing).await.map(drop)
    }

    /// Reads a file; GitHub sends on to its storage.
    pub(super) async fn download(&self, address: &str, doing: &str) -> Result<Bytes, Error> {
        let request = ::http::Request::get(address)
            .header(::http::header::ACCEPT, "application/octet-stream")
            .body(Bytes::new());
        self.beside(address, request, doing).await
    }

    /// Sends what octocrab would not.
    async fn beside(
        &self,
        address: &str,
        request: ::http::Result<Request>,
        doing: &str,
    ) -> Result<Bytes, Error> {
        let invalid = || Error::Address(address.to_owned());
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
            message: refused(response.body()),
        })
    }
}

/// The words of a refusal, with what is wrong with each field.
fn refused(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let errors = json.get("errors").and_then(serde_json::Value::as_array);
    words(&refusal(body), errors.map_or(&[], Vec::as_slice))
}

/// Whether an address is where files of this GitHub go: its own host, or `uploads.` beside `api.`.
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
            message: words(&source.message, source.errors.as_deref().unwrap_or_default()),
        },
        octocrab::Error::Service { source, .. } => unwrapped(source, doing),
        octocrab::Error::Json { source, .. } => form(source.inner().to_string()),
        octocrab::Error::Serde { source, .. } => form(source.to_string()),
        other => form(other.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

/// What GitHub says, with the field and the code of each thing that is wrong (docs.github.com, "Troubleshooting the REST API").
fn words(message: &str, errors: &[serde_json::Value]) -> String {
    let said = |error: &serde_json::Value| {
        let text =
            |name: &str| error.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let own = error.as_str().map_or_else(|| text("message"), str::to_owned);
        if own.is_empty() { format!("{} {}", text("field"), text("code")) } else { own }
    };
    let errors: Vec<String> = errors.iter().map(said).collect();
    let all =
        if errors.is_empty() { message.to_owned() } else { format!("{message}: {}", errors.join(", ")) };
    all.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_30_a_token_goes_with_a_file_to_githubs_own_hosts_only() {
        let may = |api: &str, address: &str| may_have_token(api, &address.parse().unwrap());
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
    fn refusals_tell_what_is_wrong() {
        let taken =
            serde_json::json!({ "resource": "Release", "code": "already_exists", "field": "tag_name" });
        assert_eq!(words("Validation Failed", &[taken]), "Validation Failed: tag_name already_exists");
        assert_eq!(words("Not Found", &[]), "Not Found");
        let body = br#"{"message":"Validation Failed","errors":[{"code":"already_exists","field":"name"}]}"#;
        assert_eq!(refused(body), "Validation Failed: name already_exists");
        assert_eq!(refused(b"<html>"), "");
    }
}
