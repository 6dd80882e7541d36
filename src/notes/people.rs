//! Finds the names and addresses that belong to one person.
//!
//! Input: identities, each a name and an address after `.mailmap`, and the logins that the forge knows. Two of them are
//! one person if they have
//! - the same address, unless many people may have it (`noreply@…`, `root@…`);
//! - the same account on a forge, from its data or from a no-reply address;
//! - the same name, and either the same part before `@`, or one of them is a no-reply address. This does not hold for
//!   names that many people have (`root`, `Your Name`), and never unites two accounts of one forge.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::Arc,
};

use crate::{
    model::{Account, Person},
    rules,
};

/// The logins that a forge knows.
#[derive(Clone, Copy)]
pub(super) struct KnownLogins<'a> {
    /// By address, lower case.
    pub(super) by_email: &'a BTreeMap<String, String>,
    /// The host of the forge, lower case; empty if unknown.
    pub(super) host: &'a str,
}

impl KnownLogins<'_> {
    /// The account of an address.
    pub(super) fn account(&self, email: &str) -> Option<Account> {
        let known = self.by_email.get(&email.to_lowercase());
        let known =
            known.map(|login| Account { host: self.host.to_owned(), login: login.clone(), number: None });
        known.or_else(|| Account::of_noreply(email))
    }
}

/// The identities, each with the number of the person that it belongs to.
#[derive(Debug, Default)]
pub(super) struct People {
    persons: HashMap<Arc<Person>, usize>,
}

impl People {
    /// Groups identities by person. The result does not depend on their order.
    pub(super) fn new(identities: impl IntoIterator<Item = Arc<Person>>, logins: KnownLogins<'_>) -> Self {
        let mut identities: Vec<Arc<Person>> = identities.into_iter().collect();
        identities.sort_unstable();
        identities.dedup();
        let accounts: Vec<Option<Account>> =
            identities.iter().map(|person| logins.account(&person.email)).collect();
        let mut groups = Groups::new(&accounts);
        let at = || identities.iter().zip(&accounts).enumerate();
        groups.unite_equal(at().filter_map(|(at, (person, _))| Some((email_key(person)?, at))));
        groups.unite_equal(at().filter_map(|(at, (_, account))| {
            let account = account.as_ref()?;
            Some(((account.host.as_str(), account.login.to_lowercase()), at))
        }));
        groups.unite_equal(at().filter_map(|(at, (_, account))| {
            let account = account.as_ref()?;
            Some(((account.host.as_str(), account.number.as_deref()?), at))
        }));
        groups.unite_names(&identities);
        let persons = identities.into_iter().enumerate();
        Self { persons: persons.map(|(at, person)| (person, groups.root(at))).collect() }
    }

    /// The number of the person that an identity belongs to; `None` if it was not among the identities.
    pub(super) fn number(&self, person: &Person) -> Option<usize> {
        self.persons.get(person).copied()
    }
}

/// The part of an address before `@`.
fn local_part(email: &str) -> &str {
    email.split_once('@').map_or(email, |(local, _)| local)
}

/// Whether an address is a forge's no-reply address, of an account or of all (`noreply@github.com`).
fn is_noreply(email: &str) -> bool {
    let is_of_all =
        || ["noreply", "no-reply"].iter().any(|local| local_part(email).eq_ignore_ascii_case(local));
    Account::of_noreply(email).is_some() || is_of_all()
}

/// The key by which an address is one person's; `None` without an address.
fn email_key(person: &Person) -> Option<(String, &str)> {
    let email = person.email.to_lowercase();
    let local = local_part(&email);
    // A number is an account, as in `12345678@qq.com`.
    let is_number = local.bytes().all(|byte| byte.is_ascii_digit());
    let is_shared = matches!(local, "noreply" | "no-reply" | "donotreply" | "do-not-reply" | "none" | "no")
        || (is_generic(local) && !is_number);
    let name = if is_shared && !rules::is_bot_address(&email) { person.name.as_str() } else { "" };
    (!email.is_empty()).then_some((email, name))
}

/// Names that say nothing about a person, lower case: defaults of systems and tools, and placeholders.
const GENERIC: [&str; 56] = [
    "admin",
    "administrator",
    "anonymous",
    "author",
    "azureuser",
    "build",
    "builder",
    "centos",
    "ci",
    "coder",
    "codespace",
    "debian",
    "default",
    "deploy",
    "deployer",
    "desktop",
    "dev",
    "developer",
    "devops",
    "docker",
    "ec2-user",
    "first last",
    "firstname lastname",
    "full name",
    "git",
    "github",
    "gitlab",
    "gitpod",
    "guest",
    "home",
    "jane doe",
    "jenkins",
    "john doe",
    "laptop",
    "local",
    "macbook",
    "me",
    "my name",
    "name",
    "none",
    "owner",
    "pc",
    "pi",
    "root",
    "runner",
    "server",
    "system",
    "team",
    "test",
    "tester",
    "ubuntu",
    "unknown",
    "user",
    "username",
    "vagrant",
    "vscode",
];

