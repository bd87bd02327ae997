use super::*;
use proptest::prelude::*;
use rug::Float;

fn targets() -> Vec<Target> {
    Target::NAMES.iter().map(|name| Target::new(name, Rational::new()).unwrap()).collect()
}

/// f(x) at a precision.
fn value(target: &Target, x: f64, precision: u32) -> Float {
    target.function().value(&Float::with_val(precision, x))
}

#[test]
fn names_are_read_back() {
    for target in targets() {
        assert_eq!(Target::named(&target.name()).unwrap(), target);
    }
    let epsilon = Target::new("inverse-sqrt", Rational::from((1, 16))).unwrap();
    assert_eq!(Target::named(&epsilon.name()).unwrap(), epsilon);
}

#[test]
fn an_unknown_name_is_answered_with_those_that_exist_and_the_nearest() {
    for (name, nearest) in
        [("recip", "reciprocal"), ("gelu", "gelu-erf"), ("inv-sqrt", "inverse-sqrt"), ("signum", "sign")]
    {
        let error = Target::new(name, Rational::new()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(&format!("did you mean {nearest}?")), "{error}");
        assert!(error.to_string().contains("sigmoid, tanh"), "{error}");
    }
    assert!(!Target::new("qqqq", Rational::new()).unwrap_err().to_string().contains("did you mean"));
    assert!(Target::new("exp", Rational::from(1)).unwrap_err().to_string().contains("epsilon"));
}

#[test]
fn values_are_those_of_other_programs() {
    // bc and mpmath, 17 digits.
    for (name, x, expected) in [
        ("reciprocal", 4.0, 0.25),
        ("inverse-sqrt", 4.0, 0.5),
        ("exp", -8.0, 3.354626279025118e-4),
        ("log", 2.0, std::f64::consts::LN_2),
        ("sigmoid", -50.0, 1.928749847963918e-22),
        ("tanh", 0.5, 0.46211715726000975),
        ("gelu-erf", -10.0, -7.61985302416047e-23),
        ("gelu-erf", 1.0, 0.8413447460685429),
        ("gelu-tanh", 1.0, 0.8411919906082768),
        ("relu", -3.0, 0.0),
        ("relu", 3.0, 3.0),
        ("sign", -0.25, -1.0),
    ] {
        let target = Target::new(name, Rational::new()).unwrap();
        approx::assert_relative_eq!(value(&target, x, 80).to_f64(), expected, max_relative = 1e-15);
    }
}

#[test]
fn places_without_a_value_are_refused() {
    let check = |name: &str, lo: i32, hi: i32| {
        Target::new(name, Rational::new()).unwrap().function().check(&Rational::from(lo), &Rational::from(hi))
    };
    for (name, lo, hi, text) in [
        ("reciprocal", -1, 1, "pole"),
        ("inverse-sqrt", 0, 1, "x > 0"),
        ("log", -2, 1, "x > 0"),
        ("log", 0, 1, "x > 0"),
        ("sign", -1, 1, "gap"),
        ("sign", 0, 1, "gap"),
    ] {
        let error = check(name, lo, hi).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(text), "{error}");
    }
    assert!(check("sign", 1, 2).is_ok() && check("relu", -1, 1).is_ok() && check("tanh", -1, 1).is_ok());
}

proptest! {
    #[test]
    fn more_precision_agrees_to_the_last_places(x in -60f64..60.0) {
        for target in targets() {
            let x = if matches!(target, Target::Log(_) | Target::InverseSqrt(_)) { x.abs() + 1e-3 } else { x };
            let (coarse, fine) = (value(&target, x, 100), value(&target, x, 300));
            let error = Float::with_val(300, &coarse - &fine).abs();
            prop_assert!(error <= fine.abs() * 2f64.powi(-96), "{target:?} at {x}");
        }
    }

    #[test]
    fn derivatives_are_the_limits_of_differences(x in 0.01f64..8.0, negative: bool) {
        for target in targets() {
            let x = if negative && !matches!(target, Target::Log(_) | Target::InverseSqrt(_)) { -x } else { x };
            let (f, at) = (target.function(), Float::with_val(400, x));
            let step: Float = Float::with_val(400, 1) >> 100;
            let [below, here, above] = [Float::with_val(400, &at - &step), at.clone(), Float::with_val(400, &at + &step)]
                .map(|x| f.value(&x));
            let first = Float::with_val(400, &above - &below) / (step.clone() * 2u32);
            let second = (above + below - here * 2u32) / step.square();
            let (exact_first, exact_second) = (f.derivative(&at).unwrap(), f.second_derivative(&at).unwrap());
            // The next derivatives grow like those of 1/x: by a factor 1/x each.
            let tolerance = 2f64.powi(-140);
            prop_assert!((first - &exact_first).abs() <= tolerance, "{target:?} at {x}");
            prop_assert!((second - &exact_second).abs() <= tolerance, "{target:?} at {x}");
        }
    }

    #[test]
    fn symmetries_are_kept(x in 0.01f64..60.0) {
        for target in targets() {
            if let Some(parity) = target.function().parity() {
                let mirrored = value(&target, -x, 100);
                let expected = if parity == Parity::Odd { -mirrored } else { mirrored };
                prop_assert_eq!(value(&target, x, 100), expected);
            }
        }
    }
}
