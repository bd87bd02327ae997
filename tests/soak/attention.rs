//! Random PowerSoftmax circuits: every named stage and every weight of random rows, the domain's corners first.

use crate::{LOG2_FAILURE, Outcome};
use polyattn::Error;
use polyattn::attention::{Epsilon, EpsilonForm, RowDomain, RowShape};
use polyattn::circuit::{ModulusChain, PlacedCircuit, Secret, depth_of_power, evaluate};
use polyattn::encrypted::{Backend, CkksBackend, Run, Seed, draw_rows};
use polyattn::fit::{FitRequest, fit};
use polyattn::noise::{NoiseBudget, StageBound, analyse, bound_rows, stage_bounds};
use polyattn::plan::{Ckks, Division, Job, Method};
use polyattn::real::{Exact, PRECISION};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use rug::{Float, Rational};

/// A circuit on random parameters, far too small to be secure, with its noise.
struct Case {
    description: String,
    job: Job,
    domain: RowDomain,
    placed: PlacedCircuit,
    budget: NoiseBudget,
    stages: Vec<StageBound>,
}

pub fn run(rng: &mut ChaCha20Rng) -> Outcome {
    // Parameters that cannot work (too few primes of a size, a scale lost in the noise) are refused with their reason.
    let case = std::iter::repeat_with(|| draw(rng)).find_map(usable).unwrap();
    let rows = draw_rows(&case.domain, case.job.power, case.job.bound.to_f64(), case.placed.rows(), rng.random());
    let slots = pack(&rows, &case.placed);
    let (runs, _) =
        CkksBackend.run(&case.placed, &case.job.bound, &[slots], Seed::Fixed(rng.random()), &|_| {}).unwrap();
    compare(&case, &rows, &runs[0])
}

fn usable(case: Result<Case, Error>) -> Option<Case> {
    match case {
        Ok(case) => case.budget.overflow.is_none().then_some(case),
        Err(Error::NoSolution(_)) => None,
        Err(other) => panic!("{other}"),
    }
}

fn draw(rng: &mut ChaCha20Rng) -> Result<Case, Error> {
    let power = *[2, 4, 6, 8].get(rng.random_range(0..4)).unwrap();
    let length = rng.random_range(1..=128);
    let bound = Rational::from_f64(rng.random_range(0.5..50.0)).unwrap();
    let small = |rng: &mut ChaCha20Rng| Rational::from_f64(rng.random_range(-18.0..-2.0f64).exp2()).unwrap();
    let plain = rng.random_range(0..4) == 0;
    let epsilon = (!plain).then(|| Epsilon { form: EpsilonForm::Unit, value: Exact(small(rng)) });
    let smallest = if plain || rng.random_range(0..4) == 0 { small(rng) } else { Rational::new() };
    let domain = RowDomain::new(&RowShape::new(length, bound.clone(), power)?, epsilon.as_ref(), &smallest)?;

    let doublings: u32 = rng.random_range(2..=8);
    let request = FitRequest::composite_reciprocal(domain.a(), domain.b(), doublings);
    let depth = depth_of_power(power) + doublings;
    // Every other circuit is bootstrapped, every fourth secret is sparse.
    let levels = if rng.random() { rng.random_range(depth_of_power(power)..=depth) } else { 0 };
    let secret = if rng.random_range(0..4) == 0 { Secret::Sparse192 } else { Secret::Ternary };
    let bootstraps =
        Ckks { levels_per_bootstrap: levels, bootstrap_bits: rng.random_range(15..=45), secret, ..Ckks::default() };
    let divisions = vec![Division::new(&fit(&request)?, &[])?];
    let job = Job::new(power, bound, epsilon, Method::Merged, divisions, &bootstraps)?;

    let (log_n, scale_bits) = (rng.random_range(10..=13), rng.random_range(30..=55u32));
    let depth = if levels == 0 { depth } else { depth.min(levels) };
    let mut q = vec![(scale_bits + rng.random_range(3..=6)).min(61)];
    q.extend((0..depth).map(|_| scale_bits + rng.random_range(0..=2) - 1));
    let p: Vec<u32> = (0..rng.random_range(1..=3)).map(|_| rng.random_range(scale_bits.max(40)..=61)).collect();
    let chain = ModulusChain::generate(log_n, &q, &p)?;
    let placed = job.place(length, &chain, scale_bits)?;
    let budget = analyse(&placed, &domain, LOG2_FAILURE, 1)?;
    let stages = stage_bounds(&placed, &domain, LOG2_FAILURE, 1)?;
    let description = format!(
        "PowerSoftmax, p = {power}, L = {length}, domain {:?}, {doublings} doublings, scale 2^{scale_bits}, N = 2^{log_n}, \
         q {q:?}, p {p:?}, {levels} levels a bootstrap, {} secret",
        [domain.a().to_f64(), domain.b().to_f64()],
        secret.name()
    );
    Ok(Case { description, job, domain, placed, budget, stages })
}

/// Slot = key·rows + row.
fn pack(rows: &[Vec<f64>], placed: &PlacedCircuit) -> Vec<f64> {
    let mut slots = vec![0.0; placed.chain.slots()];
    for (row, scores) in rows.iter().enumerate() {
        for (key, &score) in scores.iter().enumerate() {
            slots[key * placed.rows() + row] = score;
        }
    }
    slots
}

fn compare(case: &Case, rows: &[Vec<f64>], run: &Run) -> Outcome {
    let bounds: Vec<f64> = run
        .stages
        .iter()
        .map(|stage| {
            let bound = case.stages.iter().find(|bound| bound.node == stage.node).unwrap().bound;
            let is_result = stage.node + 1 == case.placed.circuit.len();
            if is_result { bound.min(case.budget.rigorous) } else { bound }
        })
        .collect();
    let unit = |scores: &Vec<f64>| scores.iter().map(|x| x / case.job.bound.to_f64()).collect();
    let row_bounds = bound_rows(&case.placed, &rows.iter().map(unit).collect::<Vec<_>>(), LOG2_FAILURE, 1).unwrap();
    let of_row = |(row, scores): (usize, &Vec<f64>)| {
        let mut outcome = Outcome { description: String::new(), compared: 0, worst: 0.0 };
        let unit: Vec<Float> = scores.iter().map(|x| Float::with_val(PRECISION, x) / &case.job.bound).collect();
        let exact = evaluate(&case.placed.circuit, &unit).unwrap();
        for (stage, &bound) in run.stages.iter().zip(&bounds) {
            let is_result = stage.node + 1 == case.placed.circuit.len();
            let bound = if is_result { bound.min(row_bounds[row]) } else { bound };
            for (key, truth) in exact[stage.node].iter().enumerate() {
                let seen = stage.slots[key * case.placed.rows() + row];
                outcome.compare(Float::with_val(PRECISION, truth - seen).abs().to_f64(), bound);
            }
        }
        outcome
    };
    let found: Vec<Outcome> = rows.par_iter().enumerate().map(of_row).collect();
    let worst = found.iter().map(|row| row.worst).fold(0.0, |a: f64, b| if b.is_nan() || b > a { b } else { a });
    Outcome { description: case.description.clone(), compared: found.iter().map(|row| row.compared).sum(), worst }
}
