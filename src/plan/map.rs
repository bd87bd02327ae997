//! One map from scores to weights, its domain, and the composites that serve it.

use super::candidate::{Job, longest};
use super::document::MassLost;
use super::judge::Fall;
use super::lower_bound::{absolute_lower_bound, relative_lower_bound};
use super::spec::SpecSource;
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

/// A power and an ε.
pub(super) struct Map<'a> {
    pub source: &'a SpecSource,
    pub power: u32,
    pub epsilon: Option<Epsilon>,
    /// The row domain of each length.
    pub domains: Vec<RowDomain>,
    /// [a, b] over all lengths.
    pub domain: [Rational; 2],
    /// Row means of the scores, ascending.
    means: Option<Vec<f64>>,
}

/// A composite with its certificate and what its circuit costs.
pub(super) struct Fitted {
    pub table: Table,
    pub certificate: Certificate,
    /// The largest error of any weight by approximation.
    pub approximation: Exact,
    pub job: Job,
    pub cost: Cost,
}

impl<'a> Map<'a> {
    pub(super) fn new(source: &'a SpecSource, power: u32, epsilon: Option<Epsilon>) -> Result<Self> {
        let spec = &source.spec;
        let lengths = spec.attention.length.as_slice();
        let domain =
            |&length: &u32| spec.domain(&RowShape::new(length, source.bound.clone(), power)?, epsilon.as_ref());
        let domains = lengths.iter().map(domain).collect::<Result<Vec<_>>>()?;
        let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
        let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
        let means = source.rows.as_ref().map(|rows| rows.means(source.bound.to_f64(), power));
        if let Some(rows) = &source.rows {
            for domain in &domains {
                rows.check_means(domain, &source.bound, power).map_err(|e| e.at("attention.scores"))?;
            }
        }
        Ok(Self { source, power, epsilon, domains, domain: [a, b], means })
    }

    /// The largest weight of any row: what turns a relative error of the reciprocal into an absolute one.
    fn largest_weight(&self) -> Rational {
        self.domains.iter().map(RowDomain::largest_weight).max().unwrap_or_default()
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
        let Some(least) = self.least_doublings()? else {
            return Ok(Err(Fall::Depth { doublings: MOST_DOUBLINGS }));
        };
        let all = (least..=(least + SPARE_DOUBLINGS).min(MOST_DOUBLINGS)).map(|doublings| {
            let certified = self.certified_composite(doublings)?;
            self.fitted(certified.table, certified.certificate)
        });
        all.collect::<Result<_>>().map(Ok)
    }

    /// What a certified composite makes of this map.
    pub(super) fn fitted(&self, table: Table, certificate: Certificate) -> Result<Fitted> {
        let approximation = proved_upper(&certificate)? * self.largest_weight();
        let spec = &self.source.spec;
        let job = Job::new(self.power, self.source.bound.clone(), self.epsilon.clone(), &table, &spec.ckks)?;
        let length = longest(spec);
        let cost = Cost::of(&job.circuit(length)?.circuit(), length);
        Ok(Fitted { table, certificate, approximation: Exact(ceil_decimal(&approximation, 30)), job, cost })
    }

    /// The least number of doublings whose certified error is under the targets.
    fn least_doublings(&self) -> Result<Option<u32>> {
        let target = &self.source.spec.target;
        let [a, b] = &self.domain;
        let meets = |error: &Rational| {
            target.relative_error.as_ref().is_none_or(|most| *error <= most.0)
                && error * self.largest_weight() < target.max_error.0
        };
        for (doublings, estimated) in Composite::errors(a, b)?.iter().enumerate().skip(1) {
            // The estimate spares a certificate for each depth that is far from enough.
            if meets(&float_to_exact(estimated)) {
                let doublings = doublings as u32;
                if meets(proved_upper(&self.certified_composite(doublings)?.certificate)?) {
                    return Ok(Some(doublings));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn certified_composite(&self, doublings: u32) -> Result<Certified> {
        let [a, b] = &self.domain;
        certify(&fit(&FitRequest::composite_reciprocal(a.clone(), b.clone(), doublings))?)
    }

    /// The least depth of any polynomial in D that meets the target, and the metric that it holds in.
    pub(super) fn lower_bound(&self) -> (u32, &'static str) {
        let target = &self.source.spec.target;
        let [a, b] = &self.domain;
        match &target.relative_error {
            Some(relative) => (relative_lower_bound(a, b, &relative.0), "relative"),
            None => {
                let each = self.domains.iter().map(|d| absolute_lower_bound(d, &target.max_error.0));
                (each.max().unwrap_or(0), "absolute")
            }
        }
    }
}

fn proved_upper(certificate: &Certificate) -> Result<&Rational> {
    match (&certificate.verdict, &certificate.certified_upper) {
        (Verdict::Proved, Some(bound)) => Ok(&bound.0),
        _ => Err(Error::NotCertified(certificate.claim.words.clone())),
    }
}
