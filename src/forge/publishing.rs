//! Dispatches releases, comments and labels to the forge's client.

use bytes::Bytes;

use crate::model::ForgeKind;

use super::{
    Asset, Attachment, Comment, Error, Fields, Forge, Release, RemoteTag, Thread, Trigger, creation_order,
};

const NO_RELEASES: Error = Error::Unsupported { forge: ForgeKind::Bitbucket, what: "publishing a release" };
const NO_ANNOUNCING: Error = Error::Unsupported { forge: ForgeKind::Bitbucket, what: "announcing a release" };

impl Forge {
    /// The forge.
    #[must_use]
    pub const fn kind(&self) -> ForgeKind {
        match self {
            Self::GitHub(_) => ForgeKind::GitHub,
            Self::GitLab(_) => ForgeKind::GitLab,
            Self::Gitea(_) => ForgeKind::Gitea,
            Self::Bitbucket(_) => ForgeKind::Bitbucket,
        }
    }

    /// The release of a tag, including drafts that the token has access to: the published one, else the oldest draft.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn release(&self, tag: &str) -> Result<Option<Release>, Error> {
        if let Some(published) = self.published(tag).await? {
            return Ok(Some(published));
        }
        Ok(self.listed(tag, true).await?.into_iter().min_by_key(|release| creation_order(&release.id)))
    }

    /// All releases of a tag, including drafts that the token has access to, oldest first. Some forges allow several
    /// per tag.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn releases(&self, tag: &str) -> Result<Vec<Release>, Error> {
        let mut all = self.listed(tag, false).await?;
        // The published one may be further down the list than is read.
        let published = self.published(tag).await?;
        all.extend(published.filter(|release| !all.iter().any(|other| other.id == release.id)));
        all.sort_by_key(|release| creation_order(&release.id));
        Ok(all)
    }

    /// The published release of a tag.
    async fn published(&self, tag: &str) -> Result<Option<Release>, Error> {
        match self {
            Self::GitHub(github) => github.published(tag).await,
            Self::GitLab(gitlab) => gitlab.published(tag).await,
            Self::Gitea(gitea) => gitea.published(tag).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// The releases of a tag among the newest releases; with `drafts_only`, published ones may be omitted.
    async fn listed(&self, tag: &str, drafts_only: bool) -> Result<Vec<Release>, Error> {
        match self {
            Self::GitHub(github) => github.listed(tag).await,
            // GitLab's releases are identified by tag, so that there is at most one.
            Self::GitLab(_) => Ok(Vec::new()),
            Self::Gitea(gitea) => gitea.listed(tag, drafts_only).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// The tag of the release that is marked as the latest; `None` if there is none, or the forge determines it itself.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn latest(&self) -> Result<Option<String>, Error> {
        match self {
            Self::GitHub(github) => github.latest().await,
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => Ok(None),
        }
    }

    /// Whether the repository's setting makes a release immutable when it is published; false if that is not known.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn makes_immutable(&self) -> Result<bool, Error> {
        match self {
            Self::GitHub(github) => github.makes_immutable().await,
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => Ok(false),
        }
    }

    /// A tag; `None` if the forge does not have it.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        match self {
            Self::GitHub(github) => github.tag(name).await,
            Self::GitLab(gitlab) => gitlab.tag(name).await,
            Self::Gitea(gitea) => gitea.tag(name).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Creates a release. `files` are for forges without drafts; elsewhere they are uploaded to the draft.
    ///
    /// # Errors
    /// If the request fails; a conflict if the tag has a release already.
    pub async fn create_release(
        &self,
        tag: &str,
        fields: &Fields,
        files: &[Attachment],
    ) -> Result<Release, Error> {
        match self {
            Self::GitHub(github) => github.create_release(tag, fields).await,
            Self::GitLab(gitlab) => gitlab.create_release(tag, fields, files).await,
            Self::Gitea(gitea) => gitea.create_release(tag, fields).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Updates a release.
    ///
    /// # Errors
    /// If the request fails; a conflict if another release of the tag has been published.
    pub async fn update_release(&self, release: &Release, fields: &Fields) -> Result<Release, Error> {
        match self {
            Self::GitHub(github) => github.update_release(release, fields).await,
            Self::GitLab(gitlab) => gitlab.update_release(release, fields).await,
            Self::Gitea(gitea) => gitea.update_release(release, fields).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Starts a deployment other than by publishing a release.
    ///
    /// # Errors
    /// If the request fails, or the forge does not support it.
    pub async fn start(&self, trigger: &Trigger) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.start(trigger).await,
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => {
                Err(Error::Unsupported { forge: self.kind(), what: "starting a deployment" })
            }
        }
    }

    /// Deletes a draft. Keeps its tag.
    ///
    /// # Errors
    /// If the request fails, or the forge has no drafts.
    pub async fn delete_draft(&self, release: &Release) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.delete_release(release).await,
            Self::Gitea(gitea) => gitea.delete_release(release).await,
            Self::GitLab(_) => Err(Error::Unsupported { forge: ForgeKind::GitLab, what: "a draft" }),
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Uploads a file to a release.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.upload(release, file).await,
            Self::GitLab(gitlab) => gitlab.upload(release, file).await,
            Self::Gitea(gitea) => gitea.upload(release, file).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Downloads a file of a release.
    ///
    /// # Errors
    /// If the request fails, or the file's URL is not valid.
    pub async fn download(&self, asset: &Asset) -> Result<Bytes, Error> {
        match self {
            Self::GitHub(github) => github.download(asset).await,
            Self::GitLab(gitlab) => gitlab.rest.asset(asset).await,
            Self::Gitea(gitea) => gitea.rest.asset(asset).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Deletes a file of a release.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn delete_asset(&self, release: &Release, asset: &Asset) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.delete_asset(asset).await,
            Self::GitLab(gitlab) => gitlab.delete_asset(release, asset).await,
            Self::Gitea(gitea) => gitea.delete_asset(release, asset).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// The comments of a thread.
    ///
    /// # Errors
    /// If the request fails, or the thread does not exist.
    pub async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        match self {
            Self::GitHub(github) => github.comments(thread).await,
            Self::GitLab(gitlab) => gitlab.comments(thread).await,
            Self::Gitea(gitea) => gitea.comments(thread).await,
            Self::Bitbucket(bitbucket) => bitbucket.comments(thread).await,
        }
    }

    /// Adds a comment.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        match self {
            Self::GitHub(github) => github.comment(thread, body).await,
            Self::GitLab(gitlab) => gitlab.comment(thread, body).await,
            Self::Gitea(gitea) => gitea.comment(thread, body).await,
            Self::Bitbucket(bitbucket) => bitbucket.comment(thread, body).await,
        }
    }

    /// Deletes a comment. No error if it does not exist.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn delete_comment(&self, thread: Thread, comment: &Comment) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.delete_comment(thread, comment).await,
            Self::GitLab(gitlab) => gitlab.delete_comment(thread, comment).await,
            Self::Gitea(gitea) => gitea.delete_comment(thread, comment).await,
            Self::Bitbucket(bitbucket) => bitbucket.delete_comment(thread, comment).await,
        }
    }

    /// Adds a label. No error if it is already there.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.label(thread, label).await,
            Self::GitLab(gitlab) => gitlab.label(thread, label).await,
            Self::Gitea(gitea) => gitea.label(thread, label).await,
            Self::Bitbucket(_) => Err(NO_ANNOUNCING),
        }
    }
}
