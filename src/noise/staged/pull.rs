//! How a weight depends on the noise of every slot of the row, normalisation by normalisation, last to first.

use super::stage::{Gains, Stage, StageCell, power, square_root};
use super::sums::Sums;
use crate::circuit::Op;
use crate::noise::pass::{CellNoise, product_of_noises};
use crate::noise::sources::{Size, Source};
use crate::real::Interval;

/// ∂target/∂V for the V of every slot of a row.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    /// In the slot itself, and V there; none where no slot is the target's own.
    pub own: Option<(Interval, Interval)>,
    /// In every other slot l the sum of c·V_l^(halves/2).
    pub others: Vec<(u32, Interval)>,
    /// For a factor that all V of the row have in common: ∂target/∂lnλ.
    pub common: Interval,
}

impl Pull {
    /// A node of degree `halves`/2 in a slot with this V, as its own target.
    pub(super) fn slot(value: Interval, halves: u32) -> Self {
        Self { own: Some((Interval::ONE, value)), others: Vec::new(), common: power(value, halves) }
    }

    /// Adds what the sources of a normalisation do to the target, by `gains` to its result (or to a node of it), and hands on
    /// the pull on its input. `bounds` has a bound on the noise of every node; empty for a prediction.
    pub(super) fn through(
        &self,
        tally: &mut Tally,
        stage: &Stage,
        cell: &StageCell,
        gains: &Gains,
        sums: &dyn Sums,
        bounds: &[f64],
    ) -> Self {
        let u = self.at_u(gains);
        let input = u.at_input(cell);
        let reach = Reach { stage, gains };
        for source in &stage.sources.list {
            let (pull, gain, halves) = reach.of(source.node, self, &u, &input);
            let effect = pull.effect(gain, halves, sums);
            tally.add(stage, source, &effect, || pull.spread(gain, halves, sums));
        }
        for (node, operation) in stage.circuit.placed.circuit.nodes().iter().enumerate() {
            let Op::Product(a, b) = operation.op else { continue };
            if let (Some(&da), Some(&db)) = (bounds.get(a.index()), bounds.get(b.index())) {
                let (pull, gain, halves) = reach.of(node, self, &u, &input);
                tally.noise.second_order += pull.effect(gain, halves, sums).linear * product_of_noises(da, db);
            }
        }
        input.of_values(cell, gains.scaling)
    }

    /// The pull on u, in powers of V: directly, and through the row sum that all slots share.
    fn at_u(&self, gains: &Gains) -> Self {
        let through = gains.sum * self.common;
        let own = self.own.map(|(a, v)| {
            // A target of degree 0 does not see u but through the row sum.
            let direct = if gains.halves >= 2 { a * gains.u * power(v, gains.halves - 2) } else { Interval::ZERO };
            (direct + through, v)
        });
        let mut others: Vec<_> = self.others.iter().map(|(halves, c)| (*halves, *c * gains.u)).collect();
        others.push((0, through));
        Self { own, others, common: self.common }
    }

    /// From u to w, still in powers of V: ∂u/∂w = 2w and w = √(V/ratio).
    fn at_input(&self, cell: &StageCell) -> Self {
        let factor = Interval::point(2.0) * square_root(cell.ratio.recip());
        let own = self.own.map(|(a, v)| (a * factor * square_root(v), v));
        let others = self.others.iter().map(|(halves, c)| (halves + 1, *c * factor)).collect();
        Self { own, others, common: self.common }
    }

    /// The same in powers of w, which is V of the normalisation before.
    fn of_values(&self, cell: &StageCell, scaling: Interval) -> Self {
        let own = self.own.map(|(a, v)| (a, square_root(v * cell.ratio.recip())));
        let others = self.others.iter().map(|(halves, c)| (2 * halves, *c * power(cell.ratio, *halves))).collect();
        Self { own, others, common: Interval::point(2.0) * scaling * self.common }
    }

