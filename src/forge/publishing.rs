//! Releases, comments and labels on whichever forge it is.

use bytes::Bytes;

use crate::model::ForgeKind;

use super::{Asset, Attachment, Comment, Error, Fields, Forge, Release, RemoteTag, Thread, made_order};

const NO_RELEASES: Error = Error::Unsupported { forge: ForgeKind::Bitbucket, what: "publishing a release" };
const NO_ANNOUNCING: Error = Error::Unsupported { forge: ForgeKind::Bitbucket, what: "announcing a release" };

impl Forge {
    /// Which forge it is.
    #[must_use]
    pub const fn kind(&self) -> ForgeKind {
        match self {
            Self::GitHub(_) => ForgeKind::GitHub,
            Self::GitLab(_) => ForgeKind::GitLab,
            Self::Gitea(_) => ForgeKind::Gitea,
            Self::Bitbucket(_) => ForgeKind::Bitbucket,
        }
    }

    /// The release of a tag, drafts too as far as the token shows them. A published one goes before drafts, and of several drafts the
    /// one that was made first counts.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn release(&self, tag: &str) -> Result<Option<Release>, Error> {
        if let Some(published) = self.published(tag).await? {
            return Ok(Some(published));
        }
        Ok(self.listed(tag, true).await?.into_iter().min_by_key(|found| made_order(&found.id)))
    }

    /// All releases of a tag, drafts too as far as the token shows them; the one that was made first in front. Some forges let a tag have
    /// several.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn releases(&self, tag: &str) -> Result<Vec<Release>, Error> {
        let mut all = self.listed(tag, false).await?;
        // One that is published may stand further down the list than is read.
        let published = self.published(tag).await?;
        all.extend(published.filter(|found| !all.iter().any(|other| other.id == found.id)));
        all.sort_by_key(|found| made_order(&found.id));
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

    /// The releases of a tag among the newest of all; with `drafts_only` published ones may be left out.
    async fn listed(&self, tag: &str, drafts_only: bool) -> Result<Vec<Release>, Error> {
        match self {
            Self::GitHub(github) => github.listed(tag).await,
            // What GitLab knows a release by is its tag, so that it has no second one.
            Self::GitLab(_) => Ok(Vec::new()),
            Self::Gitea(gitea) => gitea.listed(tag, drafts_only).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// The tag of the release that is marked as the latest; `None` where there is none, or the forge finds it by itself.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn latest(&self) -> Result<Option<String>, Error> {
        match self {
            Self::GitHub(github) => github.latest().await,
            Self::GitLab(_) | Self::Gitea(_) | Self::Bitbucket(_) => Ok(None),
        }
    }

    /// A tag, where the forge has it.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn tag(&self, name: &str) -> Result<Option<RemoteTag>, Error> {
        match self {
            Self::GitHub(github) => github.tag(name).await,
            Self::GitLab(gitlab) => gitlab.tag(name).await,
            Self::Gitea(gitea) => gitea.tag(name).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Makes a release. `files` are for forges without drafts; elsewhere they are sent into the draft.
    ///
    /// # Errors
    /// When the forge fails or refuses; a conflict where the tag has a release already.
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

    /// Changes a release.
    ///
    /// # Errors
    /// When the forge fails or refuses; a conflict where another has been published under its tag.
    pub async fn update_release(&self, release: &Release, fields: &Fields) -> Result<Release, Error> {
        match self {
            Self::GitHub(github) => github.update_release(release, fields).await,
            Self::GitLab(gitlab) => gitlab.update_release(release, fields).await,
            Self::Gitea(gitea) => gitea.update_release(release, fields).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Deletes a draft. Its tag stays.
    ///
    /// # Errors
    /// When the forge fails or refuses, or has no drafts.
    pub async fn delete_draft(&self, release: &Release) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.delete_release(release).await,
            Self::Gitea(gitea) => gitea.delete_release(release).await,
            Self::GitLab(_) => Err(Error::Unsupported { forge: ForgeKind::GitLab, what: "a draft" }),
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Adds a file to a release.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn upload(&self, release: &Release, file: &Attachment) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.upload(release, file).await,
            Self::GitLab(gitlab) => gitlab.upload(release, file).await,
            Self::Gitea(gitea) => gitea.upload(release, file).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Reads a file of a release.
    ///
    /// # Errors
    /// When the forge fails or refuses, or the file's address is none.
    pub async fn download(&self, asset: &Asset) -> Result<Bytes, Error> {
        match self {
            Self::GitHub(github) => github.download(asset).await,
            Self::GitLab(gitlab) => gitlab.rest.asset(asset).await,
            Self::Gitea(gitea) => gitea.rest.asset(asset).await,
            Self::Bitbucket(_) => Err(NO_RELEASES),
        }
    }

    /// Takes a file from a release.
    ///
    /// # Errors
    /// When the forge fails or refuses.
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
    /// When the forge fails or refuses, or there is no such thread.
    pub async fn comments(&self, thread: Thread) -> Result<Vec<Comment>, Error> {
        match self {
            Self::GitHub(github) => github.comments(thread).await,
            Self::GitLab(gitlab) => gitlab.comments(thread).await,
            Self::Gitea(gitea) => gitea.comments(thread).await,
            Self::Bitbucket(_) => Err(NO_ANNOUNCING),
        }
    }

    /// Writes a comment.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn comment(&self, thread: Thread, body: &str) -> Result<Comment, Error> {
        match self {
            Self::GitHub(github) => github.comment(thread, body).await,
            Self::GitLab(gitlab) => gitlab.comment(thread, body).await,
            Self::Gitea(gitea) => gitea.comment(thread, body).await,
            Self::Bitbucket(_) => Err(NO_ANNOUNCING),
        }
    }

    /// Deletes a comment; that it is gone already is no error.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn delete_comment(&self, thread: Thread, comment: &Comment) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.delete_comment(thread, comment).await,
            Self::GitLab(gitlab) => gitlab.delete_comment(thread, comment).await,
            Self::Gitea(gitea) => gitea.delete_comment(thread, comment).await,
            Self::Bitbucket(_) => Err(NO_ANNOUNCING),
        }
    }

    /// Adds a label; that it is there already is no error.
    ///
    /// # Errors
    /// When the forge fails or refuses.
    pub async fn label(&self, thread: Thread, label: &str) -> Result<(), Error> {
        match self {
            Self::GitHub(github) => github.label(thread, label).await,
            Self::GitLab(gitlab) => gitlab.label(thread, label).await,
            Self::Gitea(gitea) => gitea.label(thread, label).await,
            Self::Bitbucket(_) => Err(NO_ANNOUNCING),
        }
    }
}
