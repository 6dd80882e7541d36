//! Resolves the ends of a promotion.

use crate::{
    error::Error,
    model::Version,
    promote::{ImageLocation, PromotionRequest, ReferrerSelection, newest_first},
    registry::Reference,
    session::images,
    settings::Registries,
};

/// The ends of a promotion as named, and the version.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli) struct PromotionEnds<'a> {
    /// The source; the second-to-last environment with an image if absent.
    pub(in crate::cli) from: Option<&'a str>,
    /// The target; the last environment with an image if absent.
    pub(in crate::cli) to: Option<&'a str>,
    /// The version; the one that runs in the source if absent.
    pub(in crate::cli) version: Option<&'a str>,
}

/// The request of a promotion between these ends, with the defaults of all other options.
///
/// # Errors
/// If an end is neither an environment with an image nor an image, both are the same, or the version is invalid.
pub(in crate::cli) fn request(
    registries: &Registries,
    args: PromotionEnds<'_>,
) -> Result<PromotionRequest, Error> {
    let (from, to) = ends(registries, args)?;
    let image = match args.from {
        Some(text) if images::environment(registries, text).is_none() => {
            let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
            // A repository without a tag or digest means its newest version.
            (image.tag.is_some() || image.digest.is_some()).then_some(image)
        }
        _ => None,
    };
    if image.is_some() && args.version.is_some() {
        return Err(Error::usage(
            "--version cannot be used with an image that has a tag or digest",
            Some("omit --version, or the tag of the image"),
        ));
    }
    if from.repository == to.repository && from.moving == to.moving {
        return Err(Error::usage(
            "FROM and TO are the same image",
            Some("name two environments, or two repositories"),
        ));
    }
    Ok(PromotionRequest {
        version: args.version.map(|text| version(registries, text)).transpose()?,
        from,
        image,
        to,
        rollback: false,
        allow_unknown: false,
        referrers: ReferrerSelection::default(),
        context: registries.circumstances.clone(),
    })
}

/// Both ends: as named, else the last two environments that have images.
fn ends(registries: &Registries, args: PromotionEnds<'_>) -> Result<(ImageLocation, ImageLocation), Error> {
    if let (Some(from), Some(to)) = (args.from, args.to) {
        return Ok((location(registries, from, false)?, location(registries, to, true)?));
    }
    match registries.environments.as_slice() {
        [.., from, to] => Ok((from.clone(), to.clone())),
        _ => Err(Error::usage(
            "the configuration has fewer than two environments with images",
            Some(
                "set `image` under [environments.staging] and [environments.production], or name both: tidings promote FROM TO",
            ),
        )),
    }
}

/// Resolves the name of an end. `arrives` is true for TO: only there does a tag in the name say which tag to move.
fn location(registries: &Registries, text: &str, arrives: bool) -> Result<ImageLocation, Error> {
    if let Some(location) = images::environment(registries, text) {
        return Ok(location.clone());
    }
    if !images::is_image(text) {
        let names: Vec<&str> =
            registries.environments.iter().filter_map(|location| location.environment.as_deref()).collect();
        let hint = if names.is_empty() {
            "set `image` under [environments.NAME] in tidings.toml, or name an image".to_owned()
        } else {
            format!("use one of: {}; or name an image, as in registry.example.com/team/app", names.join(", "))
        };
        return Err(Error::usage(format!("there is no environment `{text}` with an image"), Some(&hint)));
    }
    let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
    // An image in the repository of exactly one environment belongs to it.
    let mut matching =
        registries.environments.iter().filter(|location| location.repository == image.repository);
    if let (Some(location), None) = (matching.next(), matching.next()) {
        let moving = image.tag.filter(|_| arrives).or_else(|| location.moving.clone());
        return Ok(ImageLocation { moving, ..location.clone() });
    }
    Ok(ImageLocation {
        environment: None,
        index: None,
        repository: image.repository,
        moving: image.tag,
        suffix: String::new(),
    })
}

fn version(registries: &Registries, text: &str) -> Result<Version, Error> {
    let read = newest_first(&[text.to_owned()], &registries.tags);
    let wrong = || Error::usage(format!("`{text}` is not a valid version"), Some("write it as in v1.2.0"));
    read.into_iter().next().map(|tag| tag.version).ok_or_else(wrong)
}
