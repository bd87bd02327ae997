//! Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS.

pub mod certify;
pub mod circuit;
pub mod cli;
pub mod document;
pub mod error;
pub mod fit;
pub mod poly;
pub mod real;
pub mod target;

pub use error::{Error, Result};
