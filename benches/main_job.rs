//! The main job on the shipped example: wall time and peak memory of `polyattn run`, of the built binary.
//!
//! `cargo bench --bench main_job` prints `seconds` and `peak_mib` of each of three runs.

#![allow(clippy::expect_used, missing_docs)] // a benchmark fails by panicking

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let root = env!("CARGO_MANIFEST_DIR");
    let out = std::env::temp_dir().join(format!("polyattn-bench-{}", std::process::id()));
    for run in 1..=3 {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_polyattn"))
            .args(["run", &format!("{root}/examples/minilm.toml"), "--out"])
            .arg(&out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary was built");
        let mut peak = 0;
        while child.try_wait().expect("the run can be waited for").is_none() {
            peak = peak.max(peak_kib(child.id()).unwrap_or(0));
            std::thread::sleep(Duration::from_millis(5));
        }
        let status = child.wait().expect("the run can be waited for");
        assert!(status.success(), "run {run} failed: {status}");
        println!("run {run}: seconds {:.2} peak_mib {}", began.elapsed().as_secs_f64(), peak / 1024);
    }
    let _ = std::fs::remove_dir_all(out);
}

/// The process's peak resident memory so far (Linux).
fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
