use super::*;
use crate::target::Target;
use proptest::prelude::*;
use rug::Float;
use std::ops::{Add, Div, Mul, Neg};

const NAMES: [&str; 10] = Target::NAMES;

fn target(name: &str) -> Target {
    let epsilon = if matches!(name, "reciprocal" | "inverse-sqrt") { Rational::from((1, 16)) } else { Rational::new() };
    Target::new(name, epsilon).unwrap()
}

/// Complex numbers in double precision, enough to catch a bound that is wrong.
#[derive(Clone, Copy, Debug)]
struct Complex(f64, f64);

impl Add for Complex {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        Self(self.0 + b.0, self.1 + b.1)
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        Self(self.0 * b.0 - self.1 * b.1, self.0 * b.1 + self.1 * b.0)
    }
}

impl Div for Complex {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        let norm = b.0 * b.0 + b.1 * b.1;
        let product = self * Self(b.0, -b.1);
        Self(product.0 / norm, product.1 / norm)
    }
}

impl Complex {
    fn exp(self) -> Self {
        Self(self.0.exp() * self.1.cos(), self.0.exp() * self.1.sin())
    }

    /// By its Taylor series, for |z| < 4.
    fn erf(self) -> Self {
        let (mut term, mut sum) = (self, self);
        for n in 1..200 {
            term = term * -(self * self) / Self(f64::from(n), 0.0);
            sum = sum + term / Self(f64::from(2 * n + 1), 0.0);
        }
        sum * Self(std::f64::consts::FRAC_2_SQRT_PI, 0.0)
    }

    fn of(self, name: &str) -> Self {
        let (one, half) = (Self(1.0, 0.0), Self(0.5, 0.0));
        let logistic = |z: Self| one / (one + (-z).exp());
        match name {
            "exp" => self.exp(),
            "log" => Self(self.0.hypot(self.1).ln(), self.1.atan2(self.0)),
            "sigmoid" => logistic(self),
            "tanh" => logistic(self + self) + logistic(self + self) + -one,
            "gelu-erf" => half * self * (one + (self * Self(0.5f64.sqrt(), 0.0)).erf()),
            _ => {
                let cube = self * self * self * Self(0.044715, 0.0);
                self * logistic((self + cube) * Self((8.0 / std::f64::consts::PI).sqrt(), 0.0))
            }
        }
    }
}

proptest! {
    #[test]
    fn values_lie_in_their_enclosures(
        name in proptest::sample::select(NAMES.to_vec()), n in -900i64..900, width in 0i64..40, place in 0i64..=8, bits in 12u32..200,
    ) {
        let target = target(name);
        let positive = matches!(name, "reciprocal" | "inverse-sqrt" | "log");
        let lo = Rational::from((if positive { n.abs() + 1 } else { n }, 100));
        let width = Rational::from((width, 100));
        let x = &lo + width.clone() * Rational::from((place, 8));
        let enclosure = target.enclosed().enclose(&Enclosure::between(&lo, &(&lo + width), bits));
        let value = target.function().value(&Float::with_val(400, &x));
        prop_assert!(!enclosure.is_finite() || (value >= enclosure.lo() && value <= enclosure.hi()));
        // At one point the enclosure is as narrow as its precision.
        let point = target.enclosed().enclose(&Enclosure::around(&x, bits));
        let spread = Float::with_val(64, point.hi() - point.lo());
        prop_assert!(spread <= (Float::with_val(64, 1 + value.abs()) * 2000u32) >> bits);
    }

    #[test]
    fn magnitudes_bound_the_function_on_the_rectangle(
        name in proptest::sample::select(vec!["exp", "log", "sigmoid", "tanh", "gelu-erf", "gelu-tanh"]),
        x in -2f64..2.5, width in 0.01f64..1.0, height in 0.0f64..3.0, across in 0f64..=1.0, up in 0f64..=1.0,
    ) {
        let exact = |value: f64| Rational::from_f64(value).unwrap();
        let rectangle = Rectangle {
            re: Enclosure::between(&exact(x), &exact(x + width), 64),
            im: Enclosure::between(&Rational::new(), &exact(height), 64),
        };
        if let Some(bound) = target(name).enclosed().magnitude(&rectangle) {
            let f = Complex(x + across * width, up * height).of(name);
            prop_assert!(f.0.hypot(f.1) <= bound.hi().to_f64() * (1.0 + 1e-9) + 1e-9, "{:?} {:?}", f, bound);
        }
    }

    #[test]
    fn functions_run_in_their_direction(
        name in proptest::sample::select(NAMES.to_vec()), n in 1i64..400, m in 1i64..400, negative: bool,
    ) {
        let target = target(name);
        let at = |n: i64| Rational::from((if negative && !matches!(name, "reciprocal" | "inverse-sqrt" | "log") { -n } else { n }, 100));
        let (lo, hi) = (at(n).min(at(m)), at(n).max(at(m)));
        let value = |x: &Rational| target.function().value(&Float::with_val(200, x));
        if let Some(direction) = target.enclosed().direction(&lo, &hi).filter(|_| lo < hi) {
            prop_assert_eq!(value(&hi).partial_cmp(&value(&lo)), Some(direction));
        }
    }
}

#[test]
fn a_rectangle_with_a_pole_inside_has_no_magnitude() {
    let rectangle = |height: i32| Rectangle {
        re: Enclosure::between(&Rational::from(-1), &Rational::from(1), 64),
        im: Enclosure::between(&Rational::new(), &Rational::from(height), 64),
    };
    for name in ["log", "sigmoid", "tanh", "gelu-tanh"] {
        assert!(target(name).enclosed().magnitude(&rectangle(4)).is_none_or(|m| !m.is_finite()), "{name}");
    }
    assert!(target("sigmoid").enclosed().magnitude(&rectangle(1)).is_some());
}
