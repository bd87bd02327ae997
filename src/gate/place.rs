//! The line on which a field of a JSON document stands.

/// The line, from 1, of the field with this path in a JSON text, such as `chosen.tables[0].degree`; of the last part of the path
/// that is there. The text has been parsed as JSON before.
pub(super) fn line_of(text: &str, path: &str) -> Option<u64> {
    let wanted: Vec<Part> = parts(path);
    let mut scanner = Scanner { text: text.as_bytes(), at: 0, wanted: &wanted, found: None };
    scanner.value(Some(0));
    let before = text.as_bytes().get(..scanner.found?)?;
    Some(before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1)
}

#[derive(Debug, PartialEq)]
enum Part {
    Name(String),
    Index(usize),
}

fn parts(path: &str) -> Vec<Part> {
    let words = path.split(['.', '[']).filter(|word| !word.is_empty());
    let part = |word: &str| match word.strip_suffix(']') {
        Some(index) => index.parse().map_or_else(|_| Part::Name(index.into()), Part::Index),
        None => Part::Name(word.into()),
    };
    words.map(part).collect()
}

/// Walks over one value after another; `matched` is how many parts of the path lead to the value, where it is on the path at all.
struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    wanted: &'a [Part],
    found: Option<usize>,
}

impl Scanner<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn value(&mut self, matched: Option<usize>) {
        match self.peek() {
            Some(b'{') => self.items(matched, b'}'),
            Some(b'[') => self.items(matched, b']'),
            Some(b'"') => {
                self.string();
            }
            _ => {
                let ends = |byte: &u8| b",]} \t\r\n".contains(byte);
                while self.text.get(self.at).is_some_and(|byte| !ends(byte)) {
                    self.at += 1;
                }
            }
        }
    }

    fn items(&mut self, matched: Option<usize>, close: u8) {
        self.at += 1;
        let mut index = 0;
        while let Some(byte) = self.peek() {
            if byte == close {
                self.at += 1;
                return;
            }
            if byte == b',' {
                self.at += 1;
                continue;
            }
            let start = self.at;
            let part = if close == b'}' { Part::Name(self.key()) } else { Part::Index(index) };
            let inside = matched.filter(|depth| self.wanted.get(*depth) == Some(&part)).map(|depth| depth + 1);
            if inside.is_some() {
                self.found = Some(start);
            }
            let before = self.at;
            self.value(inside);
            if self.at == before {
                return; // no JSON: the text ends here for us
            }
            index += 1;
        }
    }

    fn key(&mut self) -> String {
        let key = if self.peek() == Some(b'"') { self.string() } else { String::new() };
        if self.peek() == Some(b':') {
            self.at += 1;
        }
        key
    }

    /// The text between two quotes as it is written; the names of fields have no escapes.
    fn string(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let inside = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        String::from_utf8_lossy(inside).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_are_those_of_the_fields() {
        let value = json!({"a": {"b": [1, {"c": "x\"y\n"}, [[]]], "d": null}, "e": {}, "b": -1.5e3});
        let text = serde_json::to_string_pretty(&value).unwrap();
        let line = |needle: &str| text.lines().position(|line| line.contains(needle)).unwrap() as u64 + 1;
        assert_eq!(line_of(&text, "a.b[1].c"), Some(line("\"c\"")));
        assert_eq!(line_of(&text, "a.d"), Some(line("\"d\"")));
        assert_eq!(line_of(&text, "e"), Some(line("\"e\"")));
        assert_eq!(line_of(&text, "b"), Some(line("-1500")));
        // As far as it leads.
        assert_eq!(line_of(&text, "a.d.nothing"), Some(line("\"d\"")));
        assert_eq!(line_of(&text, "nothing.d"), None);
        assert_eq!(line_of("", "a"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_stops_it(text in "[\\[\\]{}\",:a1 \\\\\n]{0,60}") {
            let _ = line_of(&text, "a.a[0]");
        }
    }
}
