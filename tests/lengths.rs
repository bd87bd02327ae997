//! One plan for rows of several lengths: one table and one modulus chain, run on real scores of each length.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::attention::Scores;
use polyattn::document::{Document, read_json};
use polyattn::encrypted::Validation;
use polyattn::plan::{PlanDocument, Rows};
use std::path::{Path, PathBuf};

const LENGTHS: [usize; 3] = [64, 128, 256];

fn example(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(file)
}

fn run(folder: &Path, arguments: &[&str]) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8(output.stdout).unwrap());
}

#[test]
fn one_table_and_one_chain_serve_three_lengths() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, &["plan", example("three-lengths.toml").to_str().unwrap(), "-o", "plan.json"]);
    let plan: Document<PlanDocument> = Document::from_value(read_json(&folder.join("plan.json")).unwrap()).unwrap();
    let chosen = &plan.body.chosen;
    assert_eq!((chosen.tables.len(), chosen.ckks.log_n, chosen.ckks.security_bits), (1, 15, 128));

    let mut largest = 0.0f64;
    for keys in LENGTHS {
        let file = example(&format!("scores/minilm_l2_h0_{keys}.npy"));
        largest = largest.max(Rows::of(&Scores::read(&file).unwrap(), None, None, false).unwrap().largest().to_f64());
        run(folder, &["validate", "plan.json", "--scores", file.to_str().unwrap(), "-o", "validation.json"]);
        let validation: Document<Validation> =
            Document::from_value(read_json(&folder.join("validation.json")).unwrap()).unwrap();
        let validation = validation.body;
        assert!(validation.is_on_ciphertexts() && validation.within_bound(), "{validation:#?}");
        assert_eq!(validation.violations(), Vec::<String>::new());
        assert_eq!((validation.order_violations, validation.slots_checked), (0, (keys * keys) as u64));
        for stage in &validation.stages {
            assert!(stage.observed_max > 0.0 && stage.observed_max <= stage.bound.to_f64(), "{stage:?}");
        }
        // The same plan and the same primes, whatever the length.
        assert_eq!((&validation.plan_sha256, &validation.parameters), (&plan.body.sha256(), &chosen.ckks));
    }
    // R is what the example says it is.
    assert_eq!(largest, chosen.score_bound.to_f64());
}
