//! Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS.

pub mod attention;
pub mod certify;
pub mod circuit;
pub mod cli;
pub mod compare;
pub mod document;
pub mod encrypted;
pub mod error;
pub mod export;
pub mod fit;
pub mod layer;
pub mod noise;
pub mod plan;
pub mod poly;
pub mod real;
pub mod report;
pub mod study;
pub mod survey;
pub mod target;

pub use error::{Error, Result};
