//! Enclosures against exact rationals: whole expressions over both kinds of intervals, with operands at the edges of what they hold,
//! and elementary functions of such operands against MPFR at three times the precision.

use polyattn::real::{
    Enclosure, Interval, decimal_above, decimal_below, dyadic_ceil, dyadic_floor, f64_above, f64_below,
};
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Float, Rational};

/// One step of an expression; numbers name earlier values, counted from the last one.
#[derive(Debug, Clone, Copy)]
enum Step {
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Square(usize),
    Recip(usize),
    Hull(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let two = (0usize..6, 0usize..6);
    prop_oneof![
        two.clone().prop_map(|(a, b)| Step::Add(a, b)),
        two.clone().prop_map(|(a, b)| Step::Sub(a, b)),
        two.clone().prop_map(|(a, b)| Step::Mul(a, b)),
        (0usize..6).prop_map(Step::Square),
        (0usize..6).prop_map(Step::Recip),
        two.prop_map(|(a, b)| Step::Hull(a, b)),
    ]
}

/// Numbers that round badly: next to a power of two, halfway between floats, far from 1, and 0.
fn number(scale: i32) -> impl Strategy<Value = Rational> {
    let near_power = (-scale..scale, 0u32..130, -1i32..=1).prop_map(|(e, bits, side)| {
        let power = Rational::from(1) << e;
        let little = (power.clone() >> bits) * side;
        power + little
    });
    let fraction = (-1000i64..1000, 1i64..1000).prop_map(Rational::from);
    let halfway = (any::<i32>(), -scale..scale).prop_map(|(n, e)| (Rational::from(n) + Rational::from((1, 2))) << e);
    let any = prop_oneof![near_power, fraction, halfway, Just(Rational::new())];
    (any, any_sign()).prop_map(|(x, negative)| if negative { -x } else { x })
}

fn any_sign() -> impl Strategy<Value = bool> {
    any::<bool>()
}

/// A point with the ends of an interval around it, which may be the point alone.
fn operand(scale: i32) -> impl Strategy<Value = (Rational, Rational, Rational)> {
    let width = prop_oneof![Just(Rational::new()), number(scale).prop_map(Rational::abs)];
    (number(scale), width, 0i64..=4).prop_map(|(lo, width, place)| {
        let point = &lo + width.clone() * Rational::from((place, 4));
        (point, lo.clone(), lo + width)
    })
}

/// What an expression is evaluated in beside exact numbers.
trait Enclosing: Clone {
    fn step(&self, other: &Self, step: Step) -> Self;
    fn holds(&self, value: &Rational) -> bool;
}

impl Enclosing for Enclosure {
    fn step(&self, other: &Self, step: Step) -> Self {
        match step {
            Step::Add(..) => self + other,
            Step::Sub(..) => self - other,
            Step::Mul(..) => self * other,
            Step::Square(_) => self.square(),
            Step::Recip(_) => self.recip(),
            Step::Hull(..) => self.hull(other),
        }
    }

    fn holds(&self, value: &Rational) -> bool {
        // The whole line holds everything.
        !self.is_finite() || (self.lo() <= *value && *value <= self.hi())
    }
}

impl Enclosing for Interval {
    fn step(&self, other: &Self, step: Step) -> Self {
        match step {
            Step::Add(..) => *self + *other,
            Step::Sub(..) => *self - *other,
            Step::Mul(..) => *self * *other,
            Step::Square(_) => self.square(),
            Step::Recip(_) => self.recip(),
            Step::Hull(..) => self.hull(*other),
        }
    }

