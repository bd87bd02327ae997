//! The answer as a document: what was found, points that refute what is not so, and what a checker needs.

use super::Activation;
use crate::document::Body;
use crate::real::Exact;
use serde::{Deserialize, Serialize};

/// How f runs on the interval. A polynomial that is monotone and not constant is strictly monotone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Strictly upward.
    Increasing,
    /// Strictly downward.
    Decreasing,
    /// f has one value.
    Constant,
    /// Upward and downward.
    Neither,
}

/// The signs that f has on the closed interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Values {
    /// f > 0.
    Positive,
    /// f ≥ 0, and 0 somewhere.
    Nonnegative,
    /// f = 0.
    Zero,
    /// f ≤ 0, and 0 somewhere.
    Nonpositive,
    /// f < 0.
    Negative,
    /// f > 0 at one point and f < 0 at another.
    Both,
}

/// A longest part of the interval on which f is strictly monotone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Piece {
    /// An interval around its lower end; both numbers are the end itself where that is known exactly.
    pub from: [Exact; 2],
    /// Likewise around its upper end.
    pub to: [Exact; 2],
    /// How f runs there.
    pub direction: Direction,
}

/// Two points and the values there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Pair {
    /// The points.
    pub points: [Exact; 2],
    /// f there.
    pub values: [Exact; 2],
}

/// What is shown about the sign of f.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Signs {
    /// Which signs f has.
    pub values: Values,
    /// A point with f > 0.
    pub positive_at: Option<Exact>,
    /// An interval around a point with f = 0, both numbers that point where it is known exactly; only where f has no two signs.
    pub zero_in: Option<[Exact; 2]>,
    /// A point with f < 0.
    pub negative_at: Option<Exact>,
}

/// Whether f orders |x|: f(x) < f(y) for all x and y of the interval with |x| < |y|, and f(x) = f(−x).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Magnitude {
    /// Whether it does. Then x and −x tie, and nothing else does.
    pub holds: bool,
    /// Where it does not: x and y with |x| < |y| and f(x) ≥ f(y).
    pub witness: Option<Pair>,
}

/// The smallest gap that keeps the order at one place, enclosed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GapAt {
    /// v.
    pub at: Exact,
    /// A gap that is too small there, or 0.
    pub lower: Exact,
    /// One that is large enough.
    pub upper: Exact,
}

/// The gap beyond which values that err by at most `error` keep the order of f.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gap {
    /// Whether it is a gap in |x|; in x otherwise.
    pub of_magnitude: bool,
    /// What no computed value is further from f than.
    pub error: Exact,
    /// The smallest gap that serves at every place; `None` where the order of no two points is sure.
    pub everywhere: Option<GapAt>,
    /// At places from one end of the interval to the other; one from which no point is surely told is left out.
    pub places: Vec<GapAt>,
}

/// A factor of multiplicity 2 or more, with u from 0 to 1 over the interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Factor {
    /// The multiplicity.
    pub multiplicity: u32,
    /// Integer coefficients in powers of u.
    pub coefficients: Vec<Exact>,
}

/// What a checker needs that evaluation does not give: the multiple factors, up to constants, of the polynomials in
/// u = (x − lo)/(hi − lo). It divides by them, and finds no root of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Proof {
    /// Of the derivative.
    pub derivative: Vec<Factor>,
    /// Of f; none where f has both signs or is 0.
    pub function: Vec<Factor>,
}

/// Monotonicity, order and sign of a polynomial activation on an interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Order {
    /// f.
    pub activation: Activation,
    /// Its formula, for people.
    pub formula: String,
    /// Its degree as a polynomial in x.
    pub degree: u64,
    /// Where it is asked about.
    pub interval: [Exact; 2],
    /// How it runs there.
    pub direction: Direction,
    /// The longest parts on which it is monotone, in order. They meet at turning points.
    pub pieces: Vec<Piece>,
    /// a < b with f(a) < f(b), where there are such.
    pub rises: Option<Pair>,
    /// a < b with f(a) > f(b), where there are such.
    pub falls: Option<Pair>,
    /// Its sign.
    pub sign: Signs,
    /// Whether it orders |x|.
    pub magnitude: Magnitude,
    /// How far apart points must be for erring values to keep their order; `None` where no error was given, or f orders neither x
    /// nor |x|.
    pub gap: Option<Gap>,
    /// What a checker needs beside that.
    pub proof: Proof,
    /// Wall time.
    pub seconds: f64,
}

impl Order {
    /// Every number of the answer and of its question's interval.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &Exact> {
        let pieces = self.pieces.iter().flat_map(|piece| piece.from.iter().chain(&piece.to));
        let pairs = [&self.rises, &self.falls, &self.magnitude.witness].into_iter().flatten();
        let sign = self.sign.positive_at.iter().chain(&self.sign.negative_at).chain(self.sign.zero_in.iter().flatten());
        let gaps = self.gap.iter().flat_map(|gap| gap.everywhere.iter().chain(&gap.places));
        let factors = self.proof.derivative.iter().chain(&self.proof.function);
        let all =
            self.interval.iter().chain(pieces).chain(pairs.flat_map(|pair| pair.points.iter().chain(&pair.values)));
        let all = all.chain(sign).chain(gaps.flat_map(|at| [&at.at, &at.lower, &at.upper]));
        all.chain(self.gap.iter().map(|gap| &gap.error)).chain(factors.flat_map(|factor| &factor.coefficients))
    }
}

impl Body for Order {
    const KIND: &'static str = "order";
}
