//! Whether what was observed lies in the domain for which a bound holds.

use super::finding::{Finding, Level};
use super::given::{self, Content, Given};
use super::ranges::{Observed, Ranges};
use super::rule::Rule;
use crate::error::{Error, Result, did_you_mean};
use crate::layer::PlannedLayer;
use crate::plan::{Job, PlanDocument};
use crate::poly::table::Table;
use crate::real::Exact;
use rug::Rational;
use rug::ops::Pow;
use std::path::Path;

/// Digits of a hash by which a document may be named.
const LEAST_HASH: usize = 12;
/// Why a range matters, in every message.
const OUTSIDE: &str = "outside it nothing bounds the error";

/// The ranges that were given, and the file that they came from.
#[derive(Debug)]
pub(super) struct Observations {
    pub file: String,
    pub text: String,
    pub ranges: Ranges,
}

/// Something whose bound holds on a domain.
struct Subject<'a> {
    /// All that it can be called.
    names: Vec<String>,
    /// What it is, in words.
    what: String,
    /// Where it stands in its file; empty for the whole.
    place: String,
    domain: Domain<'a>,
}

enum Domain<'a> {
    Plan(&'a PlanDocument),
    Table(&'a Table),
}

/// A limit of a domain that an observation is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// The intervals of x, or of the denominator D of a plan.
    Argument,
    /// R of |x| ≤ R.
    ScoreBound,
    /// The least mean (x/R)^p of every row, for this p.
    Mean(u32),
}

/// A comparison: the place of a table, plan or layer in its file, and the limit.
pub(super) type Compared = (String, Limit);

impl Observations {
    /// Holds a file against every observation of it; an empty list where there is none of it, and what was compared.
    ///
    /// # Errors
    /// [`Error::Input`] for a plan that contradicts itself.
    pub(super) fn check(&self, given: &Given) -> Result<(Vec<Finding>, Vec<Compared>)> {
        let (mut findings, mut compared) = (Vec::new(), Vec::new());
        for subject in subjects(given) {
            for (index, observed) in self.ranges.observed.iter().enumerate() {
                let named = observed.subject.as_deref().map(|name| subject.is(name));
                if named == Some(false) {
                    continue;
                }
                let seen = Seen { from: self, index, observed, is_named: named.is_some() };
                let (found, limits) = match subject.domain {
                    Domain::Plan(plan) => seen.against_plan(plan)?,
                    Domain::Table(table) => seen.against_table(table, &subject)?,
                };
                compared.extend(limits.into_iter().map(|limit| (subject.place.clone(), limit)));
                findings.extend(found.into_iter().map(|finding| Finding { file: given.name.clone(), ..finding }));
            }
        }
        Ok((findings, compared))
    }

    /// Entries of nothing that is given, or that say nothing about what they name: a gate that looks at nothing is none.
    pub(super) fn astray(&self, all: &[Given]) -> Vec<Finding> {
        let subjects: Vec<Subject<'_>> = all.iter().flat_map(subjects).collect();
        let astray = |(index, observed): (usize, &Observed)| {
            let Some(name) = observed.subject.as_deref() else {
                return (!subjects.iter().any(|subject| subject.is_told_without_name(observed)))
                    .then(|| self.of_nothing(index));
            };
            let of: Vec<&Subject<'_>> = subjects.iter().filter(|subject| subject.is(name)).collect();
            let message = match of.first() {
                None => {
                    let meant = did_you_mean(name, subjects.iter().flat_map(|s| &s.names).map(String::as_str));
                    format!("no table, plan or layer that is given is called '{name}'{meant}")
                }
                Some(_) if of.iter().any(|subject| subject.is_told_by(observed)) => return None,
                Some(first) => format!("it says nothing about '{name}': expected {}", first.needs()),
            };
            let error = Error::input(format!("field 'observed[{index}].for': {message}"));
            Some(Finding::of_error(Rule::Ranges, &self.file, &error))
        };
        self.ranges.observed.iter().enumerate().filter_map(astray).collect()
    }

