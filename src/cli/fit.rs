//! `polyattn fit`: the coefficient table of a function on an interval.

use super::style::{print, write_stdout};
use crate::document::{Document, Provenance, write_whole};
use crate::error::{Error, Result};
use crate::fit::{Constraints, FitRequest, Goal, Method, fit};
use crate::poly::Basis;
use crate::poly::table::{Form, Metric, Table};
use crate::real::{Exact, parse_exact, round_decimal};
use crate::target::{Parity, Target};
use rug::Rational;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  The best polynomial of degree 15 for 1/(x + 2^-8) on [0, 1], relative error:
    polyattn fit --target reciprocal --epsilon 2^-8 --interval 0,1 --degree 15

  The fewest doublings that reach 2^-20, as a table for other programs:
    polyattn fit --target reciprocal --epsilon 2^-16 --interval 0,1 --max-error 2^-20 \\
      --method composite -o table.json

  The sign on two intervals, by an odd polynomial:
    polyattn fit --target sign --interval=-1,-0.1 --interval 0.1,1 --degree 31

  The same sign as a composite of the least depth, and 1/√x likewise:
    polyattn fit --target sign --interval=-1,-2^-12 --interval 2^-12,1 --max-error 2^-20 \\
      --method composite
    polyattn fit --target inverse-sqrt --epsilon 2^-16 --interval 0,1 --max-error 2^-20 \\
      --method composite

  Coefficients as integers over 2^40, and the proof of their error:
    polyattn fit --target reciprocal --interval 0.01,1 --degree 31 --scale-bits 40 --json | \\
      polyattn certify -

Numbers are read exactly: 0.001, 1e-3, 2^-10, 1/3 and 0x1.8p-3 all work. The error printed is an estimate; `polyattn
certify` proves it.";

/// Make a coefficient table for a function on an interval
///
/// Finds the polynomial with the least error of its degree, or the least degree that meets an error, and rounds the
/// coefficients so that the error stays what it is. For the reciprocal, the sign and the inverse square root a composite
/// reaches the same errors with far fewer ciphertext products.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The function: reciprocal (1/x, or 1/(x + ε) with --epsilon), inverse-sqrt (likewise), exp, log, sigmoid, tanh,
    /// gelu-erf, gelu-tanh, relu or sign
    #[arg(long, value_name = "NAME")]
    target: String,
    /// Where it is approximated; several intervals leave gaps between them
    #[arg(long = "interval", value_name = "LO,HI", required = true, allow_hyphen_values = true)]
    intervals: Vec<String>,
    /// The degree of the polynomial; 2^k − 1 for a composite
    #[arg(long, value_name = "D", required_unless_present = "max_error", conflicts_with = "max_error")]
    degree: Option<u64>,
    /// The largest error allowed; the least degree that meets it is taken
    #[arg(long, value_name = "E", allow_hyphen_values = true)]
    max_error: Option<String>,
    /// What the reciprocal and the inverse square root add to x
    #[arg(long, value_name = "E", default_value = "0", allow_hyphen_values = true)]
    epsilon: String,
    /// Which error counts [default: relative for reciprocal and inverse-sqrt, else absolute]
    #[arg(long, value_enum)]
    error: Option<Metric>,
    /// How the table is made
    #[arg(long, value_enum, default_value = "auto")]
    method: Method,
    /// The basis of the coefficients; chebyshev is the one that stays accurate
    #[arg(long, value_enum, default_value = "chebyshev")]
    basis: Basis,
    /// Symmetry of the approximation, for functions that have it; an interval to one side of 0 gets its mirror image
    #[arg(long, value_enum)]
    parity: Option<Parity>,
    /// Round every number to a multiple of 2^-B, as it is encoded at a scale of 2^B
    #[arg(long, value_name = "B", value_parser = clap::value_parser!(u32).range(..=20_000))]
    scale_bits: Option<u32>,
    /// Give the coefficient K of the basis exactly this value; may be given several times
    #[arg(long = "fix", value_name = "K=VALUE", allow_hyphen_values = true)]
    fixed: Vec<String>,
    /// Keep the approximation above 0 on the intervals, for functions that are
    #[arg(long)]
    positive: bool,
    /// Print the table as JSON on stdout, and nothing else there
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Write the table to FILE, whole or not at all (`-`: stdout)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Those of [`fit`], and of reading the numbers and writing the table.
pub fn run(args: &Args) -> Result<()> {
    let table = fit(&request(args)?)?;
    let provenance = Provenance::new(&configuration(args), None);
    if !args.json && args.output.is_none() {
        return print(&summary(&table));
    }
    let text = Document::new(table, provenance).to_json()?;
    let file = args.output.as_deref().filter(|file| *file != Path::new("-"));
    if let Some(path) = file {
        write_whole(path, &text)?;
    }
    if args.json || file.is_none() { write_stdout(text.as_bytes()) } else { Ok(()) }
}

