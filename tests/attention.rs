//! The variants of PowerSoftmax in exact arithmetic: their identities as laws.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use polyattn::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, Variant, weights};
use polyattn::laws::{self, Row, strategy};
use polyattn::real::Exact;
use proptest::prelude::*;
use rug::Rational;

fn rational(n: i64, d: i64) -> Rational {
    Rational::from((n, d))
}

fn shape(row: &[Rational], bound: &Rational, p: u32) -> RowShape {
    RowShape::new(row.len() as u32, bound.clone(), p).unwrap()
}

proptest! {
    /// With ε converted between its forms, three variants are one function.
    #[test]
    fn variants_agree_for_the_same_epsilon(Row { scores, shape, epsilon } in strategy::rows()) {
        let of = |variant| weights(variant, &scores, &shape, &epsilon).unwrap();
        prop_assert_eq!(of(Variant::Lipschitz), of(Variant::LengthAgnostic));
        prop_assert_eq!(of(Variant::Lipschitz), of(Variant::Stable));
    }

    #[test]
    fn a_converted_epsilon_is_the_same_epsilon(shape in strategy::shapes(), epsilon in strategy::epsilons()) {
        for form in [EpsilonForm::Sum, EpsilonForm::Mean, EpsilonForm::Unit] {
            let converted = epsilon.to(form, &shape);
            prop_assert_eq!(converted.form, form);
            prop_assert_eq!(converted.to(epsilon.form, &shape), epsilon.clone());
        }
        prop_assert_eq!(epsilon.sum(&shape), epsilon.mean(&shape) * shape.length);
        prop_assert_eq!(epsilon.mean(&shape), epsilon.unit(&shape) * shape.bound_power());
    }

    /// Σ y = m/D: what is missing from 1 is the mass that ε takes.
    #[test]
    fn mass_lost_is_what_the_weights_lack(Row { scores, shape, epsilon } in strategy::rows()) {
        let y = weights(Variant::LengthAgnostic, &scores, &shape, &epsilon).unwrap();
        let sum = y.iter().fold(Rational::new(), |sum, y| sum + y);
        let m = scores.iter().map(|x| Rational::from(x / &shape.bound)).fold(Rational::new(), |sum, t| {
            sum + polyattn::attention::power(&t, shape.power)
        }) / shape.length;
        let domain = RowDomain::new(&shape, Some(&epsilon), &Rational::new()).unwrap();
        prop_assert_eq!(Rational::from(1) - sum, domain.mass_lost(&m));
        let denominator = m + &domain.epsilon;
        prop_assert!(domain.a() <= denominator && denominator <= domain.b());
        prop_assert!(y.iter().all(|y| *y >= 0 && *y <= domain.largest_weight()));
    }

    /// Plain PowerSoftmax does not see a common factor of the row, and its weights add up to 1.
    #[test]
    fn plain_is_scale_invariant_and_sums_to_one(row in strategy::rows(), n in 1i64..50) {
        prop_assume!(row.scores.iter().any(|x| *x != 0));
        let plain = |scores: &[Rational], shape: &RowShape, none: &Epsilon| weights(Variant::Plain, scores, shape, none);
        laws::scale_invariant(&plain, &row, &rational(n, 7))?;
        let y = plain(&row.scores, &row.shape, &row.epsilon).unwrap();
        prop_assert_eq!(y.iter().fold(Rational::new(), |sum, y| sum + y), 1);
    }

    /// Even powers order |x|, whatever ε is.
    #[test]
    fn weights_are_ordered_by_magnitude(row in strategy::rows()) {
        let lipschitz = |scores: &[Rational], shape: &RowShape, e: &Epsilon| weights(Variant::Lipschitz, scores, shape, e);
        laws::ordered_by_magnitude(&lipschitz, &row)?;
    }

    /// Two scores further apart than the gap keep their order under any errors within the bound.
    #[test]
    fn beyond_the_gap_order_survives(row in strategy::rows(), error in 1e-9f64..1e-3) {
        let error = Rational::from_f64(error).unwrap();
        laws::order_preserved(&laws::exact_weights, &row, &error, &Rational::new())?;
    }
}

#[test]
fn minus_three_beats_two_and_minus_one_ties_with_one() {
    let row: Vec<Rational> = [-3, 2, -1, 1].map(Rational::from).to_vec();
    let none = Epsilon { form: EpsilonForm::Sum, value: Exact::default() };
    let y = weights(Variant::Plain, &row, &shape(&row, &Rational::from(4), 4), &none).unwrap();
    assert!(y[0] > y[1] && y[2] == y[3]);
    assert_eq!(y[0], rational(81, 99));
}

#[test]
fn a_one_hot_row_loses_half_its_mass_at_the_published_epsilon() {
    let shape = RowShape::new(1024, Rational::from(1), 4).unwrap();
    let epsilon = Epsilon { form: EpsilonForm::Unit, value: Exact(rational(1, 1000)) };
    let domain = RowDomain::new(&shape, Some(&epsilon), &Rational::new()).unwrap();
    assert!((domain.mass_lost_one_hot().to_f64() - 0.506).abs() < 5e-4);
}

#[test]
fn the_all_zero_row_is_zero_with_epsilon_and_refused_without() {
    let row = vec![Rational::new(); 5];
    let shape = shape(&row, &Rational::from(1), 6);
    let epsilon = Epsilon { form: EpsilonForm::Mean, value: Exact(rational(1, 8)) };
    assert!(weights(Variant::LengthAgnostic, &row, &shape, &epsilon).unwrap().iter().all(|y| *y == 0));
    assert_eq!(weights(Variant::Plain, &row, &shape, &epsilon).unwrap_err().exit_code(), 2);
}

#[test]
fn a_single_key_gets_its_whole_mass() {
    let shape = RowShape::new(1, Rational::from(2), 2).unwrap();
    let epsilon = Epsilon { form: EpsilonForm::Sum, value: Exact(Rational::from(1)) };
    let row = [Rational::from(2)];
    assert_eq!(weights(Variant::Plain, &row, &shape, &epsilon).unwrap(), [Rational::from(1)]);
    assert_eq!(weights(Variant::Lipschitz, &row, &shape, &epsilon).unwrap(), [rational(4, 5)]);
}

#[test]
fn odd_and_zero_powers_are_refused() {
    for p in [0, 1, 3, 7] {
        let error = RowShape::new(4, Rational::from(1), p).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(&format!("found {p}")), "{error}");
    }
    let odd = RowShape { length: 2, bound: Rational::from(1), power: 3 };
    let epsilon = Epsilon { form: EpsilonForm::Sum, value: Exact::default() };
    assert!(weights(Variant::Plain, &[Rational::from(1)], &odd, &epsilon).is_err());
}

#[test]
fn a_score_above_the_bound_is_refused() {
    let shape = RowShape::new(2, Rational::from(1), 2).unwrap();
    let epsilon = Epsilon { form: EpsilonForm::Sum, value: Exact(Rational::from(1)) };
    let error = weights(Variant::Lipschitz, &[Rational::from(-2)], &shape, &epsilon).unwrap_err();
    assert!(error.to_string().contains("exceeds the bound"), "{error}");
}
