//! A function of one variable in every slot alone: one polynomial, stages of them, or a reciprocal by doublings.

use super::chebyshev::ChebyshevBasis;
use super::graph::{Circuit, Fact, NodeId, Op, Residual};
use crate::certify::{Certificate, residual_ranges};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table};
use crate::poly::{Basis, Polynomial, Rule};
use crate::real::{Enclosure, Interval, dyadic_ceil, f64_above};
use rug::Rational;

/// Bits after the point of the end of an interval that holds a proved range.
const END_BITS: u32 = 64;

/// How a function is computed.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotFunction {
    /// By one polynomial of x, on an interval that holds every x.
    Polynomial(Polynomial),
    /// By polynomials one after another.
    Stages {
        /// How they make one function.
        rule: Rule,
        /// Those of s, or of w = x + ε.
        stages: Vec<Polynomial>,
        /// Proved ranges of w (w = s² where stages are composed) before the first stage and after each.
        ranges: Vec<(Rational, Rational)>,
    },
    /// By doublings of the residual R = 1 − D·y, D = x + ε: y ← α(1 + R)y, R ← αR² − (α − 1).
    Doublings {
        /// The first y.
        start: Rational,
        /// α of each doubling.
        steps: Vec<Rational>,
        /// Upper bounds on |R| before the first doubling, and after each.
        residuals: Vec<f64>,
    },
}

/// The constants of a circuit that computes a function of x in every slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Slotwise {
    /// R, which no |x| exceeds: what is encrypted is t = x/R.
    pub bound: Rational,
    /// What is added to x first, where stages refine or a residual is doubled.
    pub epsilon: Rational,
    /// How it is computed.
    pub function: SlotFunction,
}

impl Slotwise {
    /// The numbers of a table as a function of one slot, with what its certificate proves of stages; `bound` is R.
    ///
    /// # Errors
    /// [`Error::Input`] when the table has no interval.
    pub fn of(table: &Table, certificate: &Certificate, bound: Rational) -> Result<Self> {
        let epsilon = table.target.epsilon.0.clone();
        let function = match &table.form {
            Form::Polynomial { .. } => {
                let polynomial = table.polynomial()?;
                SlotFunction::Polynomial(polynomial.ok_or_else(|| Error::internal("a polynomial without its numbers"))?)
            }
            Form::Stages { rule, stages } => SlotFunction::Stages {
                rule: *rule,
                stages: stages.iter().map(|stage| stage.polynomial()).collect(),
                ranges: certificate.ranges.iter().map(|[low, high]| (low.0.clone(), high.0.clone())).collect(),
            },
            Form::Composite { start, steps } => {
                let (lo, hi) = table.hull()?;
                let ranges = residual_ranges(start, steps, &(lo + &epsilon, hi + &epsilon));
                SlotFunction::Doublings {
                    start: start.0.clone(),
                    steps: steps.iter().map(|alpha| alpha.0.clone()).collect(),
                    residuals: ranges.into_iter().map(|(low, high)| f64_above(&low.abs().max(high.abs()))).collect(),
                }
            }
        };
        Ok(Self { bound, epsilon, function })
    }

    /// The circuit from t = x/R to the value.
    ///
    /// # Errors
    /// [`Error::Input`] for a polynomial or a stage that is constant, for stages without proved ranges, and for a reciprocal
    /// without a doubling.
    pub fn circuit(&self) -> Result<Circuit> {
        let mut circuit = Circuit::default();
        let input = circuit.push(Op::Scores);
        circuit.name(input, "input", None);
        let result = match &self.function {
            SlotFunction::Polynomial(p) => self.polynomial(&mut circuit, input, p)?,
            SlotFunction::Stages { rule, stages, ranges } => {
                if ranges.len() != stages.len() + 1 {
                    return Err(Error::input("stages: expected a proved range before the first and after each"));
                }
                match rule {
                    Rule::Compose => self.composed(&mut circuit, input, stages, ranges)?,
                    Rule::Refine => self.refined(&mut circuit, input, stages, ranges)?,
                }
            }
            SlotFunction::Doublings { start, steps, residuals } => {
                self.doubled(&mut circuit, input, start, steps, residuals)?
            }
        };
        let fact = circuit.nodes().get(result.index()).and_then(|node| node.fact.clone());
        circuit.name(result, "value", fact);
        // On an interval about 0 the input is T_1 itself.
        if result != input {
            let fact = circuit.nodes().first().and_then(|node| node.fact.clone());
            circuit.name(input, "input", fact);
        }
        Ok(circuit)
    }

