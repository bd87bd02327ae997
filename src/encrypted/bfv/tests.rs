use super::*;
use crate::circuit::NodeId;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// x^p by squarings, and products where p is not a power of two.
fn operations(power: u32) -> Vec<Op> {
    let square = |index: usize| Op::Product(NodeId(index), NodeId(index));
    let squarings = (0..power.ilog2() as usize).map(square);
    let mut operations: Vec<Op> = [Op::Scores].into_iter().chain(squarings).collect();
    if power == 6 {
        operations.push(Op::Product(NodeId(1), NodeId(2)));
    }
    operations
}

/// Corners, ties, and what is drawn.
fn integers(quantiser: Quantiser, count: usize) -> Vec<i64> {
    let largest = i64::from(quantiser.largest());
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let corners = [largest, -largest, 0, 1, -1, largest - 1, 1 - largest, largest / 2, largest / 2, -(largest / 2)];
    corners.into_iter().chain(std::iter::from_fn(|| Some(rng.random_range(-largest..=largest)))).take(count).collect()
}

fn powers(parameters: &Parameters, power: u32, integers: &[i64]) -> Vec<Integer> {
    let mut schemes = schemes(parameters, Seed::Fixed(3), 1).unwrap();
    let remainders = Remainders::new(&parameters.plaintext_primes).unwrap();
    let operations = operations(power);
    let epsilon = Rational::new();
    let map = Map { powers: operations.iter().collect(), power, epsilon: &epsilon };
    map.powers(&mut schemes, &remainders, integers).unwrap().0
}

#[test]
fn powers_are_exact() {
    for (power, bits) in [(2, 12), (4, 12), (6, 12), (8, 12), (2, 32)] {
        let quantiser = Quantiser::new(bits).unwrap();
        let parameters = Parameters::choose(power, quantiser).unwrap();
        // More than one ciphertext, the last not full.
        let integers = integers(quantiser, parameters.degree + 100);
        let powers = powers(&parameters, power, &integers);
        let exact: Vec<Integer> = integers.iter().map(|&n| Integer::from(n).pow(power)).collect();
        assert_eq!(powers, exact, "p = {power}, {bits} bits, {parameters:?}");
        check(&integers, &powers, power).unwrap();
    }
}

#[test]
fn every_ring_keeps_the_noise_of_the_largest_plaintext_prime_under_its_modulus() {
    for (degree, moduli) in parameters::rings().unwrap() {
        for power in [2, 4, 8, 16] {
            let Some(size) = parameters::largest_plaintext_bits(*degree, moduli, power) else { continue };
            let prime = fhe_math::zq::primes::generate_prime(size, 2 * *degree as u64, 1 << size).unwrap();
            let parameters = Parameters { degree: *degree, moduli: moduli.clone(), plaintext_primes: vec![prime] };
            let integers = integers(Quantiser::default(), *degree);
            let residues = powers(&parameters, power, &integers);
            let exact = |&n: &i64| Integer::from(n).pow(power) % prime;
            assert!(residues.iter().eq(&integers.iter().map(exact).collect::<Vec<_>>()), "N = {degree}, p = {power}");
        }
    }
}

#[test]
fn outgrown_moduli_are_seen() {
    let quantiser = Quantiser::default();
    let good = Parameters::choose(8, quantiser).unwrap();
    let integers = integers(quantiser, 64);
    let outcome = |parameters: &Parameters| check(&integers, &powers(parameters, 8, &integers), 8);
    outcome(&good).unwrap();
    // Too few plaintext primes: u is known modulo their product only.
    let mut few = good.clone();
    few.plaintext_primes.pop();
    // A ciphertext modulus too short for the noise of three squarings.
    let mut short = good.clone();
    short.moduli.truncate(3);
    for bad in [few, short] {
        let error = outcome(&bad).unwrap_err();
        assert!(error.exit_code() == 5 && error.to_string().contains("is not that of its score"), "{error}");
    }
}

#[test]
fn powers_that_no_ring_holds_are_refused() {
    let error = Parameters::choose(512, Quantiser::new(32).unwrap()).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("x^512 of 32-bit scores"), "{error}");
}

#[test]
fn remainders_join_to_the_number_they_come_from() {
    let primes = [65537u64, 114689, 147457];
    let remainders = Remainders::new(&primes).unwrap();
    let all: u64 = 65537 * 114689 * 147457;
    let numbers = [0, 1, all - 1, 123_456_789_012, 65537];
    let residues: Vec<Vec<u64>> = primes.iter().map(|t| numbers.iter().map(|n| n % t).collect()).collect();
    assert_eq!(remainders.join(&residues, numbers.len()), numbers);
    assert!(Remainders::new(&[65537, 65537]).is_err());
}

#[test]
fn no_randomness_serves_two_encryptions() {
    let parameters = Parameters::choose(2, Quantiser::default()).unwrap();
    let mut schemes = schemes(&parameters, Seed::Fixed(3), 1).unwrap();
    let mut encrypt = || schemes[0].encrypt(&[1, 2, 3]).unwrap();
    assert!(encrypt() != encrypt());
}
