//! Counts with their nouns, and lists of many names, in English.

/// `1 commit`, `2 commits`, `0 commits`.
#[must_use]
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first names of a list, and how many more there are: `a, b, c and 497 more`.
#[must_use]
pub fn first_few(names: &[String]) -> String {
    const SHOWN: usize = 3;
    match names {
        [first @ .., last] if !first.is_empty() && names.len() <= SHOWN => {
            format!("{} and {last}", first.join(", "))
        }
        names if names.len() <= SHOWN => names.join(""),
        names => {
            let shown: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
            format!("{} and {} more", shown.join(", "), names.len() - SHOWN)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let all: Vec<_> = (0..3).map(|count| plural(count, "entry", "entries")).collect();
        assert_eq!(all, ["0 entries", "1 entry", "2 entries"]);
    }

    #[test]
    fn long_list_is_cut_with_a_count() {
        let few = |count: usize| first_few(&(1..=count).map(|it| it.to_string()).collect::<Vec<_>>());
        assert_eq!([few(0), few(1), few(2), few(3)], ["", "1", "1 and 2", "1, 2 and 3"]);
        assert_eq!(few(500), "1, 2, 3 and 497 more");
    }
}
