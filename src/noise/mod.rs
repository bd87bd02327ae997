//! CKKS noise of a placed circuit: a rigorous bound over a whole domain, a probabilistic bound, a prediction.
//!
//! Every product, rotation and constant is a *source* of its own. Written slot by slot, the error δ of a product is
//! exactly δ(ab) = a·δb + b·δa + δa·δb + source, so the error of the weights is exactly the sum over the sources, and
//! over the second-order terms δa·δb, of each times its gain: the adjoint of the noise-free circuit. Gains depend on the
//! row, so they are enclosed on cells of the domain (`pass`) and the worst cell is searched for (`budget`).
//!
//! # What the rigorous bound assumes
//! Given the keys, the roundings of encryption, key switching and rescaling and the digits of key switching are
//! independent and uniform (what makes ciphertexts look random makes them so); then each source is sub-Gaussian with no
//! appeal to a central limit theorem. The keys' own distribution is accounted for in `model`. Nothing else is assumed.

mod budget;
mod by_bound;
mod cell;
mod chebyshev;
mod chernoff;
mod key_aware;
mod model;
mod pass;
mod predict;
mod slot;
mod slotwise;
mod sources;
mod staged;
mod stages;
mod tails;
mod worst;

#[cfg(test)]
mod edge_tests;
#[cfg(test)]
mod tests;

pub use budget::{LedgerLine, NoiseBudget, analyse, floor};
pub use chernoff::{KeyedPart, tail, tail_over_slots};
pub use key_aware::{GivenKey, given_key};
pub use model::{Elementary, EncodingRounding, RandomPart, RingModel};
pub use predict::{RowPrediction, StagePrediction, predict_rows, predict_slots, predict_stages};
pub use slotwise::{SlotDomain, SlotwiseBudget, analyse_slots};
pub use stages::{StageBound, bound_rows, stage_bounds, worst_case};
pub use tails::{SlotNoise, quantile_of_maximum};
