//! Composites of stages: a function of high degree as a few polynomials of low degree, one after another.

use super::form::validate_coefficients;
use super::table::field;
use super::{Basis, Dyadic, Evaluation, Polynomial, paterson_stockmeyer, with_multiple};
use crate::error::Result;
use crate::real::Exact;
use rug::Rational;
use serde::{Deserialize, Serialize};

/// The largest number of stages.
pub const LARGEST_STAGE_COUNT: usize = 40;
/// The largest degree of one stage as a polynomial in √w.
pub const LARGEST_STAGE_DEGREE: u64 = 63;
/// The largest degree of the whole.
pub const LARGEST_WHOLE_DEGREE: u64 = 1 << 40;

/// How the stages make one function.
///
/// With w = s² and q(w) = f(s)/s both are the same iteration, and reach the same error: s is to become 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// s ← f(s) from s = x, every f odd: the sign.
    Compose,
    /// y ← y·q(w) and w ← w·q(w)² from y = 1 and w = x + ε: the value is y, the inverse square root.
    Refine,
}

/// One polynomial of a composite, on an interval of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stage {
    /// The functions that the coefficients multiply.
    pub basis: Basis,
    /// The interval that the Chebyshev basis maps to [−1, 1]: of s for [`Rule::Compose`], of w for [`Rule::Refine`].
    pub interval: [Exact; 2],
    /// c_0 … c_n.
    pub coefficients: Vec<Exact>,
    /// The same numbers as m·2^e.
    pub dyadic: Vec<Dyadic>,
}

impl Stage {
    /// From a polynomial whose numbers are all multiples of 2^-bits.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] when one of them is not.
    pub fn new(polynomial: Polynomial, bits: u32) -> Result<Self> {
        let dyadic = Dyadic::all_at_scale(&polynomial.coefficients, bits)?;
        let coefficients = polynomial.coefficients.into_iter().map(Exact).collect();
        let interval = [polynomial.lo.into(), polynomial.hi.into()];
        Ok(Self { basis: polynomial.basis, interval, coefficients, dyadic })
    }

    /// The polynomial.
    pub fn polynomial(&self) -> Polynomial {
        let [lo, hi] = self.interval.each_ref().map(|end| end.0.clone());
        Polynomial { basis: self.basis, lo, hi, coefficients: self.coefficients.iter().map(|c| c.0.clone()).collect() }
    }

    fn degree(&self) -> u64 {
        self.coefficients.len().saturating_sub(1) as u64
    }
}

impl Rule {
    /// The degree of a stage as a polynomial in √w.
    fn odd_degree(self, stage: &Stage) -> u64 {
        match self {
            Self::Compose => stage.degree(),
            Self::Refine => 2 * stage.degree() + 1,
        }
    }

    /// The degree of the whole as a polynomial in x; saturates.
    pub fn degree(self, stages: &[Stage]) -> u64 {
        let whole = stages.iter().fold(1u64, |degree, stage| degree.saturating_mul(self.odd_degree(stage)));
        match self {
            Self::Compose => whole,
            Self::Refine => whole.saturating_sub(1) / 2,
        }
    }

    /// What one evaluation costs.
    pub fn evaluation(self, stages: &[Stage]) -> Evaluation {
        let degrees = stages.iter().map(|stage| self.odd_degree(stage));
        let costs = degrees.enumerate().map(|(i, d)| self.stage_cost(d, i == 0, i + 1 == stages.len()));
        costs.fold(Evaluation { depth: 0, products: 0 }, |sum, cost| Evaluation {
            depth: sum.depth + cost.depth,
            products: sum.products + cost.products,
        })
    }

    /// What a stage of odd degree d in √w adds to the cost.
    ///
    /// Of q(w), w·q(w) and their product the last stage takes only q; y·q(w) is a product in all but the first, where y = 1.
    pub fn stage_cost(self, d: u64, is_first: bool, is_last: bool) -> Evaluation {
        if self == Self::Compose {
            return paterson_stockmeyer(d);
        }
        let q = d.saturating_sub(1) / 2;
        let join = u64::from(!is_first);
        let cost = if is_last { paterson_stockmeyer(q) } else { with_multiple(q) };
        let depth = cost.depth + if is_last { join as u32 } else { 1 };
        Evaluation { depth, products: cost.products + join + u64::from(!is_last) }
    }

