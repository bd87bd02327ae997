//! A table as other programs evaluate it: one series, or a program of straight-line code, with the numbers as they are written.

use super::number::nearest;
use super::program::{Constant, Program, Step};
use super::rounding::{Distance, Piece, ROUNDING, distance};
use crate::certify::{Verdict, certify, residual_ranges};
use crate::circuit::{Circuit, SlotFunction, Slotwise, chebyshev_on, depths};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table};
use crate::poly::{Basis, Polynomial};
use crate::real::{Exact, Interval, f64_above, f64_below};
use rug::Rational;
use rug::ops::Pow;

/// Pieces of each interval on which rounding is bounded.
const PIECES: u32 = 256;

/// Σ c_k·T_k(slope·x + shift), or Σ c_k·x^k.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub basis: Basis,
    pub lo: Rational,
    pub hi: Rational,
    pub slope: Constant,
    pub shift: Constant,
    pub coefficients: Vec<Constant>,
}

impl Series {
    /// The series of a polynomial, without the zeros at its end.
    pub(super) fn of(p: &Polynomial) -> Self {
        let width = Rational::from(&p.hi - &p.lo);
        let used = p.coefficients.iter().rposition(|c| *c != 0).map_or(1, |last| last + 1);
        Self {
            basis: p.basis,
            slope: Constant::new(Rational::from(2 / &width)),
            shift: Constant::new(-Rational::from(&p.hi + &p.lo) / width),
            coefficients: p.coefficients.iter().take(used).map(|c| Constant::new(c.clone())).collect(),
            lo: p.lo.clone(),
            hi: p.hi.clone(),
        }
    }

    /// The polynomial of a table in the Chebyshev basis, which every library for ciphertexts gets.
    ///
    /// # Errors
    /// [`Error::Input`] for a constant, which needs no ciphertext.
    pub(super) fn chebyshev(p: &Polynomial) -> Result<Self> {
        chebyshev_on(p, &p.lo, &p.hi).map(|p| Self::of(&p))
    }

    /// How far the value with the constants as written is from the exact one, on [lo, hi].
    ///
    /// # Formula
    /// |Σ c'_k·T_k(t') − c_k·T_k(t)| ≤ Σ |c'_k − c_k| + 2τ Σ k²|c'_k| where |t| ≤ 1 and |t' − t| ≤ τ ≤ 1/(16n²); for a larger τ, as
    /// on an interval much narrower than it is far from 0, there is no bound. An error made
    /// in Clenshaw's β_k counts T_k times in the sum, and no |β_k| exceeds (n + 1) Σ|c|, so binary64 adds at most
    /// 16(n + 1)²·2^-53·Σ|c| and what it adds to τ.
    pub(super) fn distance(&self) -> Distance {
        let largest = self.lo.clone().abs().max(self.hi.clone().abs());
        let off = |c: &Constant| (Rational::from_f64(c.written).unwrap_or_default() - &c.exact).abs();
        let size = |c: &Constant| Rational::from_f64(c.written.abs()).unwrap_or_default();
        let count = self.coefficients.len() as u32;
        let unit = |n: u32| Rational::from_f64(ROUNDING).unwrap_or_default() * n;
        let mut powers = (0..count).map(|k| match self.basis {
            Basis::Chebyshev => Rational::from(1),
            Basis::Monomial => largest.clone().pow(k),
        });
        let weighted: Vec<_> = self.coefficients.iter().zip(powers.by_ref()).collect();
        let constants = weighted.iter().fold(Rational::new(), |sum, (c, power)| sum + off(c) * power);
        let sizes = weighted.iter().fold(Rational::new(), |sum, (c, power)| sum + size(c) * power);
        if self.basis == Basis::Monomial {
            let arithmetic = sizes * unit(4 * count);
            return Distance { constants: f64_above(&constants), binary64: f64_above(&(constants + arithmetic)) };
        }
        let steep = (0u32..).zip(&self.coefficients).map(|(k, c)| size(c) * k * k).fold(Rational::new(), |a, b| a + b);
        let map = off(&self.slope) * &largest + off(&self.shift);
        let rounded = &map + (size(&self.slope) * &largest + size(&self.shift)) * unit(4);
        let arithmetic = sizes * unit(16 * count) * count;
        let moved = |tau: &Rational, more: &Rational| {
            let is_small = Rational::from(tau * 16u32) * count * count <= 1;
            let sum = Rational::from(&steep * tau) * 2u32 + &constants + more;
            if is_small { f64_above(&sum) } else { f64::INFINITY }
        };
        Distance { constants: moved(&map, &Rational::new()), binary64: moved(&rounded, &arithmetic) }
    }
}

/// The table as straight-line code on ciphertexts.
///
/// # Errors
/// As [`circuit`].
pub(super) fn program(table: &Table) -> Result<Program> {
    let (circuit, bound) = circuit(table)?;
    Program::of_slot(&circuit, &bound, levels(&circuit))
}

