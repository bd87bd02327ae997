//! The division of a row's powers by their mean, by any of the reciprocal methods.

use super::build::{Segments, push_power};
use super::chebyshev::ChebyshevBasis;
use super::cost::depths;
use super::graph::{Circuit, Fact, NodeId, Op, Residual};
use super::start::residual_coefficients;
use crate::error::{Error, Result};
use crate::poly::{Basis, Polynomial};
use crate::real::Interval;
use rug::Rational;

/// Where the powers u meet the reciprocal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numerator {
    /// At the start: what is refined is z = (u/L)·y, and nothing exceeds 2.
    Merged,
    /// At the end: what is refined is y, near 1/D, and one product and one level more make the weights.
    Separate,
}

/// How R follows y from doubling to doubling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iteration {
    /// R ← αR² − (α − 1), beside y: a level a doubling.
    Goldschmidt,
    /// R = 1 − D·y, after y: two levels a doubling, but noise that y has gathered is corrected by the next. Only where the
    /// numerator is separate, since y is needed.
    Newton,
}

/// The first approximation y of 1/D.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// y = c, and R = 1 − cD.
    Constant(Rational),
    /// A polynomial in the Chebyshev basis on the domain of D; see [`minimax_start`](super::minimax_start).
    Polynomial(Polynomial),
}

/// The constants of a circuit from scores to weights, for one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Division {
    /// The even power p.
    pub power: u32,
    /// Number of keys L.
    pub length: u32,
    /// ε beside the unit mean.
    pub epsilon: Rational,
    /// The first approximation of 1/D.
    pub start: Start,
    /// α of each doubling, first to last; α = 1 is Goldschmidt's, which squares the residual.
    pub steps: Vec<Rational>,
    /// Upper bounds on |R| over the domain: before the first doubling, and after each.
    pub residuals: Vec<f64>,
    /// Where the powers meet the reciprocal.
    pub numerator: Numerator,
    /// How R follows y.
    pub iteration: Iteration,
    /// Where ciphertexts are refreshed; never where there is none, and never with [`Iteration::Newton`].
    pub segments: Option<Segments>,
}

impl Division {
    /// The circuit from t = x/R to the weights.
    ///
    /// # Formula
    /// $$u_j = t_j^p, \quad D = \varepsilon + \frac1L \sum_j u_j, \quad R = 1 - D y_0$$ and then for each α
    /// $$y \leftarrow \alpha (1 + R) y, \quad R \leftarrow \alpha R^2 - (\alpha - 1),$$ which keeps $D y = 1 - R$. Merged,
    /// $z = (u/L) y$ takes the place of y; since $u/L \le D$, $0 \le z \le 1 + |R|$ at every step.
    ///
    /// # Errors
    /// [`Error::Input`] for a start that is not a polynomial of degree 1 or more in the Chebyshev basis, and for Newton's
    /// iteration with a merged numerator or in segments.
    pub fn circuit(&self) -> Result<Circuit> {
        if let Start::Polynomial(polynomial) = &self.start
            && (polynomial.basis != Basis::Chebyshev || polynomial.coefficients.iter().skip(1).all(|c| *c == 0))
        {
            return Err(Error::input(
                "the start of a reciprocal: expected a polynomial of degree 1 or more in the Chebyshev basis",
            ));
        }
        if self.iteration == Iteration::Newton && (self.numerator == Numerator::Merged || self.segments.is_some()) {
            return Err(Error::input("Newton's iteration: expected a separate numerator and no segments"));
        }
        Ok(Builder::new(self).built())
    }

    /// Degree in D of the first residual.
    fn first_degree(&self) -> u64 {
        match &self.start {
            Start::Constant(_) => 1,
            Start::Polynomial(polynomial) => polynomial.degree() as u64 + 1,
        }
    }

    /// Degree in D of the residual after `step` doublings: what R, y and z are named by.
    fn degree(&self, step: usize) -> u64 {
        self.first_degree() << step.min(40)
    }
}

/// A circuit while it is made.
pub(super) struct Builder<'a> {
    division: &'a Division,
    circuit: Circuit,
    u: NodeId,
    sum: NodeId,
    /// D, where it is needed.
    denominator: Option<NodeId>,
    residual: NodeId,
    /// What is refined, z or y; none while y is a constant.
    refined: Option<NodeId>,
    /// That constant.
    constant: Rational,
    /// Rescalings before the first doubling.
    depth: u32,
    /// What the names of stages begin with, and the name of the result.
    prefix: &'a str,
    result: &'a str,
}

impl<'a> Builder<'a> {
    /// u, R and what is refined, before the first doubling.
    pub(super) fn new(division: &'a Division) -> Self {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        circuit.name(scores, "scores", None);
        Self::on(division, circuit, scores, "", "weights")
    }

