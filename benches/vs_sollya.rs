//! The exchange beside Sollya's `remez`, in one run: `cargo bench --bench vs_sollya`.
//!
//! The functions are 1/(x + 2^-e) on [0, 1], e = 4, 6, 8, 10, 12, in relative and absolute error, and 1/√(x + 2^-e) in
//! absolute error; the closed forms take no part. Both programs must find the same error. Sollya gets the precision by
//! hand that it needs, as at its default it returns nothing from degree 63, and `polyattn` finds its own. At degree 255
//! Sollya takes minutes, so two functions must do. The run ends with `ratio d127` and `ratio d255`: the largest of our
//! time over Sollya's among the cases of that degree. Sollya is installed by apt where it is missing.

use polyattn::fit::remez::{Minimax, Problem, Weight, minimax};
use polyattn::real::{Exact, parse_exact};
use polyattn::target::Target;
use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A function, the error that counts, and the degree.
struct Case {
    target: &'static str,
    e: u32,
    relative: bool,
    degree: u64,
    /// Sollya's `prec`.
    precision: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let sollya = installed_sollya()?;
    println!("{sollya}");
    println!(
        "{:<14} {:>3} {:<9} {:>6} {:>10} {:>10} {:>9}  error",
        "function", "e", "metric", "degree", "ours", "Sollya", "ratio"
    );
    let (mut d127, mut d255): (f64, f64) = (0.0, 0.0);
    for case in cases() {
        let ratio = compare(&case)?;
        let worst = if case.degree == 127 { &mut d127 } else { &mut d255 };
        *worst = worst.max(ratio);
    }
    println!("ratio d127 {d127:.5}");
    println!("ratio d255 {d255:.5}");
    Ok(())
}

fn cases() -> Vec<Case> {
    let case = |target, e, relative, degree| {
        // With fewer bits Sollya finds nothing, with many more it may not end.
        Case { target, e, relative, degree, precision: 300 + 4 * degree }
    };
    let mut cases = Vec::new();
    for e in [4, 6, 8, 10, 12] {
        cases.push(case("reciprocal", e, true, 127));
        cases.push(case("reciprocal", e, false, 127));
        cases.push(case("inverse-sqrt", e, false, 127));
    }
    cases.push(case("reciprocal", 8, true, 255));
    cases.push(case("inverse-sqrt", 8, false, 255));
    cases
}

/// Prints one line and returns our time over Sollya's.
fn compare(case: &Case) -> Result<f64, Box<dyn Error>> {
    let (best, ours) = our_fit(case)?;
    let (error, theirs) = their_fit(case)?;
    let difference = (best.error.to_f64() / error - 1.0).abs();
    if difference > 1e-9 {
        return Err(format!("{} e = {} degree {}: Sollya has {error:e}", case.target, case.e, case.degree).into());
    }
    let metric = if case.relative { "relative" } else { "absolute" };
    println!(
        "{:<14} {:>3} {metric:<9} {:>6} {:>8.3} s {:>8.2} s {:>9.5}  {:.12e}",
        case.target,
        case.e,
        case.degree,
        ours,
        theirs,
        ours / theirs,
        best.error.to_f64()
    );
    Ok(ours / theirs)
}

fn our_fit(case: &Case) -> Result<(Minimax, f64), Box<dyn Error>> {
    let target = Target::new(case.target, parse_exact(&format!("2^-{}", case.e))?)?;
    let intervals = [[Exact(0.into()), Exact(1.into())]];
    let weight = if case.relative { Weight::Relative } else { Weight::Absolute };
    let problem = Problem { function: target.function(), intervals: &intervals, weight, parity: None };
    let began = Instant::now();
    let best = minimax(&problem, case.degree)?;
    Ok((best, began.elapsed().as_secs_f64()))
}

/// The error of Sollya's polynomial, by its `dirtyinfnorm`, and the seconds of its `remez` by its own clock.
fn their_fit(case: &Case) -> Result<(f64, f64), Box<dyn Error>> {
    let denominator = match case.target {
        "reciprocal" => format!("(x + 2^(-{}))", case.e),
        _ => format!("sqrt(x + 2^(-{}))", case.e),
    };
    // Sollya's weight multiplies p alone: p·w − f.
    let (f, weight) = if case.relative { ("1".into(), denominator) } else { (format!("1/{denominator}"), "1".into()) };
    let script = format!(
        "prec = {}; display = decimal!; f = {f}; w = {weight};\n\
         t = time({{ p = remez(f, {}, [0;1], w, 2^(-70)); }});\n\
         e = dirtyinfnorm(p*w - f, [0;1]);\n\
         prec = 60!; print(t); print(e);\n",
        case.precision, case.degree
    );
    let mut child = Command::new("sollya").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(script.as_bytes())?;
    let output = String::from_utf8(child.wait_with_output()?.stdout)?;
    let numbers: Vec<f64> = output.lines().filter_map(|line| line.trim().parse().ok()).collect();
    match numbers[..] {
        [time, error] => Ok((error, time)),
        _ => Err(format!("Sollya answered {output:?} to {script}").into()),
    }
}

/// Sollya's version, after installing it if need be.
fn installed_sollya() -> Result<String, Box<dyn Error>> {
    let version = || Command::new("sollya").arg("--version").output();
    if version().is_err() {
        eprintln!("installing Sollya by apt-get");
        let status = Command::new("apt-get").args(["install", "-y", "sollya"]).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("Sollya is missing, and apt-get install sollya has failed: install it by hand".into());
        }
    }
    let output = String::from_utf8(version()?.stdout)?;
    Ok(output.lines().next().unwrap_or("Sollya").to_owned())
}
