//! Laws of tables and attention rows, and strategies to draw what they speak about: for tests with `proptest`, in this crate and in
//! the repositories of those who use its tables.
//!
//! Each law is a function that takes one case and is exact where the map is rational; [`strategy`] draws cases, the awkward ones
//! first (ends, zeros, ties, one score among zeros). [`suite!`](macro@crate::laws::suite) makes a `#[test]` for every law of a table:
//!
//! ```no_run
//! polyattn::laws::suite!("tables/reciprocal.json", certificate = "certificates/reciprocal.json");
//! ```
//!
//! or, with one law and cases of one's own:
//!
//! ```
//! use polyattn::laws::{self, strategy, proptest::prelude::*};
//!
//! let exact = laws::exact_weights;
//! let mut runner = proptest::test_runner::TestRunner::deterministic();
//! runner.run(&strategy::rows(), |row| laws::mass(&exact, &row, &0.into()))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! docs/laws.md has every law with its formula.

mod attention;
#[cfg(feature = "ckks")]
mod circuit;
mod evaluation;
mod forms;
pub mod strategy;
mod suite;
mod table;
mod weights;

pub use attention::{
    Row, Weights, bounded, epsilon_conversion, exact_weights, length_agnostic, mass, order_preserved,
    ordered_by_magnitude, padding, scale_invariant,
};
#[cfg(feature = "ckks")]
pub use circuit::{TableCircuit, circuit_agrees};
pub use forms::{Forms, forms_agree, rounding};
pub use suite::{Config, Law, Suite, check_table};
pub use table::{LARGEST_EXACT_DEGREE, certificate_sound, monotone, positive, value};
pub use weights::TableWeights;

#[doc(inline)]
pub use crate::laws_suite as suite;
pub use proptest;

use crate::error::Error;
use proptest::test_runner::TestCaseError;

/// Whether a law holds of a case: `Fail` with the law's name, the case and the values, `Reject` for a case that it does not speak
/// about.
pub type Outcome = std::result::Result<(), TestCaseError>;

/// Fails with the name of the law and what was found.
fn require(holds: bool, law: &str, found: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(TestCaseError::fail(format!("law '{law}' does not hold: {}", found()))) }
}

/// What keeps a law from being asked is a failure too.
fn asked<T>(result: crate::error::Result<T>, law: &str) -> std::result::Result<T, TestCaseError> {
    result.map_err(|e: Error| TestCaseError::fail(format!("law '{law}' cannot be asked: {e}")))
}