    /// T_1 on an interval of x + constant, from t.
    fn argument(&self, circuit: &mut Circuit, input: NodeId, constant: &Rational, p: &Polynomial) -> NodeId {
        affine_argument(circuit, input, &self.bound, constant, p)
    }

    fn polynomial(&self, circuit: &mut Circuit, input: NodeId, p: &Polynomial) -> Result<NodeId> {
        let p = holding(p, &p.lo, &p.hi)?;
        let argument = self.argument(circuit, input, &Rational::new(), &p);
        Ok(circuit.chebyshev(argument, &p.coefficients))
    }

    /// s ← f(s) from s = x.
    fn composed(
        &self,
        circuit: &mut Circuit,
        input: NodeId,
        stages: &[Polynomial],
        ranges: &[(Rational, Rational)],
    ) -> Result<NodeId> {
        let mut s = input;
        for (index, (stage, (_, largest))) in stages.iter().zip(ranges).enumerate() {
            let end = root_above(largest);
            let stage = holding(stage, &Rational::from(-&end), &end)?;
            let first = circuit.len();
            let argument = if index == 0 {
                self.argument(circuit, s, &Rational::new(), &stage)
            } else {
                affine_argument(circuit, s, &Rational::from(1), &Rational::new(), &stage)
            };
            s = circuit.chebyshev(argument, &stage.coefficients);
            name_stage(circuit, first, argument, index);
        }
        Ok(s)
    }

    /// y ← y·q(w) and w ← w·q(w)² from y = 1 and w = x + ε.
    fn refined(
        &self,
        circuit: &mut Circuit,
        input: NodeId,
        stages: &[Polynomial],
        ranges: &[(Rational, Rational)],
    ) -> Result<NodeId> {
        let (mut y, mut w) = (None, input);
        for (index, (stage, (low, high))) in stages.iter().zip(ranges).enumerate() {
            let stage = holding(stage, low, high)?;
            let first = circuit.len();
            let argument = if index == 0 {
                self.argument(circuit, w, &self.epsilon, &stage)
            } else {
                affine_argument(circuit, w, &Rational::from(1), &Rational::new(), &stage)
            };
            let mut basis = ChebyshevBasis::new(circuit, argument);
            let q = basis.polynomial(circuit, &stage.coefficients);
            if let Some((low, high)) = ranges.get(index + 1).filter(|_| index + 1 < stages.len()) {
                // w·q shares its powers with q.
                let multiple = basis.polynomial(circuit, &times_argument(&stage));
                w = circuit.push(Op::Product(multiple, q));
                let range = Interval::around(low).hull(Interval::around(high));
                circuit.name(w, "w", Some(Fact::Range(range)));
            }
            y = Some(match y {
                None => q,
                Some(y) => {
                    let product = circuit.push(Op::Product(y, q));
                    circuit.name(product, "y", None);
                    product
                }
            });
            name_stage(circuit, first, argument, index);
        }
        y.ok_or_else(|| Error::input("stages: expected at least one"))
    }

