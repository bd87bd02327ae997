//! Every power, length and variant on ciphertexts, each plan on rows drawn from its whole domain: `make grid`.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod shapes;

use polyattn::encrypted::{ScoresUsed, backend, draw_rows, validate};
use polyattn::plan::{Job, PlanDocument, Rows, Spec, SpecSource, plan};
use shapes::{Cell, grid};
use std::time::Instant;

/// One ciphertext full of rows, the domain's corners first; in a causal cell every key is the last one of some row.
fn rows(document: &PlanDocument, cell: &Cell, seed: u64) -> Rows {
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    let domain = job.row_domain(&document.spec, cell.length).unwrap();
    let keys = cell.length as usize;
    let count = (1usize << (document.chosen.ckks.log_n - 1)) / keys.next_power_of_two();
    let mut rows = draw_rows(&domain, job.power, job.bound.to_f64(), count.max(keys), seed);
    if cell.shape == "causal" {
        let masked =
            |(query, row): (usize, &mut Vec<f64>)| row.iter_mut().skip(query % keys + 1).for_each(|x| *x = 0.0);
        rows.iter_mut().enumerate().for_each(masked);
    }
    Rows { keys, rows }
}

#[test]
#[ignore = "sixty plans on ciphertexts: make grid"]
fn every_power_length_and_variant_holds_on_ciphertexts() {
    let ckks = backend("ckks").unwrap();
    for (cell, seed) in grid(-12).iter().zip(1..) {
        let began = Instant::now();
        let spec = Spec::from_toml(&format!("{}[target]\nmax_error = \"2^-10\"\n", cell.attention)).unwrap();
        let document = plan(&SpecSource::new(spec, None).unwrap()).unwrap();
        let used = ScoresUsed::new("drawn", None, None);
        let validation =
            validate(&document, &[rows(&document, cell, seed)], used, ckks.as_ref(), seed, &|_| {}).unwrap();
        let rigorous = document.chosen.error.noise.rigorous.to_f64();
        println!(
            "{}: depth {}, N = 2^{}; {} weights, largest error 2^{:.2}, bound 2^{:.2}, slack {:.2} bits; \
             by encryption 2^{:.2}, bound 2^{:.2}; {:.1} s",
            cell.name(),
            document.chosen.depth,
            document.chosen.ckks.log_n,
            validation.slots_checked,
            validation.observed_max.log2(),
            validation.bound.to_f64().log2(),
            validation.slack_bits,
            validation.encryption_max.log2(),
            rigorous.log2(),
            began.elapsed().as_secs_f64()
        );
        assert_eq!(validation.violations(), Vec::<String>::new(), "{}", cell.name());
        assert!(validation.within_bound() && validation.order_violations == 0, "{}", cell.name());
        assert!(validation.encryption_max <= rigorous, "{}: the noise alone", cell.name());
    }
}
