//! Counts with their nouns, in English.

/// `1 commit`, `2 commits`, `0 commits`.
#[must_use]
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let all: Vec<_> = (0..3).map(|count| plural(count, "entry", "entries")).collect();
        assert_eq!(all, ["0 entries", "1 entry", "2 entries"]);
    }
}
