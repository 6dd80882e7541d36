//! Parses GitHub's `.github/release.yml`: headings with their labels, and exclusions.
//!
//! Source: docs.github.com, "Automatically generated release notes".

use serde::{Deserialize, Deserializer};

/// The `changelog` key of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReleaseYml {
    /// Pull requests to leave out of the notes.
    pub exclude: Excluded,
    /// The headings, in the order of the notes.
    pub categories: Vec<Category>,
}

/// A heading with its labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Category {
    /// The text of the heading.
    pub title: String,
    /// The labels of its pull requests; `*` matches all others.
    #[serde(deserialize_with = "names")]
    pub labels: Vec<String>,
    /// Pull requests to exclude from this category only.
    pub exclude: Excluded,
}

/// Excluded pull requests, by label or author.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Excluded {
    /// Labels of the pull request.
    #[serde(deserialize_with = "names")]
    pub labels: Vec<String>,
    /// Logins of its author.
    #[serde(deserialize_with = "names")]
    pub authors: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    changelog: Option<ReleaseYml>,
}

impl ReleaseYml {
    /// Parses the text of the file.
    ///
    /// # Errors
    /// The parser's message, if the text is not valid YAML or has values of the wrong type.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let file: File = serde_saphyr::from_str(text)
            .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
        Ok(file.changelog.unwrap_or_default())
    }
}

/// A list of names without empty ones: `rules` rejects an empty pattern, but GitHub accepts it.
fn names<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut names = Vec::<String>::deserialize(deserializer)?;
    names.retain(|name| !name.trim().is_empty());
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_example_is_parsed() {
        let text = "changelog:\n  exclude:\n    labels:\n      - ignore-for-release\n    authors:\n      - octocat\n  categories:\n    \
            - title: Breaking Changes 🛠\n      labels:\n        - Semver-Major\n    - title: 👒 Dependencies\n      labels: [dependencies]\n      \
            exclude:\n        authors: [x]\n    - title: Other\n      labels: ['*']\n";
        let read = ReleaseYml::parse(text).unwrap();
        assert_eq!(
            (read.exclude.labels, read.exclude.authors),
            (vec!["ignore-for-release".into()], vec!["octocat".into()])
        );
        let titles: Vec<_> = read.categories.iter().map(|category| category.title.as_str()).collect();
        assert_eq!(titles, ["Breaking Changes 🛠", "👒 Dependencies", "Other"]);
        assert_eq!(read.categories[1].exclude.authors, ["x"]);
        assert_eq!(ReleaseYml::parse("# nothing yet\n"), Ok(ReleaseYml::default()));
        assert_eq!(ReleaseYml::parse(""), Ok(ReleaseYml::default()));
    }

    #[test]
    fn empty_names_are_dropped() {
        let text = "changelog:\n  exclude: {authors: ['', x]}\n  categories:\n    - {title: A, labels: ['', ' ', b]}\n";
        let read = ReleaseYml::parse(text).unwrap();
        assert_eq!((read.exclude.authors, &read.categories[0].labels), (vec!["x".into()], &vec!["b".into()]));
    }

    #[test]
    fn invalid_yaml_is_an_error() {
        assert!(ReleaseYml::parse("changelog: [").is_err());
        assert!(ReleaseYml::parse("changelog:\n  categories: 7").is_err());
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &(b'b'..=b'k')
                .map(|c| {
                    format!(
                        "{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n",
                        char::from(c),
                        char::from(c - 1)
                    )
                })
                .collect::<String>();
        drop(ReleaseYml::parse(&bomb));
    }
}
