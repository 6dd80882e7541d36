//! Listens, routes requests, and stops.

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Query as Parameters, State},
    http::StatusCode,
    middleware,
    response::{
        IntoResponse as _, Redirect, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::{net::TcpListener, runtime::Builder, signal, sync::watch, time};

use crate::{
    error::Error,
    settings::{Overrides, Process},
    ui::Ui,
};

use super::{
    address::Hosts,
    edit::{self, Written},
    forms::{EditForm, UndoForm},
    frames, guard, page,
    query::Query,
    responses,
    state::{ServeOptions, Served, Shared},
    watch::Watcher,
};

const STYLE: &str = concat!(
    include_str!("../../../templates/web/theme.css"),
    include_str!("../../../templates/web/serve/serve.css")
);
const SCRIPT: &str = include_str!("../../../templates/web/serve/serve.js");

/// The largest form, in bytes.
const FORM_BYTES: usize = 256 << 10;

/// How long files may still change before open pages reload, for commands that write several.
const SETTLE: Duration = Duration::from_millis(120);

/// How often the server looks whether its repository still exists.
const CHECK: Duration = Duration::from_secs(2);

/// Serves the page until Ctrl-C, or until the repository is gone. `ready` is called once, with the address.
///
/// # Errors
/// If the repository cannot be opened, or the port is not free.
pub fn serve(
    (overrides, process): (Overrides, Process),
    options: ServeOptions,
    ui: &Ui,
    ready: impl FnOnce(&Served) -> Result<(), Error>,
) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let address = SocketAddr::new(options.listen, options.port);
    let listener = runtime.block_on(TcpListener::bind(address)).map_err(|error| {
        Error::usage(
            format!("cannot listen on {address}: {error}"),
            Some("pass another port: --port 0 takes a free one"),
        )
    })?;
    let hosts = Hosts::new(listener.local_addr()?);
    let (changes, _) = watch::channel(0);
    let watcher = Watcher::new(changes.clone());
    let read_only = options.read_only;
    let (shared, token) = Shared::new((overrides, process), options, hosts, (watcher, changes))?;
    // Not inside the runtime: to find the kind of its forge, a session may send requests with a runtime of its own.
    let session = shared.session(&Query::default())?;
    let mut folders = vec![session.repository.path().to_owned()];
    folders.extend(session.repository.work_tree().map(Path::to_owned));
    let read_only = read_only.or_else(|| edit::read_only(&session));
    drop(session);
    let query = shared.first_query().encoded();
    let more = if query.is_empty() { String::new() } else { format!("&{query}") };
    let url = format!("{}/?token={token}{more}", shared.hosts.url());
    let served = runtime.block_on(async {
        // Listens for Ctrl-C before it is printed that it can be pressed.
        let interrupted = tokio::spawn(signal::ctrl_c());
        tokio::task::yield_now().await;
        ready(&Served { url, read_only })?;
        let served = axum::serve(listener, router(Arc::new(shared)));
        tokio::select! {
            served = served.into_future() => Ok(served?),
            _ = interrupted => Ok(()),
            () = gone(folders) => {
                ui.info("the repository is gone");
                Ok(())
            }
        }
    });
    // A request may still wait for another server. What it writes is replaced as a whole, or not at all.
    runtime.shutdown_background();
    served
}

/// Returns when one of the folders no longer exists.
async fn gone(folders: Vec<PathBuf>) {
    while folders.iter().all(|folder| folder.is_dir()) {
        time::sleep(CHECK).await;
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/frame", get(framed))
        .route("/edit", post(correct))
        .route("/undo", post(undo))
        .route("/events", get(events))
        .route("/serve.css", get(async || responses::asset("text/css; charset=utf-8", STYLE)))
        .route("/serve.js", get(async || responses::asset("text/javascript; charset=utf-8", SCRIPT)))
        .fallback(async || responses::refused(StatusCode::NOT_FOUND, "There is no such page."))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::guard))
        .with_state(shared)
}

/// Runs blocking work, which opens a session of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Response> {
    let failed =
        |_| responses::refused(StatusCode::INTERNAL_SERVER_ERROR, "The request could not be answered.");
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

async fn show(
    State(shared): State<Arc<Shared>>,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Response> {
    let (status, html) = blocking(move || page::page(&shared, &query)).await?;
    Ok(responses::page(status, html))
}

async fn framed(
    State(shared): State<Arc<Shared>>,
    Parameters(query): Parameters<Query>,
) -> Result<Response, Response> {
    Ok(responses::frame(blocking(move || frames::frame(&shared, &query)).await?))
}

async fn correct(
    State(shared): State<Arc<Shared>>,
    Parameters(query): Parameters<Query>,
    Form(form): Form<EditForm>,
) -> Result<Response, Response> {
    let back = Query { edit: String::new(), ..query.clone() }.address();
    let anchor = form.anchor();
    let outcome = blocking(move || edit::correct(&shared, &query, &form)).await?;
    Ok(match outcome {
        Written::Done => Redirect::to(&format!("{back}{anchor}")).into_response(),
        Written::Asked(html) => responses::page(StatusCode::CONFLICT, html),
    })
}

async fn undo(
    State(shared): State<Arc<Shared>>,
    Parameters(query): Parameters<Query>,
    Form(form): Form<UndoForm>,
) -> Result<Response, Response> {
    let back = Query { edit: String::new(), ..query.clone() }.address();
    let outcome = blocking(move || edit::undo(&shared, &query, &form)).await?;
    Ok(match outcome {
        Written::Done => Redirect::to(&back).into_response(),
        Written::Asked(html) => responses::page(StatusCode::CONFLICT, html),
    })
}

/// The number of the last change that a page has shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Seen {
    seen: u64,
}

/// Tells an open page that something has changed.
async fn events(
    State(shared): State<Arc<Shared>>,
    Parameters(Seen { seen }): Parameters<Seen>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = shared.changes.subscribe();
    if *changes.borrow() == seen {
        changes.mark_unchanged();
    } else {
        // Something has changed since the page was made.
        changes.mark_changed();
    }
    let events = stream::unfold(changes, async |mut changes| {
        changes.changed().await.ok()?;
        time::sleep(SETTLE).await;
        let number = *changes.borrow_and_update();
        Some((Ok(Event::default().event("changed").data(number.to_string())), changes))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