    fn doubled(
        &self,
        circuit: &mut Circuit,
        input: NodeId,
        start: &Rational,
        steps: &[Rational],
        residuals: &[f64],
    ) -> Result<NodeId> {
        let within = |index: usize| residuals.get(index).copied().unwrap_or(f64::INFINITY);
        let range = |index: usize| Some(Fact::Range(Interval::new(-within(index), within(index))));
        let slope = -Rational::from(start * &self.bound);
        let mut residual = circuit.affine(input, &slope, &(1 - Rational::from(start * &self.epsilon)));
        circuit.name(residual, "R_1", range(0));
        let mut refined: Option<NodeId> = None;
        for (index, alpha) in (1..).zip(steps) {
            // The residual comes first: a fact speaks of nodes before its own.
            let next = (index < steps.len()).then(|| {
                let square = circuit.push(Op::Product(residual, residual));
                let next = circuit.affine(square, alpha, &(1 - alpha.clone()));
                circuit.name(next, format!("R_{}", 1u64 << index.min(63)), range(index));
                next
            });
            let y = match refined {
                // The first y is a constant.
                None => {
                    let first = Rational::from(alpha * start);
                    circuit.affine(residual, &first, &first)
                }
                Some(y) => {
                    let grown = circuit.affine(residual, &Rational::from(1), &Rational::from(1));
                    let product = circuit.push(Op::Product(grown, y));
                    circuit.affine(product, alpha, &Rational::new())
                }
            };
            let left = next.map_or(Residual::Within(within(index)), Residual::Node);
            let fact = Fact::Reciprocal { residual: left, epsilon: self.epsilon.clone() };
            circuit.name(y, format!("y_{}", 1u64 << index.min(63)), Some(fact));
            refined = Some(y);
            residual = next.unwrap_or(residual);
        }
        refined.ok_or_else(|| Error::input("a reciprocal by doublings: expected at least one"))
    }
}

/// T_1 on the interval of `p` at factor·value + constant.
fn affine_argument(
    circuit: &mut Circuit,
    of: NodeId,
    factor: &Rational,
    constant: &Rational,
    p: &Polynomial,
) -> NodeId {
    let scale = Rational::from(&p.hi - &p.lo).recip() * 2u32;
    let shift = Rational::from(constant - &p.lo) * &scale - 1u32;
    circuit.affine(of, &(scale * factor), &shift)
}

/// Says of every node that a stage has named, and of its argument, which stage it is of.
fn name_stage(circuit: &mut Circuit, first: usize, argument: NodeId, index: usize) {
    for node in (first..circuit.len()).map(NodeId).filter(|node| *node >= argument) {
        let Some(named) = circuit.nodes().get(node.index()) else { continue };
        if let Some(stage) = named.stage.clone() {
            let fact = named.fact.clone();
            circuit.name(node, format!("stage {}: {stage}", index + 1), fact);
        }
    }
}

/// The same polynomial in the Chebyshev basis of an interval that holds its own one and [low, high].
pub(crate) fn holding(p: &Polynomial, low: &Rational, high: &Rational) -> Result<Polynomial> {
    if p.coefficients.iter().skip(1).all(|c| *c == 0) {
        return Err(Error::input("a circuit is of polynomials of degree 1 or more, found a constant"));
    }
    if p.basis == Basis::Chebyshev && p.lo <= *low && p.hi >= *high {
        return Ok(p.clone());
    }
    let lo = p.lo.clone().min(low.clone());
    let hi = p.hi.clone().max(high.clone());
    let wider = Polynomial { basis: Basis::Chebyshev, lo, hi, coefficients: Vec::new() };
    // Horner's recurrence, with every sum in the Chebyshev basis.
    let monomial = p.to_monomial();
    let coefficients = monomial.coefficients.iter().rev().fold(Vec::new(), |sum: Vec<Rational>, c| {
        let mut next = if sum.is_empty() {
            vec![Rational::new()]
        } else {
            times_argument(&Polynomial { coefficients: sum, ..wider.clone() })
        };
        if let Some(constant) = next.first_mut() {
            *constant += c;
        }
        next
    });
    Ok(Polynomial { coefficients, ..wider })
}

/// x·p in the Chebyshev basis, x = half·T_1 + middle: T_1·T_k = (T_(k+1) + T_|k−1|)/2.
fn times_argument(p: &Polynomial) -> Vec<Rational> {
    let quarter = Rational::from(&p.hi - &p.lo) / 4u32;
    let middle = Rational::from(&p.hi + &p.lo) / 2u32;
    let mut product = vec![Rational::new(); p.coefficients.len() + 1];
    for (k, c) in p.coefficients.iter().enumerate() {
        let shared = Rational::from(c * &quarter);
        for (place, value) in [(k, Rational::from(c * &middle)), (k + 1, shared.clone()), (k.abs_diff(1), shared)] {
            if let Some(sum) = product.get_mut(place) {
                *sum += value;
            }
        }
    }
    product
}

/// A number that √w does not exceed.
fn root_above(w: &Rational) -> Rational {
    dyadic_ceil(&Enclosure::around(w, 2 * END_BITS).sqrt().hi(), END_BITS)
}
