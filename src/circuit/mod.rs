//! The arithmetic circuit of an attention row: one graph, many visitors.

mod build;
mod chain;
mod cost;
mod digits;
mod graph;
mod placed;
mod scale;
mod secret;
mod staged;
mod value;

pub use build::{MergedComposite, Segments};
pub use chain::{ERROR_VARIANCE, LARGEST_ERROR, MOST_SPECIAL_PRIMES, ModulusChain};
pub use cost::{Cost, depth_of_power, depths, padded_length};
pub use digits::{CONVERSION, LimbCounts, TRANSFORM_LAYER, key_switch_cost};
pub use graph::{Circuit, Fact, Node, NodeId, Op, Visitor};
pub use placed::PlacedCircuit;
pub use scale::{Placement, place};
pub use secret::{SPARSE_WEIGHT, Secret};
pub use staged::{StageCircuit, StagedComposite};
pub use value::evaluate;
