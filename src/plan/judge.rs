//! One candidate judged: its noise, its total error, and why it falls if it does.

use super::candidate::decimal_above;
use super::document::{Plan, Primes};
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::{Misfit, Sizes};
use super::ways::MOST_DOUBLINGS;
use crate::attention::{Epsilon, RowDomain};
use crate::circuit::{ModulusChain, PlacedCircuit};
use crate::error::{Error, Result};
use crate::noise::{NoiseBudget, analyse, floor};
use crate::real::{Exact, ceil_decimal, log2};
use rug::Rational;

/// Why a candidate fell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fall {
    Parameters(Misfit),
    MassLost {
        lost: Exact,
        power: u32,
        epsilon: Option<Epsilon>,
    },
    Depth {
        doublings: u32,
    },
    /// One polynomial of the largest degree that is tried is not enough.
    Degree,
    Unplaced(String),
    /// A plan that meets the target is no worse in anything, and better in its error.
    Beaten,
    TooLarge {
        total: Rational,
        relative: Rational,
        log_n: u32,
        scale_bits: u32,
    },
}

impl Fall {
    pub(super) const OVER: &str = "total error above max_error";

    /// No candidate of a method has an approximation error under the target.
    pub(super) fn unreached(method: Method) -> Self {
        if method == Method::Polynomial { Self::Degree } else { Self::Depth { doublings: MOST_DOUBLINGS } }
    }

    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Parameters(Misfit::Security { .. }) => "log QP above the security table",
            Self::Parameters(Misfit::Levels { .. }) => "more levels than the given primes",
            Self::Parameters(Misfit::NoRow { .. }) => "no row in the security table",
            Self::MassLost { .. } => "mass lost above max_mass_lost",
            Self::Depth { .. } => "approximation error above the target at every depth",
            Self::Degree => "one polynomial: approximation error above the target at every degree that is tried",
            Self::Unplaced(_) => "no primes, no scale or no finite noise bound",
            Self::Beaten => "no better in anything than a plan of the same p that meets the target",
            Self::TooLarge { .. } => Self::OVER,
        }
    }
}

/// One candidate.
#[derive(Clone)]
pub(super) struct Candidate<'a> {
    pub map: &'a Map<'a>,
    pub fitted: &'a Fitted,
    pub sizes: Sizes,
}

/// What became of a candidate.
pub(super) enum Outcome<'a> {
    Met(Box<Met<'a>>),
    Fell(Fall),
    /// The total error is above the target: it is at least this.
    Over(Rational, Candidate<'a>),
}

/// A candidate that meets every target.
pub(super) struct Met<'a> {
    pub candidate: Candidate<'a>,
    pub placed: Vec<PlacedCircuit>,
    /// The budget of the length with the largest bound.
    pub budget: NoiseBudget,
    /// The ledger, approximation first: source, gain, and the share in exact decimals, which add up to `total`.
    pub ledger: Vec<(String, f64, Exact)>,
    pub total: Exact,
}

/// What the ranking and the Pareto front compare.
#[derive(Clone)]
pub(super) struct Merits {
    pub power: u32,
    pub bootstraps: u32,
    pub depth: u32,
    pub log_n: u32,
    pub products: u32,
    pub log_qp: u32,
    pub total: Rational,
    pub mass_lost: Rational,
}

