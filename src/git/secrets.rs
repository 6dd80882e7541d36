//! Removes credentials, queries and fragments, which may contain secrets, from the URLs in `git`'s output.

/// Removes the parts of all URLs in `text` that may be secret.
pub(super) fn without_secrets(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "'\"`<>".contains(c);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(ends).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        clean.push_str(&redact_word(word));
        let end = rest.get(word.len()..).unwrap_or_default();
        let sign = end.chars().next().map_or(0, char::len_utf8);
        clean.push_str(end.get(..sign).unwrap_or_default());
        rest = end.get(sign..).unwrap_or_default();
    }
    clean
}

/// Redacts one word, which may be a URL: `https://user:password@host/path?query`, `user:password@host:path`.
fn redact_word(word: &str) -> String {
    let (scheme, rest) = match word.rsplit_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        // scp-like syntax has a colon after the host; `a@b.c` is an email address.
        None if word.rsplit_once('@').is_some_and(|(_, host)| host.contains(':')) => (String::new(), word),
        // A local path, as git prints it for a `file://` URL.
        None if word.contains('/') => (String::new(), word.split('?').next().unwrap_or_default()),
        None => return word.to_owned(),
    };
    let is_path = scheme.is_empty() && !rest.contains('@');
    // A password may contain any character, even `/` and `?`.
    let (user, host_and_path) =
        rest.rsplit_once('@').map_or((None, rest), |(user, host_and_path)| (Some(user), host_and_path));
    let user = user.filter(|user| *user == "git").map(|user| format!("{user}@")).unwrap_or_default();
    let end = host_and_path.find(['?', '#']).filter(|_| !is_path).unwrap_or(host_and_path.len());
    format!("{scheme}{user}{}", host_and_path.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_queries_and_fragments_are_removed() {
        for (text, clean) in [
            (
                "fatal: unable to access 'https://ada:SECRET@h/o/r.git/': no",
                "fatal: unable to access 'https://h/o/r.git/': no",
            ),
            (
                "repository 'https://h/r?private_token=SECRET/' not found",
                "repository 'https://h/r' not found",
            ),
            ("https://SEC/RET?x@h/o", "https://h/o"),
            ("git fetch -- https://SECRET@h/o#SECRET", "git fetch -- https://h/o"),
            ("ext::https://SECRET@h", "ext::https://h"),
            ("a https://x@y https://SECRET@h\tb", "a https://y https://h\tb"),
            ("ssh://git@h:22/o: no", "ssh://git@h:22/o: no"),
            ("git@github.com: Permission denied", "git@github.com: Permission denied"),
            ("ada:SECRET@h:o/r?SECRET", "h:o/r"),
            ("Ada <ada@example.com> wrote", "Ada <ada@example.com> wrote"),
            ("'/no/such?SECRET' does not", "'/no/such' does not"),
            ("remote: see o/r#12\n", "remote: see o/r#12\n"),
            ("remote: no?\n", "remote: no?\n"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(text), clean, "{text}");
        }
    }
}
