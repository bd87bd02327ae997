//! Valid documents of every kind, made anew by the program itself.

use super::mutate::Seed;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A specification whose plan is found at once.
pub const SPEC: &str = r#"[attention]
variant = "length-agnostic"
p = [2, 4]
length = [2, 4]
scores = "scores.npy"
score_bound = "2"
epsilon = { form = "sum", value = ["1/16", "2^-5"] }
smallest_mean = "0"
causal = false

[target]
max_error = "2^-5"
relative_error = "2^-6"

[ckks]
max_log_n = 14
scale_bits = [45]
failure_probability = "2^-40"
"#;

/// The same in little: its documents are short, and a million of them take minutes.
const LITTLE: &str = r#"[attention]
p = 2
length = 4
scores = "scores.npy"
score_bound = "2"
epsilon = { form = "sum", value = "2^-4" }

[target]
max_error = "2^-5"

[ckks]
max_log_n = 14
scale_bits = [45]
"#;

/// A specification of layers.
pub const LAYERS: &str = r#"[[layer]]
name = "decay"
target = "exp"
interval = [["-2", "0"]]
max_error = "2^-6"

[[layer]]
name = "norm"
target = "inverse-sqrt"
epsilon = "2^-4"
interval = [["0", "1"]]
relative_error = "2^-4"
input_error = "2^-20"
form = "polynomial"

[ckks]
max_log_n = 14
"#;

/// One of them.
const LAYER: &str = r#"[[layer]]
name = "decay"
target = "exp"
interval = [["-1", "0"]]
max_error = "2^-4"

[ckks]
max_log_n = 13
"#;

/// What is run in a folder with `spec.toml`, `layers.toml` and `scores.npy`.
const COMMANDS: &[&str] = &[
    "calibrate scores.npy --p 2 -o calibration.json",
    "plan spec.toml -o plan.json",
    "validate plan.json -o validation.json",
    "layer layers.toml -o layer-plan.json",
    "survey spec.toml --by model -o survey.json",
    "train spec.toml --levels 8 -o training-goals.json",
    "compare spec.toml -o comparison.json",
    "order --power 3 --shift 1/2 --interval=-3,3 --error 2^-12 -o order-power.json",
    "order --coefficients=0,-1,0,1/3 --interval=-2,2 -o order-coefficients.json",
    "fit --target exp --interval=-1,0 --degree 3 -o exp.json",
    "export exp.json --to json -o export.json",
    "check plan.json validation.json -o check.json",
    "study noise --runs 3 --only encoding -o noise-study.json",
    "study precision --log-n 12 --depth 1 --scale 40 --runs 1 -o precision-study.json",
];

/// A NumPy file of 2 × 4 × 4 scores.
pub fn npy() -> Vec<u8> {
    let header = format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 4, 4), }");
    let values = (0..32i16).map(|i| f32::from(i - 16) / 8.0);
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.flat_map(f32::to_le_bytes));
    bytes
}

/// Fills a folder with documents, by running the program.
pub fn make(program: &Path, folder: &Path) {
    fs::write(folder.join("spec.toml"), LITTLE).unwrap();
    fs::write(folder.join("layers.toml"), LAYER).unwrap();
    fs::write(folder.join("scores.npy"), npy()).unwrap();
    for command in COMMANDS {
        let output = Command::new(program).args(command.split(' ')).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The JSON documents of these files.
pub fn documents<'a>(root: &Path, files: impl IntoIterator<Item = &'a str>) -> Vec<Seed> {
    let read = |file: &str| serde_json::from_slice(&fs::read(root.join(file)).unwrap()).unwrap();
    files.into_iter().map(|file| Seed::Json(read(file))).collect()
}
