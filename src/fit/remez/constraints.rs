//! What a polynomial must satisfy besides being near the function.

use crate::error::{Error, Result};
use crate::poly::Basis;
use crate::real::Exact;
use crate::target::Parity;

/// Conditions on the polynomial; the default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// (k, value): the coefficient c_k in the basis that the table is asked for has exactly this value.
    pub fixed: Vec<(u64, Exact)>,
    /// r(x) > 0 on every interval, for a function that is positive there.
    ///
    /// Among polynomials with r > 0 there may be no best one, so what is asked is r ≥ 2^-16·min f. Raising a polynomial by
    /// that costs no more than as much times the largest weight. A polynomial that is best without the condition and
    /// positive by itself is taken as it is.
    pub positive: bool,
}

impl Constraints {
    /// Whether nothing is asked.
    pub fn is_none(&self) -> bool {
        self.fixed.is_empty() && !self.positive
    }

    /// The largest index of a fixed coefficient.
    pub(in crate::fit) fn largest_index(&self) -> u64 {
        self.fixed.iter().map(|(k, _)| *k).max().unwrap_or(0)
    }

    /// The coefficients of a polynomial of some degree: fixed ones with their value.
    ///
    /// # Errors
    /// [`Error::Input`] for an index above the degree or given twice, or for a value other than 0 that a symmetry forbids.
    pub(super) fn coefficients(&self, basis: Basis, degree: u64, parity: Option<Parity>) -> Result<Vec<Option<Exact>>> {
        let mut coefficients = vec![None; degree as usize + 1];
        for (k, value) in &self.fixed {
            let Some(entry) = usize::try_from(*k).ok().and_then(|k| coefficients.get_mut(k)) else {
                return Err(Error::input(format!(
                    "--fix: a polynomial of degree {degree} has the coefficients 0 to {degree}, found {k}"
                )));
            };
            if entry.is_some() {
                return Err(Error::input(format!("--fix: coefficient {k} is given twice")));
            }
            if value.0 != 0 && !fits(*k, parity) {
                let name = basis_name(basis);
                return Err(Error::input(format!(
                    "--fix: with this --parity coefficient {k} in the {name} basis is 0, found {value}"
                )));
            }
            *entry = Some(value.clone());
        }
        Ok(coefficients)
    }

    /// Whether the fixed values agree with a symmetry.
    pub(super) fn allow(&self, parity: Option<Parity>) -> bool {
        self.fixed.iter().all(|(k, value)| value.0 == 0 || fits(*k, parity))
    }
}

/// Whether a symmetric polynomial may have a coefficient of this index, in either basis.
pub(super) fn fits(k: u64, parity: Option<Parity>) -> bool {
    match parity {
        None => true,
        Some(Parity::Even) => k.is_multiple_of(2),
        Some(Parity::Odd) => !k.is_multiple_of(2),
    }
}

fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Chebyshev => "Chebyshev",
        Basis::Monomial => "monomial",
    }
}
