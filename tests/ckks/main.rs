//! The RNS-CKKS layer against exact arithmetic and against its own noise formulas.

#![allow(clippy::unwrap_used)]

mod documents;
mod galois;
mod laws;
mod noise;
mod products_noise;
mod refusals;
mod rings;
mod setup;
