//! One polynomial of D in the Chebyshev basis, by Paterson and Stockmeyer's division.
//!
//! With blocks of length B: T_1 … T_B as far as they are needed, then T_2B, T_4B …, and p = q·T_g + r at the largest such g
//! below the degree, again and again (T_g·T_j = (T_(g+j) + T_|g−j|)/2 makes q and r). A block is a combination of T_1 … T_B,
//! which costs a level; one that is affine in T_1 costs none where its scale may be any: in the leading block, which every
//! level counts of; and one of degree 2 is a square, which costs a level less than the sum of T_2 and T_1. So the leading
//! block may be shorter than the others. (Paterson and Stockmeyer, SIAM J. Comput. 2, 1973;
//! the leading block split: Bossuat, Mouchet, Troncoso-Pastoriza and Hubaux, ePrint 2020/1203.)

use super::cost::Cost;
use super::graph::{Circuit, Fact, NodeId, Op};
use crate::real::Interval;
use rug::Rational;
use std::collections::BTreeMap;

/// The lengths of blocks.
#[derive(Debug, Clone, Copy)]
struct Blocks {
    /// The degree of one that is added, at most.
    length: u32,
    /// How the leading one is made.
    leading: Leading,
}

/// How a leading block is made.
#[derive(Debug, Clone, Copy)]
enum Leading {
    /// As a combination, of this degree at most.
    Combination(u32),
    /// As a square, of degree 2.
    Square,
}

/// c_1/c_2 of a square is not larger: its square and its constant cancel, and noise does not.
const LARGEST_RATIO: u32 = 64;

/// The values T_1, T_2 … of one argument, made when they are needed.
pub(super) struct ChebyshevBasis {
    argument: NodeId,
    values: BTreeMap<u32, NodeId>,
    blocks: u32,
}

impl Circuit {
    /// Σ c_k·T_k of the value of a node, which lies in [−1, 1], of degree 1 or more.
    pub(crate) fn chebyshev(&mut self, argument: NodeId, coefficients: &[Rational]) -> NodeId {
        ChebyshevBasis::new(self, argument).polynomial(self, coefficients)
    }
}

impl ChebyshevBasis {
    /// Over T_1, whose values lie in [−1, 1].
    pub(super) fn new(circuit: &mut Circuit, argument: NodeId) -> Self {
        circuit.name(argument, "T_1", Some(Fact::Range(Interval::new(-1.0, 1.0))));
        Self { argument, values: BTreeMap::from([(1, argument)]), blocks: 0 }
    }

    /// T_n, n from 1: T_2m = 2T_m² − 1, T_(2m+1) = 2T_m·T_(m+1) − T_1, and T_3 = T_1(2T_2 − 1), which needs no sum.
    pub(super) fn value(&mut self, circuit: &mut Circuit, n: u32) -> NodeId {
        if let Some(&known) = self.values.get(&n) {
            return known;
        }
        let (low, high) = (self.value(circuit, n / 2), self.value(circuit, n - n / 2));
        let value = if n == 3 {
            let factor = circuit.affine(high, &Rational::from(2), &Rational::from(-1));
            circuit.push(Op::Product(low, factor))
        } else {
            let product = circuit.push(Op::Product(low, high));
            if low == high {
                circuit.affine(product, &Rational::from(2), &Rational::from(-1))
            } else {
                let double = circuit.affine(product, &Rational::from(2), &Rational::new());
                let first = circuit.push(Op::Combination(vec![(self.argument, Rational::from(-1))], Rational::new()));
                circuit.name(first, format!("−T_1 of T_{n}"), Some(Fact::Range(Interval::new(-1.0, 1.0))));
                circuit.push(Op::Add(double, first))
            }
        };
        circuit.name(value, format!("T_{n}"), Some(Fact::Chebyshev { degree: n, argument: self.argument }));
        self.values.insert(n, value);
        value
    }

    /// Σ c_k·T_k of degree 1 or more, at the least depth and then with the fewest products.
    pub(super) fn polynomial(&mut self, circuit: &mut Circuit, coefficients: &[Rational]) -> NodeId {
        match trimmed(coefficients) {
            [c0, c1] => circuit.affine(self.argument, c1, c0),
            [c0, c1, c2] => self.square(circuit, [c0, c1, c2]),
            c => {
                let Blocks { length, leading } = best_blocks(c);
                self.part(circuit, c, length, leading)
            }
        }
    }

    /// c_0 + c_1·T_1 + c_2·T_2 as 2c_2(T_1 + s)² + …: a level less than the sum of T_2 and T_1.
    fn square(&mut self, circuit: &mut Circuit, [c0, c1, c2]: [&Rational; 3]) -> NodeId {
        let shift = Rational::from(c1 / c2) / 4u32;
        let constant = Rational::from(c0 - c2) - Rational::from(shift.square_ref()) * c2 * 2u32;
        let moved = circuit.affine(self.argument, &Rational::from(1), &shift);
        let square = circuit.push(Op::Product(moved, moved));
        self.name(circuit, square);
        circuit.affine(square, &Rational::from(c2 * 2u32), &constant)
    }