    /// What noise of unit size in every slot does to the target, where ∂V/∂noise = gain·V^(halves/2).
    fn effect(&self, gain: Interval, halves: u32, sums: &dyn Sums) -> Effect {
        let (own, terms) = self.weights(gain, halves);
        let value = self.own.map(|(_, v)| v);
        let mut others = Interval::ZERO;
        for (h, c) in &terms {
            for (k, d) in &terms {
                others = others + *c * *d * sums.of(h + k, value);
            }
        }
        let largest: f64 =
            terms.iter().map(|(h, c)| c.magnitude() * power(Interval::point(sums.largest()), *h).hi).sum();
        let linear: f64 = terms.iter().map(|(h, c)| c.magnitude() * sums.of(*h, value).hi).sum();
        Effect {
            linear: linear + own.magnitude(),
            own: own.magnitude().powi(2),
            others: others.hi.max(0.0),
            largest: largest * largest,
        }
    }

    /// The variance that noise of a row sum, of unit size in every slot, brings to the target.
    fn spread(&self, gain: Interval, halves: u32, sums: &dyn Sums) -> f64 {
        let (own, terms) = self.weights(gain, halves);
        sums.spread(&terms, own, self.own.map(|(_, v)| v))
    }

    /// ∂target/∂noise in the slot itself, and in the others in powers of V.
    fn weights(&self, gain: Interval, halves: u32) -> (Interval, Vec<(u32, Interval)>) {
        let own = self.own.map_or(Interval::ZERO, |(a, v)| a * gain * power(v, halves));
        (own, self.others.iter().map(|(h, c)| (h + halves, *c * gain)).collect())
    }
}

/// Which pull and which gain a node has.
struct Reach<'a> {
    stage: &'a Stage,
    gains: &'a Gains,
}

impl Reach<'_> {
    /// The pull that holds for a node, the gain from the node to what is pulled, and twice the power of V that goes with it.
    fn of<'p>(&self, node: usize, v: &'p Pull, u: &'p Pull, input: &'p Pull) -> (&'p Pull, Interval, u32) {
        let (sources, gains) = (&self.stage.sources, self.gains);
        match node {
            0 => (input, Interval::ONE, 0),
            node if node == sources.u => (u, Interval::ONE, 0),
            node if node == sources.sum => (v, gains.sum, gains.halves),
            node => (v, gains.direct[node], gains.halves.saturating_sub(self.stage.halves[node])),
        }
    }
}

/// The noise of a target, and what each source has of it where that is wanted.
#[derive(Default)]
pub(super) struct Tally {
    pub noise: CellNoise,
    pub lines: Option<Vec<Line>>,
}

/// What a source brings to the target.
pub(super) struct Line {
    /// The source and its place.
    pub source: String,
    /// What a unit of it in every slot does at worst.
    pub gain: f64,
    /// The variance that it brings, where it is random.
    pub variance: f64,
    /// The most that it brings, where it is bounded.
    pub bounded: f64,
}

impl Tally {
    fn add(&mut self, stage: &Stage, source: &Source, effect: &Effect, spread: impl Fn() -> f64) {
        let noise = &mut self.noise;
        let mut line = Line { source: String::new(), gain: effect.linear, variance: 0.0, bounded: 0.0 };
        match source.size {
            Size::Random(part) => {
                noise.slots.add(part.keyed * effect.own, part.keyed * effect.others, part.keyed * effect.largest);
                let part = part.scaled(effect.own + effect.others);
                noise.random = noise.random.plus(part);
                line.variance = part.variance();
            }
            Size::Spread(part) => {
                let part = part.scaled(spread());
                let largest = part.keyed * stage.sources.rotation_share;
                noise.random = noise.random.plus(part);
                noise.slots.add(largest, part.keyed, largest);
                line.variance = part.variance();
            }
            Size::Bounded { bound, variance } => {
                noise.bounded += bound * effect.linear;
                noise.bounded_variance += variance * (effect.own + effect.others);
                line.bounded = bound * effect.linear;
            }
        }
        if let Some(lines) = &mut self.lines {
            let place = &stage.sources.stages[source.node];
            lines.push(Line { source: format!("{}: {place}", source.kind.label()), ..line });
        }
    }
}

/// What noise of unit size in every slot does to the target.
struct Effect {
    /// In the worst case.
    pub linear: f64,
    /// The square of what the slot's own noise does.
    pub own: f64,
    /// The sum of the squares of what that of the others does.
    pub others: f64,
    /// The largest of those squares.
    pub largest: f64,
}
