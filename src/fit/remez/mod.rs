//! The weighted Remez exchange in arbitrary precision: the best polynomial of a degree for any function.
//!
//! Every iteration levels the error on a reference by barycentric weights, converts the polynomial to the Chebyshev
//! basis, finds all extrema of its error and takes them as the next reference. The precision follows from the digits
//! that the levelled error has lost, and is raised whenever the polynomial does not reproduce that error.

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
