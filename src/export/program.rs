//! A circuit as straight-line code for libraries that keep the scales of ciphertexts to themselves.
//!
//! A constant factor is free where the scale of a ciphertext may be set; in such a library it would cost a level. So the circuit
//! is placed on a chain of equal primes, and a line holds σ times its node's value, σ being the node's scale over that of the
//! result: factors become part of the constants that are added, and the depth stays that of the circuit.

use super::number::nearest;
use crate::circuit::{Circuit, Fact, ModulusChain, NodeId, Op, Placement, Residual, place};
use crate::error::{Error, Result};
use crate::real::{Interval, PRECISION, float_to_exact};
use rug::{Float, Rational};

/// log2 of the equal primes; only ratios of scales matter.
const SCALE_BITS: u32 = 50;

/// A constant, and the binary64 that is written for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    pub exact: Rational,
    pub written: f64,
}

impl Constant {
    pub(super) fn new(exact: Rational) -> Self {
        Self { written: nearest(&exact), exact }
    }
}

/// What a line does with the values of earlier lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Input,
    /// The input times a constant before it is encrypted: free.
    Encoded(usize, Constant),
    /// Product with a real constant, which takes a level.
    Scaled(usize, Constant),
    Product(usize, usize),
    Sum(usize, usize),
    Plus(usize, Constant),
    Negated(usize),
    /// Σ c_i·v_i + c_0, one level.
    Combination(Vec<(usize, Constant)>, Constant),
    /// Of a row's slots, and how many times itself the circuit's value is held.
    RowSum(usize, Rational),
    /// Bootstrapped.
    Refreshed(usize),
}

/// A line: its step, and what is known of its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub step: Step,
    /// The stage that the line completes.
    pub name: Option<String>,
    /// A proved range of the line's exact value.
    pub range: Option<Interval>,
    /// Rescalings since the input, or since the last bootstrap.
    pub depth: u32,
}

/// Straight-line code; the last line is the result.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Program {
    pub lines: Vec<Line>,
}

impl Step {
    /// The constants of a line.
    fn constants(&self) -> Vec<&Constant> {
        match self {
            Self::Encoded(_, c) | Self::Scaled(_, c) | Self::Plus(_, c) => vec![c],
            Self::Combination(terms, c) => terms.iter().map(|(_, factor)| factor).chain([c]).collect(),
            _ => Vec::new(),
        }
    }
}

impl Program {
    /// Every constant.
    pub(super) fn constants(&self) -> Vec<&Constant> {
        self.lines.iter().flat_map(|line| line.step.constants()).collect()
    }

    /// A function of one slot, of x itself: t = x/bound.
    pub(super) fn of_slot(circuit: &Circuit, bound: &Rational, levels: usize) -> Result<Self> {
        let folded = Folded::new(circuit, levels)?;
        let mut program = Self::default();
        let input = program.push(Step::Input);
        let entry = Rational::from(folded.factor(NodeId(0))? / bound);
        let input = program.scaled(input, entry);
        program.with(&folded, input)
    }

    /// The circuit as it stands, factors as products: for a library that sets scales, where they are free, and on plain numbers.
    pub(super) fn as_planned(circuit: &Circuit, bound: &Rational) -> Result<Self> {
        let plain = Folded { circuit, factors: vec![Rational::from(1); circuit.len()], keeps_factors: true };
        let mut program = Self::default();
        let input = program.push(Step::Input);
        let input = program.push(Step::Encoded(input, Constant::new(Rational::from(bound.recip_ref()))));
        program.with(&plain, input)
    }

    /// A row of scores, which are multiplied by a number before they are encrypted.
    pub(super) fn of_row(circuit: &Circuit, bound: &Rational, levels: usize) -> Result<Self> {
        let folded = Folded::new(circuit, levels)?;
        let mut program = Self::default();
        let input = program.push(Step::Input);
        let entry = Rational::from(folded.factor(NodeId(0))? / bound);
        let input = program.push(Step::Encoded(input, Constant::new(entry)));
        program.with(&folded, input)
    }

    /// Rescalings on the longest path between the input, bootstraps and the result.
    pub(super) fn depth(&self) -> u32 {
        self.lines.iter().map(|line| line.depth).max().unwrap_or(0)
    }

    pub(super) fn push(&mut self, step: Step) -> usize {
        let of = |index: &usize| self.lines.get(*index).map_or(0, |line| line.depth);
        let depth = match &step {
            Step::Input | Step::Refreshed(_) => 0,
            Step::Scaled(a, _) => of(a) + 1,
            Step::Product(a, b) => of(a).max(of(b)) + 1,
            Step::Sum(a, b) => of(a).max(of(b)),
            Step::Encoded(a, _) | Step::Plus(a, _) | Step::Negated(a) | Step::RowSum(a, _) => of(a),
            Step::Combination(terms, _) => terms.iter().map(|(a, _)| of(a)).max().unwrap_or(0) + 1,
        };
        self.lines.push(Line { step, name: None, range: None, depth });
        self.lines.len() - 1
    }

