//! Noise of circuits with several row sums: powers by squaring, with a normalisation after each square.
//!
//! The error of a weight is again exactly the sum over all sources, and over the second-order terms, of each times its
//! gain. What is new is that noise in any slot of an early normalisation reaches the weight in another slot by way of the
//! later row sums, each slot with a gain of its own. Gains are powers of what the slot holds (`stage`), so all slots
//! together are known by the sums of those powers (`sums`), and a pull on them is handed on from normalisation to
//! normalisation, last to first (`pull`). A factor that the whole row has in common cancels in the next division;
//! that is kept track of by itself, for intervals would not see it.

mod bound;
mod cells;
mod predict;
mod pull;
mod stage;
mod sums;

#[cfg(test)]
mod tests;

pub(super) use bound::{analyse, stage_bounds};
pub(super) use predict::{predict_slots, predict_stages};
