//! Signs against known roots and against Sturm's theorem.

use super::*;
use proptest::prelude::*;

fn tiny() -> Rational {
    Rational::from(1) >> 30
}

/// The middle: no root that is not halved upon is named exactly.
fn middle(root: &Root) -> Rational {
    Rational::from(&root[0] + &root[1]) / 2u32
}

/// The number of distinct roots in (0, 1) of a polynomial that is not 0 at the ends, by Sturm's theorem with rationals.
fn by_sturm(a: &[Integer]) -> usize {
    let remainder = |a: &[Rational], b: &[Rational]| {
        let mut rest = a.to_vec();
        while rest.len() >= b.len() {
            let factor = Rational::from(rest.last().unwrap() / b.last().unwrap());
            let shift = rest.len() - b.len();
            rest.iter_mut().skip(shift).zip(b).for_each(|(r, c)| *r -= Rational::from(c * &factor));
            rest.pop();
            while rest.last().is_some_and(|c| *c == 0) {
                rest.pop();
            }
        }
        rest.into_iter().map(|c| -c).collect::<Vec<_>>()
    };
    let rationals = |a: &[Integer]| a.iter().map(Rational::from).collect::<Vec<_>>();
    let mut chain = vec![rationals(a), rationals(&derivative(a))];
    while let [.., before, last] = chain.as_slice()
        && !last.is_empty()
    {
        chain.push(remainder(before, last));
    }
    let changes = |u: i32| {
        let value = |p: &Vec<Rational>| p.iter().rev().fold(Rational::new(), |sum, c| sum * u + c);
        let signs: Vec<bool> = chain.iter().map(value).filter(|v| *v != 0).map(|v| v > 0).collect();
        signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
    };
    changes(0) - changes(1)
}

proptest! {
    /// Any small polynomial: the changes and touches together are the roots that Sturm counts, and the proof accepts them and
    /// nothing with one left out.
    #[test]
    fn sturm_counts_as_many(coefficients in proptest::collection::vec(-40i64..40, 1..9)) {
        let a = primitive(coefficients.into_iter().map(Integer::from).collect());
        prop_assume!(!a.is_empty() && a[0] != 0 && sign_at(&a, &Rational::from(1)) != 0);
        let factored = Factored::of(&a).unwrap();
        let changes = factored.changes(&tiny(), middle).unwrap();
        prop_assert!(factored.change_exactly_at(&changes));
        let touches = roots(&factored.even, &tiny(), middle).unwrap();
        prop_assert_eq!(changes.len() + touches.len(), by_sturm(&a));
        prop_assert_eq!(factored.never_touches(), touches.is_empty());
        prop_assert!(touches.iter().all(|place| factored.touches(place)));
        for i in 0..changes.len() {
            let mut fewer = changes.clone();
            fewer.remove(i);
            prop_assert!(!factored.change_exactly_at(&fewer));
        }
    }

    /// Products of powers of linear factors: the roots of odd multiplicity inside, each in its interval.
    #[test]
    fn roots_of_odd_multiplicity_change_the_sign(
        roots in proptest::collection::btree_map((-6i64..30, 1i64..24).prop_map(Rational::from), 1u32..5, 0..6),
        minus_sign in any::<bool>(),
    ) {
        let start = vec![Integer::from(if minus_sign { -1 } else { 1 })];
        let whole = roots.iter().fold(start, |f, (x, k)| (0..*k).fold(f, |f, _| times(&f, &linear(x))));
        let factored = Factored::of(&whole).unwrap();
        let changes = factored.changes(&tiny(), middle).unwrap();
        let inside: Vec<_> = roots.iter().filter(|(x, _)| **x > 0 && **x < 1).collect();
        let odd: Vec<&Rational> = inside.iter().filter(|(_, k)| **k % 2 == 1).map(|(x, _)| *x).collect();
        prop_assert_eq!(changes.len(), odd.len());
        prop_assert!(changes.iter().zip(&odd).all(|(root, x)| root[0] <= **x && **x <= root[1]));
        prop_assert!(factored.change_exactly_at(&changes));
        prop_assert_eq!(factored.never_touches(), inside.len() == odd.len());
        let again = Factored::stated(&whole, factored.multiple.clone()).unwrap();
        prop_assert_eq!((again.odd, again.even, again.ends), (factored.odd.clone(), factored.even.clone(), factored.ends));
        // Between the roots the sign is that of the whole.
        let place = Rational::from((1, 1009));
        if odd.iter().all(|x| **x > place) {
            prop_assert_eq!(factored.first_sign(), sign_at(&whole, &place));
        }
    }
}

#[test]
fn factors_that_do_not_divide_are_refused() {
    // (2u − 1)²·(u + 1).
    let whole = [1, -3, 0, 4].map(Integer::from);
    let half = vec![Integer::from(-1), Integer::from(2)];
    assert!(Factored::stated(&whole, vec![(2, half.clone())]).is_some());
    for wrong in [vec![(3, half.clone())], vec![(1, half.clone())], vec![(2, vec![Integer::from(2), Integer::from(1)])]]
    {
        assert!(Factored::stated(&whole, wrong).is_none());
    }
    // Nothing stated is allowed: then the double root is one of `odd`, where no proof accepts it.
    let unfactored = Factored::stated(&whole, Vec::new()).unwrap();
    assert!(
        !unfactored.change_exactly_at(&[])
            && !unfactored.change_exactly_at(&[[Rational::from((1, 2)), Rational::from((1, 2))]])
    );
}