/// Rescalings on a circuit's longest path.
pub(super) fn levels(circuit: &Circuit) -> usize {
    depths(circuit).into_iter().max().unwrap_or(0) as usize
}

/// The table as a circuit of t = x/bound, and the bound.
///
/// # Errors
/// [`Error::Input`] for a constant; [`Error::NotCertified`] for stages whose ranges are not proved.
pub(super) fn circuit(table: &Table) -> Result<(Circuit, Rational)> {
    let (lo, hi) = table.hull()?;
    let epsilon = table.target.epsilon.0.clone();
    let function = match (&table.form, table.polynomial()?) {
        (Form::Stages { rule, stages }, _) => SlotFunction::Stages {
            rule: *rule,
            stages: stages.iter().map(crate::poly::Stage::polynomial).collect(),
            ranges: ranges(table)?,
        },
        (Form::Composite { start, steps }, _) => {
            let residuals = residual_ranges(start, steps, &(Rational::from(&lo + &epsilon), &hi + epsilon.clone()));
            let largest = |(low, high): (Rational, Rational)| f64_above(&low.abs().max(high.abs()));
            SlotFunction::Doublings {
                start: start.0.clone(),
                steps: steps.iter().map(|alpha| alpha.0.clone()).collect(),
                residuals: residuals.into_iter().map(largest).collect(),
            }
        }
        (_, Some(polynomial)) => SlotFunction::Polynomial(polynomial),
        _ => return Err(Error::internal("a table without numbers")),
    };
    let bound = lo.abs().max(hi.abs());
    Ok((Slotwise { bound: bound.clone(), epsilon, function }.circuit()?, bound))
}

fn ranges(table: &Table) -> Result<Vec<(Rational, Rational)>> {
    let certificate = certify(&table.without_proofs())?.certificate;
    if certificate.verdict == Verdict::NotProved {
        return Err(Error::NotCertified(certificate.claim.words));
    }
    Ok(certificate.ranges.iter().map(|[low, high]| (low.0.clone(), high.0.clone())).collect())
}

/// The loop y ← α(1 + R)y, R ← αR² − (α − 1) line by line, as a program without ciphertexts evaluates it.
pub(super) fn doublings(start: &Exact, steps: &[Exact], epsilon: &Rational) -> Program {
    let mut program = Program::default();
    let first = Constant::new(start.0.clone());
    let input = program.push(Step::Input);
    let slope = program.push(Step::Scaled(input, Constant::new(-start.0.clone())));
    let residual = Rational::from(1) - Rational::from(&start.0 * epsilon);
    let mut residual = program.push(Step::Plus(slope, Constant::new(residual)));
    let mut value = None;
    for alpha in steps {
        let alpha = Constant::new(alpha.0.clone());
        let grown = program.push(Step::Plus(residual, Constant::new(Rational::from(1))));
        let grown = program.push(Step::Scaled(grown, alpha.clone()));
        value = Some(match value {
            None => program.push(Step::Scaled(grown, first.clone())),
            Some(y) => program.push(Step::Product(grown, y)),
        });
        let square = program.push(Step::Product(residual, residual));
        let square = program.push(Step::Scaled(square, alpha.clone()));
        // The program subtracts what is 1 less than the α that it has; the difference is exact for α up to 2.
        let less = Constant { exact: Rational::from(1 - &alpha.exact), written: 1.0 - alpha.written };
        residual = program.push(Step::Plus(square, less));
    }
    if let Some(value) = value {
        // What is last is the value.
        program.push(Step::Scaled(value, Constant::new(Rational::from(1))));
    }
    program
}

/// The distance of a program of one slot at each piece of a table's intervals, each operation erring by `unit`.
pub(super) fn distances(program: &Program, table: &Table, unit: f64) -> Result<Vec<(Interval, Distance)>> {
    let pieces = table.intervals.iter().flat_map(|[lo, hi]| pieces(&lo.0, &hi.0, &table.target.epsilon.0));
    pieces
        .map(|input| {
            let piece = Piece { input, row_sums: Vec::new(), keys: 1.0, unit };
            distance(program, &piece).map(|distance| (input, distance))
        })
        .collect()
}

/// [lo, hi] in pieces, growing with x + epsilon where that is positive.
pub(super) fn pieces(lo: &Rational, hi: &Rational, epsilon: &Rational) -> Vec<Interval> {
    let (low, high) = (Rational::from(lo + epsilon), Rational::from(hi + epsilon));
    let grows = low > 0;
    let (a, b) = (low.to_f64(), high.to_f64());
    let end = |i: u32| match i {
        0 => f64_below(lo),
        PIECES => f64_above(hi),
        _ => {
            let share = f64::from(i) / f64::from(PIECES);
            let inner = if grows { a * (b / a).powf(share) } else { a + (b - a) * share };
            nearest(&(Rational::from_f64(inner).unwrap_or_default() - epsilon))
        }
    };
    let ends: Vec<f64> = (0..=PIECES).map(end).collect();
    ends.iter().zip(ends.iter().skip(1)).map(|(&low, &high)| Interval::new(low.min(high), high.max(low))).collect()
}
