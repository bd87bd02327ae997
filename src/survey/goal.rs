//! The inverse question: given a budget of levels and a target, which κ, and so which ε and which range of row means, must training
//! reach?

use super::document::PlanRow;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape};
use crate::circuit::depth_of_power;
use crate::error::{Error, Result};
use crate::plan::{EpsilonChoice, EpsilonForms, OneOrMany, Spec, SpecSource, chebyshev_error, plan};
use crate::real::{Exact, PRECISION, decimal_above, decimal_below, log2, rational_to_float};
use rug::ops::Pow;
use rug::{Float, Rational};

/// Digits of an ε or a smallest mean, rounded up: that only shrinks κ.
const DIGITS: u32 = 9;
/// The answer's κ is within this factor of one that does not meet the target.
const TOLERANCE: f64 = 1.005;
/// Below the κ that the closed form allows: room for the rounding of the constants and for a noise that is small.
const STEP_BACK: f64 = 1.002;
/// The smallest and the largest κ that are looked at.
const KAPPAS: [f64; 2] = [2.0, 1.329_227_995_784_916e36];

/// What is still free.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Free {
    /// ε, beside whatever smallest mean the specification promises.
    Epsilon,
    /// The smallest mean, beside this ε.
    SmallestMean(Option<Epsilon>),
}

/// The largest κ that a budget serves, and the map that has it.
pub(super) struct Reach {
    pub epsilon: EpsilonForms,
    pub smallest_mean: Exact,
    /// log2 of the κ that the closed form alone would allow.
    pub log2_kappa_without_noise: f64,
    pub binds: &'static str,
    pub plan: PlanRow,
}

/// One power within a budget.
pub(super) struct Budget<'a> {
    pub spec: &'a Spec,
    /// R.
    pub bound: &'a Rational,
    pub power: u32,
    /// Rescalings from scores to weights.
    pub levels: u32,
}

