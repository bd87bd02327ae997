//! The reciprocals that are tried for a map, by each method: certified tables, and the doublings after them.

use super::candidate::{Division, doublings_after, longest};
use super::lower_bound::chebyshev_error;
use super::map::{Fitted, Map, proved_upper};
use super::method::Method;
use super::staged::{doublings, next_domain};
use crate::certify::{Certificate, Certified, certify};
use crate::circuit::largest_degrees_of_each_cost;
use crate::error::{Error, Result};
use crate::fit::{Composite, FitRequest, Goal, GoldschmidtStart, Method as Formula, fit};
use crate::poly::table::{LARGEST_STEPS, Table};
use crate::real::{Exact, PRECISION, float_to_exact};
use rug::{Float, Rational};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Doublings tried beyond the least that the approximation needs, to leave room for noise.
const SPARE_DOUBLINGS: u32 = 2;
/// The same of Goldschmidt's iteration and after a start: there one more already squares the error, or nearly.
const SPARE_STEPS: u32 = 1;
/// More doublings than any modulus chain has levels.
pub(super) const MOST_DOUBLINGS: u32 = LARGEST_STEPS as u32;
/// The largest degree of one polynomial: its products grow as the root of the degree, those of the composite, which has a level less, as
/// its logarithm.
pub(super) const LARGEST_POLYNOMIAL: u32 = 31;
/// Degrees tried from the least that the approximation needs: each the largest of its cost.
const DEGREES: usize = 3;
static LARGEST_OF_EACH_COST: LazyLock<Vec<u32>> = LazyLock::new(|| largest_degrees_of_each_cost(LARGEST_POLYNOMIAL));
/// Degrees of a start. A start of degree 1 is the composite's; of degree 2 it is a doubling and a half with a product less.
pub(super) const STARTS: [u32; 3] = [2, 4, 6];

/// Certified reciprocals that were asked for so far. Maps of several p share their domain, and methods their tables.
#[derive(Default)]
pub(super) struct Fits {
    known: Mutex<BTreeMap<FitKey, Arc<Mutex<Option<Certified>>>>>,
}

/// The domain, the formula and the degree.
type FitKey = (Rational, Rational, Formula, u64);

impl Fits {
    fn certified(&self, [a, b]: [Rational; 2], formula: Formula, degree: u64) -> Result<Certified> {
        // A thread that panicked left whole tables behind.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Arc::clone(known.entry((a.clone(), b.clone(), formula, degree)).or_default());
        drop(known);
        // Who comes second waits for the first: neither these formulas nor their proofs hand work to other threads.
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(certified) = place.as_ref() {
            return Ok(certified.clone());
        }
        let certified = certify(&fit(&FitRequest::reciprocal(formula, a, b, Goal::Degree(degree)))?)?;
        *place = Some(certified.clone());
        Ok(certified)
    }
}

/// A certified table, and α of each doubling after it.
pub(super) struct Way {
    pub tables: Vec<Table>,
    pub certificates: Vec<Certificate>,
    pub steps: Vec<Exact>,
}

impl Way {
    fn of(certified: Certified) -> Self {
        Self { tables: vec![certified.table], certificates: vec![certified.certificate], steps: Vec::new() }
    }
}

