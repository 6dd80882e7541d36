//! Resolves the ends of a promotion.

use crate::{
    error::Error,
    model::Version,
    promote::{ImageLocation, ImagePair, PromotionRequest, ReferrerSelection, newest_first},
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
    let pairs = pairs(from, to)?;
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
    if pairs.iter().any(|it| it.from.repository == it.to.repository && it.from.moving == it.to.moving) {
        return Err(Error::usage(
            "FROM and TO are the same image",
            Some("name two environments, or two repositories"),
        ));
    }
    Ok(PromotionRequest {
        version: args.version.map(|text| version(registries, text)).transpose()?,
        pairs,
        image,
        rollback: false,
        allow_unknown: false,
        referrers: ReferrerSelection::default(),
        context: registries.circumstances.clone(),
    })
}

/// The images of both ends: as named, else of the last two environments that have images.
fn ends(
    registries: &Registries,
    args: PromotionEnds<'_>,
) -> Result<(Vec<ImageLocation>, Vec<ImageLocation>), Error> {
    if let (Some(from), Some(to)) = (args.from, args.to) {
        return Ok((locations(registries, from, false)?, locations(registries, to, true)?));
    }
    match registries.environments.as_slice() {
        [.., from, to] => Ok((from.images.clone(), to.images.clone())),
        _ => Err(Error::usage(
            "the configuration has fewer than two environments with images",
            Some(
                "set `image` under [environments.staging] and [environments.production], or name both: tidings promote FROM TO",
            ),
        )),
    }
}

/// Resolves the name of an end. `arrives` is true for TO: only there does a tag in the name say which tag to move.
fn locations(registries: &Registries, text: &str, arrives: bool) -> Result<Vec<ImageLocation>, Error> {
    if let Some(images) = images::environment(registries, text) {
        return Ok(images.to_vec());
    }
    if !images::is_image(text) {
        let names: Vec<&str> =
            registries.environments.iter().map(|environment| environment.name.as_str()).collect();
        let hint = if names.is_empty() {
            "set `image` under [environments.NAME] in tidings.toml, or name an image".to_owned()
        } else {
            format!("use one of: {}; or name an image, as in registry.example.com/team/app", names.join(", "))
        };
        return Err(Error::usage(format!("there is no environment `{text}` with an image"), Some(&hint)));
    }
    let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
    // An image in the repository of exactly one environment belongs to it.
    let declared = registries.environments.iter().flat_map(|environment| &environment.images);
    let mut matching = declared.filter(|location| location.repository == image.repository);
    if let (Some(location), None) = (matching.next(), matching.next()) {
        let moving = image.tag.filter(|_| arrives).or_else(|| location.moving.clone());
        return Ok(vec![ImageLocation { moving, ..location.clone() }]);
    }
    Ok(vec![ImageLocation {
        environment: None,
        component: None,
        index: None,
        repository: image.repository,
        moving: image.tag,
        suffix: String::new(),
    }])
}

/// Finds the target of each image: the only one, else the one of the same component. Two lists whose components have no
/// name in common are matched in their order.
fn pairs(from: Vec<ImageLocation>, to: Vec<ImageLocation>) -> Result<Vec<ImagePair>, Error> {
    let names = |all: &[ImageLocation]| all.iter().map(ImageLocation::label).collect::<Vec<_>>();
    let (sources, targets) = (names(&from), names(&to));
    let in_order = from.len() == to.len() && !sources.iter().any(|name| targets.contains(name));
    let same = from.len() == to.len() && sources.iter().all(|name| targets.contains(name));
    if !in_order && !same {
        let name = |all: &[ImageLocation]| all.first().map(ImageLocation::name).unwrap_or_default();
        return Err(Error::usage(
            format!(
                "the images of {} ({}) are not those of {} ({})",
                name(&from),
                sources.join(", "),
                name(&to),
                targets.join(", ")
            ),
            Some(
                "give both environments the same components: image = { api = \"registry.example.com/team/api\" }",
            ),
        ));
    }
    let target = |(at, from): (usize, &ImageLocation)| match in_order {
        true => to.get(at),
        false => to.iter().find(|to| to.label() == from.label()),
    };
    let pairs = from.iter().enumerate().filter_map(|(at, from)| {
        let to = target((at, from))?.clone();
        Some(ImagePair { from: from.clone(), to })
    });
    Ok(pairs.collect())
}

fn version(registries: &Registries, text: &str) -> Result<Version, Error> {
    let read = newest_first(&[text.to_owned()], &registries.tags);
    let wrong = || Error::usage(format!("`{text}` is not a valid version"), Some("write it as in v1.2.0"));
    read.into_iter().next().map(|tag| tag.version).ok_or_else(wrong)
}