    fn scaled(&mut self, of: usize, factor: Rational) -> usize {
        if factor == 1 { of } else { self.push(Step::Scaled(of, Constant::new(factor))) }
    }

    /// The lines of a circuit whose scores are in `input`.
    fn with(mut self, folded: &Folded, input: usize) -> Result<Self> {
        // The line of each node so far.
        let mut lines: Vec<usize> = Vec::with_capacity(folded.circuit.len());
        let line = |lines: &[usize], of: &NodeId| {
            lines.get(of.index()).copied().ok_or_else(|| Error::internal("an operand after its use"))
        };
        for (index, node) in folded.circuit.nodes().iter().enumerate() {
            let factor = folded.factors.get(index).ok_or_else(|| Error::internal("a node without a place"))?;
            let constant = |c: &Rational| Constant::new(Rational::from(c * factor));
            let made = match &node.op {
                Op::Scores => input,
                Op::Times(of, c) if folded.keeps_factors => {
                    self.push(Step::Scaled(line(&lines, of)?, Constant::new(c.clone())))
                }
                Op::Times(of, c) if *c < 0 => self.push(Step::Negated(line(&lines, of)?)),
                Op::Times(of, _) => line(&lines, of)?,
                Op::Plus(of, c) => self.push(Step::Plus(line(&lines, of)?, constant(c))),
                Op::Product(a, b) => self.push(Step::Product(line(&lines, a)?, line(&lines, b)?)),
                Op::Add(a, b) => self.push(Step::Sum(line(&lines, a)?, line(&lines, b)?)),
                Op::RowSum(of) => self.push(Step::RowSum(line(&lines, of)?, factor.clone())),
                Op::Combination(terms, c) => {
                    let term = |(of, c): &(NodeId, Rational)| {
                        let ratio = Rational::from(factor / folded.factor(*of)?);
                        Ok((line(&lines, of)?, Constant::new(ratio * c)))
                    };
                    let terms = terms.iter().map(term).collect::<Result<_>>()?;
                    self.push(Step::Combination(terms, constant(c)))
                }
                Op::Refresh(of, _) => {
                    let fresh = self.push(Step::Refreshed(line(&lines, of)?));
                    self.scaled(fresh, Rational::from(factor / folded.factor(*of)?))
                }
            };
            self.describe(made, node.stage.as_ref(), folded.range(index));
            lines.push(made);
        }
        Ok(self)
    }

    fn describe(&mut self, line: usize, stage: Option<&String>, range: Option<Interval>) {
        if let Some(line) = self.lines.get_mut(line) {
            line.name = stage.cloned().or(line.name.take());
            line.range = range.or(line.range);
        }
    }
}

/// A circuit on equal primes.
struct Folded<'a> {
    circuit: &'a Circuit,
    /// σ of each node.
    factors: Vec<Rational>,
    /// Whether factors of the circuit stay, all σ being 1.
    keeps_factors: bool,
}

impl<'a> Folded<'a> {
    fn new(circuit: &'a Circuit, levels: usize) -> Result<Self> {
        let chain = ModulusChain { log_n: 16, q: vec![1 << SCALE_BITS; levels + 1], p: Vec::new() };
        let unit = Float::with_val(PRECISION, 1) << SCALE_BITS;
        let factor = |place: &Placement| float_to_exact(&Float::with_val(PRECISION, &place.scale / &unit));
        let factors = place(circuit, &chain, &unit)?.iter().map(factor).collect();
        Ok(Self { circuit, factors, keeps_factors: false })
    }

    fn factor(&self, of: NodeId) -> Result<&Rational> {
        self.factors.get(of.index()).ok_or_else(|| Error::internal("a node without a place"))
    }

    /// What the circuit's builder proved of a node, times σ.
    fn range(&self, index: usize) -> Option<Interval> {
        let node = self.circuit.nodes().get(index)?;
        let value = match node.fact.as_ref()? {
            Fact::Range(range) => *range,
            Fact::Chebyshev { .. } => Interval::new(-1.0, 1.0),
            Fact::Numerator { residual, .. } => {
                let fact = &self.circuit.nodes().get(residual.index())?.fact;
                let Some(Fact::Range(range)) = fact else { return None };
                Interval::new(0.0, (1.0 + range.magnitude()).next_up())
            }
            Fact::Reciprocal { residual: Residual::Within(_) | Residual::Node(_), .. } => return None,
        };
        Some(value * Interval::around(self.factors.get(index)?))
    }
}
