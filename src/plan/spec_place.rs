//! Where a key of a specification stands.

use crate::error::Error;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Characters of a line that are shown.
const LONGEST_LINE: usize = 160;

/// One text of TOML, and what errors call it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// A file, or a setting; nothing for a text without a name.
    pub name: Option<String>,
    /// The TOML.
    pub text: String,
}

/// A part of a source.
pub(super) struct Place<'a> {
    pub source: &'a Source,
    /// Bytes.
    pub span: Range<usize>,
    /// How many of the keys lead there.
    pub depth: usize,
    /// Whether it is a value, which takes the place of all that an earlier source has there, or a table, which does not.
    pub is_value: bool,
}

impl<'a> Place<'a> {
    /// The deepest of `keys` that the source has; nothing where it has none of them.
    pub fn of(source: &'a Source, keys: &[String]) -> Option<Self> {
        let document = DeTable::parse(&source.text).ok()?;
        let mut span = None;
        let mut depth = 0;
        let mut entry = Entry::Table(document.get_ref());
        for key in keys {
            let Some((found, inner)) = entry.get(key) else { break };
            (span, entry, depth) = (Some(found), inner, depth + 1);
        }
        let is_value = !matches!(entry, Entry::Table(_) | Entry::Value(DeValue::Table(_)));
        span.map(|span| Self { source, span, depth, is_value })
    }

    /// The place among sources laid over one another: the deepest, from the last source to the first that replaces what is below it.
    pub fn among(sources: &'a [Source], keys: &[String]) -> Option<Self> {
        let mut best: Option<Self> = None;
        for place in sources.iter().rev().filter_map(|source| Self::of(source, keys)) {
            let is_value = place.is_value;
            if best.as_ref().is_none_or(|best| place.depth > best.depth) {
                best = Some(place);
            }
            if is_value {
                break;
            }
        }
        best
    }

    /// An error of input at this place: its name and line before the message, the line itself and carets below.
    pub fn error(&self, message: &str) -> Error {
        let Source { name, text } = self.source;
        let start = self.span.start.min(text.len());
        let before = text.get(..start).unwrap_or_default();
        let (line, column) = (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default());
        let place = match name {
            Some(setting) if setting.starts_with("--set ") => {
                return Error::input(format!("{}: {message}", shortened(setting)));
            }
            Some(name) => format!("{name}:{line}"),
            None => format!("line {line}"),
        };
        let shown: String = text.lines().nth(line - 1).unwrap_or_default().chars().take(LONGEST_LINE).collect();
        let marked = text.get(self.span.clone()).and_then(|marked| marked.lines().next()).unwrap_or_default();
        let column = column.chars().count().min(LONGEST_LINE);
        let carets = "^".repeat(marked.chars().count().clamp(1, (LONGEST_LINE - column).max(1)));
        let (number, indent) = (line.to_string(), " ".repeat(column));
        let margin = " ".repeat(number.len());
        Error::input(format!("{place}: {message}\n{margin} |\n{number} | {shown}\n{margin} | {indent}{carets}"))
    }
}

/// Most characters of a setting that an error repeats.
const SHOWN: usize = 80;

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into(),
    }
}

/// What a key stands for.
enum Entry<'d, 'i> {
    Table(&'d DeTable<'i>),
    Value(&'d DeValue<'i>),
}

impl<'d, 'i> Entry<'d, 'i> {
    /// The entry under `key` and where it stands: a key with its value, the heading of a table, or an element of a list by its index
    /// or its `name`.
    fn get(&self, key: &str) -> Option<(Range<usize>, Self)> {
        let table = match self {
            Self::Table(table) => table,
            Self::Value(DeValue::Table(table)) => table,
            Self::Value(DeValue::Array(list)) => {
                let is_meant = |(index, value): &(usize, &Spanned<DeValue<'i>>)| {
                    index.to_string() == key
                        || value.get_ref().get("name").and_then(|name| name.as_ref().as_str()) == Some(key)
                };
                let (_, value) = list.iter().enumerate().find(is_meant)?;
                return Some((value.span(), Self::Value(value.get_ref())));
            }
            Self::Value(_) => return None,
        };
        let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
        let end = if value.span().start > name.span().end { value.span().end } else { name.span().end };
        Some((name.span().start..end, Self::Value(value.get_ref())))
    }
}

/// The keys that a message begins with: `attention.p: expected …`, `layer 'GELU': interval: …`.
pub(super) fn keys_of(message: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for piece in message.split(": ") {
        let path = piece.split(|c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c))).next().unwrap_or_default();
        keys.extend(path.split('.').map(String::from));
        let rest = piece.get(path.len()..).unwrap_or_default();
        let named = rest.strip_prefix(" '").and_then(|rest| rest.strip_suffix('\''));
        keys.extend(named.map(String::from));
        if !rest.is_empty() && named.is_none() {
            break;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1\n[attention]\np = 3\nepsilon = { form = \"row\" }\n[[layer]]\nname = \"x\"\nto = 7\n";

    fn lines(message: &str) -> Option<String> {
        let source = Source { name: Some("f.toml".into()), text: TEXT.into() };
        Some(Place::of(&source, &keys_of(message))?.error(message).to_string())
    }

    #[test]
    fn a_setting_takes_the_place_of_a_list() {
        let source = |name: &str, text: &str| Source { name: Some(name.into()), text: text.into() };
        let sources = [
            source("f.toml", "[attention]\np = [2, 3]\nlength = 0\n"),
            source("--set attention.p=[3]", "attention.p = [3]"),
        ];
        let place =
            |keys: [&str; 3]| Place::among(&sources, &keys.map(String::from)).unwrap().error("wrong").to_string();
        assert!(place(["attention", "p", "1"]).starts_with("--set attention.p=[3]: "));
        assert!(place(["attention", "length", "0"]).starts_with("f.toml:3: "));
    }

    #[test]
    fn a_message_is_shown_with_the_line_of_its_key() {
        for (message, place, shown) in [
            ("attention.p: expected an even number", "f.toml:3: ", "\n3 | p = 3\n  | ^^^^^"),
            ("attention: p: expected an even number", "f.toml:3: ", "\n3 | p = 3\n  | ^^^^^"),
            ("attention.epsilon.form: unknown", "f.toml:4: ", "\n  |             ^^^^^^^^^^^^"),
            ("attention.length is missing", "f.toml:2: ", "\n2 | [attention]\n  |  ^^^^^^^^^"),
            ("layer 'x': to: expected 8", "f.toml:7: ", "\n7 | to = 7\n  | ^^^^^^"),
            ("layer.0.to: expected 8", "f.toml:7: ", "\n7 | to = 7"),
        ] {
            let text = lines(message).unwrap();
            assert!(text.starts_with(&format!("{place}{message}\n")), "{text}");
            assert!(text.contains(shown), "{text}");
        }
        assert_eq!(lines("nothing: of the kind"), None);
    }
}