impl Budget<'_> {
    /// Doublings that are left for the reciprocal.
    ///
    /// # Errors
    /// [`Error::NoSolution`] for fewer than one.
    pub(super) fn doublings(&self) -> Result<u32> {
        let taken = depth_of_power(self.power);
        match self.levels.checked_sub(taken) {
            Some(left) if left > 0 => Ok(left),
            _ => Err(Error::NoSolution(format!(
                "p = {} takes {taken} levels and the reciprocal at least one: give --levels {} or more",
                self.power,
                taken + 1
            ))),
        }
    }

    /// The largest κ that plans within the budget serve, to [`TOLERANCE`].
    ///
    /// The closed form says what the approximation allows: E·w ≤ max_error with E = 1/T_{2^k}((κ + 1)/(κ − 1)) and w the largest
    /// weight. Whether noise and log QP allow it too, `plan` says; where they do not, κ is bisected with `plan` as the judge.
    ///
    /// # Errors
    /// [`Error::NoSolution`] where no κ is served, with the reason for the smallest.
    pub(super) fn reach(&self, free: &Free) -> Result<Reach> {
        let allowed = self.allowed(free)?;
        let log2_kappa_without_noise = allowed.log2();
        let reached = |(spec, plan): (Spec, PlanRow), binds| Reach {
            epsilon: plan.epsilon.clone(),
            smallest_mean: spec.attention.smallest_mean,
            log2_kappa_without_noise,
            binds,
            plan,
        };
        if let Free::SmallestMean(Some(epsilon)) = free {
            let unit = epsilon.unit(&self.shape()?);
            let alone = self.spec_with(Some(epsilon.clone()), Rational::new());
            let kappa = Rational::from(&unit + 1u32) / unit;
            if log2(&kappa) < log2_kappa_without_noise
                && let Ok(found) = self.judge(alone)?
            {
                return Ok(reached(found, "nothing: this ε alone is enough"));
            }
        }
        if let Ok(found) = self.judge(self.spec_at(free, allowed / STEP_BACK)?)? {
            return Ok(reached(found, "the approximation: one level more, or a larger error, allows a larger κ"));
        }
        let mut best = self.judge(self.spec_at(free, KAPPAS[0])?)?.map_err(Error::NoSolution)?;
        let (mut low, mut high) = (KAPPAS[0], allowed);
        while high / low > TOLERANCE {
            let middle = (low * high).sqrt();
            match self.judge(self.spec_at(free, middle)?)? {
                Ok(found) => (low, best) = (middle, found),
                Err(_) => high = middle,
            }
        }
        Ok(reached(best, "the noise: a larger scale, and with it a larger log QP, allows a larger κ"))
    }

    /// The plan of a specification if it stays within the budget, else why there is none.
    fn judge(&self, spec: Spec) -> Result<std::result::Result<(Spec, PlanRow), String>> {
        let source = SpecSource::with_bound(spec, self.bound.clone())?;
        match plan(&source) {
            Ok(document) if document.chosen.depth <= self.levels => {
                Ok(Ok((source.spec, PlanRow::from(&document.chosen))))
            }
            Ok(document) => Ok(Err(format!("the least depth is {}", document.chosen.depth))),
            Err(Error::NoSolution(why)) => Ok(Err(why)),
            Err(other) => Err(other),
        }
    }

    /// The largest κ at which the approximation alone meets the targets.
    fn allowed(&self, free: &Free) -> Result<f64> {
        let doublings = self.doublings()?;
        let promise = log2(&self.promise());
        let [mut low, mut high] = KAPPAS;
        if *free == Free::Epsilon && promise.is_finite() {
            // From κ = 1/m_min on the promise alone is enough, and no ε is the smallest.
            high = high.min((-promise).exp2() / STEP_BACK);
        }
        if self.meets(&self.spec_at(free, high)?, doublings)? {
            return Ok(high);
        }
        if !self.meets(&self.spec_at(free, low)?, doublings)? {
            return Err(Error::NoSolution(format!(
                "{doublings} doublings do not reach the target even at κ = 2: raise --levels or the errors"
            )));
        }
        while high / low > 1.0 + 1e-6 {
            let middle = (low * high).sqrt();
            if self.meets(&self.spec_at(free, middle)?, doublings)? { low = middle } else { high = middle }
        }
        Ok(low)
    }

    /// Whether so many doublings meet the targets by approximation.
    fn meets(&self, spec: &Spec, doublings: u32) -> Result<bool> {
        let epsilon = spec.epsilons().into_iter().next().flatten();
        let lengths = spec.attention.length.as_slice();
        let domain =
            |&length: &u32| spec.domain(&RowShape::new(length, self.bound.clone(), self.power)?, epsilon.as_ref());
        let domains = lengths.iter().map(domain).collect::<Result<Vec<_>>>()?;
        let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
        let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
        let weight = domains.iter().map(RowDomain::largest_weight).max().unwrap_or_default();
        let error = chebyshev_error(&a, &b, &(Float::with_val(PRECISION, 1) << doublings));
        let relative = spec.target.relative_error.as_ref().is_none_or(|most| error <= most.0);
        Ok(relative && error * rational_to_float(&weight) < spec.target.max_error.0)
    }

    /// The specification of one map with this κ = (1 + ε)/(m_min + ε), rounded so that κ is not above it.
    fn spec_at(&self, free: &Free, kappa: f64) -> Result<Spec> {
        let kappa = Rational::from_f64(kappa).ok_or_else(|| Error::internal("κ is not a number"))?;
        let above = |x: &Rational| decimal_above(x, DIGITS);
        match free {
            Free::Epsilon => {
                let promise = self.promise();
                let unit = (Rational::from(1) - Rational::from(&kappa * &promise)) / Rational::from(&kappa - 1u32);
                let epsilon = Epsilon { form: EpsilonForm::Unit, value: Exact(above(&unit)) };
                Ok(self.spec_with(Some(epsilon), self.spec.attention.smallest_mean.0.clone()))
            }
            Free::SmallestMean(epsilon) => {
                let unit = epsilon.as_ref().map(|e| Ok::<_, Error>(e.unit(&self.shape()?))).transpose()?;
                let unit = unit.unwrap_or_default();
                let smallest = Rational::from(&unit + 1u32) / kappa - unit;
                let smallest = if smallest > 0 { above(&smallest) } else { Rational::new() };
                Ok(self.spec_with(epsilon.clone(), smallest))
            }
        }
    }

    fn spec_with(&self, epsilon: Option<Epsilon>, smallest_mean: Rational) -> Spec {
        let mut spec = self.spec.clone();
        let attention = &mut spec.attention;
        attention.p = OneOrMany::One(self.power);
        attention.epsilon = epsilon.map(|e| EpsilonChoice { form: e.form, value: OneOrMany::One(e.value) });
        attention.smallest_mean = Exact(smallest_mean);
        attention.score_bound = Some(Exact(self.bound.clone()));
        (attention.scores, attention.layer, attention.head) = (None, None, None);
        // It is about rows of scores, which training is still to make.
        spec.target.max_mass_lost = None;
        spec
    }

    /// The smallest mean that the specification promises.
    fn promise(&self) -> Rational {
        let attention = &self.spec.attention;
        attention.smallest_mean_square.0.clone().pow(self.power / 2).max(attention.smallest_mean.0.clone())
    }

    /// The shape at the longest length.
    pub(super) fn shape(&self) -> Result<RowShape> {
        let longest = self.spec.attention.length.as_slice().iter().copied().max().unwrap_or(1);
        RowShape::new(longest, self.bound.clone(), self.power)
    }
}

/// The largest R at which an ε that is not in unit form has at least the unit form `needed` on its own: (ε_mean/needed)^(1/p),
/// rounded down.
pub(super) fn largest_bound(epsilon: &Epsilon, shape: &RowShape, needed: &Rational) -> Option<Exact> {
    if epsilon.form == EpsilonForm::Unit {
        return None;
    }
    let power = rational_to_float(&(epsilon.mean(shape) / needed));
    let root = (power.ln() / shape.power).exp();
    Some(Exact(decimal_below(&root.to_rational()?, DIGITS)))
}
