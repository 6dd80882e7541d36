//! From the one thread of a command to the servers: the runtime, the progress, and what is told when a forge was not asked.

use std::sync::Arc;

use crate::{
    error::Error,
    forge::{self, Forge},
    http::{Client, Notice, Options},
    model::{ForgeKind, RepositoryInfo},
    notes::{self, WindowData},
    settings::{Asking, ForgeSettings, Settings},
    ui::Ui,
};

use super::runtime::block_on;

/// Finds out which forge the repository's host is, where its name does not tell and it may be asked.
///
/// # Errors
/// When a client cannot be made.
pub(super) fn recognise(settings: &mut Settings) -> Result<(), Error> {
    if !settings.forge.must_detect(&settings.options.repository) {
        return Ok(());
    }
    let found = detected(&settings.ui, &settings.forge, &settings.options.repository)?;
    settings.options.repository.forge = found;
    Ok(())
}

/// Asks the host of a repository which forge it is.
///
/// # Errors
/// When a client cannot be made.
pub fn detected(
    ui: &Ui,
    forge: &ForgeSettings,
    repository: &RepositoryInfo,
) -> Result<Option<ForgeKind>, Error> {
    let Some(page) = repository.url.clone() else { return Ok(None) };
    wait(ui, forge.detection(), async |client| Ok(forge::detect(&client, &page).await))
}

/// Asks the forge for what the messages lack.
///
/// # Errors
/// When the forge cannot be asked at all, or not for all and that was wanted.
pub(super) fn ask(settings: &Settings, data: &mut WindowData) -> Result<(), Error> {
    if data.selected.commits.is_empty() {
        return Ok(());
    }
    let access = match settings.forge.asking(&settings.options.repository)? {
        Asking::Yes(access) => access,
        Asking::Anonymously(access, reason) => {
            settings.ui.detail(&reason);
            access
        }
        Asking::Unwanted => return Ok(()),
        Asking::No(reason) | Asking::Stranger(reason) if settings.forge.required => {
            return Err(Error::Incomplete { missing: reason });
        }
        Asking::No(reason) | Asking::Stranger(reason) if settings.forge.is_wanted() => {
            data.forge.missing.push(reason);
            return Ok(());
        }
        Asking::No(reason) => {
            settings.ui.detail(&reason);
            return Ok(());
        }
        Asking::Stranger(reason) => {
            if settings.forge.is_to_be_told() {
                settings.ui.warn(&reason);
            }
            return Ok(());
        }
    };
    wait(&settings.ui, settings.forge.http.clone(), async |client| {
        let forge = Forge::new(client, access)?;
        notes::enrich(&forge, data, &settings.options).await;
        Ok(())
    })?;
    // What a forge says of a failure is told in messages, and stands in the JSON form of the notes.
    for missing in &mut data.forge.missing {
        *missing = settings.ui.secrets.redact(missing).into_owned();
    }
    match data.forge.missing.as_slice() {
        [missing, ..] if settings.forge.required => Err(Error::Incomplete { missing: missing.clone() }),
        _ => Ok(()),
    }
}

/// Runs what asks servers, tells what is waited for, and ends the recording.
///
/// # Errors
/// Those of `work`, and when a client or a recording cannot be made.
pub fn wait<T>(
    ui: &Ui,
    options: Options,
    work: impl AsyncFnOnce(Client) -> Result<T, Error>,
) -> Result<T, Error> {
    let waiting = ui.waiting();
    let shown = waiting.clone();
    let notice = move |notice| {
        shown.set(match notice {
            Notice::Request(1) => "asking".to_owned(),
            Notice::Request(count) => format!("asking: {count} requests"),
            Notice::Waiting(wait) => format!("waiting {} s, as the server asks", wait.as_secs().max(1)),
        });
    };
    let done = block_on(async {
        let client = Client::new(Options { notice: Arc::new(notice), ..options })?;
        let done = work(client.clone()).await;
        client.finish()?;
        ui.detail(&format!("{} requests were sent", client.sent()));
        done
    })?;
    waiting.clear();
    done
}