/// Whether many people may have a name, lower case.
fn is_generic(name: &str) -> bool {
    // `User1`, `your name`, `your.name`, `no author`, `(no author)`
    let name = name.trim_matches(|c: char| c.is_ascii_digit() || "()<>[]\"' ".contains(c));
    let is_placeholder = |first: &str| {
        let rest = name.strip_prefix(first);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '.', '_', '-']))
    };
    name.is_empty()
        || GENERIC.binary_search(&name).is_ok()
        || ["your", "you", "no author", "no name", "unknown"].into_iter().any(is_placeholder)
}

/// Disjoint sets of identities.
struct Groups<'a> {
    parents: Vec<usize>,
    /// An account of each set, at its root.
    accounts: Vec<Option<&'a Account>>,
}

impl<'a> Groups<'a> {
    fn new(accounts: &'a [Option<Account>]) -> Self {
        Self {
            parents: (0..accounts.len()).collect(),
            accounts: accounts.iter().map(Option::as_ref).collect(),
        }
    }

    fn root(&mut self, mut at: usize) -> usize {
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent != at) {
            // Path halving keeps the paths short.
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let (root, child) = (one.min(other), one.max(other));
        let account = self.account(root).or(self.account(child));
        if let (Some(parent), Some(slot)) = (self.parents.get_mut(child), self.accounts.get_mut(root)) {
            (*parent, *slot) = (root, account);
        }
    }

