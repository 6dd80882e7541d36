//! Recognises Kubernetes manifests: YAML or JSON with `apiVersion` and `kind` at the top level of a document.
//!
//! Only the keys of the top level are found, without parsing values: a manifest may be a template of Helm, which is not
//! YAML, or only the beginning of a long file.

/// Whether the beginning of a file is that of a Kubernetes manifest.
pub(super) fn is_manifest(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    let text = text.trim_start_matches('\u{feff}');
    let mut document = Document::default();
    let lines = text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    for (start, line) in lines {
        let body = match marker(line) {
            Some(rest) => {
                document = Document::default();
                rest
            }
            None => line,
        };
        let is_start = document.indent.is_none();
        if is_start && is_flow(body) {
            // JSON or a flow mapping: to the end, since its documents need no separator.
            let from = start + (line.len() - body.len());
            return has_flow_keys(text.get(from..).unwrap_or_default());
        }
        document.read(body);
        if document.is_manifest() {
            return true;
        }
    }
    false
}

/// The text after a document marker (`---`, `...`); `None` if the line is not one.
fn marker(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."))?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])).then_some(rest)
}

/// Whether a document begins with `{`, but not with an action of Helm's templates, `{{`.
fn is_flow(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('{') && !line.starts_with("{{")
}

/// The keys found in a YAML document.
#[derive(Default)]
struct Document {
    /// The indentation of the top level; `None` before the first key.
    indent: Option<usize>,
    /// Whether the document is a block scalar or a list, and so has no keys.
    has_no_keys: bool,
    version: bool,
    kind: bool,
}

impl Document {
    fn is_manifest(&self) -> bool {
        self.version && self.kind
    }

    fn read(&mut self, line: &str) {
        let body = line.trim_start_matches(' ');
        let text = body.trim();
        let is_empty = text.is_empty() || text.starts_with(['#', '%']) || text.starts_with("{{");
        if is_empty || self.has_no_keys {
            return;
        }
        if self.indent.is_none() && text.starts_with(['|', '>', '-', '[']) {
            self.has_no_keys = true;
            return;
        }
        let indent = line.len() - body.len();
        if *self.indent.get_or_insert(indent) != indent {
            return;
        }
        match key(text) {
            Some("apiVersion") => self.version = true,
            Some("kind") => self.kind = true,
            _ => {}
        }
    }
}

/// The key of a line `key: value`, without its quotes; `None` if it has no value.
fn key(line: &str) -> Option<&str> {
    let (key, rest) = match line.chars().next()? {
        quote @ ('"' | '\'') => line.get(1..)?.split_once(quote)?,
        _ => line.split_once(':').map(|(key, _)| (key, line.get(key.len()..).unwrap_or_default()))?,
    };
    let value = rest.trim_start().strip_prefix(':')?;
    let has_value = value.starts_with([' ', '\t']) && !value.trim_start().starts_with('#');
    (has_value && !value.trim().is_empty()).then(|| key.trim_end())
}

/// Whether one of the JSON objects or flow mappings has both keys at its top level.
fn has_flow_keys(text: &str) -> bool {
    let (mut depth, mut is_key) = (0usize, false);
    let (mut version, mut kind) = (false, false);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let tail = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '{' | '[' => {
                if depth == 0 {
                    (version, kind) = (false, false);
                }
                depth += 1;
                is_key = first == '{';
                tail
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                is_key = false;
                tail
            }
            ',' => {
                is_key = true;
                tail
            }
            '#' => tail.split_once('\n').map_or("", |(_, after)| after),
            _ if first.is_whitespace() || first == ':' => tail,
            _ => {
                let (token, after) = token(rest);
                if is_key && depth == 1 && after.trim_start().starts_with(':') {
                    version |= token == "apiVersion";
                    kind |= token == "kind";
                }
                is_key = false;
                after
            }
        };
        if version && kind {
            return true;
        }
    }
    false
}

/// The string or plain scalar at the beginning of a text, and what follows.
fn token(text: &str) -> (&str, &str) {
    let end = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut is_escaped = false;
            let end = text.char_indices().skip(1).find(|(_, c)| {
                let ends = *c == quote && !is_escaped;
                is_escaped = *c == '\\' && quote == '"' && !is_escaped;
                ends
            });
            let Some((end, _)) = end else { return ("", "") };
            return (text.get(1..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default());
        }
        _ => text.find([',', ':', '{', '}', '[', ']', '"', '\n']).filter(|end| *end > 0),
    };
    let (token, rest) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
    (token.trim(), rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn manifests_are_recognised() {
        for text in [
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n",
            "\u{feff}# Copyright\r\n---\r\napiVersion: apps/v1\r\nkind: Deployment\r\n",
            "%YAML 1.2\n--- # first\n\"kind\": List\n'apiVersion' : v1\n",
            "image: shop\n---\nkind: Pod\napiVersion: v1\n",
            "  apiVersion: v1\n  kind: Pod\n",
            "{{- if .Values.ingress }}\napiVersion: {{ .Values.api }}\nkind: Ingress\n{{- end }}\n",
            "\n {\n  \"metadata\": {\"kind\": \"x\", \"note\": \"a \\\" } b\"},\n  \"kind\" : \"Pod\",\n\t\"apiVersion\":\"v1\"}",
            "{\"name\": \"a\"}\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}\n",
            "--- {apiVersion: v1, kind: Pod}\n",
        ] {
            assert!(is_manifest(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn other_files_are_not_manifests() {
        for text in [
            "",
            "# apiVersion: v1\n# kind: Pod\n",
            "services:\n  web:\n    apiVersion: v1\n    kind: Pod\n",
            "apiVersion: v1\n---\nkind: Pod\n",
            "apiVersion: v2\nname: chart\n",
            "apiVersion:\nkind:\n  - a\n",
            "kinds: a\napiVersions: b\n",
            "- apiVersion: v1\n  kind: Pod\n",
            "--- |\napiVersion: v1\nkind: Pod\n",
            "text: |\n  apiVersion: v1\n  kind: Pod\n",
            "{\"spec\": {\"apiVersion\": \"v1\", \"kind\": \"Pod\"}}",
            "{\"apiVersion\": \"v1\"}{\"kind\": \"Pod\"}",
            "{\"a\": \"apiVersion\", \"b\": \"kind\"}",
            "{\"a\": \"\\\", apiVersion: 1, kind: 2\"}",
            "[{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}]",
            "package kubernetes\n\nvar kind = 1\n",
        ] {
            assert!(!is_manifest(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn time_is_linear() {
        for part in ["{", "[{", "\"", "a:", "---\n", "'", "{{", ",#"] {
            assert!(!is_manifest(part.repeat(1 << 20).as_bytes()), "{part}");
        }
    }

    proptest! {
        #[test]
        fn any_content_is_read(content in proptest::collection::vec(any::<u8>(), 0..200), text in "[a-z{}\\[\\]'\":,#\n \\-]{0,80}") {
            let _ = is_manifest(&content);
            let _ = is_manifest(text.as_bytes());
        }
    }
}
