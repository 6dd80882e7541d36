//! Accounts on forges: from the no-reply addresses that forges give to commits, or from the forge's data.

/// An account on a forge.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// The host of the forge, lower case.
    pub host: String,
    /// The login as written.
    pub login: String,
    /// The number of the account, which stays if the login is changed.
    pub number: Option<String>,
}

impl Account {
    /// The account of a no-reply address; `None` for another address.
    ///
    /// GitHub: `123+ann@users.noreply.github.com`, without the number until 2017. GitLab:
    /// `123-ann@users.noreply.gitlab.com`. Gitea and Forgejo: `ann@noreply.example.com`.
    #[must_use]
    pub fn of_noreply(email: &str) -> Option<Self> {
        let (user, host) = email.split_once('@')?;
        let host = host.to_ascii_lowercase();
        let of_users = host.strip_prefix("users.noreply.");
        let forge = of_users.or_else(|| host.strip_prefix("noreply."))?;
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (number, login) = match user.split_once('+') {
            Some((number, login)) => (Some(number).filter(is_number), login),
            // A login on GitHub may begin with a number and a hyphen.
            None => match user.split_once('-').filter(|(number, _)| is_number(number)) {
                Some((number, login)) if of_users.is_some() && forge != "github.com" => (Some(number), login),
                _ => (None, user),
            },
        };
        let is_login =
            !login.is_empty() && login.chars().all(|c| c.is_ascii_alphanumeric() || "-_.[]".contains(c));
        is_login.then(|| Self {
            host: forge.to_owned(),
            login: login.to_owned(),
            number: number.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_parsed_from_a_noreply_address() {
        for (email, host, login, number) in [
            ("123+octo-cat@users.noreply.github.com", "github.com", "octo-cat", Some("123")),
            ("octo-cat@users.noreply.github.com", "github.com", "octo-cat", None),
            ("12-cat@users.noreply.github.com", "github.com", "12-cat", None),
            ("12+Copilot@users.noreply.github.example.com", "github.example.com", "Copilot", Some("12")),
            ("77-ann.lee@users.noreply.gitlab.com", "gitlab.com", "ann.lee", Some("77")),
            ("ann@noreply.codeberg.org", "codeberg.org", "ann", None),
            (
                "49699333+dependabot[bot]@users.noreply.github.com",
                "github.com",
                "dependabot[bot]",
                Some("49699333"),
            ),
        ] {
            let account = Account::of_noreply(email).unwrap();
            assert_eq!((&*account.host, &*account.login, account.number.as_deref()), (host, login, number));
        }
        for email in [
            "a@example.com",
            "evil name@users.noreply.github.com",
            "@noreply.codeberg.org",
            "noreply@github.com",
            "",
        ] {
            assert_eq!(Account::of_noreply(email), None, "{email}");
        }
    }
}
