//! Monotonicity, order and sign of any polynomial activation, decided exactly.
//!
//! A polynomial runs one way between the places where its derivative changes sign: its roots of odd multiplicity. A square-free
//! factorisation tells multiplicities, Descartes' rule on Bernstein coefficients tells roots apart, all in exact integers; so
//! every question here has an answer, and each answer has a proof or two points that refute it. [`verify`] proves the answer again
//! without looking for roots. docs/order.md has the mathematics.
//!
//! ```
//! use polyattn::order::{Activation, Direction, Question, examine, verify};
//! use polyattn::real::{Exact, parse_exact};
//!
//! // Even powers order |x|: −3 beats 2.
//! let activation = Activation::Power { power: 4, shift: Exact::default() };
//! let order = examine(&activation, &Question::new([parse_exact("-3")?, parse_exact("2")?]))?;
//! assert!(order.direction == Direction::Neither && order.magnitude.holds);
//! let falls = order.falls.as_ref().ok_or("it falls somewhere")?;
//! assert!(falls.points[0] < falls.points[1] && falls.values[0] > falls.values[1]);
//! verify(&order)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
mod curve;
mod document;
mod examine;
mod gap;
mod inequality;
mod integers;
mod isolate;
mod signs;
mod square_free;
#[cfg(test)]
mod tests;
mod verify;

pub use activation::{Activation, Numbers};
pub use document::{Direction, Factor, Gap, GapAt, Magnitude, Order, Pair, Piece, Proof, Signs, Values};
pub use examine::examine;
pub use verify::verify;

use crate::real::Exact;
use rug::Rational;

/// The largest degree that is examined: beyond it minutes are not enough.
pub const LARGEST_DEGREE: u64 = 511;
/// Degree times bits of a place, at most: an exact value has that many digits.
const LONGEST_VALUE_BITS: u64 = 1 << 20;
/// Bits of the width of the intervals about turning points, below that of the interval, where none is asked for.
const WIDTH_BITS: u32 = 32;

/// Where an activation is asked about, and how sharply.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The closed interval of x.
    pub interval: [Exact; 2],
    /// What turning points and zeros are enclosed by, at most.
    pub width: Exact,
    /// What no computed value is further from f than, for the gap.
    pub error: Option<Exact>,
}

impl Question {
    /// An interval, with turning points to 2^-32 of it and without an error.
    pub fn new([lo, hi]: [Rational; 2]) -> Self {
        let width = Rational::from(&hi - &lo) >> WIDTH_BITS;
        Self { interval: [Exact(lo), Exact(hi)], width: Exact(width), error: None }
    }
}
