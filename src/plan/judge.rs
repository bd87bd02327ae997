//! One candidate judged: its noise, its total error, and why it falls if it does.

use super::candidate::{decimal, decimal_above};
use super::document::{Plan, Primes};
use super::map::{Fitted, Map};
use super::parameters::{Misfit, Sizes};
use crate::circuit::{ModulusChain, PlacedCircuit};
use crate::error::{Error, Result};
use crate::noise::{NoiseBudget, analyse};
use crate::real::{Exact, ceil_decimal, log2};
use rug::Rational;

/// Why a candidate fell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fall {
    Parameters(Misfit),
    MassLost { lost: f64 },
    Depth { doublings: u32 },
    Unplaced(String),
    TooLarge { log2_total: f64, log_n: u32, scale_bits: u32 },
}

impl Fall {
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Parameters(Misfit::Security { .. }) => "log QP above the security table",
            Self::Parameters(Misfit::Levels { .. }) => "more levels than the given primes",
            Self::Parameters(Misfit::NoRow { .. }) => "no row in the security table",
            Self::MassLost { .. } => "mass lost above max_mass_lost",
            Self::Depth { .. } => "approximation error above the target at every depth",
            Self::Unplaced(_) => "no primes, no scale or no finite noise bound",
            Self::TooLarge { .. } => "total error above max_error",
        }
    }
}

/// A candidate that meets every target.
pub(super) struct Met<'a> {
    pub map: &'a Map<'a>,
    pub fitted: &'a Fitted,
    pub sizes: Sizes,
    pub placed: Vec<PlacedCircuit>,
    /// The budget of the length with the largest bound.
    pub budget: NoiseBudget,
    /// The ledger in exact decimals, approximation first; it adds up to `total`.
    pub ledger: Vec<(String, Exact, Exact)>,
    pub total: Exact,
}

/// What the ranking and the Pareto front compare.
pub(super) struct Merits {
    pub bootstraps: u32,
    pub depth: u32,
    pub log_n: u32,
    pub products: u32,
    pub log_qp: u32,
    pub total: Rational,
    pub mass_lost: Rational,
}

impl<'a> Met<'a> {
    /// Judges one candidate.
    pub(super) fn judge(map: &'a Map<'a>, fitted: &'a Fitted, sizes: Sizes) -> Result<std::result::Result<Self, Fall>> {
        match Self::analyse(map, fitted, &sizes) {
            Ok((placed, budget)) => Ok(Self::weigh(map, fitted, sizes, placed, budget)),
            Err(Error::NoSolution(why)) => Ok(Err(Fall::Unplaced(why))),
            Err(other) => Err(other),
        }
    }

    pub(super) fn analyse(map: &Map, fitted: &Fitted, sizes: &Sizes) -> Result<(Vec<PlacedCircuit>, NoiseBudget)> {
        let ckks = &map.source.spec.ckks;
        let chain: ModulusChain = sizes.chain(ckks.levels(fitted.cost.depth))?;
        let log2_failure = log2(&ckks.failure_probability.0);
        let mut placed = Vec::new();
        let mut worst: Option<NoiseBudget> = None;
        for domain in &map.first_domains {
            let circuit = fitted.job.place(domain.length, &chain, sizes.scale_bits)?;
            let budget = analyse(&circuit, domain, log2_failure, 1)?;
            placed.push(circuit);
            worst = Some(match worst {
                None => budget,
                Some(other) => other.worse(budget),
            });
        }
        worst.map(|budget| (placed, budget)).ok_or_else(|| Error::internal("a plan without a length"))
    }

    fn weigh(
        map: &'a Map<'a>,
        fitted: &'a Fitted,
        sizes: Sizes,
        placed: Vec<PlacedCircuit>,
        budget: NoiseBudget,
    ) -> std::result::Result<Self, Fall> {
        let mut ledger = vec![("approximation".to_string(), Exact(Rational::from(1)), fitted.approximation.clone())];
        let left_out = ceil_decimal(&map.left_out(), 30);
        if left_out > 0 {
            ledger.push(("ε left out".to_string(), Exact(Rational::from(1)), Exact(left_out)));
        }
        for line in &budget.ledger {
            ledger.push((line.source.clone(), decimal(line.gain), decimal_above(line.value)));
        }
        let total = ledger.iter().fold(Rational::new(), |sum, (.., value)| sum + &value.0);
        if total > map.source.spec.target.max_error.0 {
            let (log_n, scale_bits) = (sizes.log_n, sizes.scale_bits);
            return Err(Fall::TooLarge { log2_total: log2(&total), log_n, scale_bits });
        }
        if let Some(overflow) = &budget.overflow {
            return Err(Fall::Unplaced(overflow.clone()));
        }
        Ok(Self { map, fitted, sizes, placed, budget, ledger, total: Exact(total) })
    }

    pub(super) fn merits(&self) -> Merits {
        Merits {
            bootstraps: self.bootstraps(),
            depth: self.fitted.cost.depth,
            log_n: self.sizes.log_n,
            products: self.fitted.cost.products,
            log_qp: self.sizes.log_qp(),
            total: self.total.0.clone(),
            mass_lost: self.map.mass_lost().one_hot.0,
        }
    }

    /// ⌈depth/levels⌉; 0 where the specification wants none.
    pub(super) fn bootstraps(&self) -> u32 {
        self.map.source.spec.ckks.bootstraps(self.fitted.cost.depth)
    }

    /// The primes of the modulus chain.
    pub(super) fn primes(&self) -> Result<Primes> {
        let levels = self.map.source.spec.ckks.levels(self.fitted.cost.depth);
        let chain = self.sizes.chain(levels)?;
        let text = |primes: &[u64]| primes.iter().map(u64::to_string).collect();
        Ok(Primes { q: text(&chain.q), p: text(&chain.p) })
    }

    pub(super) fn write(&self) -> Result<Plan> {
        super::write::plan(self)
    }
}

impl Merits {
    /// Fewest bootstraps, then least depth, log N, products, total error.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.bootstraps, self.depth, self.log_n, self.products, &self.total).cmp(&(
            other.bootstraps,
            other.depth,
            other.log_n,
            other.products,
            &other.total,
        ))
    }

    /// At least as good in everything and better in something.
    pub(super) fn beats(&self, other: &Self) -> bool {
        let no_worse = self.bootstraps <= other.bootstraps
            && self.depth <= other.depth
            && self.products <= other.products
            && self.log_qp <= other.log_qp
            && self.total <= other.total
            && self.mass_lost <= other.mass_lost;
        let better = self.bootstraps < other.bootstraps
            || self.depth < other.depth
            || self.products < other.products
            || self.log_qp < other.log_qp
            || self.total < other.total
            || self.mass_lost < other.mass_lost;
        no_worse && better
    }
}
