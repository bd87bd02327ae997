//! What the languages have in common: comments at the top, numbers in rows, programs line by line as calls.

use super::Source;
use super::description::Description;
use super::number::literal;
use super::program::{Constant, Program, Step};
use crate::document::Provenance;

/// How a language writes a list of calls.
pub(super) struct Syntax {
    pub indent: &'static str,
    /// Before the name of a new value, and after it.
    pub declare: [&'static str; 2],
    /// Before the name of a function, and before the name of a value in its arguments.
    pub call: &'static str,
    pub borrow: &'static str,
    /// Around a list of values, and around one of numbers.
    pub values: [&'static str; 2],
    pub numbers: [&'static str; 2],
    pub end: &'static str,
    pub comment: &'static str,
    /// Whether scores come multiplied by what the program multiplies them by first.
    pub encodes: bool,
}

impl Syntax {
    /// The lines of a program, of `v0`, and the name of its result.
    pub(super) fn lines(&self, program: &Program) -> (String, String) {
        let mut text = String::new();
        for (index, line) in program.lines.iter().enumerate().skip(1) {
            let value = |of: usize| format!("{}v{of}", self.borrow);
            let call = match &line.step {
                Step::Input => continue,
                Step::Encoded(a, _) if self.encodes => format!("v{a}"),
                Step::Encoded(a, c) | Step::Scaled(a, c) => self.call("scaled", &[value(*a), literal(c.written)]),
                Step::Product(a, b) => self.call("product", &[value(*a), value(*b)]),
                Step::Sum(a, b) => self.call("sum", &[value(*a), value(*b)]),
                Step::Plus(a, c) => self.call("plus", &[value(*a), literal(c.written)]),
                Step::Negated(a) => self.call("negated", &[value(*a)]),
                Step::Combination(terms, c) => self.combination(terms, c),
                Step::RowSum(a, _) => self.call("row_sum", &[value(*a)]),
                Step::Refreshed(a) => self.call("refreshed", &[value(*a)]),
            };
            let name = line.name.as_ref().map_or_else(String::new, |name| format!(", {name}"));
            let [before, after] = self.declare;
            text += &format!("{}{before}v{index}{after} = {call}{}", self.indent, self.end).replace(": =", ":=");
            text += &format!(" {} {} deep{name}\n", self.comment, line.depth);
        }
        (text, format!("v{}", program.lines.len().saturating_sub(1)))
    }

    fn call(&self, name: &str, arguments: &[String]) -> String {
        format!("{}{name}({})", self.call, arguments.join(", "))
    }

    fn combination(&self, terms: &[(usize, Constant)], constant: &Constant) -> String {
        let values: Vec<String> = terms.iter().map(|(of, _)| format!("{}v{of}", self.borrow)).collect();
        let numbers: Vec<String> = terms.iter().map(|(_, c)| literal(c.written)).collect();
        let list = |[open, close]: [&str; 2], items: &[String]| format!("{open}{}{close}", items.join(", "));
        let arguments = [list(self.values, &values), list(self.numbers, &numbers), literal(constant.written)];
        self.call("combination", &arguments)
    }
}

/// What the table means, as comment lines: first what the export adds, then what every export says.
pub(super) fn header(source: &Source, comment: &str, own: &[(&str, String)]) -> String {
    let Provenance { polyattn, rug, mpfr, .. } = Provenance::new(&source.sha256, source.seed);
    let named = |(name, text): &(&str, String)| (name.to_string(), text.clone());
    let mut lines: Vec<(String, String)> = own.iter().map(named).collect();
    // A program's literals are rounded by its own rule, which it states.
    lines.extend(Description::of(source).0.iter().filter(|(name, _)| *name != "rounding").map(named));
    lines.push((source.kind.into(), format!("sha256 {}", source.sha256)));
    lines.push(("provenance".into(), format!("polyattn {polyattn}, rug {rug}, MPFR {mpfr}")));
    lines.iter().map(|(name, text)| format!("{comment} {}\n", one_line(&format!("{name}: {text}")))).collect()
}

/// A comment stays one line whatever the text holds.
pub(super) fn one_line(text: &str) -> String {
    // What reorders a line, or ends one for some readers, stands for nothing in a comment.
    let is_layout = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || is_layout(c) { ' ' } else { c }).collect()
}

/// Literals separated by commas, one a line.
pub(super) fn column(values: impl IntoIterator<Item = f64>, indent: &str) -> String {
    values.into_iter().map(|value| format!("{indent}{},\n", literal(value))).collect()
}
