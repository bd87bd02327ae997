//! What the error bound of a plan is made of for the most part, and what would lower it: each change is analysed, none is
//! guessed.

use super::document::{Plan, PlanDocument};
use super::judge::Candidate;
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::Sizes;
use super::recheck::{epsilon, sizes};
use super::source::SpecSource;
use super::ways::{Fits, Way};
use crate::attention::Epsilon;
use crate::error::{Error, Result};
use crate::real::{Exact, log2};
use rug::Rational;

/// Bits that are added to the scale, where so many fit.
const MORE_SCALE_BITS: u32 = 5;
/// The largest scale that is planned, as in the search.
const LARGEST_SCALE_BITS: u32 = 57;

/// The source with the largest share of the error bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Dominant {
    /// Its kind, as in the ledger: what stands before the place.
    pub source: String,
    /// Its share of the bound, all places together.
    pub value: Rational,
    /// The bound.
    pub total: Rational,
    /// What would change it, the most effective first; what the specification forbids last.
    pub remedies: Vec<Remedy>,
}

/// A change of the plan and what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Remedy {
    /// The change.
    pub change: String,
    /// The dominant source and the total after it, or why it cannot be made.
    pub outcome: std::result::Result<[Rational; 2], String>,
}

impl Dominant {
    /// Its share of the bound, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total > 0 { Rational::from(&self.value / &self.total).to_f64() } else { 0.0 }
    }
}

impl Remedy {
    /// As a clause: "a scale of 2^45: encryption 2^-21.0 in place of 2^-16.0, total …".
    pub fn in_words(&self, dominant: &Dominant) -> String {
        let bits = |x: &Rational| if *x > 0 { format!("2^{:.2}", log2(x)) } else { "0".into() };
        match &self.outcome {
            Ok([value, total]) => format!(
                "{}: {} {} in place of {}, total {} in place of {}",
                self.change,
                dominant.source,
                bits(value),
                bits(&dominant.value),
                bits(total),
                bits(&dominant.total)
            ),
            Err(why) => format!("{}: not possible, {why}", self.change),
        }
    }
}

/// The largest source of the chosen plan's error bound, and what a larger scale, one more doubling of the reciprocal, a
/// separate numerator and a larger ε would make of it.
///
/// # Errors
/// [`Error::Input`] or [`Error::NotCertified`] for a plan that its specification does not give.
pub fn dominant(document: &PlanDocument) -> Result<Dominant> {
    let (plan, spec) = (&document.chosen, &document.spec);
    let source = SpecSource::with_bound(spec.clone(), plan.score_bound.0.clone())?;
    let fits = Fits::default();
    let map = Map::new(&source, plan.p, epsilon(plan, &source)?, plan.method == Method::Staged, &fits)?;
    let tables = plan.tables.iter().map(|table| table.body.clone()).collect();
    let certificates = plan.certificates.iter().map(|certificate| certificate.body.clone()).collect();
    let fitted = map.fitted(plan.method, Way { tables, certificates, steps: plan.steps.clone() })?;
    let (name, value) = largest(plan);
    let found = Found { plan, map: &map, fitted: &fitted, name: &name };
    let mut remedies = vec![found.larger_scale(&fitted)?, found.one_more_doubling()?];
    remedies.extend(found.separate()?);
    remedies.extend(found.larger_epsilon(&source)?);
    let after = |remedy: &Remedy| remedy.outcome.as_ref().map_or(f64::INFINITY, |[_, total]| log2(total));
    remedies.sort_by(|x, y| after(x).total_cmp(&after(y)));
    Ok(Dominant { value, total: plan.error.total.0.clone(), remedies, source: name })
}

/// The kind of source with the largest sum in the ledger.
fn largest(plan: &Plan) -> (String, Rational) {
    let mut kinds: Vec<(String, Rational)> = Vec::new();
    for entry in &plan.ledger {
        let kind = kind(&entry.source);
        match kinds.iter_mut().find(|(known, _)| known == kind) {
            Some((_, sum)) => *sum += &entry.value.0,
            None => kinds.push((kind.into(), entry.value.0.clone())),
        }
    }
    kinds.into_iter().max_by(|x, y| x.1.cmp(&y.1)).unwrap_or_default()
}

fn ring(sizes: &Sizes) -> String {
    format!("N = 2^{}, log QP = {}", sizes.log_n, sizes.log_qp())
}

/// What stands before the place.
fn kind(source: &str) -> &str {
    source.split([':', '(']).next().unwrap_or_default().trim()
}

/// A plan whose bound was found to be mostly of one kind.
struct Found<'a> {
    plan: &'a Plan,
    map: &'a Map<'a>,
    fitted: &'a Fitted,
    name: &'a str,
}

