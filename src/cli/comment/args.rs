//! The options of `tidings comment`.

/// `tidings comment`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Comment on this pull request (GitLab: merge request) [default: that of the pipeline]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub pull_request: Option<u64>,
    /// Comment on the open pull request whose newest commit is this one, instead of that of the pipeline
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// Compare with this commit [default: the newest commit of the target branch]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Print the comment instead of writing it; needs no token
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}
