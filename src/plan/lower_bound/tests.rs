use super::*;
use crate::fit::Composite;
use crate::fit::remez::{Problem, Weight, minimax};
use crate::real::{Exact, float_to_exact, log2};
use crate::target::Function;
use proptest::prelude::*;

/// The exchange's error is its level times a spread in binary64: where the bound is sharp, the two differ by that rounding.
const ROUNDING: f64 = 1e-14;

fn two_to(exponent: i32) -> Rational {
    Rational::from_f64(f64::from(exponent).exp2()).unwrap()
}

fn rows(length: u32, log2_epsilon: i32, smallest_mean: Rational) -> RowDomain {
    RowDomain { length, epsilon: two_to(log2_epsilon), smallest_mean }
}

/// Without a promise, with one, and with a promise in the place of ε.
fn domains() -> Vec<RowDomain> {
    let mut all = vec![rows(128, -8, two_to(-8)), RowDomain { epsilon: Rational::new(), ..rows(128, 0, two_to(-8)) }];
    for (length, epsilon) in [(8, -6), (16, -8), (128, -4), (128, -8), (128, -12), (1024, -8)] {
        all.push(rows(length, epsilon, Rational::new()));
    }
    all
}

/// 1/D, whose weight has a kink.
struct KinkedReciprocal {
    kink: Rational,
}

impl Function for KinkedReciprocal {
    fn value(&self, d: &Float) -> Float {
        Float::with_val(d.prec(), d.recip_ref())
    }

    fn kinks(&self) -> Vec<Rational> {
        vec![self.kink.clone()]
    }
}

/// The least error of the weights by any polynomial of a degree, by the exchange: that of 1/D under the weight min(D − ε, 1/L). The
/// exchange takes no weight that is 0, so the domain begins 2^-20·ε later, which the bound allows too.
fn best(domain: &RowDomain, degree: u64) -> f64 {
    let begin = domain.a().max(Rational::from(&domain.epsilon >> 20) + &domain.epsilon);
    let intervals = [[Exact(begin), Exact(domain.b())]];
    let share = Rational::from((1, domain.length));
    let function = KinkedReciprocal { kink: Rational::from(&domain.epsilon + &share) };
    let largest_share =
        |d: &Float| Float::with_val(d.prec(), d - &domain.epsilon).min(&Float::with_val(d.prec(), &share));
    let weight = Weight::Of(&largest_share);
    let problem = Problem { function: &function, intervals: &intervals, weight, parity: None };
    minimax(&problem, degree).unwrap().error.to_f64().log2()
}

/// The largest error of the weights by the composite for [lo, b], over a dense grid of the whole domain.
fn composite(domain: &RowDomain, lo: &Rational, doublings: u32) -> f64 {
    let Composite { start, steps, .. } = Composite::new(lo, &domain.b(), doublings, None).unwrap();
    let (c, alphas) = (start.to_f64(), steps.iter().map(Rational::to_f64).collect::<Vec<_>>());
    let (a, b, epsilon, share) =
        (domain.a().to_f64(), domain.b().to_f64(), domain.epsilon.to_f64(), 1.0 / f64::from(domain.length));
    let error = |i: u32| {
        let d = a * (b / a).powf(f64::from(i) / 65_536.0);
        let residual = alphas.iter().fold(1.0 - c * d, |r, alpha| alpha * r * r - (alpha - 1.0));
        residual.abs() * (d - epsilon).min(share) / d
    };
    (0..=65_536).map(error).fold(0.0, f64::max).log2()
}

/// The table of the composite: depth = lower bound at each κ and δ.
#[test]
fn relative_bound_agrees_with_the_known_table() {
    for (log_kappa, at_10, at_20) in [(8, 6, 7), (12, 8, 9), (16, 10, 11), (20, 12, 13), (22, 13, 14)] {
        let (a, b) = (two_to(-log_kappa), Rational::from(1));
        assert_eq!(relative_lower_bound(&a, &b, &two_to(-10)), at_10, "κ = 2^{log_kappa}");
        assert_eq!(relative_lower_bound(&a, &b, &two_to(-20)), at_20, "κ = 2^{log_kappa}");
    }
}