/// What was asked for, but for where it is written.
fn configuration(args: &Args) -> String {
    format!("{:?}", Args { json: false, output: None, ..args.clone() })
}

fn request(args: &Args) -> Result<FitRequest> {
    let number = |text: &str, option: &str| parse_exact(text).map_err(|e| e.at(option));
    let target = Target::new(&args.target, number(&args.epsilon, "--epsilon")?).map_err(|e| e.at("--target"))?;
    let goal = match (args.degree, &args.max_error) {
        (Some(degree), None) => Goal::Degree(degree),
        (None, Some(error)) => Goal::MaxError(number(error, "--max-error")?),
        _ => return Err(Error::input("give either --degree or --max-error")),
    };
    let mut intervals = args.intervals.iter().map(|text| interval(text)).collect::<Result<Vec<_>>>()?;
    intervals.sort();
    Ok(FitRequest {
        target,
        intervals,
        goal,
        metric: args.error,
        method: args.method,
        basis: args.basis,
        parity: args.parity,
        scale_bits: args.scale_bits,
        constraints: Constraints {
            fixed: args.fixed.iter().map(|text| fixed(text)).collect::<Result<_>>()?,
            positive: args.positive,
        },
    })
}

/// `K=VALUE`.
fn fixed(text: &str) -> Result<(u64, Exact)> {
    let wrong = || Error::input(format!("--fix: expected K=VALUE (such as 0=1 or 3=-2^-4), found '{text}'"));
    let (index, value) = text.split_once('=').ok_or_else(wrong)?;
    let value = parse_exact(value).map_err(|e| e.at("--fix"))?;
    Ok((index.parse().map_err(|_| wrong())?, Exact(value)))
}

/// `LO,HI`.
fn interval(text: &str) -> Result<[Exact; 2]> {
    let [lo, hi] = text.split(',').collect::<Vec<_>>()[..] else {
        return Err(Error::input(format!("--interval: expected LO,HI (such as 0,1 or -8,2^-3), found '{text}'")));
    };
    let end = |text: &str| parse_exact(text).map(Exact).map_err(|e| e.at("--interval"));
    Ok([end(lo)?, end(hi)?])
}

/// The table in a few lines.
fn summary(table: &Table) -> String {
    let mut text = String::new();
    let function = if *table.target.epsilon == 0 { String::new() } else { format!(", ε = {}", table.target.epsilon) };
    let places: Vec<String> = table.intervals.iter().map(|[lo, hi]| format!("[{lo}, {hi}]")).collect();
    let (kind, numbers) = match &table.form {
        Form::Polynomial { basis: Basis::Chebyshev, coefficients, .. } => {
            ("Chebyshev coefficients", coefficients.clone())
        }
        Form::Polynomial { basis: Basis::Monomial, coefficients, .. } => {
            ("monomial coefficients", coefficients.clone())
        }
        Form::Composite { start, steps } => ("start and steps", [std::slice::from_ref(start), steps].concat()),
        Form::Stages { stages, .. } => {
            ("coefficients, stage after stage", stages.iter().flat_map(|stage| stage.coefficients.clone()).collect())
        }
    };
    let estimated = table.error.estimated.to_f64();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}{function} on {}", table.target.name, places.join(" and "));
    let _ = writeln!(text, "{} error  {estimated:.6e} (estimated; `polyattn certify` proves it)", table.error.metric);
    let _ = writeln!(
        text,
        "degree {}, depth {}, {} ciphertext products",
        table.degree, table.evaluation.depth, table.evaluation.products
    );
    let _ = writeln!(text, "{kind}:");
    for number in numbers.iter().take(SHOWN) {
        let _ = writeln!(text, "  {}", shown(number));
    }
    if numbers.len() > SHOWN {
        let _ = writeln!(text, "  … {} more; -o FILE or --json has them all, exactly", numbers.len() - SHOWN);
    }
    text
}

/// How many numbers the summary shows.
const SHOWN: usize = 8;

