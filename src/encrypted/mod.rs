//! Real ciphertexts: what a plan is run on before it is called validated.

pub mod ckks;
