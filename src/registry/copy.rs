//! Bringing images from one repository to another: the same bytes under the same digests, nothing built.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Client, Descriptor, Digest, Error, Manifest, Repository};

/// How many blobs are on their way at once.
const AT_ONCE: usize = 4;
/// How deep indexes may lie in indexes.
const DEPTH: usize = 4;
/// How many manifests may be in an image, or refer to one, directly or by way of others.
const MOST: usize = 1_000;

/// What a blob is that is not to be handed on (OCI image specification, "Non-Distributable Layers").
fn is_foreign(blob: &Descriptor) -> bool {
    blob.media_type.contains(".nondistributable.") || blob.media_type.contains(".foreign.")
}

impl Client {
    /// Brings a manifest or index with all that it is made of to another repository, what is made of last, so that a manifest
    /// that is there is whole. What is there already is not sent again.
    ///
    /// # Errors
    /// When something cannot be read, written, or is not what it should be.
    pub async fn copy(&self, from: &Repository, to: &Repository, manifest: &Manifest) -> Result<(), Error> {
        self.copy_below((from, to), manifest, DEPTH, &RefCell::default()).await
    }

    /// Boxed, since indexes may hold indexes. What is `done` is not looked at again: a few indexes that name one another
    /// many times would otherwise ask for billions of manifests.
    fn copy_below<'c>(
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
                    problem: "it holds indexes that hold indexes".to_owned(),
                });
            }
            let content = manifest.content()?;
            for child in &content.manifests {
                if !done.borrow_mut().insert(child.digest.clone()) {
                    continue;
                }
                if done.borrow().len() > MOST {
                    let what = format!("what is in `{}`", from.image(manifest.digest.as_str()));
                    return Err(Error::Endless { what, limit: format!("{MOST} manifests") });
                }
                let found = self.manifest(from, child.digest.as_str()).await?;
                let found =
                    found.ok_or_else(|| Error::NoImage { image: from.image(child.digest.as_str()) })?;
                self.copy_below((from, to), &found, depth - 1, done).await?;
            }
            let blobs = content.config.iter().chain(&content.layers).filter(|blob| !is_foreign(blob));
            // The same blob may stand in a manifest twice, and is not to be sent twice at once.
            let blobs: BTreeMap<&Digest, &Descriptor> = blobs.map(|blob| (&blob.digest, blob)).collect();
            let copies = blobs.into_values().map(|blob| self.copy_blob(from, to, blob));
            stream::iter(copies).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            if self.digest(to, manifest.digest.as_str()).await?.as_ref() != Some(&manifest.digest) {
                self.put_manifest(to, manifest.digest.as_str(), manifest).await?;
            }
            Ok(())
        })
    }

    /// Brings what refers to an image to another repository that has the image, and what refers to that; `wants` says which
    /// kinds. Gives how many were brought.
    ///
    /// # Errors
    /// When something cannot be read or written.
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
        let (mut open, mut brought) = (vec![subject.clone()], 0);
        while let Some(subject) = open.pop() {
            let here = self.referrers(from, &subject).await?;
            let wanted: Vec<Descriptor> = here.all.into_iter().filter(&wants).collect();
            if wanted.is_empty() {
                continue;
            }
            let there = self.referrers(to, &subject).await?;
            for referrer in &wanted {
                if !seen.insert(referrer.digest.clone()) {
                    continue;
                }
                if seen.len() > MOST {
                    let limit = format!("{MOST} manifests");
                    return Err(Error::Endless {
                        what: format!("what refers to `{}`", from.image(subject.as_str())),
                        limit,
                    });
                }
                let Some(manifest) = self.manifest(from, referrer.digest.as_str()).await? else { continue };
                if !there.all.iter().any(|known| known.digest == referrer.digest) {
                    self.copy(from, to, &manifest).await?;
                    brought += 1;
                }
                open.push(referrer.digest.clone());
            }
            if !there.is_kept {
                self.list_referrers(to, &subject, &wanted, &[]).await?;
            }
        }
        Ok(brought)
    }
}
