//! Text from documents, made inert: a file name may hold anything.

/// Text for HTML and SVG, between tags and in quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text for a paragraph or a table cell of Markdown.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' => escaped.push(' '),
            '|' | '`' | '*' | '[' | ']' | '\\' | '#' => escaped.extend(['\\', c]),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Without control characters and without the marks that turn the direction of writing, which can make text lie.
pub(super) fn printable(text: &str) -> impl Iterator<Item = char> {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(move |c| if (c.is_control() && c != '\n') || turns(c) { '\u{fffd}' } else { c })
}
