//! Sends requests from a command: creates the client, shows progress, and reports why a forge was not queried.

use std::sync::Arc;

use crate::{
    error::Error,
    forge::{self, Forge},
    http::{Client, Notice, Options},
    model::{ForgeKind, RepositoryInfo, plural},
    notes::{self, WindowData},
    settings::{ForgeAccess, ForgeSettings, Settings},
    ui::Ui,
};

use super::runtime::block_on;

/// Detects the forge of the repository's host, if its name does not determine it and requests to it are allowed.
///
/// # Errors
/// If the client cannot be created.
pub(super) fn set_forge(settings: &mut Settings) -> Result<(), Error> {
    if !settings.forge.needs_detection(&settings.options.repository) {
        return Ok(());
    }
    let detected = detect_forge(&settings.ui, &settings.forge, &settings.options.repository)?;
    settings.options.repository.forge = detected;
    Ok(())
}

/// Detects the forge of a repository's host by requests to it.
///
/// # Errors
/// If the client cannot be created.
pub fn detect_forge(
    ui: &Ui,
    forge: &ForgeSettings,
    repository: &RepositoryInfo,
) -> Result<Option<ForgeKind>, Error> {
    let Some(page) = repository.url.clone() else { return Ok(None) };
    with_client(ui, forge.detection(), async |client| Ok(forge::detect(&client, &page).await))
}

/// Adds data from the forge to the messages.
///
/// # Errors
/// If `--require-forge` was given and the forge's data is missing or incomplete, or the client cannot be created.
pub(super) fn enrich(settings: &Settings, data: &mut WindowData) -> Result<(), Error> {
    if data.selected.commits.is_empty() {
        return Ok(());
    }
    let access = match settings.forge.access(&settings.options.repository)? {
        ForgeAccess::Allowed(access) => access,
        ForgeAccess::Anonymous(access, reason) => {
            settings.ui.detail(&reason);
            access
        }
        ForgeAccess::Disabled => return Ok(()),
        ForgeAccess::Unavailable(reason) | ForgeAccess::TokenWithheld(reason) if settings.forge.required => {
            return Err(Error::Incomplete { missing: reason });
        }
        ForgeAccess::Unavailable(reason) | ForgeAccess::TokenWithheld(reason)
            if settings.forge.is_requested() =>
        {
            data.forge.missing.push(reason);
            return Ok(());
        }
        ForgeAccess::Unavailable(reason) => {
            settings.ui.detail(&reason);
            return Ok(());
        }
        ForgeAccess::TokenWithheld(reason) => {
            if settings.forge.should_warn_withheld() {
                settings.ui.warn(&reason);
            }
            return Ok(());
        }
    };
    with_client(&settings.ui, settings.forge.http.clone(), async |client| {
        let forge = Forge::new(client, access)?;
        notes::enrich(&forge, data, &settings.options).await;
        Ok(())
    })?;
    // Error texts of the forge are printed, and are part of the JSON form of the notes.
    for missing in &mut data.forge.missing {
        *missing = settings.ui.secrets.redact(missing).into_owned();
    }
    match data.forge.missing.as_slice() {
        [missing, ..] if settings.forge.required => Err(Error::Incomplete { missing: missing.clone() }),
        _ => Ok(()),
    }
}

/// Runs `work` with a new client, shows progress meanwhile, and completes the recording afterwards.
///
/// # Errors
/// Those of `work`, and if the client cannot be created or the recording cannot be written.
pub fn with_client<T>(
    ui: &Ui,
    options: Options,
    work: impl AsyncFnOnce(Client) -> Result<T, Error>,
) -> Result<T, Error> {
    let spinner = ui.spinner();
    let shown = spinner.clone();
    let notice = move |notice| {
        shown.set(match notice {
            Notice::Request(count) => format!("sending request {count}"),
            Notice::Waiting(wait) => format!("waiting {} s (requested by the server)", wait.as_secs().max(1)),
        });
    };
    let done = block_on(async {
        let client = Client::new(Options { notice: Arc::new(notice), ..options })?;
        let done = work(client.clone()).await;
        client.finish()?;
        ui.detail(&format!("sent {}", plural(client.request_count(), "request", "requests")));
        done
    })?;
    spinner.clear();
    done
}
