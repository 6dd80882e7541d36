//! Recognises headings and labels under which people write the reason for a change.

/// Headings in the languages of the built-in locales, lower case. A heading may go on after one of them.
const HEADINGS: [&str; 42] = [
    "why",
    "motivation",
    "motivations",
    "reason",
    "reasons",
    "reasoning",
    "rationale",
    "justification",
    "background",
    "context",
    "problem",
    "the problem",
    "problem statement",
    "purpose",
    "warum",
    "grund",
    "begründung",
    "hintergrund",
    "anlass",
    "kontext",
    "pourquoi",
    "raison",
    "contexte",
    "contexto",
    "por qué",
    "por que",
    "por quê",
    "porquê",
    "motivo",
    "motivos",
    "motivación",
    "motivação",
    "razón",
    "razão",
    "justificación",
    "justificativa",
    "antecedentes",
    "objetivo",
    "objectif",
    "contexto e motivação",
    "ziel",
    "use case",
];

/// Words that a heading contains, in scripts without spaces.
const WORDS: [&str; 15] = [
    "為什麼",
    "为什么",
    "為何",
    "为何",
    "原因",
    "動機",
    "动机",
    "背景",
    "目的",
    "理由",
    "なぜ",
    "経緯",
    "緣由",
    "缘由",
    "起因",
];

/// The most characters of a heading: a longer line is a sentence.
const HEADING_CHARS: usize = 50;

/// Whether a heading, or a label before a colon, announces the reason: `Why?`, `2. Motivation and context`, `修改原因`.
#[must_use]
pub fn is_reason_heading(heading: &str) -> bool {
    let is_mark = |c: char| !c.is_alphabetic();
    let bare = heading.trim_matches(is_mark).to_lowercase();
    if bare.is_empty() || bare.chars().count() > HEADING_CHARS {
        return false;
    }
    let goes_on =
        |rest: &str| rest.is_empty() || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\'');
    HEADINGS.iter().any(|known| bare.strip_prefix(known).is_some_and(goes_on))
        || (bare.chars().count() <= 12 && WORDS.iter().any(|word| bare.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_reasons_are_recognised() {
        for heading in [
            "Why",
            "Why?",
            "🤔 Why is this needed?",
            "2. Motivation and Context",
            "**Motivation**",
            "Rationale:",
            "Pourquoi ?",
            "Warum?",
            "¿Por qué?",
            "Por quê?",
            "原因",
            "二、修改原因",
            "為什麼改",
            "背景：",
            "変更の目的",
        ] {
            assert!(is_reason_heading(heading), "{heading}");
        }
        for heading in [
            "What",
            "Whyever",
            "How",
            "Testing",
            "Contextual menus",
            "Problematic",
            "",
            "修改內容",
            "Changes",
        ] {
            assert!(!is_reason_heading(heading), "{heading}");
        }
    }
}
