//! Addresses in what `git` says: without users, passwords, queries and fragments, which may hold secrets.

/// A text without what may be secret in the addresses of it.
pub(super) fn without_secrets(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "'\"`<>".contains(c);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(ends).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        clean.push_str(&bare(word));
        let end = rest.get(word.len()..).unwrap_or_default();
        let sign = end.chars().next().map_or(0, char::len_utf8);
        clean.push_str(end.get(..sign).unwrap_or_default());
        rest = end.get(sign..).unwrap_or_default();
    }
    clean
}

/// One word, which may be an address: `https://user:password@host/path?query`, `user:password@host:path`.
fn bare(word: &str) -> String {
    let (scheme, rest) = match word.rsplit_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        // Only what has a user and a colon behind it is an address without a scheme; `a@b.c` is a person.
        None if word.rsplit_once('@').is_some_and(|(_, host)| host.contains(':')) => (String::new(), word),
        // A path of this machine, as git shows it of a `file://` address.
        None if word.contains('/') => (String::new(), word.split('?').next().unwrap_or_default()),
        None => return word.to_owned(),
    };
    let is_path = scheme.is_empty() && !rest.contains('@');
    // A password may hold any sign, a slash and a question mark too.
    let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
    let user = user.filter(|user| *user == "git").map(|user| format!("{user}@")).unwrap_or_default();
    let end = place.find(['?', '#']).filter(|_| !is_path).unwrap_or(place.len());
    format!("{scheme}{user}{}", place.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_may_be_secret() {
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