impl Found<'_> {
    fn larger_scale(&self, fitted: &Fitted) -> Result<Remedy> {
        let scale = self.plan.ckks.scale_bits;
        // As much as the plan's own ring has room for, else all of it in the next that has.
        let more = (1..=MORE_SCALE_BITS).rev().filter(|more| scale + more <= LARGEST_SCALE_BITS);
        let here = more.clone().map(|more| (more, self.plan.ckks.log_n));
        let elsewhere = self.larger_rings().flat_map(|log_n| more.clone().map(move |more| (more, log_n)));
        for (more, log_n) in here.chain(elsewhere) {
            if let Some(sizes) = self.sizes(fitted, scale + more, log_n)? {
                let change = format!("a scale of 2^{} ({})", scale + more, ring(&sizes));
                return self.analysed(change, self.map, fitted, sizes);
            }
        }
        let own_primes = self.map.source.spec.ckks.log_q.is_some();
        let why = if scale >= LARGEST_SCALE_BITS && !own_primes {
            format!("2^{LARGEST_SCALE_BITS} is the largest: q_0 needs four bits more, and primes have at most 61")
        } else {
            self.no_room()
        };
        Ok(Remedy { change: "a larger scale".into(), outcome: Err(why) })
    }

    fn one_more_doubling(&self) -> Result<Remedy> {
        let method = self.plan.method;
        let fitted = self.map.remade(method, self.fitted, 1)?;
        let cost = &fitted.cost;
        let what = if method == Method::Polynomial { "half as many degrees more" } else { "one more doubling" };
        let change = format!("{what} (depth {}, {} products", cost.depth, cost.products);
        self.in_a_ring(change, &fitted)
    }

    /// The numerator of a merged composite apart from it: a level more. It leaves the approximation as it is.
    fn separate(&self) -> Result<Option<Remedy>> {
        if self.plan.method != Method::Merged || self.name == "approximation" {
            return Ok(None);
        }
        let fitted = self.map.remade(Method::Separate, self.fitted, 0)?;
        let cost = &fitted.cost;
        let change = format!("a separate numerator (depth {}, {} products", cost.depth, cost.products);
        self.in_a_ring(change, &fitted).map(Some)
    }

    /// What comes of other tables at the plan's scale, in the smallest ring that holds them.
    fn in_a_ring(&self, change: String, fitted: &Fitted) -> Result<Remedy> {
        for log_n in std::iter::once(self.plan.ckks.log_n).chain(self.larger_rings()) {
            if let Some(sizes) = self.sizes(fitted, self.plan.ckks.scale_bits, log_n)? {
                return self.analysed(format!("{change}, {})", ring(&sizes)), self.map, fitted, sizes);
            }
        }
        Ok(Remedy { change: change + ")", outcome: Err(self.no_room()) })
    }

    /// Twice the ε, which is another map; nothing for the plain variant.
    fn larger_epsilon(&self, source: &SpecSource) -> Result<Option<Remedy>> {
        let Some(epsilon) = self.map.epsilon.as_ref().filter(|_| !self.map.is_staged) else {
            return Ok(None);
        };
        let doubled = Epsilon { value: Exact(Rational::from(&epsilon.value.0 * 2)), ..epsilon.clone() };
        let map = Map::new(source, self.plan.p, Some(doubled), false, self.map.fits)?;
        let fitted = map.remade(self.plan.method, self.fitted, 0)?;
        let lost = map.mass_lost.one_hot.to_f64() * 100.0;
        let change = format!("twice the ε, another map ({lost:.3} % of the mass of a row with one score at R lost)");
        let ckks = &self.plan.ckks;
        let Some(sizes) = self.sizes(&fitted, ckks.scale_bits, ckks.log_n)? else { return Ok(None) };
        self.analysed(change, &map, &fitted, sizes).map(Some)
    }

    /// The rings that the specification allows above the plan's own.
    fn larger_rings(&self) -> impl Iterator<Item = u32> + use<> {
        let ckks = &self.map.source.spec.ckks;
        self.plan.ckks.log_n + 1..=ckks.log_n.unwrap_or(ckks.max_log_n)
    }

    fn no_room(&self) -> String {
        let ckks = &self.map.source.spec.ckks;
        let most = ckks.log_n.unwrap_or(ckks.max_log_n);
        if ckks.log_q.is_some() {
            return "the specification gives the primes".into();
        }
        format!("{} bits of security leave log QP no room for it up to N = 2^{most}", ckks.security_bits)
    }

    /// The sizes that the specification's security gives so many levels at a scale in a ring. Primes that it gives itself stay.
    fn sizes(&self, fitted: &Fitted, scale_bits: u32, log_n: u32) -> Result<Option<Sizes>> {
        let (spec, plan) = (&self.map.source.spec, &self.plan.ckks);
        if spec.ckks.log_q.is_some() {
            let fits = (scale_bits, log_n) == (plan.scale_bits, plan.log_n)
                && spec.ckks.levels(fitted.cost.depth) < plan.log_q.len() as u32;
            return fits.then(|| sizes(self.plan, spec)).transpose();
        }
        let ckks = &spec.ckks;
        // What the plan's primes have above its scale they keep; a further level is the last.
        let extra = plan.log_q.iter().skip(1).map(|bits| bits.saturating_sub(plan.scale_bits));
        let levels = ckks.levels(fitted.cost.depth) as usize;
        let further = levels.saturating_sub(extra.len());
        let extra = std::iter::repeat_n(0, further).chain(extra).take(levels).collect();
        Sizes::of_ring(ckks, log_n, scale_bits, extra)
    }

    fn analysed(&self, change: String, map: &Map, fitted: &Fitted, sizes: Sizes) -> Result<Remedy> {
        let candidate = Candidate { map, fitted, sizes };
        let budget = match candidate.placed().and_then(|placed| candidate.budget(&placed)) {
            Ok(budget) => budget,
            Err(Error::NoSolution(why)) => return Ok(Remedy { change, outcome: Err(why) }),
            Err(other) => return Err(other),
        };
        if let Some(overflow) = budget.overflow {
            return Ok(Remedy { change, outcome: Err(overflow) });
        }
        let exact = |value: f64| Rational::from_f64(value).unwrap_or_default();
        let total = exact(budget.rigorous) + &fitted.approximation.0 + map.left_out();
        let of_kind = budget.ledger.iter().filter(|line| kind(&line.source) == self.name);
        let noise = of_kind.fold(Rational::new(), |sum, line| sum + exact(line.value));
        let value = if self.name == "approximation" { fitted.approximation.0.clone() } else { noise };
        Ok(Remedy { change, outcome: Ok([value, total]) })
    }
}
