//! The tables that a layer may be computed by, each with its certificate and its circuit.

use super::spec::{FormChoice, Layer};
use crate::certify::{Certificate, Certified, LARGEST_CERTIFIED_DEGREE, Verdict, certify};
use crate::circuit::{Circuit, Cost, Slotwise};
use crate::error::{Error, Result};
use crate::fit::remez::{Problem, Weight, minimax};
use crate::fit::{Constraints, FitRequest, Goal, Method, fit};
use crate::poly::Basis;
use crate::poly::table::{Form as Numbers, Metric, Table};
use crate::target::Target;
use rug::Rational;

/// Degrees at which it is asked whether one polynomial can do, before one is fitted at length.
const ASKED_DEGREES: [u64; 2] = [255, LARGEST_CERTIFIED_DEGREE];

/// A certified table, and what computing it costs.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub table: Table,
    pub certificate: Certificate,
    pub circuit: Circuit,
    pub cost: Cost,
}

/// A form of approximation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Polynomial,
    Composite,
}

impl Form {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Polynomial => "polynomial",
            Self::Composite => "composite",
        }
    }

    /// The forms that there are of a layer's function, among those asked for.
    pub(super) fn of(layer: &Layer) -> Result<Vec<Self>> {
        let (metric, _) = layer.limit()?;
        let has_composite = match layer.target()? {
            Target::Sign(_) => true,
            Target::InverseSqrt(_) | Target::Reciprocal(_) => metric == Metric::Relative,
            _ => false,
        };
        match (layer.form, has_composite) {
            (FormChoice::Polynomial, _) | (FormChoice::Any, false) => Ok(vec![Self::Polynomial]),
            (FormChoice::Any, true) => Ok(vec![Self::Composite, Self::Polynomial]),
            (FormChoice::Composite, true) => Ok(vec![Self::Composite]),
            (FormChoice::Composite, false) => Err(Error::input(
                "form: there are composites of the sign, and for relative_error of the inverse square root and of the \
                 reciprocal; take \"polynomial\" or leave it out",
            )),
        }
    }

    /// The certified table of this form whose error is a share of the layer's.
    ///
    /// # Errors
    /// [`Error::NoSolution`] or [`Error::NotCertified`] where there is none.
    pub(super) fn candidate(self, layer: &Layer, share: (u32, u32)) -> Result<Candidate> {
        let (metric, limit) = layer.limit()?;
        let goal = Rational::from(share) * &limit.0;
        let target = layer.target()?;
        if self == Self::Polynomial && !matches!(target, Target::Reciprocal(_)) {
            check_reach(layer, &target, &goal)?;
        }
        let request = FitRequest {
            target,
            intervals: layer.interval.clone(),
            goal: Goal::MaxError(goal),
            metric: Some(metric),
            method: if self == Self::Polynomial { Method::Auto } else { Method::Composite },
            basis: Basis::Chebyshev,
            parity: None,
            scale_bits: None,
            constraints: Constraints::default(),
        };
        let Certified { table, certificate } = certify(&fit(&request)?)?;
        if certificate.verdict == Verdict::NotProved {
            return Err(Error::NotCertified(certificate.claim.words));
        }
        Candidate::new(layer, table, certificate)
    }
}

/// Refuses a limit that no polynomial reaches whose degree can be certified.
fn check_reach(layer: &Layer, target: &Target, goal: &Rational) -> Result<()> {
    let problem = problem(layer, target)?;
    for degree in ASKED_DEGREES {
        match minimax(&problem, degree) {
            Ok(best) if best.level > *goal && degree == LARGEST_CERTIFIED_DEGREE => {
                return Err(Error::NoSolution(format!(
                    "the best polynomial of degree {degree}, the largest that is certified, has an error of 2^{:.2}",
                    best.level.to_f64().log2()
                )));
            }
            Ok(best) if best.level > *goal => {}
            // It has such an error, or one too small to be found; or it is left to the fit to say what is wrong.
            Ok(_) | Err(Error::Input(_) | Error::NoSolution(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The best approximation of a layer's function, as the exchange is asked for it.
pub(super) fn problem<'a>(layer: &'a Layer, target: &'a Target) -> Result<Problem<'a>> {
    let weight = match layer.limit()?.0 {
        Metric::Absolute => Weight::Absolute,
        Metric::Relative => Weight::Relative,
    };
    Ok(Problem { function: target.function(), intervals: &layer.interval, weight, parity: None })
}

impl Candidate {
    /// The circuit of a certified table.
    ///
    /// # Errors
    /// [`Error::Input`] for a table that is constant.
    pub(super) fn new(layer: &Layer, table: Table, certificate: Certificate) -> Result<Self> {
        if table.degree == 0 {
            return Err(Error::input(
                "max_error: a constant meets it, which needs no ciphertext; take a smaller error",
            ));
        }
        let circuit = Slotwise::of(&table, &certificate, layer.bound())?.circuit()?;
        let cost = Cost::of(&circuit, 1);
        Ok(Self { table, certificate, circuit, cost })
    }

    /// What the form is called.
    pub(super) fn form(&self) -> Form {
        if matches!(self.table.form, Numbers::Polynomial { .. }) { Form::Polynomial } else { Form::Composite }
    }
}
