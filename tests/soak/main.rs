//! Random circuits on ciphertexts against exact arithmetic, for as long as asked: no error may exceed its bound.
//!
//! `make soak` runs half an hour; `SOAK_MINUTES` and `SOAK_SEED` in the environment change that. Each circuit has its own
//! stream of the seed, so that any one of them can be found again.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod attention;
mod operations;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::time::{Duration, Instant};

/// The bounds of a circuit, all together, fail with probability 2^this.
const LOG2_FAILURE: f64 = -40.0;

/// What one circuit showed.
#[derive(Debug)]
struct Outcome {
    /// What was run.
    description: String,
    /// How many values were compared.
    compared: u64,
    /// The largest error over its bound; NaN where an error is.
    worst: f64,
}

impl Outcome {
    fn compare(&mut self, error: f64, bound: f64) {
        let ratio = error / bound;
        self.compared += 1;
        self.worst = if ratio.is_nan() || ratio > self.worst { ratio } else { self.worst };
    }
}

#[derive(Debug, Default)]
struct Total {
    attention: u64,
    operations: u64,
    compared: u64,
    worst: f64,
}

/// Runs circuits of both kinds in turn for `time` and stops at the first that leaves its bound.
fn soak(seed: u64, time: Duration) {
    println!("seed {seed}, {:.0} s", time.as_secs_f64());
    let began = Instant::now();
    let mut total = Total::default();
    for stream in 0.. {
        if began.elapsed() >= time {
            break;
        }
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        let (outcome, count) = match stream % 2 {
            0 => (attention::run(&mut rng), &mut total.attention),
            _ => (operations::run(&mut rng), &mut total.operations),
        };
        let inside = outcome.worst <= 1.0 && outcome.compared > 0;
        assert!(inside, "seed {seed}, circuit {stream}: {} of its bound\n{}", outcome.worst, outcome.description);
        *count += 1;
        total.compared += outcome.compared;
        total.worst = total.worst.max(outcome.worst);
    }
    println!(
        "{} PowerSoftmax circuits and {} circuits of random operations, {} values compared, 0 violations, \
         the largest error is {:.3} of its bound",
        total.attention, total.operations, total.compared, total.worst
    );
}

#[test]
fn twenty_seconds_of_random_circuits_stay_within_their_bounds() {
    soak(1, Duration::from_secs(20));
}

#[test]
#[ignore = "half an hour, or SOAK_MINUTES: make soak"]
fn random_circuits_stay_within_their_bounds() {
    let number = |name: &str, default: f64| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}: expected a number, found '{text}'")),
        Err(_) => default,
    };
    soak(number("SOAK_SEED", 1.0) as u64, Duration::from_secs_f64(60.0 * number("SOAK_MINUTES", 30.0)));
}
