//! One map from scores to weights and its domain.

use super::candidate::{Division, Job, longest};
use super::document::MassLost;
use super::judge::Fall;
use super::lower_bound::{absolute_lower_bound, relative_lower_bound};
use super::method::Method;
use super::source::SpecSource;
use super::staged::next_domain;
use super::ways::{Fits, Way};
use crate::attention::{Epsilon, RowDomain, RowShape, quantile};
use crate::certify::{Certificate, Verdict};
use crate::circuit::Cost;
use crate::error::{Error, Result};
use crate::poly::table::Table;
use crate::real::{Exact, ceil_decimal, round_decimal};
use rug::Rational;
use std::sync::OnceLock;

/// A power and an ε, and whether powers are normalised on the way.
pub(super) struct Map<'a> {
    pub source: &'a SpecSource,
    pub power: u32,
    pub epsilon: Option<Epsilon>,
    /// Whether powers are normalised on the way.
    pub is_staged: bool,
    /// The row domain of each length.
    pub domains: Vec<RowDomain>,
    /// [a, b] of D over all lengths.
    pub denominator: [Rational; 2],
    /// The domain of what the circuit divides by first, for each length.
    pub first_domains: Vec<RowDomain>,
    /// [a, b] of it over all lengths.
    pub domain: [Rational; 2],
    /// The mass that ε takes.
    pub mass_lost: MassLost,
    pub fits: &'a Fits,
    /// Worked out when it is asked for: the plans of a map share it.
    lower_bound: OnceLock<(u32, &'static str)>,
}

/// The tables of a candidate with their certificates, and what its circuit costs.
pub(super) struct Fitted {
    /// One for each division, first to last.
    pub tables: Vec<Table>,
    pub certificates: Vec<Certificate>,
    /// α of each doubling after a start.
    pub steps: Vec<Exact>,
    /// The largest relative error of the weights by approximation.
    pub relative: Rational,
    /// The largest error of any weight by approximation.
    pub approximation: Exact,
    pub job: Job,
    pub cost: Cost,
    /// By how many bits the scale should exceed that of the result, at the scores and after each rescaling.
    pub headroom: Vec<u32>,
}

impl<'a> Map<'a> {
    pub(super) fn new(
        source: &'a SpecSource,
        power: u32,
        epsilon: Option<Epsilon>,
        is_staged: bool,
        fits: &'a Fits,
    ) -> Result<Self> {
        let spec = &source.spec;
        let lengths = spec.attention.length.as_slice();
        let domain =
            |&length: &u32| spec.domain(&RowShape::new(length, source.bound.clone(), power)?, epsilon.as_ref());
        let domains = lengths.iter().map(domain).collect::<Result<Vec<_>>>()?;
        let squares = || lengths.iter().map(|&l| spec.square_domain(l)).collect::<Result<_>>();
        let first_domains = if is_staged { squares()? } else { domains.clone() };
        let means = source.rows.as_ref().map(|rows| rows.means(source.bound.to_f64(), power));
        if let Some(rows) = &source.rows {
            let at = |e: Error| e.at("attention.scores");
            domains.iter().try_for_each(|domain| rows.check_means(domain, &source.bound, power).map_err(at))?;
            if is_staged {
                let mut each = first_domains.iter();
                each.try_for_each(|domain| rows.check_means(domain, &source.bound, 2).map_err(at))?;
            }
        }
        let (denominator, domain) = (hull(&domains), hull(&first_domains));
        let mass_lost = mass_lost(&domains, means.as_deref());
        Ok(Self {
            source,
            power,
            epsilon,
            is_staged,
            domains,
            denominator,
            first_domains,
            domain,
            mass_lost,
            fits,
            lower_bound: OnceLock::new(),
        })
    }

    /// The largest weight of any row: what turns a relative error of the reciprocal into an absolute one.
    fn largest_weight(&self) -> Rational {
        let without = |domain: &RowDomain| RowDomain { epsilon: Rational::new(), ..domain.clone() };
        let largest = |domain: &RowDomain| {
            if self.is_staged { without(domain).largest_weight() } else { domain.largest_weight() }
        };
        self.domains.iter().map(largest).max().unwrap_or_default()
    }

    /// What a method without ε adds to the error: the weights of x^p/Σ x^p less those with ε, at most y·ε/(m + ε), y ≤ 1.
    pub(super) fn left_out(&self) -> Rational {
        let lost = |domain: &RowDomain| domain.mass_lost(&domain.smallest_mean);
        if !self.is_staged {
            return Rational::new();
        }
        self.domains.iter().map(lost).max().unwrap_or_default()
    }

