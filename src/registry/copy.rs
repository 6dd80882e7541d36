//! Copies images between repositories: the same bytes under the same digests.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Client, Descriptor, Digest, Error, Manifest, Repository};

/// How many blobs are copied concurrently.
const CONCURRENCY: usize = 4;
/// How deeply indexes may be nested.
const DEPTH: usize = 4;
/// Maximum number of manifests in an image, or of direct and indirect referrers.
const MAX_MANIFESTS: usize = 1_000;

/// Whether a blob must not be copied (OCI image specification, "Non-Distributable Layers").
fn is_nondistributable(blob: &Descriptor) -> bool {
    blob.media_type.contains(".nondistributable.") || blob.media_type.contains(".foreign.")
}

impl Client {
    /// Copies a manifest or index with its content to another repository, children first, so that a manifest in the
    /// target is always complete. Skips what is already there.
    ///
    /// # Errors
    /// If content cannot be read or written, or does not match its digest.
    pub async fn copy(&self, from: &Repository, to: &Repository, manifest: &Manifest) -> Result<(), Error> {
        self.copy_tree((from, to), manifest, DEPTH, &RefCell::default()).await
    }

    /// Boxed, because indexes may contain indexes. Skips manifests in `done`: without it, a few indexes that contain
    /// one another many times would cause billions of requests.
    fn copy_tree<'c>(
        &'c self,
        (from, to): (&'c Repository, &'c Repository),
        manifest: &'c Manifest,
        depth: usize,
        done: &'c RefCell<BTreeSet<Digest>>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + 'c>> {
        Box::pin(async move {
            if from == to {
                return Ok(());
            }
            if depth == 0 {
                let what = format!("the index {} of `{from}`", manifest.digest);
                return Err(Error::Malformed {
                    what,
                    problem: format!("indexes are nested more than {DEPTH} levels deep"),
                });
            }
            let content = manifest.content()?;
            for child in &content.manifests {
                if !done.borrow_mut().insert(child.digest.clone()) {
                    continue;
                }
                if done.borrow().len() > MAX_MANIFESTS {
                    let what = format!("copy `{}`", from.image(manifest.digest.as_str()));
                    return Err(Error::Endless { what, limit: format!("{MAX_MANIFESTS} manifests") });
                }
                let child_manifest = self.manifest(from, child.digest.as_str()).await?;
                let child_manifest = child_manifest
                    .ok_or_else(|| Error::NoImage { image: from.image(child.digest.as_str()) })?;
                self.copy_tree((from, to), &child_manifest, depth - 1, done).await?;
            }
            let blobs =
                content.config.iter().chain(&content.layers).filter(|blob| !is_nondistributable(blob));
            // A manifest may contain the same blob twice; it must not be sent twice concurrently.
            let blobs: BTreeMap<&Digest, &Descriptor> = blobs.map(|blob| (&blob.digest, blob)).collect();
            let copies = blobs.into_values().map(|blob| self.copy_blob(from, to, blob));
            stream::iter(copies).buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
            if self.digest(to, manifest.digest.as_str()).await?.as_ref() != Some(&manifest.digest) {
                self.put_manifest(to, manifest.digest.as_str(), manifest).await?;
            }
            Ok(())
        })
    }

    /// Copies the direct and indirect referrers of an image that `wants` accepts to another repository that has the
    /// image. Returns how many were copied.
    ///
    /// # Errors
    /// If a manifest or blob cannot be read or written.
    pub async fn copy_referrers(
        &self,
        from: &Repository,
        to: &Repository,
        subject: &Digest,
        wants: impl Fn(&Descriptor) -> bool,
    ) -> Result<usize, Error> {
        if from == to {
            return Ok(0);
        }
        let mut seen = BTreeSet::from([subject.clone()]);
        let (mut open, mut copied) = (vec![subject.clone()], 0);
        while let Some(subject) = open.pop() {
            let source = self.referrers(from, &subject).await?;
            let wanted: Vec<Descriptor> = source.all.into_iter().filter(&wants).collect();
            if wanted.is_empty() {
                continue;
            }
            let target = self.referrers(to, &subject).await?;
            for referrer in &wanted {
                if !seen.insert(referrer.digest.clone()) {
                    continue;
                }
                if seen.len() > MAX_MANIFESTS {
                    let limit = format!("{MAX_MANIFESTS} manifests");
                    return Err(Error::Endless {
                        what: format!("copy the referrers of `{}`", from.image(subject.as_str())),
                        limit,
                    });
                }
                let Some(manifest) = self.manifest(from, referrer.digest.as_str()).await? else { continue };
                if !target.all.iter().any(|existing| existing.digest == referrer.digest) {
                    self.copy(from, to, &manifest).await?;
                    copied += 1;
                }
                open.push(referrer.digest.clone());
            }
            if !target.from_api {
                self.update_referrers_index(to, &subject, &wanted, &[]).await?;
            }
        }
        Ok(copied)
    }
}
