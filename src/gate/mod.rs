//! The gate that users put in their CI: files of every kind are read, their claims proved or derived again, held against the security
//! table of today, against what was observed, against their exports and against a baseline. All that does not hold is a
//! [`Finding`]; [`text`], [`junit`] and [`sarif`] write it for people and for CI.

mod claims;
mod coverage;
mod document;
mod drift;
mod exported;
mod facts;
mod finding;
mod given;
mod junit;
mod nested;
mod place;
mod ranges;
mod required;
mod rule;
mod sarif;
mod security;
mod text;
mod unread;

pub use document::{Check, CheckedFile, Requirement, RuleCheck};
pub use finding::{Finding, Level};
pub use junit::junit;
pub use ranges::{Number, Observed, PowerMean, Ranges};
pub use rule::{Rule, Words};
pub use sarif::sarif;
pub use text::text;

use crate::document::{Body, parse_json, read_text};
use crate::error::{Error, Result};
use coverage::Observations;
use document::{FAILED, OK};
use given::{Content, Given};
use rayon::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is asked of the gate.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files of any kinds; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// Accept insecure parameters.
    pub insecure: bool,
    /// What tables and plans must come with.
    pub required: Vec<Requirement>,
    /// Range files, or calibrations.
    pub ranges: Vec<PathBuf>,
    /// The result of an earlier check.
    pub baseline: Option<PathBuf>,
}

/// Checks every file. What cannot be read is a finding like any other.
pub fn check(request: &Request) -> Check {
    let given: Vec<Given> = request.files.par_iter().map(|path| Given::read(path)).collect();
    let mut beside = Vec::new();
    let mut kept = |read: std::result::Result<_, Finding>| read.map_err(|finding| beside.push(finding)).ok();
    let observations: Vec<Observations> = request.ranges.iter().filter_map(|path| kept(observations(path))).collect();
    let context = Context { all: &given, request, observations: &observations };
    let tested: Vec<(CheckedFile, Vec<Finding>)> = given.par_iter().map(|given| context.test(given)).collect();
    let (mut files, findings): (Vec<CheckedFile>, Vec<Vec<Finding>>) = tested.into_iter().unzip();
    let mut findings = findings.concat();
    beside.extend(observations.iter().flat_map(|ranges| ranges.astray(&given)));
    if let Some(path) = &request.baseline {
        let name = given::name(path);
        match baseline(path) {
            Ok(baseline) => beside.extend(drift::check(&baseline, &name, &files)),
            Err(error) => beside.push(Finding::of_error(Rule::Drift, &name, &error)),
        }
    }
    findings.extend(beside);
    let of_files = given.iter().map(|given| (given.name.as_str(), given.text.as_str()));
    let of_ranges = observations.iter().map(|ranges| (ranges.file.as_str(), ranges.text.as_str()));
    let texts: Vec<(&str, &str)> = of_files.chain(of_ranges).collect();
    findings.iter_mut().for_each(|finding| locate(finding, &texts));
    for file in &mut files {
        let fails = findings.iter().any(|finding| finding.is_error() && finding.file == file.file);
        file.verdict = if fails { FAILED } else { OK }.into();
    }
    Check {
        insecure: request.insecure,
        required: request.required.clone(),
        ranges: request.ranges.iter().map(|path| given::name(path)).collect(),
        baseline: request.baseline.as_deref().map(given::name),
        errors: Check::count(&findings, Level::Error),
        warnings: Check::count(&findings, Level::Warning),
        notes: Check::count(&findings, Level::Note),
        files,
        findings,
    }
}

fn observations(path: &Path) -> std::result::Result<Observations, Finding> {
    let file = given::name(path);
    let read = || {
        let text = read_text(path)?;
        let ranges = Ranges::from_value(parse_json(path, &text)?)?;
        Ok((text, ranges))
    };
    match read() {
        Ok((text, ranges)) => Ok(Observations { file, text, ranges }),
        Err(error) => Err(Finding::of_error(Rule::Ranges, &file, &error)),
    }
}

fn baseline(path: &Path) -> Result<Check> {
    let read = Given::read(path);
    let was_read = !read.text.is_empty();
    let anew = |e: Error| Error::input(format!("{e}; where another version wrote it, make the baseline anew"));
    match read.content.map_err(|e| if was_read { anew(e) } else { e })? {
        Content::Check(mut check) => {
            check.body.files.iter_mut().for_each(|file| file.file = given::name(Path::new(&file.file)));
            Ok(check.body)
        }
        other => {
            let (wanted, found) = (Check::KIND, other.kind());
            Err(Error::input(format!("field 'kind': expected \"{wanted}\", found \"{found}\"")))
        }
    }
}

/// Gives a finding the line of its field, in the text of its file.
fn locate(finding: &mut Finding, texts: &[(&str, &str)]) {
    let Some(field) = finding.field.as_deref().filter(|_| finding.line.is_none()) else { return };
    let text = texts.iter().find(|(name, _)| *name == finding.file);
    finding.line = text.and_then(|(_, text)| place::line_of(text, field));
}

