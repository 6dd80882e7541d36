//! What is to be done with the comments that a pull request has.

use crate::forge::{Comment, Identity, creation_order};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Creates the comment.
    Create,
    /// Replaces the body of this comment.
    Update(Comment),
    /// Nothing: this comment has the body already.
    Keep(Comment),
}

/// Plans what to do with the comments of a pull request. Only a comment that the own account wrote and that starts with
/// the mark is updated: a mark inside a comment, or at the start of one of another account, means nothing.
#[must_use]
pub fn plan(comments: &[Comment], own: &Identity, mark: &str, body: &str) -> Action {
    match first_own(comments, own, mark) {
        Some(comment) if is_same(&comment.body, body) => Action::Keep(comment.clone()),
        Some(comment) => Action::Update(comment.clone()),
        None => Action::Create,
    }
}

/// The oldest comment that the own account wrote and that starts with the mark.
pub(super) fn first_own<'c>(comments: &'c [Comment], own: &Identity, mark: &str) -> Option<&'c Comment> {
    let is_own = |comment: &&Comment| {
        let is_by_own = comment.author.as_ref().is_some_and(|author| author.is_same(own));
        is_by_own && comment.body.trim_start().starts_with(mark)
    };
    comments.iter().filter(is_own).min_by_key(|comment| creation_order(&comment.id))
}

/// Forges change line ends, and remove white space at the end.
fn is_same(one: &str, other: &str) -> bool {
    let lines = |text: &str| text.trim_end().replace("\r\n", "\n");
    lines(one) == lines(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "<!-- mark -->";

    fn account(id: Option<&str>, login: &str) -> Identity {
        Identity { id: id.map(str::to_owned), login: Some(login.to_owned()) }
    }

    fn comment(id: u64, author: Option<Identity>, body: &str) -> Comment {
        Comment { id: id.to_string(), body: body.to_owned(), author }
    }

    #[test]
    fn only_an_own_comment_with_the_mark_at_its_start_is_updated() {
        let own = account(Some("1"), "bot");
        let marked = format!("{MARK}\nold");
        let others = [
            comment(1, Some(account(Some("2"), "bot")), &marked),
            comment(2, Some(account(Some("2"), "eve")), &marked),
            comment(3, None, &marked),
            comment(4, Some(own.clone()), &format!("> {marked}")),
            comment(5, Some(own.clone()), "Released in v1.0.0."),
        ];
        assert_eq!(plan(&others, &own, MARK, "new"), Action::Create);
        let first = comment(6, Some(own.clone()), &marked);
        let later = comment(10, Some(own.clone()), &marked);
        let all = [others.as_slice(), &[later, first.clone()]].concat();
        assert_eq!(plan(&all, &own, MARK, "new"), Action::Update(first.clone()));
        assert_eq!(plan(&all, &own, MARK, &format!("{MARK}\r\nold\n")), Action::Keep(first));
    }

    #[test]
    fn login_counts_only_without_an_id() {
        let by_login = account(None, "github-actions[bot]");
        let marked = |author| comment(1, Some(author), MARK);
        let of_bot = marked(account(Some("41898282"), "github-actions[bot]"));
        assert_eq!(plan(std::slice::from_ref(&of_bot), &by_login, MARK, "x"), Action::Update(of_bot));
        let unknown = Identity::default();
        assert_eq!(plan(&[marked(unknown.clone())], &unknown, MARK, "x"), Action::Create);
    }
}