    fn holds(&self, value: &Rational) -> bool {
        *value >= self.lo && *value <= self.hi
    }
}

/// Both evaluations of an expression; it ends where the exact value does not exist or grows too long.
fn follow<T: Enclosing>(steps: &[Step], operands: Vec<(Rational, T)>) -> Result<(), TestCaseError> {
    let mut values = operands;
    for &step in steps {
        let at = |back: usize| &values[values.len() - 1 - back % values.len()];
        let (a, b) = match step {
            Step::Add(a, b) | Step::Sub(a, b) | Step::Mul(a, b) | Step::Hull(a, b) => (at(a), at(b)),
            Step::Square(a) | Step::Recip(a) => (at(a), at(a)),
        };
        let exact = match step {
            Step::Add(..) => Rational::from(&a.0 + &b.0),
            Step::Sub(..) => Rational::from(&a.0 - &b.0),
            Step::Mul(..) => Rational::from(&a.0 * &b.0),
            Step::Square(_) => Rational::from(a.0.square_ref()),
            Step::Recip(_) if a.0 == 0 => break,
            Step::Recip(_) => Rational::from(a.0.recip_ref()),
            Step::Hull(..) => a.0.clone(),
        };
        let enclosed = a.1.step(&b.1, step);
        prop_assert!(enclosed.holds(&exact), "{step:?} does not hold {exact}");
        if exact.numer().significant_bits() > 20_000 {
            break;
        }
        values.push((exact, enclosed));
    }
    Ok(())
}

fn enclosed(operands: &[(Rational, Rational, Rational)], bits: u32) -> Vec<(Rational, Enclosure)> {
    operands.iter().map(|(x, lo, hi)| (x.clone(), Enclosure::between(lo, hi, bits))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expressions_of_enclosures_hold_the_exact_value(
        steps in prop::collection::vec(step(), 1..12), operands in prop::collection::vec(operand(2000), 1..4), bits in 2u32..120,
    ) {
        follow(&steps, enclosed(&operands, bits))?;
    }

    /// Up to the ends of binary64, so that results overflow and underflow.
    #[test]
    fn expressions_of_intervals_hold_the_exact_value(
        steps in prop::collection::vec(step(), 1..12), operands in prop::collection::vec(operand(1000), 1..4),
    ) {
        let around = |lo: &Rational, hi: &Rational| Interval::new(f64_below(lo), f64_above(hi));
        follow(&steps, operands.iter().map(|(x, lo, hi)| (x.clone(), around(lo, hi))).collect())?;
    }

    #[test]
    fn functions_hold_their_values_at_the_edges((x, lo, hi) in operand(40), bits in 2u32..100) {
        let enclosure = Enclosure::between(&lo, &hi, bits);
        let fine = 3 * bits + 200;
        let at = Float::with_val(fine, &x);
        // The argument itself is rounded: by less than one part in 2^fine.
        let slack = |value: &Float| Float::with_val(fine, value.abs_ref()) >> (fine - 60);
        let check = |name: &str, enclosure: Enclosure, value: Float| {
            let holds = !enclosure.is_finite() || {
                let slack = slack(&value);
                Float::with_val(fine, &value + &slack) >= enclosure.lo() && Float::with_val(fine, &value - &slack) <= enclosure.hi()
            };
            prop_assert!(holds, "{name} at {x} in [{lo}, {hi}] with {bits} bits");
            Ok(())
        };
        // Further out the slack of the argument is not small beside exp.
        if Float::with_val(64, at.abs_ref()) < 10_000 {
            check("exp", enclosure.exp(), at.clone().exp())?;
            check("logistic", enclosure.logistic(), 1u32 / (1u32 + Float::with_val(fine, -&at).exp()))?;
        }
        check("tanh", enclosure.tanh(), at.clone().tanh())?;
        if Float::with_val(64, at.abs_ref()) < 20 {
            check("erfc", enclosure.erfc(), at.clone().erfc())?;
        }
        if lo > 0 {
            check("sqrt", enclosure.sqrt(), at.clone().sqrt())?;
            // ln is 0 at 1, where only a slack on the scale of the argument is right.
            let value = at.ln();
            let enclosure = enclosure.ln();
            let slack = Float::with_val(fine, 1) >> (fine - 60);
            prop_assert!(Float::with_val(fine, &value + &slack) >= enclosure.lo() && value - slack <= enclosure.hi());
        }
    }

    #[test]
    fn directed_roundings_go_their_way(x in number(1000), digits in 1u32..30, bits in 0u32..200) {
        prop_assert!(f64_below(&x) <= x && f64_above(&x) >= x);
        prop_assert!(dyadic_floor(&x, bits) <= x && dyadic_ceil(&x, bits) >= x);
        prop_assert!(Rational::from(&dyadic_ceil(&x, bits) - &dyadic_floor(&x, bits)) <= Rational::from(1) >> bits);
        if x > 0 {
            let (below, above) = (decimal_below(&x, digits), decimal_above(&x, digits));
            prop_assert!(below <= x && above >= x && below > 0);
            prop_assert!(above - below <= x * Rational::from((10, 1)) / Rational::from(rug::Integer::from(10).pow(digits - 1)));
        }
    }
}
