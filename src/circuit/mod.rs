//! The arithmetic circuit of an attention row: one graph, many visitors.

mod chain;

pub use chain::ModulusChain;