    /// The error of an entry without a name that no file is held against.
    fn of_nothing(&self, index: usize) -> Finding {
        let error = Error::input(format!(
            "field 'observed[{index}]': it was held against nothing: without 'for', scores are of every plan and 'argument' is of every \
             table and layer, and none is given"
        ));
        Finding::of_error(Rule::Ranges, &self.file, &error)
    }
}

/// Limits that nothing was compared with, each a finding.
///
/// # Errors
/// [`Error::Input`] for a plan that contradicts itself.
pub(super) fn missing(given: &Given, compared: &[Compared]) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for subject in subjects(given) {
        for limit in subject.limits()? {
            if !compared.iter().any(|(place, known)| *place == subject.place && *known == limit) {
                found.push(subject.lacks(limit, &given.name));
            }
        }
    }
    Ok(found)
}

fn subjects<'a>(given: &'a Given) -> Vec<Subject<'a>> {
    let Ok(content) = &given.content else { return Vec::new() };
    let path = Path::new(&given.name);
    let of_path = [path.file_name(), path.file_stem()].into_iter().flatten();
    let mut names = vec![given.name.clone()];
    names.extend(of_path.map(|name| name.to_string_lossy().into_owned()));
    match content {
        Content::Plan(plan) => {
            names.push(content.sha256());
            vec![Subject { names, what: "plan".into(), place: String::new(), domain: Domain::Plan(&plan.body) }]
        }
        Content::Table(table) => {
            names.push(content.sha256());
            vec![Subject { names, what: "table".into(), place: String::new(), domain: Domain::Table(&table.body) }]
        }
        Content::LayerPlan(plan) => {
            names.push(content.sha256());
            let subject = |(index, layer): (usize, &'a PlannedLayer)| Subject {
                names: std::iter::once(&layer.name).chain(&names).cloned().collect(),
                what: format!("layer '{}'", layer.name),
                place: format!("layers[{index}].table."),
                domain: Domain::Table(&layer.table.body),
            };
            plan.body.layers.iter().enumerate().map(subject).collect()
        }
        _ => Vec::new(),
    }
}

impl Subject<'_> {
    fn is(&self, name: &str) -> bool {
        let (file, is_long) = (given::name(Path::new(name)), name.len() >= LEAST_HASH);
        let is_hash = |own: &String| is_long && own.len() == 64 && own.starts_with(name);
        self.names.iter().any(|own| own == name || *own == file || is_hash(own))
    }

    fn is_told_by(&self, observed: &Observed) -> bool {
        observed.argument.is_some() || observed.is_of_scores() && matches!(self.domain, Domain::Plan(_))
    }

    fn is_told_without_name(&self, observed: &Observed) -> bool {
        match self.domain {
            Domain::Plan(_) => observed.is_of_scores(),
            Domain::Table(_) => observed.argument.is_some(),
        }
    }

    /// All that must be compared before every part of the domain was looked at.
    fn limits(&self) -> Result<Vec<Limit>> {
        let Domain::Plan(plan) = self.domain else { return Ok(vec![Limit::Argument]) };
        let means = promises(plan)?.into_iter().filter(|(_, promise)| *promise > 0);
        Ok(std::iter::once(Limit::ScoreBound).chain(means.map(|(power, _)| Limit::Mean(power))).collect())
    }

    fn lacks(&self, limit: Limit, file: &str) -> Finding {
        let (field, add) = match limit {
            Limit::Argument => (format!("{}intervals", self.place), "'argument'".into()),
            Limit::ScoreBound => ("chosen.score_bound".into(), "'largest_score'".into()),
            Limit::Mean(power) => ("spec.attention".into(), format!("'smallest_mean' for p = {power}")),
        };
        let message = format!(
            "no observed range was held against field '{field}' of the {}: add an entry with {add} to the range file (--ranges)",
            self.what
        );
        Finding::claim(Rule::RangeMissing, file, &field, message)
    }

    fn needs(&self) -> &'static str {
        match self.domain {
            Domain::Plan(_) => "'largest_score', 'smallest_mean', 'smallest_mean_square' or 'argument'",
            Domain::Table(_) => "'argument': [smallest x, largest x]",
        }
    }
}

