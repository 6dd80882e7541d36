//! Resolves the images of the environments.

use crate::{
    config::{Config, Environment, Images},
    error::Error,
    promote::{EnvironmentImages, ImageLocation},
    registry::Reference,
};

/// The environments with images, in the order of promotion. `package` replaces `{package}` in the repositories.
///
/// # Errors
/// If an image or its tag is not valid, or two images of an environment have the same component.
pub(super) fn environment_images(
    config: &Config,
    package: Option<&str>,
) -> Result<Vec<EnvironmentImages>, Error> {
    let declared = config.environments.iter().flat_map(|environments| &environments.0).enumerate();
    let with_images = declared.filter_map(|(index, one)| Some((index, one, one.image.as_ref()?)));
    with_images
        .map(|(index, environment, images)| {
            let images = of_environment((index, environment), images, package)?;
            Ok(EnvironmentImages { name: environment.name.clone(), images })
        })
        .collect()
}

fn of_environment(
    environment: (usize, &Environment),
    images: &Images,
    package: Option<&str>,
) -> Result<Vec<ImageLocation>, Error> {
    let location = |image: &str| location(environment, image, package);
    let all: Vec<ImageLocation> = match images {
        Images::One(image) => vec![location(image)?],
        Images::List(list) => list
            .iter()
            .map(|image| {
                let location = location(image)?;
                let name = &location.repository.name;
                let component = name.rsplit('/').next().map(str::to_owned);
                Ok(ImageLocation { component, ..location })
            })
            .collect::<Result<_, Error>>()?,
        Images::ByComponent(table) => table
            .iter()
            .map(|(name, image)| Ok(ImageLocation { component: Some(name.clone()), ..location(image)? }))
            .collect::<Result<_, Error>>()?,
    };
    for (at, one) in all.iter().enumerate() {
        let others = all.iter().take(at);
        let problem = others.filter_map(|other| {
            if other.repository == one.repository {
                return Some(format!("has the image {} twice", one.repository));
            }
            let component = one.component.as_ref().filter(|_| other.component == one.component)?;
            Some(format!("has two images of the component `{component}`"))
        });
        if let Some(problem) = problem.into_iter().next() {
            return Err(Error::usage(
                format!("the environment `{}` {problem}", environment.1.name),
                Some(
                    "name the components in a table, for example image = { api = \"registry.example.com/team/api\" }",
                ),
            ));
        }
    }
    Ok(all)
}

fn location(
    (index, environment): (usize, &Environment),
    image: &str,
    package: Option<&str>,
) -> Result<ImageLocation, Error> {
    let image = package.map_or_else(|| image.to_owned(), |package| image.replace("{package}", package));
    let wrong = |problem: &str| {
        Error::usage(
            format!("the image of the environment `{}` {problem}", environment.name),
            Some("write only the repository, for example image = \"registry.example.com/team/app\""),
        )
    };
    let reference = Reference::parse(&image).map_err(|error| wrong(&format!("cannot be used: {error}")))?;
    if reference.tag.is_some() || reference.digest.is_some() {
        return Err(wrong("has a tag or a digest"));
    }
    let tag = environment.tag.clone().unwrap_or_else(|| environment.name.clone());
    if !crate::registry::is_tag(&tag) {
        return Err(wrong(&format!("cannot have the tag `{tag}`")));
    }
    Ok(ImageLocation {
        environment: Some(environment.name.clone()),
        component: None,
        index: Some(index),
        repository: reference.repository,
        moving: Some(tag),
        suffix: environment.suffix.clone(),
    })
}
