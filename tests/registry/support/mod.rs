//! The harness: registries on loopback, hand-made images, and a client of the library.

mod fake;
mod image;
mod project;
mod server;

pub(crate) use fake::{Fake, Response};
pub(crate) use image::{image, index, layer_of};
pub(crate) use project::{Project, ran};
pub(crate) use server::{Kind, Server, USER, on_each};

use tidings::{
    http::{self, Secret},
    registry::{Client, Credentials, ExplicitCredentials, Login, Options, Reference, Repository},
};

/// Runs a future to completion.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A client without credentials.
pub(crate) fn client() -> Client {
    client_with(http::Options::default(), Options::default())
}

/// A client with these options.
pub(crate) fn client_with(web: http::Options, options: Options) -> Client {
    Client::new(http::Client::new(web).unwrap(), options)
}

/// A client with credentials for a registry.
pub(crate) fn client_as(host: &str, user: &str, password: &str) -> Client {
    let login = Login::Basic { user: user.to_owned(), secret: Secret::new(password).unwrap() };
    let explicit = ExplicitCredentials { hosts: vec![host.to_owned()], login };
    let credentials = Credentials { explicit: Some(explicit), files: Vec::new() };
    client_with(http::Options::default(), Options { credentials, ..Options::default() })
}

/// A repository by its name.
pub(crate) fn repository(text: &str) -> Repository {
    Reference::parse(text).unwrap().repository
}
