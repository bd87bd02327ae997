//! Real ciphertexts: what a plan is run on before it is called validated.

mod backend;
pub mod ckks;
mod draw;
mod packing;
mod validate;

pub use backend::{Backend, CkksBackend, Run, RunSeconds, StageValues, backend};
pub use draw::draw_rows;
pub use validate::{ScoresUsed, StageRecord, Validation, ValidationSeconds, validate};
