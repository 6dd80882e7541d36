//! Records the deployment on the repository's forge, which must be GitHub.

use crate::{
    cli::context::Context,
    config::Phase,
    error::Error,
    forge::{Access, DeploymentState, Forge},
    http,
    model::{ForgeKind, Notes, RepositoryInfo},
    notify::{self, Announcement, Deployed, DeploymentRequest, Recorded, Status},
    session::{self, Session},
    settings::{self, ForgeAccess, ForgeSettings},
    ui::Ui,
};

use super::args::Args;

/// The repository, and the access to its forge.
pub(super) struct ForgeTarget {
    repository: RepositoryInfo,
    forge: ForgeSettings,
}

/// The request that records the deployment. `run` is the URL of the pipeline run, `link` the page with details,
/// `is_planned` says whether it takes place later.
///
/// # Errors
/// If there is no environment, or the deployed commit is not known.
pub(super) fn request(
    announcement: &Announcement,
    notes: &Notes,
    args: &Args,
    (run, link, is_planned): (Option<String>, Option<String>, bool),
) -> Result<DeploymentRequest, Error> {
    let environment = args.environment.clone().ok_or_else(|| {
        Error::usage("a deployment on GitHub needs an environment", Some("pass --environment NAME"))
    })?;
    let release = notes.releases.first();
    let ends = release.and_then(|release| release.ends.as_deref());
    let commit = ends.and_then(|ends| ends.to.commit).or_else(|| release.map(|release| release.commit));
    let commit = commit.map(|commit| commit.to_string());
    // The tag of unreleased changes does not exist yet.
    let tag = release.and_then(|release| release.tag.clone()).filter(|_| args.as_version.is_none());
    let reference = tag.or_else(|| commit.clone()).ok_or_else(|| {
        Error::usage("the deployed commit is not known", Some("name a version or revision of the repository"))
    })?;
    let state = match (args.phase, args.status) {
        (Phase::Before, _) if is_planned => DeploymentState::Queued,
        (Phase::Before, _) => DeploymentState::InProgress,
        (Phase::After, Some(Status::Failed)) => DeploymentState::Failure,
        (Phase::After, Some(Status::Succeeded | Status::RolledBack) | None) => DeploymentState::Success,
    };
    let version = release.and_then(|release| release.version.as_ref());
    let from = ends.and_then(|ends| ends.from.version.as_ref());
    let deployed = Deployed {
        reference,
        commit,
        version: version.map(ToString::to_string),
        from_version: from.map(ToString::to_string),
        environment,
        is_rollback: release.is_some_and(|release| release.rollback),
    };
    Ok(DeploymentRequest::new(deployed, state, &announcement.title, (run, link)))
}

impl ForgeTarget {
    /// The repository of the clone, else that of the configuration or the pipeline.
    ///
    /// # Errors
    /// If the configuration is invalid.
    pub(super) fn new(context: &Context, session: Option<&Session>) -> Result<Self, Error> {
        let (repository, forge) = match session {
            Some(session) => (session.settings.options.repository.clone(), session.settings.forge.clone()),
            None => settings::project(&context.overrides, &context.process)?,
        };
        Ok(Self { repository, forge })
    }

    /// The repository, for messages: `owner/name on github.com`.
    pub(super) fn described(&self) -> String {
        let name = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
        let url = self.repository.url.as_deref().and_then(|url| url::Url::parse(url).ok());
        let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("GitHub");
        format!("{}/{} on {host}", name(&self.repository.owner), name(&self.repository.name))
    }

    /// Records the deployment and returns what was done.
    ///
    /// # Errors
    /// If the forge is not GitHub, there is no token for it, or a request fails.
    pub(super) fn record(&self, ui: &Ui, name: &str, request: &DeploymentRequest) -> Result<String, Error> {
        let access = self.access(name)?;
        // Cached responses may be out of date.
        let fresh = http::Options { cache: None, ..self.forge.http.clone() };
        let done = session::with_client(ui, fresh, async |client| {
            let failed = |error| notify::Error::Deployment { name: name.to_owned(), error: Box::new(error) };
            let forge = Forge::new(client, access).map_err(failed)?;
            Ok(notify::record(&forge, request).await.map_err(failed)?)
        })?;
        Ok(match done {
            Recorded::Created => format!("created a deployment for {name}"),
            Recorded::Updated => format!("updated the deployment for {name}"),
            Recorded::Unchanged => format!("the deployment for {name} is already recorded"),
        })
    }

    fn access(&self, name: &str) -> Result<Access, Error> {
        let failed = |why: &str, hint: Option<&str>| {
            Error::usage(format!("cannot record the deployment for `{name}`: {why}"), hint)
        };
        match self.repository.forge {
            Some(ForgeKind::GitHub) => {}
            Some(forge) => return Err(failed(&format!("{} has no GitHub deployments", forge.title()), None)),
            None => {
                let hint = "set `url` and `forge` under [repository]";
                return Err(failed("the repository's forge is not known", Some(hint)));
            }
        }
        match self.forge.forced().access(&self.repository)? {
            ForgeAccess::Allowed(access) if access.credentials.is_some() => Ok(access),
            ForgeAccess::Allowed(access) => {
                let hint = format!("set {}", access.kind.token_variables());
                Err(failed("GitHub needs a token", Some(&hint)))
            }
            ForgeAccess::Disabled => Err(failed(
                "requests to the forge are disabled",
                Some("remove --offline, or `ask = \"never\"` under [forge]"),
            )),
            ForgeAccess::Anonymous(_, reason) | ForgeAccess::TokenWithheld(reason) => {
                Err(failed(&reason, None))
            }
            ForgeAccess::Unavailable(reason) => {
                Err(failed(&reason, Some("set `url` and `forge` under [repository]")))
            }
        }
    }
}
