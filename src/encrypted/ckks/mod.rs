//! RNS-CKKS for validating plans: it is not audited and not constant-time, and decrypted CKKS results must not be
//! shared as they are, because their noise depends on the secret key (IND-CPA-D, ePrint 2020/1533).
//!
//! The scheme is CKKS (ePrint 2016/421) in its residue number system form (ePrint 2018/931) with hybrid key switching
//! over digits of the modulus chain and special primes (ePrint 2019/688). A polynomial of Z\[X\]/(X^N + 1) is kept as
//! its residues modulo the primes q_0 … q_l of its *level* l, each in the NTT domain. A ciphertext (c_0, c_1) stands
//! for the slot values of (c_0 + c_1·s)/scale, and its scale is tracked exactly, with 256 bits.
//!
//! Every division (rescaling by q_l, division by the special modulus P) rounds to the nearest integer, from the centred
//! remainder, and every digit of key switching is centred: the rounding error of a coefficient is uniform on
//! [−1/2, 1/2] and has no bias. Truncation would leave a bias that no averaging removes.
//!
//! The noise that follows, as variance of one coefficient, with h = ‖s‖² and σ² = 10.5:
//!
//! | operation | adds |
//! | --- | --- |
//! | encoding | 1/12 |
//! | encryption, made modulo Q·P and divided by P | (h + 1)/12 |
//! | rescaling by q | (h + 1)/12, after what was there is divided by q² |
//! | key switching (relinearising, rotating, conjugating) | (N σ²/12)·Σ_digits (Q_i/P)² + (h + 1)/12 |
//! | sum of n hoisted rotations | n·(N σ²/12)·Σ_digits (Q_i/P)² + (h + 1)/12 |
//!
//! What was measured against these formulas is in `docs/ckks.md`.
//!
//! Real slot values have an antisymmetric polynomial, and so has its rounding: the variance N/12 of a slot's encoding
//! error lies wholly in the real part, where the other sources leave half of theirs.
//!
//! A product that is rescaled at once divides by P·q_l in one step: its key switching is then only the first term,
//! divided by q_l².
//!
//! ```
//! use polyattn::circuit::ModulusChain;
//! use polyattn::encrypted::ckks::{Context, Evaluator, PublicKey, RelinearisationKey, SecretKey};
//! use rand::SeedableRng;
//! use rug::Float;
//!
//! // A toy ring, far too small to be secure, and a seed, which is for studies only: see `secure_generator`.
//! let chain = ModulusChain::generate(6, &[54, 50, 50], &[54])?;
//! let context = Context::new(&chain)?;
//! let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
//! let secret = SecretKey::generate(&context, &mut rng);
//! let public = PublicKey::generate(&secret, &mut rng);
//! let relinearisation = RelinearisationKey::generate(&secret, &mut rng);
//!
//! let scale = Float::with_val(polyattn::real::PRECISION, 1u64 << 45);
//! let x = public.encrypt(&context.encode(&[0.5, -0.25], &scale, context.top_level())?, &mut rng)?;
//! let square = Evaluator::new(&context).square_rescale(&x, &relinearisation)?;
//! let values = context.decode(&secret.decrypt(&square)?)?;
//! assert!((values[0] - 0.25).abs() < 1e-9 && (values[1] - 0.0625).abs() < 1e-9);
//! # Ok::<(), polyattn::Error>(())
//! ```

mod ciphertext;
mod context;
mod conversion;
mod dd;
mod documents;
mod embedding;
#[cfg(test)]
mod embedding_tests;
mod encoding;
mod evaluator;
mod framing;
mod galois;
mod keys;
mod order;
mod poly;
mod prime;
mod sampling;
mod switching;

pub use ciphertext::Ciphertext;
pub use context::Context;
pub(super) use context::check as check_modulus_chain;
pub(super) use dd::Dd;
pub(super) use embedding::{Complex, Embedding};
pub use encoding::Plaintext;
pub use evaluator::Evaluator;
pub use galois::GaloisKeys;
pub use keys::{PublicKey, SecretKey};
pub use sampling::secure_generator;
pub(super) use sampling::{error, sparse, ternary};
pub use switching::RelinearisationKey;
