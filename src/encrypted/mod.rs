//! Real ciphertexts: what a plan is run on before it is called validated.

mod backend;
mod bfv;
pub mod ckks;
mod draw;
mod evidence;
mod exact;
mod packing;
mod quantiser;
mod seal;
mod seed;
mod simulated;
mod validate;

pub use backend::{Backend, CkksBackend, Run, RunSeconds, StageValues, backend};
pub use bfv::BfvBackend;
pub use draw::draw_rows;
pub use evidence::Evidence;
pub use exact::ExactBackend;
pub(crate) use packing::{pack, unpack};
pub use quantiser::Quantiser;
pub use seal::SealBackend;
pub(crate) use seal::recipe as seal_recipe;
pub use seed::Seed;
pub use simulated::SimulatedBackend;
pub use validate::{
    KeyAwareRecord, PowersRecord, ScoresUsed, StageRecord, Validation, ValidationSeconds, drawn, validate,
    validate_key_aware,
};
