//! Staged normalisation: how many doublings for each division, and the domain that each leaves to the next.
//!
//! V_0 = x/R and V_i = V_{i−1}²·r_i(S_i), S_i = Σ V_{i−1}² (for i = 1 the mean). A factor that a row has in common cancels in the
//! last division, so the relative error of a weight is that of the last reciprocal alone. Without ε, Σ V_i = 1 − R_i is within
//! η_i of 1, whatever the scores; then by Cauchy and Schwarz S_{i+1} ≥ (1 − η_i)²/L, and S_{i+1} ≤ (1 + η_i)², since V ≥ 0.

use crate::error::{Error, Result};
use crate::fit::Composite;
use crate::real::{dyadic_ceil, dyadic_floor, float_to_exact};
use rug::Rational;

/// Bits after the point of a derived domain.
const DOMAIN_BITS: u32 = 80;
/// The domain of a sum reaches beyond what the sum does: at the very end of its domain a polynomial of degree n follows a change n
/// times more than inside, and rows whose weight is all in one key lie there.
const MARGIN: (u32, u32) = (9, 8);
/// More doublings in all than any modulus chain has levels.
const MOST_DOUBLINGS: u32 = 40;
/// A division that errs by more than this leaves the next one more to do than it spares.
const CRUDEST: f64 = 0.95;
/// A division that errs by less leaves the next one nothing more to spare.
const FINEST: f64 = 1.0 / 256.0;

/// The domain of the next row sum after a division of relative error at most `error`, over rows of at most `length` keys.
///
/// # Errors
/// [`Error::NotCertified`] for an error so large that the sum of a row could be next to 0.
pub(super) fn next_domain(error: &Rational, length: u32) -> Result<[Rational; 2]> {
    if *error >= CRUDEST {
        return Err(Error::NotCertified(format!(
            "a division that is not the last may err by at most {CRUDEST} of itself, found {:.3}",
            error.to_f64()
        )));
    }
    let low = (Rational::from(1) - error).square() / length;
    let high = (Rational::from(1) + error).square() * Rational::from(MARGIN);
    Ok([dyadic_floor(&low, DOMAIN_BITS), dyadic_ceil(&high, DOMAIN_BITS)])
}

/// For the least number of doublings in all with which `divisions` divisions meet the target, and for `spare` more: those of
/// each division with the least error at the end.
///
/// # Errors
/// As [`Composite::errors`].
pub(super) fn doublings(
    first: &[Rational; 2],
    length: u32,
    divisions: u32,
    spare: u32,
    meets: &dyn Fn(&Rational) -> bool,
) -> Result<Vec<Vec<u32>>> {
    let mut best: Vec<Option<(Rational, Vec<u32>)>> = vec![None; MOST_DOUBLINGS as usize + 1];
    extend(first, length, divisions, &mut Vec::new(), &mut best)?;
    let meeting = |entry: Option<(Rational, Vec<u32>)>| entry.filter(|(error, _)| meets(error)).map(|(_, each)| each);
    Ok(best.into_iter().filter_map(meeting).take(spare as usize + 1).collect())
}

/// Tries every number of doublings for the next division, and for those after it; `best` has by the number of all doublings the
/// least error.
fn extend(
    domain: &[Rational; 2],
    length: u32,
    divisions: u32,
    before: &mut Vec<u32>,
    best: &mut [Option<(Rational, Vec<u32>)>],
) -> Result<()> {
    let spent: u32 = before.iter().sum();
    let room = MOST_DOUBLINGS.saturating_sub(spent) as usize;
    let [a, b] = domain;
    for (doublings, error) in Composite::errors(a, b)?.iter().enumerate().take(room + 1).skip(1) {
        let error = dyadic_ceil(&float_to_exact(error), 4 * DOMAIN_BITS);
        before.push(doublings as u32);
        if divisions > 1 {
            if error < CRUDEST {
                extend(&next_domain(&error, length)?, length, divisions - 1, before, best)?;
            }
        } else if let Some(entry) = best.get_mut(spent as usize + doublings)
            && entry.as_ref().is_none_or(|(least, _)| error < *least)
        {
            *entry = Some((error.clone(), before.clone()));
        }
        before.pop();
        if divisions > 1 && error < FINEST {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power_of_two(exponent: i32) -> Rational {
        Rational::from_f64(f64::from(exponent).exp2()).unwrap()
    }

    /// A division that could bring the sum of a row to 0 leaves no domain.
    #[test]
    fn crude_divisions_leave_no_domain() {
        for (error, holds) in [((94, 100), true), ((95, 100), false), ((1, 1), false), ((5, 2), false)] {
            assert_eq!(next_domain(&Rational::from(error), 128).is_ok(), holds, "{error:?}");
        }
        let [a, b] = next_domain(&Rational::from((1, 2)), 4).unwrap();
        assert_eq!((a, b), (Rational::from((1, 16)), Rational::from((81, 32))));
    }

    /// Depth is a squaring a division, and the doublings; both below what a polynomial in mean x^p needs.
    #[test]
    fn staged_depths_are_below_those_of_a_polynomial_in_the_mean() {
        let meets = |error: &Rational| *error <= power_of_two(-10);
        for (log2_smallest, divisions, depth) in
            [(-12, 2u32, 15u32), (-14, 2, 16), (-8, 3, 18), (-10, 3, 19), (-12, 3, 20)]
        {
            let first = [power_of_two(log2_smallest), Rational::from(1)];
            let found = doublings(&first, 128, divisions, 0, &meets).unwrap();
            let staged = divisions + found[0].iter().sum::<u32>();
            assert!(staged <= depth, "2^{log2_smallest}, {divisions} divisions: {found:?}");
            let power = 1i32 << divisions;
            let smallest = power_of_two(log2_smallest * power / 2);
            let direct =
                divisions + crate::plan::relative_lower_bound(&smallest, &Rational::from(1), &power_of_two(-10));
            assert!(staged < direct, "{staged} against {direct}");
        }
    }
}
