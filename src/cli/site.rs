//! `tidings site`: writes a static site of all versions.

use std::path::PathBuf;

use url::Url;

use crate::{
    error::Error,
    model::plural,
    session::Session,
    web::site::{self, Language, SiteRequest},
};

use super::args::Level;

/// `tidings site`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write the site to DIR, which must be empty or have a site of an earlier run
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Add pages in this language, the first in DIR and others below it: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR, or a
    /// file [default: the language of the configuration]
    #[arg(long, value_name = "NAME")]
    pub locale: Vec<String>,
    /// Write absolute links for this address of the site, and a sitemap
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Write this title on each page [default: the name of the repository]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
}

/// Runs the command.
///
/// # Errors
/// If the folder has other files, the repository cannot be read, or a file cannot be written.
pub(super) fn run(session: &Session, args: Args) -> Result<(), Error> {
    let base_url = args.base_url.as_deref().map(base_url).transpose()?;
    let request = SiteRequest {
        languages: languages(session, &args.locale)?,
        output: args.output,
        base_url,
        title: args.title,
    };
    let report = site::build(session, &request)?;
    let ui = session.ui();
    let mut text = format!(
        "wrote {} with {} to {}",
        plural(report.files.written, "file", "files"),
        plural(report.versions, "version", "versions"),
        request.output.display()
    );
    if report.files.deleted > 0 {
        text.push_str(&format!(", deleted {}", plural(report.files.deleted, "file", "files")));
    }
    ui.info(&text);
    Ok(())
}

/// The languages as named, each once; that of the configuration if none is named.
fn languages(session: &Session, names: &[String]) -> Result<Vec<Language>, Error> {
    if names.is_empty() {
        return Ok(vec![Language::of(session.settings.rendering.locale.clone())?]);
    }
    let mut languages: Vec<Language> = Vec::with_capacity(names.len());
    for name in names {
        let language = Language::named(name, &session.settings.files)?;
        if languages.iter().any(|known| known.tag.eq_ignore_ascii_case(&language.tag)) {
            return Err(Error::usage(format!("--locale names `{}` twice", language.tag), None));
        }
        languages.push(language);
    }
    Ok(languages)
}

/// The address of the site, with a slash at its end.
fn base_url(text: &str) -> Result<Url, Error> {
    let hint = Some("write it as in https://example.org/changes/");
    let mut url = Url::parse(text).map_err(|_| Error::usage(format!("`{text}` is not a URL"), hint))?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        return Err(Error::usage(format!("`{text}` is not the http or https address of a site"), hint));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::usage("the address of a site must not have a user or a password", hint));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}
