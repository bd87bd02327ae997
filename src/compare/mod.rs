//! Published ways from scores to attention weights on the same rows, under the same analyser as a plan.
//!
//! A system is built as a [`Circuit`](crate::circuit::Circuit) from its published constants wherever they are known, so that
//! depth, products and rotations are counted alike and its error is that of the circuit in exact arithmetic. What is not
//! published is named in the note of its row. On request every circuit is run on ciphertexts, and its error held against its bound.

mod document;
mod forwards;
mod markdown;
mod polynomial;
mod power;
mod published;
mod recheck;
mod ring;
mod run;
mod setting;
mod softmax;
mod system;
mod trial;

pub use document::{Comparison, ComparisonRow, DepthKind, ErrorKind, Measured, Scope};
pub use recheck::recheck_comparison;
pub use run::compare;