/// ε_m = 2^-8, L = 128, target 2^-11: the relative bound says 7, yet six doublings reach 2^-11.3 on the weights; and no five levels do.
#[test]
fn absolute_bound_is_weaker_than_the_relative_one() {
    let domain = rows(128, -8, Rational::new());
    assert_eq!(relative_lower_bound(&domain.a(), &domain.b(), &two_to(-11)), 7);
    assert_eq!(absolute_lower_bound(&domain, &two_to(-11)), 6);
    assert!(composite(&domain, &domain.a(), 6) <= -11.0);
}

/// What a polynomial in mean x^4 or x^8 would need for the targets of the staged examples (`docs/staged.md`).
#[test]
fn what_staged_plans_go_below() {
    let plain = |smallest_mean| RowDomain { length: 128, epsilon: Rational::new(), smallest_mean };
    let square = Rational::from((21, 1_000_000));
    assert_eq!(absolute_lower_bound(&plain(square.square()), &two_to(-15)), 19);
    assert_eq!(absolute_lower_bound(&plain(two_to(-48)), &two_to(-6)), 26);
}

/// In bits, against the exchange (`docs/mathematics.md`): run with --nocapture.
#[test]
fn the_bound_is_below_the_best_weighted_polynomial_and_near_it() {
    println!("| L, ε, smallest mean | n = 2, 3, 5, 9, 17, 33: the best, the bound below it | by parts, n = 33 |");
    for domain in domains() {
        let mut cells = Vec::new();
        for degree in [1, 2, 4, 8, 16, 32] {
            let (bound, best) = (log2(&forced_weight_error(&domain, degree + 1)), best(&domain, degree));
            assert!(bound <= best + ROUNDING, "{domain:?}, degree {degree}: 2^{bound} above 2^{best}");
            // Targets of use are below 2^-8.
            assert!(best > -8.0 || bound >= best - 0.6, "{domain:?}, degree {degree}: 2^{bound} below 2^{best}");
            cells.push(format!("2^{best:.1}, {:.2}", best - bound));
            if degree == 32 {
                cells.push(format!("{:.1}", best - by_parts(&domain, 33)));
            }
        }
        println!("| {}, {}, {} | {} |", domain.length, domain.epsilon, domain.smallest_mean, cells.join(" | "));
    }
}

/// Where w = 1/(L·D) nearly everywhere, the bound is the best polynomial's error itself.
#[test]
fn the_bound_is_sharp_where_the_foot_is_short() {
    let domain = rows(1024, -4, Rational::new());
    for degree in [1, 4, 16] {
        let (bound, best) = (log2(&forced_weight_error(&domain, degree + 1)), best(&domain, degree));
        assert!((best - bound).abs() < 1e-6, "degree {degree}: 2^{bound}, 2^{best}");
    }
}

/// What follows from Chebyshev's theorem alone, as a logarithm: where w ≥ c the relative error is at least that of the part.
fn by_parts(domain: &RowDomain, n: u64) -> f64 {
    let part = |i: u32| {
        let c = domain.largest_weight() * Rational::from((i, 400));
        let low = (&domain.epsilon / (Rational::from(1) - &c)).max(domain.a());
        let high = Rational::from(&c * domain.length).recip().min(domain.b());
        let forced = chebyshev_error(&low, &high, &Float::with_val(PRECISION, n)) * c;
        if low < high { forced.log2().to_f64() } else { f64::NEG_INFINITY }
    };
    (1..400).map(part).fold(f64::NEG_INFINITY, f64::max)
}

