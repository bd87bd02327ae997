//! One map from scores to weights, its domain, and the composites that serve it.

use super::candidate::{Job, longest};
use super::document::MassLost;
use super::judge::Fall;
use super::lower_bound::{absolute_lower_bound, relative_lower_bound};
use super::method::Method;
use super::source::SpecSource;
use super::staged::{doublings, next_domain};
use crate::attention::{Epsilon, RowDomain, RowShape, quantile};
use crate::certify::{Certificate, Certified, Verdict, certify};
use crate::circuit::Cost;
use crate::error::{Error, Result};
use crate::fit::{Composite, FitRequest, fit};
use crate::poly::table::{LARGEST_STEPS, Table};
use crate::real::{Exact, ceil_decimal, float_to_exact, round_decimal};
use rug::Rational;

/// Doublings tried beyond the least that the approximation needs, to leave room for noise.
const SPARE_DOUBLINGS: u32 = 2;
/// More doublings than any modulus chain has levels.
const MOST_DOUBLINGS: u32 = LARGEST_STEPS as u32;

/// A power, an ε and a way to divide.
pub(super) struct Map<'a> {
    pub source: &'a SpecSource,
    pub power: u32,
    pub epsilon: Option<Epsilon>,
    pub method: Method,
    /// The row domain of each length.
    pub domains: Vec<RowDomain>,
    /// [a, b] of D over all lengths.
    pub denominator: [Rational; 2],
    /// The domain of what the circuit divides by first, for each length.
    pub first_domains: Vec<RowDomain>,
    /// [a, b] of it over all lengths.
    pub domain: [Rational; 2],
    /// Row means of the scores, ascending.
    means: Option<Vec<f64>>,
}

/// The composites of a candidate with their certificates, and what its circuit costs.
pub(super) struct Fitted {
    /// One for each division, first to last.
    pub tables: Vec<Table>,
    pub certificates: Vec<Certificate>,
    /// The largest error of any weight by approximation.
    pub approximation: Exact,
    pub job: Job,
    pub cost: Cost,
}

impl<'a> Map<'a> {
    pub(super) fn new(source: &'a SpecSource, power: u32, epsilon: Option<Epsilon>, method: Method) -> Result<Self> {
        let spec = &source.spec;
        let lengths = spec.attention.length.as_slice();
        let domain =
            |&length: &u32| spec.domain(&RowShape::new(length, source.bound.clone(), power)?, epsilon.as_ref());
        let domains = lengths.iter().map(domain).collect::<Result<Vec<_>>>()?;
        let first_domains = match method {
            Method::Merged => domains.clone(),
            Method::Staged => lengths.iter().map(|&l| spec.square_domain(l)).collect::<Result<_>>()?,
        };
        let means = source.rows.as_ref().map(|rows| rows.means(source.bound.to_f64(), power));
        if let Some(rows) = &source.rows {
            let at = |e: Error| e.at("attention.scores");
            domains.iter().try_for_each(|domain| rows.check_means(domain, &source.bound, power).map_err(at))?;
            if method == Method::Staged {
                let mut each = first_domains.iter();
                each.try_for_each(|domain| rows.check_means(domain, &source.bound, 2).map_err(at))?;
            }
        }
        let (denominator, domain) = (hull(&domains), hull(&first_domains));
        Ok(Self { source, power, epsilon, method, domains, denominator, first_domains, domain, means })
    }

    /// The largest weight of any row: what turns a relative error of the reciprocal into an absolute one.
    fn largest_weight(&self) -> Rational {
        let without = |domain: &RowDomain| RowDomain { epsilon: Rational::new(), ..domain.clone() };
        let largest = |domain: &RowDomain| match self.method {
            Method::Merged => domain.largest_weight(),
            Method::Staged => without(domain).largest_weight(),
        };
        self.domains.iter().map(largest).max().unwrap_or_default()
    }

    /// What a method without ε adds to the error: the weights of x^p/Σ x^p less those with ε, at most y·ε/(m + ε), y ≤ 1.
    pub(super) fn left_out(&self) -> Rational {
        let lost = |domain: &RowDomain| domain.mass_lost(&domain.smallest_mean);
        match self.method {
            Method::Merged => Rational::new(),
            Method::Staged => self.domains.iter().map(lost).max().unwrap_or_default(),
        }
    }

    pub(super) fn mass_lost(&self) -> MassLost {
        let share = |m: f64| {
            let m = Rational::from_f64(m).unwrap_or_default();
            self.domains.iter().map(|d| d.mass_lost(&m)).max().map(|lost| Exact(round_decimal(&lost, 17)))
        };
        let at = |q: f64| self.means.as_ref().and_then(|means| share(quantile(means, q)));
        let one_hot = self.domains.iter().map(RowDomain::mass_lost_one_hot).max().unwrap_or_default();
        MassLost { one_hot: Exact(round_decimal(&one_hot, 17)), median_row: at(0.5), low_row: at(0.01) }
    }

