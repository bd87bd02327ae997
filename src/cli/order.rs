//! `polyattn order`: monotonicity, order and sign of a polynomial activation.

use super::arguments::{Output, read_document};
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::order::{Activation, Direction, Gap, GapAt, Order, Pair, Piece, Question, Values, examine, verify};
use crate::poly::table::Table;
use crate::real::{Exact, log2, parse_exact, round_decimal};
use clap::{ArgGroup, ValueEnum};
use rug::{Float, Rational};
use std::fmt::Write;
use std::path::PathBuf;

/// Numbers beyond this power of two, up or down, are written with an exponent.
const LARGEST_PLAIN_LOG2: f64 = 50.0;

const EXAMPLES: &str = "\
Examples:
  An even power orders |x|, and an odd one x:
    polyattn order --power 4 --interval=-3,3 --expect order-of-magnitude
    polyattn order --power 3 --shift 1/2 --interval=-3,3 --expect increasing

  Any polynomial, by its coefficients: where it turns, with points that show it:
    polyattn order --coefficients=0,-1,0,1/3 --interval=-2,2 -o order.json
    polyattn order --check order.json

  A table on its own interval, and the gap that keeps the order when values err by 2^-12:
    polyattn fit --target gelu-erf --interval=-1/2,4 --degree 15 -o table.json
    polyattn order table.json --interval 0,4 --error 2^-12 --expect increasing

Exit code 4: what was expected is refuted, by the points that are printed. Every answer is proved twice, the second time without
looking for roots; docs/order.md says how.";

/// Decide monotonicity, order of |x| and sign of any polynomial activation
///
/// Decided in exact arithmetic for (x + c)^p, for coefficients and for tables, composites too, on any interval: where the function
/// rises and falls, whether it orders |x|, what signs it has, and two points with their values for what is not so. With --error also
/// how far apart scores must be for values that err to keep their order.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("activation").required(true))]
pub struct Args {
    /// A table, as `polyattn fit` writes it (`-`: stdin)
    #[arg(value_name = "TABLE", group = "activation")]
    table: Option<PathBuf>,
    /// The activation (x + C)^P
    #[arg(long, value_name = "P", group = "activation")]
    power: Option<u32>,
    /// The C of --power
    #[arg(long, value_name = "C", requires = "power", allow_hyphen_values = true)]
    shift: Option<String>,
    /// The activation C0 + C1·x + C2·x² + …
    #[arg(long, value_name = "C0,C1,…", group = "activation", value_delimiter = ',', allow_hyphen_values = true)]
    coefficients: Option<Vec<String>>,
    /// Prove the answer in DOCUMENT again, with nothing asked anew
    #[arg(long, value_name = "DOCUMENT", group = "activation", conflicts_with_all = ["interval", "error", "width"])]
    check: Option<PathBuf>,
    /// Where it is asked about [default: the interval of a table that has one]
    #[arg(long, value_name = "LO,HI", allow_hyphen_values = true)]
    interval: Option<String>,
    /// What computed values are at most away from exact ones: tells the gap between scores that keeps their order
    #[arg(long, value_name = "E", allow_hyphen_values = true)]
    error: Option<String>,
    /// How sharply turning points are enclosed [default: 2^-32 of the interval]
    #[arg(long, value_name = "W", allow_hyphen_values = true)]
    width: Option<String>,
    /// What must hold; may be given several times
    #[arg(long, value_name = "WHAT", value_enum)]
    expect: Vec<Expected>,
    #[command(flatten)]
    output: Output,
}

