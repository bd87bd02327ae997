//! The weighted Remez exchange in arbitrary precision: the best polynomial of a degree for any function.
//!
//! Every iteration levels the error on a reference by barycentric weights, converts the polynomial to the Chebyshev
//! basis, finds all extrema of its error and takes them as the next reference. The precision follows from the digits
//! that the levelled error has lost, and is raised whenever the polynomial does not reproduce that error.
//!
//! A function and a weight of one's own:
//!
//! ```
//! use polyattn::fit::remez::{Problem, Weight, minimax};
//! use polyattn::real::{Exact, parse_exact};
//! use polyattn::target::Function;
//! use rug::Float;
//!
//! /// x·sin x.
//! struct Wave;
//! impl Function for Wave {
//!     fn value(&self, x: &Float) -> Float {
//!         x.clone().sin() * x
//!     }
//! }
//!
//! let intervals = [[Exact(parse_exact("-1")?), Exact(parse_exact("2")?)]];
//! // Errors near 2 count more.
//! let weight = |x: &Float| Float::with_val(x.prec(), x.square_ref()) + 1u32;
//! let problem = Problem { function: &Wave, intervals: &intervals, weight: Weight::Of(&weight), parity: None };
//! let best = minimax(&problem, 9)?;
//! assert_eq!(best.coefficients.len(), 10);
//! // No polynomial of degree 9 is below the levelled error, and this one is there.
//! assert!(best.error >= best.level && best.spread < 1.0 + 1e-9);
//! assert!(best.error < 1e-6);
//! # Ok::<(), polyattn::Error>(())
//! ```

mod assess;
mod bounds;
mod constrained;
mod constraints;
mod domain;
mod exchange;
mod maxima;
mod problem;
mod scan;
mod simplex;
mod start;
mod trial;

pub(super) use assess::{least_value, samples, weighted_error};
pub use constrained::{Constrained, constrained_minimax};
pub(super) use constrained::{LARGEST_CONSTRAINED_DEGREE, positive_floor};
pub use constraints::Constraints;
pub use exchange::{Minimax, minimax};
pub(super) use exchange::{Verdict, lower_bound, reaches};
pub use problem::{Problem, Weight};

#[cfg(test)]
mod tests;