    /// The same on a circuit that computes the scores in `input`.
    pub(super) fn on(
        division: &'a Division,
        mut circuit: Circuit,
        input: NodeId,
        prefix: &'a str,
        result: &'a str,
    ) -> Self {
        let u = push_power(&mut circuit, input, division.power, prefix);
        let sum = circuit.push(Op::RowSum(u));
        circuit.name(sum, format!("{prefix}row sum"), None);
        let mut builder = Self {
            division,
            circuit,
            u,
            sum,
            denominator: None,
            residual: sum,
            refined: None,
            constant: Rational::from(1),
            depth: 0,
            prefix,
            result,
        };
        match &division.start {
            Start::Constant(c) => builder.start_from_constant(sum, c),
            Start::Polynomial(polynomial) => builder.start_from_polynomial(sum, polynomial),
        }
        builder.depth = depths(&builder.circuit).into_iter().max().unwrap_or(0);
        builder
    }

    fn start_from_constant(&mut self, sum: NodeId, c: &Rational) {
        let gain = Rational::from(c / self.division.length);
        let constant = Rational::from(1) - Rational::from(c * &self.division.epsilon);
        self.residual = self.circuit.affine(sum, &-gain.clone(), &constant);
        match self.division.numerator {
            Numerator::Merged => self.refined = Some(self.circuit.push(Op::Times(self.u, gain))),
            Numerator::Separate => self.constant = c.clone(),
        }
        self.name(0, "");
    }

    fn start_from_polynomial(&mut self, sum: NodeId, polynomial: &Polynomial) {
        let Division { length, epsilon, numerator, steps, .. } = self.division;
        let scale = Rational::from(&polynomial.hi - &polynomial.lo).recip() * 2u32;
        let shift = Rational::from(epsilon - &polynomial.lo) * &scale - 1u32;
        let argument = self.circuit.affine(sum, &(scale / *length), &shift);
        let mut basis = ChebyshevBasis::new(&mut self.circuit, argument);
        let y = basis.polynomial(&mut self.circuit, &polynomial.coefficients);
        let degree = self.division.degree(0);
        let fact = self.reciprocal(0);
        self.circuit.name(y, format!("{}y_{degree}", self.prefix), fact);
        if !steps.is_empty() {
            self.residual = self.first_residual(polynomial, &mut basis, y);
        }
        self.refined = Some(y);
        if *numerator == Numerator::Merged && !steps.is_empty() {
            let z = self.circuit.push(Op::Product(self.u, y));
            self.refined = Some(self.circuit.push(Op::Times(z, Rational::from((1, *length)))));
            self.name(0, "");
        }
    }

    /// 1 − D·y: a multiple of one T_n where y is the best polynomial, else a product.
    fn first_residual(&mut self, y: &Polynomial, basis: &mut ChebyshevBasis, node: NodeId) -> NodeId {
        let residual = residual_coefficients(y);
        let residual = match residual.split_last() {
            Some((last, rest)) if rest.iter().all(|c| *c == 0) => {
                let value = basis.value(&mut self.circuit, rest.len() as u32);
                self.circuit.affine(value, last, &Rational::new())
            }
            _ => self.recomputed_residual(node),
        };
        self.name_residual(residual, 0, "");
        residual
    }

    /// 1 − D·y.
    fn recomputed_residual(&mut self, y: NodeId) -> NodeId {
        let Division { length, epsilon, .. } = self.division;
        let (circuit, sum) = (&mut self.circuit, self.sum);
        let d = *self.denominator.get_or_insert_with(|| circuit.affine(sum, &Rational::from((1, *length)), epsilon));
        let product = self.circuit.push(Op::Product(d, y));
        self.circuit.affine(product, &Rational::from(-1), &Rational::from(1))
    }

    /// The doublings and, where the numerator is separate, the product with it.
    pub(super) fn built(mut self) -> Circuit {
        for (step, alpha) in self.division.steps.iter().enumerate() {
            self.refresh_where_a_segment_ends(step);
            let above = self.circuit.push(Op::Plus(self.residual, Rational::from(1)));
            let product = self.refined.map(|refined| self.circuit.push(Op::Product(above, refined)));
            let is_last = step + 1 == self.division.steps.len();
            if !is_last && self.division.iteration == Iteration::Goldschmidt {
                let square = self.circuit.push(Op::Product(self.residual, self.residual));
                self.residual = self.circuit.affine(square, alpha, &(Rational::from(1) - alpha));
            }
            let factor = Rational::from(alpha * &self.constant);
            self.constant = Rational::from(1);
            // Of its own even for a factor of 1: what is known of it is said by R, so it comes after R.
            let refined = self.circuit.push(Op::Times(product.unwrap_or(above), factor));
            if !is_last && self.division.iteration == Iteration::Newton {
                self.residual = self.recomputed_residual(refined);
            }
            self.refined = Some(refined);
            if is_last { self.name_last() } else { self.name(step + 1, "") }
        }
        self.finish();
        self.circuit
    }