/// What can be asked to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Expected {
    /// f rises strictly
    Increasing,
    /// f falls strictly
    Decreasing,
    /// |x| < |y| makes f(x) < f(y), and x ties with −x
    OrderOfMagnitude,
    /// f > 0
    Positive,
    /// f ≥ 0
    Nonnegative,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let document = match &args.check {
        Some(path) => read_document::<Order>(path)?,
        None => {
            let (activation, question) = asked(args)?;
            let configuration = format!("{:?}", Args { output: Output { json: false, output: None }, ..args.clone() });
            Document::new(examine(&activation, &question)?, Provenance::new(&configuration, None))
        }
    };
    let order = &document.body;
    verify(order).map_err(|e| match &args.check {
        Some(path) => e.at(path.display()),
        None => unproved(e),
    })?;
    args.output.write(&document, &summary(order))?;
    let refuted: Vec<String> = args.expect.iter().filter_map(|expected| refutation(order, *expected)).collect();
    if refuted.is_empty() { Ok(()) } else { Err(Error::NotCertified(refuted.join("; "))) }
}

/// What was just found refutes nothing when its second proof does not end.
fn unproved(error: Error) -> Error {
    match error {
        Error::NotCertified(why) => {
            Error::NoSolution(format!("the answer that was found could not be proved again: {why}"))
        }
        other => other,
    }
}

fn asked(args: &Args) -> Result<(Activation, Question)> {
    let number = |text: &str, option: &str| parse_exact(text).map(Exact).map_err(|e| e.at(option));
    let activation = match (&args.table, args.power, &args.coefficients) {
        (Some(path), _, _) => {
            let table = read_document::<Table>(path)?.body;
            table.validate().map_err(|e| e.at(path.display()))?;
            Activation::from(&table)
        }
        (_, Some(power), _) => {
            Activation::Power { power, shift: number(args.shift.as_deref().unwrap_or("0"), "--shift")? }
        }
        (_, _, Some(all)) => {
            Activation::Coefficients(all.iter().map(|text| number(text, "--coefficients")).collect::<Result<_>>()?)
        }
        (None, None, None) => return Err(Error::input("give a TABLE, --power or --coefficients")),
    };
    let [lo, hi] = match &args.interval {
        Some(text) => {
            let wrong = || Error::input(format!("--interval: expected LO,HI (such as 0,1 or -8,8), found '{text}'"));
            let (lo, hi) = text.split_once(',').ok_or_else(wrong)?;
            [number(lo, "--interval")?, number(hi, "--interval")?]
        }
        None => activation.own_interval().ok_or_else(|| {
            Error::input("--interval: expected LO,HI: nothing here says where the activation is asked about")
        })?,
    };
    let mut question = Question::new([lo.0, hi.0]);
    if let Some(width) = &args.width {
        question.width = number(width, "--width")?;
    }
    question.error = args.error.as_ref().map(|text| number(text, "--error")).transpose()?;
    Ok((activation, question))
}

/// Why something that was expected does not hold, with the points that show it.
fn refutation(order: &Order, expected: Expected) -> Option<String> {
    let run = |wanted: Direction, name: &str, against: &Option<Pair>| {
        (order.direction != wanted).then(|| {
            let shown = against.as_ref().map_or_else(|| "it is constant".into(), points);
            format!("not {name}: {shown}")
        })
    };
    let sign = |wanted: &[Values], name: &str| {
        (!wanted.contains(&order.sign.values)).then(|| {
            let at = order.sign.negative_at.as_ref().map(|x| format!("f({}) < 0", shown(x)));
            let at = at.or_else(|| order.sign.zero_in.as_ref().map(|place| format!("f is 0 at {}", enclosed(place))));
            format!("not {name}: {}", at.unwrap_or_default())
        })
    };
    match expected {
        Expected::Increasing => run(Direction::Increasing, "increasing", &order.falls),
        Expected::Decreasing => run(Direction::Decreasing, "decreasing", &order.rises),
        Expected::OrderOfMagnitude => {
            order.magnitude.witness.as_ref().map(|pair| format!("does not order |x|: {}", points(pair)))
        }
        Expected::Positive => sign(&[Values::Positive], "positive"),
        Expected::Nonnegative => sign(&[Values::Positive, Values::Nonnegative, Values::Zero], "nonnegative"),
    }
}