    /// The composites from the least number of doublings that the targets allow upwards, or why there is none.
    pub(super) fn composites(&self) -> Result<std::result::Result<Vec<Fitted>, Fall>> {
        let spec = &self.source.spec;
        if let (Some(most), Some(lost)) = (&spec.target.max_mass_lost, &self.mass_lost().low_row)
            && lost.0 > most.0
        {
            return Ok(Err(Fall::MassLost { lost: lost.0.to_f64() }));
        }
        let fitted: Vec<Fitted> = match self.method {
            Method::Merged => self.merged()?,
            Method::Staged => self.staged()?,
        };
        if fitted.is_empty() { Ok(Err(Fall::Depth { doublings: MOST_DOUBLINGS })) } else { Ok(Ok(fitted)) }
    }

    fn merged(&self) -> Result<Vec<Fitted>> {
        let Some(least) = self.least_doublings()? else { return Ok(Vec::new()) };
        (least..=(least + SPARE_DOUBLINGS).min(MOST_DOUBLINGS)).map(|doublings| self.composed(&[doublings])).collect()
    }

    fn staged(&self) -> Result<Vec<Fitted>> {
        let (length, divisions) = (longest(&self.source.spec), self.method.divisions(self.power)?);
        let all = doublings(&self.domain, length, divisions, SPARE_DOUBLINGS, &|error| self.meets(error))?;
        let mut fitted = Vec::new();
        for each in all {
            let candidate = self.composed(&each)?;
            if self.meets(proved_upper(candidate.last()?)?) {
                fitted.push(candidate);
            }
        }
        Ok(fitted)
    }

    /// Composites of so many doublings, one for each division, each certified on the domain that those before it leave.
    pub(super) fn composed(&self, doublings_of: &[u32]) -> Result<Fitted> {
        let length = longest(&self.source.spec);
        let (mut tables, mut certificates) = (Vec::new(), Vec::new());
        let mut domain = self.domain.clone();
        for &doublings in doublings_of {
            let certified = certified_composite(&domain, doublings)?;
            if tables.len() + 1 < doublings_of.len() {
                domain = next_domain(proved_upper(&certified.certificate)?, length)?;
            }
            tables.push(certified.table);
            certificates.push(certified.certificate);
        }
        self.fitted(tables, certificates)
    }

    /// What certified composites make of this map.
    pub(super) fn fitted(&self, tables: Vec<Table>, certificates: Vec<Certificate>) -> Result<Fitted> {
        let last = certificates.last().ok_or_else(|| Error::internal("a plan without a certificate"))?;
        let approximation = proved_upper(last)? * self.largest_weight();
        let spec = &self.source.spec;
        let (bound, epsilon) = (self.source.bound.clone(), self.epsilon.clone());
        let job = Job::new(self.power, bound, epsilon, self.method, &tables, &spec.ckks)?;
        let length = longest(spec);
        let cost = Cost::of(&job.circuit(length)?, length);
        let approximation = Exact(ceil_decimal(&approximation, 30));
        Ok(Fitted { tables, certificates, approximation, job, cost })
    }

    /// Whether a relative error of the weights is within the targets.
    fn meets(&self, error: &Rational) -> bool {
        let target = &self.source.spec.target;
        target.relative_error.as_ref().is_none_or(|most| *error <= most.0)
            && error * self.largest_weight() < target.max_error.0
    }

    /// The least number of doublings whose certified error is under the targets.
    fn least_doublings(&self) -> Result<Option<u32>> {
        let [a, b] = &self.domain;
        for (doublings, estimated) in Composite::errors(a, b)?.iter().enumerate().skip(1) {
            // The estimate spares a certificate for each depth that is far from enough.
            if self.meets(&float_to_exact(estimated)) {
                let doublings = doublings as u32;
                if self.meets(proved_upper(&certified_composite(&self.domain, doublings)?.certificate)?) {
                    return Ok(Some(doublings));
                }
            }
        }
        Ok(None)
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

impl Fitted {
    /// The certificate of the last division, whose relative error is that of the weights.
    pub(super) fn last(&self) -> Result<&Certificate> {
        self.certificates.last().ok_or_else(|| Error::internal("a plan without a certificate"))
    }
}

fn certified_composite([a, b]: &[Rational; 2], doublings: u32) -> Result<Certified> {
    certify(&fit(&FitRequest::composite_reciprocal(a.clone(), b.clone(), doublings))?)
}

fn hull(domains: &[RowDomain]) -> [Rational; 2] {
    let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
    let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
    [a, b]
}

fn proved_upper(certificate: &Certificate) -> Result<&Rational> {
    match (&certificate.verdict, &certificate.certified_upper) {
        (Verdict::Proved, Some(bound)) => Ok(&bound.0),
        _ => Err(Error::NotCertified(certificate.claim.words.clone())),
    }
}
