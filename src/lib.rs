//! Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS.

pub mod circuit;
pub mod document;
pub mod encrypted;
pub mod error;
pub mod real;

pub use error::{Error, Result};
