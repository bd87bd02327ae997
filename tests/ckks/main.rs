//! The RNS-CKKS layer against exact arithmetic and against its own noise formulas.

#![allow(clippy::unwrap_used)]

mod galois;
mod laws;
mod noise;
mod refusals;
mod setup;
