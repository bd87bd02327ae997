//! Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS:
//!
//! $$y_j = \frac{x_j^p}{\varepsilon + \sum_i x_i^p}$$
//!
//! A coefficient table with a proof of its error:
//!
//! ```
//! use polyattn::certify::{certify, verify_against};
//! use polyattn::fit::{FitRequest, Goal, fit};
//! use polyattn::real::parse_exact;
//! use polyattn::target::Target;
//!
//! let interval = [parse_exact("2.9")?, parse_exact("46")?];
//! let request = FitRequest::new(Target::new("reciprocal", 0.into())?, interval, Goal::Degree(15));
//! let certified = certify(&fit(&request)?)?;
//! // No x of the interval has a larger relative error; the certificate carries what a stranger needs to prove it again.
//! let bound = certified.certificate.certified_upper.as_ref().ok_or("not proved")?;
//! assert!(**bound < parse_exact("2^-10")?);
//! verify_against(&certified.certificate, &certified.table)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
#![cfg_attr(feature = "ckks", doc = include_str!("planning.md"))]
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | (none) | fitting, certifying, the maps of attention in exact arithmetic, the order of activations |
//! | `laws` | laws and strategies for `proptest`, to be run on tables of one's own; in the default |
//! | `ckks` | circuits, noise, plans, runs on ciphertexts, studies, comparisons, exports, the gate for CI |
//! | `plots` | reports, and figures of surveys and studies |
//! | `cli` | the command line and the binary; in the default |
//!
//! For a library alone: `polyattn = { version = "0.1", default-features = false, features = ["ckks"] }`.

pub mod attention;
pub mod certify;
#[cfg(feature = "ckks")]
pub mod circuit;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "ckks")]
pub mod compare;
pub mod document;
#[cfg(feature = "ckks")]
pub mod encrypted;
pub mod error;
#[cfg(feature = "ckks")]
pub mod export;
pub mod fit;
#[cfg(feature = "ckks")]
pub mod gate;
#[cfg(feature = "laws")]
pub mod laws;
#[cfg(feature = "ckks")]
pub mod layer;
#[cfg(feature = "ckks")]
pub mod noise;
pub mod order;
#[cfg(feature = "ckks")]
pub mod plan;
pub mod poly;
pub mod real;
#[cfg(feature = "plots")]
pub mod report;
#[cfg(feature = "ckks")]
pub mod study;
#[cfg(feature = "ckks")]
pub mod survey;
pub mod target;

pub use error::{Error, Result};