    fn account(&self, root: usize) -> Option<&'a Account> {
        self.accounts.get(root).copied().flatten()
    }

    /// Unites identities with equal keys.
    fn unite_equal<K: Eq + Hash>(&mut self, keys: impl Iterator<Item = (K, usize)>) {
        let mut first = HashMap::new();
        for (key, at) in keys {
            let first = *first.entry(key).or_insert(at);
            self.unite(first, at);
        }
    }

    /// Unites identities with equal names, where their addresses allow it.
    fn unite_names(&mut self, identities: &[Arc<Person>]) {
        let mut by_name: BTreeMap<(String, bool), Vec<usize>> = BTreeMap::new();
        for (at, person) in identities.iter().enumerate().filter(|(_, person)| !person.email.is_empty()) {
            let words: Vec<&str> = person.name.split_whitespace().collect();
            let name = words.join(" ").to_lowercase();
            if !is_generic(&name) {
                // A person named Claude is not the assistant of that name.
                by_name.entry((name, rules::is_bot(person))).or_default().push(at);
            }
        }
        let email = |at: &usize| identities.get(*at).map_or("", |person| person.email.as_str());
        for same_name in by_name.values().filter(|same_name| same_name.len() > 1) {
            let mut by_local: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for at in same_name {
                let local = local_part(email(at)).to_lowercase();
                by_local.entry(local).or_default().push(*at);
            }
            by_local.values().for_each(|same_local| self.unite_unless_ambiguous(same_local));
            if same_name.iter().any(|at| is_noreply(email(at))) {
                self.unite_unless_ambiguous(same_name);
            }
        }
    }

    /// Unites identities unless they have two accounts of one forge: then nothing says to which the others belong.
    fn unite_unless_ambiguous(&mut self, identities: &[usize]) {
        let mut by_host: HashMap<&str, String> = HashMap::new();
        for at in identities {
            let root = self.root(*at);
            let Some(account) = self.account(root) else { continue };
            let login = account.login.to_lowercase();
            if by_host.entry(&account.host).or_insert_with(|| login.clone()) != &login {
                return;
            }
        }
        identities.windows(2).for_each(|pair| {
            if let [one, other] = pair {
                self.unite(*one, *other);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn person(text: &str) -> Arc<Person> {
        let (name, email) = text.split_once(" <").unwrap();
        Arc::new(Person { name: name.to_owned(), email: email.trim_end_matches('>').to_owned() })
    }

    fn people(identities: &[&str], logins: &[(&str, &str)]) -> People {
        let by_email =
            logins.iter().map(|(email, login)| ((*email).to_owned(), (*login).to_owned())).collect();
        let logins = KnownLogins { by_email: &by_email, host: "github.com" };
        People::new(identities.iter().map(|text| person(text)), logins)
    }

    /// The number of people.
    fn count(identities: &[&str], logins: &[(&str, &str)]) -> usize {
        let people = people(identities, logins);
        let numbers: std::collections::HashSet<_> =
            identities.iter().map(|text| people.number(&person(text)).unwrap()).collect();
        numbers.len()
    }

    #[test]
    fn identities_of_one_person_are_united() {
        for identities in [
            &["Ann Lee <ann@example.com>", "A. Lee <Ann@Example.com>"][..],
            &["Ann Lee <ann@work.example>", "ann  lee <ann@home.example>"],
            &["Ann Lee <ann@example.com>", "Ann Lee <12+al@users.noreply.github.com>"],
            &["Ann <12+al@users.noreply.github.com>", "A. Lee <AL@users.noreply.github.com>"],
            &["Ann <12+old@users.noreply.github.com>", "A. Lee <12+new@users.noreply.github.com>"],
            &[
                "Ann Lee <a@example.com>",
                "Ann Lee <b@example.com>",
                "Ann Lee <12+al@users.noreply.github.com>",
            ],
            &["Ann Lee <ann@example.com>", "Ann Lee <7-al@users.noreply.gitlab.com>"],
            &["Ann Lee <ann@example.com>", "Ann Lee <al@noreply.codeberg.org>"],
            &["李安 <ann@example.com>", "李安 <12+al@users.noreply.github.com>"],
            &["Claude <noreply@anthropic.com>", "Claude Opus 4.5 <noreply@anthropic.com>"],
            &["Ann Lee <ann@example.com>", "Ann Lee <noreply@github.com>"],
            &["李安 <12345678@qq.com>", "Ann <12345678@qq.com>"],
        ] {
            assert_eq!(count(identities, &[]), 1, "{identities:?}");
        }
        let by_forge =
            &["Ann <ann@work.example>", "A. L. <al@home.example>", "x <12+al@users.noreply.github.com>"];
        let logins = [("ann@work.example", "Al"), ("al@home.example", "al")];
        assert_eq!(count(by_forge, &logins), 1);
    }

    #[test]
    fn different_people_are_not_united() {
        for identities in [
            &["Ann Lee <ann@example.com>", "Ann Lee <lee@example.com>"][..],
            &["Ann Lee <ann@example.com>", "Bob Lee <ann@example.org>"],
            &["root <root@one.example>", "root <root@two.example>"],
            &["Your Name <you@example.com>", "Your Name <1+ann@users.noreply.github.com>"],
            &["Ubuntu <ubuntu@one.example>", "Ubuntu <1+ann@users.noreply.github.com>"],
            &["user1 <user1@one.example>", "user1 <user1@two.example>"],
            &["Ann <1+ann@users.noreply.github.com>", "Ann <2+ann-b@users.noreply.github.com>"],
            &["Ann <root@localhost>", "Bob <root@localhost>"],
            &["Ann <noreply@github.com>", "Bob <noreply@github.com>"],
            &["Ann <>", "Bob <>"],
            &["Claude <claude@example.com>", "Claude <claude@anthropic.com>"],
            &["Claude <claude@example.com>", "Claude <noreply@anthropic.com>"],
        ] {
            assert_eq!(count(identities, &[]), identities.len(), "{identities:?}");
        }
        let two = &["Ann <ann@work.example>", "Ann <ann@home.example>"];
        assert_eq!(count(two, &[("ann@work.example", "ann"), ("ann@home.example", "ann-b")]), 2);
        let between = &[
            "Ann <1+ann@users.noreply.github.com>",
            "Ann <2+ann-b@users.noreply.github.com>",
            "Ann <ann@example.com>",
        ];
        assert_eq!(count(between, &[]), 3, "nothing says whose the third address is");
    }

    #[test]
    fn accounts_of_different_forges_may_be_one_person() {
        let two = &["Ann Lee <ann@noreply.codeberg.org>", "Ann Lee <1+al@users.noreply.github.com>"];
        assert_eq!(count(two, &[]), 1);
    }

    /// In quadratic time, this would take minutes in a debug build.
    #[test]
    fn many_people_with_one_name_take_linear_time() {
        let start = Instant::now();
        let of = |form: fn(usize) -> String| (0..40_000).map(move |at| person(&form(at)));
        for form in [
            |at| format!("Ann Lee <{at}@example.com>"),
            |at| format!("Ann Lee <ann@{at}.example>"),
            |at| format!("Ann Lee <{at}+a{at}@users.noreply.github.com>"),
            |at| format!("Ann Lee <ann@noreply.{at}.example>"),
            |at| format!("{at} Lee <lee@example.com>"),
        ] {
            let none = BTreeMap::new();
            People::new(of(form), KnownLogins { by_email: &none, host: "" });
        }
        assert!(start.elapsed().as_secs() < 60);
    }

    #[test]
    fn generic_names_are_sorted() {
        assert!(GENERIC.is_sorted());
    }

    proptest! {
        #[test]
        fn order_of_identities_does_not_matter(picks in proptest::collection::vec((0usize..3, 0usize..9), 1..12), seed in any::<u64>()) {
            let names = ["Ann Lee", "Bob", "root"];
            let emails = ["a@x.example", "a@y.example", "b@x.example", "1+l@users.noreply.github.com",
                "l@users.noreply.github.com", "2+m@users.noreply.github.com", "l@noreply.codeberg.org", "root@x", ""];
            let all: Vec<String> = picks.iter().map(|(name, email)| format!("{} <{}>", names[*name], emails[*email])).collect();
            let mut texts: Vec<&str> = all.iter().map(String::as_str).collect();
            let one = people(&texts, &[]);
            let middle = usize::try_from(seed % texts.len() as u64).unwrap();
            texts.rotate_left(middle);
            texts.reverse();
            let other = people(&texts, &[]);
            for a in &texts {
                for b in &texts {
                    let same = |people: &People| people.number(&person(a)) == people.number(&person(b));
                    prop_assert_eq!(same(&one), same(&other));
                }
            }
        }
    }
}
