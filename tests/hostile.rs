//! Hostile input: every command answers with an error that names the number, field or file, within 1 GiB of memory.
//!
//! What is random is in tests/fuzz; here is what a person would try.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_polyattn");
/// An answer that takes longer is none.
const LONGEST: Duration = Duration::from_secs(60);

const SPEC: &str = "[attention]\np = 2\nlength = 4\nscore_bound = \"2\"\nepsilon = { form = \"unit\", value = \"2^-6\" }\n\
                    [target]\nmax_error = \"2^-5\"\n";

/// Runs the program with at most 1 GiB, reading `stdin`.
fn limited(folder: &Path, stdin: Stdio, arguments: &[&str]) -> (Option<i32>, String) {
    let script = "ulimit -v 1048576; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]).args(arguments).current_dir(folder).env("RAYON_NUM_THREADS", "2");
    let began = Instant::now();
    let output = command.stdin(stdin).output().unwrap();
    assert!(began.elapsed() < LONGEST, "{arguments:?} took {:?}", began.elapsed());
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Exit code 2 or 3, and every part in what is said.
fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let (code, said) = limited(folder, Stdio::null(), arguments);
    let beginning: String = said.chars().take(2000).collect();
    assert!(matches!(code, Some(2 | 3)), "{arguments:?}: exit {code:?}: {beginning}");
    assert!(said.len() < 4000, "{arguments:?}: {} bytes are said: {beginning}", said.len());
    for part in parts {
        assert!(said.contains(part), "{arguments:?}: expected '{part}' in: {beginning}");
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn requests_that_no_computer_meets() {
    let folder = folder();
    let fit =
        |arguments: &[&str], parts: &[&str]| refused(folder.path(), &[&["fit", "--target"], arguments].concat(), parts);
    for degree in ["1000000000", "18446744073709551615"] {
        fit(&["exp", "--interval", "0,1", "--degree", degree], &["--degree", degree]);
        fit(&["reciprocal", "--interval", "1,2", "--method", "composite", "--degree", degree], &["--degree", degree]);
    }
    for (interval, part) in [
        ("1,1", "lo < hi"),
        ("2,1", "lo < hi"),
        ("nan,1", "'nan' is not a number"),
        ("0,inf", "'inf' is not a number"),
        ("0,1e1000000000", "1e1000000000"),
        ("0,2^-99999999999", "2^-99999999999"),
        ("0,1/0", "denominator is zero"),
        ("0,1e20000", "finite function"),
        ("=-1e300,1e300", "interval"),
        ("0,18446744073709551615^20000", "interval"),
    ] {
        fit(&["exp", "--interval", interval, "--degree", "5"], &[part]);
    }
    fit(&["exp", "--interval", "0,1", "--max-error", "1e-20000"], &["--max-error", "2^-16384"]);
    fit(&["exp", "--interval", "0,1e-20000", "--degree", "5"], &["degree"]);
    fit(&["exp", "--interval", "0,1", "--degree", "5", "--scale-bits", "4294967295"], &["--scale-bits", "4294967295"]);
    fit(&["exp", "--interval", "0,1", "--degree", "5", "--fix", "1000000000=1"], &["--fix", "1000000000"]);
    fit(
        &["reciprocal", "--interval", "2^-20000,1", "--max-error", "2^-10", "--method", "composite"],
        &["40 doublings"],
    );
    fit(
        &[
            "sign",
            "--interval=-1,-2^-20000",
            "--interval",
            "2^-20000,1",
            "--max-error",
            "2^-20",
            "--method",
            "composite",
        ],
        &["stages"],
    );
    let order = |arguments: &[&str], parts: &[&str]| refused(folder.path(), &[&["order"], arguments].concat(), parts);
    for power in ["1000000000", "4294967295"] {
        order(&["--power", power, "--interval=-1,1"], &["degree", power]);
    }
    order(&["--power", "3", "--interval=1,1"], &["interval"]);
    order(&["--power", "3", "--interval=-1,inf"], &["'inf' is not a number"]);
    order(&["--power", "3", "--interval=0,1e1000000000"], &["1e1000000000"]);
    order(&["--power", "3", "--shift", "1/0", "--interval=0,1"], &["denominator is zero"]);
    order(&["--power", "3", "--interval=0,1", "--error", "-1"], &["expected a positive number, found -1"]);
    order(&["--coefficients=0,2^-99999999999", "--interval=0,1"], &["2^-99999999999"]);
    let long = format!("--coefficients={}", vec!["1"; 50_000].join(","));
    order(&[&long, "--interval=0,1"], &["degree", "49999"]);
    refused(folder.path(), &["study", "noise", "--runs", "99999999999"], &["--runs", "99999999999"]);
    let precision = ["study", "precision", "--depth", "1", "--scale", "40"];
    refused(folder.path(), &[&precision[..], &["--log-n", "4294967295"]].concat(), &["--log-n", "4294967295"]);
}

#[test]
fn specifications_that_no_plan_is_meant_by() {
    let folder = folder();
    let nines = "9".repeat(3_000_000);
    let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
    let cases: &[(&str, String, &str)] = &[
        ("p = 2", "p = 1000000000".into(), "spec.toml:2"),
        ("length = 4", "length = 1099511627776".into(), "spec.toml:3: attention.length"),
        (
            "length = 4",
            format!("length = {}", list("4", 1_000_000)),
            "attention.length: expected 1 to 64 values, found 1000000",
        ),
        ("\"2^-6\"", list("\"2^-6\"", 400_000), "attention.epsilon.value: expected 1 to 64 values"),
        ("\"2^-6\"", list("\"2^-6\"", 1_000_000), "a specification larger than 4 MiB"),
        ("2^-6", "1e1000000000".into(), "attention.epsilon.value: '1e1000000000' is not a number"),
        ("2^-6", "2^-99999999999".into(), "'2^-99999999999' is not a number"),
        ("2^-6", "1/0".into(), "'1/0': the denominator is zero"),
        ("2^-6", "1e-20000".into(), "attention.epsilon.value: expected at least 2^-2048"),
        ("\"2^-6\"", "nan".into(), "attention.epsilon.value"),
        ("\"2\"", "inf".into(), "attention.score_bound"),
        ("\"2\"", "\"1e20000\"".into(), "attention.score_bound: expected 2^-256 to 2^256"),
        ("\"2\"", format!("\"{nines}\""), "attention.score_bound: '9999"),
        ("\"2\"", nines.clone(), "spec.toml:4"),
        (
            "length = 4",
            "length = 4\nsmallest_mean = \"1e-20000\"".into(),
            "attention.smallest_mean: expected at least 2^-2048",
        ),
        ("p = 2", format!("p = {}", "[".repeat(100_000)), "spec.toml:2"),
        ("p = 2", format!("p{} = 2", ".a".repeat(100_000)), "spec.toml"),
        ("[target]", format!("[target{}]", ".a".repeat(100_000)), "spec.toml"),
        ("[target]", "[ckks]\nmax_log_n = 4294967295\n[target]".into(), "ckks.max_log_n"),
        (
            "[target]",
            format!("[ckks]\nlog_n = 15\nlog_q = {}\nlog_p = [60]\n[target]", list("60", 1_000_000)),
            "ckks.log_q: expected at most 128",
        ),
        ("[target]", format!("[ckks]\nscale_bits = {}\n[target]", list("45", 1_000_000)), "ckks.scale_bits"),
        ("\"2^-5\"", "\"2^-20000\"".into(), "no plan meets"),
    ];
    for (from, to, part) in cases {
        fs::write(folder.path().join("spec.toml"), SPEC.replacen(from, to, 1)).unwrap();
        refused(folder.path(), &["plan", "spec.toml"], &[part]);
    }
    let powered =
        SPEC.replace("p = 2", "p = 64").replace("\"2\"", "\"2^256\"").replace("unit", "sum").replace("2^-6", "1");
    fs::write(folder.path().join("spec.toml"), powered).unwrap();
    refused(folder.path(), &["plan", "spec.toml"], &["attention.epsilon: ", "p = 64", "2^-16386", "at least 2^-2048"]);
    let layer = |count: usize, high: &str| {
        let one = format!(
            "[[layer]]\nname = \"x\"\ntarget = \"exp\"\ninterval = [[\"0\", \"{high}\"]]\nmax_error = \"2^-3\"\n"
        );
        fs::write(folder.path().join("layers.toml"), one.repeat(count)).unwrap();
    };
    for (count, high, part) in
        [(1, "0", "lo < hi"), (50_000, "1", "expected 1 to 64 layers"), (200_000, "1", "larger than 4 MiB")]
    {
        layer(count, high);
        refused(folder.path(), &["layer", "layers.toml"], &["layers.toml", part]);
    }
    let deep = format!("attention{}=1", ".a".repeat(1000));
    refused(folder.path(), &["plan", "--set", &deep], &["--set"]);
}

/// A NumPy file of version 1 or 2 with this header and 64 bytes behind it.
fn npy(file: &Path, version: u8, length: u32, header: &str) {
    let length = length.to_le_bytes();
    let length = if version == 1 { &length[..2] } else { &length[..] };
    fs::write(file, [b"\x93NUMPY", &[version, 0][..], length, header.as_bytes(), &[0; 64]].concat()).unwrap();
}

#[test]
fn scores_that_are_not_there() {
    let folder = folder();
    let file = folder.path().join("scores.npy");
    let header = |dtype: &str, order: &str, shape: &str| {
        let text = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
        let text = format!("{text:<117}\n");
        npy(&file, 1, text.len() as u32, &text);
    };
    for (dtype, order, shape, part) in [
        // 20 GB, and more than there are addresses.
        ("<f8", "False", "(1, 1, 50000, 50000)", "a file of"),
        ("<f8", "False", "(4294967296, 4294967296, 4294967296, 1)", "a file of"),
        ("<f8", "False", "(1, 1, -4, 4)", "negative"),
        ("<f8", "False", "(1, 1, 0, 4)", "non-empty axes"),
        ("<f8", "True", "(1, 1, 2, 4)", "C order"),
        ("|O", "False", "(1, 1, 2, 4)", "float32 or float64"),
        ("<f8", "False", "(8,)", "4 axes"),
        ("<c16", "False", "(1, 1, 2, 2)", "float32 or float64"),
        ("<f8", "False", "(1, 1, 2, 1e9)", "header"),
        ("<f8", "False", &format!("{}1", "(".repeat(100)), "header"),
    ] {
        header(dtype, order, shape);
        refused(folder.path(), &["calibrate", "scores.npy"], &["scores.npy", part]);
    }
    // The length of the header itself.
    for (version, length) in [(2, u32::MAX), (3, 1 << 30), (1, 65_535), (2, 1000)] {
        npy(&file, version, length, "{'descr': '<f8'");
        refused(folder.path(), &["calibrate", "scores.npy"], &["scores.npy", "header"]);
    }
    // Scores that a file has, but no memory: 20 GB without a byte on the disk.
    header("<f8", "False", "(1, 1, 50000, 50000)");
    fs::File::options().write(true).open(&file).unwrap().set_len(128 + 8 * 50_000 * 50_000).unwrap();
    refused(folder.path(), &["calibrate", "scores.npy"], &["scores.npy", "memory"]);
    // A stream without end.
    header("<f4", "False", "(1, 1, 50000, 50000)");
    let endless = Command::new("sh")
        .args(["-c", "cat scores.npy /dev/zero"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut endless = endless.unwrap();
    let (code, said) = limited(folder.path(), endless.stdout.take().unwrap().into(), &["calibrate", "-"]);
    endless.wait().unwrap();
    assert!(code == Some(2) && said.contains("larger than 256 MiB"), "{code:?} {said}");
}

#[test]
fn files_that_are_no_files() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("empty"), "").unwrap();
    fs::write(path.join("bytes"), [0xff, 0xfe, 0x00]).unwrap();
    fs::create_dir(path.join("directory")).unwrap();
    for (from, to) in [("one", "other"), ("other", "one")] {
        std::os::unix::fs::symlink(path.join(to), path.join(from)).unwrap();
    }
    fs::write(path.join("spec.toml"), SPEC).unwrap();
    for file in ["empty", "bytes", "directory", "one", "/dev/zero", "/dev/null"] {
        refused(path, &["plan", file], &[file]);
        refused(path, &["check", file], &[file]);
        refused(path, &["calibrate", file], &[file]);
        refused(path, &["certify", file], &[file]);
        refused(path, &["export", file, "--to", "json", "-o", "-"], &[file]);
    }
    for out in ["directory", "empty/x.json", "no/folder/x.json", "/dev/full"] {
        refused(path, &["plan", "spec.toml", "-o", out], &["cannot"]);
    }
}

/// JSON that is deep, wide, long or of other numbers, as every kind of document.
#[test]
fn documents_of_other_sizes() {
    let folder = folder();
    let path = folder.path();
    let mut many = String::from("[");
    (0..2_000_000).for_each(|i| write!(many, "{{\"a\":{i}}},").unwrap());
    many.push_str("0]");
    let table =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tables/relative_e4_d7/table.json")).unwrap();
    let epsilon = |value: &str| table.replace("\"epsilon\": \"0.0625\"", &format!("\"epsilon\": {value}"));
    let cases = [
        ("[".repeat(100_000), "recursion"),
        ("{\"kind\":".repeat(100_000), "recursion"),
        (many, "more than 2097152 values"),
        (epsilon("\"1e1000000000\""), "1e1000000000"),
        (epsilon("\"1/0\""), "denominator"),
        (epsilon("1e400"), "number"),
        (epsilon(&format!("\"{}\"", "9".repeat(10_000_000))), "9999"),
        (epsilon("\"nan\""), "nan"),
        (epsilon("\"-0.0625\""), "pole"),
        (epsilon("\"1e-20000\""), "error.estimated"),
        ("{}".into(), "'kind'"),
        ("{\"kind\":\"table\"}".into(), "schema_version"),
    ];
    for (text, part) in cases {
        fs::write(path.join("table.json"), &text).unwrap();
        let (code, said) = limited(path, Stdio::null(), &["check", "table.json"]);
        let beginning: String = said.chars().take(500).collect();
        assert!(
            matches!(code, Some(2 | 4)) && said.contains(part) && said.len() < 4000,
            "{part}: {code:?}: {beginning}"
        );
    }
}