fn summary(order: &Order) -> String {
    let [lo, hi] = &order.interval;
    let mut text = format!("f          {} on [{}, {}]\n", order.formula, shown(lo), shown(hi));
    let direction = match order.direction {
        Direction::Increasing => "increasing, strictly",
        Direction::Decreasing => "decreasing, strictly",
        Direction::Constant => "constant",
        Direction::Neither => "neither increasing nor decreasing",
    };
    let _ = writeln!(text, "runs       {direction}");
    if order.direction == Direction::Neither {
        for piece in &order.pieces {
            let _ = writeln!(text, "           {}", stretch(piece));
        }
        for pair in [&order.rises, &order.falls].into_iter().flatten() {
            let _ = writeln!(text, "witness    {}", points(pair));
        }
    }
    let _ = writeln!(text, "sign       {}", sign(order));
    let magnitude = match &order.magnitude.witness {
        None => "ordered; x and −x tie, and nothing else does".into(),
        Some(pair) => format!("not ordered: {}", points(pair)),
    };
    let _ = writeln!(text, "|x|        {magnitude}");
    if let Some(gap) = &order.gap {
        gap_lines(&mut text, gap);
    }
    let _ = writeln!(text, "proved     twice, exactly, {:.3} s", order.seconds);
    text
}

fn stretch(piece: &Piece) -> String {
    let way = if piece.direction == Direction::Increasing { "rises" } else { "falls" };
    format!("{way} from {} to {}", enclosed(&piece.from), enclosed(&piece.to))
}

fn sign(order: &Order) -> String {
    let zero = order.sign.zero_in.as_ref().map(|place| format!("; 0 at {}", enclosed(place))).unwrap_or_default();
    let at = |place: &Option<Exact>| place.as_ref().map(shown).unwrap_or_default();
    match order.sign.values {
        Values::Positive => "positive".into(),
        Values::Nonnegative => format!("nonnegative{zero}"),
        Values::Zero => "zero everywhere".into(),
        Values::Nonpositive => format!("nonpositive{zero}"),
        Values::Negative => "negative".into(),
        Values::Both => {
            format!("both: f({}) > 0, f({}) < 0", at(&order.sign.positive_at), at(&order.sign.negative_at))
        }
    }
}

fn gap_lines(text: &mut String, gap: &Gap) {
    let of = if gap.of_magnitude { "|x|" } else { "x" };
    let line = |at: &GapAt| format!("{} (more than {})", decimal(&at.upper), decimal(&at.lower));
    let error = shown(&gap.error);
    let everywhere = gap.everywhere.as_ref().map_or_else(
        || format!("none: values that err by {error} tell no two points apart"),
        |at| format!("{} keeps every order when values err by {error}", line(at)),
    );
    let _ = writeln!(text, "gap in {of:3} {everywhere}");
    for at in &gap.places {
        let _ = writeln!(text, "           at {}: {}", decimal(&at.at), line(at));
    }
}

/// f(−3) = 9 > f(2) = 4.
fn points(pair: &Pair) -> String {
    let [a, b] = &pair.values;
    let relation = match a.cmp(b) {
        std::cmp::Ordering::Less => "<",
        std::cmp::Ordering::Equal => "=",
        std::cmp::Ordering::Greater => ">",
    };
    let [first, second] = [0, 1].map(|i| format!("f({}) = {}", shown(&pair.points[i]), shown(&pair.values[i])));
    format!("{first} {relation} {second}")
}

/// A point, or about where an enclosed one is.
fn enclosed([low, high]: &[Exact; 2]) -> String {
    if low == high { shown(low) } else { format!("{}…", decimal(&Exact(Rational::from(&low.0 + &high.0) / 2u32))) }
}

/// Exactly where that is short, else about.
fn shown(value: &Exact) -> String {
    let text = value.typed();
    if text.len() <= 40 { text } else { format!("{}…", decimal(value)) }
}

/// To twelve digits.
fn decimal(value: &Exact) -> String {
    let size = log2(value).abs();
    if **value != 0 && size > LARGEST_PLAIN_LOG2 {
        return format!("{:.11e}", Float::with_val(64, &value.0));
    }
    Exact(round_decimal(value, 12)).to_string()
}
