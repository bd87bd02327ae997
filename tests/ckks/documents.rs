//! Binary documents: what is written is read back, and nothing else is.

use crate::setup::{Setup, two_to};
use polyattn::Result;
use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Ciphertext, Context, GaloisKeys, Plaintext, PublicKey, RelinearisationKey, SecretKey};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};

/// Reads a document and writes it again.
type Copy = fn(&Arc<Context>, &[u8]) -> Result<Vec<u8>>;

/// The kinds in the order of their numbers, from 1.
const KINDS: [(&str, Copy); 6] = [
    ("ciphertext", |context, mut bytes| written(|sink| Ciphertext::read_from(context, &mut bytes)?.write_to(sink))),
    ("plaintext", |context, mut bytes| written(|sink| Plaintext::read_from(context, &mut bytes)?.write_to(sink))),
    ("public key", |context, mut bytes| written(|sink| PublicKey::read_from(context, &mut bytes)?.write_to(sink))),
    ("relinearisation key", |context, mut bytes| {
        written(|sink| RelinearisationKey::read_from(context, &mut bytes)?.write_to(sink))
    }),
    ("set of rotation keys", |context, mut bytes| {
        written(|sink| GaloisKeys::read_from(context, &mut bytes)?.write_to(sink))
    }),
    ("secret key", |context, mut bytes| {
        written(|sink| SecretKey::import_secret(context, &mut bytes)?.export_secret(sink))
    }),
];

fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    Ok(bytes)
}

struct Samples {
    setup: Setup,
    ciphertext: Ciphertext,
    keys: GaloisKeys,
    documents: Vec<Vec<u8>>,
}

static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
    let mut setup = Setup::levels(4, 2, 2);
    let values = setup.values(-1.0, 1.0);
    // A scale that needs all its bits.
    let (plaintext, ciphertext) = setup.encrypt(&values, &(two_to(45) / 3u32), 1);
    let mut keys = GaloisKeys::generate(&setup.secret, &[1, -2], 1, &mut setup.rng).unwrap();
    keys.add_conjugation(&setup.secret, &mut setup.rng).unwrap();
    let documents = [
        written(|sink| ciphertext.write_to(sink)),
        written(|sink| plaintext.write_to(sink)),
        written(|sink| setup.public.write_to(sink)),
        written(|sink| setup.relinearisation.write_to(sink)),
        written(|sink| keys.write_to(sink)),
        written(|sink| setup.secret.export_secret(sink)),
    ];
    let documents = documents.into_iter().collect::<Result<_>>().unwrap();
    Samples { setup, ciphertext, keys, documents }
});

/// Bytes of the frame's beginning: magic, version, kind, log2 N, two counts, five primes.
const HEAD: usize = 8 + 5 * 4 + 5 * 8;

/// The document with `change` made to its content and its hash taken anew.
fn resealed(document: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = document[..document.len() - 32].to_vec();
    change(&mut bytes);
    let hash = Sha256::digest(&bytes);
    [bytes.as_slice(), hash.as_slice()].concat()
}

fn refused(result: Result<Vec<u8>>, words: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    assert!(error.to_string().contains(words), "'{error}' does not say '{words}'");
}

#[test]
fn every_document_is_read_back_and_written_again_bit_for_bit() {
    let samples = &*SAMPLES;
    for ((_, copy), document) in KINDS.iter().zip(&samples.documents) {
        assert!(copy(&samples.setup.context, document).unwrap() == *document);
        assert!(resealed(document, |_| ()) == *document);
    }
}

/// Residues are in the order of the transform, with the root that the library underneath chooses. Where either changes,
/// older documents would be misread: the version of the format has to go up with this hash.
#[test]
fn a_known_plaintext_has_the_known_document() {
    let context = Context::new(&ModulusChain::generate(4, &[54, 50], &[54]).unwrap()).unwrap();
    let plaintext = context.encode(&[1.0, -0.5, 0.25], &two_to(30), 1).unwrap();
    let document = written(|sink| plaintext.write_to(sink)).unwrap();
    let hash: String = document[document.len() - 32..].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, "792b46a6eb512f96c90d8845b36227c369cab4c18e61be5ec9fac438fdce086d");
}