impl Map<'_> {
    /// What one method makes of this map, from the least depth that the approximation allows upwards.
    pub(super) fn by(&self, method: Method) -> Result<Vec<Fitted>> {
        let ways = match method {
            Method::Staged => self.staged()?,
            Method::Merged | Method::Separate => self.composites(method, SPARE_DOUBLINGS, &Composite::errors)?,
            Method::Goldschmidt => self.goldschmidt(method, GoldschmidtStart::FarEnd)?,
            Method::GoldschmidtMean => self.goldschmidt(method, GoldschmidtStart::Mean)?,
            Method::Polynomial => self.polynomials()?,
            Method::StartGoldschmidt | Method::StartNewton => self.started()?,
        };
        ways.into_iter().map(|way| self.fitted(method, way)).collect()
    }

    /// The reciprocal of `fitted` by a method of the same tables, made anew for this map, with `more` doublings more; one
    /// polynomial gets half as many degrees more for each.
    pub(super) fn remade(&self, method: Method, fitted: &Fitted, more: u32) -> Result<Fitted> {
        let degree = fitted.tables.first().map_or(1, |table| table.degree);
        let way = match (method, fitted.job.divisions.as_slice()) {
            (Method::Polynomial, _) => {
                let degree = degree + u64::from(more) * (degree / 2 + 1);
                Way::of(self.certified(Formula::ClosedForm, degree)?)
            }
            (method, [only]) if method.has_start() => self.start(degree as u32, only.doublings() + more)?,
            (Method::Staged, each) => {
                let mut doublings: Vec<u32> = each.iter().map(Division::doublings).collect();
                doublings.iter_mut().rev().take(1).for_each(|last| *last += more);
                self.chain(&doublings)?
            }
            (method, each) => Way::of(self.doubled(method, each.first().map_or(1, Division::doublings) + more)?),
        };
        self.fitted(method, way)
    }

    fn certified(&self, formula: Formula, degree: u64) -> Result<Certified> {
        self.fits.certified(self.domain.clone(), formula, degree)
    }

    /// A composite of so many doublings.
    fn doubled(&self, method: Method, doublings: u32) -> Result<Certified> {
        let formula = match method {
            Method::Goldschmidt => Formula::Goldschmidt,
            Method::GoldschmidtMean => Formula::GoldschmidtMean,
            _ => Formula::Composite,
        };
        self.certified(formula, (1 << doublings.min(MOST_DOUBLINGS)) - 1)
    }

    /// The composite of so many doublings, whether it meets the targets or not.
    pub(super) fn composed(&self, doublings: u32) -> Result<Fitted> {
        self.fitted(Method::Merged, Way::of(self.doubled(Method::Merged, doublings)?))
    }

    /// From the least number of doublings whose certified error is under the targets.
    fn composites(
        &self,
        method: Method,
        spare: u32,
        errors: &dyn Fn(&Rational, &Rational) -> Result<Vec<Float>>,
    ) -> Result<Vec<Way>> {
        let [a, b] = &self.domain;
        let mut ways: Vec<Way> = Vec::new();
        // The estimate spares a certificate for each depth that is far from enough.
        let near = (0..).zip(errors(a, b)?).skip(1).filter(|(_, error)| self.meets(&float_to_exact(error)));
        for (doublings, _) in near {
            let certified = match self.doubled(method, doublings) {
                // Its error is smaller than tables are written for, and the target even smaller.
                Err(Error::Input(_)) => break,
                certified => certified?,
            };
            if !ways.is_empty() || self.meets(proved_upper(&certified.certificate)?) {
                ways.push(Way::of(certified));
            }
            if ways.len() > spare as usize {
                break;
            }
        }
        Ok(ways)
    }

    fn goldschmidt(&self, method: Method, start: GoldschmidtStart) -> Result<Vec<Way>> {
        self.composites(method, SPARE_STEPS, &|a, b| start.errors(a, b))
    }

    /// One polynomial of the least degree that the approximation allows, or of a larger one at the same cost; and of the next
    /// costs.
    fn polynomials(&self) -> Result<Vec<Way>> {
        let Some(least) = (1..=LARGEST_POLYNOMIAL)
            .find(|&degree| self.meets(&self.best_error(Float::with_val(PRECISION, degree + 1))))
        else {
            return Ok(Vec::new());
        };
        let mut ways = Vec::new();
        for &degree in LARGEST_OF_EACH_COST.iter().filter(|&&degree| degree >= least).take(DEGREES) {
            let certified = self.certified(Formula::ClosedForm, degree.into())?;
            if self.meets(proved_upper(&certified.certificate)?) {
                ways.push(Way::of(certified));
            }
        }
        Ok(ways)
    }

    /// Each start with the fewest doublings that the approximation allows, and a few more.
    fn started(&self) -> Result<Vec<Way>> {
        let mut ways = Vec::new();
        for degree in STARTS {
            // n·2^k is the degree of the residual.
            let error = |k: &u32| self.best_error(Float::with_val(PRECISION, degree + 1) << *k);
            let Some(least) = (1..=MOST_DOUBLINGS).find(|k| self.meets(&error(k))) else { continue };
            for doublings in least..=(least + SPARE_STEPS).min(MOST_DOUBLINGS) {
                let way = self.start(degree, doublings)?;
                if self.starts_well(&way)? {
                    ways.push(way);
                }
            }
        }
        Ok(ways)
    }

    /// Whether a start and its doublings meet the targets. For a small ε its certified error, rounded up, may be 1: then no
    /// doubling is known to make it smaller.
    fn starts_well(&self, way: &Way) -> Result<bool> {
        match way.tables.first().map(|table| Division::new(table, &way.steps)) {
            Some(Ok(division)) => Ok(self.meets(&division.error())),
            Some(Err(Error::NotCertified(_))) | None => Ok(false),
            Some(Err(error)) => Err(error),
        }
    }

    fn start(&self, degree: u32, doublings: u32) -> Result<Way> {
        let certified = self.certified(Formula::ClosedForm, degree.into())?;
        let steps = doublings_after(proved_upper(&certified.certificate)?, doublings);
        Ok(Way { steps, ..Way::of(certified) })
    }

    /// The least error of a polynomial of degree n − 1, before its coefficients are rounded.
    fn best_error(&self, n: Float) -> Rational {
        let [a, b] = &self.domain;
        float_to_exact(&chebyshev_error(a, b, &n))
    }

    fn staged(&self) -> Result<Vec<Way>> {
        let (length, divisions) = (longest(&self.source.spec), Method::Staged.divisions(self.power)?);
        let all = doublings(&self.domain, length, divisions, SPARE_DOUBLINGS, &|error| self.meets(error))?;
        let mut ways = Vec::new();
        for each in all {
            let way = self.chain(&each)?;
            if way.certificates.last().map(proved_upper).transpose()?.is_some_and(|error| self.meets(error)) {
                ways.push(way);
            }
        }
        Ok(ways)
    }

    /// Composites of so many doublings, one for each division, each certified on the domain that those before it leave.
    fn chain(&self, doublings_of: &[u32]) -> Result<Way> {
        let length = longest(&self.source.spec);
        let mut way = Way { tables: Vec::new(), certificates: Vec::new(), steps: Vec::new() };
        let [mut a, mut b] = self.domain.clone();
        for &doublings in doublings_of {
            let certified = certify(&fit(&FitRequest::composite_reciprocal(a.clone(), b.clone(), doublings))?)?;
            if way.tables.len() + 1 < doublings_of.len() {
                [a, b] = next_domain(proved_upper(&certified.certificate)?, length)?;
            }
            way.tables.push(certified.table);
            way.certificates.push(certified.certificate);
        }
        Ok(way)
    }
}
