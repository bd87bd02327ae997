//! The forms in which a table can be evaluated agree: exactly over rationals, and within a stated rounding in double precision.

use super::evaluation::{clenshaw, doublings, horner, on_basis, paterson_stockmeyer};
use super::table::value;
use super::{Outcome, asked, require};
use crate::error::{Error, Result};
use crate::order::{Activation, LARGEST_DEGREE};
use crate::poly::Basis;
use crate::poly::table::{Form, Table};
use crate::real::Exact;
use proptest::test_runner::TestCaseError;
use rug::Rational;

/// The unit of every bound on rounding, 2^-49: sixteen roundings to 53 bits.
const UNIT: f64 = 1.0 / (1u64 << 49) as f64;

/// A table with the one polynomial that it is, in powers of u = (x − lo)/(hi − lo) over its hull.
#[derive(Debug, Clone)]
pub struct Forms {
    table: Table,
    lo: Rational,
    hi: Rational,
    powers: Vec<Rational>,
}

impl Forms {
    /// Multiplies a table out.
    ///
    /// # Errors
    /// [`Error::Input`] for a table of a degree above [`LARGEST_DEGREE`], or one with too many digits to be multiplied out.
    pub fn of(table: &Table) -> Result<Self> {
        Self::between(table, table)
    }

    /// A table beside another that is to be the same function, in another basis or form: that one is multiplied out.
    ///
    /// # Errors
    /// As [`Forms::of`].
    pub fn between(table: &Table, other: &Table) -> Result<Self> {
        let activation = Activation::from(other);
        if let Some(interval) = other.intervals.first() {
            activation.validate(interval)?;
        }
        let (lo, hi) = table.hull()?;
        let powers = activation.on_unit(&lo, &hi).coefficients();
        Ok(Self { table: table.clone(), powers, lo, hi })
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    fn u(&self, x: &Rational) -> Rational {
        Rational::from(x - &self.lo) / Rational::from(&self.hi - &self.lo)
    }
}

/// Whether forms can be compared at all, at this degree and with so many digits.
pub(super) fn are_comparable(table: &Table) -> bool {
    let activation = Activation::from(table);
    table.degree <= LARGEST_DEGREE
        && table.intervals.first().is_none_or(|interval| activation.validate(interval).is_ok())
}

/// The table's own recursion (Clenshaw, Horner, doublings, stages), Horner's rule and Paterson–Stockmeyer on the polynomial
/// multiplied out have the same value at x, as rationals.
///
/// # Errors
/// Where they do not.
pub fn forms_agree(forms: &Forms, x: &Rational) -> Outcome {
    let law = "evaluation forms agree";
    let own = asked(value(&forms.table, x), law)?;
    let u = forms.u(x);
    for (name, other) in
        [("Horner's rule", horner(&forms.powers, &u)), ("Paterson–Stockmeyer", paterson_stockmeyer(&forms.powers, &u))]
    {
        require(own == other, law, || {
            let x = Exact(x.clone()).typed();
            format!("at x = {x} the table's recursion gives {:e}, {name} {:e}", own.to_f64(), other.to_f64())
        })?;
    }
    Ok(())
}

/// In double precision each form is within its bound of the exact value: with n the degree and U = 2^-49,
///
/// - Clenshaw: U·(1 + (|x| + |lo| + |hi|)/(hi − lo))·Σ (k + 1)²·|c_k|;
/// - Horner and Paterson–Stockmeyer: U·(n + 1)·Σ |a_k|·u^k in powers of u, or of x where the table has them;
/// - doublings: the running bound of the recursion, docs/laws.md.
///
/// # Errors
/// Where one is further away.
pub fn rounding(forms: &Forms, x: &Rational) -> Outcome {
    let law = "rounding of the evaluation";
    let exact = asked(value(&forms.table, x), law)?;
    let u = forms.u(x);
    if !(0..=1).contains(&u) {
        return Err(TestCaseError::reject("outside the table's hull"));
    }
    let bound = powers_bound(&forms.powers, u.to_f64());
    let mut found = vec![
        ("Horner's rule", horner(&forms.powers, &u.to_f64()), bound),
        ("Paterson–Stockmeyer", paterson_stockmeyer(&forms.powers, &u.to_f64()), bound),
    ];
    match &forms.table.form {
        Form::Polynomial { .. } => {
            let p = asked(forms.table.polynomial(), law)?;
            let p = asked(p.ok_or_else(|| Error::internal("a polynomial without its numbers")), law)?;
            found.push(match p.basis {
                Basis::Chebyshev => {
                    let y: f64 = on_basis(&p.lo, &p.hi, x);
                    (
                        "Clenshaw's recurrence",
                        clenshaw(&p.coefficients, &y),
                        clenshaw_bound(&p.coefficients, [&p.lo, &p.hi, x]),
                    )
                }
                Basis::Monomial => {
                    let place = x.to_f64();
                    ("Horner's rule on x", horner(&p.coefficients, &place), powers_bound(&p.coefficients, place.abs()))
                }
            });
        }
        Form::Composite { start, steps } => {
            let steps: Vec<Rational> = steps.iter().map(|alpha| alpha.0.clone()).collect();
            let d = Rational::from(x + &forms.table.target.epsilon.0).to_f64();
            found.push(("doublings", doublings(&start.0, &steps, &d), doublings_bound(start.to_f64(), &steps, d)));
        }
        Form::Stages { .. } => {}
    }
    for (name, value, bound) in found.into_iter().filter(|(_, _, bound)| bound.is_finite()) {
        let error = Rational::from_f64(value).map(|value| (value - &exact).abs().to_f64());
        require(error.is_some_and(|error| error <= bound), law, || {
            let x = Exact(x.clone()).typed();
            format!("at x = {x} {name} gives {value:e} for {:e}, further away than {bound:e}", exact.to_f64())
        })?;
    }
    Ok(())
}

fn clenshaw_bound(c: &[Rational], [lo, hi, x]: [&Rational; 3]) -> f64 {
    let [lo, hi, x] = [lo, hi, x].map(Rational::to_f64);
    let spread = (x.abs() + lo.abs() + hi.abs()) / (hi - lo);
    let sum: f64 = c.iter().zip(1u32..).map(|(c, k)| f64::from(k * k) * c.to_f64().abs()).sum();
    UNIT * (1.0 + spread) * sum
}

fn powers_bound(a: &[Rational], u: f64) -> f64 {
    let sum = a.iter().rev().fold(0.0, |sum, a| sum * u + a.to_f64().abs());
    UNIT * a.len() as f64 * sum
}

/// With e_R and e_y bounds on the errors of R and y: e_y ← α(|1 + R|·e_y + (|y| + e_y)·e_R) + U·α(1 + |R|)|y| and
/// e_R ← α(2|R| + e_R)·e_R + U·(αR² + |α − 1| + 1).
fn doublings_bound(start: f64, steps: &[Rational], d: f64) -> f64 {
    let (mut y, mut r) = (start, 1.0 - start * d);
    let (mut error_y, mut error_r) = (UNIT * start.abs(), UNIT * (1.0 + (start * d).abs()));
    for alpha in steps.iter().map(Rational::to_f64) {
        error_y = alpha * ((1.0 + r).abs() * error_y + (y.abs() + error_y) * error_r)
            + UNIT * alpha * (1.0 + r.abs()) * y.abs();
        y *= alpha * (1.0 + r);
        error_r = alpha * (2.0 * r.abs() + error_r) * error_r + UNIT * (alpha * r * r + (alpha - 1.0).abs() + 1.0);
        r = alpha * r * r - (alpha - 1.0);
    }
    error_y
}
