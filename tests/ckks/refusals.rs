//! Wrong use is answered with its reason.

use crate::setup::{Setup, float, two_to};
use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Context, GaloisKeys, SecretKey};

#[test]
fn bad_input_is_refused_with_its_reason() {
    let mut setup = Setup::levels(13, 2, 1);
    let values = setup.values(-1.0, 1.0);
    let (_, a) = setup.encrypt(&values, &two_to(45), 2);
    let (_, b) = setup.encrypt(&values, &(two_to(45) * float(1.0 + 2f64.powi(-39))), 2);
    let (_, near) = setup.encrypt(&values, &(two_to(45) * float(1.0 + 2f64.powi(-41))), 2);
    let (context, evaluator) = (&setup.context, &setup.evaluator);
    let refused = |result: Result<(), polyattn::Error>, words: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(words), "'{error}' does not say '{words}'");
    };
    assert!(evaluator.add(&a, &near).is_ok());
    refused(evaluator.add(&a, &b).map(drop), "2^45.000000000000 and 2^45.000000000003");
    let too_many = vec![0.0; context.slots() + 1];
    refused(context.encode(&too_many, &two_to(45), 2).map(drop), "4097 values do not fit in 4096 slots");
    refused(context.encode(&[f64::NAN], &two_to(45), 2).map(drop), "slot 0 is NaN");
    refused(context.encode(&[1.0], &two_to(45), 3).map(drop), "level 3 does not exist");
    refused(context.encode(&[1.0; 4096], &two_to(53), 0).map(drop), "lower the scale");
    refused(context.encode(&[1e30], &two_to(60), 2).map(drop), "lower the scale");
    refused(context.encode(&[1.0], &float(0.0), 2).map(drop), "out of range");
    refused(context.encode(&[1.0], &float(f64::INFINITY), 2).map(drop), "out of range");
    let mut bottom = a.clone();
    evaluator.drop_to(&mut bottom, 0).unwrap();
    refused(evaluator.rescale(&mut bottom), "level 0 cannot be rescaled");
    refused(evaluator.square_rescale(&bottom, &setup.relinearisation).map(drop), "level 0 cannot be rescaled");
    refused(evaluator.drop_to(&mut bottom, 1), "cannot be raised");
    refused(evaluator.multiply(&bottom, &bottom, &setup.relinearisation).map(drop), "scale out of bounds");
    refused(evaluator.add_constant(&mut bottom, &float(1e9)), "does not fit");
    refused(evaluator.add_constant(&mut bottom, &float(f64::NAN)), "does not fit");
    refused(bottom.clone().rescaled_value(&float(-1.0)).map(drop), "negate first");
    let keys = GaloisKeys::generate(&setup.secret, &[1, 2], 1, &mut setup.rng).unwrap();
    refused(evaluator.rotate(&bottom, 3, &keys).map(drop), "rotation by 3 slots, only for [1, 2]");
    refused(evaluator.rotate(&a, 1, &keys).map(drop), "level 1 and below");
    refused(evaluator.rotate_sum(&bottom, &[1, 2, 3], &keys).map(drop), "rotation by 3 slots, only for [1, 2]");
    refused(evaluator.rotate_sum(&a, &[1], &keys).map(drop), "level 1 and below");
    refused(evaluator.conjugate(&bottom, &keys).map(drop), "no key for conjugation");
    refused(context.encode_complex(&[(0.0, f64::INFINITY)], &two_to(45), 2).map(drop), "slot 0 is inf");
    for weight in [0, context.degree() + 1] {
        let sparse = SecretKey::generate_sparse(context, weight, &mut setup.rng);
        refused(sparse.map(drop), "weight of a sparse secret is");
    }
    let mut other = Setup::levels(13, 3, 1);
    let (_, longer) = other.encrypt(&values, &two_to(45), 3);
    refused(other.evaluator.add(&a, &a).map(drop), "another modulus chain");
    refused(evaluator.square_rescale(&longer, &setup.relinearisation).map(drop), "another modulus chain");
    refused(other.secret.decrypt(&a).map(drop), "another modulus chain");
    let mut keys = keys;
    refused(keys.add_conjugation(&other.secret, &mut other.rng), "another modulus chain");
}

#[test]
fn chains_that_cannot_work_are_refused() {
    let good = ModulusChain::generate(13, &[50, 50], &[50]).unwrap();
    let refused = |change: fn(&mut ModulusChain), words: &str| {
        let mut chain = good.clone();
        change(&mut chain);
        let error = Context::new(&chain).map(drop).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(words), "'{error}' does not say '{words}'");
    };
    refused(|chain| chain.p.clear(), "p has 0 primes");
    refused(|chain| chain.q.clear(), "q is empty");
    refused(|chain| chain.p = chain.q.clone(), "occurs twice");
    refused(|chain| chain.q[1] += 2, "is not a prime");
    refused(|chain| chain.log_n = 15, "is not a prime");
    refused(|chain| chain.log_n = 40, "log_n is 40");
}

#[test]
fn secrets_are_not_printed() {
    let setup = Setup::levels(13, 1, 1);
    assert_eq!(format!("{:?}", setup.secret), "SecretKey { .. }");
}