/// What every test of a file looks at.
struct Context<'a> {
    all: &'a [Given],
    request: &'a Request,
    observations: &'a [Observations],
}

impl Context<'_> {
    /// Every rule for one file.
    fn test(&self, given: &Given) -> (CheckedFile, Vec<Finding>) {
        let mut tests = Tests { file: &given.name, checks: Vec::new(), findings: Vec::new() };
        let content = match &given.content {
            Ok(content) => content,
            Err(error) => {
                tests.run(Rule::Document, |_| Err(error.clone()));
                return (tests.done(None), tests.findings);
            }
        };
        let is_secure = tests.run(Rule::SecurityTable, |_| {
            if !self.request.insecure {
                claims::refuse_insecure(content)?;
            }
            security::check(content).map(|_| None)
        });
        let mut claimed = facts::of(content);
        // What follows from insecure parameters would only say the same again.
        if is_secure {
            self.test_claims(given, content, &mut tests, &mut claimed);
        }
        required::check(content, self.all, &self.request.required, &mut tests);
        self.test_ranges(given, &mut tests);
        let caveats = claims::caveats(content).into_iter();
        tests.findings.extend(caveats.map(|text| Finding::told(Level::Warning, Rule::Caveat, &given.name, text)));
        let mut file = tests.done(Some(content));
        file.claims = if tests.findings.iter().any(|f| f.is_error() && f.rule.is_of_claims()) {
            facts::Facts::new()
        } else {
            claimed
        };
        (file, tests.findings)
    }

    fn test_claims(&self, given: &Given, content: &Content, tests: &mut Tests<'_>, claimed: &mut facts::Facts) {
        if let Content::Export(export) = content {
            tests.findings(Rule::ExportText, || export.check(&given.name, self.all));
            tests.findings.extend(export.notes(&given.name));
            return;
        }
        tests.run(Rule::of_kind(content.kind()), |_| {
            let held = claims::check(content, self.all)?;
            if let (Some(bound), Some(stated @ Value::Null)) = (held.bound, claimed.get_mut("bound")) {
                *stated = Value::String(bound.to_string());
            }
            Ok(Some(held.words))
        });
    }

    fn test_ranges(&self, given: &Given, tests: &mut Tests<'_>) {
        let mut compared = Vec::new();
        for observations in self.observations {
            tests.run(Rule::RangeCoverage, |found| {
                let (findings, limits) = observations.check(given)?;
                found.extend(findings);
                let count = limits.len();
                compared.extend(limits);
                let plural = if count == 1 { "range" } else { "ranges" };
                Ok((count > 0).then(|| format!("{count} {plural} of {} inside", observations.file)))
            });
        }
        if self.request.required.contains(&Requirement::Range) {
            tests.run(Rule::RangeMissing, |found| {
                found.extend(coverage::missing(given, &compared)?);
                // Where nothing is missing, the ranges that are inside were told above.
                Ok((!found.is_empty()).then(String::new))
            });
        }
    }
}

/// The rules that were looked at for one file.
pub(crate) struct Tests<'a> {
    file: &'a str,
    checks: Vec<RuleCheck>,
    findings: Vec<Finding>,
}

impl Tests<'_> {
    /// Looks at one rule, and says whether it holds. A rule that holds without words had nothing to look at, or said it elsewhere.
    fn run(&mut self, rule: Rule, test: impl FnOnce(&mut Vec<Finding>) -> Result<Option<String>>) -> bool {
        let mut found = Vec::new();
        self.timed(rule, |file| match test(&mut found) {
            Ok(words) if found.iter().any(Finding::is_error) => (words.map(|_| None), found),
            Ok(words) => (words.map(Some), found),
            Err(error) => {
                found.push(Finding::of_error(rule.of_error(&error), file, &error));
                (Some(None), found)
            }
        })
    }

    /// The same for a test that tells its own findings.
    fn findings(&mut self, rule: Rule, test: impl FnOnce() -> std::result::Result<String, Vec<Finding>>) -> bool {
        self.timed(rule, |_| match test() {
            Ok(words) => (Some(Some(words)), Vec::new()),
            Err(findings) => (Some(None), findings),
        })
    }

    fn timed(&mut self, rule: Rule, test: impl FnOnce(&str) -> (Option<Option<String>>, Vec<Finding>)) -> bool {
        let began = Instant::now();
        let (looked_at, found) = test(self.file);
        let seconds = began.elapsed().as_secs_f64();
        let rule = found.iter().find(|finding| finding.is_error()).map_or(rule, |finding| finding.rule);
        self.checks.extend(looked_at.map(|words| RuleCheck { rule, words, seconds }));
        let holds = !found.iter().any(Finding::is_error);
        self.findings.extend(found);
        holds
    }

    fn done(&mut self, content: Option<&Content>) -> CheckedFile {
        CheckedFile {
            file: self.file.into(),
            kind: content.map(|content| content.kind().into()),
            sha256: content.map(Content::sha256),
            verdict: String::new(),
            checks: std::mem::take(&mut self.checks),
            claims: facts::Facts::new(),
        }
    }
}
