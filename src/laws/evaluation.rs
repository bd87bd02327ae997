//! The ways to evaluate a table, over rationals and over doubles: written from their definitions, apart from `poly`.

use crate::error::Result;
use crate::poly::table::{Form, Table};
use crate::poly::{Basis, Polynomial, Rule};
use rug::Rational;

/// What a polynomial can be evaluated on.
pub(super) trait Number: Clone {
    fn of(value: &Rational) -> Self;
    fn plus(&self, other: &Self) -> Self;
    fn times(&self, other: &Self) -> Self;
    fn minus(&self, other: &Self) -> Self;
}

impl Number for Rational {
    fn of(value: &Rational) -> Self {
        value.clone()
    }
    fn plus(&self, other: &Self) -> Self {
        Self::from(self + other)
    }
    fn times(&self, other: &Self) -> Self {
        Self::from(self * other)
    }
    fn minus(&self, other: &Self) -> Self {
        Self::from(self - other)
    }
}

impl Number for f64 {
    fn of(value: &Rational) -> Self {
        value.to_f64()
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn minus(&self, other: &Self) -> Self {
        self - other
    }
}

/// Σ c_k·T_k(y): β_k = c_k + 2y·β_(k+1) − β_(k+2), and c_0 + y·β_1 − β_2 at the end.
pub(super) fn clenshaw<N: Number>(c: &[Rational], y: &N) -> N {
    let zero = N::of(&Rational::new());
    let (mut next, mut after) = (zero.clone(), zero);
    let double = y.plus(y);
    for c in c.iter().skip(1).rev() {
        let sum = double.times(&next).minus(&after).plus(&N::of(c));
        (after, next) = (next, sum);
    }
    let first = c.first().cloned().unwrap_or_default();
    y.times(&next).minus(&after).plus(&N::of(&first))
}

/// Σ a_k·x^k from the highest coefficient down.
pub(super) fn horner<N: Number>(a: &[Rational], x: &N) -> N {
    a.iter().rev().fold(N::of(&Rational::new()), |sum, a| sum.times(x).plus(&N::of(a)))
}

/// Σ a_k·x^k by blocks: p = q·x^g + r at the largest g = B·2^i below the length, again and again; each block from x … x^(B−1).
pub(super) fn paterson_stockmeyer<N: Number>(a: &[Rational], x: &N) -> N {
    let block = a.len().isqrt().max(1);
    let one = N::of(&Rational::from(1));
    let powers: Vec<N> = std::iter::successors(Some(one), |power| Some(power.times(x))).take(block + 1).collect();
    let giants: Vec<N> = std::iter::successors(powers.last().cloned(), |giant| Some(giant.times(giant)))
        .take(a.len().max(1).ilog2() as usize + 1)
        .collect();
    joined(a, &powers, &giants, block)
}

fn joined<N: Number>(a: &[Rational], powers: &[N], giants: &[N], block: usize) -> N {
    let largest = giants.iter().enumerate().rev().find(|(i, _)| block << i < a.len());
    let Some((i, giant)) = largest else {
        let terms = a.iter().zip(powers).map(|(a, power)| N::of(a).times(power));
        return terms.fold(N::of(&Rational::new()), |sum, term| sum.plus(&term));
    };
    let (low, high) = a.split_at(block << i);
    joined(high, powers, giants, block).times(giant).plus(&joined(low, powers, giants, block))
}

/// y ← α(1 + R)y and R ← αR² − (α − 1) from y = start and R = 1 − start·D.
pub(super) fn doublings<N: Number>(start: &Rational, steps: &[Rational], d: &N) -> N {
    let one = N::of(&Rational::from(1));
    let mut y = N::of(start);
    let mut r = one.minus(&y.times(d));
    for alpha in steps {
        let (a, excess) = (N::of(alpha), N::of(&Rational::from(alpha - 1u32)));
        y = a.times(&one.plus(&r)).times(&y);
        r = a.times(&r.times(&r)).minus(&excess);
    }
    y
}

/// The place of x in [−1, 1] over the interval of a Chebyshev basis.
pub(super) fn on_basis<N: Number>(lo: &Rational, hi: &Rational, x: &Rational) -> N {
    let twice = N::of(x).plus(&N::of(x));
    twice.minus(&N::of(lo)).minus(&N::of(hi)).times(&N::of(&Rational::from(hi - lo).recip()))
}

fn polynomial<N: Number>(p: &Polynomial, x: &Rational) -> N {
    match p.basis {
        Basis::Monomial => horner(&p.coefficients, &N::of(x)),
        Basis::Chebyshev => clenshaw(&p.coefficients, &on_basis(&p.lo, &p.hi, x)),
    }
}

/// The table at x by its own recursion, exactly.
pub(super) fn table_value(table: &Table, x: &Rational) -> Result<Rational> {
    let d = || Rational::from(x + &table.target.epsilon.0);
    Ok(match &table.form {
        Form::Polynomial { .. } => table.polynomial()?.map(|p| polynomial(&p, x)).unwrap_or_default(),
        Form::Composite { start, steps } => {
            let steps: Vec<Rational> = steps.iter().map(|alpha| alpha.0.clone()).collect();
            doublings(&start.0, &steps, &d())
        }
        Form::Stages { rule: Rule::Compose, stages } => {
            stages.iter().fold(x.clone(), |s, stage| polynomial(&stage.polynomial(), &s))
        }
        Form::Stages { rule: Rule::Refine, stages } => {
            let step = |(y, w): (Rational, Rational), q: &Polynomial| {
                let factor: Rational = polynomial(q, &w);
                (y * &factor, w * factor.square())
            };
            let start = (Rational::from(1), d());
            stages.iter().fold(start, |pair, stage| step(pair, &stage.polynomial())).0
        }
    })
}