/// One observation.
struct Seen<'a> {
    from: &'a Observations,
    index: usize,
    observed: &'a Observed,
    is_named: bool,
}

/// What one observation found of one subject, and the limits that it was held against.
type Held = (Vec<Finding>, Vec<Limit>);

impl Seen<'_> {
    /// How a message begins: the range file, the entry and where it comes from.
    fn who(&self, field: &str) -> String {
        format!("{}: observed[{}].{field}{}", self.from.file, self.index, self.observed.origin())
    }

    fn error(field: &str, message: String) -> Finding {
        Finding::claim(Rule::RangeCoverage, "", field, format!("field '{field}': {message}"))
    }

    /// Whether a plan expects it to say something of scores.
    fn is_of_plan(&self) -> bool {
        self.is_named || self.observed.is_of_scores()
    }

    fn against_plan(&self, plan: &PlanDocument) -> Result<Held> {
        let (mut found, mut compared) = (Vec::new(), Vec::new());
        found.extend(self.against_score_bound(plan, &mut compared)?);
        for (power, promise) in promises(plan)? {
            let raw = self.observed.smallest_raw_mean(power)?;
            // What cannot show the promise was not held against it.
            let tells = raw.as_ref().is_some_and(|(raw, is_direct)| {
                *is_direct || *raw >= plan.chosen.score_bound.0.clone().pow(power) * &promise
            });
            compared.extend(tells.then_some(Limit::Mean(power)));
            found.extend(self.against_promise(power, &promise, plan, raw));
        }
        if self.is_named
            && let Some([low, high]) = &self.observed.argument
        {
            compared.push(Limit::Argument);
            let domain = std::slice::from_ref(&plan.chosen.domain);
            found.extend(self.outside("chosen.domain", "plan", &low.value()?, &high.value()?, domain));
        }
        Ok((found, compared))
    }

    fn against_score_bound(&self, plan: &PlanDocument, compared: &mut Vec<Limit>) -> Result<Option<Finding>> {
        let (bound, field) = (&plan.chosen.score_bound, "chosen.score_bound");
        let Some(largest) = &self.observed.largest_score else {
            let nothing = self.is_of_plan().then(|| {
                let who = self.who("largest_score");
                format!(
                    "field '{field}': the plan holds for |x| ≤ {bound} only, and {who} is not there: add largest_score"
                )
            });
            return Ok(nothing.map(|text| Finding::told(Level::Warning, Rule::RangeCoverage, "", text).at(field)));
        };
        compared.push(Limit::ScoreBound);
        let largest = Exact(largest.value()?);
        Ok((largest > *bound).then(|| {
            let who = self.who("largest_score");
            let message = format!(
                "{who} is {largest}, and the plan holds for |x| ≤ {bound} only; {OUTSIDE}. Plan anew with \
                 attention.score_bound = \"{largest}\" or more, or keep scores within {bound}"
            );
            Self::error(field, message)
        }))
    }

    /// The promise on mean (x/R)^p.
    fn against_promise(
        &self,
        p: u32,
        promise: &Rational,
        plan: &PlanDocument,
        raw: Option<(Rational, bool)>,
    ) -> Option<Finding> {
        if *promise == 0 {
            return None;
        }
        let (bound, attention) = (&plan.chosen.score_bound, &plan.spec.attention);
        let of_square = attention.smallest_mean_square.0.clone().pow(p / 2) == *promise;
        let field = if of_square { "spec.attention.smallest_mean_square" } else { "spec.attention.smallest_mean" };
        let promised = Exact(promise.clone());
        let Some((raw, is_direct)) = raw else {
            let nothing = self.is_of_plan().then(|| {
                format!(
                    "field '{field}': the plan promises mean (x/{bound})^{p} ≥ {promised} of every row, and {} says nothing about \
                     row means of this power: add smallest_mean",
                    self.who("smallest_mean")
                )
            });
            return nothing.map(|text| Finding::told(Level::Warning, Rule::RangeCoverage, "", text).at(field));
        };
        let mean = raw / bound.0.clone().pow(p);
        if mean >= *promise {
            return None;
        }
        let shown = short(&mean);
        if !is_direct {
            let text = format!(
                "field '{field}': {} shows no more than mean (x/{bound})^{p} ≥ {shown}, and the plan promises {promised}: add \
                 smallest_mean for p = {p}",
                self.who("smallest_mean_square")
            );
            return Some(Finding::told(Level::Warning, Rule::RangeCoverage, "", text).at(field));
        }
        let key = field.trim_start_matches("spec.");
        Some(Self::error(
            field,
            format!(
                "{} is {shown} as mean (x/{bound})^{p}, and the plan promises at least {promised}; {OUTSIDE}. Plan anew with a smaller \
             {key}, or keep such rows out",
                self.who("smallest_mean")
            ),
        ))
    }

    fn against_table(&self, table: &Table, subject: &Subject<'_>) -> Result<Held> {
        let Some([low, high]) = &self.observed.argument else { return Ok((Vec::new(), Vec::new())) };
        let field = format!("{}intervals", subject.place);
        let found = self.outside(&field, &subject.what, &low.value()?, &high.value()?, &table.intervals);
        Ok((found.into_iter().collect(), vec![Limit::Argument]))
    }

    /// An observed range against the intervals that a bound holds on: its ends must lie inside.
    fn outside(
        &self,
        field: &str,
        what: &str,
        low: &Rational,
        high: &Rational,
        intervals: &[[Exact; 2]],
    ) -> Option<Finding> {
        let holds = |x: &Rational| intervals.iter().any(|[from, to]| from.0 <= *x && *x <= to.0);
        let listed: Vec<String> = intervals.iter().map(|[from, to]| format!("[{from}, {to}]")).collect();
        let listed = listed.join(" and ");
        let who = self.who("argument");
        let observed = format!("[{}, {}]", Exact(low.clone()), Exact(high.clone()));
        if !holds(low) || !holds(high) {
            let remedy =
                if what == "plan" { "Plan anew with other promises" } else { "Fit anew on the range observed" };
            let message = format!(
                "{who} is {observed}, and the {what} holds for x in {listed} only; {OUTSIDE}. {remedy}, or keep arguments inside"
            );
            return Some(Self::error(field, message));
        }
        let gap = !intervals.iter().any(|[from, to]| from.0 <= *low && *high <= to.0);
        gap.then(|| {
            let text = format!(
                "field '{field}': {who} is {observed}, across a gap of {listed}: it cannot say whether x was in the gap"
            );
            Finding::told(Level::Warning, Rule::RangeCoverage, "", text).at(field)
        })
    }
}

/// What a plan promises of row means: the power, and the least mean (x/R)^p over all lengths.
fn promises(plan: &PlanDocument) -> Result<Vec<(u32, Rational)>> {
    let job = Job::of(&plan.chosen, &plan.spec)?;
    let mut found: Vec<(u32, Rational)> = Vec::new();
    for &length in plan.spec.attention.length.as_slice() {
        for (power, domain) in [
            (job.first_power(), job.first_domain(&plan.spec, length)?),
            (job.power, job.row_domain(&plan.spec, length)?),
        ] {
            match found.iter_mut().find(|(known, _)| *known == power) {
                // Each length must keep its own promise; the largest serves them all.
                Some((_, mean)) => *mean = mean.clone().max(domain.smallest_mean),
                None => found.push((power, domain.smallest_mean)),
            }
        }
    }
    Ok(found)
}

/// A mean for a message.
fn short(value: &Rational) -> String {
    format!("{:.6e}", value.to_f64())
}