#[test]
fn what_was_read_works_as_what_was_written() {
    let samples = &*SAMPLES;
    let (setup, a) = (&samples.setup, &samples.ciphertext);
    let (context, evaluator) = (&setup.context, &setup.evaluator);
    let [ciphertext, plaintext, public, relinearisation, rotations, secret] = samples.documents.as_slice() else {
        panic!("six kinds");
    };
    let back = Ciphertext::read_from(context, &mut ciphertext.as_slice()).unwrap();
    assert!(back == *a && back.scale() == a.scale());
    let secret = SecretKey::import_secret(context, &mut secret.as_slice()).unwrap();
    assert!(secret.decrypt(&back).unwrap() == setup.secret.decrypt(a).unwrap());
    let plaintext = Plaintext::read_from(context, &mut plaintext.as_slice()).unwrap();
    let public = PublicKey::read_from(context, &mut public.as_slice()).unwrap();
    let encrypt = |key: &PublicKey| key.encrypt(&plaintext, &mut ChaCha20Rng::seed_from_u64(5)).unwrap();
    assert!(encrypt(&public) == encrypt(&setup.public));
    let key = RelinearisationKey::read_from(context, &mut relinearisation.as_slice()).unwrap();
    let square = |key| evaluator.square_rescale(a, key).unwrap();
    assert!(square(&key) == square(&setup.relinearisation));
    let keys = GaloisKeys::read_from(context, &mut rotations.as_slice()).unwrap();
    let images = |keys| [evaluator.rotate_sum(a, &[1, -2], keys), evaluator.conjugate(a, keys)].map(Result::unwrap);
    assert!(images(&keys) == images(&samples.keys));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let samples = &*SAMPLES;
    for ((name, copy), document) in KINDS.iter().zip(&samples.documents) {
        // All bits of the head, of what follows it and of the hash, and one bit of every byte.
        let ends = (0..document.len().min(HEAD + 64)).chain(document.len() - 40..document.len());
        let all = ends.flat_map(|byte| (0..8).map(move |bit| (byte, bit)));
        for (byte, bit) in all.chain((0..document.len()).map(|byte| (byte, byte % 8))) {
            let mut bytes = document.clone();
            bytes[byte] ^= 1 << bit;
            let error = copy(&samples.setup.context, &bytes).map(drop).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{name}, bit {bit} of byte {byte}: {error}");
        }
    }
}

#[test]
fn truncated_and_prolonged_documents_are_refused() {
    let samples = &*SAMPLES;
    for ((_, copy), document) in KINDS.iter().zip(&samples.documents) {
        for length in 0..document.len() {
            refused(copy(&samples.setup.context, &document[..length]), "is truncated");
        }
        let longer = [document.as_slice(), &[0]].concat();
        refused(copy(&samples.setup.context, &longer), "goes on behind its end");
    }
}

#[test]
fn another_magic_version_or_kind_is_named() {
    let samples = &*SAMPLES;
    let context = &samples.setup.context;
    for (index, ((name, copy), document)) in KINDS.iter().zip(&samples.documents).enumerate() {
        refused(copy(context, &resealed(document, |bytes| bytes[0] = b'P')), "does not begin with 'polyCKKS'");
        refused(copy(context, &resealed(document, |bytes| bytes[8] = 2)), "version of its format is 2, expected 1");
        refused(copy(context, &resealed(document, |bytes| bytes[12] = 77)), "of an unknown kind, 77");
        let (other, _) = KINDS[(index + 1) % 6];
        let next = &samples.documents[(index + 1) % 6];
        refused(copy(context, next), &format!("expected a {name}, found a document that is a {other}"));
    }
}

