use super::*;
use proptest::prelude::*;

/// A point and an interval around it, of few bits so that the rounding shows.
fn operand() -> impl Strategy<Value = (Rational, Enclosure)> {
    (-4000i64..4000, 1i64..300, 0i64..=8, 0i64..40, 8u32..40).prop_map(|(n, d, place, width, bits)| {
        let (lo, width) = (Rational::from((n, d)), Rational::from((width, 50)));
        let hi = Rational::from(&lo + &width);
        let point = &lo + width * Rational::from((place, 8));
        (point, Enclosure::between(&lo, &hi, bits))
    })
}

fn holds(interval: &Enclosure, value: &Rational) -> bool {
    interval.lo <= *value && *value <= interval.hi
}

/// A function of a point at a precision where its own rounding does not show.
fn fine(point: &Rational, f: impl Fn(Float) -> Float) -> Float {
    f(Float::with_val(400, point))
}

proptest! {
    #[test]
    fn arithmetic_contains_the_exact_result((x, a) in operand(), (y, b) in operand()) {
        prop_assert!(holds(&a, &x));
        prop_assert!(holds(&(&a + &b), &Rational::from(&x + &y)));
        prop_assert!(holds(&(&a - &b), &Rational::from(&x - &y)));
        prop_assert!(holds(&(&a * &b), &Rational::from(&x * &y)));
        prop_assert!(holds(&a.square(), &Rational::from(&x * &x)));
        prop_assert!(holds(&a.abs(), &x.clone().abs()));
        prop_assert!(holds(&-&a, &Rational::from(-&x)));
        prop_assert!(holds(&a.hull(&b), &x) && holds(&a.hull(&b), &y));
        if x != 0 {
            prop_assert!(holds(&a.recip(), &x.recip()));
        }
    }

    #[test]
    fn functions_contain_the_result_at_higher_precision((x, a) in operand()) {
        let within = |interval: &Enclosure, value: &Float| interval.lo <= *value && *value <= interval.hi;
        prop_assert!(within(&a.exp(), &fine(&x, Float::exp)));
        prop_assert!(within(&a.tanh(), &fine(&x, Float::tanh)));
        prop_assert!(within(&a.erfc(), &fine(&x, Float::erfc)));
        prop_assert!(within(&a.logistic(), &fine(&x, |x| 1u32 / (1u32 + (-x).exp()))));
        if x > 0 {
            prop_assert!(within(&a.ln(), &fine(&x, Float::ln)));
            prop_assert!(within(&a.sqrt(), &fine(&x, Float::sqrt)));
        }
    }

    #[test]
    fn cosines_of_turns_are_enclosed(k in 0u32..500, n in 1u32..500, bits in 8u32..60) {
        let turn = Enclosure::cosine_of_turn(k, n, bits);
        let value = Float::with_val(300, k) * Float::with_val(300, Constant::Pi) * 2u32 / n;
        // The reference is rounded where the cosine is exactly 0, ±½ or ±1.
        let slack = Float::with_val(300, 1) >> 280;
        prop_assert!(turn.lo <= value.clone().cos() + &slack && value.cos() - slack <= turn.hi);
    }
}

#[test]
fn what_is_not_known_is_the_whole_line() {
    let around_zero = Enclosure::between(&Rational::from(-1), &Rational::from(1), 53);
    for unknown in [around_zero.recip(), around_zero.ln(), around_zero.sqrt()] {
        assert!(!unknown.is_finite());
        for further in [&unknown - &unknown, &unknown * &around_zero, unknown.abs(), unknown.hull(&around_zero)] {
            assert!(!further.is_finite() && !further.is_positive() && !further.is_negative());
        }
    }
}

#[test]
fn what_is_tiny_is_rounded_outward() {
    let far = Enclosure::around(&Rational::from(-1_000_000_000), 53);
    let tiny = far.exp();
    assert!(tiny.is_finite() && tiny.lo == 0 && tiny.hi > 0);
    let negative = -&tiny;
    assert!(negative.lo == Float::with_val(53, -&tiny.hi) && negative.hi == 0);
    assert!(!(-&far).exp().is_finite());
}
