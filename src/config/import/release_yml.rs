//! GitHub's own `.github/release.yml`: which labels stand under which heading, and what is left out.
//!
//! Source: docs.github.com, "Automatically generated release notes".

use serde::{Deserialize, Deserializer};

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReleaseYml {
    /// What is left out altogether.
    pub exclude: Excluded,
    /// The headings in their order.
    pub categories: Vec<Category>,
}

/// A heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Category {
    /// Its words.
    pub title: String,
    /// The labels that stand under it; `*` for all others.
    #[serde(deserialize_with = "names")]
    pub labels: Vec<String>,
    /// What does not stand under it all the same.
    pub exclude: Excluded,
}

/// Labels and logins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Excluded {
    /// Of pull requests.
    #[serde(deserialize_with = "names")]
    pub labels: Vec<String>,
    /// Of who opened them.
    #[serde(deserialize_with = "names")]
    pub authors: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    changelog: Option<ReleaseYml>,
}

impl ReleaseYml {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let file: File = serde_saphyr::from_str(text)
            .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
        Ok(file.changelog.unwrap_or_default())
    }
}

/// A list of names. An empty one, which is nobody's, is left out: the rules take it for a mistake, and the file is GitHub's.
fn names<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut names = Vec::<String>::deserialize(deserializer)?;
    names.retain(|name| !name.trim().is_empty());
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_github_documents_it() {
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
    fn empty_names_are_left_out() {
        let text = "changelog:\n  exclude: {authors: ['', x]}\n  categories:\n    - {title: A, labels: ['', ' ', b]}\n";
        let read = ReleaseYml::parse(text).unwrap();
        assert_eq!((read.exclude.authors, &read.categories[0].labels), (vec!["x".into()], &vec!["b".into()]));
    }

    #[test]
    fn what_is_wrong_with_it_is_told() {
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
