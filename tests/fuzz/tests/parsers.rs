//! bolero's inputs for one parser, POLYATTN_PARSER: no panic, no fault of the program, no input that takes more than a second.
//!
//! Prints the parser's line: inputs, those that were read as valid, seconds, the most memory of this process, the slowest input.

use polyattn_fuzz::mutate::input;
use polyattn_fuzz::parsers::{Places, parser};
use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An input that takes longer is called a hang.
const LONGEST: Duration = Duration::from_secs(1);

/// The most memory that this process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
fn fuzz() {
    let Ok(name) = std::env::var("POLYATTN_PARSER") else { return };
    let made =
        PathBuf::from(std::env::var("POLYATTN_SEEDS").expect("POLYATTN_SEEDS names the folder of valid documents"));
    let places = Places { root: Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), made };
    let parser = AssertUnwindSafe(parser(&name, &places));
    let (inputs, valid, slowest) = (Cell::new(0u64), Cell::new(0u64), Cell::new(Duration::ZERO));
    let began = Instant::now();
    let counted = AssertUnwindSafe((&inputs, &valid, &slowest));
    bolero::check!().with_max_len(256).for_each(|bytes: &[u8]| {
        let (inputs, valid, slowest) = *counted;
        let input = input(bytes, &parser.seeds);
        let one = Instant::now();
        let read = parser.check(&input);
        let took = one.elapsed();
        inputs.set(inputs.get() + 1);
        valid.set(valid.get() + u64::from(read));
        slowest.set(slowest.get().max(took));
        assert!(took <= LONGEST, "{took:?} for {:?}", String::from_utf8_lossy(&input));
    });
    let (seconds, milliseconds) = (began.elapsed().as_secs(), slowest.get().as_secs_f64() * 1e3);
    println!("{name:<20} {:>10} {:>10} {seconds:>8} {:>8} {milliseconds:>10.1}", inputs.get(), valid.get(), peak());
}
