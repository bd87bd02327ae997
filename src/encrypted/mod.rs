//! Real ciphertexts: what a plan is run on before it is called validated.

mod backend;
pub mod ckks;
mod draw;
mod evidence;
mod exact;
mod packing;
mod seal;
mod simulated;
mod validate;

pub use backend::{Backend, CkksBackend, Run, RunSeconds, StageValues, backend};
pub use draw::draw_rows;
pub use evidence::Evidence;
pub use exact::ExactBackend;
pub use seal::SealBackend;
pub use simulated::SimulatedBackend;
pub use validate::{ScoresUsed, StageRecord, Validation, ValidationSeconds, validate};
