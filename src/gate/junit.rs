//! The result as JUnit XML: a suite for each file, a case for each rule.

use super::document::{Check, CheckedFile, RuleCheck};
use super::finding::Finding;
use std::fmt::Write;

/// JUnit XML, as GitLab, Jenkins and others read it. Input that cannot be read is an `error`, what does not hold a `failure`.
pub fn junit(check: &Check) -> String {
    let mut suites: Vec<Suite<'_>> = check.files.iter().map(|file| Suite::of(check, file)).collect();
    // Files that are not there any more, range files and baselines.
    let is_elsewhere =
        |finding: &&Finding| finding.is_error() && !check.files.iter().any(|file| file.file == finding.file);
    for finding in check.findings.iter().filter(is_elsewhere) {
        match suites.iter_mut().find(|suite| suite.file == finding.file) {
            Some(suite) => suite.cases.push(Case::of_finding(finding)),
            None => {
                suites.push(Suite { file: &finding.file, cases: vec![Case::of_finding(finding)], told: Vec::new() })
            }
        }
    }
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"polyattn check\" {}>", counts(all()));
    suites.iter().for_each(|suite| suite.write(&mut text));
    text + "</testsuites>\n"
}

struct Suite<'a> {
    file: &'a str,
    cases: Vec<Case<'a>>,
    /// Warnings and notes.
    told: Vec<&'a Finding>,
}

struct Case<'a> {
    rule: String,
    seconds: f64,
    words: &'a str,
    failed: Option<&'a Finding>,
}

impl<'a> Suite<'a> {
    fn of(check: &'a Check, file: &'a CheckedFile) -> Self {
        let errors = || check.of_file(&file.file).filter(|finding| finding.is_error());
        let mut cases: Vec<Case<'a>> = Vec::new();
        for run in &file.checks {
            let failed: Vec<&Finding> = errors().filter(|finding| finding.rule == run.rule).collect();
            let first = Case::of_run(run, failed.first().copied());
            cases.push(first);
            cases.extend(failed.into_iter().skip(1).map(Case::of_finding));
        }
        let without_run = |finding: &&Finding| !file.checks.iter().any(|run| run.rule == finding.rule);
        cases.extend(errors().filter(without_run).map(Case::of_finding));
        Self {
            file: &file.file,
            cases,
            told: check.of_file(&file.file).filter(|finding| !finding.is_error()).collect(),
        }
    }

    fn write(&self, text: &mut String) {
        let name = escaped(self.file);
        let _ = writeln!(text, "  <testsuite name=\"{name}\" {}>", counts(self.cases.iter()));
        for case in &self.cases {
            case.write(&name, text);
        }
        if !self.told.is_empty() {
            let lines: Vec<String> = self.told.iter().map(|finding| shown(finding)).collect();
            let _ = writeln!(text, "    <system-out>{}</system-out>", escaped(&lines.join("\n")));
        }
        text.push_str("  </testsuite>\n");
    }
}

impl<'a> Case<'a> {
    fn of_run(run: &'a RuleCheck, failed: Option<&'a Finding>) -> Self {
        Self {
            rule: run.rule.to_string(),
            seconds: run.seconds,
            words: run.words.as_deref().unwrap_or_default(),
            failed,
        }
    }

    fn of_finding(finding: &'a Finding) -> Self {
        let field = finding.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
        Self { rule: format!("{}{field}", finding.rule), seconds: 0.0, words: "", failed: Some(finding) }
    }

    fn is_error(&self) -> bool {
        self.failed.is_some_and(|finding| finding.exit_code == 2)
    }

    fn write(&self, file: &str, text: &mut String) {
        let (rule, seconds) = (escaped(&self.rule), self.seconds);
        let head = format!("    <testcase classname=\"{file}\" name=\"{rule}\" file=\"{file}\" time=\"{seconds:.6}\"");
        let _ = match self.failed {
            None if self.words.is_empty() => writeln!(text, "{head}/>"),
            None => writeln!(text, "{head}><system-out>{}</system-out></testcase>", escaped(self.words)),
            Some(finding) => {
                let tag = if self.is_error() { "error" } else { "failure" };
                let (message, help) = (escaped(&finding.message), escaped(finding.rule.words().help));
                let body = escaped(&shown(finding));
                writeln!(
                    text,
                    "{head}><{tag} type=\"{}\" message=\"{message}\">{body}\n{help}</{tag}></testcase>",
                    finding.rule
                )
            }
        };
    }
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case<'a>>) -> String {
    let (mut tests, mut failures, mut errors, mut seconds) = (0, 0, 0, 0.0);
    for case in cases {
        tests += 1;
        errors += u32::from(case.is_error());
        failures += u32::from(case.failed.is_some() && !case.is_error());
        seconds += case.seconds;
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.6}\"")
}

fn shown(finding: &Finding) -> String {
    let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}: {}{line}: {} [{}]", finding.level.name(), finding.file, finding.message, finding.rule)
}

/// Text for XML 1.0, which has no form at all for most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
