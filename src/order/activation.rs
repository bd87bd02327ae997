//! What is asked about: a power, coefficients or a table, as one polynomial with exact coefficients.

use super::LARGEST_DEGREE;
use crate::certify::expanded_composite;
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table, TargetName, validate_intervals};
use crate::poly::{Basis, IntegerPolynomial, Polynomial, Rule};
use crate::real::Exact;
use rug::{Integer, Rational};
use serde::{Deserialize, Serialize};

/// Bits of a coefficient of the expanded polynomial, at most: longer ones would take minutes.
const LONGEST_COEFFICIENT_BITS: u64 = 1 << 18;
/// Characters of a number in a formula, at most.
const LONGEST_SHOWN: usize = 40;

/// A polynomial activation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// (x + shift)^power.
    Power {
        /// The exponent, odd or even.
        power: u32,
        /// What is added to x.
        shift: Exact,
    },
    /// c_0 + c_1·x + … + c_n·x^n.
    Coefficients(Vec<Exact>),
    /// The numbers of a table.
    Table(Numbers),
}

/// What a table computes and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Numbers {
    /// The hash of the table.
    pub table_sha256: String,
    /// The numbers.
    #[serde(flatten)]
    pub form: Form,
    /// The function that they approximate; a composite adds its ε to x.
    pub target: TargetName,
    /// The table's intervals: whoever asks about x outside them does not ask about the table.
    pub intervals: Vec<[Exact; 2]>,
}

impl From<&Table> for Activation {
    fn from(table: &Table) -> Self {
        Self::Table(Numbers {
            table_sha256: table.sha256(),
            form: table.form.clone(),
            target: table.target.clone(),
            intervals: table.intervals.clone(),
        })
    }
}

impl Activation {
    /// The degree as a polynomial in x.
    pub fn degree(&self) -> u64 {
        match self {
            Self::Power { power, .. } => u64::from(*power),
            Self::Coefficients(coefficients) => trimmed(coefficients).len().saturating_sub(1) as u64,
            Self::Table(numbers) => numbers.form.degree(),
        }
    }

    /// The formula, for people.
    pub fn formula(&self) -> String {
        match self {
            Self::Power { power, shift } if **shift == 0 => format!("x^{power}"),
            Self::Power { power, shift } => match short(&Exact(shift.0.clone().abs())) {
                Some(size) => format!("(x {} {size})^{power}", if **shift < 0 { '−' } else { '+' }),
                None => format!("(x + c)^{power}"),
            },
            Self::Coefficients(_) => format!("the polynomial of degree {}", self.degree()),
            Self::Table(numbers) => format!("the table of {} of degree {}", numbers.target.name, self.degree()),
        }
    }

    /// The interval of a table that has one.
    pub fn own_interval(&self) -> Option<[Exact; 2]> {
        match self {
            Self::Table(Numbers { intervals, .. }) => <[_; 1]>::try_from(intervals.clone()).ok().map(|[only]| only),
            _ => None,
        }
    }

    /// Checks the numbers and that an interval may be asked about.
    ///
    /// # Errors
    /// [`Error::Input`] for a degree above [`LARGEST_DEGREE`], an interval that is empty or outside a table's, numbers that
    /// contradict each other, and numbers with too many digits at this degree.
    pub fn validate(&self, [lo, hi]: &[Exact; 2]) -> Result<()> {
        if lo >= hi {
            return Err(Error::input(format!("interval: expected lo < hi, found [{lo}, {hi}]")));
        }
        let degree = self.degree();
        if degree > LARGEST_DEGREE {
            return Err(Error::input(format!("degree: expected at most {LARGEST_DEGREE}, found {degree}")));
        }
        match self {
            Self::Coefficients(coefficients) if coefficients.is_empty() => {
                return Err(Error::input("coefficients: expected at least one number, found none"));
            }
            Self::Table(Numbers { form, intervals, .. }) => {
                form.validate()?;
                validate_intervals(intervals)?;
                if !intervals.iter().any(|[from, to]| from <= lo && hi <= to) {
                    let places: Vec<String> = intervals.iter().map(|[from, to]| format!("[{from}, {to}]")).collect();
                    let places = places.join(" or ");
                    return Err(Error::input(format!("interval: expected one inside {places}, found [{lo}, {hi}]")));
                }
            }
            _ => {}
        }
        let bits = self.longest_bits().saturating_add(degree.saturating_mul(bits(lo).saturating_add(bits(hi))));
        if bits > LONGEST_COEFFICIENT_BITS {
            return Err(Error::input(format!(
                "the polynomial's coefficients would have about {bits} bits at degree {degree}: expected at most \
                 {LONGEST_COEFFICIENT_BITS}; numbers with fewer digits, or a lower degree, have them"
            )));
        }
        Ok(())
    }

