//! Published ways from scores to attention weights on the same rows, under the same analyser as a plan.
//!
//! A system is built as a [`Circuit`](crate::circuit::Circuit) from its published constants wherever they are known, so that
//! depth, products and rotations are counted alike and its error is that of the circuit in exact arithmetic. What is not
//! published is named in the note of its row.

mod document;
mod polynomial;
mod power;
mod published;
mod run;
mod setting;
mod softmax;
mod system;

pub use document::{Comparison, ComparisonRow, DepthKind, ErrorKind};
pub use run::compare;