/// For targets below 2^-4, that is.
#[test]
fn the_bound_is_above_that_of_every_part_of_the_domain() {
    for domain in domains() {
        for depth in 0..12 {
            let (n, parts) = ((1 << depth) + 1, by_parts(&domain, (1 << depth) + 1));
            let bound = log2(&forced_weight_error(&domain, n));
            assert!(bound >= parts.min(-4.0), "{domain:?}, n = {n}: 2^{bound}, by parts 2^{parts}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Never above what the composite reaches, and no greater for a larger target.
    #[test]
    fn the_bound_is_consistent(length in 1u32..2000, epsilon in -24i32..0, promise in 0u32..8, bits in 2i32..30) {
        let domain = rows(length, epsilon, Rational::from((promise, 1024)));
        let bound = absolute_lower_bound(&domain, &two_to(-bits));
        prop_assert!(bound >= absolute_lower_bound(&domain, &two_to(1 - bits)));
        let reached = |depth: u32| {
            let degree = Float::with_val(PRECISION, 1) << depth;
            chebyshev_error(&domain.a(), &domain.b(), &degree) * domain.largest_weight()
        };
        prop_assert!(reached(bound.saturating_sub(1)) > two_to(-bits) || bound == 0);
    }
}

/// What the slack of an absolute target is worth, in bits at equal depth (`docs/mathematics.md`): run with --nocapture.
#[test]
fn the_slack_of_an_absolute_target() {
    println!("| L | ε | doublings | composite | on [a′, b] | a′/a | best polynomial | none below |");
    for (length, epsilon, doublings) in
        [(128, -4, 4), (128, -8, 5), (128, -8, 6), (128, -12, 6), (1024, -8, 6), (16, -8, 6)]
    {
        let domain = rows(length, epsilon, Rational::new());
        let (a, degree) = (domain.a(), (1u64 << doublings) - 1);
        let plain = composite(&domain, &a, doublings);
        let shifted = |i: u32| (composite(&domain, &(&a * Rational::from((64 + i, 64))), doublings), i);
        let (moved, shift) = (0..96).map(shifted).min_by(|x, y| x.0.total_cmp(&y.0)).unwrap();
        let (best, bound) = (best(&domain, degree), log2(&forced_weight_error(&domain, degree + 1)));
        println!(
            "| {length} | 2^{epsilon} | {doublings} | 2^{plain:.2} | 2^{moved:.2} | {:.2} | 2^{best:.2} | 2^{bound:.2} |",
            f64::from(64 + shift) / 64.0
        );
        // Any domain that begins later gives up the foot of w, where no weight is large.
        assert!(bound <= best && best <= moved && moved < plain - 0.2 && best < plain - 1.6);
    }
}

/// By how many levels the composite is above the bound for a target on the weights: by none or one.
#[test]
fn the_gap_of_an_absolute_target() {
    println!("| ε | depth of the composite, and the bound where it is less, at 2^-8, 2^-9, … 2^-20 |");
    let (mut equal, mut all) = (0, 0);
    for exponent in [-4, -8, -12, -16, -20, -24] {
        let domain = rows(128, exponent, Rational::new());
        let errors = Composite::errors(&domain.a(), &domain.b()).unwrap();
        let mut cells = Vec::new();
        for bits in 8..=20 {
            let meets = |error: &Float| float_to_exact(error) * domain.largest_weight() <= two_to(-bits);
            let depth = errors.iter().position(meets).unwrap() as u32;
            let bound = absolute_lower_bound(&domain, &two_to(-bits));
            assert!(bound == depth || bound + 1 == depth, "ε = 2^{exponent}, 2^-{bits}: {bound}, {depth}");
            (equal, all) = (equal + u32::from(bound == depth), all + 1);
            cells.push(if bound == depth { format!("{depth}") } else { format!("{depth} ({bound})") });
        }
        println!("| 2^{exponent} | {} |", cells.join(", "));
    }
    println!("equal at {equal} of {all}");
}