    /// Why no method can serve this map, where none can.
    pub(super) fn falls(&self) -> Option<Fall> {
        let most = self.source.spec.target.max_mass_lost.as_ref()?;
        let lost = self.mass_lost.low_row.as_ref().filter(|lost| lost.0 > most.0)?;
        Some(Fall::MassLost { lost: lost.clone(), power: self.power, epsilon: self.epsilon.clone() })
    }

    /// What a certified way to divide makes of this map.
    pub(super) fn fitted(&self, method: Method, way: Way) -> Result<Fitted> {
        let Way { tables, certificates, steps } = way;
        let last = certificates.last().ok_or_else(|| Error::internal("a plan without a certificate"))?;
        let divisions = tables.iter().map(|table| Division::new(table, &steps)).collect::<Result<Vec<_>>>()?;
        let relative = match divisions.last() {
            Some(division) if method.has_start() => division.error(),
            _ => proved_upper(last)?.clone(),
        };
        let approximation = Exact(ceil_decimal(&(&relative * self.largest_weight()), 30));
        let spec = &self.source.spec;
        let (bound, epsilon) = (self.source.bound.clone(), self.epsilon.clone());
        let job = Job::new(self.power, bound, epsilon, method, divisions, &spec.ckks)?;
        let length = longest(spec);
        let cost = Cost::of(&job.circuit(length)?, length);
        let headroom = job.headroom(length)?;
        Ok(Fitted { tables, certificates, steps, relative, approximation, job, cost, headroom })
    }

    /// Whether a relative error of the weights is within the targets.
    pub(super) fn meets(&self, error: &Rational) -> bool {
        let target = &self.source.spec.target;
        target.relative_error.as_ref().is_none_or(|most| *error <= most.0)
            && error * self.largest_weight() < target.max_error.0
    }

    /// The domain of each division of a plan, from the certificates of those before it.
    pub(super) fn division_domains(&self, certificates: &[&Certificate]) -> Result<Vec<[Rational; 2]>> {
        let length = longest(&self.source.spec);
        let mut domains = vec![self.domain.clone()];
        for certificate in certificates.iter().take(certificates.len().saturating_sub(1)) {
            domains.push(next_domain(proved_upper(certificate)?, length)?);
        }
        Ok(domains)
    }

    /// The least depth of any polynomial in D that meets the target, and the metric that it holds in.
    pub(super) fn lower_bound(&self) -> (u32, &'static str) {
        *self.lower_bound.get_or_init(|| self.least_depth())
    }

    fn least_depth(&self) -> (u32, &'static str) {
        let target = &self.source.spec.target;
        let [a, b] = &self.denominator;
        match &target.relative_error {
            Some(relative) => (relative_lower_bound(a, b, &relative.0), "relative"),
            None => {
                let each = self.domains.iter().map(|d| absolute_lower_bound(d, &target.max_error.0));
                (each.max().unwrap_or(0), "absolute")
            }
        }
    }
}

/// From the row with one score at R, and from the rows at two quantiles of their means, ascending.
fn mass_lost(domains: &[RowDomain], means: Option<&[f64]>) -> MassLost {
    let share = |m: f64| {
        let m = Rational::from_f64(m).unwrap_or_default();
        domains.iter().map(|d| d.mass_lost(&m)).max().map(|lost| Exact(round_decimal(&lost, 17)))
    };
    let at = |q: f64| means.and_then(|means| share(quantile(means, q)));
    let one_hot = domains.iter().map(RowDomain::mass_lost_one_hot).max().unwrap_or_default();
    MassLost { one_hot: Exact(round_decimal(&one_hot, 17)), median_row: at(0.5), low_row: at(0.01) }
}

fn hull(domains: &[RowDomain]) -> [Rational; 2] {
    let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
    let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
    [a, b]
}

/// The bound that a certificate proves.
///
/// # Errors
/// [`Error::NotCertified`] for one that proves none.
pub(super) fn proved_upper(certificate: &Certificate) -> Result<&Rational> {
    match (&certificate.verdict, &certificate.certified_upper) {
        (Verdict::Proved, Some(bound)) => Ok(&bound.0),
        _ => Err(Error::NotCertified(certificate.claim.words.clone())),
    }
}
