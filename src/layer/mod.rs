//! Functions of one variable that a polynomial transformer needs beside attention: 1/√x, GELU, ReLU, exp, sign and others, each
//! planned, bounded, certified and run on ciphertexts by the machinery of attention.
//!
//! A layer is a certified table, its circuit, a proved lower bound on its depth, CKKS parameters, a rigorous bound on the noise over
//! the whole domain and, after a run, its record. Every slot is alone: nothing is rotated.

mod alternation;
mod candidate;
mod document;
mod judge;
mod markdown;
mod recheck;
mod run;
mod search;
mod spec;

pub use alternation::Alternation;
pub use document::{Considered, LayerPlan, PlannedLayer};
pub use recheck::recheck_layers;
pub use run::{LayerRun, LayerSeconds, run_layer};
pub use search::plan_layers;
pub use spec::{FormChoice, Layer, LayerSpec};
