//! The arithmetic circuit of an attention row: one graph, many visitors.

mod build;
mod chain;
mod chebyshev;
mod cost;
mod digits;
mod division;
mod graph;
mod monomial;
mod placed;
mod scale;
mod secret;
mod slotwise;
mod staged;
mod start;
mod value;

pub use build::Segments;
pub use chain::{ERROR_VARIANCE, LARGEST_ERROR, MOST_SPECIAL_PRIMES, ModulusChain};
pub use chebyshev::largest_degrees_of_each_cost;
pub use cost::{Cost, depth_of_power, depths, padded_length};
pub use digits::{CONVERSION, LimbCounts, TRANSFORM_LAYER, key_switch_cost};
pub use division::{Division, Iteration, Numerator, Start};
pub use graph::{Circuit, Fact, Node, NodeId, Op, Residual, Term, Visitor};
pub use placed::PlacedCircuit;
pub use scale::{Placement, place};
pub use secret::{SPARSE_WEIGHT, Secret};
pub(crate) use slotwise::holding as chebyshev_on;
pub use slotwise::{SlotFunction, Slotwise};
pub use staged::{StageCircuit, StagedComposite};
pub use start::{best_steps, minimax_start};
pub use value::evaluate;

#[cfg(test)]
mod tests;
