//! The first approximation of 1/D by a polynomial, and the steps that refine it best.

use crate::error::{Error, Result};
use crate::poly::{Basis, Polynomial};
use crate::real::f64_above;
use rug::Rational;

/// The polynomial of degree n − 1 for 1/D on [a, b] whose largest relative error is least, with exact coefficients, and that
/// error, 1/T_n(μ), μ = (b + a)/(b − a).
///
/// # Formula
/// 1 − D·r = T_n(y)/T_n(−μ) with y = (2D − a − b)/(b − a), so r = c_0 + Σ c_k·T_k(y) with
/// c_k = (−1)^k·4·U_(n−1−k)(μ)/((b − a)·T_n(μ)), and c_0 half of that. (Chebyshev; Rivlin, *The Chebyshev Polynomials*.)
///
/// # Errors
/// [`Error::Input`] unless 0 < a < b.
pub fn minimax_start(a: &Rational, b: &Rational, degree: u32) -> Result<(Polynomial, Rational)> {
    if !(*a > 0 && a < b) {
        return Err(Error::input("the start of a reciprocal: expected a domain with 0 < a < b"));
    }
    let width = Rational::from(b - a);
    let mu = Rational::from(b + a) / &width;
    let mut second = vec![Rational::from(1), Rational::from(&mu * 2u32)];
    let mut first = vec![Rational::from(1), mu.clone()];
    for values in [&mut second, &mut first] {
        while values.len() <= degree as usize + 1 {
            let next = match values.as_slice() {
                [.., before, last] => Rational::from(&mu * last) * 2u32 - before,
                _ => Rational::new(),
            };
            values.push(next);
        }
    }
    let error = first.pop().unwrap_or_default().recip();
    let scale = Rational::from(&error / &width) * 4u32;
    let coefficient = |(k, u): (u32, &Rational)| {
        let sized = Rational::from(u * &scale) / if k == 0 { 2u32 } else { 1 };
        if k % 2 == 0 { sized } else { -sized }
    };
    let coefficients = (0u32..).zip(second.iter().take(degree as usize + 1).rev()).map(coefficient).collect();
    Ok((Polynomial { basis: Basis::Chebyshev, lo: a.clone(), hi: b.clone(), coefficients }, error))
}

/// The α of `doublings` steps that keep a residual of at most `error` as small as they can, and upper bounds on it before
/// the first and after each: t ← 2t² − 1 and α = 2t²/(2t² − 1) from t = 1/`error`, the composition of Chebyshev polynomials.
pub fn best_steps(error: &Rational, doublings: u32) -> (Vec<Rational>, Vec<f64>) {
    let mut t = error.clone().recip();
    let (mut steps, mut residuals) = (Vec::new(), vec![f64_above(error)]);
    for _ in 0..doublings {
        let double = Rational::from(t.square_ref()) * 2u32;
        let next = Rational::from(&double - 1u32);
        steps.push(double / &next);
        residuals.push(f64_above(&next.clone().recip()));
        t = next;
    }
    (steps, residuals)
}

/// 1 − D·y in the Chebyshev basis, D = h·(T_1 + μ), h = (b − a)/2: T_1·T_k = (T_(k+1) + T_|k−1|)/2.
pub(super) fn residual_coefficients(y: &Polynomial) -> Vec<Rational> {
    let half = Rational::from(&y.hi - &y.lo) / 2u32;
    let middle = Rational::from(&y.hi + &y.lo) / 2u32;
    let mut residual = vec![Rational::new(); y.coefficients.len() + 1];
    let mut subtract = |k: usize, value: Rational| {
        if let Some(c) = residual.get_mut(k) {
            *c -= value;
        }
    };
    subtract(0, Rational::from(-1));
    for (k, c) in y.coefficients.iter().enumerate() {
        subtract(k, Rational::from(c * &middle));
        let moved = Rational::from(c * &half);
        if k == 0 {
            subtract(1, moved);
        } else {
            let shared = moved / 2u32;
            subtract(k + 1, shared.clone());
            subtract(k - 1, shared);
        }
    }
    residual
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(numerator: i32, denominator: i32) -> Rational {
        Rational::from((numerator, denominator))
    }

    /// 1 − D·y is one multiple of T_n, of the size that is stated, and T_n is what 1 − D·y is at every D.
    #[test]
    fn a_best_start_has_one_chebyshev_polynomial_as_its_residual() {
        for (a, b) in
            [(rational(1, 1), rational(3, 1)), (rational(1, 16), rational(33, 16)), (rational(2, 1), rational(5, 2))]
        {
            for degree in 1..7u32 {
                let (y, error) = minimax_start(&a, &b, degree).unwrap();
                assert_eq!((y.degree(), &y.lo, &y.hi), (degree as usize, &a, &b));
                let residual = residual_coefficients(&y);
                let (last, rest) = residual.split_last().unwrap();
                assert!(rest.iter().all(|c| *c == 0), "{residual:?}");
                assert_eq!(last.clone().abs(), error);
                for (d, value) in [(&a, if degree % 2 == 1 { last.clone() } else { -last.clone() }), (&b, last.clone())]
                {
                    assert_eq!(1 - d * y.value(d), value);
                }
            }
        }
        for (a, b) in [(0, 1), (-1, 1), (1, 1), (2, 1)] {
            assert_eq!(minimax_start(&Rational::from(a), &Rational::from(b), 3).unwrap_err().exit_code(), 2);
        }
    }

    /// Of any polynomial the residual has the coefficients of 1 − D·y.
    #[test]
    fn residuals_are_those_of_the_product() {
        let (lo, hi) = (rational(1, 3), rational(7, 2));
        let coefficients = vec![rational(2, 5), rational(-3, 7), rational(1, 9), rational(4, 11)];
        let y = Polynomial { basis: Basis::Chebyshev, lo: lo.clone(), hi: hi.clone(), coefficients };
        let residual = Polynomial { coefficients: residual_coefficients(&y), ..y.clone() };
        for step in 0..=6 {
            let d = Rational::from(&hi - &lo) * rational(step, 6) + &lo;
            assert_eq!(residual.value(&d), 1 - &d * y.value(&d));
        }
    }

    /// R ← αR² − (α − 1) maps [−e, e] to [−e', e'], both ends attained.
    #[test]
    fn steps_keep_the_residual_as_small_as_they_can() {
        for error in [rational(1, 2), rational(1, 7), rational(99, 100)] {
            let (steps, residuals) = best_steps(&error, 4);
            assert_eq!((steps.len(), residuals.len()), (4, 5));
            let mut e = error;
            for (alpha, pair) in steps.iter().zip(residuals.windows(2)) {
                let image = |r: &Rational| Rational::from(r.square_ref()) * alpha - Rational::from(alpha - 1u32);
                let (middle, end) = (image(&Rational::new()), image(&e));
                assert_eq!(-middle, end);
                for (value, bound) in [(&e, pair[0]), (&end, pair[1])] {
                    let bound = Rational::from_f64(bound).unwrap();
                    assert!(bound >= *value && bound <= value.clone() * rational(1_000_001, 1_000_000));
                }
                e = end;
            }
        }
        assert_eq!(best_steps(&rational(1, 2), 0), (Vec::new(), vec![0.5]));
    }
}