#[test]
fn other_parameters_are_named() {
    let samples = &*SAMPLES;
    let good = samples.setup.context.chain().clone();
    let longer = ModulusChain::generate(4, &[54, 50, 50, 50], &[54, 54]).unwrap();
    let wider = ModulusChain::generate(4, &[54, 50, 50], &[54, 54, 54]).unwrap();
    let ring = ModulusChain::generate(5, &[54, 50, 50], &[54, 54]).unwrap();
    let sizes = ModulusChain::generate(4, &[54, 50, 49], &[54, 54]).unwrap();
    let other = ModulusChain::generate(4, &[53], &[]).unwrap().q[0];
    let special = ModulusChain { p: vec![good.p[0], other], ..good };
    for ((_, copy), document) in KINDS.iter().zip(&samples.documents) {
        for (chain, words) in [
            (&longer, "number of primes of q is 3, expected 4"),
            (&wider, "number of primes of p is 2, expected 3"),
            (&ring, "log_n is 4, expected 5"),
            (&sizes, "other parameters: q[2] is"),
            (&special, "other parameters: p[1] is"),
        ] {
            refused(copy(&Context::new(chain).unwrap(), document), words);
        }
    }
}

#[test]
fn values_out_of_range_are_named() {
    let samples = &*SAMPLES;
    let put = |kind: usize, place: usize, new: &[u8]| {
        let changed = resealed(&samples.documents[kind], |bytes| bytes[place..place + new.len()].copy_from_slice(new));
        KINDS[kind].1(&samples.setup.context, &changed)
    };
    let top = u32::MAX.to_le_bytes();
    refused(put(0, HEAD, &top), "the level is 4294967295, expected 0 to 2");
    refused(put(0, HEAD + 4, &900i32.to_le_bytes()), "out of range");
    refused(put(0, HEAD + 4, &i32::MIN.to_le_bytes()), "scale out of range");
    refused(put(1, HEAD + 8, &[0; 32]), "scale out of range");
    refused(put(1, HEAD + 40, &top), "number of limbs is 4294967295, expected 2");
    refused(
        put(0, HEAD + 44, &u64::MAX.to_le_bytes()),
        "limb 0 has the residue 18446744073709551615, expected one below",
    );
    let second = samples.setup.context.chain().q[1];
    refused(put(0, HEAD + 44 + 8 * 16, &second.to_le_bytes()), "limb 1 has the residue");
    refused(put(3, HEAD, &1u32.to_le_bytes()), "the level of a key is 1, expected 2");
    refused(put(3, HEAD + 4, &top), "number of digits is 4294967295, expected 2");
    refused(put(4, HEAD + 4, &top), "number of conjugations is 4294967295, expected 0 to 1");
    refused(put(4, HEAD + 8, &top), "number of rotations is 4294967295, expected 0 to 7");
    // Behind the last number of steps there are a level, a number of digits, and two polynomials of four limbs.
    let last_steps = samples.documents[4].len() - 32 - (4 + 4 + 2 * (4 + 4 * 16 * 8)) - 4;
    refused(put(4, last_steps, &1u32.to_le_bytes()), "steps of a rotation (which ascend) is 1, expected 2 to 7");
    refused(put(4, last_steps, &8u32.to_le_bytes()), "steps of a rotation (which ascend) is 8, expected 2 to 7");
    refused(put(5, HEAD, &[2]), "a coefficient is none of -1, 0, 1");
}

#[test]
fn a_sink_that_is_full_is_an_error() {
    let samples = &*SAMPLES;
    let mut little = [0u8; 100];
    let error = samples.ciphertext.write_to(&mut little.as_mut_slice()).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("the ciphertext cannot be written"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// With a right hash, so that what is checked is the reading itself.
    #[test]
    fn any_content_is_read_or_refused_without_panic(
        kind in 0usize..6,
        at in 0.0f64..1.0,
        noise in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let samples = &*SAMPLES;
        let changed = resealed(&samples.documents[kind], |bytes| {
            let place = (at * bytes.len() as f64) as usize;
            bytes.splice(place..(place + noise.len()).min(bytes.len()), noise);
        });
        if let Err(error) = KINDS[kind].1(&samples.setup.context, &changed) {
            prop_assert_eq!(error.exit_code(), 2);
        }
    }
}