/// A number to 17 digits.
fn shown(number: &Rational) -> String {
    format!("{:+.16e}", round_decimal(number, 20).to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::Value;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn parse(line: &str) -> Args {
        Cli::try_parse_from(["fit"].into_iter().chain(line.split(' '))).unwrap().args
    }

    #[test]
    fn negative_intervals_are_read_in_both_spellings() {
        for line in ["--interval -8,-1/3", "--interval=-8,-1/3"] {
            let request = request(&parse(&format!("--target reciprocal {line} --degree 3"))).unwrap();
            assert_eq!(request.intervals, [[Exact(Rational::from(-8)), Exact(Rational::from((-1, 3)))]]);
        }
    }

    #[test]
    fn exactly_one_goal_is_needed() {
        for line in ["", " --degree 3 --max-error 0.1"] {
            let line = format!("fit --target reciprocal --interval 1,2{line}");
            assert!(Cli::try_parse_from(line.split(' ')).is_err());
        }
    }

    #[test]
    fn wrong_use_names_the_option() {
        for (line, option) in [
            ("--target recip --interval 1,2 --degree 3", "--target"),
            ("--target reciprocal --interval 1 --degree 3", "--interval"),
            ("--target reciprocal --interval 1,2,3 --degree 3", "--interval"),
            ("--target reciprocal --interval 1,x --degree 3", "--interval"),
            ("--target reciprocal --interval 1,2 --max-error many", "--max-error"),
            ("--target reciprocal --interval 1,2 --degree 3 --epsilon e", "--epsilon"),
            ("--target reciprocal --interval 1,2 --degree 2 --parity even", "--parity"),
            ("--target reciprocal --interval 1,2 --interval 3,4 --degree 3 --method closed-form", "--interval"),
            ("--target reciprocal --interval 1,2 --degree 3 --fix 1", "--fix"),
            ("--target reciprocal --interval 1,2 --degree 3 --fix x=1", "--fix"),
            ("--target reciprocal --interval 1,2 --degree 3 --fix 0=1 --method closed-form", "--fix"),
            ("--target reciprocal --interval 1,2 --degree 3 --positive --method composite", "--positive"),
            ("--target exp --interval 1,1 --degree 3", "lo < hi"),
            ("--target exp --interval 2,1 --degree 3", "lo < hi"),
            ("--target reciprocal --interval -1,1 --degree 3", "pole"),
            ("--target log --interval 0,1 --degree 3", "x > 0"),
            ("--target sign --interval -1,1 --degree 3 --error relative", "gap"),
            ("--target gelu-erf --interval -8,8 --degree 31 --error relative", "--error absolute"),
            ("--target exp --interval -8,0 --degree 10001", "10000"),
        ] {
            let error = run(&parse(line)).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains(option), "{line}: {error}");
        }
    }

    #[test]
    fn constraints_are_read_and_the_positive_table_is_proved_so() {
        let line = "--target reciprocal --epsilon 2^-8 --interval 0,1 --error absolute --degree 15 --positive";
        let asked = request(&parse(line)).unwrap();
        assert!(asked.constraints.positive);
        let certified = crate::certify::certify(&fit(&asked).unwrap()).unwrap();
        assert_eq!(certified.table.positive, Some(true));
        let asked = request(&parse("--target exp --interval -1,1 --degree 5 --fix 0=1 --fix 3=-2^-4")).unwrap();
        let value = |text: &str| Exact(parse_exact(text).unwrap());
        assert_eq!(asked.constraints.fixed, [(0, value("1")), (3, value("-2^-4"))]);
    }

    #[test]
    fn the_file_is_a_table_that_says_what_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.json");
        let line = "--target reciprocal --epsilon 2^-8 --interval 0,1 --max-error 2^-10 --method composite -o";
        run(&parse(&format!("{line} {}", path.display()))).unwrap();
        let value = crate::document::read_json(&path).unwrap();
        assert_eq!(value["form"], "composite");
        assert_eq!(value["target"]["epsilon"], "0.00390625");
        assert_eq!(value["positive"], Value::Null);
        let table = Document::<Table>::from_value(value).unwrap();
        table.body.validate().unwrap();
        // Where it is written takes no part in what was asked for.
        let other = Provenance::new(&configuration(&parse(&format!("{line} elsewhere --json"))), None);
        assert_eq!(table.provenance.config_sha256, other.config_sha256);
    }

    #[test]
    fn the_summary_has_error_depth_products_and_numbers() {
        let line = "--target reciprocal --epsilon 2^-8 --interval 0,1 --degree 15";
        let text = summary(&fit(&request(&parse(line)).unwrap()).unwrap());
        for part in ["relative error  2.661355e-1", "degree 15, depth 4, 7 ciphertext products", "… 8 more"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