    /// About how long the coefficients in powers of x are.
    fn longest_bits(&self) -> u64 {
        let longest = |values: &[Exact]| values.iter().map(|c| bits(c)).max().unwrap_or(0);
        match self {
            Self::Power { power, shift } => u64::from(*power) * (bits(shift) + 1),
            Self::Coefficients(coefficients) => longest(coefficients),
            Self::Table(Numbers { form, intervals, target, .. }) => {
                let ends = intervals.iter().flatten().map(|end| bits(end)).max().unwrap_or(0) + bits(&target.epsilon);
                match form {
                    Form::Polynomial { coefficients, .. } => longest(coefficients) + form.degree() * ends,
                    Form::Composite { start, steps } => form.degree() * (bits(start) + longest(steps) + ends),
                    Form::Stages { stages, .. } => {
                        let stage = stages.iter().map(|s| longest(&s.coefficients) + longest(&s.interval)).max();
                        form.degree() * (stage.unwrap_or(0) + ends)
                    }
                }
            }
        }
    }

    /// u ↦ f(lo + (hi − lo)·u), all stages multiplied out.
    pub fn on_unit(&self, lo: &Rational, hi: &Rational) -> IntegerPolynomial {
        self.along(lo, &Rational::from(hi - lo))
    }

    /// u ↦ f(from + slope·u).
    pub(super) fn along(&self, from: &Rational, slope: &Rational) -> IntegerPolynomial {
        let to = Rational::from(from + slope);
        let monomial = |coefficients: &[Exact]| Polynomial {
            basis: Basis::Monomial,
            lo: Rational::new(),
            hi: Rational::from(1),
            coefficients: coefficients.iter().map(|c| c.0.clone()).collect(),
        };
        match self {
            Self::Power { power, shift } => {
                let base = IntegerPolynomial::affine(&Rational::from(from + &shift.0), slope);
                (0..*power).fold(constant(&Rational::from(1)), |product, _| product.times(&base))
            }
            Self::Coefficients(coefficients) => monomial(trimmed(coefficients)).on_unit(from, &to),
            Self::Table(Numbers { form, target, intervals, .. }) => {
                let d = |x: &Rational| Rational::from(x + &target.epsilon.0);
                match form {
                    Form::Polynomial { basis, coefficients, .. } => {
                        let hull = |end: Option<&[Exact; 2]>, side: usize| {
                            end.and_then(|interval| interval.get(side)).map(|x| x.0.clone()).unwrap_or_default()
                        };
                        let (lo, hi) = (hull(intervals.first(), 0), hull(intervals.last(), 1));
                        Polynomial { basis: *basis, lo, hi, ..monomial(coefficients) }.on_unit(from, &to)
                    }
                    Form::Composite { start, steps } => expanded_composite(start, steps, &(d(from), d(&to))),
                    Form::Stages { rule: Rule::Compose, stages } => {
                        let x = IntegerPolynomial::affine(from, slope);
                        stages.iter().fold(x, |s, stage| composed(&stage.polynomial(), &s))
                    }
                    Form::Stages { rule: Rule::Refine, stages } => {
                        let w = IntegerPolynomial::affine(&d(from), slope);
                        let start = (constant(&Rational::from(1)), w);
                        let step = |(y, w): (IntegerPolynomial, IntegerPolynomial), q: &Polynomial| {
                            let factor = composed(q, &w);
                            (y.times(&factor), w.times(&factor).times(&factor))
                        };
                        let polynomials = stages.iter().map(|stage| stage.polynomial());
                        polynomials.fold(start, |pair, q| step(pair, &q)).0
                    }
                }
            }
        }
    }

    /// Whether f(−x) = f(x) for every x.
    pub(super) fn is_even(&self) -> bool {
        let in_x = self.along(&Rational::new(), &Rational::from(1));
        in_x.numerators().iter().skip(1).step_by(2).all(|c| *c == 0)
    }

    /// f(x), exactly.
    pub fn value(&self, x: &Rational) -> Rational {
        self.along(x, &Rational::new()).value(&Rational::new())
    }
}

fn bits(value: &Rational) -> u64 {
    u64::from(value.numer().significant_bits()) + u64::from(value.denom().significant_bits())
}

/// Without zeros at the high end.
fn trimmed(coefficients: &[Exact]) -> &[Exact] {
    let length = coefficients.iter().rposition(|c| **c != 0).map_or(0, |last| last + 1);
    coefficients.get(..length).unwrap_or_default()
}

/// The text of a number that a line has room for.
fn short(value: &Exact) -> Option<String> {
    [value.to_string(), value.typed()].into_iter().find(|text| text.len() <= LONGEST_SHOWN)
}

fn constant(value: &Rational) -> IntegerPolynomial {
    IntegerPolynomial::affine(value, &Rational::new())
}

/// p(s(u)) by Horner's rule.
fn composed(p: &Polynomial, s: &IntegerPolynomial) -> IntegerPolynomial {
    let p = p.to_monomial();
    let zero = IntegerPolynomial::new(Vec::new(), Integer::from(1));
    p.coefficients.iter().rev().fold(zero, |sum, c| sum.times(s).plus(&constant(c)))
}
