//! The bytes that contexts, keys and ciphertexts state, beside what the allocator counts.

#![allow(clippy::unwrap_used)]

use cap::Cap;
use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Context, GaloisKeys, PublicKey, RelinearisationKey, SecretKey};
use rand::SeedableRng;
use rug::Float;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Makes something, and asserts that the bytes it states are those that were allocated and kept, within 1 %.
fn check<T>(what: &str, make: impl FnOnce() -> T, stated: impl FnOnce(&T) -> usize) -> T {
    let before = ALLOCATOR.allocated();
    let made = make();
    let kept = ALLOCATOR.allocated() - before;
    let stated = stated(&made);
    println!("{what}: {stated} bytes stated, {kept} kept");
    assert!(stated.abs_diff(kept) * 100 < kept, "{what}: {stated} bytes stated, {kept} kept");
    made
}

#[test]
fn stated_bytes_are_those_that_are_kept() {
    // The pool of threads is made, with its own memory, before anything is counted.
    rayon::broadcast(|_| ());
    for (log_n, special) in [(12, 1), (12, 3), (14, 2)] {
        let chain = ModulusChain::generate(log_n, &[54, 50, 50, 50, 50], &vec![54; special]).unwrap();
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let context = check("context", || Context::new(&chain).unwrap(), |context| context.bytes());
        let secret = check("secret key", || SecretKey::generate(&context, &mut rng), SecretKey::bytes);
        let public = check("public key", || PublicKey::generate(&secret, &mut rng), PublicKey::bytes);
        let relinearise = || RelinearisationKey::generate(&secret, &mut rng);
        check("relinearisation key", relinearise, RelinearisationKey::bytes);
        let rotate = || {
            let mut keys = GaloisKeys::generate(&secret, &[1, 2, 3], 3, &mut rng).unwrap();
            keys.add_conjugation(&secret, &mut rng).unwrap();
            keys
        };
        check("rotation keys", rotate, GaloisKeys::bytes);
        let scale = Float::with_val(polyattn::real::PRECISION, 1u64 << 40);
        let plaintext = check("plaintext", || context.encode(&[0.5], &scale, 4).unwrap(), |p| p.bytes());
        check("ciphertext", || public.encrypt(&plaintext, &mut rng).unwrap(), |c| c.bytes());
    }
}