    /// Σ c_k·T_k with blocks of a length, of which the first is a `leading` one.
    fn part(&mut self, circuit: &mut Circuit, c: &[Rational], length: u32, leading: Leading) -> NodeId {
        let degree = c.len().saturating_sub(1) as u32;
        match (leading, c) {
            (Leading::Square, [c0, c1, c2]) if Rational::from(c1 / c2).abs() <= LARGEST_RATIO => {
                return self.square(circuit, [c0, c1, c2]);
            }
            (Leading::Square, _) if degree <= 2 => return self.block(circuit, c),
            (Leading::Combination(most), _) if degree <= most => return self.block(circuit, c),
            _ => {}
        }
        let giant = giant(degree, if degree <= length { 1 } else { length });
        let (quotient, rest) = divided(c, giant as usize);
        let factor = self.value(circuit, giant);
        let quotient = self.part(circuit, trimmed(&quotient), length, leading);
        let product = circuit.push(Op::Product(quotient, factor));
        self.name(circuit, product);
        match trimmed(&rest) {
            [constant] => circuit.affine(product, &Rational::from(1), constant),
            rest => {
                let rest = self.part(circuit, rest, length, Leading::Combination(length));
                circuit.push(Op::Add(product, rest))
            }
        }
    }

    /// A combination. It stands where T_2 or a later value is a factor, so that its level costs no depth.
    fn block(&mut self, circuit: &mut Circuit, c: &[Rational]) -> NodeId {
        let terms = (0u32..).zip(c).skip(1).filter(|(_, c)| **c != 0);
        let terms = terms.map(|(k, c)| (self.value(circuit, k), c.clone())).collect();
        let block = circuit.push(Op::Combination(terms, c.first().cloned().unwrap_or_default()));
        self.name(circuit, block);
        block
    }

    fn name(&mut self, circuit: &mut Circuit, block: NodeId) {
        self.blocks += 1;
        circuit.name(block, format!("block {}", self.blocks), None);
    }
}

/// Degrees from 1 to `most`, each the largest at its depth and number of products with which one polynomial of D, no coefficient
/// 0, is evaluated.
pub fn largest_degrees_of_each_cost(most: u32) -> Vec<u32> {
    let cost = |degree: u32| {
        // Of no symmetry, so that no part of the division vanishes.
        let c: Vec<Rational> = (1..=degree + 1).map(|k| Rational::from((1, k * k))).collect();
        let mut circuit = Circuit::default();
        let argument = circuit.push(Op::Scores);
        circuit.chebyshev(argument, &c);
        let cost = Cost::of(&circuit, 1);
        (cost.depth, cost.products)
    };
    let costs: Vec<(u32, u32)> = (1..=most + 1).map(cost).collect();
    // Not beaten by a larger degree that costs no more.
    let later = |degree: usize| costs.get(degree..).unwrap_or_default();
    let is_largest = |(degree, own): &(usize, &(u32, u32))| later(*degree).iter().all(|c| c.0 > own.0 || c.1 > own.1);
    (1..).zip(&costs).take(most as usize).filter(is_largest).map(|(degree, _)| degree as u32).collect()
}

/// The largest length·2^i below the degree.
fn giant(degree: u32, length: u32) -> u32 {
    std::iter::successors(Some(length), |g| g.checked_mul(2)).take_while(|&g| g < degree).last().unwrap_or(length)
}

/// q and r with Σ c_k·T_k = q·T_g + r, for a degree of at most 2g.
fn divided(c: &[Rational], giant: usize) -> (Vec<Rational>, Vec<Rational>) {
    let (low, high) = c.split_at(giant.min(c.len()));
    let mut rest = low.to_vec();
    let mut quotient = high.to_vec();
    for (j, c) in quotient.iter_mut().enumerate().skip(1) {
        if let Some(mirrored) = giant.checked_sub(j).and_then(|k| rest.get_mut(k)) {
            *mirrored -= &*c;
        }
        *c *= 2u32;
    }
    (quotient, rest)
}

/// Without leading zeros; a constant stays.
fn trimmed(c: &[Rational]) -> &[Rational] {
    let length = c.iter().rposition(|c| *c != 0).map_or(1, |last| last + 1);
    c.get(..length).unwrap_or(c)
}

/// The lengths of the least depth, then of the fewest products, then of the fewest products with plaintexts.
fn best_blocks(c: &[Rational]) -> Blocks {
    let degree = c.len().saturating_sub(1) as u32;
    // Longer blocks than 2√degree only add values.
    let lengths = 2..=2 * degree.isqrt() + 2;
    let shorter = |length: u32| (1..=length.ilog2()).map(|bits| (1 << bits) - 1).chain([length]);
    let leading = |length: u32| shorter(length).map(Leading::Combination).chain([Leading::Square]);
    let all = lengths.flat_map(|length| leading(length).map(move |leading| Blocks { length, leading }));
    let cost = |blocks: &Blocks| {
        let mut circuit = Circuit::default();
        let argument = circuit.push(Op::Scores);
        ChebyshevBasis::new(&mut circuit, argument).part(&mut circuit, c, blocks.length, blocks.leading);
        let cost = Cost::of(&circuit, 1);
        (cost.depth, cost.products, cost.plain_products)
    };
    all.min_by_key(cost).unwrap_or(Blocks { length: 2, leading: Leading::Combination(1) })
}