    /// (u/L)·y, where y has not met u.
    fn finish(&mut self) {
        let share = Rational::from((1, self.division.length));
        let weights = match (self.division.numerator, &self.division.start, self.refined) {
            (Numerator::Merged, Start::Constant(_), _) => return,
            (Numerator::Merged, Start::Polynomial(_), _) if !self.division.steps.is_empty() => return,
            (_, _, Some(y)) => {
                let y = self.refreshed_at_the_end(y);
                let product = self.circuit.push(Op::Product(self.u, y));
                self.circuit.push(Op::Times(product, share))
            }
            (_, _, None) => self.circuit.push(Op::Times(self.u, share * &self.constant)),
        };
        let range = self.weight_range();
        self.circuit.name(weights, self.result, range);
    }

    /// The precision of the bootstrap before doubling number `step`, where a segment ends there.
    fn bootstrap_bits(&self, step: usize) -> Option<u32> {
        let depth = self.depth as usize + step;
        let ends = |segments: &Segments| depth.is_multiple_of(segments.levels.max(1) as usize);
        self.division.segments.filter(ends).map(|segments| segments.bits)
    }

    /// Refreshes all that is still needed: u too, where it comes in at the end.
    fn refresh_where_a_segment_ends(&mut self, step: usize) {
        let Some(bits) = self.bootstrap_bits(step) else { return };
        if self.division.numerator == Numerator::Separate {
            self.refresh_powers(step, bits);
        }
        self.residual = self.circuit.push(Op::Refresh(self.residual, bits));
        self.refined = self.refined.map(|refined| self.circuit.push(Op::Refresh(refined, bits)));
        self.name(step, " refreshed");
    }

    /// y before it meets u.
    fn refreshed_at_the_end(&mut self, y: NodeId) -> NodeId {
        let step = self.division.steps.len();
        let Some(bits) = self.bootstrap_bits(step) else { return y };
        self.refresh_powers(step, bits);
        let fresh = self.circuit.push(Op::Refresh(y, bits));
        let fact = self.reciprocal(step);
        self.circuit.name(fresh, format!("{}y_{} refreshed", self.prefix, self.division.degree(step)), fact);
        fresh
    }

    fn refresh_powers(&mut self, step: usize, bits: u32) {
        self.u = self.circuit.push(Op::Refresh(self.u, bits));
        self.circuit.name(self.u, format!("{}u beside y_{}", self.prefix, self.division.degree(step)), None);
    }

    /// Names R and what is refined after `step` doublings.
    fn name(&mut self, step: usize, suffix: &str) {
        self.name_residual(self.residual, step, suffix);
        if let Some(refined) = self.refined {
            let (epsilon, residual) = (self.division.epsilon.clone(), self.residual);
            let (letter, fact) = match (self.division.numerator, self.division.iteration) {
                (Numerator::Merged, _) => ("z", Some(Fact::Numerator { residual, epsilon })),
                (Numerator::Separate, Iteration::Goldschmidt) => {
                    ("y", Some(Fact::Reciprocal { residual: Residual::Node(residual), epsilon }))
                }
                (Numerator::Separate, Iteration::Newton) => ("y", self.reciprocal(step)),
            };
            self.circuit.name(refined, format!("{}{letter}_{}{suffix}", self.prefix, self.division.degree(step)), fact);
        }
    }

    fn name_residual(&mut self, residual: NodeId, step: usize, suffix: &str) {
        let range = self.division.residuals.get(step).map(|&r| Fact::Range(Interval::new(-r, r)));
        self.circuit.name(residual, format!("{}R_{}{suffix}", self.prefix, self.division.degree(step)), range);
    }

    /// Names what the last doubling refines, whose residual is not computed.
    fn name_last(&mut self) {
        let steps = self.division.steps.len();
        let Some(refined) = self.refined else { return };
        match self.division.numerator {
            Numerator::Merged => {
                let range = self.weight_range();
                self.circuit.name(refined, self.result, range);
            }
            Numerator::Separate => {
                let fact = self.reciprocal(steps);
                self.circuit.name(refined, format!("{}y_{}", self.prefix, self.division.degree(steps)), fact);
            }
        }
    }

    /// (u/L)/D ≤ 1, times 1 − R.
    fn weight_range(&self) -> Option<Fact> {
        let bound = self.division.residuals.get(self.division.steps.len());
        bound.map(|r| Fact::Range(Interval::new(0.0, (1.0 + r).next_up())))
    }

    /// What is known of y after `step` doublings where its residual is not computed.
    fn reciprocal(&self, step: usize) -> Option<Fact> {
        let residual = Residual::Within(*self.division.residuals.get(step)?);
        Some(Fact::Reciprocal { residual, epsilon: self.division.epsilon.clone() })
    }
}