impl<'a> Candidate<'a> {
    /// Judges the candidate beside those that have met the targets: where it is known to be beaten, or to be above the target,
    /// before it is analysed, it is not.
    pub(super) fn judge(self, rivals: &[Merits]) -> Result<Outcome<'a>> {
        let least = &self.fitted.approximation.0 + self.map.left_out();
        let is_beaten = |least: &Rational| {
            let best = self.merits(least.clone());
            rivals.iter().any(|rival| rival.surely_beats(&best))
        };
        if is_beaten(&least) {
            return Ok(Outcome::Fell(Fall::Beaten));
        }
        let placed = match self.placed() {
            Err(Error::NoSolution(why)) => return Ok(Outcome::Fell(Fall::Unplaced(why))),
            other => other?,
        };
        let mut noise: f64 = 0.0;
        for (circuit, domain) in placed.iter().zip(&self.map.first_domains) {
            match floor(circuit, domain, self.log2_failure(), 1) {
                Err(Error::NoSolution(why)) => return Ok(Outcome::Fell(Fall::Unplaced(why))),
                other => noise = noise.max(other?),
            }
        }
        let least = least + Rational::from_f64(noise).unwrap_or_default();
        if least > self.map.source.spec.target.max_error.0 {
            return Ok(Outcome::Over(least, self));
        }
        if is_beaten(&least) {
            return Ok(Outcome::Fell(Fall::Beaten));
        }
        Ok(match self.analysed_on(placed)? {
            Ok(met) => Outcome::Met(Box::new(met)),
            Err(fall) => Outcome::Fell(fall),
        })
    }

    /// Judges the candidate alone.
    pub(super) fn analysed(self) -> Result<std::result::Result<Met<'a>, Fall>> {
        match self.placed() {
            Ok(placed) => self.analysed_on(placed),
            Err(Error::NoSolution(why)) => Ok(Err(Fall::Unplaced(why))),
            Err(other) => Err(other),
        }
    }

    fn analysed_on(self, placed: Vec<PlacedCircuit>) -> Result<std::result::Result<Met<'a>, Fall>> {
        match self.budget(&placed) {
            Ok(budget) => Ok(self.weigh(placed, budget)),
            Err(Error::NoSolution(why)) => Ok(Err(Fall::Unplaced(why))),
            Err(other) => Err(other),
        }
    }

    /// Its circuit for each length.
    pub(super) fn placed(&self) -> Result<Vec<PlacedCircuit>> {
        let ckks = &self.map.source.spec.ckks;
        let chain: ModulusChain = self.sizes.chain(ckks.levels(self.fitted.cost.depth))?;
        let place = |domain: &RowDomain| self.fitted.job.place(domain.length, &chain, self.sizes.scale_bits);
        self.map.first_domains.iter().map(place).collect()
    }

    /// The budget of the length with the largest bound.
    pub(super) fn budget(&self, placed: &[PlacedCircuit]) -> Result<NoiseBudget> {
        let mut worst: Option<NoiseBudget> = None;
        for (circuit, domain) in placed.iter().zip(&self.map.first_domains) {
            let budget = analyse(circuit, domain, self.log2_failure(), 1)?;
            worst = Some(match worst {
                None => budget,
                Some(other) => other.worse(budget),
            });
        }
        worst.ok_or_else(|| Error::internal("a plan without a length"))
    }

    fn log2_failure(&self) -> f64 {
        log2(&self.map.source.spec.ckks.failure_probability.0)
    }

    fn weigh(self, placed: Vec<PlacedCircuit>, budget: NoiseBudget) -> std::result::Result<Met<'a>, Fall> {
        let mut ledger = vec![("approximation".to_string(), 1.0, self.fitted.approximation.clone())];
        let left_out = ceil_decimal(&self.map.left_out(), 30);
        if left_out > 0 {
            ledger.push(("ε left out".to_string(), 1.0, Exact(left_out)));
        }
        for line in &budget.ledger {
            ledger.push((line.source.clone(), line.gain, decimal_above(line.value)));
        }
        let total = ledger.iter().fold(Rational::new(), |sum, (.., value)| sum + &value.0);
        if let Some(overflow) = &budget.overflow {
            return Err(Fall::Unplaced(overflow.clone()));
        }
        if total > self.map.source.spec.target.max_error.0 {
            let Sizes { log_n, scale_bits, .. } = self.sizes;
            return Err(Fall::TooLarge { total, relative: self.fitted.relative.clone(), log_n, scale_bits });
        }
        Ok(Met { candidate: self, placed, budget, ledger, total: Exact(total) })
    }

    /// What it is worth with a total error of `total`.
    fn merits(&self, total: Rational) -> Merits {
        let Fitted { cost, .. } = self.fitted;
        Merits {
            power: self.map.power,
            bootstraps: self.map.source.spec.ckks.bootstraps(cost.depth),
            depth: cost.depth,
            log_n: self.sizes.log_n,
            products: cost.products,
            log_qp: self.sizes.log_qp(),
            total,
            mass_lost: self.map.mass_lost.one_hot.0.clone(),
        }
    }

    /// The primes of the modulus chain.
    pub(super) fn primes(&self) -> Result<Primes> {
        let levels = self.map.source.spec.ckks.levels(self.fitted.cost.depth);
        let chain = self.sizes.chain(levels)?;
        let text = |primes: &[u64]| primes.iter().map(u64::to_string).collect();
        Ok(Primes { q: text(&chain.q), p: text(&chain.p) })
    }
}

impl Met<'_> {
    pub(super) fn merits(&self) -> Merits {
        self.candidate.merits(self.total.0.clone())
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

    /// Whether a candidate that is at best `best` can be neither chosen nor the best of its power nor on the Pareto front: this one
    /// is of the same power, comes before it in the order of choice, and beats it.
    fn surely_beats(&self, best: &Self) -> bool {
        self.power == best.power
            && self.bootstraps <= best.bootstraps
            && self.depth <= best.depth
            && self.log_n <= best.log_n
            && self.products <= best.products
            && self.log_qp <= best.log_qp
            && self.mass_lost <= best.mass_lost
            && self.total < best.total
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