    /// Checks that the stages agree with themselves and with the rule.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] naming the field.
    pub fn validate(self, stages: &[Stage]) -> Result<()> {
        if stages.is_empty() || stages.len() > LARGEST_STAGE_COUNT {
            return Err(field("stages", format!("1 to {LARGEST_STAGE_COUNT} stages"), stages.len()));
        }
        for (i, stage) in stages.iter().enumerate() {
            self.validate_stage(stage).map_err(|e| e.at(format!("field 'stages[{i}]'")))?;
        }
        match self.degree(stages) {
            degree if degree > LARGEST_WHOLE_DEGREE => {
                Err(field("stages", format!("a degree of at most {LARGEST_WHOLE_DEGREE} in all"), degree))
            }
            _ => Ok(()),
        }
    }

    fn validate_stage(self, stage: &Stage) -> Result<()> {
        validate_coefficients(&stage.coefficients, &stage.dyadic)?;
        let degree = self.odd_degree(stage);
        if degree > LARGEST_STAGE_DEGREE {
            return Err(field("coefficients", format!("a degree of at most {LARGEST_STAGE_DEGREE} in √w"), degree));
        }
        let [lo, hi] = &stage.interval;
        if lo >= hi {
            return Err(field("interval", "lo < hi", format!("[{lo}, {hi}]")));
        }
        if self == Self::Refine {
            return Ok(());
        }
        if lo.0 != Rational::from(-&hi.0) {
            return Err(field("interval", "−h and h", format!("[{lo}, {hi}]")));
        }
        match stage.coefficients.iter().step_by(2).position(|c| **c != 0) {
            Some(half) => Err(field(&format!("coefficients[{}]", 2 * half), "0: the stage is odd", "another number")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(degree: usize) -> Stage {
        let coefficients: Vec<Exact> = (0..=degree).map(|k| Exact(Rational::from(k % 2))).collect();
        let dyadic = coefficients.iter().map(|c| Dyadic { mantissa: c.numer().clone(), exponent: 0 }).collect();
        let interval = [-1, 1].map(|end| Exact(Rational::from(end)));
        Stage { basis: Basis::Chebyshev, interval, coefficients, dyadic }
    }

    #[test]
    fn costs_are_those_counted_by_hand() {
        let cost = |rule: Rule, degrees: &[usize]| {
            let stages: Vec<Stage> = degrees.iter().map(|&d| stage(d)).collect();
            let Evaluation { depth, products } = rule.evaluation(&stages);
            (rule.degree(&stages), depth, products)
        };
        // x², x·x²; twice.
        assert_eq!(cost(Rule::Compose, &[3]), (3, 2, 2));
        assert_eq!(cost(Rule::Compose, &[3, 7]), (21, 5, 2 + paterson_stockmeyer(7).products));
        // q affine in x: no product. Then w·q, (w·q)·q, and y·q: depth 3.
        assert_eq!(cost(Rule::Refine, &[1]), (1, 0, 0));
        assert_eq!(cost(Rule::Refine, &[1, 1]), (4, 3, 3));
        // Newton's step in the middle: w·q, (w·q)·q and y·q, two levels.
        assert_eq!(cost(Rule::Refine, &[1, 1, 1]), (13, 5, 6));
        // q of degree 3: w² and one join; w·q one join more; their product. Then y·q.
        assert_eq!(cost(Rule::Refine, &[3, 1]), (10, 4, 5));
    }

    #[test]
    fn what_contradicts_the_rule_is_refused_with_its_place() {
        let mut even = stage(3);
        let one = Exact(Rational::from(1));
        even.dyadic[2] = Dyadic { mantissa: 1.into(), exponent: 0 };
        even.coefficients[2] = one.clone();
        let mut lopsided = stage(3);
        lopsided.interval[0] = Exact(Rational::new());
        let mut empty = stage(1);
        empty.interval[1] = empty.interval[0].clone();
        for (rule, stages, words) in [
            (Rule::Compose, vec![stage(3), even], "'stages[1]': field 'coefficients[2]'"),
            (Rule::Compose, vec![lopsided], "'stages[0]': field 'interval'"),
            (Rule::Refine, vec![stage(1), empty], "'stages[1]': field 'interval'"),
            (Rule::Refine, vec![stage(32)], "at most 63"),
            (Rule::Compose, vec![], "1 to 40 stages"),
            (Rule::Compose, vec![stage(31); 9], "degree of at most"),
        ] {
            let message = rule.validate(&stages).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
        Rule::Compose.validate(&[stage(3), stage(7)]).unwrap();
    }
}
